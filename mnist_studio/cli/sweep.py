"""Train the same network again and again with one or two hyperparameters varied."""

from __future__ import annotations

import argparse
import dataclasses
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

from .. import paths
from ..training.hyperparameter import ConfigError
from ..training.status import RunStatus
from .common import (
    CommandError,
    add_folder_option,
    interrupt_calls,
    refuse_vain_folder,
)
from .options import add_config_options, refuse_new_settings, run_config

if TYPE_CHECKING:
    from ..sweeps.progress import RunProgress
    from ..sweeps.runner import SweepRunner
    from ..sweeps.store import SweepRecord, SweepStore
    from ..sweeps.sweep import Sweep
    from ..sweeps.workers import Workers
    from .sweep_output import Reporter

LAB_NOTES = ("batch-size", "learning-rate")
POLL_SECONDS = 0.02


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    parser.add_argument(
        "--vary",
        action="append",
        default=[],
        metavar="NAME=VALUES",
        help="a hyperparameter and its values: batch_size=10,20,50, or a range of seven, "
        "learning_rate=0.001..1:7; can be given twice",
    )
    parser.add_argument("--lab-note", choices=LAB_NOTES, help="an experiment of the lab note")
    parser.add_argument("--repeat", type=int, metavar="N", help="train each with N seeds (1)")
    parser.add_argument(
        "--jobs", type=int, metavar="N", help="train N runs at once (as many as there are cores)"
    )
    parser.add_argument(
        "--scheduler", metavar="URL", help="train on a Dask cluster, e.g. tcp://10.0.0.1:8786"
    )
    parser.add_argument(
        "--resume", metavar="SWEEP", help="go on with an interrupted sweep, e.g. sweep-0003"
    )
    add_folder_option(parser)
    add_config_options(parser)


def run(chosen: argparse.Namespace) -> int:
    """Train all runs, print how each ended, and at last the table and what it says."""
    from ..runs.store import RunStore
    from ..sweeps.store import SweepStore
    from .sweep_output import JsonReporter, TextReporter

    runs = RunStore(paths.runs_folder())
    store = SweepStore(runs)
    record, workers = _resumed(chosen, store) if chosen.resume else _begun(chosen, store)
    reporter = (JsonReporter if chosen.json else TextReporter)(record, runs)
    _check_ends(record, _train(record, workers, store, reporter))
    return 0


def _begun(chosen: argparse.Namespace, store: SweepStore) -> tuple[SweepRecord, Workers]:
    from ..sweeps.sweep import check_images

    sweep = _sweep(chosen)
    refuse_vain_folder(chosen.folder, [config.data.dataset for config in sweep.configs()])
    folder = chosen.folder.absolute() if chosen.folder else None
    if not chosen.scheduler:  # or else each of its computers has its own
        check_images(sweep, folder)
    workers = _workers(chosen, sweep, folder, sweep.count)
    return store.begin(sweep, folder), workers


def _resumed(chosen: argparse.Namespace, store: SweepStore) -> tuple[SweepRecord, Workers]:
    from ..sweeps.sweep import check_images

    refuse_new_settings(chosen, but=())
    for name in ("vary", "lab_note", "repeat"):
        if getattr(chosen, name):
            raise ConfigError(name, f"A resumed sweep keeps its --{name.replace('_', '-')}.")
    record = store.hold(store.find(chosen.resume))
    if record is None:
        raise CommandError(f"Another process is training {chosen.resume}.")
    try:
        configs = record.sweep.configs()
        refuse_vain_folder(chosen.folder, [config.data.dataset for config in configs])
        if chosen.folder:
            record = dataclasses.replace(record, folder=chosen.folder.absolute())
        left = len(record.to_train())
        if not left:
            raise CommandError(f"Nothing is left to train in {record.name}.")
        if not chosen.scheduler:
            check_images(record.sweep, record.folder)
        return record, _workers(chosen, record.sweep, record.folder, left)
    except BaseException:
        store.release(record)
        raise


def _sweep(chosen: argparse.Namespace) -> Sweep:
    """Return the sweep that the options describe."""
    from ..sweeps.sweep import SWEEP_PRESETS, Sweep

    repeat = 1 if chosen.repeat is None else chosen.repeat
    if not chosen.lab_note:
        if not chosen.vary:
            raise ConfigError("vary", "Say what to vary, e.g. --vary batch_size=10,20,50.")
        return Sweep("", run_config(chosen), tuple(map(_varied, chosen.vary)), repeat)
    if chosen.vary or chosen.preset:
        raise ConfigError("lab_note", "--lab-note brings its own preset and values to vary.")
    chosen.preset = "lab-note"
    base = run_config(chosen)
    note = SWEEP_PRESETS[f"lab-note-{chosen.lab_note}"](base.data.dataset)
    return dataclasses.replace(note, base=base, repeat=repeat)


def _varied(text: str) -> tuple[str, tuple[object, ...]]:
    from ..training.variation import parse_values

    name, equals, values = text.partition("=")
    if not equals:
        raise ConfigError("vary", f"Write --vary NAME=VALUES, not {text}.")
    name = name.strip().replace("-", "_")
    return name, parse_values(name, values)


def _workers(chosen: argparse.Namespace, sweep: Sweep, folder: Path | None, runs: int) -> Workers:
    from ..sweeps.workers import dask_cluster, local_processes, usable_cores

    if chosen.scheduler:
        if chosen.jobs is not None:
            raise ConfigError("jobs", "A cluster decides itself how many runs it trains at once.")
        names = {config.data.dataset for config in sweep.configs()}
        return dask_cluster(chosen.scheduler, names, folder)
    jobs = usable_cores() if chosen.jobs is None else chosen.jobs
    if jobs < 1:
        raise ConfigError("jobs", f"jobs is {jobs}, but must be at least 1.")
    return local_processes(min(jobs, runs))


def _train(
    record: SweepRecord, workers: Workers, store: SweepStore, reporter: Reporter
) -> list[RunProgress]:
    """Train what is left of a sweep and return how its runs ended."""
    from ..sweeps.runner import SweepRunner

    runner = SweepRunner(workers, record.folder)
    interrupted = threading.Event()
    try:
        runner.add(record.to_train())
        with interrupt_calls(interrupted.set):
            _poll(runner, reporter, interrupted)
    finally:
        runner.close()  # saves what runs, also if reporting is what fails
        complete = runner.finished and not record.left(runner.runs)
        # While it is held: others would finish it, too, and give its numbers back once more.
        store.finish(record) if complete else store.release(record)
    reporter.ended(complete=complete)
    return runner.runs


def _check_ends(record: SweepRecord, runs: list[RunProgress]) -> None:
    """Raise CommandError unless every run ended as it was asked to."""
    if left := record.left(runs):
        raise CommandError(
            f"{record.why_unfinished(left)} Go on with: mnist-studio sweep --resume {record.name}."
        )
    if failed := sum(run.status is RunStatus.FAILED for run in runs):
        number = "All" if failed == len(runs) else f"{failed} of"
        raise CommandError(f"{number} {len(runs)} runs failed.")


def _poll(runner: SweepRunner, reporter: Reporter, interrupted: threading.Event) -> None:
    reporter.began(runner)
    while not runner.finished and not interrupted.is_set():
        for news in runner.poll():
            reporter.happened(news)
        reporter.advanced(runner)
        time.sleep(POLL_SECONDS)
