"""Colors that can be read, and the typeface that comes along, in every weight in use."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QColor, QFont, QFontInfo, QFontMetricsF
from PySide6.QtWidgets import QApplication, QLabel

from mnist_studio.ui import theme
from mnist_studio.ui.colors import contrast, readable_on

WEIGHTS = (
    QFont.Weight.Normal,
    QFont.Weight.Medium,
    QFont.Weight.DemiBold,
    QFont.Weight.Bold,
)
THEMES = pytest.mark.parametrize("colors", [theme.DARK, theme.LIGHT], ids=lambda each: each.name)
GROUNDS = ("background", "surface", "raised", "paper")
SERIES = ("series_1", "series_2", "series_3", "series_4")


def contrast_of(one, other):
    return contrast(QColor(one), QColor(other))


def test_contrast_is_that_of_wcag():
    assert contrast_of("#000000", "#ffffff") == pytest.approx(21)
    assert contrast_of("#ffffff", "#777777") == pytest.approx(4.48, abs=0.005)
    assert contrast_of("#ff0000", "#ffffff") == pytest.approx(4.00, abs=0.005)


@THEMES
@pytest.mark.parametrize("token", ["text", "dim", "accent", "error"])
def test_texts_can_be_read_on_every_background(colors, token):
    for ground in GROUNDS:
        assert contrast_of(getattr(colors, token), getattr(colors, ground)) >= 4.5, ground


@THEMES
def test_lines_stand_out_from_every_background(colors):
    for token in ("accent", "error", *SERIES):
        for ground in GROUNDS:
            found = contrast_of(getattr(colors, token), getattr(colors, ground))
            assert found >= 3, (token, ground)


@THEMES
def test_texts_in_the_color_of_a_curve_or_a_class_can_be_read(qapp, colors):
    theme.choose(colors.name)
    for token in ("accent", *SERIES, *map(theme.run_token, range(len(colors.runs)))):
        for ground in GROUNDS:
            assert contrast_of(theme.text_color(token), getattr(colors, ground)) >= 4.5, (
                token,
                ground,
            )
    theme.choose("light")


@THEMES
def test_a_color_that_can_be_read_is_left_as_it_is(qapp, colors):
    theme.choose(colors.name)
    for token in ("accent", "error", "dim", "text"):
        assert theme.text_color(token) == theme.color(token)
    theme.choose("light")


@THEMES
def test_the_style_sheet_writes_only_what_can_be_read(qapp, colors):
    rules = re.findall(r"([^{}]*){([^{}]*)}", theme.style_sheet(colors))
    pairs = 0
    for selector, body in rules:
        values = dict(re.findall(r"([\w-]+): (#\w{6})", body))
        for part, ground in (
            ("color", "background"),
            ("selection-color", "selection-background-color"),
        ):
            if part not in values:
                continue
            on = (
                [values[ground]]
                if ground in values
                else [getattr(colors, each) for each in GROUNDS]
            )
            for each in on:
                assert contrast_of(values[part], each) >= 4.5, (selector.strip(), each)
                pairs += 1
    assert pairs > 50


@given(red=st.integers(0, 255), green=st.integers(0, 255), blue=st.integers(0, 255))
def test_figures_are_written_in_the_color_that_can_be_read(red, green, blue):
    ground = QColor(red, green, blue)
    assert contrast_of(readable_on(ground), ground) >= 4.5


@pytest.mark.parametrize("weight", WEIGHTS)
def test_every_weight_of_the_typeface_comes_along(qapp, weight):
    info = QFontInfo(theme.number_font(9, weight))
    assert (info.family(), info.weight()) == (theme.FONT_FAMILY, weight)


@pytest.mark.layout
@pytest.mark.parametrize("weight", WEIGHTS)
def test_figures_have_the_same_width(qapp, weight):
    metrics = QFontMetricsF(theme.number_font(9, weight))
    assert len({metrics.horizontalAdvance(figure * 10) for figure in "0123456789"}) == 1


def test_widgets_use_it_in_the_systems_size_and_leave_other_scripts_to_the_systems_font(qtbot):
    size = QApplication.font().pointSizeF()
    theme.choose("dark")
    theme.choose("light")
    label = QLabel()
    qtbot.addWidget(label)
    first, *others = label.font().families()
    assert first == theme.FONT_FAMILY
    assert others
    assert theme.FONT_FAMILY not in others
    assert label.font().pointSizeF() == size


@pytest.mark.parametrize(("points", "pixels"), [(11.25, 15.0), (13.0, 13.0)])
def test_lengths_and_all_texts_follow_the_text_of_the_desktop(qapp, monkeypatch, points, pixels):
    usual = theme.text_font(18.0).pointSizeF()
    monkeypatch.setattr(theme, "_system_size", lambda: (points, pixels))
    theme.set_scale(1.5)
    assert QApplication.font().pointSizeF() == pytest.approx(1.5 * points, abs=0.01)
    assert theme.text_font(18.0).pointSizeF() == pytest.approx(3 * points, abs=0.01)
    assert theme.scaled(100) == round(150 * pixels / 12)
    monkeypatch.undo()
    theme.set_scale(1.0)
    assert theme.text_font(18.0).pointSizeF() == pytest.approx(usual)


@pytest.mark.parametrize("scale", theme.SCALES)
def test_the_handle_of_a_slider_is_round_in_every_size(qapp, scale):
    theme.set_scale(scale)
    sheet = theme.style_sheet(theme.LIGHT)
    handle = re.search(r"handle:horizontal \{(.*?)\}", sheet, re.DOTALL)[1]
    width, radius = (int(re.search(rf"{key}: (\d+)px", handle)[1]) for key in ("width", "radius"))
    assert width / 2 - 1 <= radius <= width / 2


class Restyled(QObject):
    """How often a widget was given another style."""

    def __init__(self, widget):
        super().__init__(widget)
        self.count = 0
        widget.installEventFilter(self)

    def eventFilter(self, watched, event):
        self.count += event.type() == QEvent.Type.StyleChange
        return False


def test_no_widget_is_styled_anew_for_the_look_that_it_has(qtbot):
    label = QLabel()
    qtbot.addWidget(label)
    label.show()
    restyled = Restyled(label)
    theme.choose("light", 1.0)
    assert restyled.count == 0
    for change in (("dark", 1.0), ("dark", 1.5)):
        before = restyled.count
        theme.choose(*change)
        assert restyled.count > before
