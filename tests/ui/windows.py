"""The real window on a folder of its own."""

from mnist_studio.session.settings import Settings
from mnist_studio.session.studio import Studio
from mnist_studio.ui.main_window import MainWindow


def open_main_window(folder, **options):
    """Return a window that keeps its settings and its runs in a folder."""
    return MainWindow(Studio(folder / "runs"), Settings(folder), **options)
