"""The left column as one: presets, live changes, what is wrong, and its size."""

import subprocess
import sys

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

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
from mnist_studio.ui.settings_column import SettingsColumn
from tests.ui.settings_fakes import FakeSession
from tests.ui.test_form import CONFIGURATIONS

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def session(qapp):
    return FakeSession()


@pytest.fixture
def column(qtbot, session):
    theme.choose("light")  # its style sheet decides how wide things are
    page = QWidget()
    layout = QVBoxLayout(page)
    layout.setContentsMargins(0, 0, 0, 0)
    column = SettingsColumn(session)
    layout.addWidget(column)
    other = QPushButton("elsewhere")
    layout.addWidget(other)
    qtbot.addWidget(page)
    page.resize(290, 600)
    page.show()
    page.activateWindow()
    qtbot.waitExposed(page)
    other.setFocus()
    qtbot.waitUntil(other.hasFocus)
    column.page = page  # or Python would delete it
    return column


def child(column, kind, name):
    found = column.findChild(kind, name)
    assert found is not None, name
    return found


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


@pytest.mark.parametrize("optimizer", ["sgd", "nesterov"])
@pytest.mark.parametrize("unfolded", [False, True])
def test_nothing_is_wider_than_the_column(qtbot, column, optimizer, unfolded):
    column.set_config(RunConfig(training=TrainingConfig(optimizer=optimizer, schedule="step")))
    child(column, QPushButton, "augmentationButton").setChecked(unfolded)
    qtbot.waitUntil(
        lambda: (
            column.widget().minimumSizeHint().width()
            <= column.widget().width()
            == column.viewport().width()
        )
    )
    assert column.width() == 290
    for label in column.findChildren(QLabel):
        if label.isVisible() and not label.wordWrap():
            assert label.width() >= label.sizeHint().width(), label.text()


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
        "import mnist_studio.ui.settings_column\n"
        "sys.exit('numpy' in sys.modules or 'pyqtgraph' in sys.modules)\n"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


def test_a_new_layer_has_its_place_before_the_next_frame(qtbot, column):
    for _ in range(4):
        column.architecture.findChild(QWidget, "addLayerButton").click()
        assert column.architecture.height() >= column.architecture.sizeHint().height()


def test_many_layers_have_their_place_in_the_first_frame(qtbot, session):
    column = SettingsColumn(session)
    qtbot.addWidget(column)
    column.set_config(RunConfig(model=ModelConfig((HiddenLayer(16),) * 12)))
    column.resize(290, 400)
    column.show()
    assert column.architecture.height() >= column.architecture.sizeHint().height()
