"""What accuracy is reached how soon: ``python -m tests.benchmarks.accuracy [--only ...]``.

Prints Markdown tables, made with the full MNIST and one BLAS thread, as the terminal trains: where
a second core is there, it augments the batches ahead. Every row is the mean over several seeds; the
best epoch is chosen by the 6,000 validation images, and the test images are looked at once, at the
end of each training. PyTorch repeats the fast preset's training if it is installed
(``pip install -e .[bench]``).
"""

# The number of BLAS threads is fixed when NumPy is imported.
import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")

import argparse
import dataclasses
import importlib.util
import statistics

import numpy as np

from mnist_studio.sweeps.workers import usable_cores
from mnist_studio.training.config import DataConfig, ModelConfig, RunConfig, TrainingConfig
from mnist_studio.training.events import EpochEnded, FinalEvaluation
from mnist_studio.training.presets import PRESETS
from mnist_studio.training.trainer import Trainer
from mnist_studio.training.variation import format_layers, parse_layers
from tests.benchmarks.contenders import torch_training
from tests.benchmarks.tables import print_tables, write

DISTORTED = {"shift": 1.0, "rotation": 10.0, "scale": 0.1, "shear": 0.1, "elastic": 0.7}
# What little time is enough for.
SLIGHTLY = DISTORTED | {"elastic": 0.5}


def candidate(hidden, epochs, batch_size=256, learning_rate=3e-3, **more):
    """Return a configuration; by default what all trials were best with."""
    usual = {"optimizer": "adam", "schedule": "linear", "warmup": 0.03, "averaging": 0.1}
    usual |= {"skip_easy": 0.9}
    training = {"epochs": epochs, "batch_size": batch_size, "learning_rate": learning_rate}
    return RunConfig(
        DataConfig("mnist"),
        ModelConfig(parse_layers(hidden)),
        TrainingConfig(**(usual | training | more)),
    )


# Of the candidates for a goal, validation chooses.
GOALS = {
    "98.2 % in 1.8 s": [
        candidate("200-100", 2, 128, 0.2, optimizer="nesterov", warmup=0.1, shift=0.7),
        candidate("128-64", 3, 128, 0.2, optimizer="nesterov", warmup=0.1, shift=0.7),
    ],
    "99 % in 8 s": [
        candidate("300-150", 8, learning_rate=5e-3, **SLIGHTLY),
        candidate("400-200", 6, learning_rate=5e-3, **SLIGHTLY),
    ],
    "99.2 % in 45 s": [
        candidate("512-256", 18, **DISTORTED),
        candidate("800-300", 12, **DISTORTED),
    ],
    "99.4 % in 180 s": [
        candidate("1024-512", 30, **DISTORTED),
        candidate("1024-512", 44, skip_easy=0.0, **DISTORTED),
    ],
}
# Pixels in another order, the same for all images: no distortion makes sense there, and to skip
# what is easy gained nothing.
PERMUTED = {
    "60 s": [
        candidate("512-512", 28, dropout=0.3, skip_easy=0.0),
        candidate("1024-512", 13, dropout=0.3, skip_easy=0.0),
    ]
}


def train(config, dataset):
    """Train to the end as the terminal does.

    Returns the test accuracy, the seconds from the first batch with validation, and the validation
    accuracy of the best epoch.
    """
    trainer = Trainer(config, dataset)
    trainer.batches.ahead = usable_cores() > 1
    seconds = accuracy = validation = float("nan")
    for event in trainer.run():
        if isinstance(event, EpochEnded):
            seconds = event.seconds
            if event.best:
                validation = event.validation_accuracy
        elif isinstance(event, FinalEvaluation):
            accuracy = event.accuracy
    return accuracy, seconds, validation


def table(title, candidates, dataset, seeds):
    """Print a row for each candidate of every name; of several, validation chooses one."""
    write(
        f"| {title} | hidden | optimizer, batch, epochs | seeds | validation | test "
        "| lowest to highest | seconds, median |"
    )
    write("|---|---|---|---|---|---|---|---|")
    for name, configs in candidates.items():
        rows = []
        for config in configs:
            runs = [train(with_seed(config, seed), dataset) for seed in range(seeds)]
            rows.append([config, *zip(*runs, strict=True)])
        chosen = max(rows, key=lambda row: statistics.mean(row[3]))
        for row in rows:
            write_row(name if row is chosen else f"({name})", *row)


def write_row(name, config, accuracies, seconds, validation):
    training = config.training
    write(
        f"| {name} | {format_layers(config.model.hidden)} "
        f"| {training.optimizer}, {training.batch_size}, {training.epochs} | {len(seconds)} "
        f"| {statistics.mean(validation):.2%} | {statistics.mean(accuracies):.2%} "
        f"| {min(accuracies):.2%} to {max(accuracies):.2%} | {statistics.median(seconds):.1f} |"
    )


def with_seed(config, seed):
    return dataclasses.replace(config, training=dataclasses.replace(config.training, seed=seed))


def preset_on_mnist(name):
    return RunConfig(DataConfig("mnist"), PRESETS[name].model, PRESETS[name].training)


def preset_table(dataset, options):
    """Print what the presets reach on the test part, and how soon."""
    names = ("lab-note", "fast-98") if options.quick else PRESETS
    table("preset", {name: [preset_on_mnist(name)] for name in names}, dataset, options.seeds)


def goal_table(dataset, options):
    """Print what is reached in certain times."""
    table("goal", GOALS, dataset, options.seeds)


def permuted_table(dataset, options):
    """Print what is reached in a minute if the pixels are in another order."""
    order = np.random.default_rng(0).permutation(dataset.train_images.shape[1])
    permuted = dataclasses.replace(
        dataset,
        train_images=np.ascontiguousarray(dataset.train_images[:, order]),
        test_images=np.ascontiguousarray(dataset.test_images[:, order]),
    )
    table("permuted pixels", PERMUTED, permuted, options.seeds)


def pytorch_table(dataset, options):
    """Print how long PyTorch takes for the same training: same batches, weights and schedule."""
    if not importlib.util.find_spec("torch"):
        write("PyTorch is not installed.")
        return
    write("| fast-98, from the same weights with the same batches | MNIST Studio | PyTorch |")
    write("|---|---|---|")
    ours, theirs = [], []
    for seed in range(min(options.seeds, 3)):
        config = with_seed(preset_on_mnist("fast-98"), seed)
        ours.append(train(config, dataset))
        theirs.append(torch_training(config, dataset))
    write(f"| test accuracy | {mean(ours, 0):.2%} | {mean(theirs, 0):.2%} |")
    ratios = [b[1] / a[1] for a, b in zip(ours, theirs, strict=True)]
    write(f"| seconds | {mean(ours, 1):.1f} | {mean(theirs, 1):.1f} |")
    write(f"| ratio, median | 1 | {statistics.median(ratios):.2f} |")


def mean(rows, column):
    return statistics.mean(row[column] for row in rows)


TABLES = {
    "presets": preset_table,
    "goals": goal_table,
    "permuted": permuted_table,
    "pytorch": pytorch_table,
}


def main():
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.accuracy")
    parser.add_argument("--quick", action="store_true", help="the two fastest presets only")
    parser.add_argument("--seeds", type=int, default=5)
    print_tables(parser, TABLES)


if __name__ == "__main__":
    main()
