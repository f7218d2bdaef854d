"""The record of a run."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnist_studio.training.events import (
    BatchEnded,
    EpochEnded,
    EvaluationAdvanced,
    FinalEvaluation,
    HyperparameterChanged,
    ProgressSampled,
)
from mnist_studio.training.history import BatchArrays, GrowingTable, History

EVENTS = [
    BatchEnded(1, 2.5, 0.1, 0.25),
    BatchEnded(2, 2.25, 0.1, 0.5),
    HyperparameterChanged(2, "learning_rate", 0.05),
    ProgressSampled(2, 0.5, (0.1, 0.2)),
    BatchEnded(3, 2.0, 0.05, 0.75),
    EvaluationAdvanced(10, 10),
    EpochEnded(1, 3, 2.25, 0.5, 2.0, 0.75, 0.0, 1.0, best=True),
    FinalEvaluation(1.5, 0.75),
]


@pytest.fixture
def history():
    history = History(train_size=25, batch_size=10)
    for event in EVENTS:
        history.record(event)
    return history


def test_batches_are_recorded_in_columns(history):
    assert history.step == 3
    np.testing.assert_array_equal(history.losses, np.float32([2.5, 2.25, 2.0]))
    np.testing.assert_array_equal(history.learning_rates, np.float32([0.1, 0.1, 0.05]))
    np.testing.assert_array_equal(history.seconds, np.float32([0.25, 0.5, 0.75]))


def test_everything_else_is_recorded_as_it_happened(history):
    assert history.epochs == [event for event in EVENTS if isinstance(event, EpochEnded)]
    assert history.epoch_count == 1
    assert history.changes == [HyperparameterChanged(2, "learning_rate", 0.05)]
    assert history.test == FinalEvaluation(1.5, 0.75)
    assert history.sample_steps.tolist() == [2]
    assert history.sample_accuracies.tolist() == [0.5]
    assert history.gradient_norms.tolist() == [[0.1], [0.2]]
    assert history.epoch_column("validation_loss").tolist() == [2.0]


def test_an_empty_history_has_empty_columns():
    history = History(25, 10)
    columns = (history.losses, history.sample_steps, history.epoch_column("epoch"))
    assert [len(column) for column in columns] == [0, 0, 0]
    assert history.gradient_norms.shape == (0, 0)
    assert history.test is None


def test_images_seen_count_a_smaller_last_batch(history):
    assert history.batches_per_epoch == 3
    assert history.images_seen([0, 1, 2, 3, 4, 6]).tolist() == [0, 10, 20, 25, 35, 50]


@given(size=st.integers(1, 500), batch=st.integers(1, 600), epochs=st.integers(0, 4))
def test_images_seen_rise_to_whole_epochs(size, batch, epochs):
    history = History(size, batch)
    seen = history.images_seen(np.arange(epochs * history.batches_per_epoch + 1))
    assert seen[0] == 0
    assert seen[-1] == epochs * size
    assert (np.diff(seen) > 0).all()
    assert (np.diff(seen) <= batch).all()


def test_arrays_of_batches_are_appended_in_order(history):
    history.record_batches(BatchArrays(4, np.ones((3, 2), np.float32)))
    assert history.step == 5
    with pytest.raises(ValueError, match="batch 4 does not follow batch 5"):
        history.record_batches(BatchArrays(4, np.ones((3, 2), np.float32)))


def test_a_history_survives_its_arrays(history):
    copy = History(25, 10)
    copy.load_arrays(history.to_arrays())
    assert copy.epochs == history.epochs
    assert copy.changes == history.changes
    assert copy.test == history.test
    for name, array in history.to_arrays().items():
        np.testing.assert_array_equal(copy.to_arrays()[name], array)


def test_a_copy_grows_on_its_own(history):
    copy = history.copy()
    copy.record(BatchEnded(4, 1.0, 0.1, 1.0))
    copy.record(HyperparameterChanged(4, "l2", 0.1))
    assert (history.step, len(history.changes)) == (3, 1)
    assert (copy.step, len(copy.changes)) == (4, 2)


def test_arrays_do_not_change_when_the_history_grows(history):
    arrays = history.to_arrays()
    history.record(BatchEnded(4, 1.0, 0.1, 1.0))
    assert arrays["batches"].shape == (3, 3)


@given(st.lists(st.integers(0, 200), max_size=8))
def test_a_table_holds_what_was_put_in(counts):
    table, rows = GrowingTable(2), []
    for count in counts:
        start = len(rows)
        block = np.arange(2 * start, 2 * (start + count), dtype=np.float32).reshape(-1, 2)
        if count % 2:
            for row in block:
                table.append(row)
        else:
            table.extend(block.T)
        rows += block.tolist()
    assert len(table) == len(rows)
    assert table.to_array().T.tolist() == rows


@pytest.mark.parametrize("shape", [(3,), (2, 4), (1, 3), (3, 1, 1)])
def test_rows_of_another_shape_are_refused(shape):
    with pytest.raises(ValueError, match="not rows of this table"):
        GrowingTable(3).extend(np.ones(shape, np.float32))
