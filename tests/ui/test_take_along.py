"""What a card shows is taken along, as a picture or as figures, whatever card it is."""

import threading

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QColor, QContextMenuEvent, QImage, QPainter
from PySide6.QtWidgets import QApplication, QFileDialog, QMenu, QToolButton, QWidget

from mnist_studio.report.sheet import Sheet
from mnist_studio.ui import theme
from mnist_studio.ui.choice_button import ChoiceButton
from mnist_studio.ui.figure import picture
from mnist_studio.ui.live_card import LiveCard
from mnist_studio.ui.live_view import LiveView
from mnist_studio.ui.sections import Section, Sections

from .windows import show_widget


class Spot(QWidget):
    """Painted in a color of the theme."""

    def paintEvent(self, event):
        QPainter(self).fillRect(self.rect(), theme.color("series_2"))


class TestedCard(LiveCard):
    __test__ = False

    def __init__(self, clock):
        super().__init__(clock, lambda: None, "Tested")
        self.setObjectName("testedCard")
        self.rows = [["a", 1.5], ["=b", float("nan")]]
        self.choice = ChoiceButton({1: "one", 2: "two"}, 1, "{0} ▾")
        self.button = QToolButton()
        self.button.setText("do")
        self.header.addWidget(self.choice)
        self.header.addWidget(self.button)
        self.body.addWidget(Spot(), 1)

    def sheet(self):
        return Sheet(["name", "value"], iter(self.rows)) if self.rows else None


class View(LiveView):
    def __init__(self):
        super().__init__()
        self.card = TestedCard(self.clock)
        self.card.setParent(self)
        self.card.resize(300, 200)
        self.follow((self.card,), ())


@pytest.fixture
def sections(qtbot):
    sections = Sections("tested", "Tested", [Section("one", "One", View)])
    show_widget(qtbot, sections, 320, 240)
    yield sections
    sections.shut_down()


@pytest.fixture
def card(sections):
    return sections.view("one").card


@pytest.fixture
def asked(monkeypatch, tmp_path):
    """Answer the question where to save; what was suggested is kept."""
    suggested = []

    def ask(parent, title, name, filters):
        suggested.append(name)
        return str(tmp_path / name), filters

    monkeypatch.setattr(QFileDialog, "getSaveFileName", ask)
    return suggested


def menu_of(card):
    return card.findChild(QToolButton, "takeAlongButton").menu()


def save(qtbot, sections, card, name):
    menu_of(card).aboutToShow.emit()
    with qtbot.waitSignal(sections.saved) as saved:
        card.findChild(QAction, name).trigger()
    qtbot.waitUntil(lambda: not sections.view("one").take_along.busy)
    return saved.args[0]


@pytest.mark.parametrize(
    ("name", "look"), [("savePictureAction", "light"), ("saveDarkPictureAction", "dark")]
)
@pytest.mark.parametrize("window", ["light", "dark"])
def test_the_picture_has_its_own_look_and_twice_the_pixels(
    qtbot, sections, card, asked, name, look, window
):
    theme.choose(window)
    before = card.grab().toImage()
    image = QImage(str(save(qtbot, sections, card, name)))
    assert asked == ["tested.png"]
    assert (image.width(), image.height()) == (600, 400)
    colors = {"light": theme.LIGHT, "dark": theme.DARK}[look]
    assert image.pixelColor(300, 300) == QColor(colors.series_2)
    assert image.pixelColor(20, 60) == QColor(colors.surface)
    assert theme.current() is {"light": theme.LIGHT, "dark": theme.DARK}[window]
    QApplication.processEvents()
    assert card.grab().toImage() == before


def test_a_picture_has_no_buttons_but_says_what_was_chosen(card):
    painted = []
    card.choice.paintEvent = lambda event: painted.append(card.choice.text())
    card.button.paintEvent = lambda event: painted.append(card.button.text())
    picture([card])
    assert painted == ["one"]
    assert card.choice.text() == "one ▾"
    assert card.button.isVisible()


def test_figures_are_saved_as_a_spreadsheet_reads_them(qtbot, sections, card, asked):
    path = save(qtbot, sections, card, "saveFiguresAction")
    assert asked == ["tested.csv"]
    assert path.read_bytes() == b"name,value\r\na,1.5\r\n'=b,\r\n"


def test_figures_are_offered_only_where_there_are_some(card):
    figures, menu = card.findChild(QAction, "saveFiguresAction"), menu_of(card)
    menu.aboutToShow.emit()
    assert figures.isVisible()
    card.rows = []
    menu.aboutToShow.emit()
    assert not figures.isVisible()


def test_a_right_click_opens_the_menu_there(qtbot, card):
    menu, spot, place = menu_of(card), card.findChild(Spot), QPoint(20, 20)
    there = spot.mapToGlobal(place)
    QApplication.sendEvent(spot, QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, there))
    qtbot.waitUntil(menu.isVisible)
    assert menu.pos() == there
    menu.close()


def test_the_menu_is_the_last_of_the_header_and_reached_by_keys(card):
    button = card.findChild(QToolButton, "takeAlongButton")
    assert card.header.itemAt(card.header.count() - 1).widget() is button
    assert button.accessibleName()
    assert button.focusPolicy() & Qt.FocusPolicy.TabFocus
    assert isinstance(button.menu(), QMenu)


def test_nothing_is_written_when_no_file_is_chosen(qtbot, sections, card, monkeypatch):
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: ("", ""))
    with qtbot.assertNotEmitted(sections.saved):
        for name in ("savePictureAction", "saveFiguresAction"):
            card.findChild(QAction, name).trigger()
    assert not sections.view("one").take_along.busy


def test_what_cannot_be_written_is_told(qtbot, sections, card, monkeypatch, tmp_path):
    path = tmp_path / "missing" / "picture.png"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    with qtbot.waitSignal(sections.failed) as failed:
        card.findChild(QAction, "savePictureAction").trigger()
    assert failed.args == [
        f"{path} could not be written: No such file or directory. Choose another place."
    ]
    qtbot.waitUntil(lambda: not sections.view("one").take_along.busy)


def test_the_rows_are_read_beside_the_windows_thread(qtbot, sections, card, asked):
    threads = []

    def rows():
        threads.append(threading.current_thread())
        yield ["a", 1]

    card.rows = rows()
    save(qtbot, sections, card, "saveFiguresAction")
    assert threads != [threading.main_thread()]


def test_a_picture_does_not_show_where_the_keyboard_is(card):
    without = picture([card], theme.DARK)
    card.button.setFocus()
    assert picture([card], theme.DARK) == without
    assert card.button.hasFocus()
    card.choice.setFocus()
    assert picture([card], theme.DARK) == without
    assert card.choice.hasFocus()
