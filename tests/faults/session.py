"""A session, its runs and its sweeps commanded in any order, on a disk that fills.

What was told to be saved, named, deleted or brought back is looked for after every command and, as
the next start would, at the end.
"""

from __future__ import annotations

import contextlib
import errno
import functools
import logging
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from unittest import mock

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from PySide6.QtCore import QCoreApplication, QEventLoop, QObject
from PySide6.QtWidgets import QApplication
from shiboken6 import delete

from mnist_studio.runs import checkpoint, store
from mnist_studio.runs.header import read_header
from mnist_studio.runs.lock import is_held
from mnist_studio.runs.opened import open_run
from mnist_studio.runs.store import RunStore
from mnist_studio.session.dataset_source import DatasetSource
from mnist_studio.session.library import RunLibrary
from mnist_studio.session.session import Session
from mnist_studio.session.session_follower import SessionFollower
from mnist_studio.session.sweeps import SweepQueue
from mnist_studio.sweeps import run_job
from mnist_studio.sweeps.sweep import Sweep
from mnist_studio.sweeps.workers import Workers
from mnist_studio.training.status import RunStatus

from ..polling import wait_until
from ..training.builders import small_blobs, small_run
from .table import Row

CONFIGS = (
    small_run(epochs=1),
    small_run(epochs=1000),
    small_run(hidden=(32, 32), learning_rate=10.0, optimizer="momentum"),
)
row = Row("session in any order")


class SessionMachine(RuleBasedStateMachine):
    """Commands a session, and keeps in mind what it was told."""

    def __init__(self) -> None:
        super().__init__()
        row.cases += 1
        self._stack = contextlib.ExitStack()
        self.folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory())) / "runs"
        self.full = False
        for module, name in ((checkpoint, "replace_file"), (store, "write_json")):
            self._break(module, name)
        blobs = small_blobs()
        self._stack.enter_context(mock.patch.object(run_job, "_dataset", return_value=blobs))
        self._owner = QObject()
        data = DatasetSource(load=lambda *_: blobs)
        self.session = Session(self.folder, self._owner, data)
        self.library = RunLibrary(self.folder, self._owner)
        SessionFollower(self.session, self.library.live, self.library)
        workers = Workers(2, functools.partial(ThreadPoolExecutor, 1))
        self.sweeps = SweepQueue(
            self.library.live, self.folder, self._owner, make_workers=lambda _: workers
        )
        self.saved: dict[Path, tuple[float, int]] = {}
        self.names: dict[Path, str] = {}
        self.sweep_begun = False
        self.session.saved.connect(self._on_saved)
        self.library.refresh()

    def _break(self, module: object, name: str) -> None:
        write = getattr(module, name)

        def write_if_there_is_room(*arguments, **options):
            if self.full:
                row.faults += 1
                raise OSError(errno.ENOSPC, "No space left on device")
            write(*arguments, **options)

        self._stack.enter_context(mock.patch.object(module, name, write_if_there_is_room))

    def _on_saved(self, path: Path) -> None:
        position = open_run(path).checkpoint.position
        self.saved[path] = (position.started, position.step)

    def _listen(self, condition) -> None:
        def there() -> bool:
            QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 5)
            return condition()

        wait_until(there)

    def _settled(self) -> None:
        """Let what was asked of the library be done."""
        self._listen(lambda: not self.library.busy)

    # --- commands --------------------------------------------------------------------------

    @rule(config=st.sampled_from(CONFIGS), first=st.sampled_from(("run", "batch", "epoch")))
    def start(self, config, first):
        run, busy = self.session.run, self.session.active
        self.session.start(config, first=first)
        self._listen(lambda: busy or self.session.run is not run)

    @rule()
    def pause(self):
        self.session.pause()
        self._listen(lambda: not self.session.active or self.session.status is RunStatus.PAUSED)

    @rule()
    def resume(self):
        self.session.resume()

    @rule()
    def step(self):
        self.session.step()

    @rule()
    def stop(self):
        self.session.stop()
        self._listen(lambda: not self.session.active)

    @rule(epochs=st.sampled_from((0, 5)))
    def go_on(self, epochs):
        self.session.continue_run(epochs)

    @rule(index=st.integers(0, 5))
    def open(self, index):
        if path := self._path(index):
            self.session.opener.open(path)

    @rule(index=st.integers(0, 5), best=st.booleans())
    def fork(self, index, best):
        if path := self._path(index):
            self.session.opener.fork(path, CONFIGS[0], best=best, parent="a run")

    @rule(number=st.integers(0, 3))
    def save_elsewhere(self, number):
        self.session.save_as(self.folder.parent / f"saved-{number}.npz")

    @rule(index=st.integers(0, 5), name=st.sampled_from(("first", "我的", "x" * 50)))
    def rename(self, index, name):
        self._settled()
        path = self._path(index)
        if path and not self.full and self.library.row(path) is not None:
            self.library.set_label(path, name=name)
            self.names[path] = name
            self._listen(lambda: RunStore(self.folder).label(path).name == name)

    @rule(index=st.integers(0, 5))
    def delete_and_bring_back(self, index):
        self._settled()
        path = self._path(index)
        if path is None or self.library.row(path) is None or path in self.library.live:
            return
        self.library.delete([path])
        self._settled()
        gone = not path.exists()
        self.library.undo_delete() if gone else None
        self._listen(lambda: path.exists() or not gone)
        self._settled()

    @rule()
    def sweep(self):
        if not self.sweep_begun and not self.full:
            self.sweep_begun = True
            self.sweeps.start(Sweep("", CONFIGS[0], (("batch_size", (8, 16)),)))

    @rule(full=st.booleans())
    def fill_the_disk_or_make_room(self, full):
        self.full = full

    def _path(self, index: int) -> Path | None:
        paths = RunStore(self.folder).paths()
        return paths[index] if index < len(paths) else None

    # --- what must hold --------------------------------------------------------------------

    @invariant()
    def everything_is_there(self):
        QCoreApplication.processEvents()
        records, damaged = RunStore(self.folder).records()
        assert not damaged
        for record in records:
            if record.header.status.active:
                held = is_held(record.path)  # or it has ended in this moment
                assert held or not read_header(record.path).status.active
            assert record.label.name == self.names.get(record.path, record.label.name)
        for path, (started, step) in self.saved.items():
            found = open_run(path).checkpoint.position
            # Another run may have been saved in its place, which is not told yet.
            assert found.started != started or found.step >= step
        active = self.session.active
        assert not (active and self.session.can_continue(1000))

    def teardown(self) -> None:
        """Close as the window does, with room again, and open everything."""
        try:
            self.full = False
            self.sweeps.shut_down()
            self.library.shut_down()
            self.session.end_training()
            unsaved = self.session.unsaved
            unsaved.try_again()
            self._listen(lambda: not len(unsaved))
            run = self.session.run
            self.session.shut_down()
            QCoreApplication.sendPostedEvents()
            wait_until(lambda: not any(map(is_held, RunStore(self.folder).paths())))
            for path in RunStore(self.folder).paths():
                open_run(path)
            if run is not None and run.checkpoint is not None and run.path is not None:
                steps = [open_run(path).checkpoint for path in RunStore(self.folder).paths()]
                started = run.checkpoint.position.started
                own = [each.step for each in steps if each.position.started == started]
                assert not own or max(own) >= run.checkpoint.step
        finally:
            delete(self._owner)  # here, and not by whatever thread collects garbage
            self._stack.close()


def run(long: bool) -> Iterator[Row]:
    """Let hypothesis command; whatever it finds is told as one thing lost."""
    application = QApplication.instance() or QApplication([])
    logging.disable(logging.CRITICAL)  # the failures are meant
    row.cases = row.faults = 0
    chosen = settings(
        max_examples=400 if long else 15,
        stateful_step_count=40 if long else 25,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
        print_blob=False,
    )
    try:
        run_state_machine_as_test(SessionMachine, settings=chosen)
    except Exception as error:
        causes = [repr(each) for each in getattr(error, "exceptions", ())]
        row.lost.append("\n".join([repr(error), *causes, *getattr(error, "__notes__", ())]))
    finally:
        logging.disable(logging.NOTSET)
        application.processEvents()
    yield row
