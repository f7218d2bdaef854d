"""An error that nothing expected: the training is saved, one dialog tells, the log is discreet."""

import errno
import logging
import subprocess
import sys
import threading

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QPushButton

from mnist_studio.runs.checkpoint import read_checkpoint
from mnist_studio.session.session import Session
from mnist_studio.ui.crash_dialog import CrashDialog, CrashReporter
from mnist_studio.ui.crash_log import _Discreet, describe_program

from ..training.builders import small_run


@pytest.fixture
def window(open_window):
    return open_window()


@pytest.fixture
def reporter(window, tmp_path):
    return CrashReporter(window.studio.session, tmp_path, tmp_path / "log", window)


def dialogs(window):
    return [each for each in window.findChildren(CrashDialog) if each.isVisible()]


def catch(reporter, error):
    try:
        raise error
    except type(error) as caught:
        reporter.catch(type(caught), caught, caught.__traceback__)


def copied(qtbot, dialog):
    qtbot.mouseClick(dialog.findChild(QPushButton, "copyDetails"), Qt.MouseButton.LeftButton)
    return QApplication.clipboard().text()


def test_the_training_is_saved_before_one_dialog_tells(qtbot, window, reporter):
    session: Session = window.studio.session
    with qtbot.waitSignal(session.run_started):
        session.start(small_run(epochs=1000), first="batch")
    path = session.run.path
    qtbot.waitUntil(lambda: session.run.status.value == "paused")
    path.unlink()  # so that only a new save brings it back
    with qtbot.assertNotEmitted(session.saved):
        catch(reporter, KeyError("odd"))
        qtbot.waitUntil(lambda: len(dialogs(window)) == 1)
        qtbot.waitUntil(path.exists)
    assert read_checkpoint(path).step == 1
    (dialog,) = dialogs(window)
    assert "KeyError" in dialog.findChild(QLabel).text()
    details = copied(qtbot, dialog)
    assert details.startswith(describe_program())
    assert '"batch_size": 16' in details
    assert "KeyError: 'odd'" in details
    assert str(path.home()) not in details
    qtbot.mouseClick(dialog.findChild(QPushButton, "closeCrash"), Qt.MouseButton.LeftButton)
    assert not dialogs(window)


def test_errors_of_any_thread_share_one_dialog_and_none_is_told_twice(qtbot, window, reporter):
    same = ValueError("first")
    thread = threading.Thread(target=catch, args=(reporter, same))
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: len(dialogs(window)) == 1)
    catch(reporter, LookupError("second"))
    qtbot.waitUntil(lambda: "second" in copied(qtbot, dialogs(window)[0]))
    assert len(dialogs(window)) == 1
    dialogs(window)[0].accept()
    reporter._on_caught(same)
    assert not dialogs(window)


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "The disk is full."),
        (MemoryError(), "There is not enough memory"),
        (RuntimeError("odd"), "Something unexpected went wrong (RuntimeError)"),
    ],
)
def test_a_full_disk_and_no_memory_have_sentences_of_their_own(
    qtbot, window, reporter, error, sentence
):
    catch(reporter, error)
    qtbot.waitUntil(lambda: len(dialogs(window)) == 1)
    assert dialogs(window)[0].findChild(QLabel).text().startswith(sentence)
    dialogs(window)[0].accept()


def test_the_log_names_no_files_beyond_the_data_folder(tmp_path):
    folder, elsewhere = tmp_path / "data", tmp_path / "My thesis" / "draft 2.npz"
    formatter = _Discreet(folder)
    try:
        elsewhere.read_bytes()
    except OSError:
        caught = sys.exc_info()
    record = logging.LogRecord(
        "x",
        logging.INFO,
        __file__,
        1,
        "%s was not moved to %s",
        (elsewhere, folder / "a.npz"),
        caught,
    )
    text = formatter.format(record)
    assert "thesis" not in text
    assert "draft" not in text
    assert str(folder / "a.npz") in text
    assert "FileNotFoundError" in text
    assert 'File "test_crash_dialog.py", line' in text


def test_the_log_begins_with_the_program_rotates_and_takes_a_crash_of_the_interpreter(tmp_path):
    code = (
        "import faulthandler, logging, sys\n"
        "from pathlib import Path\n"
        "from mnist_studio.ui import crash_log\n"
        "crash_log._MOST_BYTES = 5000\n"
        "log = crash_log.start_logging(Path(sys.argv[1]))\n"
        "for number in range(200): logging.info('line %d', number)\n"
        "faulthandler._sigsegv()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, tmp_path], check=False, capture_output=True, encoding="utf-8"
    )
    assert done.returncode
    assert done.stderr == ""
    log, older = tmp_path / "mnist-studio.log", tmp_path / "mnist-studio.log.1"
    for each in (log, older):
        assert each.read_text("utf-8").startswith(describe_program())
        assert each.stat().st_size < 7000
    assert "Segmentation fault" in log.read_text("utf-8")
