"""The window closes, and saves, when the program is asked to end from outside."""

from __future__ import annotations

import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QSocketNotifier
from PySide6.QtWidgets import QApplication

from ..cancel import ENDING_SIGNALS


@contextmanager
def closed_by_signals() -> Iterator[None]:
    """Let Ctrl+C, a logout and the end of the terminal close the window meanwhile.

    Python handles a signal only when it has something to do, and then wherever it is; so one wakes
    the event loop here. What whoever started the program ignores, as ``nohup`` does, is ignored.
    """
    heard = [each for each in ENDING_SIGNALS if signal.getsignal(each) is not signal.SIG_IGN]
    woken, wakes = socket.socketpair()
    with woken, wakes:
        wakes.setblocking(False)
        notifier = QSocketNotifier(woken.fileno(), QSocketNotifier.Type.Read)

        def close() -> None:
            woken.recv(64)
            QApplication.quit()

        notifier.activated.connect(close)
        wakeup = signal.set_wakeup_fd(wakes.fileno())
        before = [(each, signal.signal(each, lambda *_: None)) for each in heard]
        try:
            yield
        finally:
            for each, handler in before:
                signal.signal(each, handler)
            signal.set_wakeup_fd(wakeup)
            notifier.setEnabled(False)
