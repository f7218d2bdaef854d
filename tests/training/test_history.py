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
from mnist_studio.training.growing_table import GrowingTable
from mnist_studio.training.history import History

from .builders import batches_part

EVENTS = [
    BatchEnded(1, 2.5, 0.1, 0.25),
    BatchEnded(2, 2.25, 0.1, 0.5),
    HyperparameterChanged(2, "learning_rate", 0.05),
    ProgressSampled(2, 0.5, (0.1, 0.2), (1e-3, 2e-3)),
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
    assert history.update_ratios.tolist() == [[1e-3], [2e-3]]
    assert history.epoch_column("validation_loss").tolist() == [2.0]


def test_an_empty_history_has_empty_columns():
    history = History(25, 10)
    columns = (history.losses, history.sample_steps, history.epoch_column("epoch"))
    assert [len(column) for column in columns] == [0, 0, 0]
    assert history.gradient_norms.shape == history.update_ratios.shape == (0, 0)
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


def test_parts_are_appended_in_order(history):
    history.append(batches_part(4, np.ones((3, 2))))
    assert history.step == 5
    with pytest.raises(ValueError, match="batch 4 does not follow batch 5"):
        history.append(batches_part(4, np.ones((3, 2))))


@given(st.sets(st.integers(0, len(EVENTS)), max_size=5))
def test_a_history_in_parts_is_the_same_history_wherever_it_is_cut(cuts):
    history, copy = History(25, 10), History(25, 10)
    for index, event in enumerate(EVENTS):
        history.record(event)
        if index in cuts:
            copy.append(history.part_since(copy.counts))
    copy.append(history.part_since(copy.counts))
    assert copy.counts == history.counts == (3, 1, 1, 1)
    for mine, whole in zip(copy.part_since(), history.part_since(), strict=True):
        np.testing.assert_array_equal(mine, whole)


numbers = st.floats(0, 100, width=32)
accuracies = st.floats(0, 1, width=32)


@st.composite
def runs(draw):
    """Return the events of a run of batches of 10 out of 25 images, as a trainer yields them."""
    events, layers = [], draw(st.integers(1, 3))
    for step in range(1, draw(st.integers(0, 12)) + 1):
        events.append(BatchEnded(step, draw(numbers), draw(numbers), draw(numbers)))
        if draw(st.booleans()):
            looks = layers if draw(st.booleans()) else 0
            norms = tuple(draw(numbers) for _ in range(looks))
            ratios = tuple(draw(numbers) for _ in range(looks))
            events.append(ProgressSampled(step, draw(accuracies), norms, ratios))
        if draw(st.booleans()):
            events.append(HyperparameterChanged(step, "l2", draw(numbers)))
        if step % 3 == 0:
            figures = [draw(numbers) for _ in range(6)]
            events.append(EpochEnded(step // 3, step, *figures, best=draw(st.booleans())))
    if draw(st.booleans()):
        events.append(FinalEvaluation(draw(numbers), draw(accuracies)))
    return events


def recorded(events):
    history = History(25, 10)
    for event in events:
        history.record(event)
    return history


def test_an_epochs_confusion_matrix_is_recorded_with_it(history):
    counts = np.array([[20, 1], [3, 16]])
    assert history.confusions.shape == (0, 0, 0)
    history.record_confusion(counts)
    history.record(EpochEnded(2, 3, 2.25, 0.5, 2.0, 0.75, 0.0, 1.0, best=True))
    history.record_confusion(counts + 1)
    assert history.confusions[1, 0].tolist() == [3, 4]
    np.testing.assert_array_equal(history.confusions, np.stack([counts, counts + 1], axis=2))


def test_where_there_is_no_validation_part_no_matrix_is_recorded(history):
    history.record_confusion(np.zeros((2, 2), np.int64))
    assert history.confusions.shape == (0, 0, 0)
    assert history.to_arrays()["confusions"].shape == (0, 0)


@given(uncounted=st.integers(0, 3), cuts=st.sets(st.integers(1, 6)))
def test_matrices_come_with_their_epochs_also_where_the_first_have_none(uncounted, cuts):
    history, copy = History(25, 10), History(25, 10)
    for epoch in range(1, 7):
        history.record(EpochEnded(epoch, 0, 2.25, 0.5, 2.0, 0.75, 0.0, 1.0, best=True))
        if epoch > uncounted:
            history.record_confusion(np.full((3, 3), epoch))
        if epoch in cuts:
            copy.append(history.part_since(copy.counts))
            assert copy.confusions.shape[2] == max(0, epoch - uncounted)
    copy.append(history.part_since(copy.counts))
    assert_same_history(copy, history)


def assert_same_history(one, other):
    mine, theirs = one.to_arrays(), other.to_arrays()
    assert mine.keys() == theirs.keys()
    for name, array in mine.items():
        np.testing.assert_array_equal(array, theirs[name], strict=True)


@given(runs())
def test_a_history_says_of_a_run_what_its_events_said(events):
    history = recorded(events)
    batches = [event for event in events if isinstance(event, BatchEnded)]
    samples = [event for event in events if isinstance(event, ProgressSampled)]
    epochs = [event for event in events if isinstance(event, EpochEnded)]
    assert history.losses.tolist() == [event.loss for event in batches]
    assert history.duration == (batches[-1].seconds if batches else 0.0)
    assert history.sample_steps.tolist() == [event.step for event in samples]
    assert history.sample_accuracies.tolist() == [event.accuracy for event in samples]
    looks = [event for event in samples if event.gradient_norms]
    assert history.layer_steps.tolist() == [event.step for event in looks]
    assert history.gradient_norms.T.tolist() == [list(event.gradient_norms) for event in looks]
    assert history.update_ratios.T.tolist() == [list(event.update_ratios) for event in looks]
    assert history.epochs == epochs == [history.epoch(index) for index in range(len(epochs))]
    assert history.last_epoch_step == (epochs[-1].step if epochs else 0)
    assert history.counts == (len(batches), len(samples), len(looks), len(epochs))


@given(runs(), st.data())
def test_any_run_in_parts_cut_anywhere_is_the_same_run(events, data):
    source, copy = History(25, 10), History(25, 10)
    for event in events:
        source.record(event)
        if data.draw(st.booleans()):
            copy.append(source.part_since(copy.counts))
    copy.append(source.part_since(copy.counts))
    copy.changes, copy.test = source.changes, source.test  # these come by other ways
    assert_same_history(copy, source)


@given(runs())
def test_any_run_survives_its_arrays_and_a_copy(events):
    history, read = recorded(events), History(25, 10)
    read.load_arrays(history.to_arrays())
    for same in (read, history.copy()):
        assert_same_history(same, history)
        assert (same.changes, same.test) == (history.changes, history.test)


@given(runs())
def test_the_losses_of_an_epoch_in_work_bring_the_images_they_stand_for(events):
    history = recorded(events)
    losses, images = history.losses_since_epoch()
    assert losses.tolist() == history.losses[history.step // 3 * 3 :].tolist()
    assert images.tolist() == [10, 10, 5][: history.step % 3]


@given(runs(), st.sampled_from(sorted(recorded([]).to_arrays())))
def test_a_history_with_an_array_missing_is_refused(events, missing):
    arrays = recorded(events).to_arrays()
    del arrays[missing]
    with pytest.raises(KeyError, match=missing):
        History(25, 10).load_arrays(arrays)


@pytest.mark.parametrize(
    ("name", "array"),
    [
        ("batches", np.ones((2, 3), np.float32)),
        ("batches", np.ones((3, 3), np.int64)),
        ("batches", np.full((3, 3), "1")),
        ("epochs", np.ones((8, 1))),
        ("epochs", np.zeros((9, 1))),
        ("epochs", np.full((9, 1), np.nan)),
        ("accuracies", np.ones(4)),
        ("accuracies", np.ones((3, 1))),
        ("samples", np.ones(4)),
        ("update_ratios", np.ones(4)),
        ("confusions", np.ones((4, 1))),
        ("confusions", np.ones(4, np.uint32)),
        ("change_steps", np.array([1, 2])),
        ("change_names", np.array([], np.str_)),
    ],
)
def test_an_array_that_is_none_of_a_history_is_refused(history, name, array):
    arrays = history.to_arrays() | {name: array}
    with pytest.raises(ValueError, match=r"."):
        History(25, 10).load_arrays(arrays)


def test_a_part_belongs_to_its_receiver(history):
    part, losses = history.part_since((1, 0, 0, 0)), history.losses.tolist()
    for array in part[1:]:
        array[...] = 7
    history.record(BatchEnded(4, 1.0, 0.1, 1.0))
    assert history.losses.tolist() == [*losses, 1.0]
    assert history.sample_steps.tolist() == [2]
    assert part.batches.shape == (3, 2)


def test_an_epoch_out_of_turn_is_refused(history):
    with pytest.raises(ValueError, match="not numbered"):
        history.append(history.part_since((3, 1, 1, 0)))


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


def test_a_table_may_learn_from_its_first_rows_how_long_they_are():
    table = GrowingTable()
    table.extend(np.empty((0, 0), np.float32))
    assert table.to_array().shape == (0, 0)
    assert table.column(1).shape == (0,)
    table.append((1, 2))
    table.extend(np.empty((0, 0), np.float32))
    table.extend(np.float32([[3], [4]]))
    assert table.column(1).tolist() == [2, 4]
    with pytest.raises(ValueError, match="not rows of this table"):
        table.extend(np.ones((3, 1), np.float32))


@pytest.mark.parametrize("unmeasured", range(4))
def test_ratios_come_with_their_samples_also_where_the_first_have_none(unmeasured):
    history, copy, old = History(25, 10), History(25, 10), History(25, 10)
    for step in range(1, 6):
        recording = old if step <= unmeasured else history
        if step == unmeasured + 1:
            none = np.empty((0, 0))
            history.append(old.part_since()._replace(update_ratios=none))
        recording.record(BatchEnded(step, 2.5, 0.1, 0.25))
        recording.record(ProgressSampled(step, 0.5, (0.1, 0.2), (step, 2 * step)))
        copy.append(history.part_since(copy.counts))
    assert copy.update_ratios[0].tolist() == list(range(unmeasured + 1, 6))
    assert_same_history(copy, history)


@pytest.mark.parametrize("shape", [(3,), (2, 4), (1, 3), (3, 1, 1, 1)])
def test_rows_of_another_shape_are_refused(shape):
    with pytest.raises(ValueError, match="not rows of this table"):
        GrowingTable(3).extend(np.ones(shape, np.float32))


def test_the_weights_that_are_kept_are_those_of_the_best_epoch_or_the_last():
    history = History(4, 2)
    for step in range(1, 4):
        history.record(BatchEnded(step, 1.0, 0.1, 0.1))
    assert history.kept_step == 3
    for epoch, best in ((1, True), (2, True), (3, False)):
        history.record(EpochEnded(epoch, 2 * epoch, 0.5, 0.5, 0.5, 0.5, 0.0, 1.0, best))
    assert history.kept_step == 4
