"""Reading and fetching, called here in the test's own thread."""

import threading

import pytest

from mnist_studio.cancel import WorkCancelled
from mnist_studio.data.errors import DataError
from mnist_studio.session.dataset_source import DatasetLoader, DatasetSource, load_dataset

from ..polling import PATIENCE


class Told:
    """What a loader's signals carried."""

    def __init__(self, loader):
        self.all = []
        for name in (
            "loaded",
            "progressed",
            "failed",
        ):
            getattr(loader, name).connect(lambda *args, name=name: self.all.append((name, *args)))


@pytest.fixture
def loader(qapp, blobs):
    return DatasetLoader(lambda name, folder: blobs)


@pytest.fixture
def told(loader):
    return Told(loader)


@pytest.fixture
def cancelled():
    return threading.Event()


def replace_download(monkeypatch, function):
    monkeypatch.setattr("mnist_studio.data.download.download", function)


def test_a_download_is_followed_by_loading(loader, told, cancelled, monkeypatch, blobs):
    def download(name, progress, is_cancelled):
        progress(1, 2)
        progress(11_594_722, 11_594_722)

    replace_download(monkeypatch, download)
    loader.download("mnist", cancelled)
    assert told.all == [
        ("progressed", 1, 2),
        ("progressed", 11_594_722, 11_594_722),
        ("loaded", blobs),
    ]


def test_a_cancelled_download_fails_without_a_sentence(loader, told, cancelled, monkeypatch):
    def download(name, progress, is_cancelled):
        cancelled.set()
        if is_cancelled():
            raise WorkCancelled

    replace_download(monkeypatch, download)
    loader.download("mnist", cancelled)
    assert told.all == [("failed", "mnist", "")]


@pytest.fixture
def asked(monkeypatch):
    """Whether each download found itself cancelled."""
    asked = []
    replace_download(monkeypatch, lambda name, progress, cancelled: asked.append(cancelled()))
    return asked


def test_an_earlier_cancel_does_not_cancel_the_next_download(qtbot, shelf, asked):
    source = DatasetSource(load=shelf.load)
    source.cancel()
    with qtbot.waitSignal(source.changed):
        source.download("mnist")
    source.shut_down()
    assert asked == [False]


def test_a_download_that_waits_for_its_turn_can_be_cancelled(qtbot, shelf, asked):
    turn = threading.Event()

    def load(name, folder=None):
        assert turn.wait(PATIENCE)
        return shelf.load(name)

    source = DatasetSource(load=load)
    source.load("mnist-10k")
    source.download("mnist")
    source.cancel()
    turn.set()
    source.shut_down()
    assert asked == [True]


@pytest.mark.parametrize("error", [DataError("You are offline."), OSError("odd")])
def test_a_failed_download_is_told(loader, told, cancelled, monkeypatch, error):
    def download(name, progress, is_cancelled):
        raise error

    replace_download(monkeypatch, download)
    loader.download("mnist", cancelled)
    ((name, dataset, message),) = told.all
    assert (name, dataset) == ("failed", "mnist")
    assert str(error) in message


def test_a_folder_without_the_data_is_told(qapp, tmp_path):
    loader = DatasetLoader(load_dataset)
    told = Told(loader)
    loader.load("mnist", tmp_path)
    ((name, dataset, message),) = told.all
    assert (name, dataset) == ("failed", "mnist")
    assert "train-images" in message
