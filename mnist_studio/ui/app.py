"""The application around the window: Qt set up, errors shown and logged, the event loop run."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QIcon
from PySide6.QtWidgets import QApplication

from .. import __version__, paths
from ..session.settings import Settings
from ..session.studio import Studio
from .crash_log import start_logging
from .main_window import MainWindow
from .widgets import fit_screen


def run_window(run: Path | None = None) -> int:
    """Open the window, on a saved run if one is given, and return the exit code."""
    log = start_logging(paths.data_folder())
    QGuiApplication.setHighDpiScaleFactorRoundingPolicy(
        Qt.HighDpiScaleFactorRoundingPolicy.PassThrough
    )
    application = QApplication(sys.argv[:1])
    application.setApplicationName("MNIST Studio")
    application.setApplicationVersion(__version__)
    application.setDesktopFileName("mnist-studio")
    studio, settings = Studio(paths.runs_folder()), Settings(paths.configuration_folder())
    window = MainWindow(studio, settings, panels_after_paint=True)
    if run is not None:
        window.open_when_ready(run)
    fit_screen(window)
    with contextlib.ExitStack() as until_the_end:
        window.painted.connect(lambda: _begin(window, log, until_the_end))
        window.show()
        return application.exec()


def _begin(window: MainWindow, log: Path | None, until_the_end: contextlib.ExitStack) -> None:
    """See to icon, errors, garbage and signals, which nobody misses before the first paint."""
    from .crash_dialog import CrashReporter
    from .ending import closed_by_signals
    from .garbage import GarbageCollector

    QGuiApplication.setWindowIcon(QIcon(str(paths.resource("icons/mnist-studio.svg"))))
    CrashReporter(window.studio.session, paths.data_folder(), log, window).install()
    window.grown.connect(GarbageCollector(window).keep)
    until_the_end.enter_context(closed_by_signals())
