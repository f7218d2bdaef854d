"""The runs of a small sweep, trained here and now."""

from mnist_studio.training.checkpoint import write_checkpoint
from mnist_studio.training.failures import TrainingDiverged
from mnist_studio.training.run_names import run_name
from mnist_studio.training.run_store import RunLabel, RunStore
from mnist_studio.training.sweep import Sweep
from mnist_studio.training.trainer import Trainer

from ...training.builders import small_run


def results(folder, dataset, *, vary=("batch_size", (8, 32)), repeat=1, **training):
    """Return a sweep and a record of each of its runs."""
    sweep = Sweep("Small sweep", small_run(**training), (vary,), repeat)
    store, records = RunStore(folder), []
    for config in sweep.configs():
        path = store.reserve(RunLabel(name=run_name(config, sweep.names)))
        trainer = Trainer(config, dataset)
        try:
            for _ in trainer.run():
                pass
        except TrainingDiverged:
            pass
        write_checkpoint(path, trainer.checkpoint())
        records.append(store.record(path))
    return sweep, records
