"""Everything that can be set has a group, a name and an explanation, the same wherever it shows."""

import dataclasses

import pytest

from mnist_studio import labels
from mnist_studio.__main__ import main
from mnist_studio.report import texts
from mnist_studio.training.config import DataConfig, HiddenLayer, ModelConfig, TrainingConfig
from mnist_studio.training.easy_images import EASY_FROM
from mnist_studio.training.hyperparameter import hyperparameters
from mnist_studio.ui import labels as window

CLASSES = (DataConfig, ModelConfig, HiddenLayer, TrainingConfig)
FIELDS = [field.name for each in CLASSES for field in dataclasses.fields(each)]
DECLARED = {name: each for kind in CLASSES for name, each in hyperparameters(kind).items()}


@pytest.fixture
def terminal_help(capsys, monkeypatch):
    """Return the terminal's help, in lines that are never broken."""
    monkeypatch.setenv("COLUMNS", "10000")

    def read():
        with pytest.raises(SystemExit) as caught:
            main(["train", "--help"])
        assert caught.value.code == 0
        return capsys.readouterr().out

    return read


@pytest.mark.parametrize("name", FIELDS)
def test_every_field_has_a_name_and_an_explanation_that_any_terminal_can_print(name):
    text = labels.FIELDS[name]
    assert text.label
    assert text.help.endswith(".")
    assert 1 <= text.help.count(". ") + 1 <= 3
    assert text.help.isascii()


def test_it_is_told_from_which_probability_on_an_image_is_easy():
    assert f"more than {100 * EASY_FROM:g} %" in labels.FIELDS["skip_easy"].help


def test_nothing_is_explained_that_is_no_field():
    assert set(labels.FIELDS) == set(FIELDS)


@pytest.mark.parametrize("name", DECLARED)
def test_every_declared_field_has_a_group_with_a_name_and_choices_with_names(name):
    assert labels.GROUPS[DECLARED[name].group]
    if name != "dataset":  # whose choices have their titles in the registry
        assert set(DECLARED[name].choices) <= set(labels.CHOICES)


def test_window_report_and_terminal_say_the_same_of_every_field(terminal_help):
    help_text = terminal_help()
    for name in FIELDS:
        assert window.label(name) == texts.label(name)
        if name != "width":  # the terminal takes all widths at once, as "hidden"
            assert window.tooltip(name) in help_text


def test_a_field_whose_texts_were_forgotten_still_works_everywhere(terminal_help, monkeypatch):
    monkeypatch.delitem(labels.FIELDS, "split_seed")
    assert window.label("split_seed") == texts.label("split_seed") == "Split seed"
    assert window.short_label("split_seed") == "split seed"
    assert "--split-seed" in terminal_help()
