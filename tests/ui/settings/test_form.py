"""The form shows every declared field, and its values survive the way in and out."""

import dataclasses

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from mnist_studio.training.config import TrainingConfig
from mnist_studio.training.hyperparameter import hyperparameters
from mnist_studio.ui.settings.form import Form

from ..windows import show_widget

DECLARATIONS = hyperparameters(TrainingConfig)


def values_of(declaration):
    if declaration.kind is str:
        return st.sampled_from(declaration.choices)
    if declaration.kind is int:
        return st.integers(declaration.minimum, declaration.maximum)
    return st.floats(declaration.minimum, declaration.maximum)


CONFIGURATIONS = st.builds(
    TrainingConfig, **{name: values_of(each) for name, each in DECLARATIONS.items()}
)


class Page(QWidget):
    def __init__(self):
        super().__init__()
        self.form = Form(DECLARATIONS, dataclasses.asdict(TrainingConfig()), self)
        layout = QVBoxLayout(self)
        layout.addLayout(self.form.make_rows(DECLARATIONS))


@pytest.fixture
def page(qtbot):
    page = Page()
    return show_widget(qtbot, page)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(configuration=CONFIGURATIONS)
def test_every_valid_configuration_comes_back_as_it_went_in(page, configuration):
    page.form.set_values(dataclasses.asdict(configuration))
    assert TrainingConfig(**page.form.values()) == configuration
    assert page.form.valid


def test_every_editor_is_named_after_its_field_and_explained(page):
    for name in DECLARATIONS:
        editor = page.findChild(QWidget, name)
        assert editor is not None, name
        assert editor.toolTip()
        assert editor.accessibleName()


def test_setting_values_is_not_an_edit(qtbot, page):
    with qtbot.assertNotEmitted(page.form.changed):
        page.form.set_values({"epochs": 3, "optimizer": "adam"})


def test_fields_without_effect_are_hidden(page):
    momentum = page.form.editor("momentum")
    assert not momentum.isVisible()
    page.form.editor("optimizer").setCurrentIndex(1)
    assert momentum.isVisible()
    assert not page.form.editor("step_factor").isVisible()
    page.form.set_values({"schedule": "step"})
    assert page.form.editor("step_factor").isVisible()


def test_a_wrong_text_is_told_below_its_field_and_keeps_the_value(qtbot, page):
    editor = page.form.editor("epochs")
    message = page.findChild(QLabel, "epochsMessage")
    editor.selectAll()
    qtbot.keyClicks(editor, "5000")
    assert message.isVisible()
    assert message.text() == "Epochs must be between 1 and 1\u202f000."
    assert page.form.values()["epochs"] == 10
    assert page.form.first_invalid() is editor
    editor.selectAll()
    qtbot.keyClicks(editor, "50")
    assert not message.isVisible()
    assert page.form.valid


def test_a_wrong_text_of_a_field_without_effect_does_not_matter(qtbot, page):
    page.form.editor("optimizer").setCurrentIndex(1)
    qtbot.keyClicks(page.form.editor("momentum"), "x")
    assert not page.form.valid
    page.form.editor("optimizer").setCurrentIndex(0)
    assert page.form.valid


def test_an_empty_field_is_found_when_it_matters(qtbot, page):
    page.form.editor("epochs").setText("")
    assert page.findChild(QLabel, "epochsMessage").text() == ""
    assert not page.form.valid
    assert page.findChild(QLabel, "epochsMessage").text() == "Epochs must be a whole number."


def test_while_running_only_live_fields_can_be_changed_and_the_others_say_why(page):
    page.form.set_running(True)
    for name, declaration in DECLARATIONS.items():
        assert page.form.editor(name).isEnabled() is declaration.live, name
    assert "while a training runs" in page.form.editor("batch_size").toolTip()
    page.form.set_running(False)
    assert page.form.editor("batch_size").isEnabled()
    assert "while a training runs" not in page.form.editor("batch_size").toolTip()


def test_what_can_be_changed_during_training_says_so(page):
    for name, declaration in DECLARATIONS.items():
        assert ("changed during training." in page.form.editor(name).toolTip()) is declaration.live


def test_a_live_edit_is_told_when_it_is_done_and_only_while_running(qtbot, page):
    editor = page.form.editor("learning_rate")
    live = []
    page.form.live_changed.connect(lambda *change: live.append(change))
    editor.step_by(1)
    assert live == []
    page.form.set_running(True)
    editor.selectAll()
    qtbot.keyClicks(editor, "0.03\r")
    assert live == [("learning_rate", 0.03)]
