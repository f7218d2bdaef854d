"""Where the parts of a network stand in its drawing."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from PySide6.QtCore import QPointF, QRectF

from ..data.registry import SIDE

ONE_BY_ONE = 40
"""Up to so many units stand in one column, if that leaves dots to be seen; more fill a grid."""
WIDEST_STEP, NARROWEST_STEP = 14.0, 4.0
NARROWEST_COLUMN = 5.0
LARGEST_DOT = 11.0
GAP = 10.0


@dataclass(frozen=True)
class Block:
    """A layer's units: a column, or a grid that is filled column by column.

    Attributes
    ----------
    units : int
        How many there are.
    together : int
        How many of them one dot stands for; more than one only in the widest layers.
    rows : int
        Dots in a column.
    step, size : float
        Distance of two dots, and the width of one.
    area : QRectF
        Around all dots.
    """

    units: int
    together: int
    rows: int
    step: float
    size: float
    area: QRectF

    @classmethod
    def fill(cls, units: int, room: QRectF) -> Block:
        """Return the block of so many units that fits a room, in its middle."""
        step = math.sqrt(room.width() * room.height() / units)
        step = min(max(step, NARROWEST_STEP), WIDEST_STEP * 0.75)
        most_rows = max(int(room.height() / step), 1)
        together = math.ceil(units / (most_rows * max(int(room.width() / step), 1)))
        tall = room.height() >= units * NARROWEST_COLUMN
        if units <= ONE_BY_ONE and (tall or together > 1):
            step = min(WIDEST_STEP, room.height() / units)
            return cls._centered(units, 1, units, step, room)
        return cls._centered(units, together, most_rows, step, room)

    @classmethod
    def _centered(cls, units: int, together: int, most: int, step: float, room: QRectF) -> Block:
        dots = math.ceil(units / together)
        columns = math.ceil(dots / most)
        rows = math.ceil(dots / columns)
        area = QRectF(0, 0, columns * step, rows * step)
        area.moveCenter(room.center())
        size = min(0.78 * step, LARGEST_DOT, 1.4 * room.width())
        return cls(units, together, rows, step, size, area)

    @cached_property
    def dots(self) -> list[QPointF]:
        """The middle of every dot."""
        corner, step = self.area.topLeft(), self.step
        places = (divmod(n, self.rows) for n in range(math.ceil(self.units / self.together)))
        return [corner + QPointF((x + 0.5) * step, (y + 0.5) * step) for x, y in places]

    def unit(self, index: int) -> QPointF:
        """Return the place of a unit."""
        return self.dots[index // self.together]

    def unit_at(self, point: QPointF) -> int | None:
        """Return the unit, or the first of those, at a point."""
        if not self.area.contains(point):
            return None
        place = (point - self.area.topLeft()) / self.step
        unit = (int(place.x()) * self.rows + int(place.y())) * self.together
        return unit if int(place.y()) < self.rows and unit < self.units else None


@dataclass(frozen=True)
class Places:
    """The whole drawing: a picture at the left, a block for each layer of units, labels.

    Attributes
    ----------
    picture : QRectF
        The input's pixels.
    blocks : tuple of Block
        The hidden layers and the output.
    """

    picture: QRectF
    blocks: tuple[Block, ...]

    @classmethod
    def arrange(cls, sizes: Sequence[int], room: QRectF, label_width: float) -> Places:
        """Return the places of layers of these sizes, with room for labels at the right."""
        side = min(room.height(), max(3.0 * SIDE, 0.22 * room.width()))
        # Whole steps, so that all pixels are equal.
        side = max(side // SIDE, 1.0) * SIDE
        picture = QRectF(room.left(), room.center().y() - side / 2, side, side)
        step = min(room.height() / sizes[-1], 2.2 * WIDEST_STEP)
        output = QRectF(0, 0, step, step * sizes[-1])
        output.moveCenter(room.center())
        output.moveRight(room.right() - label_width)
        hidden = sizes[1:-1]
        left, right = picture.right() + GAP, output.left() - GAP
        slot = max(right - left, 1.0) / max(len(hidden), 1)
        blocks = [
            Block.fill(
                units, QRectF(left + (n + 0.22) * slot, room.top(), 0.56 * slot, room.height())
            )
            for n, units in enumerate(hidden)
        ]
        last = Block(sizes[-1], 1, sizes[-1], step, min(0.78 * step, LARGEST_DOT), output)
        return cls(picture, (*blocks, last))

    def unit(self, layer: int, index: int) -> QPointF:
        """Return where connections of a unit begin or end; layer 0 are the pixels."""
        if layer > 0:
            return self.blocks[layer - 1].unit(index)
        step = self.picture.height() / SIDE
        # At the picture's edge, in the pixel's row, so that no line hides it.
        return self.picture.topRight() + QPointF(0, (index // SIDE + 0.5) * step)

    def layer_at(self, point: QPointF) -> int | None:
        """Return the layer at a point, 0 for the pixels."""
        if self.picture.contains(point):
            return 0
        for layer, block in enumerate(self.blocks, start=1):
            if block.area.adjusted(-4, -4, 4, 4).contains(point):
                return layer
        return None
