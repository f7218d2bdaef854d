"""What is on the pad, and the way back to what was there before."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from .sketch_image import Picture
from .sketch_ink import Point

Stroke = tuple[Point, ...]

REMEMBERED = 100
"""Steps that can be undone; bounded, so that drawing for hours needs no more memory."""


@dataclass(frozen=True)
class Sketch:
    """Finished strokes, or a picture instead of them."""

    strokes: tuple[Stroke, ...] = ()
    picture: Picture | None = None

    def with_stroke(self, stroke: Stroke) -> Sketch:
        """Return the sketch with one more stroke; a picture makes room for it."""
        return Sketch((*self.strokes, stroke))


class SketchHistory:
    """The current sketch between those that can be undone and redone."""

    def __init__(self) -> None:
        self.current = Sketch()
        self._past: deque[Sketch] = deque(maxlen=REMEMBERED)
        self._future: list[Sketch] = []

    @property
    def can_undo(self) -> bool:
        """Whether there is something to undo."""
        return bool(self._past)

    def change(self, sketch: Sketch) -> None:
        """Make `sketch` the current one."""
        self._past.append(self.current)
        self._future.clear()
        self.current = sketch

    def undo(self) -> None:
        """Go one step back, if there is one."""
        if self._past:
            self._future.append(self.current)
            self.current = self._past.pop()

    def redo(self) -> None:
        """Go forward to what was undone last, if anything was."""
        if self._future:
            self._past.append(self.current)
            self.current = self._future.pop()
