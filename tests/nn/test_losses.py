import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from mnist_studio.nn.losses import SoftmaxCrossEntropy, cross_entropy, softmax

from .finite_differences import numerical_gradient

LOGITS = hnp.arrays(
    np.float64,
    hnp.array_shapes(min_dims=2, max_dims=2, min_side=2, max_side=6),
    elements=st.floats(-50, 50),
)


def labels_for(logits):
    return (np.arange(len(logits)) * 7 % logits.shape[1]).astype(np.uint8)


@given(LOGITS)
def test_the_gradient_matches_finite_differences(logits):
    loss, labels = SoftmaxCrossEntropy(), labels_for(logits)
    expected = numerical_gradient(lambda: loss.forward(logits, labels)[0], logits)
    loss.forward(logits, labels)
    np.testing.assert_allclose(loss.backward(), expected, atol=1e-6)


@given(LOGITS, st.integers(0, 3))
def test_samples_without_a_label_are_pulled_to_equal_probabilities_but_are_not_counted(
    logits, more
):
    loss, labels = SoftmaxCrossEntropy(), labels_for(logits)
    counted = loss.forward(logits, labels)
    everything = np.concatenate([logits, np.roll(logits[:more], 1, axis=1)])

    def minimized():
        known, others = np.split(everything, [len(labels)])
        uniform = [cross_entropy(others, np.full(len(others), k)) for k in range(logits.shape[1])]
        total = cross_entropy(known, labels).sum() + np.mean(uniform, axis=0).sum()
        return total / len(labels)

    assert loss.forward(everything, labels) == pytest.approx(counted, rel=1e-12, abs=1e-12)
    expected = numerical_gradient(minimized, everything)
    loss.forward(everything, labels)
    np.testing.assert_allclose(loss.backward(), expected, atol=1e-6)


@given(LOGITS, st.floats(1e-3, 10.0))
def test_the_scale_multiplies_the_gradient(logits, scale):
    loss = SoftmaxCrossEntropy()
    loss.forward(logits, labels_for(logits))
    plain = loss.backward().copy()
    np.testing.assert_allclose(loss.backward(scale), scale * plain, rtol=1e-12, atol=1e-15)


def test_a_loss_worked_by_hand():
    loss = SoftmaxCrossEntropy()
    logits = np.log([[1.0, 2.0, 1.0], [4.0, 2.0, 2.0]])
    value, correct = loss.forward(logits, np.array([1, 1], np.uint8))
    assert value == pytest.approx((math.log(2) + math.log(4)) / 2)
    assert correct == 1
    np.testing.assert_allclose(
        loss.backward(), [[0.125, -0.25, 0.125], [0.25, -0.375, 0.125]], atol=1e-15
    )


@given(LOGITS)
def test_the_losses_of_single_samples_agree_with_training(logits):
    # One more than the rest keeps the largest logit unique.
    logits[:, 0] = logits.max(axis=1) + 1
    loss, labels = SoftmaxCrossEntropy(), labels_for(logits)
    mean, correct = loss.forward(logits, labels)
    losses = cross_entropy(logits, labels)
    assert losses.shape == labels.shape
    assert losses.mean() == pytest.approx(mean, rel=1e-9, abs=1e-9)
    assert correct == np.count_nonzero(labels == 0)


@given(LOGITS)
def test_the_loss_of_a_sample_is_minus_the_logarithm_of_its_probability(logits):
    labels = labels_for(logits)
    picked = softmax(logits)[np.arange(len(logits)), labels]
    np.testing.assert_allclose(cross_entropy(logits, labels), -np.log(picked), atol=1e-9)


@given(LOGITS, st.integers(0, 3))
def test_the_labels_probabilities_are_those_of_the_last_forward(logits, more):
    loss, labels = SoftmaxCrossEntropy(), labels_for(logits)
    loss.forward(np.concatenate([logits, logits[:more]]), labels)
    expected = softmax(logits)[np.arange(len(labels)), labels]
    np.testing.assert_allclose(loss.label_probabilities(), expected, atol=1e-12)


def test_huge_logits_do_not_overflow():
    loss = SoftmaxCrossEntropy()
    logits = np.array([[1e4, 0.0, -1e4]], np.float32)
    assert loss.forward(logits, np.array([0])) == (0.0, 1)
    assert loss.forward(logits, np.array([2])) == (2e4, 0)
    np.testing.assert_array_equal(softmax(logits), [[1, 0, 0]])


def test_a_logit_that_is_not_a_number_gives_a_loss_that_is_not_a_number():
    loss = SoftmaxCrossEntropy()
    logits = np.array([[np.nan, 0.0], [1.0, 0.0]], np.float32)
    value, correct = loss.forward(logits, np.array([1, 0]))
    assert math.isnan(value)
    assert correct == 1
    assert np.isnan(loss.backward()).any()
    assert np.isnan(cross_entropy(logits, np.array([1, 0]))).tolist() == [True, False]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_precision_of_the_logits_is_kept(dtype):
    loss = SoftmaxCrossEntropy()
    logits = np.zeros((3, 4), dtype)
    loss.forward(logits, np.array([0, 1, 2], np.uint8))
    assert loss.backward(np.float64(0.5)).dtype == dtype
    assert softmax(logits).dtype == dtype


@given(LOGITS)
def test_probabilities_are_positive_and_sum_to_one(logits):
    probabilities = softmax(logits)
    assert (probabilities >= 0).all()
    np.testing.assert_allclose(probabilities.sum(axis=1), 1.0)
