"""Write the lab report of runs."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from .chosen_runs import add_runs_argument, chosen_runs
from .common import CommandError, add_folder_option, interrupt_calls, load_dataset, print_json

if TYPE_CHECKING:
    from ..report.findings import Finding
    from ..training.run_store import RunRecord

SUMMARY = "write the lab report of runs as one HTML file"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    add_runs_argument(parser)
    add_folder_option(parser)
    parser.add_argument(
        "--output", type=Path, default=Path("report.html"), metavar="FILE", help="(report.html)"
    )
    parser.add_argument("--title", default="", help="what it is about")


def run(chosen: argparse.Namespace) -> int:
    """Write the report and print what was seen."""
    from ..report.cancel import ReportCancelled

    runs = chosen_runs(chosen.runs)
    try:
        finding = _write(chosen, runs)
    except ReportCancelled as cancelled:
        raise KeyboardInterrupt from cancelled
    except OSError as error:
        reason = error.strerror or str(error)
        raise CommandError(
            f"{chosen.output} could not be written: {reason}. Choose another place."
        ) from error
    if chosen.json:
        print_json(
            {
                "event": "reported",
                "runs": len(runs),
                "finding": finding.text,
                "path": str(chosen.output),
            }
        )
    else:
        print(finding.text)
        print(f"The report is in {chosen.output}")
    return 0


def _write(chosen: argparse.Namespace, runs: list[RunRecord]) -> Finding:
    from tqdm import tqdm

    from ..report.html import write_report
    from ..training.checkpoint import CheckpointError

    cancelled: list[bool] = []
    with tqdm(disable=not sys.stderr.isatty(), leave=False) as bar:

        def advance(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        try:
            with interrupt_calls(lambda: cancelled.append(True)):
                return write_report(
                    chosen.output,
                    runs,
                    title=chosen.title,
                    load=lambda name: load_dataset(name, chosen.folder),
                    progress=advance,
                    cancelled=lambda: bool(cancelled),
                )
        except CheckpointError as error:
            raise CommandError(str(error)) from error
