"""What the figures of a run say went wrong, from runs that were trained and from made-up ones."""

import math

import numpy as np
import pytest

from mnist_studio.data.loading import load
from mnist_studio.insight.hints import Cause, HintKind, class_shares, hints_of
from mnist_studio.report.hint_texts import hint_text, remedy_text
from mnist_studio.training.config import HiddenLayer, ModelConfig, RunConfig, TrainingConfig
from mnist_studio.training.events import EpochEnded, FinalEvaluation, HyperparameterChanged
from mnist_studio.training.failures import TrainingDiverged
from mnist_studio.training.history import History
from mnist_studio.training.presets import PRESETS
from mnist_studio.training.trainer import Trainer

from ..training.builders import batches_part

GUESSING = math.log(10)
EVEN = [0.1] * 10


def layers(*widths, activation="relu"):
    return tuple(HiddenLayer(width, activation) for width in widths)


ONE_LAYER = layers(256)


def config_of(hidden=ONE_LAYER, initializer="normal", **training):
    values = {"learning_rate": 0.1, "batch_size": 20, "epochs": 1} | training
    return RunConfig(
        model=ModelConfig(hidden, initializer=initializer), training=TrainingConfig(**values)
    )


@pytest.fixture(scope="module")
def digits():
    return load("mnist-10k")


def trained(config, dataset):
    """Return the trainer of a run as far as it goes."""
    trainer = Trainer(config, dataset)
    try:
        for _ in trainer.run():
            pass
    except TrainingDiverged:
        pass
    return trainer


def hint_of(config, dataset):
    """Return the only hint that a trained run gives."""
    trainer = trained(config, dataset)
    shares = class_shares(dataset.train_labels, 10)
    (hint,) = hints_of(config, trainer.history, shares, trainer.failure)
    return hint


# --- trained runs --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("config", "cause", "remedy"),
    [
        (config_of(learning_rate=10.0), Cause.UNITS_DEAD, ("learning_rate", 1.0)),
        (config_of(learning_rate=2.0), Cause.RATE_TOO_HIGH, ("learning_rate", 0.2)),
        (
            config_of(layers(256), "he", learning_rate=1e-5),
            Cause.RATE_TOO_LOW,
            ("learning_rate", 1e-4),
        ),
        (config_of(learning_rate=1e-5), Cause.RATE_TOO_LOW, ("learning_rate", 1e-4)),
        (
            config_of(layers(256), "he", learning_rate=1e-6, optimizer="adam", batch_size=32),
            Cause.RATE_TOO_LOW,
            ("learning_rate", 1e-5),
        ),
        (
            config_of(layers(64, 64, 64, 64)),
            Cause.GRADIENT_VANISHES,
            ("initializer", "he"),
        ),
        (
            config_of(layers(64, 64, 64, 64, 64, activation="sigmoid"), "glorot"),
            Cause.GRADIENT_VANISHES,
            ("hidden", "64-64-64-64-64"),
        ),
    ],
)
def test_a_run_that_learned_nothing_is_told_why_and_what_to_change(digits, config, cause, remedy):
    hint = hint_of(config, digits)
    assert (hint.kind, hint.cause, hint.ended) == (HintKind.GUESSING, cause, True)
    assert hint.accuracy == pytest.approx(0.11, abs=0.04)
    assert hint.remedy[:2] == remedy
    assert hint.remedy.config != config


def test_what_is_offered_learns(digits):
    remedy = hint_of(config_of(learning_rate=2.0), digits).remedy
    assert hints_of(remedy.config, trained(remedy.config, digits).history, EVEN) == ()


def test_a_run_that_diverged_is_offered_a_tenth_of_the_rate_that_was_typed(digits):
    config = config_of(
        layers(256, 128),
        "he",
        learning_rate=10.0,
        batch_size=128,
        optimizer="nesterov",
        warmup=0.5,
        epochs=4,
    )
    hint = hint_of(config, digits)
    assert (hint.kind, hint.learning_rate) == (HintKind.DIVERGED, 10.0)
    assert hint.remedy[:2] == ("learning_rate", 1.0)
    assert "with a learning rate of 10 are too large" in hint_text(hint)


@pytest.mark.parametrize("name", PRESETS)
def test_what_learns_gets_no_hint_at_any_batch(blobs, name):
    preset = PRESETS[name]
    config = RunConfig(model=preset.model, training=preset.training)
    trainer = Trainer(config.with_epochs(20), blobs)
    for event in trainer.run():
        if isinstance(event, EpochEnded) and event.step >= 60:
            assert hints_of(config, trainer.history, EVEN) == ()


@pytest.mark.parametrize(("widths", "steps"), [((64,) * 4, 8), ((64,) * 6, 8), ((256,) * 6, 20)])
def test_that_nothing_reaches_the_first_layer_is_told_before_the_curves_show_it(
    digits, widths, steps
):
    config = config_of(layers(*widths))
    trainer = Trainer(config, digits)
    for _ in trainer.run():
        if trainer.step == steps:
            break
    (hint,) = hints_of(config, trainer.history, EVEN)
    assert (hint.kind, hint.cause) == (HintKind.UNREACHED, Cause.GRADIENT_VANISHES)
    assert hint.remedy[:2] == ("initializer", "he")
    assert hint_text(hint) == (
        "Hardly any gradient reaches the first layer: its weights do not move."
    )


@pytest.mark.parametrize(
    "config",
    [
        config_of(layers(64, 64)),
        config_of(layers(256, 256, 256)),
        config_of(layers(*[64] * 6), "he"),
        # Adam makes up for small gradients.
        config_of(layers(*[64] * 6), optimizer="adam", learning_rate=1e-3),
        config_of(layers(256), learning_rate=2.0),
    ],
)
def test_where_the_first_layer_is_reached_nothing_is_told_of_it(digits, config):
    trainer = Trainer(config, digits)
    for _ in trainer.run():
        if trainer.step % 10 == 0:
            hints = hints_of(config, trainer.history, EVEN)
            assert HintKind.UNREACHED not in {hint.kind for hint in hints}
        if trainer.step == 150:
            break


# --- made-up ones --------------------------------------------------------------------------


def history_of(losses, accuracies=(), norms=(), per_epoch=100, train_size=2000):
    """Return a history of these losses, samples of them and validation accuracies."""
    history = History(train_size, train_size // per_epoch)
    steps = np.arange(1, len(losses) + 1)
    batches = np.float32([losses, np.full(len(losses), 0.1), steps / 100])
    part = batches_part(1, batches)
    if len(norms):
        samples = np.array([[step, 0.1, *norms] for step in steps.tolist()], np.float64).T
        part = part._replace(accuracies=samples[:2], samples=samples)
    history.append(part)
    for number, accuracy in enumerate(accuracies, 1):
        epoch = EpochEnded(number, number * per_epoch, 2.3, 0.1, 2.3, accuracy, 0.0, 1.0, True)
        history.record(epoch)
    return history


def test_guessing_is_told_while_it_trains_after_enough_batches_and_the_first_ones_are_left_alone():
    config = config_of()
    few = history_of([GUESSING] * 199, [0.1], norms=(1.0, 1.0))
    assert hints_of(config, few, EVEN) == ()
    (hint,) = hints_of(config, history_of([GUESSING] * 250, [0.1, 0.1], (1.0, 1.0)), EVEN)
    assert (hint.kind, hint.ended, hint.guess) == (HintKind.GUESSING, False, 0.1)


def test_before_the_first_validation_the_answers_in_training_tell():
    config = config_of()
    early = history_of([GUESSING] * 400, norms=(1.0, 1.0), per_epoch=1000, train_size=20_000)
    assert hints_of(config, early, EVEN) == ()
    later = history_of([GUESSING] * 500, norms=(1.0, 1.0), per_epoch=1000, train_size=20_000)
    (hint,) = hints_of(config, later, EVEN)
    assert hint.accuracy == pytest.approx(0.1)


def test_a_short_run_that_ended_is_told_without_a_reason():
    history = history_of([GUESSING] * 100, [0.1])
    history.record(FinalEvaluation(GUESSING, 0.1))
    (hint,) = hints_of(config_of(), history, EVEN)
    assert (hint.kind, hint.cause, hint.remedy) == (HintKind.GUESSING, None, None)
    assert hint_text(hint) == (
        "The network learned nothing: 10.0\xa0% is no better than guessing (10.0\xa0%)."
    )


@pytest.mark.parametrize(("accuracy", "hints"), [(0.3, 1), (0.34, 1), (0.45, 0)])
def test_the_largest_class_is_what_guessing_names(accuracy, hints):
    shares = [0.3, *[0.7 / 9] * 9]
    history = history_of([GUESSING] * 300, [accuracy] * 3, (1.0, 1.0))
    assert len(hints_of(config_of(), history, shares)) == hints


def test_an_accuracy_by_chance_with_a_falling_loss_is_no_reason_to_speak():
    losses = np.linspace(2.3, 2.1, 300)
    assert hints_of(config_of(), history_of(losses, [0.1] * 3, (1.0, 1.0)), EVEN) == ()


def test_a_network_that_lost_what_it_knew_is_told_so():
    losses = [*[0.5] * 200, 50.0, *[2.4] * 200]
    (hint,) = hints_of(config_of(), history_of(losses, [0.8, 0.85, 0.1], (0.0, 0.3)), EVEN)
    assert (hint.kind, hint.cause, hint.best) == (HintKind.FELL_BACK, Cause.UNITS_DEAD, 0.85)
    assert hint_text(hint).startswith(
        "The network had learned (85.0\xa0%) and has lost it: 10.0\xa0%"
    )


def test_units_that_died_are_told_from_weights_that_were_too_small_from_the_start():
    steps = np.arange(300)
    history = history_of([*[0.5] * 100, *[2.31] * 200], [0.8, 0.1, 0.1])
    norms = np.stack([steps + 1, 0.1 + 0 * steps, np.where(steps < 100, 0.3, 0.0), 0.3 + 0 * steps])
    history.append(batches_part(301, np.empty((3, 0)))._replace(samples=norms))
    (hint,) = hints_of(config_of(), history, EVEN)
    assert (hint.kind, hint.cause) == (HintKind.FELL_BACK, Cause.UNITS_DEAD)


def test_the_remedy_begins_with_the_settings_in_use():
    history = history_of([*[20.0] * 5, *[2.4] * 300], [0.1] * 3, (1.0, 1.0))
    history.record(HyperparameterChanged(150, "learning_rate", 5.0))
    (hint,) = hints_of(config_of(learning_rate=0.3), history, EVEN)
    assert (hint.cause, hint.learning_rate) == (Cause.RATE_TOO_HIGH, 5.0)
    assert hint.remedy.config.training.learning_rate == 0.5
    assert remedy_text(hint.remedy) == "learning rate 0.5"


def test_nobody_is_offered_a_rate_that_is_not_allowed():
    history = history_of([*[20.0] * 5, *[2.4] * 300], [0.1] * 3, (1.0, 1.0))
    (hint,) = hints_of(config_of(learning_rate=5e-6), history, EVEN)
    assert hint.remedy is None


def test_without_validation_and_samples_nothing_is_said():
    assert hints_of(config_of(), history_of([GUESSING] * 300), EVEN) == ()
    assert hints_of(config_of(), History(100, 10), EVEN) == ()


def test_shares_of_classes_come_from_the_labels():
    assert class_shares(np.uint8([0, 0, 2, 2]), 3) == [0.5, 0.0, 0.5]
    assert class_shares(np.uint8([]), 4) == [0.25] * 4


@pytest.mark.parametrize(
    ("remedy", "text"),
    [("he", "initialization He"), (0.001, "learning rate 0.001"), ("64-64", "ReLU in all layers")],
)
def test_a_remedy_is_named_as_in_the_form(remedy, text):
    from mnist_studio.insight.hints import Remedy

    names = {"he": "initializer", 0.001: "learning_rate", "64-64": "hidden"}
    assert remedy_text(Remedy(names[remedy], remedy, config_of())) == text
