"""The end of a sweep: a sentence, a table like a paper's, Markdown to take along."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QScrollArea, QToolButton

from mnist_studio.report.findings import find
from mnist_studio.training.status import RunStatus
from mnist_studio.ui import theme
from mnist_studio.ui.describe import describe_failure
from mnist_studio.ui.experiments.result_view import ResultView

from .listed_runs import run
from .result_runs import as_rows, results


@pytest.fixture
def card(qtbot):
    card = ResultView()
    qtbot.addWidget(card)
    return card


def label(card, name):
    return card.findChild(QLabel, name)


def press(card, name):
    QTest.mouseClick(card.findChild(QToolButton, name), Qt.MouseButton.LeftButton)


def headings(card):
    return [column.heading for column in card.table.columns]


def test_the_sentence_is_the_one_that_the_figures_give(card, tmp_path, blobs):
    sweep, records = results(tmp_path, blobs)
    card.show_rows(as_rows(records), sweep.names)
    finding = find(records, sweep.names)
    assert label(card, "resultSentence").text() == finding.sentence
    assert label(card, "resultRemarks").text() == " ".join(finding.remarks)


def test_each_setting_has_a_row_and_the_best_is_marked(card, tmp_path, blobs):
    sweep, records = results(tmp_path, blobs, vary=("learning_rate", (1e-4, 0.1)))
    card.show_rows(as_rows(records), sweep.names)
    assert headings(card) == [
        "Learning rate",
        "Validation accuracy",
        "Test accuracy",
        "Training loss",
        "Time (s)",
        "Note",
    ]
    assert [row[0] for row in card.table.rows] == ["0.0001", "0.1"]
    assert card.table.best == 1
    assert card.table.rows[1][-1] == "best"
    accuracy = records[1].header.best.validation_accuracy
    assert card.table.rows[1][1] == f"{100 * accuracy:.2f} %"


def test_columns_move_together_where_there_is_less_room(qtbot, card, tmp_path, blobs):
    sweep, records = results(tmp_path, blobs)
    card.show_rows(as_rows(records), sweep.names)
    area = card.findChild(QScrollArea)
    card.resize(card.table.sizeHint().width(), 400)  # without the margins around it
    card.show()
    qtbot.waitUntil(lambda: 0 < card.table.width() <= area.viewport().width())
    assert card.table.width() < card.table.sizeHint().width()
    assert not area.horizontalScrollBar().isVisible()


def test_seeds_are_one_row_with_their_deviation(card, tmp_path, blobs):
    sweep, records = results(tmp_path, blobs, repeat=3)
    card.show_rows(as_rows(records), sweep.names)
    assert "Runs" in headings(card)
    assert len(card.table.rows) == 2
    assert all("±" in row[2] for row in card.table.rows)


def test_a_diverged_run_is_noted(card, tmp_path, blobs):
    rates = ("learning_rate", (0.1, 10.0))
    sweep, records = results(tmp_path, blobs, vary=rates, hidden=(64, 64), epochs=20)
    card.show_rows(as_rows(records), sweep.names)
    assert card.table.rows[1][-1] == "diverged"
    assert card.table.best == 0
    assert card.table.tip_at(26 + 24 + 12) == describe_failure(records[1].header.failure)
    assert card.table.tip_at(26 + 12) == card.table.tip_at(5) == card.table.tip_at(500) == ""


def test_if_all_diverged_nothing_is_best(card, tmp_path, blobs):
    rates = ("learning_rate", (9.0, 10.0))
    sweep, records = results(tmp_path, blobs, vary=rates, hidden=(64, 64), epochs=20)
    card.show_rows(as_rows(records), sweep.names)
    assert card.table.best is None
    assert "diverged" in label(card, "resultSentence").text()


def test_without_a_validation_part_there_is_no_column_for_it(card, tmp_path, blobs):
    sweep, records = results(tmp_path, blobs, validation_fraction=0.0)
    card.show_rows(as_rows(records), sweep.names)
    assert "Validation accuracy" not in headings(card)
    assert "Test accuracy" in headings(card)


def test_the_whole_is_copied_as_markdown(card, tmp_path, blobs):
    sweep, records = results(tmp_path, blobs)
    card.show_rows(as_rows(records), sweep.names)
    card.show()
    press(card, "resultCopy")
    text = QGuiApplication.clipboard().text()
    assert text.startswith(label(card, "resultSentence").text())
    assert "| Batch size | " in text
    assert card.findChild(QToolButton, "resultCopy").text() == "Copied"


def test_a_sweep_at_work_says_how_many_runs_it_speaks_of(card, tmp_path, blobs):
    sweep, records = results(tmp_path, blobs)
    card.show_rows([*as_rows(records), run(9, RunStatus.QUEUED)], sweep.names)
    assert label(card, "resultRemarks").text().startswith("So far: 2 of 3 runs have ended.")


def test_without_an_ended_run_it_says_when_there_will_be_a_result(card):
    card.show_rows([run(9, RunStatus.RUNNING)], None)
    assert label(card, "resultSentence").text() == (
        "The result appears here when the first run has ended."
    )
    assert not card.table.isVisibleTo(card)


def test_it_follows_what_is_said_of_the_runs(card, tmp_path, blobs):
    sweep, records = results(tmp_path, blobs)
    card.show_rows(as_rows(records), sweep.names)
    card.show_rows(as_rows(records)[:1], sweep.names)
    assert len(card.table.rows) == 1


@pytest.mark.layout
@pytest.mark.layout
def test_the_sentence_wraps_where_the_table_scrolls(card, tmp_path, blobs):
    sweep, records = results(tmp_path, blobs, vary=VARIED)
    card.show_rows(as_rows(records), sweep.names)
    card.resize(360, 220)
    card.show()
    sentence = card.findChild(QLabel, "resultSentence")
    assert sentence.height() > 1.5 * sentence.fontMetrics().lineSpacing()
    assert sentence.geometry().right() <= card.width()


def test_a_long_table_scrolls(card, tmp_path, blobs):
    sweep, records = results(tmp_path, blobs, vary=VARIED)
    card.show_rows(as_rows(records), sweep.names)
    card.resize(600, 150)
    card.show()
    assert len(card.table.rows) == 12
    assert card.findChild(QScrollArea).verticalScrollBar().maximum() > 0


VARIED = ("batch_size", tuple(range(16, 28)))


@pytest.mark.parametrize("name", ["dark", "light"])
def test_the_table_is_painted_in_the_colors_of_the_theme(card, tmp_path, blobs, name):
    theme.choose(name)
    card.show_rows(as_rows(results(tmp_path, blobs)[1]), None)
    card.show()
    image = card.table.grab().toImage()
    rule = QColor(theme.current().text)
    assert image.pixelColor(20, 0) == rule
    best = image.pixelColor(1, 26 + 24 * card.table.best + 12)
    assert best.name() == theme.tint("accent", 0.12).name()
