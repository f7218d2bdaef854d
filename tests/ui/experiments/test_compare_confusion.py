"""Confusion matrices: measured, scaled and put into words."""

import numpy as np
import pytest

from mnist_studio.data.registry import DATASETS
from mnist_studio.report.cancel import ReportCancelled
from mnist_studio.training.checkpoint import CheckpointError, write_checkpoint
from mnist_studio.training.mistakes import find_mistakes_at_once
from mnist_studio.ui.experiments.compare_confusion import (
    Confusion,
    Scale,
    describe_cell,
    describe_matrix,
    measure,
    scale_of,
)

from ...training.builders import small_run, train

DIGITS = DATASETS["mnist"].class_names
FASHION = DATASETS["fashion-mnist"].class_names


def matrix(size=100, names=DIGITS, **mistakes):
    """Return a matrix with `size` images of each class and mistakes such as ``from4to9=12``."""
    counts = size * np.eye(10, dtype=int)
    for key, count in mistakes.items():
        true, predicted = int(key[4]), int(key[-1])
        counts[true, predicted] += count
        counts[true, true] -= count
    return Confusion(tuple(map(tuple, counts.tolist())), names)


def test_a_run_is_measured_with_its_kept_weights_on_the_test_part(tmp_path, blobs):
    trainer = train(small_run(epochs=1), blobs)
    path = tmp_path / "run-0001.npz"
    write_checkpoint(path, trainer.checkpoint())
    told = []
    found = measure(path, {"mnist-10k": blobs}, lambda *step: told.append(step), lambda: False)
    trainer.network.load_weights(trainer.best_weights)
    expected = find_mistakes_at_once(trainer.network, blobs.test_images, blobs.test_labels)
    assert found.counts == tuple(map(tuple, expected.confusion.tolist()))
    assert found.total == 100
    assert found.names == blobs.class_names
    assert told[-1] == (100, 100)


def test_a_data_set_is_loaded_once(tmp_path, blobs):
    path = tmp_path / "run-0001.npz"
    write_checkpoint(path, train(small_run(epochs=1), blobs).checkpoint())
    datasets = {}
    assert measure(path, datasets, lambda *_: None, lambda: False).total == 2000
    loaded = datasets["mnist-10k"]
    measure(path, datasets, lambda *_: None, lambda: False)
    assert datasets["mnist-10k"] is loaded


def test_measuring_is_left_when_it_is_called_off(tmp_path, blobs):
    path = tmp_path / "run-0001.npz"
    write_checkpoint(path, train(small_run(epochs=1), blobs).checkpoint())
    told = []
    with pytest.raises(ReportCancelled):
        measure(path, {}, lambda *step: told.append(step), lambda: bool(told))
    assert told == [(500, 2000)]


def test_a_run_that_is_gone_is_told(tmp_path):
    with pytest.raises(CheckpointError):
        measure(tmp_path / "run-0001.npz", {}, lambda *_: None, lambda: False)


def test_the_scale_covers_all_matrices():
    one, other = matrix(from4to9=20, from3to5=1), matrix(from7to2=10)
    assert scale_of([one, other]) == Scale(weakest=0.8, worst=0.2)
    assert scale_of([other]) == Scale(weakest=0.9, worst=0.1)
    assert scale_of([matrix()]) == Scale(weakest=1.0, worst=0.0)


def test_a_class_without_images_has_no_say_in_the_scale():
    counts = [list(row) for row in matrix(from4to9=20).counts]
    counts[6] = [0] * 10
    empty = Confusion(tuple(map(tuple, counts)), DIGITS)
    assert empty.share(6, 6) == 0.0
    assert scale_of([empty]) == Scale(weakest=0.8, worst=0.2)


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "a 4 taken for a 9: never"),
        (1, "a 4 taken for a 9: once"),
        (12, "a 4 taken for a 9: 12 times"),
    ],
)
def test_a_mistake_is_put_into_words(count, text):
    assert describe_cell(matrix(from4to9=count), 4, 9) == text


def test_articles_are_right():
    assert describe_cell(matrix(from8to3=2), 8, 3) == "an 8 taken for a 3: 2 times"
    named = matrix(names=FASHION, from9to7=3)
    assert describe_cell(named, 9, 7) == "Ankle boot taken for Sneaker: 3 times"


def test_what_is_recognized_is_put_into_words():
    assert describe_cell(matrix(from4to9=12), 4, 4) == "a 4 recognized: 88 of 100 times"


def test_a_matrix_is_summed_up():
    found = describe_matrix(matrix(from4to9=12, from3to5=8))
    assert found == "20 of 1\u2009000 wrong (2.00 %); most often a 4 taken for a 9: 12 times"
    assert describe_matrix(matrix()) == "All of 1\u2009000 test images recognized"


def test_of_equally_frequent_mistakes_the_first_is_named():
    assert matrix(from4to9=5, from2to7=5).worst() == (2, 7)
    assert matrix(from4to9=5, from4to1=5).worst() == (4, 1)
    assert matrix().worst() is None
