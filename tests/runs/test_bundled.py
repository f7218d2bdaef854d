"""The run that comes along fits its preset, is small, and is as good as its description says."""

import re
from pathlib import Path

import numpy as np
import pytest

from mnist_studio import paths
from mnist_studio.data.loading import load
from mnist_studio.runs.bundled import bundled_path, open_bundled
from mnist_studio.runs.checkpoint import CheckpointError
from mnist_studio.runs.restore import restore
from mnist_studio.session.run_in_view import RunInView
from mnist_studio.training.evaluation import evaluate
from mnist_studio.training.status import RunStatus

from ..drawings import SHAPES, drawings, letters, scribbles
from ..make_bundled_run import LEFT_OUT, bundled_config


@pytest.fixture(scope="module")
def bundled():
    return open_bundled()


def accuracy_told(what: str) -> float:
    text = paths.resource("runs/README.md").read_text(encoding="utf-8")
    found = re.search(rf"([\d.]+) %\s+of\s+{what}", text)
    return float(found.group(1)) / 100


def test_it_was_trained_with_the_settings_that_its_preset_has_now(bundled):
    assert bundled.checkpoint.config == bundled_config(), (
        "the preset has changed: run python -m tests.make_bundled_run"
    )


def test_it_is_a_complete_run_with_curves_and_a_test_accuracy(bundled):
    history = bundled.history
    assert bundled.checkpoint.status is RunStatus.COMPLETED
    assert history.epoch_count == bundled_config().training.epochs
    assert len(history.losses) == history.step
    assert history.test.accuracy == pytest.approx(accuracy_told("MNIST's 10,000 test"), abs=5e-5)


def test_it_has_not_seen_the_embedded_images(bundled):
    rest = 60_000 - LEFT_OUT
    assert bundled.history.train_size == rest - rest // 10
    digits = load("mnist-10k")
    found = evaluate(bundled.network, digits.test_images, digits.test_labels).accuracy
    assert found == pytest.approx(accuracy_told("the embedded test part"), abs=5e-5)


@pytest.mark.parametrize("shape", SHAPES)
def test_it_reads_what_people_draw_and_mnist_hardly_shows(bundled, shape):
    digit, images = SHAPES[shape][0], drawings(shape, 100)
    answers = bundled.network.predict_probabilities(images / np.float32(255)).argmax(1)
    assert (answers == digit).mean() >= 0.95


@pytest.mark.parametrize("draw", [letters, scribbles])
def test_it_is_seldom_sure_of_what_is_no_digit(bundled, draw):
    found = bundled.network.predict_probabilities(draw(100) / np.float32(255)).max(1)
    assert (found > 0.9).mean() <= 0.15


def test_the_embedded_images_are_those_it_leaves_out(full_mnist):
    digits, first = load("mnist-10k"), load("mnist").train_images[:LEFT_OUT]
    embedded = np.concatenate([digits.train_images, digits.test_images])
    assert {row.tobytes() for row in embedded} == {row.tobytes() for row in first}


def test_its_file_is_small_and_holds_half_precision():
    assert bundled_path().stat().st_size < 1_400_000
    with np.load(bundled_path(), allow_pickle=False) as archive:
        kept = [name for name in archive if "weights" in name]
        assert len(kept) == 6
        assert all(archive[name].dtype == np.float16 for name in kept)


def test_it_computes_with_the_same_precision_as_other_networks(bundled):
    assert all(each.value.dtype == np.float32 for each in bundled.network.parameters)


def test_it_does_not_go_on_even_to_more_epochs(bundled):
    run = RunInView.opened(bundled, bundled_path(), Path("runs"))
    assert not run.can_continue(1000)
    with pytest.raises(CheckpointError, match="trained on other images"):
        restore(bundled.checkpoint, load("mnist-10k"))
