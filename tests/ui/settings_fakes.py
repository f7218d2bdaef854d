"""A session that only remembers what it was asked, and figures to show."""

from PySide6.QtCore import QObject, Signal


class FakeSession(QObject):
    """The part of a session that the settings use."""

    dataset_changed = Signal(object)
    dataset_loading = Signal(str)
    dataset_progress = Signal(int, int)
    dataset_failed = Signal(str)
    hyperparameter_changed = Signal(object)

    def __init__(self):
        super().__init__()
        self.dataset = None
        self.asked = []

    def use(self, dataset):
        self.dataset = dataset
        self.dataset_changed.emit(dataset)

    def load_dataset(self, name):
        self.asked.append(("load", name))
        self.dataset_loading.emit(name)

    def open_dataset_folder(self, name, folder):
        self.asked.append(("open", name, folder))
        self.dataset_loading.emit(name)

    def download_dataset(self, name):
        self.asked.append(("download", name))
        self.dataset_loading.emit(name)

    def cancel_loading(self):
        self.asked.append(("cancel",))

    def set_live(self, name, value):
        self.asked.append((name, value))
