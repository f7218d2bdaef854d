"""A session and a source of data without threads."""

import dataclasses

from PySide6.QtCore import QObject, Signal

from mnist_studio.session.drawing import Drawing
from mnist_studio.session.run_in_view import RunInView, Snapshot
from mnist_studio.training.config import RunConfig, TrainingConfig
from mnist_studio.training.history import History
from mnist_studio.training.status import RunStatus

from .plots.fakes import grow


class FakeSource(QObject):
    """Loads nothing, and remembers what it was asked."""

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
    """Trains by being told to, answers what it is told to, and remembers what it was asked."""

    run_started = Signal(object)
    batches_ended = Signal(object)
    epoch_ended = Signal(object)
    hyperparameter_changed = Signal(object)
    test_evaluated = Signal(object)
    status_changed = Signal(object)
    run_ended = Signal(object, object)
    network_changed = Signal()

    def __init__(self, parent=None):
        super().__init__(parent)
        self.run = None
        self.drawing = Drawing(self)
        self.data = FakeSource()
        self.answer = None
        self.asked = []

    @property
    def status(self):
        return None if self.run is None else self.run.status

    @property
    def active(self):
        return self.run is not None and self.run.status.active

    def set_live(self, name, value):
        self.asked.append((name, value))

    def predict(self, image):
        self.asked.append(image)
        return self.answer

    def learn(self, answer):
        """Answer otherwise from now on."""
        self.answer = answer
        self.network_changed.emit()

    def recall(self, snapshot):
        self.run = dataclasses.replace(self.run, recalled=snapshot)
        self.network_changed.emit()

    def start(self, train_size=2000, batch_size=20, epochs=5, **settings):
        training = TrainingConfig(batch_size=batch_size, epochs=epochs, **settings)
        history = History(train_size, batch_size)
        self.run = RunInView(
            RunConfig(training=training), RunStatus.RUNNING, history, Snapshot(0, None)
        )
        self.run_started.emit(self.run)
        self.status_changed.emit(self.run.status)

    def set_status(self, status):
        self.run = dataclasses.replace(self.run, status=status)
        self.status_changed.emit(status)

    def train(self, steps, losses=None):
        """Let `steps` batches end, in one signal, and epochs and samples with them."""
        arrays, epochs = grow(self.run.history, steps, losses)
        self.batches_ended.emit(arrays)
        for epoch in epochs:
            self.epoch_ended.emit(epoch)
