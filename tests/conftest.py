"""What every test gets: no screen, folders of its own, a check that it leaves nothing behind."""

import gc
import os
import signal
import sys
import threading
import time
from functools import partialmethod
from pathlib import Path

# Read when Qt and NumPy are first imported, so set before anything else is.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from mnist_studio.ui.display import find_obstacle

if obstacle := find_obstacle():
    sys.exit(obstacle)

import pytest
from hypothesis import settings
from PySide6.QtCore import QCoreApplication, QEvent, QObject, QThread, QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from mnist_studio import paths
from mnist_studio.cancel import ENDING_SIGNALS
from mnist_studio.data.dataset import Dataset
from mnist_studio.ui import theme

from .polling import PATIENCE
from .training.builders import small_blobs

# A slow machine is not a failure; the same examples everywhere make a red run repeatable.
settings.register_profile("studio", deadline=None, derandomize=True, max_examples=60)
settings.load_profile("studio")

_MUCH_GARBAGE = 50_000  # objects made and not yet gone
FULL_DATA = os.environ.get(paths.DATA_VARIABLE)


def pytest_addoption(parser):
    parser.addoption(
        "--system-font",
        action="store_true",
        help="use the system's font instead of the one that comes along",
    )


@pytest.fixture(scope="session")
def qapp(qapp, pytestconfig):
    """The application as the window finds it, whichever test is the first."""
    with pytest.MonkeyPatch.context() as patch:
        if pytestconfig.getoption("--system-font"):
            patch.setattr(theme, "FONT_FAMILY", qapp.font().family())
        theme.choose("light")
        yield qapp


class PatientBot(QtBot):
    """Waits for conditions as long as the slowest machine may need."""

    waitSignal = partialmethod(QtBot.waitSignal, timeout=1000 * PATIENCE)
    waitSignals = partialmethod(QtBot.waitSignals, timeout=1000 * PATIENCE)
    waitUntil = partialmethod(QtBot.waitUntil, timeout=1000 * PATIENCE)
    waitExposed = partialmethod(QtBot.waitExposed, timeout=1000 * PATIENCE)


@pytest.fixture
def qtbot(qapp, request):
    return PatientBot(request)


@pytest.fixture(autouse=True)
def _own_folders(tmp_path_factory, monkeypatch):
    """Keep tests away from the files of whoever runs them."""
    home = tmp_path_factory.mktemp("home")
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(home))
    for name in ("APPDATA", "LOCALAPPDATA", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, str(home / name.lower()))


@pytest.fixture(autouse=True)
def _nothing_left_behind(request, _own_folders):
    """Fail a test that leaves a thread, a running timer or a window."""
    uses_qt = bool({"qapp", "qtbot"} & set(request.fixturenames))
    threads = set(threading.enumerate())
    yield
    if gc.get_count()[0] > _MUCH_GARBAGE:
        gc.collect()
    left = [repr(thread) for thread in _new_threads(threads)]
    if uses_qt:
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        windows = [each for each in QApplication.topLevelWidgets() if each.isVisible()]
        left += _told_once(_running_qt_objects() + windows)
    if left:
        pytest.fail(f"left behind: {', '.join(left)}")


def _new_threads(known):
    """Return Python threads that were started and do not end by themselves at once.

    The progress bar's monitor lives as long as the program, and a thread of Qt's that Python code
    ran in stays known to Python after its end.
    """
    deadline = time.monotonic() + PATIENCE
    new = [
        thread
        for thread in threading.enumerate()
        if thread not in known and type(thread).__name__ not in ("TMonitor", "_DummyThread")
    ]
    for thread in new:
        thread.join(max(0.0, deadline - time.monotonic()))
    return [thread for thread in new if thread.is_alive()]


_told: list[QObject] = []  # and who owns them: a running thread that is deleted ends the program


def _told_once(found):
    """Describe what no earlier test has been blamed for."""
    new = [each for each in found if not any(each is old for old in _told)]
    _told.extend(new)
    _told.extend(owner for each in new for owner in _owners(each))
    return [repr(each) for each in new]


def _owners(each):
    while (each := each.parent()) is not None:
        yield each


def pytest_configure():
    """Hear the signals that ask a program to end, whoever started the tests and ignores them.

    A program respects what ``nohup`` or a shell's background ignore, and its children inherit it.
    """
    for ending in ENDING_SIGNALS:
        if signal.getsignal(ending) is signal.SIG_IGN:
            interrupts = ending is signal.SIGINT
            signal.signal(ending, signal.default_int_handler if interrupts else signal.SIG_DFL)


def pytest_collection_finish():
    """Leave all that was imported out of the searches for what a test left behind.

    From here on garbage is collected between tests only. Qt's objects must end in their thread;
    Python's own collection comes in whichever thread makes the next object.
    """
    gc.collect()
    gc.freeze()
    gc.disable()


def _running_qt_objects():
    """Return the running threads and timers that Python made."""
    # By type, since asking some lazy objects for their class wakes them; and by types known
    # beforehand, since every test asks this of every object.
    types = {*_with_subclasses(QThread), *_with_subclasses(QTimer)}
    main = QThread.currentThread()
    found = [
        each
        for each in gc.get_objects()
        if type(each) in types and each is not main and isValid(each)
    ]
    return [
        each
        for each in found
        if (each.isRunning() if isinstance(each, QThread) else each.isActive())
    ]


def _with_subclasses(kind):
    yield kind
    for each in kind.__subclasses__():
        yield from _with_subclasses(each)


@pytest.fixture
def full_mnist(monkeypatch) -> Path:
    """The folder of the full MNIST; the test is skipped where there is none."""
    if not FULL_DATA:
        pytest.skip(f"set {paths.DATA_VARIABLE} to a folder with MNIST's four files to run this")
    monkeypatch.setenv(paths.DATA_VARIABLE, FULL_DATA)
    return Path(FULL_DATA)


@pytest.fixture(scope="session")
def blobs() -> Dataset:
    """300 training and 100 test images that a small network learns in seconds."""
    return small_blobs()
