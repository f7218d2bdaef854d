"""How often what is out of date is redrawn."""

import pytest
from PySide6.QtWidgets import QWidget

from mnist_studio.ui.redraw_clock import RedrawClock, Turn

from .windows import show_widget


@pytest.fixture(autouse=True)
def _redrawn_soon():
    """Leave the pace as it is."""


@pytest.fixture
def widget(qtbot):
    widget = QWidget()
    return show_widget(qtbot, widget)


def paced(qtbot, widget, seconds, *order):
    """Return the interval of a clock whose turns, in this order, each take so long to paint."""
    clock = RedrawClock(widget)
    drawn = []
    turns = {name: Turn(clock, widget, lambda name=name: drawn.append(name)) for name in order}
    for turn in turns.values():
        turn.painting = lambda: seconds
    clock.set_turns([turns[name] for name in order])
    # One tick after another, as its timer would: without waiting for it.
    for _ in range(60):
        for turn in turns.values():
            turn.mark_dirty()
        clock._on_timeout()
    assert drawn[: len(order)] == list(order)
    return clock.interval


def test_what_costs_little_is_redrawn_thirty_times_a_second(qtbot, widget):
    assert paced(qtbot, widget, 0.001, "plot") == 33


def test_redraws_take_a_twentieth_of_the_time(qtbot, widget):
    assert paced(qtbot, widget, 0.002, "plot", "other") == pytest.approx(40, abs=2)


@pytest.mark.parametrize("order", [("plot",), ("plot", "other"), ("plot", "a", "plot", "b")])
def test_however_dear_the_main_plot_is_redrawn_eight_times_a_second(qtbot, widget, order):
    interval = paced(qtbot, widget, 0.5, *order)
    assert 1000 / interval * order.count("plot") / len(order) == pytest.approx(8, rel=0.02)
