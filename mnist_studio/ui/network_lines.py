"""The lines and dots of a network's drawing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainterPath, QPen

from .network_places import Places

if TYPE_CHECKING:
    from ..insight.flow import Connections

SHADES = 8
"""Steps from dark to bright."""


def round_pen(color: QColor, width: float) -> QPen:
    """Return a pen whose points are discs."""
    return QPen(color, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap)


def by_strength(
    connections: Connections, layer: int, places: Places
) -> list[tuple[float, QPainterPath]]:
    """Return the connections as few paths of one strength each, the weakest first."""
    paths: dict[int, QPainterPath] = defaultdict(QPainterPath)
    rows = (connections.sources, connections.targets, connections.strengths)
    for source, target, strength in zip(*(row.tolist() for row in rows), strict=True):
        shade = round(strength * SHADES) or (1 if strength > 0 else -1)
        join(paths[shade], places.unit(layer, source), places.unit(layer + 1, target))
    return [(shade / SHADES, paths[shade]) for shade in sorted(paths, key=abs)]


def join(path: QPainterPath, start: QPointF, end: QPointF) -> None:
    """Add a curve from one place to another that leaves and arrives level."""
    middle = (start.x() + end.x()) / 2
    path.moveTo(start)
    path.cubicTo(QPointF(middle, start.y()), QPointF(middle, end.y()), end)


def structure(sizes: Sequence[int], places: Places) -> QPainterPath:
    """Return lines that join some of the units, without a word about their weights."""
    path = QPainterPath()
    for layer, (before, after) in enumerate(pairwise(sizes)):
        for source in _spread(before, 6):
            for target in _spread(after, 5):
                join(path, places.unit(layer, source), places.unit(layer + 1, target))
    return path


def _spread(count: int, most: int) -> list[int]:
    """Return at most so many of the first `count` numbers, evenly spread."""
    chosen = min(count, most)
    return [(2 * index + 1) * count // (2 * chosen) for index in range(chosen)]
