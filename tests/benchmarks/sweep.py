"""What a sweep gains by its processes: ``python -m tests.benchmarks.sweep [--quick]``.

Trains the twelve runs of the lab note's batch sizes with two seeds on the full MNIST, alternately
through the sweep's queue (a process per core, one BLAS thread each, journals and run files
included) and one after another in this process with two BLAS threads, nothing written. Starting
the processes and reading the images counts on both sides. Prints a Markdown table of medians.
"""

# The number of BLAS threads is fixed when NumPy is imported.
import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")

import argparse
import dataclasses
import platform
import statistics
import sys
import tempfile
import time
from pathlib import Path

from threadpoolctl import threadpool_limits

from mnist_studio.data.errors import DataError
from mnist_studio.data.loading import load
from mnist_studio.training.status import RunStatus
from mnist_studio.training.sweep import SWEEP_PRESETS, Budget
from mnist_studio.training.sweep_runner import SweepRunner
from mnist_studio.training.trainer import Trainer
from mnist_studio.training.workers import local_processes, usable_cores

BASELINE_THREADS = 2
POLL_SECONDS = 0.02


def write(line=""):
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def one_after_another(configs):
    """Return the seconds of all runs in this process."""
    start = time.perf_counter()
    dataset = load("mnist")
    with threadpool_limits(BASELINE_THREADS, user_api="blas"):
        for config in configs:
            for _ in Trainer(config, dataset).run():
                pass
    return time.perf_counter() - start


def in_processes(configs, jobs):
    """Return the seconds of all runs through the queue."""
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        runner = SweepRunner(local_processes(jobs))
        try:
            paths = [Path(folder) / f"run-{number:04d}.npz" for number in range(len(configs))]
            runner.add(zip(paths, configs, strict=True))
            while not runner.finished:
                runner.poll()
                time.sleep(POLL_SECONDS)
            assert all(run.status is RunStatus.COMPLETED for run in runner.runs), runner.runs
        finally:
            runner.close()
        return time.perf_counter() - start


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="one epoch, measured once")
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--jobs", type=int, default=usable_cores())
    chosen = parser.parse_args()
    epochs, repeats = (1, 1) if chosen.quick else (chosen.epochs, chosen.repeats)
    note = SWEEP_PRESETS["lab-note-batch-size"]("mnist")
    sweep = dataclasses.replace(note, repeat=2, budget=Budget("epochs", epochs))
    configs = sweep.configs()
    measured = []
    try:
        for _ in range(repeats):
            measured.append((one_after_another(configs), in_processes(configs, chosen.jobs)))
    except DataError as error:
        sys.exit(str(error))
    alone, together = (statistics.median(column) for column in zip(*measured, strict=True))
    ratio = statistics.median(new / old for old, new in measured)
    write(f"{platform.machine()}, {usable_cores()} cores, Python {platform.python_version()}")
    write()
    write(f"| {len(configs)} runs of {epochs} epochs, full MNIST | seconds |")
    write("|---|---|")
    write(f"| one after another, {BASELINE_THREADS} BLAS threads | {alone:.1f} |")
    write(f"| sweep, {chosen.jobs} processes, 1 BLAS thread each | {together:.1f} |")
    write(f"| ratio | {ratio:.2f} |")


if __name__ == "__main__":
    main()
