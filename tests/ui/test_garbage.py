"""Python's garbage, collected in the window's thread."""

import gc
import threading

import pytest
from PySide6.QtCore import QObject

from mnist_studio.ui.garbage import GarbageCollector


@pytest.fixture
def collector(qapp):
    owner = QObject()
    yield GarbageCollector(owner)
    owner.deleteLater()


def test_what_stays_is_not_gone_through_again(collector):
    growing = [[] for _ in range(1000)]
    before = len(gc.get_objects())
    collector.keep()
    assert len(gc.get_objects()) < before - len(growing)


class Circle:
    def __init__(self, ended):
        self.itself = self
        self._ended = ended

    def __del__(self):
        self._ended.append(threading.current_thread())


def test_what_a_thread_leaves_behind_ends_in_the_windows_thread(qtbot, collector):
    ended = []
    count = 5 * gc.get_threshold()[0]
    thread = threading.Thread(target=lambda: [Circle(ended) for _ in range(count)])
    thread.start()
    thread.join()
    assert ended == []

    qtbot.waitUntil(lambda: len(ended) == count)
    assert set(ended) == {threading.main_thread()}
