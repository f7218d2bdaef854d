"""List or download data sets."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from ..data.registry import DATASETS
from ..training.hyperparameter import ConfigError
from .common import interrupt_calls, print_json


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    parser.add_argument("name", nargs="?", choices=DATASETS)
    parser.add_argument("--download", action="store_true", help="download it into the cache")


def run(chosen: argparse.Namespace) -> int:
    """Print where each data set is, after a download if one is wanted."""
    from ..data.locations import locate

    if chosen.download:
        if chosen.name is None:
            raise ConfigError("name", "Say which data set to download, e.g. mnist.")
        _download(chosen.name)
    for name, spec in DATASETS.items():
        if chosen.name in (None, name):
            place = locate(name)
            row = {
                "event": "dataset",
                "name": name,
                "title": spec.title,
                "train_size": spec.train_size,
                "test_size": spec.test_size,
                "path": str(place) if place else None,
            }
            print_json(row) if chosen.json else print(_data_line(row, embedded=spec.embedded))
    return 0


def _data_line(row: dict[str, Any], *, embedded: bool) -> str:
    if embedded:
        where = "comes with the app"
    elif row["path"]:
        where = f"in {row['path']}"
    else:
        where = f"not here: mnist-studio data {row['name']} --download"
    return f"{row['name']:14} {row['train_size']:6} + {row['test_size']:6} images   {where}"


def _download(name: str) -> None:
    from tqdm import tqdm

    from ..data.download import download

    with tqdm(
        unit="B", unit_scale=True, unit_divisor=1024, disable=not sys.stderr.isatty(), leave=False
    ) as bar:

        def advance(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        cancelled: list[bool] = []
        with interrupt_calls(lambda: cancelled.append(True)):
            download(name, advance, lambda: bool(cancelled))
