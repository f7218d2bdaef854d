"""Ready-made settings."""

import dataclasses
from pathlib import Path

import pytest

import mnist_studio
from mnist_studio.data.loading import load
from mnist_studio.training.config import RunConfig
from mnist_studio.training.preset_texts import PRESET_TEXTS
from mnist_studio.training.presets import PRESETS
from mnist_studio.training.variation import relevant_values, values_of

from .builders import train

README = Path(mnist_studio.__file__).parents[1] / "README.md"
# Test accuracy on the embedded digits after three epochs, well below what several seeds reach.
FLOORS = {
    "lab-note": 0.92,
    "fast-98": 0.945,
    "accurate-99": 0.94,
    "best-for-drawing": 0.92,
}


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


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_sets_nothing_that_has_no_effect(name):
    plain, preset = RunConfig(), PRESETS[name]
    config = RunConfig(model=preset.model, training=preset.training)
    default = values_of(plain)
    chosen = {key for key, value in values_of(config).items() if value != default[key]}
    assert chosen <= relevant_values(config).keys()
    assert "seed" not in chosen


def test_no_two_presets_are_the_same():
    configs = [RunConfig(model=each.model, training=each.training) for each in PRESETS.values()]
    assert len(set(configs)) == len(PRESETS)


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_learns_the_embedded_digits_in_three_epochs(name):
    preset = PRESETS[name]
    # By images and not by epochs, so that the schedule falls as it does over a whole training.
    short = dataclasses.replace(preset.training, max_images=3 * 7200)
    trainer = train(RunConfig(model=preset.model, training=short), load("mnist-10k"))
    assert trainer.history.test.accuracy > FLOORS[name]


def test_every_preset_has_a_title_and_a_sentence():
    assert set(PRESET_TEXTS) == set(PRESETS)
    assert all(each.title and each.description.endswith(".") for each in PRESET_TEXTS.values())


@pytest.mark.parametrize("name", PRESETS)
def test_its_sentence_and_the_readme_tell_what_a_preset_is(name):
    model, training = PRESETS[name].model, PRESETS[name].training
    sizes, text = "-".join(map(str, model.sizes)), PRESET_TEXTS[name]
    assert text.description.startswith(f"{sizes} ")
    (row,) = [line for line in README.read_text("utf-8").splitlines() if f"(`{name}`)" in line]
    assert f"| *{text.title}* (`{name}`) | {sizes}, " in row
    assert f", batch {training.batch_size}, " in row
    assert f", {training.epochs} epochs" in row
