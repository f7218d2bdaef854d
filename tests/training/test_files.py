"""Files that are either old or new."""

import json

import pytest

from mnist_studio.training.files import replace_file, write_json


def test_a_file_that_fails_halfway_leaves_the_old_one_and_nothing_beside_it(tmp_path):
    path = tmp_path / "a.json"
    path.write_text("old")

    def write(file):
        file.write(b"half")
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        replace_file(path, write)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_json_keeps_every_script(tmp_path):
    write_json(tmp_path / "a.json", {"name": "试验 é"})
    assert "试验 é" in (tmp_path / "a.json").read_text(encoding="utf-8")
    assert json.loads((tmp_path / "a.json").read_bytes()) == {"name": "试验 é"}


def test_an_error_names_the_file_that_was_asked_for(tmp_path):
    path = tmp_path / "missing" / "table.csv"
    with pytest.raises(FileNotFoundError) as caught:
        replace_file(path, lambda file: file.write(b"new"))
    assert caught.value.filename == str(path)
    folder = tmp_path / "folder"
    folder.mkdir()
    with pytest.raises(OSError, match="folder'") as caught:
        replace_file(folder, lambda file: file.write(b"new"))
    assert caught.value.filename == str(folder)
    assert list(tmp_path.iterdir()) == [folder]
