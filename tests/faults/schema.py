"""What must be true of all that was accepted, said once more, apart from the app's own checks."""

from __future__ import annotations

import dataclasses
import json
import math
import tempfile
from pathlib import Path

import numpy as np

from mnist_studio.nn.optimizers import OPTIMIZERS
from mnist_studio.report.comparison import compare
from mnist_studio.report.curves import write_curves
from mnist_studio.report.tables import group_table, run_table, to_csv, to_markdown
from mnist_studio.runs.label import RunLabel
from mnist_studio.runs.opened import OpenedRun
from mnist_studio.runs.store import RunRecord
from mnist_studio.session.settings import Settings
from mnist_studio.sweeps.store import SweepRecord
from mnist_studio.sweeps.sweep import Sweep
from mnist_studio.training.config import RunConfig
from mnist_studio.training.history import History
from mnist_studio.training.networks import build_network
from mnist_studio.training.status import RunStatus


def check_sentence(error: Exception) -> None:
    """Assert that an error's message is one sentence for people."""
    message = str(error)
    assert message.endswith("."), message
    assert "\n" not in message, message
    assert "Errno" not in message, message


def check_header(record: RunRecord) -> None:
    """Assert that a header holds what a header holds, and use it in tables."""
    header = record.header
    assert type(header.status) is RunStatus
    for number in (header.step, header.train_size, header.epochs, *header.origin[:2]):
        assert type(number) is int
        assert number >= 0
    for number in (header.seconds, header.started, *header.origin[2:]):
        assert type(number) is float
        assert math.isfinite(number)
        assert number >= 0
    for text in (header.parent, *header.ignored, *header.versions, *header.versions.values()):
        text.encode()
    assert RunConfig.from_json(header.config.to_json()) == header.config
    for table in (run_table([record]), group_table(compare([record]))):
        to_csv(table).encode()
        to_markdown(table).encode()


def check_opened(opened: OpenedRun) -> None:
    """Assert that the arrays of a run are those of its configuration, and write its curves."""
    checkpoint = opened.checkpoint
    network = build_network(checkpoint.config.model)
    own = [(each.shape, np.dtype(np.float32)) for each in network.weights()]
    for weights in (checkpoint.weights, checkpoint.best_weights):
        assert not weights or [(each.shape, each.dtype) for each in weights] == own
    if checkpoint.optimizer_state:
        state = OPTIMIZERS[checkpoint.config.training.optimizer](network.parameters).state()
        assert checkpoint.optimizer_state.keys() == state.keys()
        for name, array in checkpoint.optimizer_state.items():
            assert (array.shape, array.dtype) == (state[name].shape, state[name].dtype)
    assert opened.history.step == checkpoint.position.step
    check_history(opened.history)
    json.dumps(checkpoint.position.to_json(), allow_nan=True).encode()


def check_history(history: History) -> None:
    """Assert that a history is one that a training can have, and write it as curves."""
    assert history.train_size >= 1
    assert history.batch_size >= 1
    assert np.isfinite(history.seconds).all()
    assert np.isfinite(history.learning_rates).all()
    assert [each.epoch for each in history.epochs] == list(range(1, history.epoch_count + 1))
    for epoch in history.epochs:
        assert 0 <= epoch.step <= history.step
        assert math.isfinite(epoch.seconds)
    assert ((history.sample_steps >= 0) & (history.sample_steps <= history.step)).all()
    assert history.confusions.shape[2] <= history.epoch_count
    assert history.update_ratios.shape[1] <= len(history.layer_steps)
    assert history.copy().counts == history.counts
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        record = RunRecord(path / "run-0001.npz", RunLabel(), _NO_HEADER)
        write_curves(path / "curves.csv", [record], read=lambda _: history)


def check_label(label: RunLabel) -> None:
    """Assert that a label can be shown and written again."""
    for field in dataclasses.fields(RunLabel):
        assert type(getattr(label, field.name)).__name__ == field.type, field.name
    json.dumps(dataclasses.asdict(label), ensure_ascii=False).encode()
    assert 0 <= label.color < 34


def check_sweep(record: SweepRecord) -> None:
    """Assert that a sweep is one, and that its runs are in its folder."""
    assert Sweep.from_json(record.sweep.to_json()) == record.sweep
    assert len(record.runs) == record.sweep.count
    for path in (*record.runs, *record.cancelled):
        assert path.parent == record.path.parent
    record.sweep.title.encode()
    str(record.folder).encode()


def check_settings(store: Settings) -> None:
    """Assert that every setting is one of its kind."""
    assert store.theme in ("light", "dark", "system")
    assert 1 <= store.blas_threads <= 64
    assert all(isinstance(each, Path) for each in store.recent_files)
    assert store.layout("window").size() >= 0
    if store.config is not None:
        assert RunConfig.from_json(store.config.to_json()) == store.config


_NO_HEADER = None
