"""The panel holds every hyperparameter and folds augmentation into one line."""

import dataclasses

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QWidget

from mnist_studio.training.config import TrainingConfig, hyperparameters
from mnist_studio.training.presets import PRESETS
from mnist_studio.ui.hyperparameters_panel import AUGMENTATION, FIRST, LAST, HyperparametersPanel

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def panel(qtbot):
    panel = HyperparametersPanel()
    qtbot.addWidget(panel)
    panel.resize(290, 500)
    panel.show()
    qtbot.waitExposed(panel)
    return panel


def test_every_declared_hyperparameter_has_an_editor_in_the_panel(panel):
    for name in hyperparameters(TrainingConfig):
        assert panel.findChild(QWidget, name) is not None, name
    assert {*FIRST, *LAST, *AUGMENTATION} <= set(hyperparameters(TrainingConfig))


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_comes_back_as_it_went_in(panel, name):
    panel.set_training(PRESETS[name].training)
    assert panel.training() == PRESETS[name].training


def test_augmentation_says_off_or_on_and_unfolds(qtbot, panel):
    button = panel.findChild(QPushButton, "augmentationButton")
    assert button.text() == "off"
    assert not panel.findChild(QWidget, "rotation").isVisible()
    qtbot.mouseClick(button, LEFT)
    assert panel.findChild(QWidget, "rotation").isVisible()
    panel.findChild(QWidget, "rotation").setText("10")
    assert button.text() == "on"
    panel.set_training(TrainingConfig())
    assert button.text() == "off"


def test_a_folded_field_with_a_wrong_text_is_unfolded_when_it_is_asked_for(panel):
    editor = panel.findChild(QWidget, "shear")
    editor.setText("7")
    assert panel.first_invalid() is editor
    assert editor.isVisible()


def test_an_edit_is_told(qtbot, panel):
    with qtbot.waitSignal(panel.changed):
        panel.findChild(QWidget, "epochs").setText("7")
    assert panel.training() == dataclasses.replace(TrainingConfig(), epochs=7)


def test_a_live_value_that_the_training_took_over_is_shown_but_not_under_the_users_hands(
    qtbot, panel
):
    editor = panel.findChild(QWidget, "learning_rate")
    panel.show_change("learning_rate", 0.01)
    assert editor.text() == "0.01"
    editor.setFocus()
    qtbot.waitUntil(editor.hasFocus)
    editor.setText("0.5")
    panel.show_change("learning_rate", 0.02)
    assert editor.text() == "0.5"
