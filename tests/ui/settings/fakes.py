"""A session and a source of data that only remember what they were asked."""

from PySide6.QtCore import QObject, Signal


class FakeSource(QObject):
    changed = Signal(object)
    loading = Signal(str)
    progressed = Signal(int, int)
    failed = Signal(str, str)

    def __init__(self):
        super().__init__()
        self.dataset = None
        self.asked = []

    def use(self, dataset):
        self.dataset = dataset
        self.changed.emit(dataset)

    def load(self, name):
        self.asked.append(("load", name))
        self.loading.emit(name)

    def open_folder(self, name, folder):
        self.asked.append(("open", name, folder))
        self.loading.emit(name)

    def download(self, name):
        self.asked.append(("download", name))
        self.loading.emit(name)

    def cancel(self):
        self.asked.append(("cancel",))


class FakeSession(QObject):
    """The part of a session that the settings use."""

    hyperparameter_changed = Signal(object)

    def __init__(self):
        super().__init__()
        self.data = FakeSource()
        self.asked = []

    def set_live(self, name, value):
        self.asked.append((name, value))
