"""Two processes on one folder: one writer for each run, and the second is told."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from mnist_studio.runs.checkpoint import CheckpointError, read_checkpoint
from mnist_studio.runs.label import RunLabel
from mnist_studio.runs.store import RunStore

from ..polling import PATIENCE, wait_until
from .kills import ROOT
from .table import Row

_TRAIN = "from mnist_studio.__main__ import main; import sys; sys.exit(main(sys.argv[1:]))"
_RESERVE = """
import sys
from pathlib import Path
from mnist_studio.runs.label import RunLabel
from mnist_studio.runs.store import RunStore
store = RunStore(Path(sys.argv[1]))
for number in range(40):
    print(store.reserve(RunLabel(name=sys.argv[2])).name, flush=True)
"""
_RENAME = """
import sys
from pathlib import Path
from mnist_studio.runs.label import RunLabel
from mnist_studio.runs.store import RunStore
store, path = RunStore(Path(sys.argv[1])), Path(sys.argv[1]) / "run-0001.npz"
for number in range(100):
    store.write_label(path, RunLabel(name=f"{sys.argv[2]} {number}"))
    assert store.label(path).name.split()[0] in ("one", "two")
"""
TRAIN = ("train", "--hidden", "16", "--batch-size", "4", "--epochs", "1000")


def run(long: bool) -> Iterator[Row]:
    """Let two processes want the same thing."""
    times = 20 if long else 1
    for case in (_one_trains, _both_reserve, _both_rename):
        row = Row(f"two processes: {case.__name__.strip('_').replace('_', ' ')}")
        for _ in range(times):
            with tempfile.TemporaryDirectory() as place, row.case():
                row.lost += case(Path(place), row)
        yield row


def _start(code: str, *words: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, words)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )


def _one_trains(folder: Path, row: Row) -> Iterator[str]:
    """The second may neither go on with the run nor delete it, until the first is killed."""
    store = RunStore(folder)
    path = store.reserve(RunLabel(name="mine"))
    first = _start(_TRAIN, *TRAIN, "--save", path)
    wait_until(lambda: path.exists() and read_checkpoint(path).status.active)
    second = _start(_TRAIN, "train", "--resume", path)
    _, errors = second.communicate(timeout=PATIENCE)
    row.faults += second.returncode == 1
    if f"is being trained by a terminal (process {first.pid})" not in errors:
        yield f"the second was told: {errors!r}"
    try:
        store.delete(path)
    except CheckpointError:
        row.faults += 1
    else:
        yield "the run was deleted while it was trained"
    first.send_signal(signal.SIGKILL)
    first.communicate()
    step = read_checkpoint(path).step
    third = _start(_TRAIN, "train", "--resume", path)
    wait_until(lambda: read_checkpoint(path).step > step)
    third.send_signal(signal.SIGINT)
    _, errors = third.communicate(timeout=PATIENCE)
    if third.returncode or errors:
        yield f"the run did not go on after the kill: {errors!r}"
    if store.record(path).title != "mine":
        yield "the run has lost its name"


def _both_reserve(folder: Path, row: Row) -> Iterator[str]:
    """No number is given out twice."""
    processes = [_start(_RESERVE, folder, name) for name in ("one", "two")]
    names = [set(process.communicate(timeout=PATIENCE)[0].split()) for process in processes]
    row.faults += 1
    if names[0] & names[1] or len(names[0] | names[1]) != 80:
        yield f"both have {sorted(names[0] & names[1])}"
    for name, reserved in zip(("one", "two"), names, strict=True):
        labels = {RunStore(folder).label(folder / each).name for each in reserved}
        if labels != {name}:
            yield f"the runs of {name} are called {sorted(labels)}"


def _both_rename(folder: Path, row: Row) -> Iterator[str]:
    """A label is always one or the other."""
    RunStore(folder).reserve(RunLabel(name="one"))
    processes = [_start(_RENAME, folder, name) for name in ("one", "two")]
    for process in processes:
        _, errors = process.communicate(timeout=PATIENCE)
        if process.returncode:
            yield errors.strip().splitlines()[-1]
    row.faults += 1
    if not RunStore(folder).label(folder / "run-0001.npz").name.endswith(" 99"):
        yield "the label is not the last one"
