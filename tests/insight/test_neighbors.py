"""The images most like one."""

import numpy as np
import pytest

from mnist_studio.cancel import WorkCancelled
from mnist_studio.data.pixels import unit_range
from mnist_studio.insight import neighbors
from mnist_studio.insight.neighbors import Neighborhood
from mnist_studio.training.config import HiddenLayer, ModelConfig
from mnist_studio.training.networks import build_network

IMAGES = np.random.default_rng(7).integers(0, 256, (450, 784), dtype=np.uint8)
FEW = 100


def sorted_by_distance(rows, goal):
    distances = np.sqrt(((rows.astype(float) - goal) ** 2).sum(axis=1))
    order = np.argsort(distances, kind="stable")
    return order.tolist(), distances[order]


def network_of(*units):
    return build_network(ModelConfig(tuple(map(HiddenLayer, units))))


def assert_same(found, expected):
    assert [each.image for each in found] == [each.image for each in expected]
    distances = [each.distance for each in expected]
    assert [each.distance for each in found] == pytest.approx(distances, rel=1e-5)


def count_forward_passes(network, monkeypatch):
    passed, activations = [], network.activations
    monkeypatch.setattr(network, "activations", lambda x: passed.append(len(x)) or activations(x))
    return passed


@pytest.mark.parametrize("hidden", [None, (), (30,), (40, 20)])
def test_the_nearest_are_those_that_sorting_all_distances_gives(hidden, monkeypatch):
    monkeypatch.setattr(neighbors, "CHUNK", 100)
    network, rows = None, unit_range(IMAGES)
    if hidden is not None:
        network = network_of(*hidden)
        rows = network.logits(rows) if not hidden else network.activations(rows)[-2]
    expected, distances = sorted_by_distance(rows[1:], rows[0])
    neighborhood = Neighborhood(IMAGES[1:], network)
    for _ in range(2):  # the second answer is made of what was kept
        found = neighborhood.nearest(IMAGES[0], 12)
        assert [each.image for each in found] == expected[:12]
        np.testing.assert_allclose([each.distance for each in found], distances[:12], rtol=1e-5)


@pytest.mark.parametrize("layer", [HiddenLayer(1), HiddenLayer(50, "sigmoid")])
def test_where_rounding_hides_the_differences_the_nearest_are_found_all_the_same(
    layer, monkeypatch
):
    monkeypatch.setattr(neighbors, "CHUNK", 100)
    network = build_network(ModelConfig((layer,)))
    for parameter in network.parameters:
        parameter.value *= 0.05
    network.parameters[1].value += 1
    rows = network.activations(unit_range(IMAGES))[0]
    expected, _ = sorted_by_distance(rows[1:], rows[0])
    neighborhood = Neighborhood(IMAGES[1:], network)
    for _ in range(2):
        assert [each.image for each in neighborhood.nearest(IMAGES[0], 5)] == expected[:5]


def test_an_image_and_its_copies_are_nearest_to_it_the_first_one_first():
    images = IMAGES.copy()
    images[200] = images[3]
    for network in (None, network_of(30)):
        found = Neighborhood(images, network).nearest(images[3], 3)
        assert [each.image for each in found[:2]] == [3, 200]
        assert [each.distance for each in found[:2]] == [0, 0]
        assert found[2].distance > 0.01


def test_there_may_be_fewer_images_than_asked_for():
    assert len(Neighborhood(IMAGES[:3]).nearest(IMAGES[0], 10)) == 3
    assert Neighborhood(IMAGES[:0]).nearest(IMAGES[0], 10) == ()


def test_no_image_passes_the_network_again_for_the_next_question(monkeypatch):
    network = network_of(30)
    neighborhood = Neighborhood(IMAGES, network)
    passed = count_forward_passes(network, monkeypatch)
    neighborhood.nearest(IMAGES[0], 2)
    assert sum(passed) >= len(IMAGES)
    passed.clear()
    neighborhood.nearest(IMAGES[1], 2)
    assert 1 + 2 <= sum(passed) < FEW  # the one, and those that are measured again


def test_no_more_is_kept_than_has_room(monkeypatch):
    monkeypatch.setattr(neighbors, "CHUNK", 100)
    monkeypatch.setattr(neighbors, "MOST_BYTES", 200 * 30 * 2)
    network = network_of(30)
    neighborhood = Neighborhood(IMAGES, network)
    first = neighborhood.nearest(IMAGES[0], 2)
    passed = count_forward_passes(network, monkeypatch)
    assert_same(neighborhood.nearest(IMAGES[0], 2), first)
    assert 1 + 2 <= sum(passed) - (len(IMAGES) - 200) < FEW


def test_what_was_called_off_goes_on_where_it_was(monkeypatch):
    monkeypatch.setattr(neighbors, "CHUNK", 100)
    network = network_of(30)
    neighborhood = Neighborhood(IMAGES, network)
    asked = iter([False, False, True])
    with pytest.raises(WorkCancelled):
        neighborhood.nearest(IMAGES[0], 2, lambda: next(asked))
    passed = count_forward_passes(network, monkeypatch)
    found = neighborhood.nearest(IMAGES[0], 2)
    assert_same(found, Neighborhood(IMAGES, network_of(30)).nearest(IMAGES[0], 2))
    assert 1 + 2 <= sum(passed) - (len(IMAGES) - 200) < FEW


def test_outputs_beyond_all_bounds_come_last():
    """A network that diverged may give any number, also infinity, for some images."""
    network = network_of(30)
    weights = network.parameters[0].value
    weights[:] = 0
    weights[0] = 3e38  # times a pixel, and no more added: far out of the range of float16
    images = IMAGES.copy()
    images[:, 0] = np.arange(len(images)) % 2
    found = Neighborhood(images, network).nearest(images[0], 2)
    assert [each.image for each in found] == [0, 2]
