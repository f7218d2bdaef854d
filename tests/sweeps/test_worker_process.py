"""A process of a pool: deaf to Ctrl+C, alive for its job, gone with its owner."""

import json
import os
import signal
import subprocess
import sys

from mnist_studio.runs.checkpoint import read_checkpoint
from mnist_studio.runs.journal import JournalReader, journal_path
from mnist_studio.runs.requests import Request, write_request
from mnist_studio.sweeps.run_job import RunJob, train_run
from mnist_studio.sweeps.workers import local_processes
from mnist_studio.training.status import RunStatus

from ..polling import PATIENCE, wait_until
from ..training.builders import small_run
from .test_runner import posix

OWNER = """
import json, os, sys, time
from pathlib import Path
from mnist_studio.runs.journal import JournalReader, journal_path
from mnist_studio.sweeps.run_job import RunJob, train_run
from mnist_studio.sweeps.workers import local_processes
from mnist_studio.training.config import RunConfig
path, workers = Path(sys.argv[1]), local_processes(2)
idle, busy = workers.open(), workers.open()
busy.submit(train_run, RunJob(RunConfig.from_json(json.loads(sys.argv[2])), path, "mine"))
idle.submit(os.getpid).result()
reader = JournalReader(journal_path(path))
while not reader.read():
    time.sleep(0.002)
os._exit(7)
"""


@posix
def test_workers_whose_owner_dies_save_what_they_train_and_leave(tmp_path):
    path, config = tmp_path / "run-0001.npz", small_run(epochs=1000, batch_size=4)
    write_request(path, "mine", Request.TRAIN)
    # The output ends when the last process that inherited it does, so this waits for the workers.
    owner = subprocess.run(
        [sys.executable, "-c", OWNER, path, json.dumps(config.to_json())],
        capture_output=True,
        timeout=PATIENCE,
        check=False,
    )
    assert owner.returncode == 7, owner.stderr
    saved = read_checkpoint(path)
    assert saved.status is RunStatus.INTERRUPTED  # to be gone on with
    assert saved.position.step > 0
    assert saved.config == config


@posix
def test_a_worker_that_is_asked_to_end_saves_what_it_trains(tmp_path):
    path, config = tmp_path / "run-0001.npz", small_run(epochs=1000, batch_size=4)
    write_request(path, "mine", Request.TRAIN)
    executor = local_processes(1).open()
    with executor:
        process = executor.submit(os.getpid).result()
        future = executor.submit(train_run, RunJob(config, path, "mine"))
        reader = JournalReader(journal_path(path))
        wait_until(reader.read)
        os.kill(process, signal.SIGTERM)  # at logout each process is asked
    assert future.done()
    reader.read()
    saved = read_checkpoint(path)
    assert saved.status is RunStatus.INTERRUPTED
    assert saved.step == reader.history.step > 0  # and no batch is lost


@posix
def test_the_end_of_the_terminal_leaves_the_decision_to_the_owner():
    with local_processes(1).open() as executor:
        process = executor.submit(os.getpid).result()
        for each in (signal.SIGINT, signal.SIGHUP):
            assert executor.submit(signal.raise_signal, each).exception() is None
        assert executor.submit(os.getpid).result() == process
