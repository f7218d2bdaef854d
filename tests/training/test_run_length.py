"""How long a run is."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnist_studio.data.registry import DATASETS
from mnist_studio.data.split import split
from mnist_studio.runs.restore import restore, take_checkpoint
from mnist_studio.training.config import TrainingConfig
from mnist_studio.training.run_length import RunLength, step_work, train_size_of

from .builders import small_run, train
from .test_config import run_configs

steps = st.integers(0, 10**6)
seconds = st.floats(0, 1e6)


def test_epochs_are_counted_in_whole_batches_the_last_of_which_may_be_smaller():
    training = TrainingConfig(batch_size=100, epochs=3)
    assert RunLength.planned(training, 250).total_steps == 3 * 3


@pytest.mark.parametrize(
    ("limit", "expected"), [(50, 1), (250, 3), (251, 4), (500, 6), (750, 9), (10_000, 9)]
)
def test_a_limit_of_images_ends_the_run_with_the_batch_that_reaches_it(limit, expected):
    training = TrainingConfig(batch_size=100, epochs=3, max_images=limit)
    assert RunLength.planned(training, 250).total_steps == expected


@given(steps, seconds, st.integers(1, 10**6), st.floats(0.001, 1e6))
def test_a_run_is_complete_when_all_of_it_is_done(step, time, total, limit):
    length = RunLength(total, limit)
    assert 0 <= length.share_done(step, time) <= 1
    if length.share_done(step, time) == 1 and step:
        assert length.complete(step, time)


@given(
    st.integers(1, 50),
    st.integers(1, 60),
    st.integers(1, 4),
    st.integers(0, 150),
)
def test_a_run_has_as_many_updates_as_counting_its_batches_gives(size, batch, epochs, limit):
    training = TrainingConfig(batch_size=batch, epochs=epochs, max_images=limit)
    counted = seen = 0
    for _ in range(epochs):
        for start in range(0, size, batch):
            if not limit or seen < limit:
                counted += 1
                seen += min(batch, size - start)
    assert RunLength.planned(training, size).total_steps == counted


@given(steps, steps, seconds, seconds, st.integers(1, 10**6), st.floats(0.001, 1e6))
def test_training_on_never_makes_less_done_nor_more_left(step, more, time, longer, total, limit):
    length = RunLength(total, limit)
    before, after = (step, time), (step + more, time + longer)
    assert length.share_done(*before) <= length.share_done(*after)
    assert length.complete(*before) <= length.complete(*after)
    assert length.seconds_left(*before, 0.5) >= length.seconds_left(*after, 0.5)


@given(run_configs)
def test_the_images_trained_on_are_those_that_the_split_leaves(config):
    whole = DATASETS[config.data.dataset].train_size
    labels = np.arange(whole, dtype=np.uint8) % 10
    parts = split(labels, config.data.validation_fraction, 0)
    assert train_size_of(config) == len(parts.train_indices)


@given(st.integers(1, 5000), st.integers(1, 5000))
def test_a_larger_batch_is_more_work_but_less_for_each_image(one, other):
    small, large = (small_run(batch_size=size) for size in sorted([one, other]))
    work = [step_work(small), step_work(large)]
    assert work == sorted(work)
    each = [step_work(config) / config.training.batch_size for config in (small, large)]
    assert each == sorted(each, reverse=True)


@given(st.floats(0.01, 1e5))
def test_a_time_limit_still_counts_as_reached_in_single_precision(limit):
    assert RunLength(10, limit).complete(1, float(np.float32(limit)))
    assert not RunLength(10, limit).complete(1, limit * 0.999)


def test_a_run_without_a_batch_is_not_complete_however_short_its_time():
    assert not RunLength(10, 1e-9).complete(0, 1.0)


def test_the_time_left_is_that_of_the_end_that_comes_first():
    assert RunLength(100).seconds_left(40, 4.0, 0.1) == pytest.approx(6)
    assert RunLength(100, 5.0).seconds_left(40, 4.0, 0.1) == pytest.approx(1)
    assert RunLength(100, 5.0).seconds_left(0, 0.0, None) == 5
    assert RunLength(100).seconds_left(0, 0.0, None) is None


@pytest.mark.parametrize("limit", [{"max_images": 100}, {"max_seconds": 1e-6}])
def test_a_run_that_a_limit_ended_is_complete_as_its_trainer_sees_it(blobs, limit):
    config = small_run(**limit)
    trainer = train(config, blobs)
    length = RunLength.planned(config.training, trainer.history.train_size)
    assert trainer.step < config.training.epochs * trainer.history.batches_per_epoch
    assert length.complete(trainer.step, trainer.history.duration)
    again = restore(take_checkpoint(trainer), blobs)
    assert again.total_steps == trainer.step
