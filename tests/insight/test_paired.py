"""Two networks on the same images."""

from fractions import Fraction
from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnist_studio.insight.paired import mcnemar, pair
from mnist_studio.training.answers import Answers

from .builders import answers


def test_images_are_counted_by_who_is_right():
    labels = [3, 3, 5, 5, 7]
    first = answers(labels, (3, 0.9), (3, 0.9), (3, 0.9), (1, 0.9), (7, 0.9))
    second = answers(labels, (3, 0.9), (5, 0.9), (5, 0.9), (1, 0.9), (1, 0.9))
    found = pair(first, second)
    assert found.both.tolist() == [0, 0, 0, 1, 0, 0, 0, 0, 0, 0]
    assert found.first.tolist() == [0, 0, 0, 1, 0, 0, 0, 1, 0, 0]
    assert found.second.tolist() == [0, 0, 0, 0, 0, 1, 0, 0, 0, 0]
    assert found.neither.tolist() == [0, 0, 0, 0, 0, 1, 0, 0, 0, 0]
    assert found.p_value == 1.0


def test_answers_to_other_images_cannot_be_joined():
    first = answers([1, 2], (1, 0.9), (2, 0.9))
    with pytest.raises(ValueError, match="same"):
        pair(first, Answers(np.array([1, 0]), first.labels, first.logits))


@given(st.integers(0, 400), st.integers(0, 400))
def test_the_p_value_is_the_binomial_sum(one, other):
    n, k = one + other, min(one, other)
    exact = min(Fraction(1), 2 * Fraction(sum(comb(n, i) for i in range(k + 1)), 2**n))
    assert mcnemar(one, other) == pytest.approx(float(exact), rel=1e-12)


def test_a_textbook_example():
    # 25 discordant pairs, 5 against 20: twice the sum of binomial(25, 0.5) up to 5.
    assert mcnemar(5, 20) == pytest.approx(0.00408, abs=5e-6)


def test_thousands_of_differences_neither_overflow_nor_vanish():
    assert 0.0 <= mcnemar(1000, 9000) < 1e-300
    assert mcnemar(5000, 5000) == 1.0
    assert mcnemar(0, 0) == 1.0
