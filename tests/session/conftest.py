"""A session on a small data set, and a record of what it tells."""

import dataclasses

import pytest
from PySide6.QtCore import QObject, QThread

from mnist_studio.session.dataset_source import DatasetSource
from mnist_studio.session.inquirer import Inquirer
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
        session.opener.opened.connect(self._keeper("opened"))
        session.files.offered.connect(self._keeper("run_offered"))
        for name in ("changed", "loading", "failed"):
            getattr(session.data, name).connect(self._keeper(f"dataset_{name}"))

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


class Shelf:
    """Gives the small data set out by any name; what is asked for in vain raises its error."""

    def __init__(self, dataset):
        self.errors = {}
        self._dataset = dataset

    def load(self, name, folder=None):
        if name in self.errors:
            raise self.errors[name]
        return dataclasses.replace(self._dataset, name=name)


@pytest.fixture
def shelf(blobs):
    return Shelf(blobs)


@pytest.fixture
def session(qapp, tmp_path, shelf):
    """A session that finds the small data set wherever it looks for one."""
    session = Session(tmp_path / "runs", data=DatasetSource(load=shelf.load))
    yield session
    session.shut_down()


@pytest.fixture
def record(session):
    return Record(session)


@pytest.fixture
def inquirer(qapp):
    inquirer = Inquirer()
    yield inquirer
    inquirer.shut_down()
