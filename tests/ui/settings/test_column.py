"""The left column as one: presets, live changes, what is wrong, and its size."""

import subprocess
import sys

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QLabel,
    QLineEdit,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from mnist_studio.session.settings import Settings
from mnist_studio.training.config import (
    DataConfig,
    HiddenLayer,
    ModelConfig,
    RunConfig,
    TrainingConfig,
)
from mnist_studio.training.events import HyperparameterChanged
from mnist_studio.training.presets import PRESETS
from mnist_studio.ui import theme
from mnist_studio.ui.settings.column import NARROWEST, WIDTH, SettingsColumn

from ..children import child
from ..fakes import FakeSession
from ..windows import show_widget
from .test_form import CONFIGURATIONS

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def session(qapp):
    return FakeSession()


@pytest.fixture
def column(qtbot, session):
    page = QWidget()
    layout = QVBoxLayout(page)
    layout.setContentsMargins(0, 0, 0, 0)
    column = SettingsColumn(session)
    layout.addWidget(column)
    other = QPushButton("elsewhere")
    layout.addWidget(other)
    show_widget(qtbot, page, WIDTH, 600)
    page.activateWindow()
    other.setFocus()
    qtbot.waitUntil(other.hasFocus)
    column.page = page  # or Python would delete it
    return column


def click_preset(qtbot, column, name):
    qtbot.mouseClick(child(column, QPushButton, f"{name}Preset"), LEFT)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20)
@given(
    training=CONFIGURATIONS,
    widths=st.lists(st.integers(1, 2000), max_size=4),
    fraction=st.floats(0, 0.5),
)
def test_every_configuration_comes_back_as_it_went_in(column, training, widths, fraction):
    config = RunConfig(
        DataConfig("mnist-10k", fraction, 3),
        ModelConfig(tuple(HiddenLayer(width, "tanh") for width in widths), "glorot"),
        training,
    )
    column.set_config(config)
    assert column.config() == config
    assert column.first_error() is None


def test_what_is_shown_already_is_not_shown_again(column, monkeypatch):
    told = []
    monkeypatch.setattr(column.architecture, "set_model", told.append)
    column.set_config(column.config())
    assert told == []
    editor = child(column, QLineEdit, "validation_fraction")
    editor.setText("0.9")
    column.set_config(column.config())
    assert told == [column.config().model]
    assert editor.text() == "0.1"


def test_a_run_that_begins_with_what_is_typed_takes_it_as_no_change(qtbot, column):
    editor = child(column, QLineEdit, "learning_rate")
    editor.setFocus()
    editor.selectAll()
    qtbot.keyClicks(editor, "0.25")
    column.set_config(column.config())
    column.set_running(True)
    with qtbot.assertNotEmitted(column.hyperparameters.live_changed):
        qtbot.keyClick(editor, Qt.Key.Key_Return)


def test_other_settings_unfold_no_group(column):
    line, editor = column.data.line, child(column, QLineEdit, "validation_fraction")
    editor.setText("0.9")
    column.set_config(column.config())
    assert not line.isChecked()
    assert editor.text() == "0.1"


@pytest.mark.parametrize("name", PRESETS)
def test_one_click_chooses_a_preset_and_leaves_the_data_alone(qtbot, column, name):
    child(column, QLineEdit, "split_seed").setText("5")
    with qtbot.waitSignal(column.changed):
        click_preset(qtbot, column, name)
    config = column.config()
    assert (config.model, config.training) == (PRESETS[name].model, PRESETS[name].training)
    assert config.data.split_seed == 5
    checked = [
        button.objectName() for button in column.findChildren(QPushButton) if button.isChecked()
    ]
    assert checked == [f"{name}Preset"]


def test_an_edit_takes_the_highlight_from_the_preset_and_undoing_it_brings_it_back(qtbot, column):
    click_preset(qtbot, column, "lab-note")
    rate = child(column, QLineEdit, "learning_rate")
    rate.setText("0.3")
    assert column.presets.current is None
    rate.setText("0.1")
    assert column.presets.current == "lab-note"


def test_a_second_click_on_a_preset_keeps_it(qtbot, column):
    for _ in range(2):
        click_preset(qtbot, column, "fast-98")
    assert child(column, QPushButton, "fast-98Preset").isChecked()


@pytest.mark.layout
def test_what_is_wrong_is_said_brought_into_sight_and_focused(qtbot, column):
    editor = child(column, QLineEdit, "validation_fraction")
    editor.setText("0.9")
    assert column.first_error() == "Validation share must be between 0 and 0.5."
    assert editor.hasFocus()
    place = editor.mapTo(column.viewport(), editor.rect().center())
    assert column.viewport().rect().contains(place)
    assert column.config().data.validation_fraction == 0.1


def test_a_network_that_is_too_large_is_the_first_error(column):
    column.set_config(RunConfig(model=ModelConfig((HiddenLayer(8192), HiddenLayer(4000)))))
    child(column, QLineEdit, "layer2Width").setText("8000")
    assert "million parameters" in column.first_error()


def test_a_live_edit_reaches_the_session(qtbot, column, session):
    column.set_running(True)
    editor = child(column, QLineEdit, "l2")
    editor.setFocus()
    editor.selectAll()
    qtbot.keyClicks(editor, "0.01\r")
    assert session.asked == [("l2", 0.01)]


def test_what_the_training_took_over_is_shown(column, session):
    session.hyperparameter_changed.emit(HyperparameterChanged(7, "dropout", 0.25))
    assert column.config().training.dropout == 0.25


def test_a_focus_that_running_takes_away_does_not_fall_on_a_live_field(column):
    editor = child(column, QLineEdit, "batch_size")
    editor.setFocus()
    column.set_running(True)
    focused = column.window().focusWidget()
    assert focused is None or not column.isAncestorOf(focused)


def test_a_live_field_keeps_the_focus_when_running_begins_and_ends(column):
    editor = child(column, QLineEdit, "learning_rate")
    editor.setFocus()
    for running in (True, False):
        column.set_running(running)
        assert editor.hasFocus()


def test_presets_are_locked_while_running(column):
    column.set_running(True)
    button = child(column, QPushButton, "lab-notePreset")
    assert not button.isEnabled()
    assert "while a training runs" in button.toolTip()


def lines(column):
    return {**column.hyperparameters.lines, "data": column.data.line}


@pytest.mark.layout
@pytest.mark.parametrize("scale", [0.9, 1.0, 1.5])
@pytest.mark.parametrize("unfolded", [False, True])
@pytest.mark.parametrize("downloading", [False, True])
def test_everything_finds_room_in_the_narrowest_column(
    qtbot, column, session, scale, unfolded, downloading
):
    theme.set_scale(scale)
    column.page.layout().activate()
    column.page.resize(1, 600)
    training = TrainingConfig(optimizer="nesterov", schedule="step", max_seconds=1e6)
    wide = ModelConfig((HiddenLayer(8192, "leaky_relu"), HiddenLayer(4000, "leaky_relu")), "normal")
    column.set_config(RunConfig(DataConfig("fashion-mnist"), wide, training))
    if downloading:
        child(column, QToolButton, "downloadButton").click()
        session.data.progressed.emit(12_300_000, 30_900_000)
    for line in lines(column).values():
        line.setChecked(unfolded)
    column.set_running(True)
    card = column.widget().findChild(QFrame, "", Qt.FindChildOption.FindDirectChildrenOnly)
    column._settle()
    assert column.width() == column.minimumWidth() >= max(NARROWEST, theme.scaled(NARROWEST))
    assert card.minimumSizeHint().width() <= card.width() == column.viewport().width()
    for label in column.findChildren(QLabel):
        if label.isVisible() and not label.wordWrap():
            assert label.width() >= label.sizeHint().width(), label.text()
    for box in column.findChildren(QComboBox):
        if box.isVisible():
            assert box.width() >= box.minimumSizeHint().width(), box.objectName()


@pytest.mark.layout
@pytest.mark.parametrize("name", PRESETS)
def test_a_closed_column_needs_no_scrolling_beside_plots_of_the_usual_height(qtbot, session, name):
    column = SettingsColumn(session)
    show_widget(qtbot, column, 300, 626)
    click_preset(qtbot, column, name)
    column.set_running(True)
    column._settle()
    assert column.verticalScrollBar().maximum() == 0
    assert column.architecture.drawing.height() >= 110


@pytest.mark.layout
def test_nothing_in_the_column_changes_its_width(qtbot, column):
    def widths():
        column._settle()
        return column.minimumWidth(), column.sizeHint().width(), column.viewport().width()

    before = widths()
    for name in ("fashion-mnist", "mnist"):
        column.set_config(
            RunConfig(DataConfig(name), ModelConfig((HiddenLayer(8192), HiddenLayer(4000))))
        )
        assert widths() == before
    for line in lines(column).values():
        line.setChecked(not line.isChecked())
        assert widths() == before


def test_which_groups_are_open_is_remembered(qtbot, session, tmp_path):
    for opened in ([], ["length", "data"]):
        column = SettingsColumn(session, Settings(tmp_path))
        qtbot.addWidget(column)
        assert [name for name, line in lines(column).items() if line.isChecked()] == opened
        for name in {"length", "data"} - set(opened):
            lines(column)[name].click()


def test_what_a_click_unfolds_comes_into_sight(column):
    column.window().resize(WIDTH, 500)
    line = column.data.line
    column.ensureWidgetVisible(line, 0, 0)
    line.click()
    place = line.content.rect().translated(line.content.mapTo(column.viewport(), QPoint()))
    assert column.viewport().rect().contains(place)


def test_of_what_is_higher_than_the_column_the_first_line_is_seen(column):
    column.window().resize(WIDTH, 200)
    line = column.hyperparameters.lines["augmentation"]
    column.ensureWidgetVisible(line, 0, 0)
    line.click()
    assert line.content.height() > column.viewport().height()
    assert 0 <= line.mapTo(column.viewport(), QPoint()).y() <= line.height()


def test_settings_without_their_data_set_are_not_usable_and_the_place_says_why(column):
    assert column.usable_config() == RunConfig()
    column.set_config(RunConfig(DataConfig("fashion-mnist")))
    column.data.line.setChecked(False)
    assert column.usable_config() is None
    message = child(column, QLabel, "dataMessage")
    assert message.isVisible()
    assert message.text().startswith("Fashion-MNIST is not on this computer")
    assert column.config().data.dataset == "fashion-mnist"


def test_a_layer_is_brought_into_sight_to_be_edited(qtbot, column):
    column.set_config(RunConfig(model=ModelConfig((HiddenLayer(16),) * 20)))
    column.edit_layer(20)
    editor = child(column, QLineEdit, "layer20Width")
    assert editor.hasFocus()
    assert editor.selectedText() == "16"
    place = editor.mapTo(column.viewport(), editor.rect().center())
    assert column.viewport().rect().contains(place)
    for no_hidden_layer in (0, 21):
        column.edit_layer(no_hidden_layer)
        assert editor.hasFocus()


def test_a_click_on_a_drawn_layer_leads_to_its_row(column):
    column.architecture.drawing.layer_clicked.emit(1)
    assert child(column, QLineEdit, "layer1Width").hasFocus()


def test_what_can_be_changed_live_is_framed_and_told_while_it_trains(column):
    note = child(column, QLabel, "liveNote")
    assert not note.isVisible()
    column.set_config(RunConfig(training=TrainingConfig(l2=0.01)))
    column.set_running(True)
    assert note.isVisible()
    for value in ("rate&nbsp;0.1", "L2&nbsp;0.01", "dropout&nbsp;off"):
        assert value in note.text()
    assert "momentum" not in note.text()
    assert child(column, QLineEdit, "l2").property("live")
    note.linkActivated.emit("dropout")
    assert child(column, QLineEdit, "dropout").hasFocus()
    column.set_running(False)
    assert not note.isVisible()
    assert not child(column, QLineEdit, "l2").property("live")


# --- undo ----------------------------------------------------------------------------------


def press(qtbot, column, keys):
    """Press a key where the focus is, as the window system does."""
    focused = column.window().focusWidget()
    key, modifiers = keys[-1], Qt.KeyboardModifier.ControlModifier
    if len(keys) > 1:
        modifiers |= Qt.KeyboardModifier.ShiftModifier
    qtbot.keyClick(focused, key, modifiers)


UNDO = (Qt.Key.Key_Z,)
REDO = (Qt.Key.Key_Shift, Qt.Key.Key_Z)


def test_a_removed_layer_comes_back_by_a_key_after_the_click(qtbot, column):
    column.set_config(RunConfig(model=ModelConfig((HiddenLayer(64), HiddenLayer(32, "tanh")))))
    before = column.config()
    qtbot.mouseClick(child(column, QWidget, "layer2Remove"), LEFT)
    removed = column.config()
    assert len(removed.model.hidden) == 1
    with qtbot.waitSignal(column.changed):
        press(qtbot, column, UNDO)
    assert column.config() == before
    press(qtbot, column, REDO)
    assert column.config() == removed


def test_a_preset_is_taken_back_in_one_step(qtbot, column):
    before = column.config()
    click_preset(qtbot, column, "accurate-99")
    click_preset(qtbot, column, "fast-98")
    press(qtbot, column, UNDO)
    assert column.presets.current == "accurate-99"
    press(qtbot, column, UNDO)
    assert column.config() == before
    press(qtbot, column, UNDO)
    assert column.config() == before


def type_into(qtbot, column, name, text):
    editor = child(column, QLineEdit, name)
    editor.setFocus()
    editor.selectAll()
    qtbot.keyClicks(editor, text)
    return editor


def test_a_typed_number_is_one_step_and_its_keys_belong_to_the_field_until_it_is_done(
    qtbot, column
):
    before = column.config()
    click_preset(qtbot, column, "fast-98")
    chosen = column.config()
    editor = type_into(qtbot, column, "batch_size", "256")
    press(qtbot, column, UNDO)
    assert editor.text() == "128"  # the field's own undo
    assert column.presets.current == "fast-98"
    type_into(qtbot, column, "batch_size", "512\r")
    assert column.config().training.batch_size == 512
    press(qtbot, column, UNDO)
    assert column.config() == chosen
    assert editor.text() == "128"
    press(qtbot, column, UNDO)
    assert column.config() == before


def test_each_step_by_the_arrow_keys_is_taken_back_for_itself(qtbot, column):
    editor = child(column, QLineEdit, "batch_size")
    editor.setFocus()
    for key in (Qt.Key.Key_Up, Qt.Key.Key_Up, Qt.Key.Key_Down):
        qtbot.keyClick(editor, key)
    seen = []
    for _ in range(3):
        press(qtbot, column, UNDO)
        seen.append(editor.text())
    assert seen == ["80", "40", "20"]


def test_a_choice_is_taken_back_while_its_box_has_the_focus(qtbot, column):
    box = child(column, QComboBox, "optimizer")
    box.setFocus()
    qtbot.keyClick(box, Qt.Key.Key_End)
    assert column.config().training.optimizer == "adamw"
    press(qtbot, column, UNDO)
    assert column.config().training.optimizer == "sgd"


def test_settings_that_were_replaced_from_elsewhere_come_back_once_there_were_changes(
    qtbot, column
):
    column.set_config(RunConfig(training=TrainingConfig(epochs=3)))
    click_preset(qtbot, column, "fast-98")
    mine = column.config()
    column.set_config(RunConfig(training=TrainingConfig(epochs=7)))
    press(qtbot, column, UNDO)
    assert column.config() == mine
    press(qtbot, column, UNDO)
    press(qtbot, column, UNDO)
    assert column.config().training.epochs == 3


def test_a_run_that_begins_with_the_settings_shown_leaves_what_can_be_redone(qtbot, column):
    click_preset(qtbot, column, "fast-98")
    press(qtbot, column, UNDO)
    column.set_config(column.config())
    press(qtbot, column, REDO)
    assert column.presets.current == "fast-98"


def test_under_a_running_training_only_live_values_are_taken_back(qtbot, column, session):
    click_preset(qtbot, column, "fast-98")
    type_into(qtbot, column, "l2", "0.5\r")
    column.set_running(True)
    type_into(qtbot, column, "l2", "0.01\r")
    type_into(qtbot, column, "dropout", "0.2\r")
    for _ in range(4):
        press(qtbot, column, UNDO)
    assert session.asked == [
        ("l2", 0.01),
        ("dropout", 0.2),
        ("dropout", 0.0),
        ("l2", 0.5),
        ("l2", 0.0),
    ]
    assert column.presets.current == "fast-98"
    column.set_running(False)
    press(qtbot, column, UNDO)
    assert column.presets.current is None


def test_every_control_is_explained_and_named(column):
    for widget in column.findChildren(QWidget):
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and not widget.inherits("QListView"):
            name = widget.objectName()
            assert widget.toolTip() or widget.inherits("DatasetStrip") or name == "datasetStrip", (
                name
            )
            assert widget.accessibleName() or getattr(widget, "text", str)(), name


def test_the_column_is_there_without_numpy():
    script = (
        "import sys\n"
        "import mnist_studio.ui.settings.column\n"
        "sys.exit('numpy' in sys.modules or 'pyqtgraph' in sys.modules)\n"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


@pytest.mark.layout
def test_a_new_layer_has_its_place_before_the_next_frame(qtbot, column):
    for _ in range(4):
        column.architecture.findChild(QWidget, "addLayerButton").click()
        assert column.architecture.height() >= column.architecture.sizeHint().height()


@pytest.mark.layout
def test_many_layers_have_their_place_in_the_first_frame(qtbot, session):
    column = SettingsColumn(session)
    qtbot.addWidget(column)
    column.set_config(RunConfig(model=ModelConfig((HiddenLayer(16),) * 12)))
    column.resize(WIDTH, 400)
    column.show()
    assert column.architecture.height() >= column.architecture.sizeHint().height()


def test_a_batch_that_does_not_fit_into_the_memory_is_refused_at_its_field(column, monkeypatch):
    monkeypatch.setattr("mnist_studio.training.memory.free_memory", lambda: 50_000_000)
    editor = column.hyperparameters.unfold("batch_size")
    editor.setText("10000")
    assert column.usable_config() is None
    assert "choose a smaller batch" in editor.message
    assert editor.isVisibleTo(column)

    QTest.keyClick(editor, Qt.Key.Key_Down)
    assert editor.message == ""
