"""A card whose content is redrawn while it is looked at, whatever that is."""

import subprocess
import sys
from functools import partial

import pytest
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from mnist_studio.ui.live_card import LiveCard
from mnist_studio.ui.redraw_clock import RedrawClock

from .windows import show_widget


class Page(QWidget):
    """Two live views that are no plots, and what was drawn; there may be news at each drawing."""

    def __init__(self):
        super().__init__()
        self.clock = RedrawClock(self)
        self.drawn = []
        self.news_until = 0
        self.cards = [
            LiveCard(self.clock, partial(self.draw, index), name) for index, name in enumerate("ab")
        ]
        row = QHBoxLayout(self)
        for card in self.cards:
            card.body.addWidget(QLabel())
            row.addWidget(card)
        self.clock.set_turns([card.turn for card in self.cards])

    def draw(self, index):
        self.drawn.append("ab"[index])
        if len(self.drawn) < self.news_until:
            self.cards[index].turn.mark_dirty()


@pytest.fixture
def page(qtbot):
    page = Page()
    show_widget(qtbot, page)
    settle(qtbot, page)
    page.drawn.clear()
    return page


def settle(qtbot, page):
    qtbot.waitUntil(lambda: not page.clock.running)


def test_it_knows_neither_plots_nor_numpy():
    code = (
        "import sys, mnist_studio.ui.live_card\n"
        "print([m for m in sys.modules if m.partition('.')[0] in ('numpy', 'pyqtgraph')])\n"
        "print([m for m in sys.modules if 'ui.plots' in m])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["[]", "[]"]


def test_it_is_drawn_once_for_all_that_has_come(qtbot, page):
    for _ in range(10):
        page.cards[0].turn.mark_dirty()
    settle(qtbot, page)
    assert page.drawn == ["a"]


def test_a_hidden_card_is_left_alone_and_catches_up_when_it_is_shown(qtbot, page):
    page.cards[0].hide()
    settle(qtbot, page)
    page.drawn.clear()
    page.cards[0].turn.mark_dirty()
    assert not page.clock.running
    page.cards[0].show()
    settle(qtbot, page)
    assert page.drawn.count("a") == 1


def test_a_minimized_window_is_left_alone(qtbot, page):
    page.showMinimized()
    page.cards[0].turn.mark_dirty()
    settle(qtbot, page)
    assert page.drawn == []


def test_another_size_is_drawn_for(qtbot, page):
    page.resize(page.width() + 100, page.height())
    settle(qtbot, page)
    assert set(page.drawn) == {"a", "b"}


def test_what_has_more_turns_is_drawn_more_often_and_leaves_the_others_theirs(qtbot, page):
    a, b = (card.turn for card in page.cards)
    page.news_until = 9
    page.clock.set_turns([a, b, a])
    for turn in (a, b):
        turn.mark_dirty()
    settle(qtbot, page)
    assert "".join(page.drawn).startswith("abaabaaba")
