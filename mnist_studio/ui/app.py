"""The application around the window: Qt set up, errors shown and logged, the event loop run."""

from __future__ import annotations

import logging
import logging.handlers
import sys
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QIcon
from PySide6.QtWidgets import QApplication

from .. import __version__, paths
from .main_window import MainWindow

logger = logging.getLogger(__name__)
LOG_NAME = "mnist-studio.log"


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
    application.setWindowIcon(QIcon(str(paths.resource("icons/mnist-studio.svg"))))
    window = MainWindow(panels_after_paint=True)
    show_uncaught_errors(window, log)
    if run is not None:
        window.open_when_ready(run)
    window.show()
    return application.exec()


def start_logging(folder: Path) -> Path | None:
    """Log to a file of bounded size in `folder`; return it, or None where it cannot be written."""
    log: Path | None = folder / LOG_NAME
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handler: logging.Handler = logging.handlers.RotatingFileHandler(
            folder / LOG_NAME, maxBytes=1_000_000, backupCount=1, encoding="utf-8", delay=True
        )
    except OSError:
        log, handler = None, logging.StreamHandler()
    logging.basicConfig(
        level=logging.INFO,
        handlers=[handler],
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
    )
    return log


def show_uncaught_errors(window: MainWindow, log: Path | None) -> None:
    """Show and log exceptions that no code caught; in Qt's slots they would vanish otherwise."""

    def show(
        kind: type[BaseException], error: BaseException, traceback: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            window.close()
            return
        logger.critical("uncaught", exc_info=(kind, error, traceback))
        window.show_unexpected_error(error, log)

    sys.excepthook = show
