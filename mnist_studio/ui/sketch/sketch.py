"""What is on the pad."""

from __future__ import annotations

from dataclasses import dataclass

from .image import Picture
from .ink import Point

Stroke = tuple[Point, ...]


@dataclass(frozen=True)
class Sketch:
    """Finished strokes, or a picture instead of them."""

    strokes: tuple[Stroke, ...] = ()
    picture: Picture | None = None

    def with_stroke(self, stroke: Stroke) -> Sketch:
        """Return the sketch with one more stroke; a picture makes room for it."""
        return Sketch((*self.strokes, stroke))
