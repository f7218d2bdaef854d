"""The table of a comparison."""

import dataclasses

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from mnist_studio.training.status import Failure, FailureKind, RunStatus
from mnist_studio.ui import theme
from mnist_studio.ui.experiments.compare_content import Line
from mnist_studio.ui.experiments.compare_table import CompareTable, Section

from .test_compare_content import row

LINES = (
    Line("Batch size", ("8", "16"), tip="Images per update."),
    Line("Test accuracy", ("91.00 %", "95.00 %"), frozenset({1})),
)


@pytest.fixture
def make(qtbot):
    def make_one(rows, lines=LINES, width=900):
        table = CompareTable()
        qtbot.addWidget(table)
        table.resize(width, 400)
        table.set_content(rows, (Section("Settings", lines), Section("Nothing", ())))
        with qtbot.waitExposed(table):
            table.show()
        return table

    return make_one


def many(tmp_path, count):
    rows = [row(tmp_path, k) for k in range(count)]
    return rows, (Line("Batch size", tuple(str(k) for k in range(count))),)


def test_a_section_without_lines_is_left_out(make, tmp_path):
    table = make([row(tmp_path, 1), row(tmp_path, 2)])
    assert [section.title for section in table.sections] == ["Settings"]


@pytest.mark.layout
def test_all_columns_are_in_view_and_need_no_scroll_bar(make, tmp_path):
    table = make([row(tmp_path, 1), row(tmp_path, 2)])
    assert table.horizontalScrollBar().maximum() == 0
    assert table.content_width <= table.viewport().width()
    assert table.focusPolicy() is Qt.FocusPolicy.NoFocus


@pytest.mark.layout
def test_many_runs_are_scrolled_by_the_keyboard_while_the_headings_stay(make, tmp_path):
    table = make(*many(tmp_path, 12), width=700)
    before = table.grab().toImage()
    first = table.cell_rect(0, 0, 10).left()
    assert table.horizontalScrollBar().maximum() > 0
    table.setFocus()
    QTest.keyClick(table, Qt.Key.Key_Right)
    assert table.cell_rect(0, 0, 10).left() < first
    after = table.grab().toImage()
    lines = (0, 90, table.heading_width, 20)
    assert after.copy(*lines) == before.copy(*lines)
    assert after != before


def test_turning_the_wheel_down_is_left_to_the_page_around(make, tmp_path):
    table = make(*many(tmp_path, 12), width=700)

    def turn(dx, dy):
        place = QPointF(300, 60)
        event = QWheelEvent(
            place,
            table.viewport().mapToGlobal(place),
            QPoint(),
            QPoint(dx, dy),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(table.viewport(), event)
        return event.isAccepted()

    assert not turn(0, -120)
    assert table.horizontalScrollBar().value() == 0
    turn(-120, 0)
    assert table.horizontalScrollBar().value() > 0


@pytest.mark.layout
def test_tooltips_explain_headings_and_show_whole_texts(make, tmp_path):
    named = row(tmp_path, 1, name="a name that is much too long for its column " * 3)
    noted = dataclasses.replace(named.label, note="for the lab note")
    table = make([dataclasses.replace(named, label=noted), row(tmp_path, 2)])
    first, second = (table.cell_rect(k, 0, 10).center().x() for k in (0, 1))
    line = table.content_height - 40  # the upper of two lines
    assert table.tip_at(QPoint(first, 20)) == f"{named.title}\nfor the lab note"
    assert table.tip_at(QPoint(second, 20)) == "run 2"
    assert table.tip_at(QPoint(5, line)) == "Images per update."
    assert table.tip_at(QPoint(second, line)) == "16"
    assert table.tip_at(QPoint(5, 20)) == table.tip_at(QPoint(5, 5000)) == ""


def has(table, rect, color):
    """Say whether something has the color, or nearly: the strokes of a letter may be thin."""
    image = table.grab(rect).toImage()
    wanted = QColor(color).getRgb()
    return any(
        max(abs(a - b) for a, b in zip(image.pixelColor(x, y).getRgb(), wanted, strict=True)) < 40
        for x in range(image.width())
        for y in range(image.height())
    )


@pytest.mark.layout
@pytest.mark.parametrize("name", ["dark", "light"])
def test_the_best_figure_and_the_run_are_in_their_colors(make, tmp_path, name):
    theme.choose(name)
    table = make([row(tmp_path, 1), row(tmp_path, 2)])
    last = table.content_height - 30
    tokens = theme.current()
    assert has(table, table.cell_rect(1, last, 26), tokens.accent)
    assert not has(table, table.cell_rect(0, last, 26), tokens.accent)
    assert has(table, table.cell_rect(0, 4, 24), tokens.runs[0])


@pytest.mark.layout
def test_a_failed_run_is_marked_at_its_head(make, tmp_path):
    failed = row(tmp_path, 2, failure=Failure(FailureKind.DIVERGED))
    assert failed.status is RunStatus.FAILED
    table = make([row(tmp_path, 1), failed])
    error = theme.current().error
    assert has(table, table.cell_rect(1, 26, 18), error)
    assert not has(table, table.cell_rect(0, 26, 18), error)
