"""The images most like one."""

import numpy as np
import pytest

from mnist_studio.cancel import WorkCancelled
from mnist_studio.data.pixels import unit_range
from mnist_studio.insight import neighbors
from mnist_studio.insight.neighbors import nearest
from mnist_studio.training.config import HiddenLayer, ModelConfig
from mnist_studio.training.networks import build_network

IMAGES = np.random.default_rng(7).integers(0, 256, (450, 784), dtype=np.uint8)


def sorted_by_distance(rows, goal):
    distances = np.sqrt(((rows.astype(float) - goal) ** 2).sum(axis=1))
    order = np.argsort(distances, kind="stable")
    return order.tolist(), distances[order]


@pytest.mark.parametrize("hidden", [None, (), (30,), (40, 20)])
def test_the_nearest_are_those_that_sorting_all_distances_gives(hidden, monkeypatch):
    monkeypatch.setattr(neighbors, "CHUNK", 100)
    network, rows = None, unit_range(IMAGES)
    if hidden is not None:
        network = build_network(ModelConfig(tuple(map(HiddenLayer, hidden))))
        rows = network.logits(rows) if not hidden else network.activations(rows)[-2]
    expected, distances = sorted_by_distance(rows[1:], rows[0])
    found = nearest(IMAGES[0], IMAGES[1:], 12, network)
    assert [each.image for each in found] == expected[:12]
    np.testing.assert_allclose([each.distance for each in found], distances[:12], rtol=1e-3)


def test_an_image_is_nearest_to_itself():
    found = nearest(IMAGES[3], IMAGES, 2)
    assert found[0].image == 3
    assert found[0].distance == pytest.approx(0, abs=0.05)


def test_there_may_be_fewer_images_than_asked_for():
    assert len(nearest(IMAGES[0], IMAGES[:3], 10)) == 3
    assert nearest(IMAGES[0], IMAGES[:0], 10) == ()


def test_it_can_be_called_off():
    with pytest.raises(WorkCancelled):
        nearest(IMAGES[0], IMAGES, 1, cancelled=lambda: True)
