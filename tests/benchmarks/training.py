"""How fast a whole training is: ``python -m tests.benchmarks.training [--quick] [--only ...]``.

Prints Markdown tables, made with the full MNIST: what an epoch consists of, what augmentation
costs, how much memory the terminal's training takes, and which accuracy the presets reach how soon.
Shares and ratios are of times measured right after one another in one process with one BLAS
thread. PyTorch repeats the fast preset's training if it is installed (``pip install -e .[bench]``).
"""

# The number of BLAS threads is fixed when NumPy is imported.
import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")

import argparse
import dataclasses
import importlib.util
import multiprocessing
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from mnist_studio.data.augment import Augmenter
from mnist_studio.data.errors import DataError
from mnist_studio.data.loading import load
from mnist_studio.data.styles import StyleMixer
from mnist_studio.nn.network import Network
from mnist_studio.nn.optimizers import OPTIMIZERS
from mnist_studio.training.config import DataConfig, RunConfig
from mnist_studio.training.events import BatchEnded, EpochEnded, FinalEvaluation
from mnist_studio.training.presets import PRESETS
from mnist_studio.training.trainer import Trainer
from tests.benchmarks.contenders import torch_training
from tests.benchmarks.engine import measure, ratio, write

MEBIBYTE = 1 << 20
CHANGES = {"shift": 1.0, "rotation": 15.0, "scale": 0.1, "shear": 0.2}


def preset(name, **changes):
    """Return a preset on the full MNIST, with some hyperparameters changed."""
    chosen = PRESETS[name]
    training = dataclasses.replace(chosen.training, **changes)
    return RunConfig(DataConfig("mnist"), chosen.model, training)


# --- what an epoch consists of -----------------------------------------------------------------


def watch(seconds, owner, method):
    """Let the time of every call of the owner's method be added to ``seconds[method]``."""
    function = getattr(owner, method)

    def timed(*arguments, **keywords):
        start = time.perf_counter()
        result = function(*arguments, **keywords)
        seconds[method] = seconds.get(method, 0.0) + time.perf_counter() - start
        return result

    setattr(owner, method, timed)


def epoch_parts(config, dataset):
    """Train and return the seconds of every part of each epoch."""
    trainer = Trainer(config, dataset)
    seconds = {}
    watch(seconds, trainer.network, "train_batch")
    watch(seconds, trainer._batches, "take")
    watch(seconds, trainer._batches, "order")
    watch(seconds, trainer, "_sample")
    epochs = []
    start = time.perf_counter()
    for event in trainer.run():
        if isinstance(event, BatchEnded):
            last_batch = time.perf_counter()
        elif isinstance(event, EpochEnded):
            end = time.perf_counter()
            epochs.append(seconds | {"validation": end - last_batch, "epoch": end - start})
            seconds.clear()
            start = time.perf_counter()
    return epochs


def epoch_table(dataset, options):
    """Print which share of an epoch each of its parts takes."""
    write(
        "| 784-256-10, SGD, batch | epoch, s | steps | gathering | shuffling | validation "
        "| gradient norms | events, history | gathering + shuffling + validation |"
    )
    write("|---|---|---|---|---|---|---|---|---|")
    for batch in (20, 128):
        epochs = epoch_parts(
            preset("lab-note", batch_size=batch, epochs=4 if options.quick else 15), dataset
        )
        parts = ("train_batch", "take", "order", "validation", "_sample")
        shares = [[epoch[part] / epoch["epoch"] for part in parts] for epoch in epochs]
        rows = [[*row, 1 - sum(row), sum(row[1:4])] for row in shares]
        cells = [f"{statistics.median(column):.1%}" for column in zip(*rows, strict=True)]
        seconds = statistics.median(epoch["epoch"] for epoch in epochs)
        write(f"| {batch} | {seconds:.2f} | {' | '.join(cells)} |")


# --- augmentation ------------------------------------------------------------------------------


def augmentation_table(dataset, options):
    """Print what augmenting a batch costs, in units of the training step it precedes."""
    rng = np.random.default_rng(0)
    images, labels = dataset.train_images[:128].copy(), dataset.train_labels[:128]
    pixels = np.empty(images.shape, np.float32)

    def training_step(name):
        network = Network.build(
            784, [(512, "relu"), (256, "relu")], 10, "he", 0.0, rng, np.random.default_rng(0)
        )
        optimizer = OPTIMIZERS[name](network.parameters)
        return lambda: network.train_batch(pixels, labels, optimizer, 1e-4)

    def augmentation(styles=0.0, **changes):
        augmenter, mixer = Augmenter(rng=rng, **changes), StyleMixer(styles, rng)

        def apply():
            batch = images.copy()  # as gathered; the styles are drawn in place
            mixer.apply(batch, labels)
            augmenter.apply(batch, out=pixels)

        return apply

    steps = {
        "none, only converted": augmentation(),
        "shift": augmentation(shift=1.0),
        "shift, rotation, scale, shear": augmentation(**CHANGES),
        "and aspect": augmentation(**CHANGES, aspect=0.5),
        "and styles": augmentation(**CHANGES, aspect=0.5, styles=0.3),
        "sgd": training_step("sgd"),
        "adam": training_step("adam"),
    }
    times = measure(steps, 21 if options.quick else 101, 0.01)
    write("| augmentation of 128 images | µs | / step, SGD | / step, Adam |")
    write("|---|---|---|---|")
    for name in [name for name in steps if name not in OPTIMIZERS]:
        cells = [ratio(times, name, optimizer) for optimizer in ("sgd", "adam")]
        write(f"| {name} | {statistics.median(times[name]) * 1e6:.0f} | {' | '.join(cells)} |")


# --- memory ------------------------------------------------------------------------------------


# A process starts with the peak of the one that made it, so a small one has to lie in between.
_PEAK_OF = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


def terminal_peak(name, epochs):
    """Return the peak resident memory of the terminal's training, in bytes."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "mnist_studio", "train", "--dataset", "mnist"]
        command += ["--preset", name, "--epochs", str(epochs)]
        command += ["--save", str(Path(folder) / "run.npz")]
        peak = subprocess.check_output([sys.executable, "-c", _PEAK_OF, *command])
    # macOS counts in bytes, Linux in KiB.
    return int(peak) * (1 if sys.platform == "darwin" else 1024)


def growth(epochs):
    """Return by how much memory and history grew from the third epoch on, in bytes; Linux only."""
    resident, recorded = [], []
    trainer = Trainer(preset("lab-note", epochs=epochs), load("mnist"))
    for event in trainer.run():
        if isinstance(event, EpochEnded):
            fields = Path("/proc/self/statm").read_text(encoding="ascii").split()
            resident.append(int(fields[1]) * os.sysconf("SC_PAGESIZE"))
            recorded.append(sum(a.nbytes for a in trainer.history.to_arrays().values()))
    return resident[-1] - resident[2], recorded[-1] - recorded[2]


def memory_table(dataset, options):
    """Print the memory of training on the full MNIST, each measured in a process of its own."""
    write("| memory | MiB |")
    write("|---|---|")
    for name in ("lab-note", "best-for-drawing"):
        peak = terminal_peak(name, 2 if options.quick else 5)
        write(
            f"| peak of `mnist-studio train --dataset mnist --preset {name}` "
            f"| {peak / MEBIBYTE:.0f} |"
        )
    if sys.platform == "linux":
        epochs = 5 if options.quick else 23
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            grown, recorded = pool.apply(growth, (epochs,))
        write(f"| growth over {epochs - 3} epochs of lab-note | {grown / MEBIBYTE:.2f} |")
        write(f"| of which history | {recorded / MEBIBYTE:.2f} |")


# --- time to accuracy --------------------------------------------------------------------------


def train(config, dataset):
    """Train to the end; return test accuracy, and seconds from the first batch with validation."""
    seconds = accuracy = float("nan")
    for event in Trainer(config, dataset).run():
        if isinstance(event, EpochEnded):
            seconds = event.seconds
        elif isinstance(event, FinalEvaluation):
            accuracy = event.accuracy
    return accuracy, seconds


def accuracy_table(dataset, options):
    """Print what the presets reach on the test part, and how soon, over several seeds."""
    write("| preset | seeds | test accuracy, mean | lowest to highest | seconds, median |")
    write("|---|---|---|---|---|")
    names = ("lab-note", "fast-98") if options.quick else PRESETS
    for name in names:
        seeds = range(3 if options.quick or name == "best-for-drawing" else 5)
        runs = [train(preset(name, seed=seed), dataset) for seed in seeds]
        accuracies, seconds = zip(*runs, strict=True)
        write(
            f"| {name} | {len(runs)} | {statistics.mean(accuracies):.2%} "
            f"| {min(accuracies):.2%} to {max(accuracies):.2%} | {statistics.median(seconds):.1f} |"
        )


def pytorch_table(dataset, options):
    """Print how long PyTorch takes for the same training: same batches, weights and schedule."""
    if not importlib.util.find_spec("torch"):
        write("PyTorch is not installed.")
        return
    write("| fast-98, from the same weights with the same batches | MNIST Studio | PyTorch |")
    write("|---|---|---|")
    ours, theirs = [], []
    for seed in range(1 if options.quick else 3):
        config = preset("fast-98", seed=seed)
        ours.append(train(config, dataset))
        theirs.append(torch_training(config, dataset))
    write(f"| test accuracy | {mean(ours, 0):.2%} | {mean(theirs, 0):.2%} |")
    ratios = [b[1] / a[1] for a, b in zip(ours, theirs, strict=True)]
    write(f"| seconds | {mean(ours, 1):.1f} | {mean(theirs, 1):.1f} |")
    write(f"| ratio, median | 1 | {statistics.median(ratios):.2f} |")


def mean(rows, column):
    return statistics.mean(row[column] for row in rows)


TABLES = {
    "epoch": epoch_table,
    "augmentation": augmentation_table,
    "memory": memory_table,
    "accuracy": accuracy_table,
    "pytorch": pytorch_table,
}


def main():
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.training")
    parser.add_argument("--quick", action="store_true", help="fewer repeats, epochs and seeds")
    parser.add_argument("--only", nargs="+", choices=TABLES, default=[*TABLES])
    options = parser.parse_args()
    try:
        dataset = load("mnist")
    except DataError as error:
        parser.exit(1, f"{error}\n")
    write(
        f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, 1 BLAS thread, "
        f"Python {platform.python_version()}, NumPy {np.__version__}, full MNIST"
    )
    for name in options.only:
        write()
        TABLES[name](dataset, options)


if __name__ == "__main__":
    main()
