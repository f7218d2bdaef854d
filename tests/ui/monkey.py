"""Somebody who tries everything: a systematic pass over the window, then seeded random actions.

Run the long form with ``python -m tests.ui.monkey --actions 5000 --seed 1``; it prints what was
never reached, and fails at the first exception or warning of Qt.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
import traceback
from pathlib import Path

from PySide6.QtCore import QEvent, QEventLoop, QObject, QPoint, Qt, QTimer, qInstallMessageHandler
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDialog,
    QFileDialog,
    QLineEdit,
    QMenu,
    QScrollArea,
    QTabBar,
    QWidget,
)
from shiboken6 import isValid

SIZES = ((1024, 600), (1280, 720), (1920, 1080))
INTERACTIVE = (
    QAbstractButton,
    QComboBox,
    QAbstractSpinBox,
    QLineEdit,
    QTabBar,
    QAbstractItemView,
)
PLAIN_KEYS = (
    *(Qt.Key.Key_Space, Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Tab),
    *(Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Left, Qt.Key.Key_Right),
    *(Qt.Key.Key_Delete, Qt.Key.Key_Backspace, Qt.Key.Key_F1, Qt.Key.Key_F9, Qt.Key.Key_F11),
    *(Qt.Key.Key_0, Qt.Key.Key_1, Qt.Key.Key_Period),
)
CONTROL_KEYS = (
    *(Qt.Key.Key_A, Qt.Key.Key_Z, Qt.Key.Key_1, Qt.Key.Key_2, Qt.Key.Key_Plus),
    *(Qt.Key.Key_Minus, Qt.Key.Key_Right, Qt.Key.Key_Return),
)
KEYS = (
    *((key, Qt.KeyboardModifier.NoModifier) for key in PLAIN_KEYS),
    (Qt.Key.Key_Backtab, Qt.KeyboardModifier.ShiftModifier),
    *((key, Qt.KeyboardModifier.ControlModifier) for key in CONTROL_KEYS),
)
STEP = 2  # milliseconds that the window has between two actions
# Looks at a tab whose content may still be asked for, before the next one, and the time between.
LOOKS, PAUSE = 5, 40


class Monkey(QObject):
    """Clicks, draws, scrolls and types in a window and whatever that opens.

    The next action is asked of the event loop before one is carried out, so that it also comes
    when the action waits for a dialog or a menu.

    Parameters
    ----------
    window : QWidget
        What is tried, shown already.
    seed : int
        Of the random actions.

    Attributes
    ----------
    done : bool
        Whether all actions of the last command were carried out.
    """

    def __init__(self, window: QWidget, seed: int) -> None:
        super().__init__()
        self.done = True
        self._window = window
        self._random = random.Random(seed)
        self._reached: set[int] = set()
        self._kept: list[QWidget] = []  # so that no other object gets the id of one reached
        self._visited: set[tuple[int, int]] = set()  # tabs of the bars, by their ids
        self._left = self._looks = 0
        self._systematic = False
        QApplication.instance().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Note which widgets a press of the mouse arrives at."""
        if event.type() == QEvent.Type.MouseButtonPress and isinstance(watched, QWidget):
            self._note(watched)
        return False

    def stop(self) -> None:
        """Watch no more."""
        QApplication.instance().removeEventFilter(self)

    def walk(self) -> None:
        """Press whatever can be pressed once, in what is open, until nothing new appears."""
        self._begin(10_000, systematic=True)

    def play(self, actions: int) -> None:
        """Carry out random actions."""
        self._begin(actions, systematic=False)

    def never_reached(self) -> list[str]:
        """Return the names of the window's controls that no press has arrived at."""
        return sorted(
            name_of(each)
            for each in self._window.findChildren(QWidget)
            if isinstance(each, INTERACTIVE) and id(each) not in self._reached and not inner(each)
        )

    # --- one action after another ----------------------------------------------------------

    def _begin(self, actions: int, *, systematic: bool) -> None:
        self.done = False
        self._left, self._looks = actions, 0
        self._systematic = systematic
        QTimer.singleShot(STEP, self, self._act)

    def _act(self) -> None:
        if self._left <= 0:
            self._close_one() or self._finish()
            return
        self._left -= 1
        QTimer.singleShot(PAUSE if self._looks else STEP, self, self._act)
        if self._systematic:
            self._press_something_new()
        else:
            self._do_anything()

    def _finish(self) -> None:
        self.done = True

    def _close_one(self) -> bool:
        """Close the topmost menu or dialog; return whether there was one."""
        top = QApplication.activePopupWidget() or self._dialog()
        if top is None:
            return False
        QTimer.singleShot(STEP, self, self._act)
        top.close()
        return True

    def _dialog(self) -> QWidget | None:
        modal = QApplication.activeModalWidget()
        if modal is not None:
            return modal
        shown = [
            each
            for each in QApplication.topLevelWidgets()
            if isinstance(each, QDialog) and each.isVisible()
        ]
        return shown[-1] if shown else None

    # --- the systematic pass ----------------------------------------------------------------

    def _press_something_new(self) -> None:
        popup = QApplication.activePopupWidget()
        if popup is not None:
            popup.close()
            return
        top = self._dialog() or self._window
        if isinstance(top, QFileDialog):
            top.close()
            return
        if (widget := self._something_new(top)) is not None:
            self._looks = 0
            self._note(widget)
            self._press(widget)
        elif top is not self._window:
            top.close()
        elif self._looks < LOOKS:
            self._looks += 1
        elif not self._next_tab():
            self._left = 0

    def _something_new(self, top: QWidget) -> QWidget | None:
        """Return a control not pressed yet; a training begins late, and layers go last."""
        new = [
            each
            for each in top.findChildren(QWidget)
            if isinstance(each, INTERACTIVE) and not inner(each) and id(each) not in self._reached
        ]
        new.sort(
            key=lambda each: (each.objectName().endswith("Remove"), bool(each.property("primary")))
        )
        for each in new:
            self._bring_into_view(each)
            if self._place_in(each) is not None:
                return each
        return None

    def _press(self, widget: QWidget) -> None:
        if isinstance(widget, QAbstractItemView) and widget.model() is not None:
            first = widget.visualRect(widget.model().index(0, 0))
            self._click(widget.viewport(), first.center())
        else:
            self._click(widget)

    @staticmethod
    def _bring_into_view(widget: QWidget) -> None:
        parent = widget.parentWidget()
        while parent is not None and not isinstance(parent, QScrollArea):
            parent = parent.parentWidget()
        if parent is not None and widget.isVisible():
            parent.ensureWidgetVisible(widget)

    def _next_tab(self) -> bool:
        # The last ones are the innermost: all sections of a page come before another page.
        for bar in reversed(self._window.findChildren(QTabBar)):
            if not bar.isVisible():
                continue
            for index in range(bar.count()):
                key = (id(bar), index)
                if bar.isTabEnabled(index) and key not in self._visited:
                    self._visited.add(key)
                    self._looks = 0
                    self._draw()
                    self._click(bar, bar.tabRect(index).center())
                    return True
        return False

    # --- random actions ---------------------------------------------------------------------

    def _do_anything(self) -> None:
        popup = QApplication.activePopupWidget()
        if isinstance(popup, QMenu):
            self._use_menu(popup)
            return
        if popup is not None:
            QTest.keyClick(popup, self._random.choice([Qt.Key.Key_Down, Qt.Key.Key_Escape]))
            return
        top = self._dialog() or self._window
        if isinstance(top, QFileDialog):
            top.close()
            return
        choice = self._random.random()
        if top is not self._window and choice < 0.05:
            top.close()
        elif choice < 0.55:
            self._press_anything(top)
        elif choice < 0.85:
            key, modifiers = self._random.choice(KEYS)
            QTest.keyClick(QApplication.focusWidget() or top, key, modifiers)
        elif choice < 0.92:
            self._draw()
        elif choice < 0.98:
            self._scroll(top)
        else:
            self._window.resize(*self._random.choice(SIZES))

    def _press_anything(self, top: QWidget) -> None:
        seen = [each for each in top.findChildren(QWidget) if self._place_in(each) is not None]
        if not seen:
            return
        widget = self._random.choice(seen)
        place = QPoint(
            self._random.randrange(max(1, widget.width())),
            self._random.randrange(max(1, widget.height())),
        )
        button = self._random.choice([Qt.MouseButton.LeftButton] * 4 + [Qt.MouseButton.RightButton])
        if self._random.random() < 0.15:
            QTest.mouseDClick(widget, button, pos=place)
        else:
            self._click(widget, place, button)

    def _use_menu(self, menu: QMenu) -> None:
        actions = [each for each in menu.actions() if each.isEnabled() and not each.isSeparator()]
        if not actions or self._random.random() < 0.3:
            menu.close()
            return
        action = self._random.choice(actions)
        QTest.mouseClick(menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(action).center())

    def _draw(self) -> None:
        pad = self._window.findChild(QWidget, "sketchPad")
        if pad is None or not pad.isVisible():
            return
        places = [
            QPoint(self._random.randrange(pad.width()), self._random.randrange(pad.height()))
            for _ in range(self._random.randrange(2, 6))
        ]
        QTest.mousePress(pad, Qt.MouseButton.LeftButton, pos=places[0])
        for place in places[1:]:
            move = QMouseEvent(
                QEvent.Type.MouseMove,
                place,
                pad.mapToGlobal(place),
                Qt.MouseButton.NoButton,
                Qt.MouseButton.LeftButton,
                Qt.KeyboardModifier.NoModifier,
            )
            QApplication.sendEvent(pad, move)
        QTest.mouseRelease(pad, Qt.MouseButton.LeftButton, pos=places[-1])

    def _scroll(self, top: QWidget) -> None:
        place = QPoint(self._random.randrange(top.width()), self._random.randrange(top.height()))
        target = top.childAt(place) or top
        local = target.mapFrom(top, place)
        event = QWheelEvent(
            local,
            target.mapToGlobal(local),
            QPoint(),
            QPoint(0, self._random.choice([-120, 120])),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(target, event)

    # --- helpers ----------------------------------------------------------------------------

    def _click(
        self,
        widget: QWidget,
        place: QPoint | None = None,
        button: Qt.MouseButton = Qt.MouseButton.LeftButton,
    ) -> None:
        QTest.mouseClick(widget, button, pos=widget.rect().center() if place is None else place)

    def _note(self, widget: QWidget) -> None:
        each: QWidget | None = widget
        while each is not None:
            self._reached.add(id(each))
            self._kept.append(each)
            each = None if each.isWindow() else each.parentWidget()

    @staticmethod
    def _place_in(widget: QWidget) -> QPoint | None:
        """Return where a visible, usable widget can be pressed; None if it cannot be."""
        if not isValid(widget) or not widget.isVisible() or not widget.isEnabled():
            return None
        if widget.visibleRegion().isEmpty():
            return None
        return widget.rect().center()


def inner(widget: QWidget) -> bool:
    """Whether a control is a part of another one, or one of Qt's own."""
    name = widget.objectName()
    parent = widget.parentWidget()
    return name.startswith("qt_") or isinstance(parent, (QComboBox, QAbstractSpinBox, QTabBar))


def name_of(widget: QWidget) -> str:
    """Return what tells a control from others."""
    text = widget.objectName() or widget.accessibleName()
    if not text and isinstance(widget, QAbstractButton):
        text = widget.text()
    return f"{type(widget).__name__} {text}"


def main() -> int:
    """Try everything for long; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--actions", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    faults: list[str] = []
    sys.excepthook = lambda *error: faults.append("".join(traceback.format_exception(*error)))

    def on_message(_kind: object, _place: object, text: str) -> None:
        if "This plugin does not support" not in text:  # says the offscreen platform
            faults.append(text)

    qInstallMessageHandler(on_message)
    QApplication.instance() or QApplication(sys.argv[:1])
    from .windows import open_main_window

    with tempfile.TemporaryDirectory() as folder:
        window = open_main_window(Path(folder))
        window.show()
        monkey = Monkey(window, options.seed)
        for command in (monkey.walk, lambda: monkey.play(options.actions), monkey.walk):
            command()
            loop = QEventLoop()
            while not monkey.done and not faults:
                QTimer.singleShot(20, loop.quit)
                loop.exec()
        missed = monkey.never_reached()
        monkey.stop()
        window.close()
    print("never reached:", *missed, sep="\n  ")  # noqa: T201
    print(*faults, sep="\n")  # noqa: T201
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
