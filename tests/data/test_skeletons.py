"""The skeletons of digits: every one in the file can be written, and its curves are right."""

import json

import numpy as np
import pytest

from mnist_studio import paths
from mnist_studio.data.skeletons import digit_skeletons, parse_skeletons
from mnist_studio.data.strokes import render_strokes

FILE = json.loads(paths.resource("skeletons/digits.json").read_text(encoding="utf-8"))
WAYS = [(digit, way) for digit, ways in enumerate(digit_skeletons()) for way in ways]


def only(*strokes):
    """Return the one skeleton of these strokes."""
    digits = {str(digit): {"line": ["0,0 10,100"]} for digit in range(10)}
    return parse_skeletons(digits | {"3": {"tried": strokes}})[3][0]


def named(value):
    return str(value) if isinstance(value, int) else value.name


def test_every_digit_has_several_ways_with_names_of_their_own():
    assert sorted(FILE) == [str(digit) for digit in range(10)]
    for digit, ways in enumerate(digit_skeletons()):
        assert 3 <= len(ways) <= 25
        assert [way.name for way in ways] == list(FILE[str(digit)])


@pytest.mark.parametrize(("digit", "way"), WAYS, ids=named)
def test_a_skeleton_is_about_as_large_as_a_digit_and_in_the_middle(digit, way):
    low, high = way.points.min(0), way.points.max(0)
    np.testing.assert_allclose(low, -high, atol=1e-12)
    assert 0.9 <= (high - low).max() <= 1.4
    assert (high - low)[0] <= 1.2


@pytest.mark.parametrize(("digit", "way"), WAYS, ids=named)
def test_a_skeleton_can_be_drawn_on_the_pad(digit, way):
    strokes = way.strokes(way.curves @ way.points)
    assert len(strokes) == way.stroke_count == len(FILE[str(digit)][way.name])
    image = render_strokes(strokes, narrow=False)  # as what is written is
    assert image is not None
    ink = np.argwhere(image > 127)
    assert (ink.max(0) - ink.min(0)).max() in (17, 18, 19)  # it fills the box of 20 pixels
    assert image.sum() > 255 * 20


def test_a_curve_passes_its_points_and_nothing_else_decides_it():
    way = only("0,0 20,50 10,100", "30,0 40,100")
    curves = way.curves @ way.points
    first, second = way.strokes(curves)
    np.testing.assert_allclose(first[[0, 3, 6]], way.points[:3], atol=1e-12)
    np.testing.assert_allclose(second[[0, -1]], way.points[3:], atol=1e-12)
    np.testing.assert_allclose(way.curves.sum(1), 1, atol=1e-12)  # moved points move it as much
    assert way.stroke_of_point.tolist() == [0, 0, 0, 1, 1]


def test_a_curve_is_the_spline_of_its_formula():
    before, start, end, after = np.array([[0, 0], [30, 20], [10, 60], [50, 100]]) / 100
    way = only("0,0 30,20 10,60 50,100")
    middle = np.array([0.25, 0.5])  # of the bounding box
    for index, t in ((3, 0.0), (4, 1 / 3), (5, 2 / 3)):
        expected = 0.5 * (
            2 * start
            + (end - before) * t
            + (2 * before - 5 * start + 4 * end - after) * t**2
            + (3 * start - before - 3 * end + after) * t**3
        )
        np.testing.assert_allclose((way.curves @ way.points)[index] + middle, expected, atol=1e-12)


def test_a_corner_is_not_rounded():
    sharp, smooth = only("0,0 100,0* 100,100"), only("0,0 100,0 100,100")
    for skeleton, straight in ((sharp, True), (smooth, False)):
        across = (skeleton.curves @ skeleton.points)[:4, 1]
        assert np.allclose(across, across[0]) is straight


@pytest.mark.parametrize("stroke", ["", "3,4", "3 4 5", "1,2 3,x", "1,2,3 4,5,6"])
def test_what_is_no_stroke_is_refused(stroke):
    with pytest.raises(ValueError, match=r"."):
        only(stroke)


def test_a_digit_without_a_way_is_refused():
    with pytest.raises(LookupError):
        parse_skeletons({"0": {"line": ["0,0 1,1"]}})
