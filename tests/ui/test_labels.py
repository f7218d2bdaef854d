"""Names and explanations come in the language of the window."""

import pytest
from PySide6.QtCore import QCoreApplication, QTranslator

from mnist_studio.ui import labels


class Marked(QTranslator):
    def translate(self, context, text, disambiguation=None, n=-1):
        return f"<{text}>" if context == "labels" else ""


@pytest.fixture
def translated(qapp):
    translator = Marked()
    QCoreApplication.installTranslator(translator)
    yield
    QCoreApplication.removeTranslator(translator)


@pytest.mark.usefixtures("translated")
def test_every_text_of_the_table_is_translated():
    assert labels.label("batch_size") == "<Batch size>"
    assert labels.short_label("batch_size") == "<batch>"
    assert labels.short_label("optimizer") == ""
    assert labels.tooltip("batch_size").startswith("<Images per update.")
    assert labels.group_label("augmentation") == "<Augmentation>"
    assert labels.choice_label("leaky_relu") == "<Leaky ReLU>"
    assert labels.preset_title("fast-98") == "<98 % fast>"
    assert labels.preset_description("fast-98").endswith(".>")


def test_a_value_is_read_as_people_call_it():
    assert labels.value_text("dataset", "mnist-10k") == "MNIST 10k"
    assert labels.value_text("optimizer", "sgd") == "SGD"
    assert labels.value_text("learning_rate", 0.05) == "0.05"
    assert labels.value_text("hidden", "256-128") == "256-128"


def test_a_strength_is_written_with_the_sign_that_people_read():
    assert [labels.strength_text(each) for each in (-0.75, 0.0, 15.0)] == ["−0.75", "0", "15"]
