"""Texts in CSV files that spreadsheets open: a name must not become a formula that is computed."""

from __future__ import annotations

# What begins a formula, also in the full width of East Asian keyboards; the mark itself is marked,
# too, so that it can be taken off again.
_BEGINNINGS = tuple("=+-@＝＋－＠'")
_MARK = "'"


def guard(text: str) -> str:
    """Return a text with an apostrophe before it if a spreadsheet might compute it."""
    return _MARK + text if text.lstrip().startswith(_BEGINNINGS) else text
