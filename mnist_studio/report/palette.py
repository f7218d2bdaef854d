"""The colors of runs on paper: those that the window has for them in its two themes."""

from __future__ import annotations

from collections.abc import Sequence

from .aggregate import Group

LIGHT = (
    "#1f6fdb",
    "#d9720b",
    "#12875a",
    "#a6409c",
    "#5e0f12",
    "#4f9cc2",
    "#1a1a75",
    "#806008",
    "#f03d7e",
    "#3b5562",
)
DARK = (
    "#4c9ffe",
    "#f2a33c",
    "#3ecf8e",
    "#d877cf",
    "#e03a22",
    "#bdf2ff",
    "#8a52f5",
    "#f2ec2e",
    "#f9b7dd",
    "#4a7d92",
)


def group_colors(groups: Sequence[Group]) -> list[int]:
    """Return an index of a color for each group: its first run's, unless two would be the same."""
    colors = [group.runs[0].label.color % len(LIGHT) for group in groups]
    if len(set(colors)) == len(colors):
        return colors
    return [index % len(LIGHT) for index in range(len(groups))]
