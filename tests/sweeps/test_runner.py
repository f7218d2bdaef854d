"""The queue: order, obedience, and runs that go on whatever dies around them."""

import errno
import functools
import multiprocessing
import os
import signal
import sys
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mnist_studio.data.loading import load
from mnist_studio.runs.checkpoint import read_checkpoint, write_checkpoint
from mnist_studio.runs.checkpoint_history import read_history
from mnist_studio.runs.header import read_header
from mnist_studio.runs.journal import JournalWriter, journal_path
from mnist_studio.runs.lock import hold_run
from mnist_studio.runs.requests import Request, read_request
from mnist_studio.runs.restore import take_checkpoint
from mnist_studio.sweeps import run_job
from mnist_studio.sweeps.news import RunEnded, RunGrew, RunStarted
from mnist_studio.sweeps.progress import RunProgress, seconds_left
from mnist_studio.sweeps.run_job import RunResult
from mnist_studio.sweeps.runner import SweepRunner
from mnist_studio.sweeps.sweep import Sweep
from mnist_studio.sweeps.workers import Workers, local_processes, usable_cores
from mnist_studio.training.run_length import RunLength
from mnist_studio.training.status import Failure, FailureKind, RunStatus
from mnist_studio.training.trainer import Trainer

from ..polling import wait_until
from ..training.builders import (
    assert_begins_the_same,
    assert_same_arrays,
    small_run,
    train,
    without_seconds,
)

posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")


class Desk(Executor):
    """Keeps jobs until the test says how they end."""

    def __init__(self, jobs):
        self.jobs = jobs

    def submit(self, function, job):
        future = Future()
        self.jobs.append((job, future))
        return future

    def shutdown(self, wait=True, **_):
        pass


def by_hand(count):
    """Return workers whose jobs the test ends, and the list of these jobs."""
    jobs = []
    return Workers(count, lambda: Desk(jobs)), jobs


def in_threads(count):
    return Workers(count, functools.partial(ThreadPoolExecutor, 1))


@contextmanager
def running(workers):
    runner = SweepRunner(workers)
    try:
        yield runner
    finally:
        runner.close()


def poll_until(runner, condition):
    """Poll until the condition holds of the news so far, and return these."""
    news = []
    wait_until(lambda: condition(news) or news.extend(runner.poll()))
    return news


def finish(runner):
    return poll_until(runner, lambda news: runner.finished)


def stop_further_on(runner, steps):
    """Stop runs when all are past a step, each past its own; return the news until they ended."""

    def all_are_past(news):
        grown = {n.path for n in news if type(n) is RunGrew and n.history.step > steps[n.path]}
        return grown == steps.keys()

    news = poll_until(runner, all_are_past)
    for path in steps:
        runner.cancel(path)
    news += finish(runner)
    assert set(ends(news).values()) == {RunStatus.STOPPED}
    return news


def runs(folder, configs):
    return [(folder / f"run-{number:04d}.npz", each) for number, each in enumerate(configs, 1)]


def names(paths):
    return [int(path.stem[-4:]) for path in paths]


def ends(news):
    return {each.path.stem[-1]: each.status for each in news if isinstance(each, RunEnded)}


def assert_same_numbers(path, config, dataset):
    saved, whole = read_checkpoint(path), take_checkpoint(train(config, dataset))
    assert saved.status is RunStatus.COMPLETED
    assert_same_arrays(saved.weights, whole.weights)
    assert without_seconds(saved.history) == without_seconds(whole.history)


@pytest.fixture
def _blobs_everywhere(blobs, monkeypatch):
    monkeypatch.setattr(run_job, "_dataset", lambda name, folder: blobs)


@pytest.fixture
def mnist_10k():
    return load("mnist-10k")


# --- numbers and news ----------------------------------------------------------------------


@pytest.mark.usefixtures("_blobs_everywhere")
def test_runs_have_the_numbers_that_they_have_one_after_another(tmp_path, blobs):
    sweep = Sweep("", small_run(), (("learning_rate", (0.05, 0.2)), ("batch_size", (8, 30))), 2)
    with running(in_threads(3)) as runner:
        runner.add(runs(tmp_path, sweep.configs()))
        news = finish(runner)
    assert set(ends(news).values()) == {RunStatus.COMPLETED}
    for path, config in runs(tmp_path, sweep.configs()):
        assert_same_numbers(path, config, blobs)
    assert sorted(each.name for each in tmp_path.iterdir()) == [
        path.name for path, _ in runs(tmp_path, sweep.configs())
    ]


@pytest.mark.usefixtures("_blobs_everywhere")
def test_the_news_tell_a_run_from_its_start_to_its_whole_curve(tmp_path):
    ((path, config),) = runs(tmp_path, [small_run()])
    with running(in_threads(1)) as runner:
        runner.add([(path, config)])
        news = finish(runner)
        grown = [each.history.step for each in news if isinstance(each, RunGrew)]
        assert runner.runs[0].share == 1
    assert news[0] == RunStarted(path)
    assert news[-1] == RunEnded(path, RunStatus.COMPLETED, None)
    assert grown[-1] == read_history(path).step == runner.runs[0].step


@pytest.mark.usefixtures("_blobs_everywhere")
def test_a_diverging_run_does_not_stop_the_others(tmp_path):
    sweep = Sweep("", small_run(optimizer="momentum"), (("learning_rate", (0.05, 10.0, 0.1)),))
    with running(in_threads(1)) as runner:
        runner.add(runs(tmp_path, sweep.configs()))
        news = finish(runner)
        assert runner.runs[1].failure.kind is FailureKind.DIVERGED
    completed = RunStatus.COMPLETED
    assert ends(news) == {"1": completed, "2": RunStatus.FAILED, "3": completed}


@pytest.mark.usefixtures("_blobs_everywhere")
def test_a_machine_without_the_folder_sends_its_runs_back(tmp_path, blobs, monkeypatch):
    monkeypatch.setattr(run_job, "read_request", lambda path: None)
    ((path, config),) = runs(tmp_path, [small_run()])
    with running(in_threads(1)) as runner:
        runner.add([(path, config)])
        assert ends(finish(runner)) == {"1": RunStatus.COMPLETED}
        assert runner.runs[0].step == read_checkpoint(path).step
    assert_same_numbers(path, config, blobs)


# --- the queue -----------------------------------------------------------------------------

COMMANDS = st.lists(
    st.one_of(
        st.tuples(st.just("move"), st.integers(1, 6), st.integers(0, 6)),
        st.tuples(st.just("cancel"), st.integers(1, 6), st.none()),
        st.tuples(st.just("end"), st.integers(0, 1), st.none()),
        st.tuples(st.just("pause"), st.booleans(), st.none()),
    ),
    max_size=20,
)


@given(COMMANDS)
@settings(max_examples=100)
def test_runs_start_in_the_order_of_the_queue_whatever_is_done_to_it(tmp_path_factory, commands):
    """Compared with a plain list that the same is done to."""
    folder = tmp_path_factory.mktemp("queue")
    workers, jobs = by_hand(2)
    runner = SweepRunner(workers)
    paths = dict(enumerate((path for path, _ in runs(folder, [small_run()] * 6)), 1))
    runner.add(runs(folder, [small_run()] * 6))
    waiting, busy, paused, expected = [1, 2, 3, 4, 5, 6], [], False, []

    def poll():
        runner.poll()
        while not paused and waiting and len(busy) < 2:
            busy.append(waiting.pop(0))
            expected.append(busy[-1])

    poll()
    for command, value, place in commands:
        if command == "move":
            runner.move(paths[value], place)
            if value in waiting:
                waiting.remove(value)
                waiting.insert(place, value)
        elif command == "cancel" and value not in busy:
            runner.cancel(paths[value])
            waiting = [each for each in waiting if each != value]
        elif command == "end" and value < len(busy):
            number = busy.pop(value)
            next(f for job, f in jobs if job.path == paths[number]).set_result(
                RunResult(RunStatus.COMPLETED)
            )
        elif command == "pause":
            paused = value
            runner.pause() if value else runner.resume()
        poll()
        assert names(job.path for job, _ in jobs) == expected
        queued = [each.path for each in runner.runs if each.status is RunStatus.QUEUED]
        assert names(queued) == waiting
    runner.close(0)


def test_the_queue_can_be_added_to_while_it_runs(tmp_path):
    workers, jobs = by_hand(1)
    first, second = runs(tmp_path, [small_run()] * 2)
    with running(workers) as runner:
        runner.add([first])
        runner.poll()
        runner.add([second])
        assert not runner.poll()
        jobs[0][1].set_result(RunResult(RunStatus.COMPLETED))
        assert RunStarted(second[0]) in runner.poll()
        jobs[1][1].set_result(RunResult(RunStatus.COMPLETED))
        runner.poll()
        assert runner.finished


@pytest.mark.usefixtures("_blobs_everywhere")
def test_running_runs_pause_and_go_on_with_the_queue(tmp_path, blobs):
    ((path, config),) = runs(tmp_path, [small_run(epochs=1000, batch_size=2)])
    with running(in_threads(1)) as runner:
        runner.add([(path, config)])
        poll_until(runner, lambda news: any(isinstance(each, RunGrew) for each in news))
        runner.pause()
        assert runner.runs[0].status is RunStatus.PAUSED
        poll_until(runner, lambda news: read_checkpoint(path).status is RunStatus.PAUSED)
        runner.resume()
        stop_further_on(runner, {path: read_checkpoint(path).step})
    assert_begins_the_same(path, config, blobs)


@pytest.mark.usefixtures("_blobs_everywhere")
def test_a_running_run_is_stopped_and_kept(tmp_path):
    long, short = runs(tmp_path, [small_run(epochs=1000), small_run()])
    with running(in_threads(1)) as runner:
        runner.add([long, short])
        poll_until(runner, lambda news: any(isinstance(each, RunGrew) for each in news))
        runner.cancel(long[0])
        assert ends(finish(runner)) == {"1": RunStatus.STOPPED, "2": RunStatus.COMPLETED}
    assert read_checkpoint(long[0]).status is RunStatus.STOPPED
    assert read_checkpoint(long[0]).step > 0


@pytest.mark.usefixtures("_blobs_everywhere")
def test_closing_saves_what_runs_and_another_runner_goes_on(tmp_path, blobs):
    ((path, config),) = runs(tmp_path, [small_run(epochs=1000, batch_size=2)])
    with running(in_threads(1)) as runner:
        runner.add([(path, config)])
        poll_until(runner, lambda news: any(isinstance(each, RunGrew) for each in news))
    assert read_checkpoint(path).status is RunStatus.INTERRUPTED
    step = read_checkpoint(path).step
    assert step > 0
    with running(in_threads(1)) as runner:
        runner.add([(path, config)])
        stop_further_on(runner, {path: step})
    assert_begins_the_same(path, config, blobs)


# --- time left -----------------------------------------------------------------------------


def progress(**values):
    return RunProgress(Path("x"), small_run(), **({"length": RunLength(100)} | values))


def test_a_run_that_does_not_answer_in_time_finds_the_request_and_its_journal_later(
    tmp_path, blobs
):
    workers, jobs = by_hand(1)
    ((path, config),) = runs(tmp_path, [small_run()])
    with running(workers) as runner:
        runner.add([(path, config)])
        runner.poll()
        ((job, future),) = jobs
        future.set_running_or_notify_cancel()
        JournalWriter(journal_path(path), train(config, blobs).history).flush()
        runner.poll()
        runner.close(0.0)
        assert not runner.finished
    # Without one it would take itself for replaced, and save nothing.
    assert read_request(path) == (job.token, Request.INTERRUPT)
    assert journal_path(path).exists()


def test_the_time_left_follows_from_the_pace_so_far():
    done = progress(status=RunStatus.COMPLETED, step=100, seconds=10.0)
    half = progress(status=RunStatus.RUNNING, step=50, seconds=5.0)
    assert seconds_left([progress()], 2) is None
    assert seconds_left([done], 2) == 0
    assert seconds_left([half], 2) == pytest.approx(5)
    assert seconds_left([done, half, progress(), progress()], 1) == pytest.approx(25)
    assert seconds_left([done, half, progress(), progress()], 2) == pytest.approx(15)


def test_larger_batches_take_longer_per_step_but_not_per_image():
    known = progress(status=RunStatus.COMPLETED, step=100, seconds=10.0)
    small = RunProgress(Path("y"), small_run(batch_size=16), RunLength(100))
    large = RunProgress(Path("z"), small_run(batch_size=1600), RunLength(1))
    per_step, whole = seconds_left([known, small], 1), seconds_left([known, large], 1)
    assert per_step / 100 < whole < per_step


def test_a_limit_of_seconds_bounds_the_time_left():
    timed = progress(length=RunLength(10**6, max_seconds=4.0))
    assert seconds_left([timed, timed], 1) == pytest.approx(8)


# --- what dies -----------------------------------------------------------------------------


def test_a_run_whose_process_dies_twice_is_left_for_later_and_the_next_one_trained(tmp_path, blobs):
    workers, jobs = by_hand(1)
    first, second = runs(tmp_path, [small_run()] * 2)
    write_checkpoint(first[0], take_checkpoint(Trainer(first[1], blobs)))
    with running(workers) as runner:
        runner.add([first, second])
        for _ in range(2):
            runner.poll()
            assert jobs[-1][0].path == first[0]
            jobs[-1][1].set_exception(BrokenProcessPool("died"))
        news = runner.poll()
        assert jobs[-1][0].path == second[0]
        jobs[-1][1].set_result(RunResult(RunStatus.COMPLETED))
        runner.poll()
    (end,) = (each for each in news if isinstance(each, RunEnded))
    assert end.status is read_header(first[0]).status is RunStatus.INTERRUPTED
    assert end.failure == read_header(first[0]).failure == Failure(FailureKind.PROCESS_DIED)
    assert len({job.token for job, _ in jobs}) == 3


def test_a_run_for_which_the_computer_has_no_process_can_go_on_another_time(tmp_path):
    def refuse():
        raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))

    with running(Workers(1, refuse)) as runner:
        runner.add(runs(tmp_path, [small_run()]))
        (end,) = finish(runner)
    assert end.status is RunStatus.INTERRUPTED
    assert os.strerror(errno.EMFILE) in end.failure.message
    assert list(tmp_path.iterdir()) == []


def test_a_run_that_another_program_goes_on_with_keeps_its_file_and_its_journal(tmp_path, blobs):
    workers, jobs = by_hand(1)
    ((path, config),) = runs(tmp_path, [small_run()])
    trained = train(config, blobs)
    with running(workers) as runner:
        runner.add([(path, config)])
        runner.poll()
        with hold_run(path, "a terminal"):
            JournalWriter(journal_path(path), trained.history)
            sent_back = RunResult(RunStatus.COMPLETED, None, take_checkpoint(trained))
            jobs[0][1].set_result(sent_back)
            (end,) = (each for each in finish(runner) if isinstance(each, RunEnded))
            assert journal_path(path).exists()
    assert end.status is RunStatus.INTERRUPTED
    assert "is being trained by a terminal" in end.failure.message
    assert not path.exists()


@posix
def test_a_killed_process_is_replaced_and_its_run_goes_on_where_it_was_saved(tmp_path, mnist_10k):
    configs = [small_run(hidden=(16,), epochs=1000, batch_size=20, seed=seed) for seed in (1, 2)]
    with running(local_processes(2)) as runner:
        runner.add(runs(tmp_path, configs))
        poll_until(runner, lambda news: len({n.path for n in news if isinstance(n, RunGrew)}) == 2)
        runner.pause()
        paused = [path for path, _ in runs(tmp_path, configs)]
        poll_until(
            runner,
            lambda news: all(read_checkpoint(p).status is RunStatus.PAUSED for p in paused),
        )
        saved = {path: read_checkpoint(path).step for path in paused}
        os.kill(multiprocessing.active_children()[0].pid, signal.SIGKILL)
        runner.resume()
        news = stop_further_on(runner, saved)
    restarted = [each.path for each in news if isinstance(each, RunStarted)]
    assert len(restarted) == 1
    first = next(each for each in news if isinstance(each, RunGrew) and each.path == restarted[0])
    assert first.history.step >= saved[restarted[0]] > 0
    for path, config in runs(tmp_path, configs):
        assert_begins_the_same(path, config, mnist_10k)
    assert not multiprocessing.active_children()


@posix
def test_a_process_that_died_idle_is_replaced(tmp_path):
    first, second = runs(tmp_path, [small_run(epochs=1, batch_size=500)] * 2)
    with running(local_processes(1)) as runner:
        runner.add([first])
        finish(runner)
        (child,) = multiprocessing.active_children()
        os.kill(child.pid, signal.SIGKILL)
        child.join()
        runner.add([second])
        assert ends(finish(runner)) == {"2": RunStatus.COMPLETED}


def test_there_is_a_core_to_use():
    assert 1 <= usable_cores() <= (os.cpu_count() or 1)
