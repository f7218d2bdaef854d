"""The range test's window: a curve that grows, a shaded range, a learning rate to use."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QProgressBar, QPushButton

from mnist_studio.session.rate_finder import RangeCurve
from mnist_studio.training.config import DataConfig
from mnist_studio.ui import theme
from mnist_studio.ui.experiments.rate_finder import RangeTestDialog
from mnist_studio.ui.experiments.rate_finder_plot import rate_text

from ...training.builders import small_run

STEPS = 400


@pytest.fixture
def dialog(qtbot):
    dialog = RangeTestDialog()
    qtbot.addWidget(dialog)
    yield dialog
    dialog.shut_down()


@pytest.fixture
def finished(dialog, qtbot, blobs):
    """The window after a test of a small network on simple images."""
    with qtbot.waitSignal(dialog.test.ended):
        dialog.run(small_run(hidden=(32,)), blobs)
    return dialog


def button(dialog, name):
    return dialog.findChild(QPushButton, f"rangeTest{name}")


def result(dialog):
    return dialog.findChild(QLabel, "rangeTestResult").text()


def error(dialog):
    return dialog.findChild(QLabel, "rangeTestError")


def flat_curve():
    rates = np.logspace(-5, 1, STEPS).astype(np.float32)
    return RangeCurve(rates, np.full(STEPS, 2.3, np.float32), STEPS, True)


def click_plot(dialog, share):
    graph = dialog.plot.graph
    area = graph.area()
    point = QPoint(area.left() + round(share * area.width()), area.center().y())
    QTest.mouseMove(graph.viewport(), point)
    QTest.mouseClick(
        graph.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, point
    )
    return graph.position_at(point.toPointF()).x()


def test_the_suggested_rate_can_be_used_by_one_click(finished, qtbot):
    rate = finished.editor.value()
    assert rate_text(rate) in result(finished)
    use = button(finished, "Use")
    assert use.text() == f"Use {rate_text(rate)}"
    with qtbot.waitSignal(finished.use_requested) as asked:
        QTest.mouseClick(use, Qt.MouseButton.LeftButton)
    assert asked.args == [rate]


def test_the_range_around_the_suggestion_is_shaded(finished):
    ((low,), (high,)), _ = finished.plot.shown_data()["range"]
    assert 10**low <= finished.editor.value() <= 10**high
    assert rate_text(10**low) in result(finished)
    assert rate_text(10**high) in result(finished)


def test_a_click_in_the_plot_picks_another_rate(finished, qtbot):
    place = click_plot(finished, 0.5)
    assert np.log10(finished.editor.value()) == pytest.approx(place, abs=0.05)
    assert button(finished, "Use").text() == f"Use {rate_text(finished.editor.value())}"
    x, _ = finished.plot.shown_data()["picked"]
    assert x[0] == pytest.approx(np.log10(finished.editor.value()))
    with qtbot.waitSignal(finished.use_requested) as asked:
        QTest.keyClick(finished, Qt.Key.Key_Return)
    assert asked.args == [finished.editor.value()]


def test_a_rate_can_be_typed(finished, qtbot):
    finished.editor.selectAll()
    QTest.keyClicks(finished.editor, "0.003")
    with qtbot.waitSignal(finished.use_requested) as asked:
        QTest.keyClick(finished.editor, Qt.Key.Key_Return)
    assert asked.args == [0.003]


def test_a_rate_that_cannot_be_used_is_refused_with_a_sentence(finished):
    finished.editor.selectAll()
    QTest.keyClicks(finished.editor, "99")
    assert not button(finished, "Use").isEnabled()
    assert "between" in error(finished).text()


def test_the_pointer_reads_the_curve(finished):
    graph = finished.plot.graph
    QTest.mouseMove(graph.viewport(), graph.area().center())
    rows = finished.plot.readout.rows
    assert finished.plot.readout.isVisible()
    assert [row.text for row in rows] == ["learning rate", "this batch", "smoothed"]


def test_a_flat_curve_suggests_nothing_and_says_so(dialog):
    dialog.show()
    dialog.test.advanced.emit(flat_curve())
    assert "nothing is suggested" in result(dialog)
    assert not dialog.plot.shown_data()["range"][0].size
    click_plot(dialog, 0.7)
    assert button(dialog, "Use").isEnabled()


def test_a_test_can_be_cancelled_and_run_again(dialog, qtbot, blobs):
    dialog.run(small_run(hidden=(256, 256)), blobs)
    again = button(dialog, "Again")
    assert again.text() == "Cancel"
    assert dialog.findChild(QProgressBar).isVisible()
    assert not button(dialog, "Use").isEnabled()
    QTest.mouseClick(again, Qt.MouseButton.LeftButton)
    assert again.text() == "Test again"
    assert result(dialog) == ""
    with qtbot.waitSignal(dialog.test.ended):
        QTest.mouseClick(again, Qt.MouseButton.LeftButton)
    assert result(dialog)


def test_escape_closes_and_cancels(dialog, blobs):
    dialog.run(small_run(hidden=(2048, 2048)), blobs)
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
    assert not dialog.test.running


def test_it_leaves_the_window_usable(dialog):
    assert not dialog.isModal()


def test_images_that_are_not_there_are_told_in_a_sentence(dialog, qtbot, monkeypatch):
    monkeypatch.delenv("MNIST_STUDIO_DATA", raising=False)
    config = small_run().__class__(DataConfig("mnist"))
    with qtbot.waitSignal(dialog.test.ended):
        dialog.run(config)
    assert "was not found" in error(dialog).text()
    assert error(dialog).isVisible()


@pytest.mark.layout
@pytest.mark.parametrize("scale", [1.0, 1.5])
def test_the_button_that_takes_a_rate_is_whole_in_the_smallest_dialog(finished, scale):
    theme.set_scale(scale)
    finished.editor.setValue(0.000123)
    finished.resize(0, 0)
    QApplication.processEvents()
    use = button(finished, "Use")
    assert use.width() >= use.sizeHint().width()
    assert finished.rect().contains(use.geometry())
    graph = finished.plot.graph
    assert finished.plot.rect().contains(graph.geometry())
    assert graph.area().height() > graph.fontMetrics().height()


def test_the_plot_follows_the_theme(finished):
    range_, *_ = finished.plot.graph.drawn()
    assert range_.name == "range"
    theme.choose("dark")
    dark = range_.shape.opts["brush"]
    theme.choose("light")
    assert range_.shape.opts["brush"] != dark


def test_every_control_says_what_it_does(dialog, blobs):
    dialog.run(small_run(), blobs)
    for control in (button(dialog, "Use"), button(dialog, "Again"), dialog.editor):
        assert control.toolTip()


@pytest.mark.layout
def test_with_large_text_the_window_is_no_larger_than_the_screen(qtbot):
    theme.choose("light", 1.5)
    dialog = RangeTestDialog()
    qtbot.addWidget(dialog)
    available = dialog.screen().availableSize()
    assert dialog.width() <= available.width()
    assert dialog.height() < available.height()
    dialog.shut_down()
