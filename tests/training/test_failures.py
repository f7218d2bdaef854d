"""Why a run failed."""

import math

import pytest

from mnist_studio.training.failures import TrainingDiverged, failure_sentence, is_divergence


@pytest.mark.parametrize("loss", [2000.0, math.inf, math.nan])
def test_a_divergence_is_known_by_the_sentence_that_is_kept(loss):
    assert is_divergence(failure_sentence(TrainingDiverged(7, loss, 10.0)))


@pytest.mark.parametrize("failure", ["", failure_sentence(MemoryError())])
def test_other_failures_are_no_divergence(failure):
    assert not is_divergence(failure)
