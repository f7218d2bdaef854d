"""A button that shows one of a few choices."""

import pytest
from PySide6.QtWidgets import QHBoxLayout, QWidget

from mnist_studio.ui import theme
from mnist_studio.ui.choice_button import ChoiceButton

from .windows import show_widget


@pytest.fixture
def row(qtbot):
    row = QWidget()
    button = ChoiceButton({1: "one", 2: "many more"}, 1, "{0} ▾", row)
    layout = QHBoxLayout(row)
    layout.addWidget(button)
    layout.addStretch(1)
    return show_widget(qtbot, row, 400, 60)


@pytest.fixture
def button(row):
    return row.findChild(ChoiceButton)


def test_nothing_moves_when_another_is_chosen(button):
    before = button.sizeHint()
    button.choose(2)
    assert button.sizeHint() == before
    assert before.width() > button.fontMetrics().horizontalAdvance("many more ▾")


@pytest.mark.parametrize("kind", ["titleMenu", "narrow"])
def test_as_a_title_or_where_room_is_scarce_it_is_as_wide_as_its_text(button, kind):
    button.setProperty(kind, True)
    button.choose(1)
    short = button.sizeHint().width()
    button.choose(2)
    advance = button.fontMetrics().horizontalAdvance
    assert button.sizeHint().width() - short == advance("many more ▾") - advance("one ▾")


def test_it_grows_with_the_text(button):
    before = button.sizeHint().width()
    theme.set_scale(1.5)
    assert button.sizeHint().width() > 1.2 * before
