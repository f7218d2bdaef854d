"""Text of people, made harmless where it is written into something else."""

from __future__ import annotations

import html
import re

from ..training.values import one_line

# What XML does not allow, not even escaped.
_FORBIDDEN = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_MARKDOWN = re.compile(r"[\\|`*_~<\[&]")


def plain(text: str) -> str:
    """Return text without what XML forbids; a percent sign stays with its number."""
    return _FORBIDDEN.sub("", text).replace(" %", "\u00a0%")


def escaped(text: str) -> str:
    """Return text that is text between tags and in quoted attributes, whatever is in it."""
    return html.escape(plain(text))


def markdown(text: str) -> str:
    """Return text that stays in its line and its cell and means nothing to Markdown."""
    return _MARKDOWN.sub(r"\\\g<0>", one_line(text))
