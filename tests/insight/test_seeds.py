"""The same run with other seeds: hard images are told from chance."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from mnist_studio.insight.seeds import differ_in_seed_only, tally
from mnist_studio.training.config import DataConfig, ModelConfig, RunConfig, TrainingConfig

CLASSES = st.integers(0, 3)


@given(
    hnp.arrays(np.uint8, 8, elements=CLASSES),
    st.lists(hnp.arrays(np.uint8, 8, elements=CLASSES), max_size=4),
)
def test_images_are_counted_one_by_one(labels, predictions):
    found = tally(labels, predictions)
    assert found.runs == len(predictions)
    for image, label in enumerate(labels):
        assert found.wrong[image] == sum(each[image] != label for each in predictions)
    for least in range(5):
        expected = [image for image in range(8) if least <= found.wrong[image] <= 3]
        assert found.rows(least, 3).tolist() == expected


RUN = RunConfig(DataConfig(), ModelConfig(), TrainingConfig(seed=1))


@pytest.mark.parametrize(
    ("changes", "alike"),
    [
        ({"seed": 2}, True),
        ({}, False),
        ({"seed": 2, "batch_size": 7}, False),
    ],
)
def test_runs_are_alike_if_nothing_but_the_seed_differs(changes, alike):
    other = dataclasses.replace(RUN, training=dataclasses.replace(RUN.training, **changes))
    assert differ_in_seed_only(RUN, other) is differ_in_seed_only(other, RUN) is alike


def test_runs_on_other_images_are_not_alike():
    training = dataclasses.replace(RUN.training, seed=2)
    other = dataclasses.replace(RUN, training=training, data=DataConfig(split_seed=5))
    assert not differ_in_seed_only(RUN, other)
