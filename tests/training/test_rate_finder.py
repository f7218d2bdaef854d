"""The learning-rate range test: a short rising run, and what its curve says."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from mnist_studio.data.loading import load
from mnist_studio.training.config import DataConfig, RunConfig, TrainingConfig
from mnist_studio.training.failures import TrainingDiverged
from mnist_studio.training.presets import PRESETS
from mnist_studio.training.rate_finder import (
    Suggestion,
    range_test_config,
    range_test_steps,
    smooth,
    suggest,
)
from mnist_studio.training.run_length import RunLength, train_size_of
from mnist_studio.training.trainer import Trainer

STEPS = 400
RATES = np.logspace(-5, 1, STEPS).astype(np.float32)


def curve(*points, noise=0.0):
    """Return losses that go straight from point to point, each a rate and a loss."""
    rates, losses = zip(*points, strict=True)
    clean = np.interp(np.log10(RATES), np.log10(rates), losses)
    return (clean + noise * np.random.default_rng(0).standard_normal(STEPS)).astype(np.float32)


VALLEY = ((1e-3, 2.3), (0.4, 0.5), (1.0, 0.5), (2.0, 3.0))


def try_out(config, dataset):
    trainer = Trainer(range_test_config(config), dataset)
    steps = range_test_steps(config)
    assert trainer.total_steps == steps
    try:
        for _ in trainer.run():
            if trainer.step == steps:
                break
    except TrainingDiverged:
        pass
    return suggest(trainer.history.learning_rates, trainer.history.losses, steps)


@pytest.mark.parametrize("noise", [0.0, 0.2])
def test_the_range_begins_where_the_loss_falls_and_ends_before_it_rises(noise):
    low, high, best = suggest(RATES, curve(*VALLEY, noise=noise), STEPS)
    assert 1e-3 < low < 0.02
    assert 0.2 < high < 1.0
    assert low <= best <= high
    assert 0.1 < best < 0.5


def test_a_run_that_explodes_is_judged_by_what_came_before():
    losses = curve(*VALLEY)
    exploded = int(np.searchsorted(RATES, 1.5))
    short = suggest(RATES[:exploded], losses[:exploded], STEPS)
    assert short == suggest(RATES, losses, STEPS)
    losses[exploded:] = np.nan
    assert short == suggest(RATES, losses, STEPS)


def test_a_loss_that_does_not_fall_suggests_nothing():
    assert suggest(RATES, curve((1e-5, 2.3), (10, 2.3), noise=0.1), STEPS) is None
    assert suggest(RATES, curve((1e-5, 2.3), (0.1, 2.3), (1, 9.0)), STEPS) is None
    assert suggest(RATES[:5], curve(*VALLEY)[:5], STEPS) is None
    assert suggest(RATES[:0], curve(*VALLEY)[:0], STEPS) is None


losses = arrays.arrays(
    np.float32,
    st.integers(0, STEPS),
    elements=st.floats(0, 1000, width=32) | st.just(float("nan")),
)


@given(losses)
def test_a_suggestion_lies_in_its_range_and_the_range_among_the_rates(values):
    found = suggest(RATES[: len(values)], values, STEPS)
    if found is not None:
        assert RATES[0] <= found.low <= found.high <= RATES[-1]
        assert 0.9 * found.low <= found.best <= 1.1 * found.high


@given(st.floats(0.1, 10))
def test_a_suggestion_follows_the_curve_and_not_the_scale_of_the_loss(factor):
    plain, scaled = suggest(RATES, curve(*VALLEY), STEPS), None
    scaled = suggest(RATES, curve(*((r, factor * y) for r, y in VALLEY)), STEPS)
    assert isinstance(plain, Suggestion)
    assert scaled == pytest.approx(plain, rel=0.05)


def test_the_average_of_equal_losses_is_that_loss_from_the_first_on():
    assert smooth([2.5] * 50, 20) == pytest.approx(2.5)


def test_the_average_with_a_span_of_one_is_the_loss_itself():
    assert smooth([3, 1, 2], 1).tolist() == [3, 1, 2]


@given(st.lists(st.floats(0, 100), min_size=1, max_size=40), st.floats(1, 60))
def test_the_average_weighs_each_earlier_loss_less_by_the_same_factor(values, span):
    decay = 1 - 1 / span
    expected = []
    for count in range(1, len(values) + 1):
        weights = decay ** np.arange(count)[::-1]
        expected.append(np.average(values[:count], weights=weights))
    np.testing.assert_allclose(smooth(values, span), expected, rtol=1e-6, atol=1e-9)


@given(losses, st.integers(0, STEPS))
def test_nothing_after_an_explosion_changes_the_suggestion(values, at):
    exploded = values.copy()
    exploded[at:] = np.inf
    shorter = suggest(RATES[: len(values[:at])], values[:at], STEPS)
    assert suggest(RATES[: len(values)], exploded, STEPS) == shorter


@given(st.floats(-3, -0.5), st.floats(0.5, 4.0))
def test_a_suggestion_is_written_in_two_digits_and_moves_with_the_valley(shift, depth):
    moved = [(rate * 10**shift, loss + depth) for rate, loss in VALLEY]
    found, plain = suggest(RATES, curve(*moved), STEPS), suggest(RATES, curve(*VALLEY), STEPS)
    assert found.best == float(f"{found.best:.2g}")
    assert found.best / plain.best == pytest.approx(10**shift, rel=0.15)


@given(
    st.integers(1, 10_000),
    st.integers(4000, 60_000),
    st.sampled_from(["sgd", "momentum", "nesterov", "adam", "adamw"]),
)
def test_a_test_takes_as_many_batches_as_it_says(batch_size, train_size, optimizer):
    config = RunConfig(training=TrainingConfig(batch_size=batch_size, optimizer=optimizer))
    rising = range_test_config(config, train_size).training
    assert RunLength.planned(rising, train_size).total_steps == range_test_steps(config)
    assert rising.schedule == "rising"
    assert rising.learning_rate == (1.0 if optimizer.startswith("adam") else 10.0)


def test_small_batches_get_more_steps():
    steps = [
        range_test_steps(RunConfig(training=TrainingConfig(batch_size=size)))
        for size in (1, 20, 500)
    ]
    assert steps == [2000, 400, 300]


def test_everything_but_the_learning_rate_stays_as_set():
    preset = PRESETS["fast-98"]
    config = RunConfig(DataConfig(), preset.model, preset.training)
    rising = range_test_config(config)
    assert (rising.data, rising.model) == (config.data, config.model)
    assert rising.training.batch_size == preset.training.batch_size
    assert rising.training.momentum == preset.training.momentum
    assert rising.training.shift == preset.training.shift
    assert rising.training.warmup == 0
    assert RunLength.planned(rising.training, train_size_of(config)).total_steps == 300


@pytest.mark.parametrize(
    ("preset", "changes", "low", "high"),
    [
        ("lab-note", {}, 0.1, 0.5),
        ("lab-note", {"optimizer": "adam"}, 3e-4, 5e-3),
        ("lab-note", {"batch_size": 1}, 5e-3, 0.1),
        ("fast-98", {}, 0.02, 0.2),
    ],
)
def test_the_suggestion_for_usual_settings_is_usual(preset, changes, low, high):
    model, training = PRESETS[preset].model, PRESETS[preset].training
    config = RunConfig(DataConfig(), model, training)
    changed = {**vars(training), **changes}
    config = RunConfig(DataConfig(), model, TrainingConfig(**changed))
    found = try_out(config, load("mnist-10k"))
    assert low <= found.best <= high
