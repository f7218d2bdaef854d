"""Runs, states and errors in a few words."""

import dataclasses

import pytest

from mnist_studio.data.errors import DataError
from mnist_studio.runs.checkpoint import CheckpointError
from mnist_studio.training.config import TrainingConfig
from mnist_studio.training.failures import failure_of
from mnist_studio.training.hyperparameter import by_group, hyperparameters
from mnist_studio.ui.describe import describe_failure, describe_group, describe_run

from .fakes import FakeSession


def test_a_sentence_made_for_people_stays_as_it_is():
    sentence = "The run cannot go on: it was trained on other images than these. Train anew."
    assert describe_failure(failure_of(CheckpointError(sentence))) == sentence
    assert describe_failure(failure_of(DataError(sentence))) == sentence


def test_an_error_that_nobody_foresaw_is_told_with_the_way_to_its_details():
    assert describe_failure(failure_of(RuntimeError("odd"))) == (
        "The training broke off by an error in the program (RuntimeError: odd). "
        "The log has the details."
    )


def test_without_an_error_there_is_nothing_to_say():
    assert describe_failure(None) == ""


@pytest.mark.parametrize(
    ("batches", "progress"), [(66, "66 % of the first epoch"), (250, "2 of 5 epochs")]
)
def test_how_far_a_run_came_is_also_said_in_its_first_epoch(qapp, batches, progress):
    session = FakeSession()
    session.start(train_size=2000, batch_size=20, epochs=5)
    session.train(batches)
    text = describe_run(session.run.config, session.run.history)
    assert text == f"784-256-10 on MNIST 10k, SGD 0.1, batch 20 ({progress})"


@pytest.mark.parametrize(
    ("group", "values", "text"),
    [
        ("optimization", {}, "SGD · rate 0.1 · batch 20"),
        (
            "optimization",
            {"optimizer": "nesterov", "schedule": "step", "warmup": 0.1},
            "Nesterov · rate 0.1 · batch 20 · Step · warm-up 0.1 · momentum 0.9 · step every 5 · "
            "step factor 0.5",
        ),
        ("length", {"epochs": 1}, "1 epoch"),
        ("length", {"epochs": 5, "max_seconds": 9.5}, "5 epochs · time limit (s) 9.5"),
        ("regularization", {}, "off"),
        ("regularization", {"l2": 0.01}, "L2 0.01"),
        ("augmentation", {"shift": 2.0, "written": 0.3}, "shift 2 · written 0.3"),
        ("randomness", {}, "seed 0"),
    ],
)
def test_a_group_of_settings_is_told_by_what_has_an_effect(group, values, text):
    declared = hyperparameters(TrainingConfig)
    names = by_group(declared)[group]
    config = dataclasses.asdict(TrainingConfig(**values))
    assert describe_group(config, {name: declared[name] for name in names}) == text
