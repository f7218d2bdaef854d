"""Film the real window for the README: a digit is drawn while a network learns to read it.

Run it with ``python -m tests.make_animation``; it sends mouse events to the window, takes what it
shows, and writes ``resources/screenshots/learning.webp``. Without a screen, set
``QT_QPA_PLATFORM=offscreen``.
"""

# ruff: noqa: T201
from __future__ import annotations

import dataclasses
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from PIL import Image, ImageDraw
from PySide6.QtCore import QEventLoop, QPoint, QPointF, QSize, Qt, QTimer
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolButton, QWidget

from mnist_studio import paths
from mnist_studio.training.presets import FIRST_CONFIG
from mnist_studio.ui import theme

from .ui.windows import open_main_window

TARGET = paths.resource("screenshots/learning.webp")
SIZE = QSize(1280, 720)
WIDTH = 960  # of the film; the window is taken larger and made smaller
FRAME = 0.1  # seconds
QUALITY = 70
# Slower and longer than usual, so that the eye can follow.
SLOW = {"learning_rate": 0.008, "epochs": 120}
ARROW = ((0, 0), (0, 16), (4, 12), (7, 19), (10, 18), (7, 11), (12, 11))
FOUR = ([(0.45, 0.14), (0.3, 0.48), (0.3, 0.57), (0.76, 0.55)], [(0.66, 0.3), (0.62, 0.9)])
SEVEN = ([(0.28, 0.2), (0.45, 0.18), (0.72, 0.19), (0.6, 0.45), (0.45, 0.88)],)
TWO = ([(0.3, 0.28), (0.5, 0.13), (0.68, 0.3), (0.52, 0.58), (0.3, 0.82), (0.74, 0.8)],)


class Film:
    """Takes what the window shows, with an arrow where the mouse is, as time goes by."""

    def __init__(self, window: QWidget) -> None:
        self._window = window
        self._mouse = QPoint(SIZE.width() // 2, SIZE.height() // 2)
        self._shown_since = time.perf_counter()
        self.frames: list[Image.Image] = []
        self.durations: list[int] = []

    def take(self, count: int = 1) -> None:
        """Let the window live for a frame, and take what it shows."""
        for _ in range(count):
            loop = QEventLoop()
            QTimer.singleShot(round(1000 * FRAME), loop.quit)
            loop.exec()
            now = time.perf_counter()
            self.durations.append(round(1000 * (now - self._shown_since)))
            self._shown_since = now
            self.frames.append(self._picture())

    def _picture(self) -> Image.Image:
        shot = self._window.grab().toImage().convertToFormat(QImage.Format.Format_RGBA8888)
        size = shot.width(), shot.height()
        image = Image.frombytes("RGBA", size, bytes(shot.constBits()[: shot.sizeInBytes()]))
        ratio = shot.width() / self._window.width()
        tip = self._mouse.x(), self._mouse.y()
        arrow = [(ratio * (tip[0] + x), ratio * (tip[1] + y)) for x, y in ARROW]
        ImageDraw.Draw(image).polygon(arrow, fill="white", outline="black")
        height = round(WIDTH * size[1] / size[0])
        return image.convert("RGB").resize((WIDTH, height), Image.Resampling.LANCZOS)

    def draw(self, pad: QWidget, strokes: tuple[list[tuple[float, float]], ...]) -> None:
        """Draw with the mouse, as fast as a person does."""
        left = Qt.MouseButton.LeftButton
        for stroke in strokes:
            places = [QPoint(round(x * pad.width()), round(y * pad.height())) for x, y in stroke]
            self._move(pad, places[0])
            QTest.mousePress(pad, left, pos=places[0])
            for count, place in enumerate(_between(places)):
                QTest.mouseMove(pad, place)
                self._mouse = pad.mapTo(self._window, place)
                if count % 4 == 0:
                    self.take()
            QTest.mouseRelease(pad, left, pos=places[-1])
            self.take()

    def click(self, button: QWidget) -> None:
        """Go to a button and click it."""
        self._move(button, button.rect().center())
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    def _move(self, widget: QWidget, place: QPoint) -> None:
        start, end = QPointF(self._mouse), QPointF(widget.mapTo(self._window, place))
        for share in (0.35, 0.75, 1.0):
            self._mouse = (start + (end - start) * share).toPoint()
            self.take()

    def save(self, path: Path) -> None:
        """Write the film; it begins again and again."""
        first, *rest = self.frames
        # A frame is shown until the next one was taken.
        durations = [*self.durations[1:], 2500]
        first.save(
            path, save_all=True, append_images=rest, duration=durations, quality=QUALITY, method=6
        )


def _between(places: list[QPoint]) -> Iterator[QPoint]:
    """Return places along the line, about as far apart as a mouse reports them."""
    for start, end in pairwise(places):
        count = max(1, (end - start).manhattanLength() // 9)
        for step in range(1, count + 1):
            yield start + (end - start) * step / count


def main() -> None:
    """Draw a digit, train, and draw others while it learns."""
    application = QApplication(sys.argv[:1])
    with tempfile.TemporaryDirectory() as folder:
        window = open_main_window(Path(folder))
        theme.choose("dark")
        window.resize(SIZE)
        window.show()
        session = window.studio.session
        while session.run is None or session.data.dataset is None:
            application.processEvents()
        training = dataclasses.replace(FIRST_CONFIG.training, **SLOW)
        window.settings.set_config(dataclasses.replace(FIRST_CONFIG, training=training))
        film = Film(window)
        film.take(6)
        film.draw(window.sketch.pad, FOUR)
        film.take(8)
        film.click(window.findChild(QToolButton, "trainButton"))
        film.take(25)
        for digit in (SEVEN, TWO):
            film.click(window.sketch.controls.clear)
            film.draw(window.sketch.pad, digit)
            film.take(8)
        film.save(TARGET)
        window.close()
    print(f"{TARGET.name}: {len(film.frames)} frames, {TARGET.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
