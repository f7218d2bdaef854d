"""Reading and fetching, called here in the test's own thread."""

import pytest

from mnist_studio.data.errors import DataError, DownloadCancelled
from mnist_studio.session.loader import Loader


class Told:
    """What a loader's signals carried."""

    def __init__(self, loader):
        self.all = []
        for name in ("dataset_loaded", "dataset_progress", "dataset_failed", "failed", "saved"):
            getattr(loader, name).connect(lambda *args, name=name: self.all.append((name, *args)))


@pytest.fixture
def loader(qapp):
    return Loader()


@pytest.fixture
def told(loader):
    return Told(loader)


def replace_download(monkeypatch, function):
    monkeypatch.setattr("mnist_studio.data.download.download", function)


def test_a_download_is_followed_by_loading(loader, told, monkeypatch, blobs):
    def download(name, progress, cancelled):
        progress(1, 2)
        progress(11_594_722, 11_594_722)

    replace_download(monkeypatch, download)
    monkeypatch.setattr("mnist_studio.data.loading.load", lambda name, folder: blobs)
    loader.download_dataset("mnist")
    assert told.all == [
        ("dataset_progress", 1, 2),
        ("dataset_progress", 11_594_722, 11_594_722),
        ("dataset_loaded", blobs),
    ]


def test_a_cancelled_download_fails_without_a_sentence(loader, told, monkeypatch):
    def download(name, progress, cancelled):
        loader.cancel()
        if cancelled():
            raise DownloadCancelled

    replace_download(monkeypatch, download)
    loader.download_dataset("mnist")
    assert told.all == [("dataset_failed", "mnist", "")]


def test_an_earlier_cancel_does_not_cancel_the_next_download(loader, told, monkeypatch, blobs):
    asked = []
    replace_download(monkeypatch, lambda name, progress, cancelled: asked.append(cancelled()))
    monkeypatch.setattr("mnist_studio.data.loading.load", lambda name, folder: blobs)
    loader.cancel()
    loader.download_dataset("mnist")
    assert asked == [False]


@pytest.mark.parametrize("error", [DataError("You are offline."), OSError("odd")])
def test_a_failed_download_is_told(loader, told, monkeypatch, error):
    def download(name, progress, cancelled):
        raise error

    replace_download(monkeypatch, download)
    loader.download_dataset("mnist")
    ((name, dataset, message),) = told.all
    assert (name, dataset) == ("dataset_failed", "mnist")
    assert str(error) in message


def test_a_folder_without_the_data_is_told(loader, told, tmp_path):
    loader.load_dataset("mnist", tmp_path)
    ((name, dataset, message),) = told.all
    assert (name, dataset) == ("dataset_failed", "mnist")
    assert "train-images" in message
