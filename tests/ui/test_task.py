"""Work beside the window: its result, its failures in sentences, and its end at any time."""

import threading

import pytest
from PySide6.QtCore import QObject

from mnist_studio.cancel import WorkCancelled, check
from mnist_studio.data.errors import DataError
from mnist_studio.runs.checkpoint import CheckpointError
from mnist_studio.ui.task import Task

from ..polling import PATIENCE


class Heard(QObject):
    def __init__(self, task):
        super().__init__()
        self.progress, self.results, self.failures = [], [], []
        task.progressed.connect(lambda *parts: self.progress.append(parts))
        task.succeeded.connect(self.results.append)
        task.failed.connect(self.failures.append)


@pytest.fixture
def run(qapp, qtbot):
    """Let a task do its work to the end, and return what it told."""
    parent = QObject()

    def run_one(work):
        task = Task(work, parent)
        heard = Heard(task)
        with qtbot.waitSignal(task.finished):
            task.start()
        task.wait()
        return heard

    return run_one


def test_the_result_and_the_progress_are_told(run):
    def work(tell, _cancelled):
        tell(1, 2)
        tell(2, 2)
        return "done"

    heard = run(work)
    assert heard.progress == [(1, 2), (2, 2)]
    assert heard.results == ["done"]
    assert heard.failures == []


def test_the_window_does_not_wait_for_it(run):
    here = threading.get_ident()
    assert run(lambda _tell, _cancelled: threading.get_ident()).results != [here]


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (DataError("The data set is gone."), "The data set is gone."),
        (CheckpointError("run.npz is damaged."), "run.npz is damaged."),
        (
            PermissionError(13, "Permission denied", "a.csv"),
            "a.csv could not be written: Permission denied. Choose another place.",
        ),
        (
            OSError(28, "No space left on device"),
            "Nothing was saved: No space left on device. Choose another place.",
        ),
        (
            ValueError("bad"),
            "Something unexpected went wrong (ValueError); the log has details.",
        ),
    ],
)
def test_a_failure_is_told_in_one_sentence(run, error, sentence):
    def work(_tell, _cancelled):
        raise error

    heard = run(work)
    assert heard.failures == [sentence]
    assert heard.results == []


def _wait_for_cancellation(begun):
    def work(_tell, cancelled):
        begun.set()
        while True:
            check(cancelled)

    return work


def test_after_a_cancellation_nothing_is_told_but_the_end(qapp, qtbot):
    begun = threading.Event()
    parent = QObject()
    task = Task(_wait_for_cancellation(begun), parent)
    heard = Heard(task)
    with qtbot.waitSignal(task.finished):
        task.start()
        assert begun.wait(PATIENCE)
        task.cancel()
    assert (heard.results, heard.failures) == ([], [])


def test_a_result_that_comes_after_the_cancellation_is_not_told(qapp, qtbot):
    parent = QObject()
    task = Task(lambda _tell, _cancelled: "too late", parent)
    heard = Heard(task)
    task.cancel()
    with qtbot.waitSignal(task.finished):
        task.start()
    assert heard.results == []


def test_shutting_down_waits_until_it_has_ended(qapp):
    begun = threading.Event()
    parent = QObject()
    task = Task(_wait_for_cancellation(begun), parent)
    task.start()
    assert begun.wait(PATIENCE)
    task.shut_down()
    assert task.isFinished()


def test_a_cancellation_is_an_exception_that_work_need_not_catch():
    assert not issubclass(WorkCancelled, OSError)
    with pytest.raises(WorkCancelled):
        check(lambda: True)
