"""An editor takes what its declaration allows, refuses the rest, and never loses a good value."""

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QKeySequence, QWheelEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget

from mnist_studio.training.config import TrainingConfig
from mnist_studio.training.hyperparameter import hyperparameters
from mnist_studio.ui.editors import ChoiceEditor, NumberEditor
from mnist_studio.ui.settings.dataset_editor import DatasetEditor

DECLARATIONS = hyperparameters(TrainingConfig)


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
        with qtbot.waitExposed(page):
            page.show()
        page.activateWindow()
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


@pytest.mark.parametrize(("name", "word"), [("l2", "off"), ("max_images", "no limit")])
def test_a_zero_that_stands_for_nothing_is_an_empty_line_that_says_so(qtbot, show, name, word):
    editor = NumberEditor(name, DECLARATIONS[name], 0)
    show(editor)
    assert (editor.text(), editor.placeholderText()) == ("", word)
    qtbot.keyClicks(editor, "5\r")
    assert (editor.value(), editor.text()) == (5, "5")
    for text in ("", "0"):
        editor.setValue(5)
        editor.selectAll()
        qtbot.keyClick(editor, Qt.Key.Key_Delete)
        with qtbot.waitSignal(editor.committed):
            qtbot.keyClicks(editor, f"{text}\r")
        assert (editor.value(), editor.text(), editor.message) == (0, "", "")


def test_a_zero_like_any_other_number_is_written(show):
    editor = NumberEditor("momentum", DECLARATIONS["momentum"], 0.0)
    show(editor)
    assert editor.text() == "0"


def test_the_keys_of_an_edit_are_undone_here_and_what_is_done_elsewhere(qtbot, show):
    class Page(QWidget):
        undone = 0

        def keyPressEvent(self, event):
            self.undone += event.matches(QKeySequence.StandardKey.Undo)

    editor, page = batch_size(), Page()
    QVBoxLayout(page).addWidget(editor)
    show(page)
    editor.setFocus()
    type_over(qtbot, editor, "99")
    qtbot.keyClick(editor, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert (editor.text(), page.undone) == ("20", 0)
    type_over(qtbot, editor, "99\r")
    qtbot.keyClick(editor, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert (editor.text(), page.undone) == ("99", 1)


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


@pytest.mark.layout
def test_lists_open_below_their_boxes_with_room_around_each_line(show):
    choice, dataset = ChoiceEditor("optimizer", DECLARATIONS["optimizer"], "sgd"), DatasetEditor()
    show(choice, dataset)
    for box in (choice, dataset):
        box.showPopup()
        view = box.view()
        assert view.mapToGlobal(QPoint()).y() >= box.mapToGlobal(box.rect().bottomLeft()).y()
        assert view.sizeHintForRow(0) >= box.fontMetrics().height() + 6
        box.hidePopup()
