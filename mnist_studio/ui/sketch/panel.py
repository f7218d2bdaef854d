"""The right column: draw a digit, see what the network sees and what it answers."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QElapsedTimer, QSize, Qt, QTimer
from PySide6.QtGui import (
    QDragEnterEvent,
    QDropEvent,
    QGuiApplication,
    QImage,
    QKeyEvent,
    QKeySequence,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractButton,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from ...data.registry import DATASETS, DIGITS, SIDE
from ...number_text import grouped
from ...training.status import RunStatus
from .. import theme
from ..widgets import SPACING, Card, dim_label, error_label, show_error
from .answer_view import AnswerView
from .controls import SketchControls
from .image import (
    Picture,
    gray_pixels,
    image_file,
    image_of,
    on_white_paper,
    read_image,
)
from .network_view import NetworkView
from .pad import SketchPad
from .probability_bars import ProbabilityBars

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PySide6.QtCore import QMimeData

    from ...data.dataset import Dataset
    from ...session.session import Session

FRAME = 16
"""Milliseconds between answers while a stroke is being drawn."""
SIZES = ((0, 2, 28), (560, 3, 34), (820, 4, 48), (960, 5, 60))
"""From which height of the panel on the network's pixels are how large, and the digit."""
_LOW, _SMALL = 400, 18  # pixels at scale 1, below which the pad has the pen's room; and the digit


class _Square(QWidget):
    """Keeps one widget square, whatever room the layout leaves."""

    def __init__(self, content: QWidget) -> None:
        super().__init__()
        self._content = content
        content.setParent(self)

    def sizeHint(self) -> QSize:
        return self._content.sizeHint()

    def minimumSizeHint(self) -> QSize:
        return self._content.minimumSizeHint()

    def resizeEvent(self, event: QResizeEvent) -> None:
        side = min(self.width(), self.height())
        self._content.setGeometry((self.width() - side) // 2, 0, side, side)
        self.setMaximumHeight(self.width())


class SketchPanel(Card):
    """Answers at every stroke and for every new copy of the network.

    Parameters
    ----------
    session : Session
        Gives the network's answers and the test images.
    """

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(QCoreApplication.translate("SketchPanel", "Sketch pad"), parent)
        self.setObjectName("sketchPanel")
        self.setAcceptDrops(True)
        self._session = session
        self._pixels: NDArray[np.uint8] | None = None
        self._random = random.Random()
        self._since_answer = QElapsedTimer()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._look)
        self._build()
        self._connect()
        self._on_dataset_changed(session.data.dataset)
        self._on_status_changed(session.status)
        self._look()

    # Building

    def _build(self) -> None:
        self._live = dim_label()
        self._live.setObjectName("liveLabel")
        self._live.setToolTip(
            self.tr(
                "Whose answers these are: of the training, a few times a second, or of the network "
                "that comes along."
            )
        )
        self.header.addWidget(self._live)
        self.pad = SketchPad()
        self.error = self._make_error()
        self.controls = SketchControls()
        self.seen = NetworkView()
        self.answer = AnswerView()
        self.bars = ProbabilityBars()
        self.body.addWidget(_Square(self.pad), 100)
        self.body.addWidget(self.controls)
        self.body.addLayout(self._make_answer_row())
        self.body.addWidget(self.bars, 1)
        self.body.addStretch(0)

    def put_below_pad(self, widget: QWidget) -> None:
        """Give a widget a place between the pad's controls and the answer."""
        self.body.insertWidget(self.body.indexOf(self.controls) + 1, widget)
        *_, last = widget.findChildren(QAbstractButton)
        self.setTabOrder(last, self.bars)  # which were made earlier, and stand below

    def _make_error(self) -> QLabel:
        """Return a label over the pad's lower edge, so that a message moves nothing."""
        label = error_label()
        label.setProperty("overlay", True)
        label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        over = QVBoxLayout(self.pad)
        over.setContentsMargins(SPACING, SPACING, SPACING, SPACING)
        over.addStretch(1)
        over.addWidget(label)
        return label

    def _make_answer_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(SPACING)
        row.addWidget(self.seen)
        row.addWidget(self.answer, 1)
        return row

    def _connect(self) -> None:
        self.pad.strokes_changed.connect(self._on_strokes_changed)
        self.pad.settled.connect(self._on_settled)
        self.controls.undo.clicked.connect(self.pad.undo)
        self.controls.clear.clicked.connect(self.pad.clear)
        self.controls.random.clicked.connect(self.show_random)
        self.controls.open_image.triggered.connect(self.choose_image)
        self.controls.paste.triggered.connect(self.paste)
        self.controls.pen_width_changed.connect(self.pad.set_pen_width)
        self._session.network_changed.connect(self._on_network_changed)
        self._session.status_changed.connect(self._on_status_changed)
        self._session.run_ended.connect(self._on_run_ended)
        self._session.data.changed.connect(self._on_dataset_changed)

    # What happens outside

    def _on_strokes_changed(self) -> None:
        """Answer soon: at once if the last answer is a frame old, but never twice a frame."""
        if not self._timer.isActive():
            age = self._since_answer.elapsed() if self._since_answer.isValid() else FRAME
            self._timer.start(max(0, FRAME - age))

    def _on_settled(self) -> None:
        show_error(self.error, "")
        self._look()

    def _on_network_changed(self) -> None:
        self._on_status_changed(self._session.status)
        self._answer()

    def _on_status_changed(self, status: RunStatus | None) -> None:
        run = self._session.run
        if run is not None and run.recalled is not None:
            text = self.tr("changed") if run.recalled.edited else self.tr("as at batch {0}")
            self._live.setText(text.format(grouped(run.recalled.step)))
        elif status is RunStatus.RUNNING:
            self._live.setText(self.tr("live"))
        else:
            self._live.setText(self.tr("trained for you") if run and run.bundled else "")

    def _on_run_ended(self, status: RunStatus, _failure: object) -> None:
        self._on_status_changed(status)

    def _on_dataset_changed(self, dataset: Dataset | None) -> None:
        self.controls.random.setEnabled(dataset is not None)
        self._answer()

    # Answering

    def _look(self) -> None:
        """Prepare what is on the pad for the network, and answer."""
        self._timer.stop()
        self._pixels = self._prepared()
        self.seen.set_pixels(self._pixels)
        self._session.drawing.show(self._pixels)
        self.controls.undo.setEnabled(self.pad.can_undo)
        self.controls.clear.setEnabled(not self.pad.is_empty)
        self._answer()
        self._since_answer.start()

    def _prepared(self) -> NDArray[np.uint8] | None:
        if self.pad.is_empty:
            return None  # without NumPy, which is not loaded yet when the window opens
        if self.pad.picture is not None:
            return self.pad.picture.pixels
        from ...data.strokes import render_strokes

        return render_strokes(self.pad.strokes, self.pad.pen_width)

    def _answer(self) -> None:
        """Ask the newest network about what it sees."""
        self._names = self._class_names()
        self.bars.set_names(self._names)
        probabilities = None if self._pixels is None else self._session.predict(self._pixels)
        known = probabilities is not None and all(map(math.isfinite, probabilities))
        self.bars.set_probabilities(probabilities if known else None)
        if probabilities is not None and known:
            self.answer.show_probabilities(probabilities, self._names, self._truth())
        elif probabilities is not None:
            self.answer.show_hint(self.tr("No answer: its weights are no numbers any more"))
        elif self._pixels is not None:
            self.answer.show_hint(self.tr("Train or open a model first"))
        else:
            self.answer.show_hint()

    def _class_names(self) -> Sequence[str]:
        """Return what the network tells apart; the data set in use may be another one."""
        run, dataset = self._session.run, self._session.data.dataset
        if run is not None:
            return DATASETS[run.config.data.dataset].class_names
        return DIGITS if dataset is None else dataset.class_names

    def _truth(self) -> str:
        """Return what is on the pad, if that is known and one of the network's classes."""
        picture = self.pad.picture
        return picture.truth if picture is not None and picture.truth in self._names else ""

    # Images instead of strokes

    def show_random(self) -> None:
        """Show a random test image with its true label."""
        dataset = self._session.data.dataset
        if dataset is None:
            return
        index = self._random.randrange(len(dataset.test_images))
        label = dataset.class_names[dataset.test_labels[index]]
        caption = self.tr("test image {index}, label {label}").format(index=index, label=label)
        pixels = dataset.test_images[index].reshape(SIDE, SIDE)
        self.pad.show_picture(Picture(pixels, caption, truth=label))

    def choose_image(self) -> None:
        """Let the user choose an image file."""
        name, _ = QFileDialog.getOpenFileName(
            self,
            self.tr("Open image"),
            "",
            self.tr("Images") + " (*.png *.jpg *.jpeg *.bmp *.gif *.webp *.pgm *.ppm)",
        )
        if name:
            self.open_image(Path(name))

    def open_image(self, path: Path) -> None:
        """Classify an image file, or say why that is impossible."""
        image = read_image(path)
        if image.isNull():
            self._refuse(
                self.tr("{name} cannot be read as an image: choose a PNG or JPEG file.").format(
                    name=path.name
                )
            )
        else:
            self.classify(image, path.name)

    def paste(self) -> None:
        """Classify the image, or the image file, on the clipboard."""
        data = QGuiApplication.clipboard().mimeData()
        # Some platforms have no clipboard before somebody has copied something.
        if data is None or not self._take(data, self.tr("from the clipboard")):
            self._refuse(self.tr("There is no image on the clipboard: copy one first."))

    def classify(self, image: QImage, caption: str) -> None:
        """Show an image on the pad and answer, or say that there is nothing in it."""
        from ...data.preprocess import prepare_image

        image = on_white_paper(image)
        pixels = None if image.isNull() else prepare_image(gray_pixels(image))
        if pixels is None:
            self._refuse(self.tr("The image is blank: use a picture of one digit on plain paper."))
        else:
            self.pad.show_picture(Picture(pixels, caption, image))

    def _refuse(self, message: str) -> None:
        show_error(self.error, message)

    def _take(self, data: QMimeData, caption: str) -> bool:
        """Classify what was dropped or pasted; return whether there was an image."""
        path = image_file(data)
        if path is not None:
            self.open_image(path)
        elif data.hasImage():
            self.classify(image_of(data), caption)
        else:
            return False
        return True

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take images; leave other files, such as models, to the window."""
        if event.mimeData().hasImage() or image_file(event.mimeData()) is not None:
            event.acceptProposedAction()
        else:
            event.ignore()

    def dropEvent(self, event: QDropEvent) -> None:
        """Classify the dropped image."""
        if self._take(event.mimeData(), self.tr("dropped image")):
            event.acceptProposedAction()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show the network's pixels and the answer as large as the height allows."""
        super().resizeEvent(event)
        times, points = next(size for least, *size in reversed(SIZES) if self.height() >= least)
        low = self.height() < theme.scaled(_LOW)
        self.seen.enlarge(times)
        self.answer.enlarge(_SMALL if low else points)
        self.controls.show_pen(not low)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Paste, and let the pad's keys work wherever in the panel the focus is."""
        if event.matches(QKeySequence.StandardKey.Paste):
            self.paste()
        else:
            self.pad.keyPressEvent(event)
