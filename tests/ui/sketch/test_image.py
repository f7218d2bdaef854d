"""Images keep their pixels on the way between Qt and NumPy."""

import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QColor, QImage

from mnist_studio.ui.sketch.image import (
    gray_pixels,
    image_file,
    ink_on_paper,
    on_white_paper,
    read_image,
)


def test_ink_and_paper_have_the_colors_asked_for():
    pixels = np.zeros((28, 28), np.uint8)
    pixels[3, 5] = 255
    image = ink_on_paper(pixels, QColor("#102030"), QColor("#ffeedd"))
    assert image.pixelColor(5, 3).name() == "#102030"
    assert image.pixelColor(3, 5).name() == "#ffeedd"


@pytest.mark.parametrize("width", [1, 27, 28, 101])
def test_gray_levels_are_read_row_by_row_at_any_width(width):
    image = QImage(width, 3, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    image.setPixelColor(width - 1, 1, QColor(100, 100, 100))
    pixels = gray_pixels(image)
    assert pixels.shape == (3, width)
    assert pixels[1, -1] == 100
    assert (pixels == 255).sum() == 3 * width - 1


def test_what_is_transparent_is_paper():
    image = QImage(10, 10, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    assert (gray_pixels(on_white_paper(image)) == 255).all()


def test_a_big_photograph_is_shrunk_with_its_shape_kept(tmp_path):
    path = tmp_path / "große Ziffer 七.png"
    image = QImage(2000, 1000, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    assert image.save(str(path))
    assert read_image(path).size().toTuple() == (512, 256)
    assert on_white_paper(image).size().toTuple() == (512, 256)


def test_what_is_no_file_and_what_is_too_large_is_not_read(tmp_path):
    bomb = QImage(12_000, 12_000, QImage.Format.Format_Mono)
    bomb.fill(1)
    assert bomb.save(str(tmp_path / "bomb.png"))
    assert read_image(tmp_path / "bomb.png").isNull()
    assert read_image(tmp_path).isNull()
    assert read_image(tmp_path / "gone.png").isNull()
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.png")
        assert read_image(tmp_path / "pipe.png").isNull()


def test_a_reader_that_needs_its_file_to_the_end_has_it(tmp_path):
    path = tmp_path / "digit.tif"
    Image.new("RGB", (60, 60)).save(path)
    for _ in range(20):
        read_image(path)


def test_a_file_is_read_by_its_content_not_by_its_name(tmp_path):
    path = tmp_path / "digit.jpg"
    image = QImage(9, 9, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    assert image.save(str(path), "PNG")
    assert not read_image(path).isNull()
    path.write_bytes(b"nothing")
    assert read_image(path).isNull()


@pytest.mark.parametrize(
    ("urls", "expected"),
    [
        (["file:///a/digit.PNG"], Path("/a/digit.PNG")),
        (["file:///a/run.npz"], None),
        (["file:///a/1.png", "file:///a/2.png"], None),
        (["https://example.org/digit.png"], None),
        ([], None),
    ],
)
def test_only_one_local_image_file_counts(urls, expected):
    data = QMimeData()
    data.setUrls([QUrl(url) for url in urls])
    assert image_file(data) == expected
