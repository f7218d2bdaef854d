"""The panel holds every hyperparameter in groups that fold into one line each."""

import dataclasses

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QPushButton, QWidget

from mnist_studio.training.config import TrainingConfig
from mnist_studio.training.hyperparameter import by_group, hyperparameters
from mnist_studio.training.presets import PRESETS
from mnist_studio.ui.settings.hyperparameters_panel import HyperparametersPanel

from ..windows import show_widget

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def panel(qtbot):
    panel = HyperparametersPanel()
    return show_widget(qtbot, panel, 290, 500)


def line(panel, group):
    return panel.findChild(QPushButton, f"{group}Line")


def test_every_declared_hyperparameter_has_an_editor_in_the_order_of_the_groups(panel):
    panel.set_training(TrainingConfig(optimizer="momentum", schedule="step"))
    for each in panel.lines.values():
        each.click()
    panel.resize(290, panel.sizeHint().height())
    panel.layout().activate()
    editors = [
        panel.findChild(QWidget, name)
        for names in by_group(hyperparameters(TrainingConfig)).values()
        for name in names
    ]
    heights = [editor.mapTo(panel, QPoint(0, 0)).y() for editor in editors]
    assert all(editor.isVisible() for editor in editors)
    assert heights == sorted(set(heights))


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_comes_back_as_it_went_in(panel, name):
    panel.set_training(PRESETS[name].training)
    assert panel.training() == PRESETS[name].training


def test_a_closed_line_says_what_is_set_and_unfolds(qtbot, panel):
    assert {name: each.summary for name, each in panel.lines.items()} == {
        "optimization": "SGD · rate 0.1 · batch 20",
        "length": "10 epochs",
        "regularization": "off",
        "augmentation": "off",
        "randomness": "seed 0",
    }
    assert not panel.findChild(QWidget, "rotation").isVisible()
    qtbot.mouseClick(line(panel, "augmentation"), LEFT)
    assert panel.findChild(QWidget, "rotation").isVisible()
    panel.findChild(QWidget, "rotation").setText("10")
    assert line(panel, "augmentation").summary == "rotation 10"
    assert line(panel, "augmentation").accessibleDescription() == "rotation 10"
    panel.set_training(TrainingConfig())
    assert line(panel, "augmentation").summary == "off"


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space])
def test_a_line_is_folded_and_unfolded_by_a_key(qtbot, panel, key):
    editor = panel.findChild(QWidget, "epochs")
    for visible in (True, False):
        qtbot.keyClick(line(panel, "length"), key)
        assert editor.isVisible() is visible


@pytest.mark.parametrize("name", ["shear", "epochs", "batch_size"])
def test_a_folded_field_with_a_wrong_text_is_unfolded_when_it_is_asked_for(panel, name):
    editor = panel.findChild(QWidget, name)
    editor.setText("-7")
    assert panel.first_invalid() is editor
    assert editor.isVisible()


def test_an_edit_is_told(qtbot, panel):
    with qtbot.waitSignal(panel.changed):
        panel.findChild(QWidget, "epochs").setText("7")
    assert panel.training() == dataclasses.replace(TrainingConfig(), epochs=7)


def test_a_live_value_that_the_training_took_over_is_shown_but_not_under_the_users_hands(
    qtbot, panel
):
    editor = panel.unfold("learning_rate")
    panel.show_change("learning_rate", 0.01)
    assert editor.text() == "0.01"
    assert "rate 0.01" in line(panel, "optimization").summary
    editor.setFocus()
    qtbot.waitUntil(editor.hasFocus)
    editor.setText("0.5")
    panel.show_change("learning_rate", 0.02)
    assert editor.text() == "0.5"
