"""Take curves or results of runs along: CSV, Markdown, TensorBoard."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from ..training.hyperparameter import ConfigError
from .chosen_runs import add_runs_argument, chosen_runs
from .common import interrupt_calls, print_json, written

if TYPE_CHECKING:
    from ..runs.store import RunRecord


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    add_runs_argument(parser)
    parser.add_argument(
        "--output",
        type=Path,
        required=True,
        metavar="FILE",
        help=".csv for the table or the curves, .md for the table, a folder for TensorBoard",
    )
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--curves", action="store_true", help="every point of the curves (.csv)")
    what.add_argument("--groups", action="store_true", help="one row for all seeds of a setting")
    what.add_argument(
        "--tensorboard", action="store_true", help="the curves in TensorBoard's own format"
    )


def run(chosen: argparse.Namespace) -> int:
    """Write the file."""
    if not chosen.tensorboard and chosen.output.suffix.lower() not in (".csv", ".md"):
        raise ConfigError("output", f"{chosen.output} must end in .csv or .md.")
    if chosen.curves and chosen.output.suffix.lower() != ".csv":
        raise ConfigError("output", f"Curves are written as .csv, not as {chosen.output.name}.")
    runs = chosen_runs(chosen.runs)
    cancelled: list[bool] = []
    with written(chosen.output), interrupt_calls(lambda: cancelled.append(True)):
        _write(chosen, runs, cancelled)
    if chosen.json:
        print_json({"event": "exported", "runs": len(runs), "path": str(chosen.output)})
    else:
        print(f"{len(runs)} run{'s' * (len(runs) > 1)} written to {chosen.output}")
    return 0


def _write(chosen: argparse.Namespace, runs: list[RunRecord], cancelled: list[bool]) -> None:
    from ..report.comparison import compare
    from ..report.curves import write_curves
    from ..report.tables import group_table, run_table, write_table
    from ..report.tensorboard import write_tensorboard

    if chosen.tensorboard:
        write_tensorboard(chosen.output, runs, cancelled=lambda: bool(cancelled))
    elif chosen.curves:
        write_curves(chosen.output, runs, cancelled=lambda: bool(cancelled))
    else:
        table = group_table(compare(runs)) if chosen.groups else run_table(runs)
        write_table(chosen.output, table)
