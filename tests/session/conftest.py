"""A session on a small data set, and a record of what it tells."""

import pytest
from PySide6.QtCore import QObject, QThread

from mnist_studio.session.session import Session

SIGNALS = (
    "run_started",
    "batches_ended",
    "epoch_ended",
    "hyperparameter_changed",
    "test_evaluated",
    "status_changed",
    "run_ended",
    "network_changed",
    "dataset_changed",
    "dataset_loading",
    "dataset_progress",
    "dataset_failed",
    "run_offered",
    "opened",
    "saved",
    "failed",
)


class Record(QObject):
    """Everything that a session told, in order, and in which thread it was told."""

    def __init__(self, session):
        super().__init__()
        self.told = []
        self.threads = set()
        for name in SIGNALS:
            getattr(session, name).connect(self._keeper(name))

    def _keeper(self, name):
        def keep(*arguments):
            self.told.append((name, arguments))
            self.threads.add(QThread.currentThread())

        return keep

    def of(self, name):
        """Return what the signal carried each time: its only argument, or a tuple of them."""
        found = [arguments for told, arguments in self.told if told == name]
        return [args[0] if len(args) == 1 else args for args in found]

    def names(self, *wanted):
        return [name for name, _ in self.told if name in wanted]


@pytest.fixture
def session(qapp, tmp_path, blobs, monkeypatch):
    """A session that finds the small data set wherever it looks for one."""
    monkeypatch.setattr("mnist_studio.data.loading.load", lambda name, folder=None: blobs)
    session = Session(tmp_path / "runs")
    yield session
    session.shut_down()


@pytest.fixture
def record(session):
    return Record(session)
