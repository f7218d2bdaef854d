"""An editor takes what its declaration allows, refuses the rest, and never loses a good value."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget

from mnist_studio.training.config import Hyperparameter, TrainingConfig, hyperparameters
from mnist_studio.ui.editors import (
    ChoiceEditor,
    NumberEditor,
    format_number,
    next_value,
    parse_number,
)

DECLARATIONS = hyperparameters(TrainingConfig)
NUMBERS = {name: each for name, each in DECLARATIONS.items() if each.kind is not str}


@pytest.fixture
def show(qtbot):
    """Show editors in one window, the first of them focused."""
    pages = []

    def show_all(*editors):
        page = QWidget()
        pages.append(page)
        layout = QVBoxLayout(page)
        for editor in editors:
            layout.addWidget(editor)
        page.show()
        page.activateWindow()
        qtbot.waitExposed(page)
        editors[0].setFocus()
        qtbot.waitUntil(editors[0].hasFocus)
        return page

    yield show_all
    for page in pages:
        page.close()
        page.deleteLater()


def learning_rate():
    return NumberEditor("learning_rate", DECLARATIONS["learning_rate"], 0.1)


def batch_size():
    return NumberEditor("batch_size", DECLARATIONS["batch_size"], 20)


def type_over(qtbot, editor, text):
    editor.selectAll()
    qtbot.keyClicks(editor, text)


def turn_wheel(editor, angle=120):
    place = QPointF(5, 5)
    event = QWheelEvent(
        place,
        editor.mapToGlobal(place),
        QPoint(),
        QPoint(0, angle),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(editor, event)
    return event.isAccepted()


@pytest.mark.parametrize(
    ("text", "value"),
    [("0.05", 0.05), ("1e-3", 0.001), ("0,2", 0.2), (".5", 0.5), (" 2 ", 2.0), ("1E-6", 1e-6)],
)
def test_a_number_is_read_as_people_write_it(text, value):
    assert parse_number(text, float) == value


@pytest.mark.parametrize("text", ["", "x", "nan", "inf", "1e", "0x10", "--1", "1.2.3", "٣٫٥x"])
def test_what_is_no_number_is_not_read(text):
    assert parse_number(text, float) is None


def test_a_whole_number_may_be_grouped_but_has_no_point():
    assert parse_number("1 000", int) == 1000
    assert parse_number("10.5", int) is None
    assert parse_number("9" * 5000, int) is None


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_formatted_number_reads_back_exactly(value):
    assert parse_number(format_number(value), float) == value


@given(st.sampled_from(sorted(NUMBERS)), st.data(), st.booleans())
def test_a_step_goes_its_way_and_stays_within_the_bounds(name, data, up):
    declaration = NUMBERS[name]
    low, high = declaration.minimum, declaration.maximum
    numbers = st.integers(int(low), int(high)) if declaration.kind is int else st.floats(low, high)
    value = data.draw(numbers)
    following = next_value(declaration, value, up=up)
    declaration.check(name, following)
    assert type(following) is declaration.kind
    if up:
        assert following > value or value == high
    else:
        assert following < value or value == low


def test_steps_are_the_usual_ones():
    rate, size = DECLARATIONS["learning_rate"], DECLARATIONS["batch_size"]
    assert [next_value(rate, value, up=True) for value in (0.1, 0.2, 0.5, 0.03)] == [
        0.2,
        0.5,
        1,
        0.05,
    ]
    assert [next_value(rate, value, up=False) for value in (0.1, 0.2)] == [0.05, 0.1]
    assert next_value(size, 20, up=True) == 40
    assert next_value(size, 1, up=False) == 1
    assert next_value(DECLARATIONS["momentum"], 0.9, up=True) == 0.95
    assert next_value(DECLARATIONS["dropout"], 0.1, up=True) == 0.15


def test_a_logarithmic_scale_from_zero_begins_small_and_reaches_zero_again():
    declaration = Hyperparameter(float, 0.0, 10.0, logarithmic=True)
    first = next_value(declaration, 0.0, up=True)
    assert 0 < first < 1e-3
    assert next_value(declaration, first, up=False) == 0.0
    assert next_value(declaration, 0.0, up=False) == 0.0


def test_typing_changes_the_value_at_once(qtbot, show):
    editor = learning_rate()
    show(editor)
    with qtbot.waitSignal(editor.value_changed):
        type_over(qtbot, editor, "0.05")
    assert editor.value() == 0.05
    assert not editor.property("invalid")


def test_a_number_on_its_way_is_not_called_wrong_until_it_is_left(qtbot, show):
    editor = learning_rate()
    show(editor)
    type_over(qtbot, editor, "0.0")
    assert editor.message == ""
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert editor.message == "Learning rate must be between 1e-6 and 10."
    assert editor.property("invalid")


@pytest.mark.parametrize("text", ["x", "11", "-1", "1.2.3"])
def test_what_cannot_become_right_is_refused_at_once_and_the_good_value_kept(qtbot, show, text):
    editor = learning_rate()
    show(editor)
    type_over(qtbot, editor, text)
    assert editor.message.startswith("Learning rate must be")
    assert editor.message.endswith(".")
    assert editor.accessibleDescription() == editor.message
    assert editor.value() == 0.1


def test_a_fraction_is_refused_where_a_whole_number_is_wanted(qtbot, show):
    editor = batch_size()
    show(editor)
    type_over(qtbot, editor, "2.5")
    assert editor.message == "Batch size must be a whole number."
    assert editor.value() == 20


def test_escape_undoes_the_edit_and_only_then_reaches_the_window(qtbot, show):
    editor = batch_size()
    show(editor)
    type_over(qtbot, editor, "99999")
    assert editor.message
    qtbot.keyClick(editor, Qt.Key.Key_Escape)
    assert (editor.text(), editor.value(), editor.message) == ("20", 20, "")


def test_space_is_left_to_the_window(qtbot, show):
    editor = batch_size()

    class Page(QWidget):
        keys = ()

        def keyPressEvent(self, event):
            self.keys = (*self.keys, event.key())

    page = Page()
    QVBoxLayout(page).addWidget(editor)
    show(page)
    editor.setFocus()
    qtbot.keyClick(editor, Qt.Key.Key_Space)
    assert page.keys == (Qt.Key.Key_Space,)
    assert editor.text() == "20"


def test_arrow_keys_step_and_commit(qtbot, show):
    editor = learning_rate()
    show(editor)
    with qtbot.waitSignal(editor.committed):
        qtbot.keyClick(editor, Qt.Key.Key_Up)
    assert editor.value() == 0.2
    qtbot.keyClick(editor, Qt.Key.Key_Down)
    qtbot.keyClick(editor, Qt.Key.Key_Down)
    assert editor.text() == "0.05"


def test_the_wheel_steps_only_the_focused_field(qtbot, show):
    editor, other = learning_rate(), batch_size()
    show(editor, other)
    assert turn_wheel(editor)
    assert editor.value() == 0.2
    assert not turn_wheel(other)
    assert other.value() == 20


def test_a_fine_wheel_needs_a_whole_notch_for_a_step(show):
    editor = learning_rate()
    show(editor)
    for _ in range(7):
        turn_wheel(editor, 15)
    assert editor.value() == 0.1
    turn_wheel(editor, 15)
    assert editor.value() == 0.2


def test_a_value_is_committed_once_and_only_if_it_is_another(qtbot, show):
    editor, other = learning_rate(), QLineEdit()
    show(editor, other)
    commits = []
    editor.committed.connect(lambda: commits.append(editor.value()))
    type_over(qtbot, editor, "0.5")
    assert commits == []
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    other.setFocus()
    assert commits == [0.5]


def test_the_wheel_over_an_unfocused_choice_changes_nothing(show):
    choice = ChoiceEditor("optimizer", DECLARATIONS["optimizer"], "sgd")
    show(QLineEdit(), choice)
    assert not turn_wheel(choice, -120)
    assert choice.value() == "sgd"


def test_a_choice_is_made_by_keys(qtbot, show):
    choice = ChoiceEditor("optimizer", DECLARATIONS["optimizer"], "sgd")
    show(choice)
    with qtbot.waitSignal(choice.value_changed):
        qtbot.keyClick(choice, Qt.Key.Key_Down)
    assert choice.value() == "momentum"
