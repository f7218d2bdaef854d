"""The program is asked to end from outside."""

import signal

import pytest
from PySide6.QtWidgets import QApplication

from mnist_studio.cancel import ENDING_SIGNALS
from mnist_studio.ui.ending import closed_by_signals


@pytest.mark.parametrize("ending", ENDING_SIGNALS)
def test_an_idle_window_is_closed_at_logout(ending, qtbot, monkeypatch):
    quits, before = [], signal.getsignal(ending)
    monkeypatch.setattr(QApplication, "quit", lambda: quits.append(ending))
    with closed_by_signals():
        signal.raise_signal(ending)
        assert quits == []  # not wherever the program is
        qtbot.waitUntil(lambda: quits == [ending])
    assert signal.getsignal(ending) is before


def test_what_is_ignored_by_whoever_started_the_program_stays_so(qapp):
    before = signal.signal(ENDING_SIGNALS[-1], signal.SIG_IGN)
    try:
        with closed_by_signals():
            assert signal.getsignal(ENDING_SIGNALS[-1]) is signal.SIG_IGN
    finally:
        signal.signal(ENDING_SIGNALS[-1], before)
