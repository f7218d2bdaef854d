"""What decides the next update is told at a pause, and while somebody looks at the updates."""

import pytest

from mnist_studio.insight.one_step import take_apart
from mnist_studio.runs.restore import restore
from mnist_studio.session.run_in_view import Snapshot
from mnist_studio.session.snapshots import Snapshots
from mnist_studio.training.status import RunStatus

from ..training.builders import assert_same_arrays, small_run, train

LONG = {"epochs": 1000, "optimizer": "momentum", "dropout": 0.2, "shift": 1.0}


def step(session, qtbot):
    before = session.run.newest.step
    session.step()
    qtbot.waitUntil(lambda: session.run.newest.step > before and session.status is RunStatus.PAUSED)


def start_with_a_step(session, qtbot, config):
    session.start(config, first="batch")
    qtbot.waitUntil(lambda: session.status is RunStatus.PAUSED)


@pytest.mark.parametrize("averaging", [0.0, 0.5])
def test_from_the_first_step_on_it_is_known_where_each_began(averaging, session, qtbot, blobs):
    config = small_run(averaging=averaging, **LONG)
    start_with_a_step(session, qtbot, config)
    for number in (1, 2, 3):
        run = session.run
        assert (run.previous.step, run.state.step) == (number - 1, number)
        made = take_apart(run.previous, config, [], blobs)
        assert_same_arrays(made.parameters(), run.state.network.weights())
        step(session, qtbot)


def test_a_pause_tells_where_the_run_goes_on_but_not_where_its_last_update_began(session, qtbot):
    with qtbot.waitSignal(session.batches_ended):
        session.start(small_run(**LONG))
    session.pause()
    qtbot.waitUntil(lambda: session.status is RunStatus.PAUSED)
    assert session.run.state.step == session.run.history.step
    assert set(session.run.state.optimizer) > {"steps", "velocity_0"}
    assert session.run.previous is None


def test_a_run_that_nobody_looks_at_tells_nothing_of_its_optimizer(session, qtbot):
    session.start(small_run(**LONG))
    qtbot.waitUntil(lambda: session.run is not None and session.run.newest.step > 0)
    assert session.run.state is None
    session.watch.updates = True
    qtbot.waitUntil(lambda: session.run.state is not None)
    session.watch.updates = False
    qtbot.waitUntil(lambda: session.run.state is None)


def test_a_run_that_has_ended_goes_on_from_its_last_state_not_from_the_best_epoch(
    session, qtbot, blobs
):
    config = small_run(optimizer="adam", learning_rate=0.02, skip_easy=0.8)
    with qtbot.waitSignal(session.run_ended):
        session.start(config)
    run = session.run
    assert run.state.easy_images["at_epoch_start"].any()
    assert run.previous is None
    assert run.state.step == run.history.step
    last = train(config, blobs)
    assert_same_arrays(run.state.network.weights(), last.network.weights())
    again = restore(run.checkpoint, blobs, epochs=4)
    next(event for event in again.run() if getattr(event, "step", 0) == run.history.step + 1)
    made = take_apart(run.state, config.with_epochs(4), [], blobs)
    assert_same_arrays(made.parameters(), again.network.weights())


def test_weights_kept_for_a_moment_leave_the_optimizers_state_behind():
    snapshots = Snapshots()
    snapshots.add(Snapshot(3, network=object(), state=object()), wanted=[3])
    assert snapshots.after(0).state is None
