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
_HOLD = """
import os, sys
from pathlib import Path
from mnist_studio.runs.lock import hold_run
folder = Path(sys.argv[1])
for _ in range(300):
    with hold_run(folder / "run-0001.npz", sys.argv[2], 60):
        os.close(os.open(folder / "held", os.O_CREAT | os.O_EXCL))
        (folder / "held").unlink()
"""
_LOOK = """
import sys
from pathlib import Path
from mnist_studio.runs.lock import is_held
path = Path(sys.argv[1]) / "run-0001.npz"
for _ in range(2000):
    assert not is_held(path), "nobody holds it"
"""
_CLEAR = """
import sys
from pathlib import Path
from mnist_studio.files import remove_leftovers, write_json
folder = Path(sys.argv[1])
for number in range(300):
    write_json(folder / sys.argv[2], number, durable=False)
    remove_leftovers(folder)
"""
TRAIN = ("train", "--hidden", "16", "--batch-size", "4", "--epochs", "1000")


def run(long: bool) -> Iterator[Row]:
    """Let two processes want the same thing."""
    times = 20 if long else 1
    for case in (_one_trains, _both_reserve, _both_rename, _both_hold, _both_look, _both_clear):
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
    yield from _both(_RENAME, folder, row)
    if not RunStore(folder).label(folder / "run-0001.npz").name.endswith(" 99"):
        yield "the label is not the last one"


def _both_hold(folder: Path, row: Row) -> Iterator[str]:
    """A run has one holder, though each removes the lock's file while the other waits for it."""
    yield from _both(_HOLD, folder, row)
    if left := [path.name for path in folder.iterdir()]:
        yield f"left are {left}"


def _both_look(folder: Path, row: Row) -> Iterator[str]:
    """Who looks whether a run is held does not hold it meanwhile."""
    (folder / ".run-0001.npz.lock").touch()  # as a kill leaves it
    yield from _both(_LOOK, folder, row)


def _both_clear(folder: Path, row: Row) -> Iterator[str]:
    """What one writes the other does not take for the leftover of a kill."""
    yield from _both(_CLEAR, folder, row)
    if sorted(path.name for path in folder.iterdir()) != ["one", "two"]:
        yield "not both have written"


def _both(code: str, folder: Path, row: Row) -> Iterator[str]:
    """Let two processes do the same at the same time; yield what one of them ends with."""
    processes = [_start(code, folder, name) for name in ("one", "two")]
    for process in processes:
        _, errors = process.communicate(timeout=PATIENCE)
        if process.returncode:
            yield errors.strip().splitlines()[-1]
    row.faults += 1
