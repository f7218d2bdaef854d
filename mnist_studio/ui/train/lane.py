"""Where the dots of a lane and the labels below them are, so that none lies over another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

DOT = 4  # radius in pixels
GAP = 10  # between two labels, at least


class Mark(NamedTuple):
    """What is to be in the lane.

    Attributes
    ----------
    x : int
        Where its dot is to be.
    width : int
        Of its label.
    rank : int
        How telling it is; 0 is the most.
    """

    x: int
    width: int
    rank: int


class Place(NamedTuple):
    """A dot in the lane.

    Attributes
    ----------
    x : int
        Where it is.
    marks : tuple of int
        Whose dot it is, by their indices: those for which there was no room beside it come after
        the one whose label it has.
    label : int or None
        Where the label begins; None if there is no room for one.
    """

    x: int
    marks: tuple[int, ...]
    label: int | None


def arrange(marks: Sequence[Mark], left: int, right: int) -> list[Place]:
    """Return the dots between two pixels from left to right; the most telling are placed first.

    A label begins below its dot, or ends there where the lane does.
    """
    dots: dict[int, list[int]] = {}
    inside = [index for index, mark in enumerate(marks) if left + DOT <= mark.x <= right - DOT]
    for index in sorted(inside, key=lambda each: (marks[each].rank, marks[each].x)):
        x = marks[index].x
        nearest = min(dots, key=lambda each: abs(marks[each].x - x), default=index)
        if nearest != index and abs(marks[nearest].x - x) <= 2 * DOT:
            dots[nearest].append(index)
        else:
            dots[index] = [index]
    labels: dict[int, tuple[int, int]] = {}
    for index in dots:  # as they were placed: the most telling first
        x, width, _ = marks[index]
        for start in (x - DOT, x + DOT - width):
            inner = left <= start and start + width <= right
            others = labels.values()
            if inner and all(start >= b + GAP or start + width <= a - GAP for a, b in others):
                labels[index] = (start, start + width)
                break
    places = [
        Place(marks[index].x, tuple(told), labels[index][0] if index in labels else None)
        for index, told in dots.items()
    ]
    return sorted(places)
