"""The run that the window trains, as the library of runs lists it."""

import pytest
from PySide6.QtCore import QObject

from mnist_studio.session.library import RunLibrary
from mnist_studio.session.session_follower import SessionFollower
from mnist_studio.training.status import RunStatus

from ..training.builders import small_run

LONG = {"epochs": 1000, "batch_size": 1, "learning_rate": 0.001}


class Listening(RunLibrary):
    """A library that also keeps what it was told of live runs."""

    def __init__(self, folder):
        super().__init__(folder)
        self.attached, self.updates, self.detached = [], [], []
        self.live.attached.connect(self.attached.append)
        self.live.changed.connect(self._note)
        self.live.detached.connect(self.detached.append)

    def _note(self):
        for path, run in self.live.training.items():
            self.updates.append((path, run.status, run.progress))


@pytest.fixture
def library(session, tmp_path):
    library, parent = Listening(tmp_path / "runs"), QObject()
    SessionFollower(session, library.live, parent)
    yield library
    session.shut_down()
    library.shut_down()


def start(session, qtbot, **training):
    with qtbot.waitSignal(session.batches_ended):
        session.start(small_run(**training))


def end(session, qtbot):
    with qtbot.waitSignal(session.run_ended):
        session.stop()


def row_with_status(qtbot, library, path, status):
    def is_there():
        row = library.row(path)
        assert row is not None
        assert row.status is status
        return True

    qtbot.waitUntil(is_there)
    return library.row(path)


def test_a_run_is_listed_with_its_growing_curves_while_it_trains(session, library, qtbot):
    start(session, qtbot, **LONG)
    row = row_with_status(qtbot, library, session.run.path, RunStatus.RUNNING)
    assert row.number == 1
    assert row.config == session.run.config
    assert library.history(row.path) is session.run.history
    before = session.run.history.step
    qtbot.waitUntil(lambda: library.row(row.path).header.step > before)
    qtbot.waitUntil(lambda: library.row(row.path).progress > 0)
    end(session, qtbot)


def test_an_ended_run_is_listed_as_its_file_has_it(session, library, qtbot):
    with qtbot.waitSignal(session.run_ended):
        session.start(small_run(epochs=2))
    path = session.run.path
    row = row_with_status(qtbot, library, path, RunStatus.COMPLETED)
    qtbot.waitUntil(lambda: library.row(path).progress is None)
    row = library.row(path)
    assert row.test_accuracy == session.run.history.test.accuracy
    assert row.epochs == 2
    assert library.detached == [path]
    progress = [share for _, _, share in library.updates]
    assert progress == sorted(progress)
    assert progress[-1] == pytest.approx(1.0, abs=0.01)


def test_a_pause_is_listed_and_progress_goes_on_after_it(session, library, qtbot):
    start(session, qtbot, **LONG)
    path = session.run.path
    session.pause()
    row = row_with_status(qtbot, library, path, RunStatus.PAUSED)
    assert row.progress is not None
    session.resume()
    row_with_status(qtbot, library, path, RunStatus.RUNNING)
    end(session, qtbot)
    row_with_status(qtbot, library, path, RunStatus.STOPPED)


def test_a_run_for_some_seconds_is_as_far_as_its_time(session, library, qtbot):
    with qtbot.waitSignal(session.run_ended):
        session.start(small_run(**LONG, max_seconds=0.4))
    assert max(share for _, _, share in library.updates) > 0.9


def test_a_continued_run_is_live_again(session, library, qtbot):
    start(session, qtbot, **LONG)
    path = session.run.path
    end(session, qtbot)
    row_with_status(qtbot, library, path, RunStatus.STOPPED)
    with qtbot.waitSignal(session.batches_ended):
        session.continue_run()
    row_with_status(qtbot, library, path, RunStatus.RUNNING)
    assert library.attached == [path, path]
    end(session, qtbot)


def test_an_opened_run_is_not_live(session, library, qtbot):
    with qtbot.waitSignal(session.run_ended):
        session.start(small_run(epochs=1))
    library.attached.clear()
    with qtbot.waitSignal(session.opener.opened):
        session.opener.open(session.run.path)
    assert library.attached == []


def test_a_run_that_takes_the_place_of_another_is_listed_beside_it(session, library, qtbot):
    start(session, qtbot, **LONG)
    first = session.run.path
    with qtbot.waitSignal(session.run_ended):
        session.stop()
    start(session, qtbot, **(LONG | {"batch_size": 2}))
    assert session.run.path != first
    row_with_status(qtbot, library, session.run.path, RunStatus.RUNNING)
    row_with_status(qtbot, library, first, RunStatus.STOPPED)
    end(session, qtbot)
