"""After a file was written one may see it, or the folder that it is in."""

import pytest
from PySide6.QtGui import QDesktopServices

from mnist_studio.ui.file_buttons import folder_button, open_button


@pytest.fixture
def opened(monkeypatch):
    opened = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toLocalFile()))
    return opened


def test_a_file_is_opened_and_shown_in_its_folder(opened, tmp_path):
    path = tmp_path / "我的 figure.png"
    path.touch()
    open_button(path).action()
    folder_button(path).action()
    assert opened == [str(path), str(tmp_path)]


def test_a_folder_is_shown_itself(opened, tmp_path):
    folder_button(tmp_path).action()
    assert opened == [str(tmp_path)]
