"""A real Dask cluster trains, and survives the death of a worker."""

import os
import signal
import subprocess
import sys
from contextlib import contextmanager

import pytest

from mnist_studio.data.loading import load
from mnist_studio.runs.versions import versions
from mnist_studio.sweeps.news import RunGrew
from mnist_studio.sweeps.workers import WorkersError, dask_cluster, usable_cores
from mnist_studio.training.status import RunStatus

from ..training.builders import small_run
from .test_runner import (
    assert_same_numbers,
    ends,
    finish,
    poll_until,
    posix,
    running,
    runs,
)

pytest.importorskip("distributed")


@contextmanager
def cluster(folder, workers):
    """Start a scheduler and its workers as people do; yields the address and the workers."""
    command = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--no-dashboard"]
    options = ["--host", "127.0.0.1", "--port", "0", "--scheduler-file", folder / "scheduler.json"]
    started = [start(command + options)]
    try:
        address = first_word(started[0], "tcp://")
        for number in range(workers):
            command = [sys.executable, "-m", "distributed.cli.dask_worker", address, "--no-nanny"]
            options = ["--nthreads", "1", "--no-dashboard", "--host", "127.0.0.1"]
            place = ["--local-directory", folder / f"worker-{number}"]
            started.append(start(command + options + place))
        for process in started[1:]:
            first_word(process, "Registered")
        yield address, started[1:]
    finally:
        for process in started:
            process.kill()
        for process in started:
            process.communicate()


def start(command):
    return subprocess.Popen(
        [str(word) for word in command], stderr=subprocess.PIPE, encoding="utf-8"
    )


def first_word(process, beginning):
    """Read what a process says until a word begins like this, and return that word."""
    for line in process.stderr:
        for word in line.split():
            if word.startswith(beginning):
                return word
    raise AssertionError("the process ended")


@posix
def test_a_sweep_on_a_cluster_completes_though_a_worker_is_killed(tmp_path):
    configs = [
        small_run(hidden=(16,), epochs=epochs, batch_size=20, seed=seed)
        for seed, epochs in enumerate((15, 15, 2, 2))
    ]
    with cluster(tmp_path, 2) as (address, workers), running(dask_cluster(address)) as runner:
        runner.add(runs(tmp_path, configs))
        poll_until(runner, lambda news: len({n.path for n in news if type(n) is RunGrew}) == 2)
        os.kill(workers[0].pid, signal.SIGKILL)
        assert set(ends(finish(runner)).values()) == {RunStatus.COMPLETED}
    for path, config in runs(tmp_path, configs):
        assert_same_numbers(path, config, load("mnist-10k"))


@posix
def test_a_cluster_without_workers_is_told(tmp_path):
    with cluster(tmp_path, 0) as (address, _), pytest.raises(WorkersError, match="no workers"):
        dask_cluster(address)


@posix
def test_a_worker_without_the_images_is_named_with_the_cure(tmp_path):
    with cluster(tmp_path, 1) as (address, _), pytest.raises(WorkersError) as told:
        dask_cluster(address, ["mnist-10k", "mnist"], tmp_path)
    assert "The Dask worker tcp://" in str(told.value)
    assert "has no MNIST in" in str(told.value)
    assert "mnist-studio data mnist --download" in str(told.value)


def test_a_scheduler_that_is_not_there_is_told(monkeypatch):
    monkeypatch.setattr("mnist_studio.sweeps.workers.CONNECT_SECONDS", 0.2)
    with pytest.raises(WorkersError, match="cannot be reached"):
        dask_cluster("tcp://127.0.0.1:9")


def test_a_missing_distributed_is_told_with_the_cure(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(WorkersError, match="pip install"):
        dask_cluster("tcp://127.0.0.1:8786")


class Connection:
    async def close(self):
        pass


class FakeCluster:
    """A client of a cluster whose workers say of their versions what the test wants."""

    def __init__(self, monkeypatch, threads, found):
        self.closed = False
        self._threads, self._found = threads, found
        monkeypatch.setattr("distributed.core.connect", self._connect)
        monkeypatch.setattr("distributed.Client", lambda *_, **__: self)

    async def _connect(self, address, timeout):
        return Connection()

    def nthreads(self):
        return self._threads

    def run(self, function, *arguments):
        if arguments:
            return {}  # nobody lacks anything
        if isinstance(self._found, Exception):
            raise self._found
        return self._found

    def close(self):
        self.closed = True


@pytest.mark.parametrize(
    ("threads", "found", "said"),
    [
        ({}, {}, "has no workers"),
        ({"a": 1}, ModuleNotFoundError("No module named 'mnist_studio'"), "cannot train: install"),
        ({"a": 1, "b": 2}, {"a": versions(), "b": {"mnist-studio": "0.0.1"}}, "version 0.0.1"),
    ],
)
def test_a_cluster_that_cannot_train_is_told_and_let_go_of(monkeypatch, threads, found, said):
    cluster = FakeCluster(monkeypatch, threads, found)
    with pytest.raises(WorkersError, match=said):
        dask_cluster("tcp://10.0.0.1:8786")
    assert cluster.closed


def test_a_cluster_trains_as_many_runs_as_it_has_threads(monkeypatch):
    cluster = FakeCluster(monkeypatch, {"a": 1, "b": 2}, {"a": versions(), "b": versions()})
    workers = dask_cluster("tcp://10.0.0.1:8786")
    assert workers.count == 3
    assert not cluster.closed
    workers.close()
    assert cluster.closed


@pytest.mark.parametrize(("cores", "usable"), [(6, 6), (None, 1)])
def test_where_the_system_does_not_say_which_cores_are_ours_all_count(monkeypatch, cores, usable):
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: cores)
    assert usable_cores() == usable
