"""The program itself up to the first paint of its window, in a process of its own."""

import os
import subprocess
import sys
from pathlib import Path

# Prints the seconds of work that it took.
EMPTY_WINDOW = """
import os, sys, time
from PySide6.QtWidgets import QApplication, QMainWindow
application = QApplication(sys.argv[:1])
class Window(QMainWindow):
    def paintEvent(self, event):
        super().paintEvent(event)
        print(time.process_time(), flush=True)
        os._exit(0)
window = Window()
window.show()
application.exec()
"""

# Qt's classes are changed as soon as the program has loaded them, so that it loads what it would.
_PROGRAM = """
import os, sys, time
from mnist_studio import __main__
from mnist_studio.ui import display
find_obstacle = display.find_obstacle
def watch():
    obstacle = find_obstacle()
    from PySide6.QtWidgets import QMainWindow
    paint = QMainWindow.paintEvent
    def paint_and_end(window, event):
        paint(window, event)
        print({report}, flush=True)
        os._exit(0)
    QMainWindow.paintEvent = paint_and_end
    return obstacle
display.find_obstacle = watch
sys.exit(__main__.main([]))
"""


def program(report: str) -> str:
    """Return code that starts MNIST Studio, prints an expression at the first paint, and ends."""
    return _PROGRAM.format(report=report)


def start(code: str, folder: Path) -> subprocess.Popen[str]:
    """Start code in a process whose user has nothing but `folder`.

    As of an installed program its modules are compiled once: the first start is the slowest.
    """
    homes = ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "PYTHONPYCACHEPREFIX")
    environment = os.environ | {home: str(folder) for home in homes}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    return subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, encoding="utf-8", env=environment
    )
