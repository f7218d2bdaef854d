"""What a sweep prints: lines for people, or JSON."""

from __future__ import annotations

import logging
import sys
from abc import ABC, abstractmethod
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ..number_text import number_deviation, percent_deviation
from ..report.aggregate import Group
from ..report.findings import Finding, find
from ..report.texts import failure_text
from ..runs.checkpoint import CheckpointError
from ..runs.header import RunHeader, read_header
from ..runs.store import RunStore
from ..sweeps.news import News, RunEnded, RunGrew, RunStarted
from ..sweeps.run_names import run_name
from ..sweeps.runner import SweepRunner
from ..sweeps.store import SweepRecord
from ..training.status import RunStatus
from .common import print_json, validation_text

logger = logging.getLogger(__name__)


class Reporter(ABC):
    """Tells people about a sweep.

    Parameters
    ----------
    record : SweepRecord
        The sweep.
    store : RunStore
        Where its runs are.
    """

    def __init__(self, record: SweepRecord, store: RunStore) -> None:
        self._record = record
        self._store = store
        names = [*record.sweep.names, *(["seed"] if record.sweep.repeat > 1 else [])]
        self._names = {path: run_name(config, names) for path, config in record.planned}

    @abstractmethod
    def began(self, runner: SweepRunner) -> None:
        """Tell that the queue is ready."""

    @abstractmethod
    def happened(self, news: News) -> None:
        """Tell what is new."""

    @abstractmethod
    def advanced(self, runner: SweepRunner) -> None:
        """Show how far the queue is."""

    @abstractmethod
    def ended(self, *, complete: bool) -> None:
        """Tell what came out."""

    def _finding(self) -> Finding | None:
        """Return what was seen in the runs that are there."""
        runs = []
        for path in self._record.runs:
            try:
                runs.append(self._store.record(path))
            except CheckpointError:
                logger.info("the run %s is not there", path, exc_info=True)
        return find(runs, self._record.sweep.names) if runs else None


class JsonReporter(Reporter):
    """One JSON object per line on standard output."""

    def __init__(self, record: SweepRecord, store: RunStore) -> None:
        super().__init__(record, store)
        self._epochs: dict[Path, int] = {}

    def began(self, runner: SweepRunner) -> None:
        """Print how much there is to do."""
        print_json(
            {
                "event": "sweep_started",
                **self._sweep(),
                "title": self._record.title,
                "runs": len(self._record.runs),
                "queued": len(runner.runs),
            }
        )

    def happened(self, news: News) -> None:
        """Print a line, or one for each new epoch."""
        match news:
            case RunStarted(path):
                print_json({"event": "run_started", **self._run(path), "path": str(path)})
            case RunGrew(path, history):
                for epoch in history.epochs[self._epochs.get(path, 0) :]:
                    print_json({"event": "epoch_ended", **self._run(path), **epoch._asdict()})
                self._epochs[path] = history.epoch_count
            case RunEnded():
                print_json({"event": "run_ended", **self._run(news.path), **_end(news)})

    def advanced(self, runner: SweepRunner) -> None:
        """Print nothing: the epochs tell."""

    def ended(self, *, complete: bool) -> None:
        """Print the table and the sentences in one object."""
        finding = self._finding()
        print_json(
            {
                "event": "sweep_ended",
                **self._sweep(),
                "status": "completed" if complete else "interrupted",
                "table": [self._row(each) for each in finding.comparison.groups] if finding else [],
                "finding": finding.text if finding else None,
            }
        )

    def _sweep(self) -> dict[str, Any]:
        return {"sweep": self._record.name, "path": str(self._record.path)}

    def _run(self, path: Path) -> dict[str, Any]:
        return {"run": self._record.runs.index(path) + 1, "name": self._names[path]}

    def _row(self, group: Group) -> dict[str, Any]:
        figures = {
            name: {"mean": each.mean, "deviation": each.deviation, "n": each.n}
            for name, each in group.figures.items()
        }
        return {
            **{name: group.values.get(name) for name in self._record.sweep.names},
            "runs": [self._record.runs.index(run.path) + 1 for run in group.runs],
            "diverged": group.diverged,
            "failed": group.failed,
            "figures": figures,
        }


class TextReporter(Reporter):
    """A progress bar over all runs, a line for each that ends, and the table."""

    def __init__(self, record: SweepRecord, store: RunStore) -> None:
        super().__init__(record, store)
        self._width = max(map(len, self._names.values()))
        self._bar: Any = None

    def began(self, runner: SweepRunner) -> None:
        """Show the empty bar."""
        from tqdm import tqdm

        self._bar = tqdm(
            total=len(runner.runs),
            disable=not sys.stderr.isatty(),
            leave=False,
            dynamic_ncols=True,
            mininterval=0.2,
            bar_format="{percentage:3.0f} %|{bar}|{postfix}",
        )

    def happened(self, news: News) -> None:
        """Print a line for a run that ended."""
        if isinstance(news, RunEnded):
            line = f"{self._names[news.path].ljust(self._width)}   {_result(news)}"
            self._bar.write(line, file=sys.stdout)

    def advanced(self, runner: SweepRunner) -> None:
        """Move the bar."""
        runs = runner.runs
        ended = sum(not run.open for run in runs)
        left = runner.seconds_left()
        time_left = "" if left is None else f", {_duration(left)} left"
        self._bar.set_postfix_str(f"{ended} of {len(runs)} runs{time_left}", refresh=False)
        self._bar.update(sum(run.share for run in runs) - self._bar.n)

    def ended(self, *, complete: bool) -> None:
        """Print the table and the sentences, or how to go on."""
        self._bar.close()
        if not complete:
            print(f"Interrupted. Go on with: mnist-studio sweep --resume {self._record.name}")
        elif finding := self._finding():
            print(f"\n{self._table(finding.comparison.groups)}\n\n{finding.text}")

    def _table(self, groups: Iterable[Group]) -> str:
        rows = [("", "validation", "test", "seconds", "")]
        for group in groups:
            validation, test, seconds = (
                group.figures[name] for name in ("validation_accuracy", "test_accuracy", "seconds")
            )
            rows.append(
                (
                    run_name(group.runs[0].header.config, self._record.sweep.names),
                    percent_deviation(validation.mean, validation.deviation),
                    percent_deviation(test.mean, test.deviation),
                    number_deviation(seconds.mean, seconds.deviation),
                    f"{group.diverged} of {len(group.runs)} diverged" if group.diverged else "",
                )
            )
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        return "\n".join(
            "   ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
            for row in rows
        )


def _end(news: RunEnded) -> dict[str, Any]:
    """Return how a run ended as JSON values, with the figures of its file."""
    header = _header(news.path)
    test, best = (header.test, header.best) if header else (None, None)
    return {
        "status": news.status.value,
        "error": failure_text(news.failure),
        "epochs": header.epochs if header else 0,
        "validation_accuracy": best.validation_accuracy if best else None,
        "test_accuracy": test.accuracy if test else None,
        "test_loss": test.loss if test else None,
        "seconds": header.seconds if header else 0.0,
        "path": str(news.path) if header else None,
    }


def _result(news: RunEnded) -> str:
    """Return how a run ended in a line."""
    header = _header(news.path)
    if news.status is RunStatus.INTERRUPTED:
        return f"interrupted: {failure_text(news.failure)}".rstrip(": ")
    if news.status is RunStatus.FAILED or header is None:
        return f"failed: {failure_text(news.failure)}"
    best = validation_text(header.best.validation_accuracy) if header.best else ""
    if news.status is RunStatus.STOPPED:
        return f"{best}stopped after {header.step} batches"
    test = f"test {header.test.accuracy:.2%}   " if header.test else ""
    return f"{best}{test}{header.seconds:.1f} s"


def _header(path: Path) -> RunHeader | None:
    """Return what a run's file says; None if the run could not even begin."""
    try:
        return read_header(path)
    except CheckpointError:
        return None


def _duration(seconds: float) -> str:
    minutes, seconds = divmod(round(seconds), 60)
    return f"{minutes}:{seconds:02d} min" if minutes else f"{seconds} s"
