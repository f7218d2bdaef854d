"""Taking results along through the menu."""

import re
import threading
from pathlib import Path

import pytest
from PySide6.QtCore import QLocale, Qt, QTimer
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QFileDialog,
    QLabel,
    QMessageBox,
    QProgressDialog,
    QPushButton,
    QWidget,
)

from mnist_studio.report.curves import write_curves
from mnist_studio.runs.label import RunLabel
from mnist_studio.runs.store import RunStore
from mnist_studio.session.run_row import RunRow
from mnist_studio.training.status import RunStatus
from mnist_studio.ui.experiments.exporting import ExportMenu, exporters
from mnist_studio.ui.task import Task

from ...polling import PATIENCE
from ...training.builders import save_run, small_run


@pytest.fixture
def rows(tmp_path, blobs):
    store = RunStore(tmp_path / "runs")
    for batch_size in (8, 16):
        label = RunLabel(name=f"batch {batch_size}")
        save_run(store, small_run(epochs=2, batch_size=batch_size), blobs, label)
    records, _ = store.records()
    found = [RunRow(r.path, r.label, r.header.config, r.header.status, r.header) for r in records]
    queued = RunRow(tmp_path / "queued.npz", RunLabel(), small_run(), RunStatus.QUEUED)
    return [*found, queued]


@pytest.fixture
def menu(qtbot, rows):
    window = QWidget()
    plot = QLabel("a plot", window)
    qtbot.addWidget(window)
    window.show()
    menu = ExportMenu(lambda: rows, lambda: [plot], window)
    yield menu
    menu.shut_down()


def export(qtbot, menu, monkeypatch, name, path, used=""):
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), used))
    with qtbot.waitSignals([menu.exported]):
        menu.findChild(QAction, name).trigger()
    qtbot.waitUntil(lambda: not menu.busy)


def test_every_point_of_every_run_is_written(qtbot, menu, monkeypatch, tmp_path, rows):
    path = tmp_path / "curves.csv"
    export(qtbot, menu, monkeypatch, "exportCurvesAction", path)
    lines = path.read_text(encoding="utf-8").splitlines()
    assert len(lines) == 1 + sum(row.header.step for row in rows if row.header)


@pytest.mark.parametrize("suffix", [".csv", ".md"])
def test_the_table_has_a_row_for_each_run(qtbot, menu, monkeypatch, tmp_path, suffix):
    path = tmp_path / f"table{suffix}"
    export(qtbot, menu, monkeypatch, "exportTableAction", path)
    text = path.read_text(encoding="utf-8")
    assert "batch 8" in text
    assert "batch 16" in text


def test_a_name_without_an_ending_gets_the_one_that_was_chosen(qtbot, menu, monkeypatch, tmp_path):
    export(qtbot, menu, monkeypatch, "exportTableAction", tmp_path / "table", "Markdown (*.md)")
    assert (tmp_path / "table.md").read_text(encoding="utf-8").startswith("|")


@pytest.mark.parametrize(
    ("suffix", "start"), [(".png", b"\x89PNG"), (".svg", b"<?xml"), (".PDF", b"%PDF-1.")]
)
def test_the_figure_is_written_in_its_format(qtbot, menu, monkeypatch, tmp_path, suffix, start):
    path = tmp_path / f"figure{suffix}"
    export(qtbot, menu, monkeypatch, "exportFigureAction", path)
    assert path.read_bytes().startswith(start)


def test_the_lab_report_names_the_runs(qtbot, menu, monkeypatch, tmp_path, blobs):
    monkeypatch.setattr("mnist_studio.report.html.load_dataset", lambda name, folder=None: blobs)
    path = tmp_path / "report.html"
    export(qtbot, menu, monkeypatch, "exportReportAction", path)
    assert "batch 16" in path.read_text(encoding="utf-8")


def test_the_lab_report_compares_robustness_and_calibration_on_wish(
    qtbot, menu, monkeypatch, tmp_path, blobs
):
    monkeypatch.setattr("mnist_studio.report.html.load_dataset", lambda name, folder=None: blobs)
    path = tmp_path / "report.html"
    export(qtbot, menu, monkeypatch, "exportFullReportAction", path)
    text = path.read_text(encoding="utf-8")
    assert "<h2>Robustness</h2>" in text
    assert "<h2>Calibration</h2>" in text


@pytest.mark.parametrize(("locale", "language"), [("C", "en"), ("zh_CN", "zh-CN")])
def test_the_lab_report_says_which_language_it_is_in(
    qtbot, menu, monkeypatch, tmp_path, blobs, locale, language
):
    monkeypatch.setattr("mnist_studio.report.html.load_dataset", lambda name, folder=None: blobs)
    before = QLocale()
    QLocale.setDefault(QLocale(locale))
    try:
        export(qtbot, menu, monkeypatch, "exportReportAction", tmp_path / "report.html")
    finally:
        QLocale.setDefault(before)
    assert f'lang="{language}"' in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_a_place_that_cannot_be_written_is_told_and_nothing_is_left_there(
    qtbot, menu, monkeypatch, tmp_path
):
    for name, file in (("exportCurvesAction", "a.csv"), ("exportFigureAction", "a.svg")):
        path = tmp_path / "missing folder" / file
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, p=path: (str(p), ""))
        with qtbot.waitSignal(menu.failed) as failed:
            menu.findChild(QAction, name).trigger()
        assert failed.args == [
            f"{path} could not be written: No such file or directory. Choose another place."
        ]
        qtbot.waitUntil(lambda: not menu.busy)
    assert not path.parent.exists()


def test_every_entry_of_the_menu_suggests_a_file_of_its_first_format(menu):
    assert [action.objectName() for action in menu.actions()] == [e.name for e in exporters()]
    for exporter in exporters():
        endings = re.findall(r"\*(\.\w+)", exporter.filters)
        assert Path(exporter.file).suffix == "".join(endings[:1])
        assert all(ending[1:].upper() in exporter.filters.upper() for ending in endings)


def test_nothing_happens_when_no_file_is_chosen(qtbot, menu, monkeypatch):
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: ("", ""))
    with qtbot.assertNotEmitted(menu.exported):
        for name in ("exportCurvesAction", "exportFigureAction", "exportTableAction"):
            menu.findChild(QAction, name).trigger()
    assert not menu.busy


def test_without_runs_there_is_nothing_to_export(qtbot, menu, rows):
    menu.aboutToShow.emit()
    assert menu.findChild(QAction, "exportReportAction").isEnabled()
    del rows[:2]
    menu.aboutToShow.emit()
    assert not menu.findChild(QAction, "exportReportAction").isEnabled()


@pytest.mark.parametrize(
    ("name", "ending"), [("Figure", ".svg"), ("Table", ".csv"), ("Curves", ".csv")]
)
def test_a_failing_export_leaves_the_old_file(qtbot, menu, monkeypatch, tmp_path, name, ending):
    path = tmp_path / f"old{ending}"
    path.write_text("what was there")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))

    def no_room(self, target):
        raise OSError(28, "No space left on device", str(self))

    monkeypatch.setattr(Path, "replace", no_room)
    with qtbot.waitSignal(menu.failed) as failed:
        menu.findChild(QAction, f"export{name}Action").trigger()
    assert failed.args == [
        f"{path} could not be written: No space left on device. Choose another place."
    ]
    qtbot.waitUntil(lambda: not menu.busy)
    assert path.read_text() == "what was there"
    assert not list(tmp_path.glob(".*"))


def test_a_damaged_run_is_told_and_nothing_is_written(qtbot, menu, monkeypatch, tmp_path, rows):
    rows[0].path.write_bytes(b"damaged")
    path = tmp_path / "curves.csv"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    with qtbot.waitSignal(menu.failed) as failed:
        menu.findChild(QAction, "exportCurvesAction").trigger()
    qtbot.waitUntil(lambda: not menu.busy)
    assert rows[0].path.name in failed.args[0]
    assert not path.exists()


@pytest.fixture
def held_back(monkeypatch):
    """Let the writing of curves wait until it is allowed."""
    begun, go_on = threading.Event(), threading.Event()

    def write(*arguments, **options):
        begun.set()
        assert go_on.wait(PATIENCE)
        write_curves(*arguments, **options)

    monkeypatch.setattr("mnist_studio.report.curves.write_curves", write)
    yield begun, go_on
    go_on.set()


def begin_curves(menu, monkeypatch, path, begun):
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    menu.findChild(QAction, "exportCurvesAction").trigger()
    assert begun.wait(PATIENCE)


def test_a_cancelled_export_writes_nothing_and_tells_nothing(
    qtbot, menu, monkeypatch, tmp_path, held_back
):
    begun, go_on = held_back
    path = tmp_path / "curves.csv"
    told = []
    menu.exported.connect(told.append)
    menu.failed.connect(told.append)
    begin_curves(menu, monkeypatch, path, begun)
    progress = menu.parentWidget().findChild(QProgressDialog)
    qtbot.waitUntil(progress.isVisible)
    menu.aboutToShow.emit()
    assert not menu.findChild(QAction, "exportTableAction").isEnabled()  # one at a time
    qtbot.mouseClick(progress.findChild(QPushButton), Qt.MouseButton.LeftButton)
    assert not progress.isVisible()
    go_on.set()
    qtbot.waitUntil(lambda: not menu.busy)
    assert told == []
    assert not path.exists()
    menu.aboutToShow.emit()
    assert menu.findChild(QAction, "exportTableAction").isEnabled()


def test_the_window_can_be_closed_during_an_export(qtbot, menu, monkeypatch, tmp_path, held_back):
    begun, go_on = held_back
    path = tmp_path / "curves.csv"
    begin_curves(menu, monkeypatch, path, begun)
    progress = menu.parentWidget().findChild(QProgressDialog)
    qtbot.waitUntil(progress.isVisible)
    task = menu.parentWidget().findChild(Task)
    task.cancel()
    go_on.set()
    menu.shut_down()
    assert task.isFinished()
    assert not progress.isVisible()
    assert not path.exists()


def test_a_wrong_ending_is_completed_and_a_file_of_that_name_is_not_lost(
    qtbot, menu, monkeypatch, tmp_path
):
    kept = tmp_path / "table.v2.csv"
    kept.write_text("what was there")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "table.v2"), ""))
    asked = []

    def answer(button):
        box = QApplication.activeModalWidget()
        asked.append(box.text())
        QTest.mouseClick(box.button(button), Qt.MouseButton.LeftButton)

    no, yes = QMessageBox.StandardButton.No, QMessageBox.StandardButton.Yes
    QTimer.singleShot(0, lambda: answer(no))
    menu.findChild(QAction, "exportTableAction").trigger()
    assert not menu.busy
    assert kept.read_text() == "what was there"
    QTimer.singleShot(0, lambda: answer(yes))
    with qtbot.waitSignal(menu.exported) as exported:
        menu.findChild(QAction, "exportTableAction").trigger()
    qtbot.waitUntil(lambda: not menu.busy)
    assert exported.args == [kept]
    assert "batch 8" in kept.read_text()
    assert asked == ["table.v2.csv is there already. Replace it?"] * 2


def test_the_figure_shows_no_buttons_but_the_window_does(qtbot, menu, monkeypatch, tmp_path):
    plot = menu.parentWidget().findChild(QLabel)
    button = QPushButton("menu", plot)
    button.show()
    shown = []
    render = QWidget.render

    def rendered(self, *arguments):
        shown.append(button.isVisible())
        render(self, *arguments)

    monkeypatch.setattr(QLabel, "render", rendered, raising=False)
    export(qtbot, menu, monkeypatch, "exportFigureAction", tmp_path / "figure.png")
    assert shown == [False]
    assert button.isVisible()


def test_the_next_file_is_looked_for_where_the_last_one_was(qtbot, menu, monkeypatch, tmp_path):
    export(qtbot, menu, monkeypatch, "exportTableAction", tmp_path / "table.csv")
    places = []
    monkeypatch.setattr(
        QFileDialog, "getSaveFileName", lambda _parent, _title, place, _: (places.append(place), "")
    )
    menu.findChild(QAction, "exportCurvesAction").trigger()
    assert places == [str(tmp_path / "curves.csv")]
