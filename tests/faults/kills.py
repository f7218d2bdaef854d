"""Programs are killed at any moment; then everything is opened again and compared.

A kill may cost the seconds since the last save, which are two at most, and nothing else. A program
that is only asked to end, as at logout, saves: that costs nothing.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from mnist_studio.data.loading import load
from mnist_studio.runs.checkpoint import read_checkpoint
from mnist_studio.runs.journal import JournalReader, journal_path
from mnist_studio.runs.lock import is_held
from mnist_studio.runs.opened import open_run
from mnist_studio.runs.store import RunStore
from mnist_studio.training.trainer import Trainer

from ..data.test_download import PACKED
from ..polling import wait_until
from ..training.builders import assert_same_arrays
from .samples import store_with_run
from .table import Row

ROOT = Path(__file__).parent.parent.parent
MOST_LOST = 2.5  # seconds of training: two, and a batch and a save that were under way
COMPARED = 4000  # batches that are trained again at most to compare

_HEAD = """
import sys
from pathlib import Path
from mnist_studio import paths
from mnist_studio.__main__ import main
folder = paths.runs_folder()
"""
TRAINING = ("terminal", "sweep", "window")
# What each program does until it is killed; all but the first two begin with a run in the folder.
VICTIMS = {
    "terminal": "main(['train', '--hidden', '64', '--batch-size', '1', '--epochs', '1000'])",
    "sweep": """
if __name__ == "__main__":
    main(['sweep', '--hidden', '16', '--batch-size', '2', '--epochs', '1000', '--jobs', '2',
          '--vary', 'learning_rate=0.001,0.002,0.003'])
""",
    "window": """
from PySide6.QtWidgets import QApplication
from mnist_studio.session.settings import Settings
from mnist_studio.session.studio import Studio
from mnist_studio.training.config import HiddenLayer, ModelConfig, RunConfig, TrainingConfig
from mnist_studio.ui.ending import closed_by_signals
from mnist_studio.ui.main_window import MainWindow
application = QApplication([])
window = MainWindow(Studio(folder), Settings(folder.parent))
window.show()
window.studio.session.start(
    RunConfig(model=ModelConfig((HiddenLayer(64),)), training=TrainingConfig(batch_size=1))
)
with closed_by_signals():
    application.exec()
""",
    "export": """
while True:
    main(['export', str(folder / 'run-0001.npz'), '--curves', '--output',
          str(folder.parent / 'curves.csv')])
""",
    "download": """
import shutil
from tests.data.test_download import PACKED, Mirror, serving, spec_with
from mnist_studio.data.download import download_files
with serving(Mirror(dict(PACKED))) as mirror:
    while True:
        download_files(spec_with(mirror), folder.parent / 'digits')
        for path in (folder.parent / 'digits').iterdir():
            path.unlink()
""",
    "delete": """
from mnist_studio.runs.store import RunStore
store = RunStore(folder)
while True:
    store.restore(store.delete(folder / 'run-0001.npz'))
""",
}


def run(long: bool) -> Iterator[Row]:
    """Kill each program so often, at moments that are the same every time."""
    chance = random.Random(13)
    for name in VICTIMS:
        row = Row(f"kill: {name}")
        for _ in range(34 if long else 1):
            with row.case():
                kill(row, name, chance.uniform(0.0, 4.0 if long else 0.3))
        yield row
    for name in TRAINING if long else ():
        row = Row(f"asked to end: {name}")
        for _ in range(10):
            with row.case():
                kill(row, name, chance.uniform(0.0, 4.0), signal.SIGTERM)
        yield row


def kill(row: Row, name: str, seconds: float, ending: int = signal.SIGKILL) -> None:
    """Let a program begin, end it so many seconds later, and look what is left."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "mnist-studio" / "runs"
        folder.parent.mkdir()
        ready = folder / "run-0001.npz"
        if name in ("export", "delete"):
            store_with_run(folder.parent)
            ready = folder.parent / "curves.csv" if name == "export" else folder / "deleted"
        elif name == "download":
            ready = folder.parent / "digits"
        script = Path(place) / "victim.py"
        script.write_text(_HEAD + VICTIMS[name], encoding="utf-8")
        process = subprocess.Popen(
            [sys.executable, script],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=os.environ | _environment(place),
        )
        with process:
            wait_until(lambda: ready.exists() or process.poll() is not None)
            time.sleep(seconds)  # the moment of the kill is the case
            process.send_signal(ending)
        killed = ending == signal.SIGKILL
        row.faults += process.returncode == -ending if killed else 1
        found = _lost(name, folder, MOST_LOST if killed else 0.0)
        row.lost += [f"{name} after {seconds:.3f} s: {each}" for each in found]


def _environment(place: str) -> dict[str, str]:
    names = (
        "XDG_DATA_HOME",
        "XDG_CACHE_HOME",
        "XDG_CONFIG_HOME",
        "APPDATA",
        "LOCALAPPDATA",
        "HOME",
    )
    return dict.fromkeys(names, place) | {"PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "offscreen"}


def _lost(name: str, folder: Path, most: float) -> Iterator[str]:
    """Yield what is not as it should be once everybody is gone."""
    if name == "download":
        for path in (folder.parent / "digits").glob("[!.]*"):
            if path.read_bytes() != PACKED[f"/{path.name}"]:
                yield f"{path.name} is not whole"
        return
    store = RunStore(folder)
    wait_until(lambda: not any(map(is_held, store.paths())))  # orphans save what they train
    if name == "delete" and not store.paths():
        store.restore(folder / "deleted" / "run-0001.npz")
    records, damaged = store.records()
    yield from (each.message for each in damaged)
    if not records:
        yield "the run is not there"
    for record in records:
        if record.header.status.active:
            yield f"{record.title} is still {record.header.status.value}"
        if name in TRAINING:
            yield from _lost_of_training(record.path, most)
        elif not record.label.name:
            yield "the run has no name any more"
    table = folder.parent / "curves.csv"
    if name == "export" and table.exists():
        rows = table.read_text(encoding="utf-8").splitlines()
        if len(rows) != len(open_run(folder / "run-0001.npz").history.losses) + 1:
            yield f"the table has {len(rows)} rows"


def _lost_of_training(path: Path, most: float) -> Iterator[str]:
    saved, journal = read_checkpoint(path), JournalReader(journal_path(path))
    if journal.read() and journal.history is not None:
        seconds = journal.history.duration - saved.position.seconds
        if seconds > most:
            yield f"{seconds:.1f} s of {path.name}"
    if saved.step > COMPARED:
        return
    whole = Trainer(saved.config, load(saved.config.data.dataset))
    events = whole.run()
    while whole.step < saved.step:
        next(events)
    events.close()
    assert_same_arrays(saved.weights, whole.network.weights())
