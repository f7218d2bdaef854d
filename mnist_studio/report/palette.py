"""The colors of runs, in the window's two themes and on paper.

The first ten tell runs apart that have no order. The ramp after them is for the values of an
ordered setting: what is lighter and yellower is larger. A color has the same hue in both themes
and at least three times the contrast of what it is drawn on, and the color-blind tell them apart,
too.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .aggregate import Group

LIGHT = (
    "#1e6cd4", "#d6710b", "#12875a", "#a6409c", "#5402a6", "#444d06", "#01555e", "#be71a7",
    "#ae5107", "#55a263",
    "#4e1586", "#491f8f", "#442898", "#3b33a0", "#2e3da8", "#2047ae", "#0151b3", "#015baa",
    "#08639f", "#0c6993", "#086d8c", "#007186", "#08747f", "#0c7878", "#0c7b72", "#0b7f69",
    "#008261", "#098556", "#008a4a", "#059035", "#329224", "#619300", "#889408", "#a89501",
)  # fmt: skip
DARK = (
    "#4c9ffe", "#f2a33c", "#3ecf8e", "#d877cf", "#8b55ef", "#cde318", "#a3e8f2", "#a3588e",
    "#c95e0a", "#439053",
    "#8254c4", "#7e5ccf", "#7766d9", "#6e71e4", "#627ded", "#5988f5", "#4e94fc", "#459efe",
    "#33a7fe", "#15aff3", "#0ab5e8", "#02bbdc", "#05c0d2", "#0fc6c6", "#19cabb", "#13cfae",
    "#1ad3a0", "#27d78f", "#4fdb87", "#6ade7e", "#82e175", "#abe564", "#d8e853", "#ffea6d",
)  # fmt: skip


def group_colors(groups: Sequence[Group]) -> list[int]:
    """Return an index of a color for each group: its first run's, unless another has it already."""
    wanted = [group.runs[0].label.color % len(LIGHT) for group in groups]
    free = iter([index for index in range(len(LIGHT)) if index not in wanted])
    found: list[int] = []
    for color in wanted:
        found.append(next(free, color) if color in found else color)
    return found
