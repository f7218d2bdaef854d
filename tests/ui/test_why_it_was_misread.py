"""From a wrong answer to the unit that is to blame, as a newcomer goes the way."""

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel, QListView, QTabBar

from mnist_studio.data.pixels import unit_range
from mnist_studio.training.status import RunStatus
from mnist_studio.ui.confusion_view import ConfusionView

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def window(qtbot, open_window):
    window = open_window(1280, 720)
    qtbot.waitUntil(lambda: window.studio.session.run is not None)
    return window


def press(window, name):
    QTest.mouseClick(window.findChild(QAbstractButton, name), LEFT)


def go_to(window, name):
    tabs = window.findChild(QTabBar, "tabs")
    QTest.mouseClick(tabs, LEFT, pos=tabs.tabRect(list(window.pages).index(name)).center())


def train_98_percent_fast(qtbot, window):
    press(window, "fast-98Preset")
    with qtbot.waitSignal(window.studio.session.run_ended) as ended:
        window.findChild(QAction, "trainAction").trigger()
    assert ended.args[0] is RunStatus.COMPLETED


def click_the_brightest_wrong_cell(qtbot, window):
    """Return what the images in it were taken for."""
    go_to(window, "evaluate")
    view = window.pages["evaluate"].widget.view("mistakes")
    qtbot.waitUntil(lambda: view.answers.current)
    answers = view.answers.answered.answers
    counts = np.zeros((10, 10), int)
    np.add.at(counts, (answers.labels, answers.predicted), 1)
    np.fill_diagonal(counts, 0)
    true, predicted = divmod(int(counts.argmax()), 10)

    def found():
        return window.findChild(ConfusionView, "confusionView")

    qtbot.waitUntil(lambda: found() is not None and found().isVisible())
    matrix = found()
    QTest.mouseClick(matrix, LEFT, pos=matrix.cell_rect(true, predicted).center())
    gallery = window.findChild(QListView, "galleryView")
    qtbot.waitUntil(lambda: gallery.model().rowCount() == counts[true, predicted])
    return predicted


def put_the_first_image_on_the_pad(window):
    gallery = window.findChild(QListView, "galleryView")
    place = gallery.visualRect(gallery.model().index(0, 0)).center()
    QTest.mouseClick(gallery.viewport(), LEFT, pos=place)
    QTest.mouseDClick(gallery.viewport(), LEFT, pos=place)


def most_to_blame(window, answer):
    """Return the unit of the last hidden layer without which the wrong answer is least probable."""
    session = window.studio.session
    network = session.run.network
    pixels = unit_range(session.drawing.pixels.reshape(1, -1))
    hidden = network.activations(pixels)[-2][0]
    odds = np.exp(network.logits(pixels) - hidden[:, np.newaxis] * network.weights()[-2])
    return int((odds[:, answer] / odds.sum(axis=1)).argmin())


def test_a_misread_image_leads_to_the_unit_that_is_to_blame(qtbot, window):
    train_98_percent_fast(qtbot, window)
    predicted = click_the_brightest_wrong_cell(qtbot, window)
    put_the_first_image_on_the_pad(window)
    said = window.findChild(QLabel, "predictionLabel")
    qtbot.waitUntil(lambda: said.text() == str(predicted))

    press(window, "contributionsToggle")
    toggle = window.findChild(QAbstractButton, "contributionsToggle")
    qtbot.waitUntil(lambda: str(predicted) in toggle.text())

    go_to(window, "inside")
    units = window.pages["inside"].widget.view("units")
    units.drawing.unit_clicked.emit(2, most_to_blame(window, predicted))
    button = window.findChild(QAbstractButton, "switchOffButton")
    qtbot.waitUntil(lambda: units.unit.figure.current and button.isEnabled())
    before = window.sketch.bars.probabilities[predicted]
    press(window, "switchOffButton")
    sentence = window.findChild(QLabel, "unitSentence")
    qtbot.waitUntil(lambda: sentence.text().startswith("Accuracy"))
    assert window.sketch.bars.probabilities[predicted] < before
