"""The one shape of a thread."""

import pytest
from PySide6.QtCore import QObject, QThread, Signal, Slot

from mnist_studio.session.threads import Resident, ResidentThread


class Worker(Resident):
    def __init__(self):
        super().__init__()
        self.threads = []
        self.done = []

    @Slot(int)
    def work(self, number):
        self.threads.append(QThread.currentThread())
        self.done.append(number)

    def close(self):
        self.threads.append(QThread.currentThread())


class Asking(QObject):
    requested = Signal(int)


@pytest.fixture
def worker():
    return Worker()


@pytest.fixture
def thread(qapp, worker):
    owner = QObject()
    thread = ResidentThread("tested", worker, owner)
    yield thread
    thread.finish()
    owner.deleteLater()


def test_all_that_was_asked_for_is_done_in_the_thread_before_it_ends(thread, worker):
    asking = Asking()
    asking.requested.connect(worker.work)
    thread.start()
    for number in range(5):
        asking.requested.emit(number)
    thread.finish()
    assert worker.done == [0, 1, 2, 3, 4]
    assert set(worker.threads) == {thread}
    assert len(worker.threads) == 6
    assert thread.isFinished()


def test_a_thread_that_was_never_started_and_one_that_has_ended_can_be_finished(thread, worker):
    thread.finish()
    assert worker.threads == []
    thread.start()
    thread.finish()
    thread.finish()
    assert len(worker.threads) == 1
