"""Taking results along through the menu."""

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QLabel, QWidget

from mnist_studio.session.run_row import RunRow
from mnist_studio.training.checkpoint import write_checkpoint
from mnist_studio.training.run_store import RunLabel, RunStore
from mnist_studio.training.status import RunStatus
from mnist_studio.ui.experiments.exporting import ExportMenu

from ...training.builders import small_run, train

PATIENCE = 20_000


@pytest.fixture
def rows(tmp_path, blobs):
    store = RunStore(tmp_path / "runs")
    for batch_size in (8, 16):
        path = store.reserve(RunLabel(name=f"batch {batch_size}"))
        write_checkpoint(
            path, train(small_run(epochs=2, batch_size=batch_size), blobs).checkpoint()
        )
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
    with qtbot.waitSignals([menu.exported], timeout=PATIENCE):
        menu.findChild(QAction, name).trigger()
    qtbot.waitUntil(lambda: menu._task is None, timeout=PATIENCE)


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


@pytest.mark.parametrize(("suffix", "start"), [(".png", b"\x89PNG"), (".svg", b"<?xml")])
def test_the_figure_is_written_in_its_format(qtbot, menu, monkeypatch, tmp_path, suffix, start):
    path = tmp_path / f"figure{suffix}"
    export(qtbot, menu, monkeypatch, "exportFigureAction", path)
    assert path.read_bytes().startswith(start)


def test_the_lab_report_names_the_runs(qtbot, menu, monkeypatch, tmp_path, blobs):
    monkeypatch.setattr("mnist_studio.report.html.load_dataset", lambda name, folder=None: blobs)
    path = tmp_path / "report.html"
    export(qtbot, menu, monkeypatch, "exportReportAction", path)
    assert "batch 16" in path.read_text(encoding="utf-8")


def test_a_place_that_cannot_be_written_is_told_and_nothing_is_left_there(
    qtbot, menu, monkeypatch, tmp_path
):
    path = tmp_path / "missing folder" / "curves.csv"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    for name in ("exportCurvesAction", "exportFigureAction"):
        with qtbot.waitSignal(menu.failed, timeout=PATIENCE) as failed:
            menu.findChild(QAction, name).trigger()
        assert failed.args[0].endswith(".")
        qtbot.waitUntil(lambda: menu._task is None, timeout=PATIENCE)
    assert not path.parent.exists()


def test_nothing_happens_when_no_file_is_chosen(qtbot, menu, monkeypatch):
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: ("", ""))
    with qtbot.assertNotEmitted(menu.exported):
        for name in ("exportCurvesAction", "exportFigureAction", "exportTableAction"):
            menu.findChild(QAction, name).trigger()
    assert menu._task is None


def test_without_runs_there_is_nothing_to_export(qtbot, menu, rows):
    menu.aboutToShow.emit()
    assert menu.findChild(QAction, "exportReportAction").isEnabled()
    del rows[:2]
    menu.aboutToShow.emit()
    assert not menu.findChild(QAction, "exportReportAction").isEnabled()
