"""How fast a whole training is: ``python -m tests.benchmarks.training [--quick] [--only ...]``.

Prints Markdown tables, made with the full MNIST: what an epoch consists of, what augmentation and
averaging the weights cost, what making batches ahead gains, and how much memory the terminal's
training takes. Shares and ratios are of times measured right after one another in one process with
one BLAS thread. What accuracy is reached how soon is in ``tests.benchmarks.accuracy``.
"""

# The number of BLAS threads is fixed when NumPy is imported.
import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")

import argparse
import dataclasses
import multiprocessing
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from mnist_studio.data.augment import Augmenter
from mnist_studio.data.loading import load
from mnist_studio.data.writing import write_digit
from mnist_studio.data.written import WrittenDigits
from mnist_studio.nn.network import Network
from mnist_studio.nn.optimizers import OPTIMIZERS
from mnist_studio.training.config import DataConfig, RunConfig
from mnist_studio.training.events import BatchEnded, EpochEnded
from mnist_studio.training.presets import PRESETS
from mnist_studio.training.trainer import Trainer
from tests.benchmarks.engine import measure, ratio
from tests.benchmarks.tables import print_tables, write

MEBIBYTE = 1 << 20
CHANGES = {"shift": 1.0, "rotation": 15.0, "scale": 0.1, "shear": 0.2}


def preset(name, **changes):
    """Return a preset on the full MNIST, with some hyperparameters changed."""
    chosen = PRESETS[name]
    training = dataclasses.replace(chosen.training, **changes)
    return RunConfig(DataConfig("mnist"), chosen.model, training)


# --- what an epoch consists of -----------------------------------------------------------------


def watch(seconds, owner, method, name=None):
    """Let the time of every call of the owner's method be added to ``seconds[name or method]``."""
    name = name or method
    function = getattr(owner, method)

    def timed(*arguments, **keywords):
        start = time.perf_counter()
        result = function(*arguments, **keywords)
        seconds[name] = seconds.get(name, 0.0) + time.perf_counter() - start
        return result

    setattr(owner, method, timed)


def epoch_parts(config, dataset):
    """Train and return the seconds of every part of each epoch."""
    trainer = Trainer(config, dataset)
    seconds = {}
    watch(seconds, trainer.network, "train_batch")
    watch(seconds, trainer.batches, "_take", "take")
    watch(seconds, trainer.batches, "order")
    for part in ("prepare", "take"):
        watch(seconds, trainer._sampler, part, "sample")
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
        parts = ("train_batch", "take", "order", "validation", "sample")
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

    def augmentation(written=0.0, **changes):
        augmenter = Augmenter(rng=rng, **changes)
        digits = WrittenDigits(written, len(dataset.train_images), 0, rng)

        def apply():
            batch = images.copy()  # as gathered; the written ones are put in place
            digits.apply(batch, labels, 0)
            augmenter.apply(batch, out=pixels)

        return apply

    steps = {
        "none, only converted": augmentation(),
        "shift": augmentation(shift=1.0),
        "shift, rotation, scale, shear": augmentation(**CHANGES),
        "and aspect": augmentation(**CHANGES, aspect=0.5),
        "and elastic": augmentation(**CHANGES, aspect=0.5, elastic=0.8),
        "and written digits, of the pool": augmentation(**CHANGES, aspect=0.5, written=0.3),
        "to write ten digits": lambda: [write_digit(digit, rng) for digit in range(10)],
        "sgd": training_step("sgd"),
        "adam": training_step("adam"),
    }
    times = measure(steps, 21 if options.quick else 101, 0.01)
    write("| augmentation of 128 images | µs | / step, SGD | / step, Adam |")
    write("|---|---|---|---|")
    for name in [name for name in steps if name not in OPTIMIZERS]:
        cells = [ratio(times, name, optimizer) for optimizer in ("sgd", "adam")]
        write(f"| {name} | {statistics.median(times[name]) * 1e6:.0f} | {' | '.join(cells)} |")


# --- averaging, and batches made ahead ---------------------------------------------------------


def trained_batches(config, dataset, *, ahead=False):
    """Return a function that trains the next batch of a run."""
    trainer = Trainer(config.with_epochs(1000), dataset)
    trainer.batches.ahead = ahead
    batches = (event for event in trainer.run() if isinstance(event, BatchEnded))
    return lambda: next(batches)


def thread_table(dataset, options):
    """Print how much sooner a batch is trained if the next ones are augmented in a thread."""
    write("| preset | batch | with / without a thread ahead | with / without averaging |")
    write("|---|---|---|---|")
    for name in ("fast-98", "accurate-99", "best-for-drawing"):
        for batch in (128, 256):
            config = preset(name, batch_size=batch, averaging=0.0)
            steps = {
                "plain": trained_batches(config, dataset),
                "ahead": trained_batches(config, dataset, ahead=True),
                "averaged": trained_batches(preset(name, batch_size=batch, averaging=0.1), dataset),
            }
            # Long enough for several updates of the average, which are made every 16 batches.
            times = measure(steps, 11 if options.quick else 51, 0.3)
            cells = [ratio(times, which, "plain") for which in ("ahead", "averaged")]
            write(f"| {name} | {batch} | {' | '.join(cells)} |")


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


TABLES = {
    "epoch": epoch_table,
    "augmentation": augmentation_table,
    "thread": thread_table,
    "memory": memory_table,
}


def main():
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.training")
    parser.add_argument("--quick", action="store_true", help="fewer repeats, epochs and seeds")
    print_tables(parser, TABLES)


if __name__ == "__main__":
    main()
