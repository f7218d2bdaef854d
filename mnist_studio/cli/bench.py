"""Measure the training speed of settings on this machine."""

from __future__ import annotations

import argparse
import dataclasses

from .common import CommandError, load_dataset, print_json
from .options import add_config_options, run_config


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    add_config_options(parser)


def run(chosen: argparse.Namespace) -> int:
    """Print images per second and how far they are from the possible."""
    from ..report.texts import failure_text
    from ..training.benchmark import run_benchmark
    from ..training.failures import TrainingDiverged, failure_of

    config = run_config(chosen)
    try:
        result = run_benchmark(config, load_dataset(config.data.dataset, None))
    except TrainingDiverged as error:
        raise CommandError(failure_text(failure_of(error))) from error
    if chosen.json:
        print_json({"event": "benchmarked", **dataclasses.asdict(result)})
    else:
        for threads, speed in result.images_per_second_by_threads.items():
            print(f"{speed:9,.0f} images/s with {threads} BLAS thread{'s' * (threads > 1)}")
        print(f"A step takes {result.ratio_to_floor:.2f} times as long as its matrix products.")
        print(f"Fastest just now: {result.best_threads} BLAS thread(s).")
    return 0
