import subprocess
import sys

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QWidget

from mnist_studio.training.events import HyperparameterChanged
from mnist_studio.training.status import RunStatus
from mnist_studio.ui import theme
from mnist_studio.ui.plots.plotted_run import PlotContent
from mnist_studio.ui.plots.x_follower import Track
from mnist_studio.ui.plots.x_units import XUnit
from mnist_studio.ui.train.view import TrainView

from ..fakes import FakeSession
from .fakes import choose_scale, pen_color, plain_scales


@pytest.fixture
def session(qapp):
    session = FakeSession()
    yield session
    session.deleteLater()


@pytest.fixture
def early_view(qtbot, session):
    """A view that has no plots yet, in a window that leaves it its size."""
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(900, 700)
    view = TrainView(session, window)
    view.resize(900, 700)
    with qtbot.waitExposed(window):
        window.show()
    yield view
    window.close()


@pytest.fixture
def view(qtbot, early_view):
    early_view.load_plots()
    plain_scales(*early_view.plots[:2])
    settle(qtbot, early_view)
    return early_view


@pytest.fixture
def loss(view):
    return view.findChild(object, "lossPlot")


def settle(qtbot, view):
    """Wait until everything visible is drawn."""
    qtbot.waitUntil(lambda: not view.clock.running)


def middle(plot):
    return plot.graph.area().center()


def wheel(plot, notches=1):
    viewport = plot.graph.viewport()
    place = QPointF(middle(plot))
    event = QWheelEvent(
        place,
        QPointF(viewport.mapToGlobal(place.toPoint())),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(viewport, event)


def raw_line(plot):
    return plot.shown_data()[None, "raw"]


def test_the_view_costs_no_import_of_numpy_or_pyqtgraph_before_its_plots():
    code = (
        "import sys, mnist_studio.ui.train.view\n"
        "print([m for m in ('numpy', 'pyqtgraph') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_hidden_plot_waits_with_another_run_until_it_is_seen(qtbot, view, session, loss):
    session.start()
    session.train(3)
    settle(qtbot, view)
    shown = raw_line(loss)
    view.hide()
    session.start()
    session.train(5)
    np.testing.assert_array_equal(raw_line(loss), shown)
    view.show()
    settle(qtbot, view)
    np.testing.assert_allclose(raw_line(loss)[0], np.arange(1, 6) / 100)


def test_the_loss_of_every_batch_is_a_point_of_the_plot(qtbot, view, session, loss):
    session.start()
    session.train(3)
    session.train(4)
    settle(qtbot, view)
    x, y = raw_line(loss)
    np.testing.assert_allclose(x, np.arange(1, 8) / 100)
    np.testing.assert_array_equal(y, session.run.history.losses)


def test_a_long_run_is_drawn_with_its_extremes(qtbot, view, session, loss):
    session.start(train_size=200_000, batch_size=10)
    losses = np.full(50_000, 0.5)
    losses[31_234] = 0.9
    losses[41_234] = 0.1
    session.train(50_000, losses)
    settle(qtbot, view)
    _, (low, high) = loss.shown_data()[None, "raw band"]
    assert len(high) <= 1000
    assert high.max() == pytest.approx(0.9)
    assert low.min() == pytest.approx(0.1)
    assert len(raw_line(loss)[0]) == 0


def test_many_signals_make_one_redraw(qtbot, view, session, loss, monkeypatch):
    session.start()
    settle(qtbot, view)
    redraws = []
    original = loss.turn.redraw
    monkeypatch.setattr(loss.turn, "redraw", lambda: (redraws.append(1), original()))
    for _ in range(200):
        session.train(1)
    settle(qtbot, view)
    assert len(redraws) == 1
    assert len(raw_line(loss)[0]) == 200


def test_the_clock_rests_while_nothing_changes_and_while_nothing_is_seen(qtbot, view, session):
    session.start()
    session.train(5)
    settle(qtbot, view)
    view.hide()
    session.train(5)
    settle(qtbot, view)
    x, _ = view.plots[1].shown_data()[None, "line"]
    assert len(x) == 0
    view.show()
    settle(qtbot, view)
    assert len(view.plots[1].shown_data()[None, "line"][0]) > 0


def test_the_wheel_ends_following_and_a_double_click_begins_it_again(qtbot, view, session, loss):
    session.start()
    session.train(150)
    settle(qtbot, view)
    followed = loss.graph.visible_range()
    wheel(loss)
    zoomed = loss.graph.visible_range()
    assert not loss.following
    assert not loss.follow_button.isChecked()
    assert zoomed[0][1] - zoomed[0][0] < followed[0][1] - followed[0][0]

    session.train(200)
    settle(qtbot, view)
    assert loss.graph.visible_range() == zoomed

    QTest.mouseDClick(
        loss.graph.viewport(),
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
        middle(loss),
    )
    assert loss.following
    assert loss.graph.visible_range()[0][1] >= 3.5


def test_dragging_moves_the_view_and_the_button_brings_it_back(qtbot, view, session, loss):
    session.start()
    session.train(150)
    settle(qtbot, view)
    before = loss.graph.visible_range()
    viewport, start = loss.graph.viewport(), middle(loss)
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QTest.mousePress(viewport, left, none, start)
    for distance in (20, 40, 80):
        QTest.mouseMove(viewport, start - QPoint(distance, 0))
    QTest.mouseRelease(viewport, left, none, start - QPoint(80, 0))
    assert not loss.following
    assert loss.graph.visible_range()[0][0] > before[0][0]
    QTest.mouseClick(loss.follow_button, left)
    assert loss.following
    assert loss.graph.visible_range() == before


def test_a_small_plot_offers_follow_only_when_it_does_not(qtbot, view, session):
    accuracy = view.findChild(object, "accuracyPlot")
    session.start()
    session.train(150)
    settle(qtbot, view)
    assert not accuracy.follow_button.isVisible()
    wheel(accuracy)
    assert accuracy.follow_button.isVisible()
    QTest.mouseClick(accuracy.follow_button, Qt.MouseButton.LeftButton)
    assert accuracy.following
    assert not accuracy.follow_button.isVisible()


def test_an_empty_plot_cannot_be_moved_away(qtbot, view, loss):
    before = loss.graph.visible_range()
    wheel(loss, 3)
    assert loss.following
    assert loss.graph.visible_range() == before


def test_the_right_button_opens_no_menu(qtbot, view, session, loss):
    session.start()
    session.train(50)
    settle(qtbot, view)
    QTest.mouseClick(
        loss.graph.viewport(),
        Qt.MouseButton.RightButton,
        Qt.KeyboardModifier.NoModifier,
        middle(loss),
    )
    assert QApplication.activePopupWidget() is None
    assert not [each for each in loss.findChildren(QMenu) if each.isVisible()]


def test_a_logarithmic_axis_bears_zeros_and_losses_that_are_no_numbers(qtbot, view, session, loss):
    session.start()
    session.train(6, [2.0, 1.0, 0.0, 0.5, np.inf, np.nan])
    settle(qtbot, view)
    choose_scale(loss, "logarithmic")
    assert raw_line(loss)[1][:2] == pytest.approx([np.log10(2), 0])
    (_, _), (low, high) = loss.graph.visible_range()
    assert np.isfinite([low, high]).all()
    loss.grab()


def test_a_spike_of_the_first_batches_does_not_flatten_the_rest(qtbot, view, session, loss):
    session.start(train_size=20_000)
    losses = np.full(800, 0.2)
    losses[:5] = 50.0
    session.train(800, losses)
    settle(qtbot, view)
    assert loss.graph.visible_range()[1][1] == 2.5  # the loss of guessing, and a little more


@pytest.mark.parametrize("scale", ["linear", "root", "logarithmic"])
def test_the_loss_axis_reaches_to_guessing_until_it_is_zoomed(qtbot, view, session, loss, scale):
    choose_scale(loss, scale)
    session.start()
    session.train(300, np.full(300, 0.02))
    settle(qtbot, view)
    guess = {"linear": np.log(10), "root": np.sqrt(np.log(10)), "logarithmic": np.log10(np.log(10))}
    _, heights = loss.shown_data()["guessing"]
    assert heights == pytest.approx(guess[scale])
    low, high = loss.graph.visible_range()[1]
    assert low < guess[scale] < high
    label = guess_label(loss)
    assert (label.isVisible(), label.text()) == (True, "2.30: guessing")
    place = loss.graph.view_box.mapViewToScene(QPointF(0, guess[scale]))
    assert 0 <= label.geometry().top() - loss.graph.mapFromScene(place).y() <= 4
    loss.graph.set_range((0.0, 1.0), (low, low + 0.1 * (high - low)))
    wheel(loss)
    settle(qtbot, view)
    assert not label.isVisible()
    assert not len(loss.shown_data()["guessing"][0])


def test_a_root_scale_shows_guessing_and_the_smallest_loss_under_their_true_names(
    qtbot, view, session, loss
):
    choose_scale(loss, "root")
    session.start()
    session.train(300, np.geomspace(2.3, 0.02, 300))
    settle(qtbot, view)
    np.testing.assert_allclose(raw_line(loss)[1] ** 2, session.run.history.losses, rtol=1e-6)
    area, (low, high) = loss.graph.area(), loss.graph.visible_range()[1]
    pixels = area.height() / (high - low)
    assert (low, high) == (0.0, pytest.approx(np.sqrt(2.5)))
    assert np.sqrt(0.02) * pixels > 20
    assert (high - np.sqrt(2.3)) * pixels > 5
    QTest.mouseMove(loss.graph.viewport(), QPoint(loss.graph.pixel_of(3.0), area.center().y()))
    assert loss.readout.rows[1].value == "0.0200"


def test_what_guessing_is_called_is_whole_at_every_scale(qtbot, view, session, loss):
    session.start()
    session.train(30)
    settle(qtbot, view)
    label = guess_label(loss)
    width = label.width()
    theme.set_scale(1.5)
    settle(qtbot, view)
    assert label.width() == label.sizeHint().width() > 1.3 * width
    assert loss.graph.area().right() >= label.geometry().right() - 1


def guess_label(plot):
    (label,) = [each for each in plot.graph.findChildren(QLabel) if "guessing" in each.text()]
    return label


@pytest.mark.parametrize(
    ("scale", "heights"),
    [("linear", (0, 10, 100)), ("root", (-10, -np.sqrt(90), 0))],
)
def test_the_accuracy_axis_is_whole_and_says_where_guessing_is(
    qtbot, view, session, scale, heights
):
    plot = view.plots[1]
    choose_scale(plot, scale)
    session.start()
    session.train(300)
    settle(qtbot, view)
    low, guess, high = heights
    assert plot.graph.visible_range()[1] == (low, high)
    assert plot.shown_data()["guessing"][1] == pytest.approx(guess)
    assert guess_label(plot).text() == "10 %: guessing"
    choose_scale(plot, "detail")
    settle(qtbot, view)
    assert plot.graph.visible_range()[1] == (90.0, 100.0)
    assert not guess_label(plot).isVisible()


def test_guessing_is_better_among_fewer_classes(qtbot, view, session, loss):
    session.start()
    session.train(30)
    history = session.run.history
    for plot in view.plots[:2]:
        plot.show_content(PlotContent(Track(history, 30, True), classes=4))
    settle(qtbot, view)
    assert loss.shown_data()["guessing"][1] == pytest.approx(np.log(4))
    assert guess_label(loss).text() == "1.39: guessing"
    choose_scale(view.plots[1], "linear")
    assert guess_label(view.plots[1]).text() == "25 %: guessing"


@pytest.mark.parametrize(
    ("unit", "last"),
    [
        (XUnit.BATCHES, 150),
        (XUnit.IMAGES, 3000),
        (XUnit.EPOCHS, 1.5),
        (XUnit.SECONDS, 1.5),
    ],
)
def test_every_plot_counts_what_was_chosen(qtbot, view, session, loss, unit, last):
    session.start()
    session.train(150)
    unit_button = loss.findChild(object, "xUnitButton")
    action = unit_button.menu().findChild(object, f"{unit.value}Action")
    action.trigger()
    settle(qtbot, view)
    assert raw_line(loss)[0][-1] == pytest.approx(last)
    assert action.text() in unit_button.text()
    for plot in view.plots:
        assert last <= plot.graph.visible_range()[0][1] <= 2.1 * last


def test_one_epoch_is_enough_to_see_the_validation(qtbot, view, session, loss):
    session.start()
    session.train(100)
    settle(qtbot, view)
    x, y = loss.shown_data()[None, "validation dots"]
    assert (x.tolist(), y.tolist()) == ([1.0], [0.2])
    _, y = view.plots[1].shown_data()[None, "validation dots"]
    assert y.tolist() == pytest.approx([91.0])


def test_the_axis_stops_at_the_planned_end_and_fits_what_there_is_after_it(
    qtbot, view, session, loss
):
    session.start(epochs=3)
    session.train(290)
    settle(qtbot, view)
    assert loss.graph.visible_range()[0][1] == pytest.approx(3.03)
    session.train(-10 + 20)
    session.set_status(RunStatus.STOPPED)
    settle(qtbot, view)
    assert loss.graph.visible_range()[0][1] == pytest.approx(3.03)


def test_the_axis_ends_where_a_limit_of_images_ends_the_run(qtbot, view, session, loss):
    session.start(train_size=2000, batch_size=20, epochs=10, max_images=3000)
    session.train(140)
    settle(qtbot, view)
    assert loss.graph.visible_range()[0][1] == pytest.approx(1.5 * 1.01)


def test_a_stopped_run_fills_the_plot(qtbot, view, session, loss):
    session.start(epochs=10)
    session.train(410)
    settle(qtbot, view)
    assert loss.graph.visible_range()[0][1] > 4.5
    session.set_status(RunStatus.STOPPED)
    settle(qtbot, view)
    assert loss.graph.visible_range()[0][1] == pytest.approx(1.01 * 4.1)


def test_the_pointer_reads_the_values_of_its_batch(qtbot, view, session, loss):
    session.start()
    session.train(100)
    settle(qtbot, view)
    x = loss.graph.pixel_of(0.5)
    QTest.mouseMove(loss.graph.viewport(), QPoint(x, middle(loss).y()))
    rows = {row.text: row.value for row in loss.readout.rows}
    assert rows["this batch"] == f"{session.run.history.losses[49]:.4f}"
    assert "epoch 1, batch 50" in rows
    assert "smoothed" in rows
    assert "validation" not in rows

    session.train(100)
    settle(qtbot, view)
    QTest.mouseMove(loss.graph.viewport(), QPoint(loss.graph.pixel_of(1.5), middle(loss).y()))
    assert {row.text: row.value for row in loss.readout.rows}["validation"] == "0.2000"
    QTest.mouseMove(view.tiles, QPoint(5, 5))
    QApplication.sendEvent(loss.graph, _leave())
    assert not loss.readout.isVisible()


def _leave():
    from PySide6.QtCore import QEvent

    return QEvent(QEvent.Type.Leave)


def test_a_changed_hyperparameter_is_marked_and_told(qtbot, view, session, loss):
    session.start()
    session.train(60)
    change = HyperparameterChanged(60, "learning_rate", 0.05)
    session.run.history.record(change)
    session.hyperparameter_changed.emit(change)
    session.train(60)
    settle(qtbot, view)
    assert loss.shown_data()["marks"][0].tolist() == [0.6, 0.6]
    QTest.mouseMove(loss.graph.viewport(), QPoint(loss.graph.pixel_of(0.6), middle(loss).y()))
    assert {row.text: row.value for row in loss.readout.rows}["Learning rate"] == "0.05"


def test_the_gradient_plot_has_a_curve_a_layer_or_the_learning_rate(qtbot, view, session):
    gradient = view.findChild(object, "gradientPlot")
    session.start()
    session.train(100)
    settle(qtbot, view)
    assert gradient.shown_data().keys() == {1, 2, "learning rate"}
    menu = gradient.findChild(object, "gradientViewButton").menu()
    menu.findChild(object, "learning_rateAction").trigger()
    shown = gradient.shown_data()
    assert shown.keys() == {"learning rate"}
    assert shown["learning rate"][1] == pytest.approx(np.full(100, 0.1))
    menu.findChild(object, "gradientAction").trigger()
    shown = gradient.shown_data()
    assert shown[1][1].max() == pytest.approx(0.5)
    assert len(shown["learning rate"][1]) == 0


def test_a_layer_and_a_part_of_the_run_in_view_can_be_hidden(qtbot, view, session, loss):
    session.start()
    session.train(200)
    settle(qtbot, view)
    gradient = view.plots[2]
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    for plot, index in ((gradient, 1), (loss, 0)):
        QTest.mouseClick(plot.legend, left, none, plot.legend.place_of(index).center())
    session.train(50)
    settle(qtbot, view)
    names = {each.name for each in gradient.graph.drawn()}
    assert 1 in names
    assert 2 not in names
    names = {each.name for each in loss.graph.drawn()}
    assert (None, "line") in names
    assert (None, "raw band") not in names
    QTest.mouseMove(loss.graph.viewport(), middle(loss))
    assert [row.text for row in loss.readout.rows[1:]] == ["smoothed", "validation"]


def test_plots_that_come_late_and_opened_runs_are_complete_at_once(qtbot, early_view, session):
    session.start()
    session.train(250)
    view = early_view
    view.load_plots()
    settle(qtbot, view)
    loss = view.findChild(object, "lossPlot")
    assert len(raw_line(loss)[0]) == 250
    assert "Batch: 50 of 100" in view.tiles.loss.toolTip()

    session.start(batch_size=40)
    assert len(raw_line(loss)[0]) == 0
    settle(qtbot, view)


def test_curves_and_background_follow_the_theme(qtbot, view, session, loss):
    session.start()
    session.train(20)
    settle(qtbot, view)
    for choice in ("dark", "light"):
        theme.choose(choice)
        assert loss.graph.backgroundBrush().color() == theme.color("surface")
        assert pen_color(loss, None, "line") == theme.color("series_1")
        image = loss.graph.grab().toImage()
        assert image.pixelColor(image.width() - 3, 3) == theme.color("surface")
    settle(qtbot, view)
