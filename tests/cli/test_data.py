"""Data sets are listed and downloaded."""

import signal

from mnist_studio import paths
from mnist_studio.__main__ import main

from .helpers import lines


def test_data_lists_what_there_is_and_how_to_get_the_rest(capsys, monkeypatch):
    monkeypatch.delenv(paths.DATA_VARIABLE, raising=False)
    assert main(["data"]) == 0
    embedded, full, fashion = capsys.readouterr().out.splitlines()
    assert "comes with the app" in embedded
    assert "mnist-studio data mnist --download" in full
    assert "mnist-studio data fashion-mnist --download" in fashion
    assert main(["data", "mnist", "--json"]) == 0
    (row,) = lines(capsys)
    assert (row["name"], row["train_size"], row["path"]) == ("mnist", 60_000, None)


def test_download_shows_where_the_data_went(capsys, monkeypatch):
    asked = []
    monkeypatch.setattr(
        "mnist_studio.data.download.download",
        lambda name, progress, cancelled: (asked.append(name), progress(5, 10)),
    )
    assert main(["data", "mnist", "--download", "--json"]) == 0
    assert asked == ["mnist"]
    assert lines(capsys)[0]["name"] == "mnist"


def test_a_download_is_cancelled_by_ctrl_c(capsys, monkeypatch):
    from mnist_studio.cancel import WorkCancelled

    def download(name, progress, cancelled):
        signal.raise_signal(signal.SIGINT)
        if cancelled():
            raise WorkCancelled

    monkeypatch.setattr("mnist_studio.data.download.download", download)
    assert main(["data", "mnist", "--download"]) == 1
    assert capsys.readouterr().err == "mnist-studio: cancelled.\n"
