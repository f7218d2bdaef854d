"""Ready-made settings."""

import pytest

from mnist_studio.training.config import RunConfig
from mnist_studio.training.presets import PRESETS


def test_the_presets_have_the_names_the_readme_and_the_terminal_use():
    assert list(PRESETS) == ["lab-note", "fast-98", "accurate-99", "best-for-drawing"]


def test_lab_note_is_what_the_note_says():
    preset = PRESETS["lab-note"]
    training = preset.training
    assert preset.model.initializer == "normal"
    assert (training.optimizer, training.learning_rate, training.batch_size) == ("sgd", 0.1, 20)
    assert (training.l2, training.dropout, training.schedule) == (0.0, 0.0, "constant")


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_survives_json(name):
    preset = PRESETS[name]
    config = RunConfig(model=preset.model, training=preset.training)
    assert RunConfig.from_json(config.to_json()) == config
