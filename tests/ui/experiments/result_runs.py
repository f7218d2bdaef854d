"""The runs of a small sweep, trained here and now."""

from mnist_studio.runs.label import RunLabel
from mnist_studio.runs.store import RunStore
from mnist_studio.session.run_row import RunRow
from mnist_studio.sweeps.run_names import run_name
from mnist_studio.sweeps.sweep import Sweep

from ...training.builders import save_run, small_run


def results(folder, dataset, *, vary=("batch_size", (8, 32)), repeat=1, **training):
    """Return a sweep and a record of each of its runs."""
    sweep = Sweep("Small sweep", small_run(**training), (vary,), repeat)
    store, records = RunStore(folder), []
    for config in sweep.configs():
        label = RunLabel(name=run_name(config, sweep.names))
        records.append(store.record(save_run(store, config, dataset, label)))
    return sweep, records


def as_rows(records):
    """Return the runs as the library lists them."""
    return [
        RunRow(each.path, each.label, each.header.config, each.header.status, each.header)
        for each in records
    ]
