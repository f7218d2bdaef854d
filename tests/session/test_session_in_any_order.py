"""Commands in any order, from inside of what is told as well."""

import dataclasses
import random

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QEventLoop
from pytestqt.exceptions import capture_exceptions

from mnist_studio.data.errors import DataError
from mnist_studio.runs.checkpoint import write_checkpoint
from mnist_studio.runs.restore import take_checkpoint
from mnist_studio.session.pending_run import PendingRun
from mnist_studio.training.config import DataConfig
from mnist_studio.training.status import FailureKind, RunStatus

from ..training.builders import small_run, train
from .conftest import SIGNALS

COMMANDS = 80
SHORT, LONG = small_run(epochs=1), small_run(epochs=1000)
DIVERGING = small_run(hidden=(32, 32), learning_rate=10.0, optimizer="momentum")
OTHER_LAYERS = small_run(hidden=(5,), epochs=2)
OTHER_DATA = dataclasses.replace(SHORT, data=DataConfig(dataset="fashion-mnist"))
MISSING_DATA = dataclasses.replace(SHORT, data=DataConfig(dataset="mnist"))
CONFIGS = (SHORT, SHORT, LONG, DIVERGING, OTHER_LAYERS, OTHER_DATA, MISSING_DATA)
BLANK = np.zeros((28, 28), np.uint8)


class Commander:
    """Commands a session at random, and at times while it tells something.

    Parameters
    ----------
    session : Session
        Is commanded.
    seed : int
        Decides on the commands.
    files : list of Path
        To be opened; not all of them can be.
    """

    def __init__(self, session, seed, files):
        self._session = session
        self._random = random.Random(seed)
        self._files = files
        self._depth = 0
        self._told = 0
        self._asked = self._answered = 0  # to open a file
        for name in SIGNALS:
            getattr(session, name).connect(self._on_told)
        for answer in (session.files.opened, session.files.refused):
            answer.connect(self._on_answered)

    def command(self):
        session, chosen = self._session, self._random.choice
        path, config = chosen(self._files), chosen(CONFIGS)
        commands = [
            lambda: session.start(config, first=chosen(("run", "batch", "epoch"))),
            lambda: session.start(config),
            lambda: session.continue_run(chosen((0, 5))),
            session.pause,
            session.resume,
            session.step,
            session.run_epoch,
            session.stop,
            lambda: session.set_live("learning_rate", 0.01),
            lambda: session.save_as(path.with_name("saved.npz")),
        ]
        opening = [
            lambda: session.opener.open(path),
            lambda: session.opener.open_and_continue(path),
            lambda: session.opener.fork(path, config, best=chosen((True, False)), parent="run 1"),
        ]
        command = chosen(commands + opening)
        self._asked += command in opening and not session.active
        command()

    def listen(self):
        """Let the session tell something, much or nothing."""
        for _ in range(self._random.choice((0, 0, 1, 5, 20))):
            told = self._told
            while told == self._told and self._something_comes():
                QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)

    def _something_comes(self):
        trains = self._session.active and self._session.status is not RunStatus.PAUSED
        return trains or self._asked > self._answered

    def _on_answered(self, *_):
        self._answered += 1

    def _on_told(self, *_):
        self._told += 1
        assert_whole(self._session)
        if not self._depth and self._random.random() < 0.1:
            self._depth += 1
            self.command()
            self._depth -= 1


def assert_whole(session):
    """Assert that what a session says of itself fits together."""
    run, status = session.run, session.status
    in_work = (RunStatus.QUEUED, RunStatus.RUNNING, RunStatus.PAUSED)
    assert session.active == (status in in_work)
    assert not (session.active and session.can_continue(1000))
    if run is None:
        return
    assert run.status.active == (run.checkpoint is None)
    assert np.isfinite(session.predict(BLANK)).all()
    if run.checkpoint is not None:
        assert run.checkpoint.step == run.history.step
        assert run.checkpoint.config == run.config
        np.testing.assert_array_equal(run.network.weights()[0], run.checkpoint.kept_weights[0])


@pytest.fixture
def files(tmp_path, blobs):
    """A complete run, one that is there as soon as it is trained, and one that is damaged."""
    complete, damaged = tmp_path / "complete.npz", tmp_path / "damaged.npz"
    write_checkpoint(complete, take_checkpoint(train(SHORT, blobs)))
    damaged.write_bytes(b"nothing")
    return [complete, tmp_path / "runs" / "run-0001.npz", damaged]


@pytest.mark.parametrize("seed", range(12))
def test_every_run_ends_exactly_once(session, shelf, record, monkeypatch, files, seed):
    def count_and_begin(*arguments):
        begun.append(arguments)
        begin(*arguments)

    begun, begin = [], PendingRun.begin
    shelf.errors[MISSING_DATA.data.dataset] = DataError("The data are gone.")
    monkeypatch.setattr(PendingRun, "begin", count_and_begin)
    with capture_exceptions() as raised:
        commander = Commander(session, seed, files)
        for _ in range(COMMANDS):
            commander.command()
            assert_whole(session)
            commander.listen()
        session.shut_down()
        QCoreApplication.sendPostedEvents()
    assert raised == []
    ends = record.of("run_ended")
    assert len(ends) == len(begun)
    assert not session.active
    failures = {failure.kind for _, failure in ends if failure is not None}
    assert failures <= {FailureKind.DIVERGED, FailureKind.OTHER}
