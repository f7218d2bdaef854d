"""Every call that changes the disk fails once: the first, the second, … until nothing is left.

Once transiently, once for good, and once the process is killed at it. Then everything is opened
again as the next start would, and compared with what had been there and what had been told.
"""

from __future__ import annotations

import dataclasses
import functools
import logging
import multiprocessing
import signal
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from mnist_studio.errors import StudioError
from mnist_studio.report.tables import run_table, to_csv, write_table
from mnist_studio.runs.checkpoint import write_checkpoint
from mnist_studio.runs.header import read_header
from mnist_studio.runs.label import RunLabel
from mnist_studio.runs.opened import open_run
from mnist_studio.runs.recorder import RunRecorder
from mnist_studio.runs.store import RunStore
from mnist_studio.sweeps.store import SweepStore
from mnist_studio.sweeps.sweep import Sweep
from mnist_studio.training.trainer import Trainer

from ..training.builders import small_blobs, small_run
from .layer import FaultyDisk
from .samples import LABEL, state_at, store_with_run
from .table import Row

CHANGES = {"name": "another name", "color": 7}
RENAMED = dataclasses.replace(LABEL, **CHANGES)
MOST_CALLS = 5000
FIRST = "run-0001.npz"


@dataclass(frozen=True)
class Task:
    """Something that writes.

    Attributes
    ----------
    name : str
        What it is.
    act : callable
        Does it in a folder; raises StudioError or OSError if it tells that it failed.
    check : callable
        Given the folder, and whether the task told that it is done (None if it was killed),
        returns what was lost, or an empty text.
    """

    name: str
    act: Callable[[Path], None]
    check: Callable[[Path, bool | None], str]


def _save(folder: Path, *, durable: bool = True) -> None:
    write_checkpoint(folder / "runs" / FIRST, state_at(2), durable=durable)


def _check_save(folder: Path, done: bool | None) -> str:
    found = open_run(folder / "runs" / FIRST).checkpoint.position.seconds
    allowed = (2,) if done else (1, 2)
    if found not in allowed:
        return f"the state of second {found} instead of {allowed}"
    return _label_lost(folder, LABEL)


def _train(folder: Path) -> None:
    path, failures = RunStore(folder / "runs").reserve(), []
    trainer = Trainer(small_run(hidden=(4,), epochs=2), small_blobs())
    recorder = RunRecorder(trainer, path, failures.append)
    for event in trainer.run():
        recorder.follow(event)
    recorder.finish()
    if not recorder.saved:
        raise StudioError(failures[-1])


def _check_train(folder: Path, done: bool | None) -> str:
    path = folder / "runs" / "run-0002.npz"
    if path.exists():
        step = open_run(path).checkpoint.step
        if done and step != 30:
            return f"the training is said to be saved, but ends at batch {step}"
    elif done:
        return "the training is said to be saved, but there is no file"
    return _check_save(folder, None)


def _delete(folder: Path) -> None:
    RunStore(folder / "runs").delete(folder / "runs" / FIRST)


def _check_delete(folder: Path, done: bool | None) -> str:
    store = RunStore(folder / "runs")
    path = store.folder / FIRST
    if not path.exists():
        store.restore(store.folder / "deleted" / FIRST)  # as the button says
    elif done:
        return "the run is said to be deleted, but is still there"
    return _check_save(folder, None)


def _rename(folder: Path) -> None:
    RunStore(folder / "runs").change_label(folder / "runs" / FIRST, **CHANGES)


def _check_rename(folder: Path, done: bool | None) -> str:
    label = RunStore(folder / "runs").label(folder / "runs" / FIRST)
    if label != RENAMED and (done or label != LABEL):
        return f"the label is {label}"
    return ""


def _begin_sweep(folder: Path) -> None:
    SweepStore(RunStore(folder / "runs")).begin(_sweep())


def _sweep() -> Sweep:
    return Sweep("batches", small_run(), (("batch_size", (10, 20)),), 2)


def _check_sweep(folder: Path, done: bool | None) -> str:
    store = SweepStore(RunStore(folder / "runs"))
    records, damaged = store.records()
    if damaged:
        return f"a damaged sweep is left: {damaged[0].message}"
    if done and [record.sweep for record in records] != [_sweep()]:
        return "the sweep is said to be kept, but is not there"
    if any(record.sweep != _sweep() for record in records):
        return "another sweep is there"
    return _check_save(folder, None)


def _export(folder: Path) -> None:
    write_table(folder / "runs" / "table.csv", run_table([]))


def _check_export(folder: Path, done: bool | None) -> str:
    path = folder / "runs" / "table.csv"
    whole = path.exists() and path.read_bytes() == to_csv(run_table([])).encode()
    if not whole and (done or path.exists()):
        return "the table is not whole"
    return _check_save(folder, None)


def _label_lost(folder: Path, label: RunLabel) -> str:
    found = RunStore(folder / "runs").label(folder / "runs" / FIRST)
    return "" if found == label else f"the label is {found}"


TASKS = {
    task.name: task
    for task in (
        Task("save", _save, _check_save),
        Task("save in passing", functools.partial(_save, durable=False), _check_save),
        Task("training", _train, _check_train),
        Task("delete", _delete, _check_delete),
        Task("rename", _rename, _check_rename),
        Task("sweep start", _begin_sweep, _check_sweep),
        Task("export", _export, _check_export),
    )
}


def run(long: bool) -> Iterator[Row]:
    """Let every call of every task fail, or in the short version some of them."""
    logging.disable(logging.CRITICAL)  # the failures are meant
    try:
        for task in TASKS.values():
            for way in ("once", "for good", "killed"):
                if way == "killed" and sys.platform == "win32":
                    continue
                yield try_all(task, way, _numbers(long, killed=way == "killed"))
    finally:
        logging.disable(logging.NOTSET)


def _numbers(long: bool, *, killed: bool) -> Iterator[int]:
    """Yield which calls are to fail: all, or in the short version fewer and fewer."""
    if long:
        yield from range(1, MOST_CALLS)
    elif killed:
        yield from (*range(3, 12, 4), *range(12, MOST_CALLS, 101))
    else:
        yield from (*range(1, 12), *range(12, MOST_CALLS, 41))


def try_all(task: Task, way: str, numbers: Iterable[int]) -> Row:
    """Let one call after the other fail until there are no more, and say what came of it."""
    row = Row(f"disk: {task.name}, {way}")
    for number in numbers:
        with tempfile.TemporaryDirectory() as name, row.case():
            folder = Path(name)
            store_with_run(folder)
            met, done = (
                _killed(task, folder, number)
                if way == "killed"
                else _failed(task, folder, number, lasting=way == "for good")
            )
            lost = _opened_again(task, folder, done)
            if lost:
                row.lost.append(f"call {number} ({met}): {lost}")
            if not met:
                return row
            row.faults += 1
    raise AssertionError(f"{task.name} does not come to an end")


def _failed(task: Task, folder: Path, number: int, *, lasting: bool) -> tuple[str, bool]:
    """Return which call failed, and whether the task told that it is done."""
    disk = FaultyDisk(folder, number, lasting=lasting)
    try:
        with disk.active():
            task.act(folder)
    except (StudioError, OSError):
        return disk.met, False
    return disk.met, True


def _killed(task: Task, folder: Path, number: int) -> tuple[str, bool | None]:
    """Return the same, of a process of its own that is killed at the call."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    process = context.Process(target=_act_and_die, args=(task.name, folder, number))
    process.start()
    process.join()
    if process.exitcode == 0:
        return "", True
    assert process.exitcode == -signal.SIGKILL, "it ended by itself, and not as it was meant to"
    return "killed", None


def _act_and_die(name: str, folder: Path, number: int) -> None:
    with FaultyDisk(folder, number, kill=True).active():
        TASKS[name].act(folder)


def _opened_again(task: Task, folder: Path, done: bool | None) -> str:
    """Do what the next start does, and return what was lost."""
    store = RunStore(folder / "runs")
    try:
        store.purge()
        lost = task.check(folder, done)
        if lost:
            return lost
        for path in store.paths():
            read_header(path)
    except (StudioError, OSError) as error:
        return str(error)
    left = [each.name for each in store.folder.iterdir() if each.name.endswith(".tmp")]
    return f"{left} is left behind" if left else ""
