"""Files that somebody changed: refused in a sentence, or all that is accepted is as it must be.

Every kind of file that the app reads is changed at random, always in the same way for the same
number, and read as the app does. What comes out is held against the schema, and what is read is
used: in tables, curves and reports nothing else may go wrong.
"""

from __future__ import annotations

import functools
import gzip
import io
import json
import logging
import math
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import NamedTuple

import numpy as np
from PIL import Image
from PySide6.QtCore import qInstallMessageHandler

from mnist_studio.cli.common import CommandError
from mnist_studio.cli.predict import _read_image
from mnist_studio.data.errors import DataError
from mnist_studio.data.files import read_unpacked
from mnist_studio.data.idx import parse_idx, parse_labels
from mnist_studio.runs.checkpoint import CheckpointError, write_checkpoint
from mnist_studio.runs.header import read_header
from mnist_studio.runs.journal import JournalReader, JournalWriter
from mnist_studio.runs.label import RunLabel
from mnist_studio.runs.opened import open_run
from mnist_studio.runs.requests import Request, read_request
from mnist_studio.runs.restore import restore
from mnist_studio.runs.store import RunRecord, RunStore
from mnist_studio.session.settings import Settings
from mnist_studio.sweeps.store import SweepError, SweepStore
from mnist_studio.sweeps.sweep import Sweep
from mnist_studio.training.trainer import Trainer
from mnist_studio.ui.sketch.image import gray_pixels, on_white_paper, read_image

from ..data.builders import NAMES, small_dataset
from ..training.builders import small_blobs, small_run
from . import schema
from .mutations import changed_bytes, changed_json, changed_run
from .samples import LABEL, small_state
from .table import Row

LONG, SHORT = 20_000, 900
MOST_SECONDS, MOST_MEGABYTES = 2.0, 200.0


class Kind(NamedTuple):
    """A kind of file.

    Attributes
    ----------
    name, file : str
        What it is, and what it is called.
    change : callable
        Returns a changed one.
    read : callable
        Reads it as the app does, and returns whether it was accepted; raises AssertionError if
        something was that must not be.
    share : float
        Of all cases.
    """

    name: str
    file: str
    change: Callable[[Random], bytes]
    read: Callable[[Path], bool]
    share: float


def run(long: bool) -> Iterator[Row]:
    """Change every kind of file so many times."""
    logging.disable(logging.CRITICAL)
    before = qInstallMessageHandler(lambda *_: None)  # Qt's readers of images say what they met
    try:
        for kind in KINDS:
            yield fuzz(kind, round((LONG if long else SHORT) * kind.share), limits=long)
    finally:
        qInstallMessageHandler(before)
        logging.disable(logging.NOTSET)


def fuzz(kind: Kind, cases: int, *, limits: bool = True) -> Row:
    """Read changed files of one kind, and some things that are no files."""
    row = Row(f"changed files: {kind.name}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for number in range(-len(NO_FILES), cases):
            place = folder / str(number)
            place.mkdir()
            path = place / kind.file
            if number < 0:
                NO_FILES[number](path)
            else:
                path.write_bytes(kind.change(Random(f"{kind.name} {number}")))
            _read(kind, path, row, f"case {number}", limits=limits)
            for each in place.iterdir():
                each.rmdir() if each.is_dir() and not each.is_symlink() else each.unlink()
            place.rmdir()
    return row


def _read(kind: Kind, path: Path, row: Row, what: str, *, limits: bool) -> None:
    try:
        with row.case():
            if not kind.read(path):
                row.faults += 1
    except Exception as error:
        row.let_in.append(f"{what}: {type(error).__name__}: {error}"[:300])
    if limits and row.last_seconds > MOST_SECONDS:
        row.let_in.append(f"{what} takes {row.last_seconds:.1f} s")
    if limits and row.last_megabytes > MOST_MEGABYTES:
        row.let_in.append(f"{what} takes {row.last_megabytes:.0f} MB")


def _pipe(path: Path) -> None:
    if hasattr(os, "mkfifo"):
        os.mkfifo(path)


def _endless(path: Path) -> None:
    if Path("/dev/zero").exists():
        path.symlink_to("/dev/zero")


NO_FILES = (_pipe, _endless, Path.mkdir)


# --- the kinds ------------------------------------------------------------------------------


@functools.cache
def _run_file() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "run.npz"
        write_checkpoint(path, small_state())
        return path.read_bytes()


@functools.cache
def _journal_file() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "run.journal"
        trainer = Trainer(small_run(hidden=(4,), epochs=2), small_blobs())
        writer = JournalWriter(path, trainer.history)
        for number, _ in enumerate(trainer.run()):
            if number % 10 == 0:
                writer.flush()
        writer.flush()
        return path.read_bytes()


@functools.cache
def _sweep_file() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        store = SweepStore(RunStore(Path(folder)))
        record = store.begin(Sweep("a", small_run(), (("batch_size", (10, 20)),), 2))
        content = record.path.read_bytes()
        store.finish(record)
        return content


@functools.cache
def _pictures() -> list[bytes]:
    pixels = np.full((60, 60), 255, np.uint8)
    pixels[10:50, 28:34] = 0
    found = []
    for name in ("PNG", "JPEG", "BMP", "GIF", "PPM", "TIFF", "WEBP"):
        file = io.BytesIO()
        Image.fromarray(pixels).convert("RGB").save(file, name)
        found.append(file.getvalue())
    file = io.BytesIO()
    Image.new("1", (12_000, 12_000)).save(file, "PNG")
    return [*found, file.getvalue()]


_DATASET = small_dataset("digits")
_LABEL = {"name": LABEL.name, "note": LABEL.note, "color": 3, "pinned": True, "shown": True}
_SETTINGS = {"theme": "dark", "config": json.dumps(small_run().to_json()), "blas_threads": "2"}


def _changed_text(values: object, random: Random) -> bytes:
    if random.random() < 0.3:
        return changed_bytes(json.dumps(values).encode(), random)
    return changed_json(values, random).encode("utf-8", "surrogatepass")


def _change_settings(random: Random) -> bytes:
    if random.random() < 0.5:
        lines = [f"{key}={json.dumps(value)}" for key, value in _SETTINGS.items()]
        lines.append("recent_files=/a/b.npz, /c/d.npz\n[layout]\nwindow=@ByteArray(abc)")
        return b"[General]\n" + changed_bytes("\n".join(lines).encode(), random)
    config = changed_json(small_run().to_json(), random)
    number = random.choice(("9" * 5000, "-1", "0", "1e9", "@Variant("))
    rest = f"theme=pink\nblas_threads={number}"
    text = f"[General]\nconfig={json.dumps(config)}\n{rest}\n"
    return text.encode("utf-8", "surrogatepass")


def _change_idx(random: Random) -> bytes:
    content = _DATASET.contents[NAMES[1]]
    what = random.random()
    if what < 0.5:
        return changed_bytes(content, random)
    if what < 0.55:
        return gzip.compress(bytes(100_000_000), 1)
    packed = gzip.compress(content, mtime=0)
    return (
        changed_bytes(packed, random)
        if what < 0.8
        else gzip.compress(changed_bytes(content, random), mtime=0)
    )


def _read_run(path: Path) -> bool:
    accepted = False
    try:
        record = RunRecord(path, RunLabel(), read_header(path))
        schema.check_header(record)
        accepted = True
    except CheckpointError as error:
        schema.check_sentence(error)
    try:
        opened = open_run(path)
    except CheckpointError as error:
        schema.check_sentence(error)
        return False
    assert accepted, "the whole is accepted, but not its header"
    schema.check_opened(opened)
    try:
        restore(opened.checkpoint, small_blobs())
    except CheckpointError as error:
        schema.check_sentence(error)
    return True


def _read_label(path: Path) -> bool:
    label = RunStore(path.parent).label(path.with_suffix(".npz"))
    schema.check_label(label)
    return label != RunStore(path.parent).label(path.parent / "elsewhere" / "run.npz")


def _read_request(path: Path) -> bool:
    try:
        found = read_request(path.with_suffix(".npz"))
    except (OSError, ValueError):
        return False
    assert found is not None
    assert type(found.token) is str
    assert type(found.request) is Request
    return True


def _read_journal(path: Path) -> bool:
    reader = JournalReader(path)
    while reader.read():
        pass
    if reader.history is None:
        return False
    schema.check_history(reader.history)
    return True


def _read_sweep(path: Path) -> bool:
    try:
        record = SweepStore(RunStore(path.parent)).read(path)
    except SweepError as error:
        schema.check_sentence(error)
        return False
    schema.check_sweep(record)
    return True


def _read_settings(path: Path) -> bool:
    store = Settings(path.parent)
    schema.check_settings(store)
    return store.config is not None


def _read_idx(path: Path) -> bool:
    try:
        content = read_unpacked(path, 48)
        labels = parse_labels(content, 40, 10, path)
    except DataError as error:
        schema.check_sentence(error)
        return False
    assert labels.shape == (40,)
    assert labels.max() < 10
    assert parse_idx(content, (40,), path).dtype == np.uint8
    return True


def _read_picture(path: Path) -> bool:
    image = read_image(path)
    if not image.isNull():
        assert gray_pixels(on_white_paper(image)).size <= 512 * 512
    try:
        pixels = _read_image(path)
    except CommandError as error:
        schema.check_sentence(error)
        return False
    assert pixels.ndim == 2
    assert pixels.dtype == np.uint8
    assert max(pixels.shape) < 2 * 512 or math.prod(pixels.shape) == 0
    return True


def _change_picture(random: Random) -> bytes:
    content = random.choice(_pictures())
    return content if random.random() < 0.05 else changed_bytes(content, random)


KINDS = (
    Kind("runs", "run.npz", lambda random: changed_run(_run_file(), random), _read_run, 0.3),
    Kind("labels", "run.json", lambda random: _changed_text(_LABEL, random), _read_label, 0.1),
    Kind(
        "requests",
        "run.request",
        lambda random: _changed_text({"token": "mine", "request": "train"}, random),
        _read_request,
        0.1,
    ),
    Kind(
        "journals",
        "run.journal",
        lambda random: changed_bytes(_journal_file(), random),
        _read_journal,
        0.15,
    ),
    Kind(
        "sweeps",
        "sweep-0001.json",
        lambda random: _changed_text(json.loads(_sweep_file()), random),
        _read_sweep,
        0.1,
    ),
    Kind("settings", "settings.ini", _change_settings, _read_settings, 0.05),
    Kind("IDX files", "labels.gz", _change_idx, _read_idx, 0.1),
    Kind("pictures", "picture.png", _change_picture, _read_picture, 0.1),
)
