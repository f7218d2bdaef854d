"""The heat map of a confusion matrix."""

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QFont, QFontMetrics, QHelpEvent, QImage, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QToolTip, QVBoxLayout, QWidget

from mnist_studio.insight.confusion import Share, scale_of
from mnist_studio.ui import theme
from mnist_studio.ui.confusion_layout import (
    ConfusionLayout,
    fitting_font,
    matrix_height,
    narrowest_width,
)
from mnist_studio.ui.confusion_text import describe_class
from mnist_studio.ui.confusion_view import ConfusionView, Figures

from ..insight.builders import DIGITS, FASHION, matrix
from .windows import show_widget


@pytest.fixture
def make(qtbot):
    windows = []  # which nothing else keeps

    def make_one(shown=None, width=360):
        window = QWidget()
        column = QVBoxLayout(window)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(QLineEdit())
        view = ConfusionView(shown or matrix(from4to9=12, from3to5=3))
        view.set_scale(scale_of([view.matrix]))
        view.setFixedSize(width, view.heightForWidth(width))
        view.cell_pointed.connect(view.mark)
        column.addWidget(view)
        windows.append(show_widget(qtbot, window))
        return view

    return make_one


def hover(view, cell):
    QTest.mouseMove(view, view.cell_rect(*cell).center())


def test_pointing_at_a_cell_tells_its_classes(make, qtbot):
    view = make()
    with qtbot.waitSignal(view.cell_pointed) as pointed:
        hover(view, (4, 9))
    assert pointed.args == [(4, 9)]
    assert view.marked == (4, 9)
    with qtbot.waitSignal(view.cell_pointed) as pointed:
        QTest.mouseMove(view, QPoint(2, 2))
    assert pointed.args == [None]
    hover(view, (0, 0))
    QApplication.sendEvent(view, QEvent(QEvent.Type.Leave))
    assert view.marked is None


@pytest.mark.parametrize("width", [200, 261, 440])
@pytest.mark.parametrize("names", [DIGITS, FASHION])
def test_each_cell_is_found_where_it_is_painted_and_all_fit(make, width, names):
    view = make(matrix(names=names), width)
    for true in range(10):
        for predicted in range(10):
            rect = view.cell_rect(true, predicted)
            assert view.rect().contains(rect)
            assert view.cell_at(rect.topLeft()) == view.cell_at(rect.center()) == (true, predicted)


@pytest.mark.layout
@pytest.mark.parametrize("side", [12, 16, 24])
def test_the_figures_of_neighbors_do_not_touch_where_the_cells_are_low(qapp, side):
    font = fitting_font("98.8", 100, side - 2)
    assert font is None or QFontMetrics(font).capHeight() <= side - 2


@pytest.mark.layout
def test_names_are_turned_only_where_that_makes_room(qapp):
    low = ConfusionLayout.fitting(DIGITS, 400, 150)
    assert low.side < 15
    assert not low.turned
    assert ConfusionLayout.fitting(FASHION, 400, 150).turned


def test_the_arrow_keys_go_from_cell_to_cell_from_the_most_frequent_mistake(make):
    view = make()
    view.window().findChild(QLineEdit).setFocus()
    QTest.keyClick(view.window().focusWidget(), Qt.Key.Key_Tab)
    assert view.hasFocus()
    assert view.marked == (4, 9)
    QTest.keyClick(view, Qt.Key.Key_Right)  # it is at the edge
    assert view.marked == (4, 9)
    QTest.keyClick(view, Qt.Key.Key_Down)
    QTest.keyClick(view, Qt.Key.Key_Left)
    assert view.marked == (5, 8)
    QTest.keyClick(view, Qt.Key.Key_Tab)
    assert view.marked is None


@pytest.mark.parametrize("name", ["dark", "light"])
def test_mistakes_can_be_seen_beside_the_diagonal(make, name):
    theme.choose(name)
    view = make(matrix(size=1000, from4to9=12, from3to5=1))
    image = view.grab().toImage()

    def painted(true, predicted):
        return image.pixelColor(view.cell_rect(true, predicted).topLeft() + QPoint(1, 1)).name()

    assert painted(0, 1) == theme.current().raised
    assert painted(4, 9) == theme.tint("series_2", 0.85).name()
    assert painted(0, 0) == theme.tint("accent", 0.85).name()
    colors = {painted(*cell) for cell in ((0, 1), (4, 9), (3, 5), (0, 0), (4, 4))}
    assert len(colors) == 5


def test_another_theme_repaints_it(make):
    theme.choose("dark")
    view = make()
    before = view.grab().toImage()
    theme.choose("light")
    assert view.grab().toImage() != before


def test_the_same_share_has_the_same_color_in_matrices_of_one_scale(make):
    one, other = make(matrix(size=100, from4to9=10)), make(matrix(size=1000, from2to1=100))
    assert one.cell_color(4, 9) == other.cell_color(2, 1)
    wider = scale_of([one.matrix, matrix(from0to1=40)])
    one.set_scale(wider)
    assert one.cell_color(4, 9) != other.cell_color(2, 1)


def test_the_weakest_class_is_not_taken_for_an_empty_cell(make):
    view = make(matrix(size=100, from4to9=10))
    empty = theme.color("raised").lightness()
    assert view.cell_color(4, 4).lightness() < empty - 20


def test_a_flawless_matrix_has_a_full_diagonal(make):
    view = make(matrix())
    assert view.cell_color(3, 3) == theme.tint("accent", 0.85)
    assert view.cell_color(3, 4) == theme.color("raised")


def test_it_says_in_words_what_it_shows(make):
    assert "4 taken for a 9: 12 times" in make().accessibleDescription()


def test_long_names_take_more_room(qapp):
    assert narrowest_width(FASHION) > narrowest_width(DIGITS)
    assert matrix_height(400, FASHION) > 0


@pytest.mark.layout
@pytest.mark.parametrize("size", [100, 1000])
def test_counts_are_written_even_into_the_narrowest_cells(make, size):
    view = make(matrix(size=size, from4to9=12), narrowest_width(DIGITS))
    image = view.grab().toImage()
    for cell in ((0, 0), (4, 9)):
        rect, color = view.cell_rect(*cell), view.cell_color(*cell).name()
        inside = {
            image.pixelColor(x, y).name()
            for x in range(rect.left() + 1, rect.right())
            for y in range(rect.top() + 1, rect.bottom())
        }
        assert len(inside - {color}) > 3


# --- choosing, other figures, margins ------------------------------------------------------


def click(view, place):
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=place)


def test_a_click_chooses_a_cell_a_row_by_its_name_or_a_column_by_its(make):
    view = make()
    chosen = []
    view.group_chosen.connect(chosen.append)
    cell = view.cell_rect(4, 9).center()
    click(view, cell)
    click(view, QPoint(view.cell_rect(4, 0).left() - 8, cell.y()))
    click(view, QPoint(cell.x(), view.cell_rect(0, 9).top() - 5))
    click(view, QPoint(1, 1))
    assert chosen == [(4, 9), (4, None), (None, 9)]


def test_enter_chooses_the_marked_cell(make, qtbot):
    view = make()
    view.setFocus()
    QTest.keyClick(view, Qt.Key.Key_Down)
    with qtbot.waitSignal(view.group_chosen) as chosen:
        QTest.keyClick(view, Qt.Key.Key_Return)
    assert chosen.args == [view.marked]


def test_what_was_chosen_is_framed(make):
    view = make()
    before = view.grab().toImage()
    view.select((None, 3))
    frame = theme.color("accent").rgb()
    after = view.grab().toImage()
    for true in range(10):
        edge = view.cell_rect(true, 3).topLeft() + QPoint(0, 4)
        assert after.pixel(edge) == frame != before.pixel(edge)


def test_shares_of_the_answers_are_colored_on_their_own_scale(make):
    view = make(matrix(from4to9=50, from3to9=50))
    shown = view.matrix
    before = view.cell_color(4, 9)
    view.set_figures(Figures.OF_ANSWERED, scale_of([shown], Share.ANSWERED))
    assert view.scale.worst == pytest.approx(50 / 200)
    assert view.cell_color(4, 9) == before  # the fullest mistake on either scale
    assert view.cell_color(9, 9) != view.cell_color(0, 0)  # half of its answers are wrong


@pytest.mark.parametrize("width", [230, 260, 300])
def test_shares_are_written_into_narrow_cells_too_if_need_be_without_decimals(qtbot, width):
    shown = matrix(from4to9=12)
    view = ConfusionView(shown, margins=True)
    qtbot.addWidget(view)
    view.resize(width, width)
    view.set_figures(Figures.OF_ANSWERED, scale_of([shown], Share.ANSWERED))
    picture, rect = view.grab().toImage(), view.cell_rect(9, 9)  # 89.3 %
    colors = {
        picture.pixel(x, y)
        for x in range(rect.left(), rect.right())
        for y in range(rect.top(), rect.bottom())
    }
    assert len(colors) > 1


@pytest.mark.layout
@pytest.mark.parametrize("names", [DIGITS, FASHION])
@pytest.mark.parametrize("size", [(330, 300), (500, 420), (900, 500), (400, 900)])
def test_with_margins_everything_keeps_within_the_room_there_is(qtbot, names, size):
    view = ConfusionView(matrix(names=names, from4to9=12), margins=True)
    qtbot.addWidget(view)
    view.resize(*size)
    layout = view._layout()
    title = layout.precision_rect(10)
    places = [layout.recall_rect(-1), layout.f1_rect(-1), layout.f1_rect(9), title]
    assert all(view.rect().contains(each) for each in places)
    # And all of them say something, in the narrowest cells, too.
    picture = view.grab().toImage()
    for rect in (*places, layout.recall_rect(3), layout.f1_rect(4), layout.precision_rect(9)):
        pixels = {
            picture.pixel(x, y)
            for x in range(rect.left(), rect.right())
            for y in range(rect.top(), rect.bottom())
        }
        assert len(pixels) > 1


def rows_written(picture, rect):
    """Return how many lines of pixels there is writing in."""
    paper = picture.pixel(rect.topLeft())
    return sum(
        any(picture.pixel(x, y) != paper for x in range(rect.left(), rect.right()))
        for y in range(rect.top(), rect.bottom())
    )


@pytest.mark.layout
@pytest.mark.parametrize("width", range(290, 420, 10))
def test_the_figures_below_a_matrix_lose_their_decimals_before_they_are_tiny(qtbot, width):
    view = ConfusionView(matrix(from4to9=12), margins=True)
    qtbot.addWidget(view)
    view.resize(width, width)
    place = view._layout().precision_rect(9)  # 89.3 %
    whole = fitting_font("100", place.width() - 2, place.height() - 2)
    font = min(theme.number_font(7), whole, key=QFont.pointSizeF)  # a wide typeface is smaller
    smallest = QImage(60, 40, QImage.Format.Format_RGB32)
    smallest.fill(Qt.GlobalColor.white)
    with QPainter(smallest) as painter:
        painter.setFont(font)
        painter.drawText(smallest.rect(), Qt.AlignmentFlag.AlignCenter, "89")
    assert rows_written(view.grab().toImage(), place) >= rows_written(smallest, smallest.rect())


def test_the_figures_of_a_class_are_said_at_its_name_and_at_its_margins(qtbot):
    view = ConfusionView(matrix(from4to9=12), margins=True)
    qtbot.addWidget(view)
    view.resize(500, 420)
    layout = view._layout()
    for place in (
        layout.recall_rect(4).center(),
        layout.f1_rect(4).center(),
        layout.precision_rect(4).center(),
        QPoint(layout.left - 8, layout.cell_rect(4, 0).center().y()),
        QPoint(layout.cell_rect(0, 4).center().x(), layout.top - 4),
    ):
        QToolTip.hideText()
        event = QHelpEvent(QEvent.Type.ToolTip, place, view.mapToGlobal(place))
        QApplication.sendEvent(view, event)
        assert QToolTip.text() == describe_class(view.matrix, 4)
    assert layout.class_at(layout.cell_rect(4, 4).center()) is None
    assert layout.class_at(layout.precision_rect(10).center()) is None


@pytest.mark.layout
@pytest.mark.parametrize("side", range(200, 300, 10))
def test_precisions_are_left_out_before_they_run_into_one_another(qtbot, side):
    theme.choose("light", 1.5)
    view = ConfusionView(matrix(), margins=True)  # all of them are 100
    qtbot.addWidget(view)
    view.resize(420, side)
    picture, layout = view.grab().toImage(), view._layout()
    paper = picture.pixel(0, 0)
    for rect in map(layout.precision_rect, range(layout.classes)):
        assert all(
            picture.pixel(rect.left(), y) == paper for y in range(rect.top() + 2, rect.bottom())
        )
