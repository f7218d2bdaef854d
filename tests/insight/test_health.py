"""What is found unhealthy: in networks as they begin and as they have become."""

import math

import numpy as np
import pytest

from mnist_studio.data.loading import load
from mnist_studio.insight.health import (
    Ailment,
    Finding,
    Progress,
    findings_of,
    progress_of,
    shares_of_last,
)
from mnist_studio.insight.hints import Remedy
from mnist_studio.insight.layers import IMAGES, Numbers, Probe, probe
from mnist_studio.report.health_texts import ailment_text, finding_text, layers_text
from mnist_studio.training.config import HiddenLayer, ModelConfig, RunConfig, TrainingConfig
from mnist_studio.training.events import BatchEnded, ProgressSampled
from mnist_studio.training.history import History
from mnist_studio.training.networks import first_network
from mnist_studio.training.presets import PRESETS
from mnist_studio.training.trainer import Trainer

UNTRAINED = Progress(0, np.empty(0), math.nan, 0)
GUESSING = math.log(10)


def config_of(*widths, initializer="he", kind="relu", **training):
    values = {"learning_rate": 0.1, "batch_size": 20, "epochs": 1} | training
    model = ModelConfig(tuple(HiddenLayer(each, kind) for each in widths), initializer)
    return RunConfig(model=model, training=TrainingConfig(**values))


@pytest.fixture(scope="module")
def digits():
    return load("mnist-10k")


def look(network, digits):
    return probe(network, digits.test_images[:IMAGES], digits.test_labels[:IMAGES])


def told(config, digits, steps):
    """Return what is found after each of these numbers of updates."""
    trainer, found = Trainer(config, digits), {}
    start = look(trainer.network, digits)
    for event in trainer.run():
        if isinstance(event, BatchEnded) and event.step in steps:
            progress = progress_of(trainer.history, event.step)
            found[event.step] = findings_of(config, look(trainer.network, digits), start, progress)
            if len(found) == len(steps):
                break
    return found


# --- networks as they begin ------------------------------------------------------------------


@pytest.mark.parametrize("width", [64, 256])
def test_six_layers_of_small_weights_are_told_before_a_single_update(digits, width):
    config = config_of(*[width] * 6, initializer="normal")
    now = look(first_network(config), digits)
    (found,) = findings_of(config, now, now, UNTRAINED)
    assert found.ailment is Ailment.VANISHING
    assert found.layers[0] == 0
    assert found.value == now.gradient_norms[0] / now.gradient_norms[-1] < 1e-3
    assert found.remedy[:2] == ("initializer", "he")
    offered = found.remedy.config
    assert findings_of(offered, look(first_network(offered), digits), None, UNTRAINED) == ()


@pytest.mark.parametrize(
    ("kind", "initializer", "remedy"),
    [
        ("leaky_relu", "normal", ("initializer", "he")),
        ("sigmoid", "he", ("initializer", "glorot")),
        ("sigmoid", "glorot", ("hidden", "64-64-64-64-64-64")),
    ],
)
def test_what_is_offered_suits_the_activation_function(digits, kind, initializer, remedy):
    config = config_of(*[64] * 6, initializer=initializer, kind=kind)
    now = look(first_network(config), digits)
    (found,) = findings_of(config, now, now, UNTRAINED)
    assert (found.ailment, found.remedy[:2]) == (Ailment.VANISHING, remedy)


@pytest.mark.parametrize(
    "config",
    [
        *(RunConfig(model=each.model, training=each.training) for each in PRESETS.values()),
        config_of(),
        config_of(64, initializer="normal"),
        config_of(*[64] * 6),
        config_of(*[64] * 6, initializer="glorot", kind="tanh"),
        config_of(64, initializer="glorot", kind="sigmoid"),
    ],
)
def test_what_learns_is_healthy_from_the_beginning_on(digits, config):
    assert set(told(config, digits, {1, 10, 30, 57}).values()) == {()}


# --- networks as they have become ------------------------------------------------------------


def test_six_layers_that_stay_unreached_are_not_told_of_what_follows_from_it(digits):
    config = config_of(*[64] * 6, initializer="normal")
    for findings in told(config, digits, {20, 200}).values():
        assert findings[0].ailment is Ailment.VANISHING
        assert Ailment.UPDATES_SMALL not in {each.ailment for each in findings}


def test_units_that_died_of_large_steps_are_told_with_a_lower_rate(digits):
    (findings,) = told(config_of(256, learning_rate=1.0), digits, {300}).values()
    assert (findings[0].ailment, findings[0].layers) == (Ailment.DEAD, (0,))
    assert findings[0].remedy[:2] == ("learning_rate", 0.1)


def test_tanh_at_its_limits_is_told_before_the_gradient_that_vanishes_of_it(digits):
    config = config_of(64, 64, 64, initializer="glorot", kind="tanh", learning_rate=1.0)
    (findings,) = told(config, digits, {200}).values()
    assert (findings[0].ailment, findings[0].layers) == (Ailment.SATURATED, (0, 1, 2))
    assert findings[0].remedy[:2] == ("learning_rate", 0.1)


@pytest.mark.parametrize(
    ("optimizer", "rate", "offered"), [("sgd", 1e-4, 1e-3), ("adam", 1e-5, 1e-4)]
)
def test_a_rate_far_too_low_is_told_by_its_updates(digits, optimizer, rate, offered):
    config = config_of(256, optimizer=optimizer, learning_rate=rate)
    (findings,) = told(config, digits, {40}).values()
    (found,) = findings
    assert (found.ailment, found.layers[-1]) == (Ailment.UPDATES_SMALL, 1)
    assert found.remedy[:2] == ("learning_rate", offered)


def test_a_rate_far_too_high_is_told_by_its_updates(digits):
    (findings,) = told(config_of(learning_rate=1.0), digits, {32}).values()
    (found,) = findings
    assert (found.ailment, found.layers) == (Ailment.UPDATES_LARGE, (0,))
    assert found.remedy[:2] == ("learning_rate", 0.1)


def test_the_first_updates_of_small_weights_are_left_alone(digits):
    training = {"optimizer": "adam", "learning_rate": 2e-3, "batch_size": 32}
    found = told(config_of(256, 128, initializer="normal", **training), digits, {1, 4, 20, 40})
    assert set(found.values()) == {()}
    assert ailments(seen([1, 1]), None, trained([0.5, 0.5], samples=15)) == []


# --- made-up ones ----------------------------------------------------------------------------


def seen(norms, silent=(), saturated=()):
    none = np.empty((0, 0), np.float32)
    hidden = len(norms) - 1
    return Probe(
        (Numbers(none, none, none, none),) * len(norms),
        np.array(norms, float),
        tuple(silent) or (0.0,) * hidden,
        tuple(saturated) or (0.0,) * hidden,
    )


def ailments(*arguments):
    return [(each.ailment, each.layers) for each in findings_of(config_of(8), *arguments)]


def trained(ratios=(), loss=0.1, samples=16):
    return Progress(100, np.array(ratios, float), loss, samples if ratios else 0)


def test_thresholds_are_where_they_are_said_to_be():
    assert ailments(seen([0.0101, 1.0]), None, trained()) == []
    assert ailments(seen([0.0099, 1.0]), None, trained()) == [(Ailment.VANISHING, (0,))]
    assert ailments(seen([101.0, 1.0]), None, trained()) == [(Ailment.EXPLODING, (0,))]
    assert ailments(seen([1, 1], [0.39]), None, trained()) == []
    assert ailments(seen([1, 1], [0.4]), None, trained()) == [(Ailment.DEAD, (0,))]
    assert ailments(seen([1, 1], [0], [0.5]), None, trained()) == [(Ailment.SATURATED, (0,))]
    assert ailments(seen([1, 1]), None, trained([0.11, 0.12])) == [(Ailment.UPDATES_LARGE, (0, 1))]
    assert ailments(seen([1, 1]), None, trained([0.09, 0.1])) == []
    small = trained([0.9e-4, 0.9e-4], GUESSING)
    assert ailments(seen([1, 1]), None, small) == [(Ailment.UPDATES_SMALL, (0, 1))]


def test_small_updates_of_a_network_that_has_learned_are_no_harm():
    assert ailments(seen([1, 1]), None, trained([1e-6, 1e-6], 0.5)) == []


def test_dead_units_come_first_unless_the_gradient_vanished_from_the_beginning():
    now = seen([1e-5, 1.0], [0.9])
    dead, vanishing = (Ailment.DEAD, (0,)), (Ailment.VANISHING, (0,))
    assert ailments(now, seen([0.5, 1.0]), trained()) == [dead, vanishing]
    assert ailments(now, None, trained()) == [dead, vanishing]
    assert ailments(now, seen([1e-4, 1.0]), trained()) == [vanishing, dead]


def test_a_gradient_that_is_no_number_is_told_at_its_layers():
    found = ailments(seen([math.nan, math.inf, 1.0]), None, trained())
    assert found == [(Ailment.EXPLODING, (0, 1))]
    assert shares_of_last(np.array([1.0, math.nan])).tolist() == [1, 1]
    assert shares_of_last(np.array([1.0, 0.0])).tolist() == [1, 1]


def test_progress_is_that_of_the_step_that_is_looked_at():
    history = History(2000, 20)
    for step in range(1, 101):
        history.record(BatchEnded(step, float(step), 0.1, step / 10))
        if step % 2 == 0:
            history.record(ProgressSampled(step, 0.5, (1.0, 1.0), (step, 2.0 * step)))
    late, early, none = (progress_of(history, step) for step in (100, 11, 0))
    assert late.ratios.tolist() == [np.median(range(70, 101, 2)), np.median(range(140, 201, 4))]
    assert late.loss == np.mean(range(89, 101))
    assert (early.ratios.tolist(), early.loss) == ([6.0, 12.0], np.mean(range(1, 12)))
    assert (none.step, len(none.ratios), math.isnan(none.loss)) == (0, 0, True)
    assert [each.samples for each in (late, early, none)] == [50, 5, 0]


# --- sentences -------------------------------------------------------------------------------

HE = Remedy("initializer", "he", config_of(8))
SLOWER = Remedy("learning_rate", 0.01, config_of(8, learning_rate=0.01))


@pytest.mark.parametrize(
    ("finding", "text"),
    [
        (
            Finding(Ailment.VANISHING, (0, 1, 2, 3, 4), 4.7e-7, HE),
            "Almost nothing reaches layers 1 to 5: the gradient there is up to "
            "2\u202f000\u202f000 times smaller than the last layer's; try initialization He.",
        ),
        (
            Finding(Ailment.VANISHING, (0,), 0.0, None),
            "Nothing reaches layer 1: the gradient is zero there.",
        ),
        (
            Finding(Ailment.DEAD, (0, 2), 0.67, SLOWER),
            "In layers 1 and 3 up to 67\xa0% of the units answer zero to every image, so that "
            "nothing passes through them and they cannot learn; try learning rate 0.01.",
        ),
        (
            Finding(Ailment.SATURATED, (0,), 1.0, SLOWER),
            "In layer 1 up to 100\xa0% of the activations are at their limits, where hardly any "
            "gradient passes; try learning rate 0.01.",
        ),
        (
            Finding(Ailment.EXPLODING, (0, 1), 512.0, SLOWER),
            "The gradient explodes in layers 1 and 2, 500 times as long as the last layer's; try "
            "learning rate 0.01.",
        ),
        (
            Finding(Ailment.EXPLODING, (1,), math.inf, None),
            "The gradient of layer 2 is no number any more.",
        ),
        (
            Finding(Ailment.UPDATES_LARGE, (0, 1), 0.24, SLOWER),
            "An update moves the weights of layers 1 and 2 by up to 24\xa0%, where 0.1\xa0% is "
            "usual: the learning rate is too high; try learning rate 0.01.",
        ),
        (
            Finding(Ailment.UPDATES_SMALL, (0, 1), 9.4e-6, None),
            "An update moves the weights of layers 1 and 2 by 0.0009\xa0% only, where 0.1\xa0% is "
            "usual, and little is learned yet: the learning rate is too low.",
        ),
    ],
)
def test_a_finding_is_one_sentence_that_names_the_remedy(finding, text):
    assert finding_text(finding) == text


def test_every_ailment_has_two_words_at_its_layer():
    assert len({ailment_text(each) for each in Ailment}) == len(Ailment)
    assert ailment_text(Ailment.VANISHING) == "hardly reached"


def test_layers_are_counted_from_one_and_in_ranges():
    assert layers_text((0, 1, 2, 5)) == "layers 1, 2, 3 and 6"
