"""Where the window's share of the time goes: the throughput with one thing after another left out.

Run it with ``python -m tests.benchmarks.ablation`` (``--quick`` for a look); it needs the full
MNIST and a screen or ``QT_QPA_PLATFORM=offscreen``, as :mod:`tests.benchmarks.window` does. Compare
within a column.
"""

# ruff: noqa: T201
from __future__ import annotations

import argparse
import contextlib
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from unittest import mock

from PySide6.QtWidgets import QApplication

from mnist_studio.session import threads, worker
from mnist_studio.ui import redraw_clock
from mnist_studio.ui.main_window import MainWindow

from .window import lab_note, open_for_measuring, run_for, terminal_speed, window_speed

BATCH_SIZES = (1, 20, 128)


@contextlib.contextmanager
def hidden(window: MainWindow) -> Iterator[None]:
    """Hide the window."""
    window.hide()
    run_for(0.1)
    yield
    window.show()


@contextlib.contextmanager
def switching_every(seconds: float) -> Iterator[None]:
    """Let Python's threads take turns less often."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(seconds)
    with mock.patch.object(threads, "SWITCH_INTERVAL", seconds):
        yield
    sys.setswitchinterval(before)


@contextlib.contextmanager
def seldom_redraws() -> Iterator[None]:
    """Redraw half as often."""
    with (
        mock.patch.object(redraw_clock, "_SHORTEST", 66),
        mock.patch.object(redraw_clock, "_SHARE", 0.025),
        mock.patch.object(redraw_clock, "_RATE", 4.0),
    ):
        yield


def variants(window: MainWindow) -> dict[str, Callable[[], AbstractContextManager[object]]]:
    """Return what is left out, by name."""
    return {
        "as it is": nullcontext,
        "half as many redraws": seldom_redraws,
        "nothing redrawn": lambda: mock.patch.object(
            redraw_clock.Turn, "wants_redraw", return_value=False
        ),
        "signals every 66 ms": lambda: mock.patch.object(worker, "BATCHES_INTERVAL", 0.066),
        "no copies of weights": lambda: mock.patch.object(worker, "WEIGHTS_INTERVAL", 1e9),
        "threads switched every 5 ms": lambda: switching_every(0.005),
        "window hidden": lambda: hidden(window),
    }


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer and shorter repeats")
    repeats, seconds = (3, 1.5) if parser.parse_args().quick else (5, 4.0)
    application = QApplication(sys.argv[:1])
    window = open_for_measuring(Path(tempfile.mkdtemp()))
    dataset = window.studio.session.data.dataset
    print("\n| window / terminal at batch size |", " | ".join(map(str, BATCH_SIZES)), "|")
    print("|---" * (1 + len(BATCH_SIZES)) + "|")
    for name, leave_out in variants(window).items():
        shares = []
        for batch_size in BATCH_SIZES:
            config, ratios = lab_note(batch_size), []
            for _ in range(repeats):
                alone = terminal_speed(config, dataset, seconds)
                with leave_out():
                    ratios.append(window_speed(window, config, seconds) / alone)
            shares.append(f"{statistics.median(ratios):.2f}")
        print(f"| {name} | {' | '.join(shares)} |", flush=True)
    window.close()
    application.shutdown()


if __name__ == "__main__":
    main()
