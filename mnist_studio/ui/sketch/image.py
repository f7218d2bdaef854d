"""Pictures between Qt and the network: 28x28 pixels to see, and image files to prepare."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QBuffer, QMimeData, QSize, Qt
from PySide6.QtGui import QColor, QImage, QImageReader, QPainter, QPixmap

from ...data.registry import SIDE
from ...files import open_file
from ..colors import mixed

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LARGEST = 512
"""Longer side in pixels to which big photographs are shrunk; more shows nothing more in 28x28."""


@dataclass(frozen=True, eq=False)
class Picture:
    """An image on the pad instead of strokes.

    Attributes
    ----------
    pixels : ndarray of uint8, shape (28, 28)
        What the network gets: 0 is paper, 255 is ink.
    caption : str
        Says where the image is from.
    image : QImage or None
        What the pad shows; `pixels` themselves if None.
    truth : str
        Name of the class that it is known to be of; empty if nobody knows.
    """

    pixels: NDArray[np.uint8]
    caption: str
    image: QImage | None = None
    truth: str = ""


def ink_on_paper(pixels: NDArray[np.uint8], ink: QColor, paper: QColor) -> QImage:
    """Return rows of 28 pixels (0 is paper, 255 is ink) as an image in the theme's colors."""
    colors = _colors(paper.rgb(), ink.rgb())[pixels]
    size = SIDE, pixels.size // SIDE
    # A copy owns its pixels; the image made from bytes only borrows them.
    return QImage(colors.tobytes(), *size, 4 * SIDE, QImage.Format.Format_RGB32).copy()


@functools.lru_cache(maxsize=8)
def _colors(paper: int, ink: int) -> NDArray[np.uint32]:
    """Return 256 colors from paper to ink; a gallery paints a hundred images at once."""
    import numpy as np

    blended = (mixed(QColor(ink), QColor(paper), level / 255) for level in range(256))
    return np.array([color.rgb() for color in blended], np.uint32)


def read_image(path: Path) -> QImage:
    """Read an image file as its owner sees it; the null image if that is impossible."""
    from ...data.pixels import MOST_BYTES

    content = QBuffer()
    try:
        with open_file(path) as file:
            content.setData(file.read(MOST_BYTES + 1))
    except OSError:
        return QImage()
    return QImage() if content.size() > MOST_BYTES else _unpacked(content)


def _unpacked(content: QBuffer) -> QImage:
    """Return the image in a buffer, which has to live longer than its reader."""
    from ...data.pixels import MOST_PIXELS

    reader = QImageReader(content)
    reader.setAutoTransform(True)
    reader.setDecideFormatFromContent(True)
    size = reader.size()
    if reader.format() != b"jpeg" and size.width() * size.height() > MOST_PIXELS:
        return QImage()  # photographs are unpacked smaller
    if max(size.width(), size.height()) > LARGEST:
        reader.setScaledSize(_shrunk(size))
    return reader.read()


def image_file(data: QMimeData) -> Path | None:
    """Return the one image file that was dropped or copied, judged by its name, if any."""
    urls = data.urls()
    if len(urls) != 1 or not urls[0].isLocalFile():
        return None
    path = Path(urls[0].toLocalFile())
    kinds = {bytes(kind.data()).decode() for kind in QImageReader.supportedImageFormats()}
    return path if path.suffix.lower().lstrip(".") in kinds else None


def image_of(data: QMimeData) -> QImage:
    """Return the image that was dropped or copied; the null image if it cannot be read."""
    image = data.imageData()
    if isinstance(image, QPixmap):  # from this program, or on some systems
        return image.toImage()
    return image if isinstance(image, QImage) else QImage()


def on_white_paper(image: QImage) -> QImage:
    """Return an image of any kind as an opaque one of moderate size; of none the null image."""
    if image.isNull():
        return image
    flat = QImage(_shrunk(image.size()), QImage.Format.Format_RGB32)
    flat.fill(Qt.GlobalColor.white)
    painter = QPainter(flat)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.drawImage(flat.rect(), image)
    painter.end()
    return flat


def gray_pixels(image: QImage) -> NDArray[np.uint8]:
    """Return an opaque image's brightness, shape (height, width), where 255 is white."""
    import numpy as np

    gray = image.convertToFormat(QImage.Format.Format_Grayscale8)
    rows = np.frombuffer(gray.constBits(), np.uint8).reshape(gray.height(), gray.bytesPerLine())
    return rows[:, : gray.width()].copy()


def _shrunk(size: QSize) -> QSize:
    """Return `size`, or the size of the same shape whose longer side is the largest allowed."""
    if max(size.width(), size.height()) <= LARGEST:
        return size
    box = QSize(LARGEST, LARGEST)
    return size.scaled(box, Qt.AspectRatioMode.KeepAspectRatio).expandedTo(QSize(1, 1))
