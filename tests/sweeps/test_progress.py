"""How far a queue is: bounds of the time left, whatever runs there are."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnist_studio.sweeps.progress import RunProgress, seconds_left
from mnist_studio.training.run_length import RunLength
from mnist_studio.training.status import RunStatus

from ..training.builders import small_run

ENDED = [RunStatus.COMPLETED, RunStatus.STOPPED, RunStatus.FAILED]
OPEN = [RunStatus.QUEUED, RunStatus.RUNNING, RunStatus.PAUSED]


def progress(status, step, seconds, batch_size=16, limit=float("inf")):
    length = RunLength(1000, limit)
    return RunProgress(Path("run"), small_run(batch_size=batch_size), length, status, step, seconds)


progresses = st.builds(
    progress,
    st.sampled_from(list(RunStatus)),
    st.integers(0, 1000),
    st.floats(0, 1000),
    st.integers(1, 500),
    st.sampled_from([float("inf"), 50.0]),
)
KNOWN = progress(RunStatus.COMPLETED, 1000, 10.0)
queues = st.lists(progresses, max_size=8).map(lambda runs: [KNOWN, *runs])


@pytest.mark.parametrize("status", RunStatus)
def test_a_run_is_open_until_it_ended_and_done_from_then_on(status):
    run = progress(status, 250, 1.0)
    assert run.open is (status in OPEN)
    assert run.share == (0.25 if status in OPEN else 1.0)


@given(progresses)
def test_a_share_lies_between_none_and_all(run):
    assert 0 <= run.share <= 1


@given(queues)
def test_one_worker_takes_as_long_as_every_run_alone_together(runs):
    known = [run for run in runs if not run.open]
    others = [run for run in runs if run.open]
    # What is to be done is left out of the pace, so that it is the same for each alone.
    fresh = [progress(run.status, 0, 0.0, run.config.training.batch_size) for run in others]
    alone = [seconds_left([*known, run], 1) for run in fresh]
    assert seconds_left([*known, *fresh], 1) == pytest.approx(sum(alone))


@given(queues, st.integers(1, 10))
def test_more_workers_share_the_work_and_no_run_is_shared(runs, workers):
    alone, together = seconds_left(runs, 1), seconds_left(runs, workers)
    longest = seconds_left(runs, len(runs))
    assert together >= alone / workers * (1 - 1e-9)
    assert longest <= together * (1 + 1e-9)
    assert together <= alone * (1 + 1e-9)


@given(queues, st.integers(1, 4), st.sampled_from(ENDED))
def test_runs_that_ended_take_no_more_time(runs, workers, status):
    ended = [progress(status, run.step, run.seconds) for run in runs]
    assert seconds_left(ended, workers) == 0


@given(st.integers(1, 4))
def test_without_a_pace_only_limits_of_time_tell_how_long_it_takes(workers):
    timed = progress(RunStatus.QUEUED, 0, 0.0, limit=50.0)
    untold = progress(RunStatus.QUEUED, 0, 0.0)
    assert seconds_left([timed] * workers, workers) == pytest.approx(50)
    assert seconds_left([timed, untold], workers) is None
    assert seconds_left([], workers) == 0
