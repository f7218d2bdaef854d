"""A cell of the matrix from epoch to epoch: its figures in a row, and as a curve."""

import pytest

from mnist_studio.ui import theme
from mnist_studio.ui.evaluate.cell_trend import CellTrend


@pytest.fixture
def trend(qtbot):
    trend = CellTrend()
    qtbot.addWidget(trend)
    trend.resize(300, trend.sizeHint().height())
    return trend


def painted(trend, token):
    """Return where a color of the theme is, as lists of x and y."""
    image, color = trend.grab().toImage(), theme.color(token).rgb()
    places = [
        (x, y)
        for x in range(image.width())
        for y in range(image.height())
        if image.pixel(x, y) == color
    ]
    return [x for x, _ in places], [y for _, y in places]


def test_its_figures_stand_in_a_row(trend):
    trend.show_counts("4 taken for 9", [31, 18, 12, 9], "series_2")
    assert trend.text == "4 taken for 9: 31, 18, 12, 9" == trend.accessibleDescription()


def test_of_many_figures_the_first_and_the_last_are_told(trend):
    trend.show_counts("all mistakes", range(1000, 900, -1), "series_2")
    assert trend.text.startswith("all mistakes: 1\u202f000, 999, 998")
    assert " … " in trend.text
    assert trend.text.endswith("903, 902, 901")
    assert not trend.grab().isNull()


def test_the_curve_falls_to_the_right_where_the_counts_fall(trend):
    trend.show_counts("4 taken for 9", [31, 18, 12, 9], "series_2")
    xs, ys = painted(trend, "series_2")
    left = [y for x, y in zip(xs, ys, strict=True) if x < 170]
    right = [y for x, y in zip(xs, ys, strict=True) if x > 290]
    assert min(xs) > 150
    assert max(left) < min(right)


def test_the_epoch_whose_weights_answer_stands_out(trend):
    trend.show_counts("4 taken for 9", [31, 18, 12, 9], "series_2")
    before = painted(trend, "series_2")
    trend.show_counts("4 taken for 9", [31, 18, 12, 9], "series_2", 1)
    ringed = painted(trend, "series_2")
    added = set(zip(*ringed, strict=True)) - set(zip(*before, strict=True))
    assert added
    third = (max(before[0]) - min(before[0])) / 3
    assert all(abs(x - min(before[0]) - third) < 8 for x, _ in added)


@pytest.mark.parametrize("counts", [[], [5], [0], [0, 0]])
def test_it_has_something_to_paint_of_any_number_of_epochs(trend, counts):
    trend.show_counts("4 taken for 9", counts, "series_2")
    assert bool(painted(trend, "series_2")[0]) is bool(counts)
