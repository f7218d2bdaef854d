"""Which images are looked at, and in which order."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnist_studio.insight.choice import AnsweredImage, Choice, Order, choose, worst_mistakes
from mnist_studio.training.answers import ask, gather
from mnist_studio.training.config import ModelConfig
from mnist_studio.training.networks import build_network

from .builders import answers


def test_the_surest_mistakes_come_first():
    known = answers([3, 3, 5, 7, 3], (3, 0.9), (5, 0.6), (3, 0.8), (7, 0.5), (5, 0.7))
    found = worst_mistakes(known, 2)
    assert [each[:3] for each in found] == [(2, 5, 3), (4, 3, 5)]
    assert [each.probability for each in found] == pytest.approx([0.8, 0.7])
    assert len(worst_mistakes(known, 100)) == 3


def test_equally_sure_mistakes_come_in_the_order_of_the_images():
    found = worst_mistakes(answers([0, 0, 0], (1, 0.75), (2, 0.75), (1, 0.75)), 20)
    assert [each.image for each in found] == [0, 1, 2]
    assert found[1][:3] == (1, 0, 2)


def test_they_are_what_sorting_all_wrong_answers_gives(blobs):
    network = build_network(ModelConfig())
    indices = np.arange(99, 9, -1)
    known = gather(ask(network, blobs.test_images, blobs.test_labels, indices))
    probabilities = network.predict_probabilities(blobs.test_images / np.float32(255))
    wrong = [
        AnsweredImage(
            k, int(label), int(row.argmax()), float(row.max()), -float(np.log(row[label]))
        )
        for k, (label, row) in enumerate(zip(blobs.test_labels, probabilities, strict=True))
        if k > 9 and row.argmax() != label
    ]
    expected = sorted(wrong, key=lambda mistake: -mistake.probability)[:12]
    found = worst_mistakes(known, 12)
    assert [each[:3] for each in found] == [each[:3] for each in expected]
    for column in (3, 4):
        mine, theirs = ([each[column] for each in images] for images in (found, expected))
        np.testing.assert_allclose(mine, theirs, rtol=1e-4)


def test_without_images_there_are_none():
    assert worst_mistakes(answers([]), 20) == ()


def test_spoilt_weights_give_mistakes_and_no_warning(blobs):
    network = build_network(ModelConfig())
    for parameter in network.parameters:
        parameter.value[...] = np.nan
    found = worst_mistakes(gather(ask(network, blobs.test_images, blobs.test_labels)), 3)
    assert len(found) == 3
    assert np.isnan([each.probability for each in found]).all()


@given(
    st.lists(st.tuples(*[st.integers(0, 9)] * 2, st.floats(0.2, 0.99)), max_size=30),
    st.builds(
        Choice,
        st.none() | st.integers(0, 9),
        st.none() | st.integers(0, 9),
        st.none() | st.booleans(),
    ),
    st.sampled_from(Order),
)
def test_exactly_the_images_that_meet_the_choice_come_in_order(images, choice, order):
    known = answers([label for label, *_ in images], *[rest for _, *rest in images])
    rows = choose(known, choice, order).tolist()
    expected = [
        k
        for k, (label, predicted, _) in enumerate(images)
        if choice.true in (None, label)
        and choice.predicted in (None, predicted)
        and choice.right in (None, label == predicted)
    ]
    assert sorted(rows) == expected
    key = {
        Order.LOSS: -known.losses,
        Order.PROBABILITY: -known.probabilities.max(axis=1),
        Order.IMAGE: known.indices,
    }[order]
    assert rows == sorted(rows, key=lambda row: (key[row], row))
