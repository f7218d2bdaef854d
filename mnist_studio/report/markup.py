"""Text of people, made harmless in HTML and SVG."""

from __future__ import annotations

import html
import re

# What XML does not allow, not even escaped.
_FORBIDDEN = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def escaped(text: str) -> str:
    """Return text that is text between tags and in quoted attributes, whatever is in it."""
    # A percent sign stays with its number.
    return html.escape(_FORBIDDEN.sub("", text).replace(" %", "\u00a0%"))
