"""What watching costs: the real window against the terminal's trainer, and how smooth it stays.

Run it with ``python -m tests.benchmarks.window`` (``--quick`` for a look); it needs the full MNIST,
found as the app finds it, and prints Markdown tables. Without a screen, set
``QT_QPA_PLATFORM=offscreen`` or run it under Xvfb.
"""

# ruff: noqa: T201
from __future__ import annotations

import argparse
import dataclasses
import statistics
import sys
import tempfile
import time
from pathlib import Path

import mnist_studio  # noqa: F401 - sets the number of BLAS threads before NumPy is imported

import numpy as np  # isort: skip
from PySide6.QtCore import QEventLoop, QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QAction, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QLabel, QTabBar, QToolButton, QWidget

from mnist_studio.data.dataset import Dataset
from mnist_studio.training.config import DataConfig, RunConfig
from mnist_studio.training.control import TrainingControl
from mnist_studio.training.events import BatchEnded
from mnist_studio.training.presets import PRESETS
from mnist_studio.training.status import RunStatus
from mnist_studio.training.trainer import Trainer
from mnist_studio.ui.main_window import MainWindow
from mnist_studio.ui.sections import Sections

from ..first_paint import EMPTY_WINDOW, program
from ..first_paint import start as begin_process
from ..ui.windows import open_main_window

LONG_HISTORY = 300_000
OVERLAID = 4  # runs that are drawn with the one that is trained


def run_for(seconds: float) -> None:
    """Let the event loop run; unlike a busy wait it leaves the interpreter to other threads."""
    loop = QEventLoop()
    QTimer.singleShot(round(1000 * seconds), loop.quit)
    loop.exec()


def run_until(condition, timeout: float = 120.0) -> float:
    """Let the event loop run until `condition`; return the seconds it took."""
    start = time.perf_counter()
    while not condition():
        if time.perf_counter() - start > timeout:
            raise TimeoutError("the window did not get there")
        run_for(0.001)
    return time.perf_counter() - start


def lab_note(batch_size: int) -> RunConfig:
    """Return the lab note's settings at another batch size, long enough for any measurement."""
    preset = PRESETS["lab-note"]
    training = dataclasses.replace(
        preset.training,
        batch_size=batch_size,
        epochs=1000,
        learning_rate=0.01 if batch_size == 1 else 0.1,
    )
    return RunConfig(DataConfig("mnist"), preset.model, training)


def terminal_speed(config: RunConfig, dataset: Dataset, seconds: float) -> float:
    """Return images per second of the trainer alone, as the terminal iterates it."""
    control = TrainingControl()
    trainer = Trainer(config, dataset, control)
    first: BatchEnded | None = None
    for event in trainer.run():
        if isinstance(event, BatchEnded):
            first = first or event
            if event.seconds - first.seconds > seconds:
                images = trainer.history.images_seen([first.step, event.step])
                return float(images[1] - images[0]) / (event.seconds - first.seconds)
    raise AssertionError("the run is longer than that")


def start(window: MainWindow, config: RunConfig) -> None:
    """Train `config` in the window by its Train action."""
    before = window.studio.session.run and window.studio.session.run.history
    window.settings.set_config(config)
    window.findChild(QAction, "trainAction").trigger()

    def begun() -> bool:
        run = window.studio.session.run
        return run is not None and run.history is not before and run.history.step > 0

    run_until(begun)


def stop(window: MainWindow) -> float:
    """Stop by the action; return the seconds until the run has ended."""
    window.findChild(QAction, "stopAction").trigger()
    return run_until(lambda: not window.studio.session.active)


def window_speed(window: MainWindow, config: RunConfig, seconds: float) -> float:
    """Return images per second of a training in the window."""
    start(window, config)
    history = window.studio.session.run.history
    run_for(0.3)
    before = history.step
    run_for(seconds)
    images = history.images_seen([before, history.step])
    taken = history.seconds[-1] - history.seconds[before - 1]
    stop(window)
    return float((images[1] - images[0]) / taken)


def throughput(window: MainWindow, repeats: int, seconds: float) -> None:
    """Print the window's share of the terminal's speed."""
    print("\n| batch size | terminal, images/s | window, images/s | window / terminal |")
    print("|---|---|---|---|")
    for batch_size in (1, 20, 64, 128, 256):
        config = lab_note(batch_size)
        pairs = [
            (
                terminal_speed(config, window.studio.session.data.dataset, seconds),
                window_speed(window, config, seconds),
            )
            for _ in range(repeats)
        ]
        ratio = statistics.median(watched / alone for alone, watched in pairs)
        alone, watched = (statistics.median(column) for column in zip(*pairs, strict=True))
        print(f"| {batch_size} | {alone:,.0f} | {watched:,.0f} | {ratio:.2f} |", flush=True)


def pages(window: MainWindow, repeats: int, seconds: float) -> None:
    """Print what each view costs while it is looked at, with an image on the pad."""
    print("\n| view, batch 20 | window / terminal | lateness in ms, median | 99th | worst |")
    print("|---|---|---|---|---|")
    config = lab_note(20)
    dataset = window.studio.session.data.dataset
    tabs = window.findChild(QTabBar, "tabs")
    window.sketch.show_random()
    for index, (name, page) in enumerate(window.pages.items()):
        tabs.setCurrentIndex(index)
        sections = page.widget if isinstance(page.widget, Sections) else None
        for section in sections.names if sections else ("",):
            if sections:
                sections.show_section(section)
            run_for(0.5)
            prepare_view(window, section)
            ratios, lateness = [], []
            for _ in range(repeats):
                alone = terminal_speed(config, dataset, seconds)
                late = Lateness()
                ratios.append(window_speed(window, config, seconds) / alone)
                lateness += late.stop()
            ratio = statistics.median(ratios)
            row = f"{name}, {section}" if section else name
            print(f"| {row} | {ratio:.2f} | {figures(lateness)} |", flush=True)
    tabs.setCurrentIndex(0)


def prepare_view(window: MainWindow, section: str) -> None:
    """Show all that a view has: a unit beside the units, what explains the answer beside them."""
    if section == "units":
        window.pages["inside"].widget.view(section).filters.view.unit_chosen.emit(7)
        window.findChild(QToolButton, "contributionsToggle").click()
        run_for(0.5)
    else:
        window.findChild(QToolButton, "drawingButton").click()


class Lateness:
    """How late a 5 ms timer of the window's thread comes, in milliseconds."""

    def __init__(self) -> None:
        self.values: list[float] = []
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._last = time.perf_counter()
        self._timer.start(5)

    def _tick(self) -> None:
        now = time.perf_counter()
        self.values.append(max(0.0, now - self._last - 0.005) * 1000)
        self._last = now

    def stop(self) -> list[float]:
        """End the measurement and return what was measured."""
        self._timer.stop()
        return self.values


def figures(values: list[float]) -> str:
    """Return median, 99th percentile and worst as table cells."""
    return f"{np.median(values):.1f} | {np.percentile(values, 99):.1f} | {max(values):.1f}"


def mouse(widget: QWidget, kind: QMouseEvent.Type, x: float, y: float) -> None:
    """Send a mouse event at a share of the widget's size."""
    place = QPointF(x * widget.width(), y * widget.height())
    pressed = kind is not QMouseEvent.Type.MouseButtonRelease
    event = QMouseEvent(
        kind,
        place,
        widget.mapToGlobal(place),
        Qt.MouseButton.LeftButton,
        Qt.MouseButton.LeftButton if pressed else Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(widget, event)


def draw_for(window: MainWindow, seconds: float) -> list[float]:
    """Draw on the pad without a pause; return the answer times of the strokes in ms."""
    pad = window.findChild(QWidget, "sketchPad")
    answer = window.findChild(QLabel, "predictionLabel")
    times = []
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        mouse(pad, QMouseEvent.Type.MouseButtonPress, 0.3, 0.2)
        for point in range(12):
            mouse(pad, QMouseEvent.Type.MouseMove, 0.3 + 0.03 * point, 0.2 + 0.05 * point)
            run_for(0.008)
        start = time.perf_counter()
        mouse(pad, QMouseEvent.Type.MouseButtonRelease, 0.65, 0.8)
        QApplication.processEvents()
        times.append((time.perf_counter() - start) * 1000)
        assert answer.text(), "a drawing has an answer"
        pad.clear()
    return times


def zoom_for(window: MainWindow, seconds: float) -> None:
    """Turn the mouse wheel over the loss plot, in and out."""
    plot = window.findChild(QWidget, "lossPlot").graph.viewport()
    end = time.perf_counter() + seconds
    turn = 120
    while time.perf_counter() < end:
        place = QPointF(plot.width() / 2, plot.height() / 2)
        event = QWheelEvent(
            place,
            plot.mapToGlobal(place),
            QPoint(),
            QPoint(0, turn),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(plot, event)
        turn = -turn
        run_for(0.05)


def smoothness(window: MainWindow, seconds: float) -> None:
    """Print how late the window's thread is in all kinds of use."""
    print("\n| lateness of the window's thread, ms | median | 99th | worst |")
    print("|---|---|---|---|")
    strokes: list[float] = []
    for batch_size in (1, 20, 256):
        start(window, lab_note(batch_size))
        run_for(0.5)
        late = Lateness()
        run_for(seconds)
        print(f"| batch {batch_size} | {figures(late.stop())} |", flush=True)
        late = Lateness()
        strokes += draw_for(window, seconds)
        print(f"| batch {batch_size}, drawing | {figures(late.stop())} |", flush=True)
        stop(window)
    start(window, lab_note(1))
    run_until(lambda: window.studio.session.run.history.step > LONG_HISTORY, timeout=300)
    late = Lateness()
    run_for(seconds)
    print(f"| batch 1, {LONG_HISTORY:,} points | {figures(late.stop())} |", flush=True)
    late = Lateness()
    zoom_for(window, seconds)
    print(f"| batch 1, {LONG_HISTORY:,} points, zooming | {figures(late.stop())} |", flush=True)
    stop(window)
    overlaid(window, seconds)
    print("\n| | median | 99th | worst |\n|---|---|---|---|")
    print(f"| answer to a stroke while training, ms | {figures(strokes)} |", flush=True)


def overlaid(window: MainWindow, seconds: float) -> None:
    """Print the lateness with the curves of four other runs in the plots, in both tabs."""
    library = window.studio.library
    run_until(lambda: sum(row.header is not None for row in library.rows) >= OVERLAID)
    longest = sorted(library.rows, key=lambda row: row.header.step if row.header else 0)
    for row in longest[-OVERLAID:]:
        library.set_label(row.path, pinned=True)
    start(window, lab_note(20))
    run_until(lambda: len(window.pages["train"].widget.references) == OVERLAID)
    run_for(0.5)
    late = Lateness()
    run_for(seconds)
    print(f"| batch 20, {OVERLAID} pinned runs behind it | {figures(late.stop())} |", flush=True)
    tabs = window.findChild(QTabBar, "tabs")
    tabs.setCurrentIndex(list(window.pages).index("experiments"))
    page = window.pages["experiments"].widget
    run_until(lambda: len(page.overlay.runs) > OVERLAID)
    run_for(0.5)
    late = Lateness()
    run_for(seconds)
    count = len(page.overlay.runs)
    print(f"| batch 20, {count} runs side by side | {figures(late.stop())} |", flush=True)
    stop(window)
    tabs.setCurrentIndex(0)


def reactions(window: MainWindow, repeats: int) -> None:
    """Print how fast Pause and Stop act, in ms."""
    pauses, stops = [], []
    for _ in range(repeats):
        start(window, lab_note(20))
        run_for(0.2)
        window.findChild(QAction, "pauseAction").trigger()
        pauses.append(1000 * run_until(lambda: window.studio.session.status is RunStatus.PAUSED))
        window.findChild(QAction, "trainAction").trigger()
        run_until(lambda: window.studio.session.status is RunStatus.RUNNING)
        stops.append(1000 * stop(window))
    print(f"| Pause acts after, ms | {figures(pauses)} |")
    print(f"| Stop acts after and the run is saved, ms | {figures(stops)} |", flush=True)


def start_up(repeats: int) -> None:
    """Print the time to the first paint against that of an empty QMainWindow."""
    folder = Path(tempfile.mkdtemp())
    pairs = [
        [first_paint(code, folder) for code in (EMPTY_WINDOW, program("time.process_time()"))]
        for _ in range(repeats + 1)
    ][1:]
    print("\n| start to first paint | ms | of them work |\n|---|---|---|")
    windows = zip(*pairs, strict=True)
    for name, times in zip(("empty QMainWindow", "MNIST Studio"), windows, strict=True):
        wall, work = (1000 * statistics.median(each) for each in zip(*times, strict=True))
        print(f"| {name} | {wall:.0f} | {work:.0f} |")
    wall, work = (statistics.median(ours[i] / empty[i] for empty, ours in pairs) for i in (0, 1))
    print(f"| ratio | {wall:.2f} | {work:.2f} |", flush=True)


def first_paint(code: str, folder: Path) -> tuple[float, float]:
    """Return the seconds from a process's start to its window's paint, and those it worked."""
    begin = time.perf_counter()
    process = begin_process(code, folder)
    assert process.stdout is not None
    painted = process.stdout.readline()
    taken = time.perf_counter() - begin
    process.communicate()
    if not painted:
        raise RuntimeError("there is no screen; set QT_QPA_PLATFORM=offscreen")
    return taken, float(painted)


def open_for_measuring(folder: Path) -> MainWindow:
    """Return the window as most people have it, on the full MNIST; there is an application."""
    global application
    application = QApplication.instance() or QApplication(sys.argv[:1])
    window = open_main_window(folder)
    window.resize(1280, 720)
    window.show()
    run_until(lambda: window.studio.session.data.dataset is not None)
    window.studio.session.data.load("mnist")
    run_until(lambda: window.studio.session.data.dataset.name == "mnist")
    return window


def main() -> None:
    """Run all measurements and print their tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer and shorter repeats")
    parser.add_argument("--only", choices=("start", "throughput", "smoothness"))
    chosen = parser.parse_args()
    repeats, seconds = (3, 2.0) if chosen.quick else (7, 4.0)
    if chosen.only in (None, "start"):
        start_up(5 if chosen.quick else 15)
    if chosen.only == "start":
        return
    application = QApplication(sys.argv[:1])
    window = open_for_measuring(Path(tempfile.mkdtemp()))
    if chosen.only in (None, "throughput"):
        throughput(window, repeats, seconds)
        pages(window, repeats, seconds)
    if chosen.only in (None, "smoothness"):
        smoothness(window, seconds)
        reactions(window, repeats)
    start(window, lab_note(20))
    run_for(0.5)
    begin = time.perf_counter()
    window.close()
    print(f"| closing while training, ms | {1000 * (time.perf_counter() - begin):.0f} | | |")
    application.shutdown()


if __name__ == "__main__":
    main()
