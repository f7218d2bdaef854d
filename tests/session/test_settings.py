"""What is remembered between two starts."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QByteArray, QSettings

from mnist_studio.session.settings import RECENT_FILES, Settings

from ..training.builders import small_run


def reopened(store: Settings, folder) -> Settings:
    store.sync()
    return Settings(folder)


def test_nothing_is_remembered_at_first(tmp_path):
    store = Settings(tmp_path)
    assert store.theme == "system"
    assert store.config is None
    assert store.recent_files == []
    assert store.last_folder == ""
    assert store.layout("window").isEmpty()


def test_choices_are_there_again(tmp_path):
    store = Settings(tmp_path)
    config = small_run(learning_rate=0.037, hidden=(7, 5))
    store.theme = "dark"
    store.config = config
    store.set_layout("window", QByteArray(b"\x00\xffstate"))
    again = reopened(store, tmp_path)
    assert again.theme == "dark"
    assert again.config == config
    assert again.layout("window") == QByteArray(b"\x00\xffstate")


@pytest.mark.parametrize("count", [1, 2, 20])
def test_recent_files_are_the_latest_first_without_doubles(tmp_path, count):
    store = Settings(tmp_path)
    files = [tmp_path / f"Lauf {number}, 二.npz" for number in range(count)]
    for file in [*files, files[0]]:
        store.add_recent_file(file)
    again = reopened(store, tmp_path)
    assert again.recent_files == [files[0], *reversed(files[1:])][:RECENT_FILES]
    assert again.last_folder == str(tmp_path)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.binary(max_size=300) | st.sampled_from([b"config={}", b"config=[1]", b"theme=pink"]))
def test_a_damaged_file_means_the_defaults(tmp_path, text):
    (tmp_path / "settings.ini").write_bytes(b"[General]\n" + text)
    store = Settings(tmp_path)
    assert store.theme in ("light", "dark", "system")
    assert store.config is None
    assert all(isinstance(file, Path) for file in store.recent_files)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names")
def test_a_pipe_in_its_place_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "settings.ini")
    store = Settings(tmp_path)
    store.theme = "dark"
    assert reopened(store, tmp_path).theme == "dark"
    assert (tmp_path / "settings.ini").is_fifo()


@pytest.mark.parametrize(
    ("text", "count"), [("0", 1), ("-1", 1), ("2", 2), ("9" * 5000, 1), ("99999", 64), ("1.5", 1)]
)
def test_threads_are_neither_none_nor_without_number(tmp_path, text, count):
    (tmp_path / "settings.ini").write_text(f"[General]\nblas_threads={text}\n")
    assert Settings(tmp_path).blas_threads == count


def test_a_file_of_another_version_means_the_defaults(tmp_path):
    store = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
    store.setValue("config", '{"data": {}, "model": {"hidden": []}, "training": {"x": 1}}')
    store.setValue("layout/window", "text")
    store.sync()
    again = Settings(tmp_path)
    assert again.config is None
    assert again.layout("window").isEmpty()
