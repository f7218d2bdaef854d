"""The power is cut after each call that changes the disk, and what was not synced is gone.

The model is that of a file system that keeps the order of its names, and the content of a file
only from ``fsync`` on: at a cut, any number of the latest changes of names may be missing, and
what a file has got since its last ``fsync`` may be missing, half there, or all there. A name whose
folder was synced stays. So a save that was waited for must be there after every cut, and nothing
that is there may be half of something.
"""

from __future__ import annotations

import logging
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from mnist_studio.errors import StudioError
from mnist_studio.runs.checkpoint import write_checkpoint
from mnist_studio.runs.label import RunLabel
from mnist_studio.runs.opened import open_run
from mnist_studio.runs.store import RunStore

from .layer import Layer
from .samples import LABEL, state_at, store_with_run
from .table import Row

SHARES = (0.0, 0.5, 1.0)  # of what was written and not synced


class Promise(NamedTuple):
    """What the user was told to be saved: the second of the run, and its label."""

    second: int
    label: RunLabel


class Change(NamedTuple):
    """One change of the names in the folder."""

    call: str
    path: Path
    other: Path | None
    file: int


class Drive(Layer):
    """Notes what would be on the disk after each call."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        # Of each file ever made: what it has now, and what of that is on the disk.
        self.contents: list[bytes] = []
        self.synced: list[bytes] = []
        self.names: dict[Path, int] = {}
        self.durable: dict[Path, int] = {}
        self.pending: list[Change] = []
        self.promise = Promise(1, LABEL)
        self.cuts: list[tuple[str, Drive]] = []
        for path in folder.rglob("*"):
            if path.is_file():
                self._new(path.absolute())
                self.synced[-1] = self.contents[-1] = path.read_bytes()
        self.durable = dict(self.names)

    def after(self, call: str, path: Path, *more: Path) -> None:
        """Note a call, and what would be left if the power were cut now."""
        other = more[0] if more else None
        if call == "create" and path not in self.names:
            self._new(path)
            self.pending.append(Change(call, path, None, self.names[path]))
        elif call == "close":
            self.contents[self.names[path]] = path.read_bytes()
        elif call == "fsync" and path.is_dir():
            for change in self.pending:
                _apply(self.durable, change)
            self.pending.clear()
        elif call == "fsync":
            self.contents[self.names[path]] = self.synced[self.names[path]] = path.read_bytes()
        elif call in ("replace", "rename", "link", "unlink"):
            change = Change(call, path, other, self.names[path])
            self.pending.append(change)
            _apply(self.names, change)
        self._note_cut(f"{call} {path.name}")

    def tell(self, **changes) -> None:
        """Note that the user is told that something is saved."""
        self.promise = self.promise._replace(**changes)
        self._note_cut(f"told {self.promise}")

    def remnants(self) -> Iterator[tuple[str, dict[Path, bytes]]]:
        """Yield what may be left of the folder if the power is cut now."""
        for count in range(len(self.pending) + 1):
            names = dict(self.durable)
            for change in self.pending[:count]:
                _apply(names, change)
            for share in SHARES:
                left = {path: self._left(file, share) for path, file in names.items()}
                yield f"{count} names of {len(self.pending)}, {share:.0%} unsynced", left

    def _left(self, file: int, share: float) -> bytes:
        if self.contents[file] == self.synced[file]:
            return self.synced[file]
        return self.contents[file][: int(share * len(self.contents[file]))]

    def _new(self, path: Path) -> None:
        self.names[path] = len(self.contents)
        self.contents.append(b"")
        self.synced.append(b"")

    def _note_cut(self, last: str) -> None:
        self.cuts.append((f"after {len(self.cuts) + 1} calls ({last})", self._frozen()))

    def _frozen(self) -> Drive:
        copy = object.__new__(Drive)
        copy.__dict__ |= self.__dict__ | {
            "contents": list(self.contents),
            "synced": list(self.synced),
            "durable": dict(self.durable),
            "pending": list(self.pending),
        }
        return copy


def _apply(names: dict[Path, int], change: Change) -> None:
    if change.call == "unlink":
        names.pop(change.path, None)
        return
    if change.call in ("replace", "rename"):
        names.pop(change.path, None)
    names[change.other or change.path] = change.file


def run(long: bool) -> Iterator[Row]:
    """Cut the power everywhere in an afternoon of saving; the short version ends before noon."""
    logging.disable(logging.CRITICAL)
    try:
        yield cut_everywhere(saves=6 if long else 3)
    finally:
        logging.disable(logging.NOTSET)


def cut_everywhere(saves: int) -> Row:
    """Save in passing and as asked, in turn, and rename; return what the cuts have cost."""
    row = Row("power: saves and a rename, cut after every call")
    with tempfile.TemporaryDirectory() as name, tempfile.TemporaryDirectory() as other:
        store, path = store_with_run(Path(name))
        drive = Drive(store.folder)
        with drive.active():
            for second in range(2, 2 + saves):
                durable = second % 3 == 0
                write_checkpoint(path, state_at(second), durable=durable)
                if durable:
                    drive.tell(second=second)
                    label = RunLabel(f"renamed in second {second}")
                    store.write_label(path, label)
                    drive.tell(label=label)
        for when, cut in drive.cuts:
            for what, left in cut.remnants():
                with row.case():
                    row.faults += 1
                    found = _opened_again(store.folder, Path(other) / "runs", left, cut.promise)
                if found:
                    row.lost.append(f"{when}, {what}: {found}")
    return row


def _opened_again(folder: Path, place: Path, left: dict[Path, bytes], promise: Promise) -> str:
    """Lay out what is left, do what the next start does, and return what was lost."""
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    for path, content in left.items():
        (place / path.relative_to(folder)).write_bytes(content)
    store = RunStore(place)
    try:
        store.purge()
        second = open_run(place / "run-0001.npz").checkpoint.position.seconds
    except StudioError as error:
        return str(error)
    if second < promise.second:
        return f"the state of second {second} instead of {promise.second}"
    label = store.label(place / "run-0001.npz")
    if label.name < promise.label.name:  # "my best run", then "renamed …", in this order
        return f"the label {label.name!r} instead of {promise.label.name!r}"
    return ""
