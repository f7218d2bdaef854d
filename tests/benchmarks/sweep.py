"""What a sweep gains by its processes: ``python -m tests.benchmarks.sweep [--quick]``.

Trains the twelve runs of the lab note's batch sizes with two seeds on the full MNIST, alternately

- by ``mnist-studio sweep``: a process per core, one BLAS thread each;
- by ``mnist-studio train --blas-threads 2``, one after another;
- by the bare trainer in this process with two BLAS threads, one after another, nothing saved.

Prints a Markdown table of medians. Two BLAS threads suffer much more than two processes from
whatever else runs, so a busy machine flatters the sweep.
"""

# The number of BLAS threads is fixed when NumPy is imported.
import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")

import argparse
import dataclasses
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from threadpoolctl import threadpool_limits

from mnist_studio.data.loading import load
from mnist_studio.sweeps.sweep import SWEEP_PRESETS
from mnist_studio.training.trainer import Trainer
from tests.benchmarks.tables import machine, write

BASELINE_THREADS = 2
LAB_NOTE = ("--preset", "lab-note", "--dataset", "mnist")


def bare_trainer(sweep, folder):
    """Train all runs in this process."""
    dataset = load("mnist")
    with threadpool_limits(BASELINE_THREADS, user_api="blas"):
        for config in sweep.configs():
            for _ in Trainer(config, dataset).run():
                pass


def single_trainings(sweep, folder):
    """Train all runs by a command each."""
    for config in sweep.configs():
        training = config.training
        words = ["--batch-size", training.batch_size, "--seed", training.seed]
        words += ["--blas-threads", BASELINE_THREADS, "--save", folder / "run.npz"]
        command("train", *LAB_NOTE, "--epochs", training.epochs, *words)


def one_sweep(sweep, folder):
    """Train all runs by one command."""
    words = ["--lab-note", "batch-size", "--repeat", sweep.repeat, "--dataset", "mnist"]
    command("sweep", *words, "--epochs", sweep.base.training.epochs, XDG_DATA_HOME=folder)


def command(*words, **environment):
    subprocess.run(
        [sys.executable, "-m", "mnist_studio", *map(str, words)],
        env=os.environ | {name: str(value) for name, value in environment.items()},
        stdout=subprocess.DEVNULL,
        check=True,
    )


def seconds(function, sweep):
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        function(sweep, Path(folder))
        return time.perf_counter() - start


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="one epoch, measured once")
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--repeats", type=int, default=3)
    chosen = parser.parse_args()
    epochs, repeats = (1, 1) if chosen.quick else (chosen.epochs, chosen.repeats)
    note = SWEEP_PRESETS["lab-note-batch-size"]("mnist")
    sweep = dataclasses.replace(note, base=note.base.with_epochs(epochs), repeat=2)
    measured = {function: [] for function in (one_sweep, single_trainings, bare_trainer)}
    for _ in range(repeats):
        for function, times in measured.items():
            times.append(seconds(function, sweep))
    write(machine())
    write()
    write(f"| {sweep.count} runs, full MNIST, epochs: {epochs} | seconds | sweep / this |")
    write("|---|---|---|")
    for function, times in measured.items():
        ratio = statistics.median(
            own / other for own, other in zip(measured[one_sweep], times, strict=True)
        )
        write(f"| {NAMES[function]} | {statistics.median(times):.1f} | {ratio:.2f} |")


NAMES = {
    one_sweep: "`sweep`, a process with one BLAS thread per core",
    single_trainings: f"`train`, one after another, {BASELINE_THREADS} BLAS threads",
    bare_trainer: f"bare trainer, one after another, {BASELINE_THREADS} BLAS threads",
}

if __name__ == "__main__":
    main()
