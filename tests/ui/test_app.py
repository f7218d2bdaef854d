"""What is around the window."""

import pytest
from PySide6.QtWidgets import QWidget

from mnist_studio.ui.app import fit_screen


@pytest.mark.parametrize(("wanted", "kept"), [((5000, 4000), False), ((300, 200), True)])
def test_the_first_window_is_no_larger_than_the_screen(qtbot, wanted, kept):
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(*wanted)
    fit_screen(window)
    available = window.screen().availableSize()
    assert window.width() <= available.width()
    assert window.height() < available.height()
    assert (window.size().toTuple() == wanted) is kept
