"""Windows in tests: the real one on a folder of its own, and single widgets."""

from mnist_studio.session.settings import Settings
from mnist_studio.session.studio import Studio
from mnist_studio.ui.main_window import MainWindow


def open_main_window(folder, **options):
    """Return a window that keeps its settings and its runs in a folder."""
    return MainWindow(Studio(folder / "runs"), Settings(folder), **options)


def show_widget(qtbot, widget, *size):
    """Show a widget, with a width and a height if they are given, to the end of the test."""
    qtbot.addWidget(widget)
    if size:
        widget.resize(*size)
    with qtbot.waitExposed(widget):
        widget.show()
    return widget
