"""Inside as a page of the window: a changed network becomes a run."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QTabBar, QToolButton, QWidget

from mnist_studio.training.status import RunStatus
from mnist_studio.ui.inside.step_card import StepCard
from mnist_studio.ui.inside.view import InsideView

from ..live_views import quick_run

QUICK = quick_run(24, 12)
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def window(qtbot, open_window):
    window = open_window(1280, 720)
    qtbot.waitUntil(lambda: window.studio.session.run is not None)
    tabs = window.findChild(QTabBar, "tabs")
    tabs.setCurrentIndex(list(window.pages).index("inside"))
    return window


def switch_off(qtbot, window, unit):
    view = window.findChild(InsideView)
    qtbot.waitUntil(lambda: view.filters.figure.current)
    view.filters.turn.redraw()
    QTest.mouseClick(view.filters.view, LEFT, pos=view.filters.view.unit_rect(unit).center())
    qtbot.waitUntil(lambda: view.unit.figure.current)
    view.unit.turn.redraw()
    QTest.mouseClick(window.findChild(QToolButton, "switchOffButton"), LEFT)


def test_a_unit_switched_off_is_kept_as_a_run_that_says_so(qtbot, window):
    session = window.studio.session
    with qtbot.waitSignal(session.run_ended):
        session.start(QUICK)
    first = session.run
    before = first.path.read_bytes()
    switch_off(qtbot, window, 4)
    changed = session.run.network
    with qtbot.waitSignal(session.opener.opened):
        QTest.mouseClick(window.findChild(QToolButton, "keepEditButton"), LEFT)
    kept = session.run
    assert kept.path != first.path
    assert first.path.read_bytes() == before
    assert kept.recalled is None
    for mine, its in zip(kept.network.weights(), changed.weights(), strict=True):
        assert (mine == its).all()
    qtbot.waitUntil(lambda: window.studio.library.row(kept.path) is not None)
    row = window.studio.library.row(kept.path)
    assert row.label.note == "from run 1: unit 5 of layer 1 switched off"
    assert row.validation_accuracy == kept.history.epochs[-1].validation_accuracy
    view = window.findChild(InsideView)
    qtbot.waitUntil(lambda: view.unit.figure.current)
    view.unit.turn.redraw()
    assert not window.findChild(QToolButton, "keepEditButton").isVisible()


def test_during_a_training_a_changed_network_is_kept_but_not_opened(qtbot, window):
    session = window.studio.session
    session.start(QUICK, first="epoch")
    qtbot.waitUntil(lambda: session.run is not None and session.run.history.epoch_count == 1)
    run = session.run
    switch_off(qtbot, window, 4)
    with qtbot.waitSignal(session.files.kept) as kept:
        QTest.mouseClick(window.findChild(QToolButton, "keepEditButton"), LEFT)
    assert session.run.path == run.path
    assert session.run.recalled is None
    texts = [label.text() for label in window.messages.findChildren(QLabel)]
    assert any(kept.args[0].stem in text for text in texts)


def test_step_in_the_toolbar_walks_the_magnifier(qtbot, window):
    session = window.studio.session
    window.findChild(QTabBar, "insideTabs").parent().show_section("magnifier")
    card = window.findChild(StepCard)
    qtbot.waitUntil(lambda: card.title.text().endswith("COMES NEXT"))
    for wanted in ("STEP 1, JUST MADE", "STEP 2, JUST MADE"):
        QTest.mouseClick(window.findChild(QToolButton, "stepButton"), LEFT)
        qtbot.waitUntil(lambda wanted=wanted: card.title.text() == wanted)
        assert session.status is RunStatus.PAUSED
        qtbot.waitUntil(lambda: "bit for bit" in card.update_text.text())
    window.findChild(QTabBar, "insideTabs").parent().show_section("units")
    assert not session.watch.updates


@pytest.mark.layout
def test_the_magnifier_fits_into_a_small_window(qtbot, window):
    window.findChild(QTabBar, "insideTabs").parent().show_section("magnifier")
    window.resize(1024, 600)
    card = window.findChild(StepCard)
    qtbot.waitUntil(lambda: card.explanation.text() != "")
    assert (window.width(), window.height()) == (1024, 600)

    def fits():  # once the tiles were laid out anew
        for tile in card.tiles.tiles.values():
            assert tile.cells.height() >= 2 * 28
            last = tile.cells.cell_rect(tile.cells.count - 1)
            assert tile.cells.rect().contains(last)

    qtbot.waitUntil(fits)


def test_the_focus_is_seen_wherever_tab_leads(qtbot, window):
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    sections = window.pages["inside"].widget
    for name in sections.names:
        sections.show_section(name)
        for each in sections.findChildren(QWidget):
            by_tab = each.focusPolicy() & Qt.FocusPolicy.TabFocus and each.focusProxy() is None
            if not (by_tab and each.isVisible() and each.isEnabled()):
                continue
            window.setFocus()
            before = each.grab().toImage()
            each.setFocus(Qt.FocusReason.TabFocusReason)
            assert each.grab().toImage() != before, f"{name}: {each.objectName()}"
