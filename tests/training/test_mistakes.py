"""Which classes are mixed up, and the surest wrong answers."""

import numpy as np
import pytest

from mnist_studio.training import mistakes
from mnist_studio.training.config import ModelConfig
from mnist_studio.training.evaluation import evaluate_at_once
from mnist_studio.training.mistakes import Mistake, find_mistakes, find_mistakes_at_once
from mnist_studio.training.trainer import build_network


class Answers:
    """Stands in for a network whose answers are known: pixel 0 says which row."""

    def __init__(self, rows):
        self.rows = np.array(rows, np.float32)

    def predict_probabilities(self, pixels):
        return self.rows[np.rint(pixels[:, 0] * 255).astype(int)]


def rows(*chosen):
    """Return a row of ten probabilities for each (class, probability)."""
    answers = np.zeros((len(chosen), 10), np.float32)
    for row, (label, probability) in zip(answers, chosen, strict=True):
        row[:] = (1 - probability) / 9
        row[label] = probability
    return answers


def numbered(count):
    images = np.zeros((count, 784), np.uint8)
    images[:, 0] = range(count)
    return images


def test_a_matrix_counted_by_hand_and_the_surest_mistakes_first():
    network = Answers(rows((3, 0.9), (5, 0.6), (3, 0.8), (7, 0.5), (5, 0.7)))
    labels = np.array([3, 3, 5, 7, 3], np.uint8)
    found = find_mistakes_at_once(network, numbered(5), labels, worst=2)
    expected = np.zeros((10, 10), int)
    expected[3, 3] = expected[5, 3] = expected[7, 7] = 1
    expected[3, 5] = 2
    np.testing.assert_array_equal(found.confusion, expected)
    assert found.confusion.dtype == np.int64
    assert [each[:3] for each in found.worst] == [(2, 5, 3), (4, 3, 5)]
    assert [each.probability for each in found.worst] == pytest.approx([0.8, 0.7])
    assert found.accuracy == 0.4


def test_equally_sure_mistakes_come_in_the_order_of_the_images():
    network = Answers(rows((1, 0.75), (2, 0.75), (1, 0.75)))
    found = find_mistakes_at_once(network, numbered(3), np.array([0, 0, 0], np.uint8))
    assert [each.image for each in found.worst] == [0, 1, 2]
    assert found.worst[1] == Mistake(1, 0, 2, 0.75)


def test_it_agrees_with_the_evaluation_and_chunks_change_nothing(blobs, monkeypatch):
    network = build_network(ModelConfig())
    whole = find_mistakes_at_once(network, blobs.test_images, blobs.test_labels)
    accuracy = evaluate_at_once(network, blobs.test_images, blobs.test_labels).accuracy
    assert whole.accuracy == pytest.approx(accuracy)
    assert whole.confusion.sum(axis=1).tolist() == [10] * 10
    monkeypatch.setattr(mistakes, "CHUNK", 7)
    parts = find_mistakes_at_once(network, blobs.test_images, blobs.test_labels)
    np.testing.assert_array_equal(parts.confusion, whole.confusion)
    assert [each.image for each in parts.worst] == [each.image for each in whole.worst]


def test_there_is_an_event_after_every_chunk(blobs, monkeypatch):
    monkeypatch.setattr(mistakes, "CHUNK", 40)
    network = build_network(ModelConfig())
    events = list(find_mistakes(network, blobs.test_images, blobs.test_labels))
    assert events == [(40, 100), (80, 100), (100, 100)]


def test_without_images_there_is_nothing(blobs):
    found = find_mistakes_at_once(
        build_network(ModelConfig()), blobs.test_images[:0], blobs.test_labels[:0]
    )
    assert not found.confusion.any()
    assert found.confusion.shape == (10, 10)
    assert found.worst == ()
    assert np.isnan(found.accuracy)


def test_spoilt_weights_give_mistakes_and_no_warning(blobs):
    network = build_network(ModelConfig())
    for parameter in network.parameters:
        parameter.value[...] = np.nan
    found = find_mistakes_at_once(network, blobs.test_images, blobs.test_labels, worst=3)
    assert found.confusion.sum() == 100
    assert len(found.worst) == 3
