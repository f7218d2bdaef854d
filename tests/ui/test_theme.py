"""The typeface that comes along, in every weight in use, and what it leaves to the system."""

import pytest
from PySide6.QtGui import QFont, QFontInfo, QFontMetricsF
from PySide6.QtWidgets import QApplication, QLabel

from mnist_studio.ui import theme

WEIGHTS = (
    QFont.Weight.Normal,
    QFont.Weight.Medium,
    QFont.Weight.DemiBold,
    QFont.Weight.Bold,
)


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
