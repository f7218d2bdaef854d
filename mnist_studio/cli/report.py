"""Write the lab report of runs."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from ..training.hyperparameter import ConfigError
from .chosen_runs import add_runs_argument, chosen_runs
from .common import (
    add_folder_option,
    interrupt_calls,
    load_dataset,
    print_json,
    progress_bar,
    refuse_vain_folder,
    written,
)

if TYPE_CHECKING:
    from ..report.findings import Finding
    from ..runs.store import RunRecord


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    add_runs_argument(parser)
    add_folder_option(parser)
    parser.add_argument(
        "--output", type=Path, default=Path("report.html"), metavar="FILE", help="(report.html)"
    )
    parser.add_argument("--title", default="", help="what it is about")
    parser.add_argument(
        "--robustness",
        action="store_true",
        help="also compare the accuracies on distorted test images (takes a while)",
    )
    parser.add_argument(
        "--calibration",
        action="store_true",
        help="also compare how far the probabilities can be believed",
    )


def run(chosen: argparse.Namespace) -> int:
    """Write the report and print what was seen."""
    # As in export; a run whose name was given twice would be lost.
    if chosen.output.suffix.lower() not in (".html", ".htm"):
        raise ConfigError("output", f"{chosen.output} must end in .html.")
    runs = chosen_runs(chosen.runs)
    refuse_vain_folder(chosen.folder, [run.header.config.data.dataset for run in runs])
    with written(chosen.output):
        finding = _write(chosen, runs)
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
    from ..report.html import write_report
    from ..report.trials import Trial

    cancelled: list[bool] = []
    with progress_bar() as advance, interrupt_calls(lambda: cancelled.append(True)):
        return write_report(
            chosen.output,
            runs,
            title=chosen.title,
            load=lambda name: load_dataset(name, chosen.folder),
            also=[trial for trial in Trial if getattr(chosen, trial)],
            progress=advance,
            cancelled=lambda: bool(cancelled),
        )
