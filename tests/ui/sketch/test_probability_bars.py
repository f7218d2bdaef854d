"""The bars are as long as the probabilities are high."""

import pytest
from PySide6.QtGui import QColor

from mnist_studio.data.registry import DATASETS
from mnist_studio.ui import theme
from mnist_studio.ui.colors import contrast
from mnist_studio.ui.sketch.probability_bars import PALE, ProbabilityBars

PROBABILITIES = [0.3, 0, 0, 0, 0, 0, 0, 0.6, 0.1, 0]


@pytest.fixture
def bars(qtbot):
    bars = ProbabilityBars()
    qtbot.addWidget(bars)
    bars.resize(252, 200)
    return bars


def count(bars, row, token):
    """Return how many pixels along the middle of a row have exactly the color."""
    image = bars.grab().toImage()
    height = bars.height() // 10
    y = row * height + height // 2
    wanted = theme.color(token).rgb()
    return sum(QColor(image.pixel(x, y)).rgb() == wanted for x in range(bars.width()))


def test_the_likeliest_bar_alone_has_the_accent_color(bars):
    bars.set_probabilities(PROBABILITIES)
    assert [row for row in range(10) if count(bars, row, "accent")] == [7]


@pytest.mark.layout
def test_a_bar_is_as_long_as_its_probability_is_high(bars):
    bars.set_probabilities(PROBABILITIES)
    assert count(bars, 7, "accent") == pytest.approx(2 * count(bars, 0, "raw"), abs=8)
    assert count(bars, 1, "raw") == 0


def test_a_guess_has_no_accent(bars):
    bars.set_probabilities([0.1] * 10)
    assert all(count(bars, row, "accent") == 0 for row in range(10))
    assert count(bars, 3, "raw") > 0


def test_with_little_room_there_are_two_rows_beside_one_another(bars):
    bars.resize(232, 80)
    bars.set_probabilities(PROBABILITIES)
    image = bars.grab().toImage()
    accent = theme.color("accent").rgb()
    places = {
        (x // 116, y // 16) for x in range(232) for y in range(80) if image.pixel(x, y) == accent
    }
    assert places == {(1, 2)}


def test_without_an_answer_no_bar_is_filled(bars):
    bars.set_probabilities(PROBABILITIES)
    bars.set_probabilities(None)
    assert bars.probabilities == ()
    assert count(bars, 7, "accent") == 0
    assert bars.accessibleDescription() == ""


def test_the_figures_can_be_heard(bars):
    bars.set_probabilities(PROBABILITIES)
    assert "7: 60.0%" in bars.accessibleDescription()


@pytest.mark.layout
def test_long_class_names_leave_room_for_the_bars(bars):
    bars.set_names(["a very long name of a class"] * 10)
    bars.set_probabilities(PROBABILITIES)
    assert count(bars, 7, "accent") > 20


@pytest.mark.layout
@pytest.mark.parametrize("height", [75, 132])
def test_long_names_in_two_columns_stand_on_bars_as_wide_as_the_column(bars, height):
    bars.set_names(DATASETS["fashion-mnist"].class_names)
    bars.set_probabilities(PROBABILITIES)
    bars.resize(254, height)
    image = bars.grab().toImage()
    lengths = []
    for index, token in ((7, "accent"), (0, "raw")):
        line, wanted = bars.row_rect(index).toRect(), theme.tint(token, PALE[token]).rgb()
        there = [
            x
            for x in range(line.left(), line.right())
            if any(image.pixel(x, y) == wanted for y in range(line.top(), line.bottom()))
        ]
        lengths.append(len(there) / line.width())
    assert lengths == [pytest.approx(PROBABILITIES[index], abs=0.03) for index in (7, 0)]


def test_a_class_that_is_explained_has_its_color_before_a_name_on_its_bar(bars):
    bars.set_names(DATASETS["fashion-mnist"].class_names)
    bars.resize(254, 75)
    bars.mark(1, 8)
    image = bars.grab().toImage()
    for index, token in ((1, "series_1"), (8, "series_2"), (2, "raised")):
        line = bars.row_rect(index)
        there = image.pixel(round(line.left()) + 1, round(line.center().y()))
        assert QColor(there).rgb() == theme.color(token).rgb()


@pytest.mark.parametrize("look", ["light", "dark"])
def test_the_name_of_a_class_that_is_explained_can_be_read_beside_its_bar(bars, look):
    theme.choose(look)
    bars.set_names(["█"] * 10)
    bars.mark(1, 8)
    image = bars.grab().toImage()
    for index in (1, 8):
        line = bars.row_rect(index)
        there = QColor(image.pixel(round(line.left()) + 3, round(line.center().y())))
        assert there.rgb() == theme.text_color("series_1" if index == 1 else "series_2").rgb()
        assert contrast(there, theme.color("surface")) >= 4.5
