"""Asking where a run is to be saved."""

from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from mnist_studio.ui.file_commands import ask_where_to_save


def test_a_run_never_replaces_a_file_that_the_dialog_did_not_ask_about(
    qtbot, tmp_path, monkeypatch
):
    parent = QWidget()
    qtbot.addWidget(parent)
    (tmp_path / "mine.npz").touch()
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "mine"), ""))
    asked = []

    def refuse(_parent, _title, text, *_):
        asked.append(text)
        return QMessageBox.StandardButton.No

    monkeypatch.setattr(QMessageBox, "question", refuse)
    assert ask_where_to_save(parent, tmp_path) is None
    assert asked == ["mine.npz is there already. Replace it?"]
