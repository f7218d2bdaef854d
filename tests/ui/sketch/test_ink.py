"""The drawn curve goes where the points are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import QPainterPath

from mnist_studio.ui.sketch.ink import newest_piece, stroke_path, tail

fractions = st.floats(0, 1, width=32)
strokes = st.lists(st.tuples(fractions, fractions), min_size=1, max_size=20)


@given(points=strokes)
def test_the_curve_begins_and_ends_with_the_stroke_and_stays_within_its_bounds(points):
    path = stroke_path(points, 100)
    first, last = path.elementAt(0), path.currentPosition()
    assert (first.x, first.y) == pytest.approx((points[0][0] * 100, points[0][1] * 100))
    end = (last.x(), last.y())
    assert end == pytest.approx((points[-1][0] * 100, points[-1][1] * 100), abs=0.02)
    box = path.controlPointRect()
    assert box.left() >= min(x for x, _ in points) * 100 - 0.02
    assert box.bottom() <= max(y for _, y in points) * 100 + 0.02


@given(points=strokes)
def test_the_pieces_of_a_growing_stroke_join_without_a_gap(points):
    end = stroke_path(points[:1], 1).elementAt(0)
    for count in range(2, len(points) + 1):
        piece = newest_piece(points[:count], 1)
        start = piece.elementAt(0)
        assert (start.x, start.y) == pytest.approx((end.x, end.y), abs=0.02)
        end = piece.elementAt(piece.elementCount() - 1)
        rest = tail(points[:count], 1).elementAt(0)
        assert (rest.x, rest.y) == pytest.approx((end.x, end.y), abs=0.02)


def test_a_corner_between_distant_points_is_rounded():
    kinds = {stroke_path([(0, 0), (1, 0), (1, 1)], 100).elementAt(each).type for each in range(6)}
    assert QPainterPath.ElementType.CurveToElement in kinds
