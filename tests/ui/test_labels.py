"""Everything that can be set has a name and an explanation for people."""

import pytest

from mnist_studio.training.config import (
    ACTIVATIONS,
    DataConfig,
    ModelConfig,
    TrainingConfig,
    hyperparameters,
)
from mnist_studio.training.presets import PRESETS
from mnist_studio.ui import labels

FIELDS = {
    name: declaration
    for config in (DataConfig, ModelConfig, TrainingConfig)
    for name, declaration in hyperparameters(config).items()
}


@pytest.mark.parametrize("name", [*FIELDS, "dataset", "width", "activation"])
def test_every_field_has_a_name_and_a_tooltip_of_one_or_two_sentences(name):
    assert name in labels._LABELS
    tip = labels.tooltip(name)
    assert tip.endswith(".")
    assert 1 <= tip.count(". ") + 1 <= 3


def test_every_choice_has_a_name():
    choices = {choice for each in FIELDS.values() for choice in each.choices} | set(ACTIVATIONS)
    assert choices <= set(labels._CHOICES)


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_has_a_title_and_a_sentence(name):
    assert labels.preset_title(name) != name
    assert labels.preset_description(name).endswith(".")


def test_a_field_without_a_label_still_has_a_readable_name():
    assert labels.label("gradient_clipping") == "Gradient clipping"
