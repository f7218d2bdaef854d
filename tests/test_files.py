"""Files that are either old or new."""

import json
import os
import sys

import pytest

from mnist_studio import files
from mnist_studio.files import (
    MOST_JSON,
    open_file,
    read_json,
    remove,
    remove_leftovers,
    replace_file,
    write_json,
)

posix = pytest.mark.skipif(sys.platform == "win32", reason="no pipes and links for everybody")


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


@posix
@pytest.mark.parametrize("deleted", [True, False])
def test_a_file_that_is_taken_for_a_leftover_before_it_is_claimed_is_made_again(
    deleted, tmp_path, monkeypatch
):
    claim, others = files._claim, []

    def claim_later(file):
        monkeypatch.setattr(files, "_claim", claim)
        if deleted:
            remove_leftovers(tmp_path)
        else:  # another program is about to
            others.append(open_file(next(tmp_path.glob(".*.tmp"))))
            claim(others[0])
        claim(file)

    monkeypatch.setattr(files, "_claim", claim_later)
    write_json(tmp_path / "a.json", "whole")
    assert read_json(tmp_path / "a.json") == "whole"
    for other in others:
        other.close()
    remove_leftovers(tmp_path)
    assert [each.name for each in tmp_path.iterdir()] == ["a.json"]


@posix
def test_nobody_can_claim_a_leftover_while_it_is_deleted(tmp_path, monkeypatch):
    path = tmp_path / ".a.json.0a1b2c3d.tmp"
    path.write_text("left")
    refused = []

    def remove_later(path, within):
        with path.open("ab") as file:
            try:
                files._claim(file)
            except BlockingIOError:
                refused.append(path)
        remove(path, within)

    monkeypatch.setattr(files, "remove", remove_later)
    remove_leftovers(tmp_path)
    assert refused == [path]
    assert not path.exists()


@pytest.mark.parametrize("windows", [False, True])
def test_a_file_that_is_about_to_be_moved_into_place_is_no_leftover(tmp_path, monkeypatch, windows):
    move = files._move
    monkeypatch.setattr(files, "_WINDOWS", windows or sys.platform == "win32")

    def move_later(temporary, target):
        remove_leftovers(tmp_path)
        move(temporary, target)

    monkeypatch.setattr(files, "_move", move_later)
    write_json(tmp_path / "a.json", "whole", durable=False)
    assert read_json(tmp_path / "a.json") == "whole"
    assert [each.name for each in tmp_path.iterdir()] == ["a.json"]


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


# --- what is no file ------------------------------------------------------------------------


@pytest.fixture(params=["pipe", "device", "endless"])
def no_file(request, tmp_path):
    """A path that leads to a pipe or a device."""
    path = tmp_path / "run.json"
    if request.param == "pipe":
        os.mkfifo(path)
    else:
        path.symlink_to({"device": "/dev/null", "endless": "/dev/zero"}[request.param])
    return path


@posix
def test_what_is_no_file_is_neither_waited_for_nor_read(no_file):
    with pytest.raises(OSError, match="not a file"):
        open_file(no_file)
    with pytest.raises(OSError, match="not a file"):
        read_json(no_file)


@posix
def test_what_is_no_file_is_not_replaced_by_one(no_file):
    before = no_file.stat()
    with pytest.raises(OSError, match="not a file"):
        replace_file(no_file, lambda file: file.write(b"new"))
    assert os.path.samestat(no_file.stat(), before)
    assert list(no_file.parent.iterdir()) == [no_file]


@posix
def test_through_a_link_the_file_it_leads_to_is_replaced(tmp_path):
    (tmp_path / "there").mkdir()
    link, target = tmp_path / "link.csv", tmp_path / "there" / "table.csv"
    link.symlink_to(target)
    for content in (b"new", b"newer"):  # a link that leads nowhere yet, too
        replace_file(link, lambda file, content=content: file.write(content))
        assert link.is_symlink()
        assert target.read_bytes() == content
    assert list(target.parent.iterdir()) == [target]
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    with pytest.raises(OSError, match="loop"):
        replace_file(tmp_path / "loop", lambda file: file.write(b"new"))


@pytest.mark.parametrize(
    "content",
    [b"[" * 100_000, b'{"a":' * 100_000, b" " * (MOST_JSON + 1), b"\xff", b"", b"nothing"],
)
def test_json_that_is_none_is_a_value_error(tmp_path, content):
    (tmp_path / "a.json").write_bytes(content)
    with pytest.raises(ValueError):  # noqa: PT011 - whatever is the matter, it is the one kind
        read_json(tmp_path / "a.json")


# --- a power cut ----------------------------------------------------------------------------


def test_a_durable_file_is_on_the_disk_before_its_name_and_its_name_before_it_is_told(
    tmp_path, monkeypatch
):
    done = []
    for name in ("fsync", "replace"):
        call = getattr(os, name)

        def told(*arguments, name=name, call=call):
            kind = "folder" if name == "fsync" and os.path.isdir(arguments[0]) else "file"  # noqa: PTH112
            done.append((name, kind))
            return call(*arguments)

        monkeypatch.setattr(os, name, told)
    replace_file(tmp_path / "a", lambda file: file.write(b"new"))
    assert done == [("replace", "file")]
    done.clear()
    replace_file(tmp_path / "a", lambda file: file.write(b"new"), durable=True)
    expected = [("fsync", "file"), ("replace", "file"), ("fsync", "folder")]
    assert done == expected[: 2 if sys.platform == "win32" else 3]


def test_on_windows_a_file_that_is_being_read_is_replaced_a_moment_later(tmp_path, monkeypatch):
    replace, refused = os.replace, iter([True, True, False])

    def refuse(*arguments):
        if next(refused):
            raise PermissionError(13, "somebody reads it")
        replace(*arguments)

    monkeypatch.setattr(files, "_WINDOWS", True)
    monkeypatch.setattr(files, "_PATIENCE", (0, 0, 0))
    monkeypatch.setattr(os, "replace", refuse)
    replace_file(tmp_path / "a", lambda file: file.write(b"new"))
    assert (tmp_path / "a").read_bytes() == b"new"


# --- deleting -------------------------------------------------------------------------------


def test_only_what_is_in_the_folder_is_deleted(tmp_path):
    folder, beside = tmp_path / "folder", tmp_path / "beside"
    folder.mkdir()
    beside.write_text("mine")
    (folder / "a").write_text("the app's")
    for path in (beside, folder / ".." / "beside", folder):
        with pytest.raises(OSError, match="not made by this program"):
            remove(path, folder)
    remove(folder / "a", folder)
    remove(folder / "a", folder)  # no failure
    assert list(folder.iterdir()) == []
    assert beside.read_text() == "mine"


@posix
def test_nothing_is_deleted_through_a_link(tmp_path):
    folder, elsewhere = tmp_path / "folder", tmp_path / "elsewhere"
    folder.mkdir()
    elsewhere.mkdir()
    (elsewhere / "a").write_text("mine")
    (folder / "deleted").symlink_to(elsewhere)
    (folder / "a").symlink_to(elsewhere / "a")
    for path in (folder / "deleted" / "a", folder / "a"):
        with pytest.raises(OSError, match=r"leads elsewhere|not made"):
            remove(path, folder)
    assert (elsewhere / "a").read_text() == "mine"
    (tmp_path / "link").symlink_to(folder)  # the folder itself may be one: a larger disk
    (folder / "b").write_text("the app's")
    remove(tmp_path / "link" / "b", tmp_path / "link")
    assert not (folder / "b").exists()


def test_a_file_that_begins_otherwise_is_somebody_elses(tmp_path):
    path = tmp_path / "run.journal"
    path.write_text("my diary")
    with pytest.raises(OSError, match="not made by this program"):
        remove(path, tmp_path, b"\x93NUMPY")
    assert path.exists()
    for content in (b"\x93NUMPY and more", b""):
        path.write_bytes(content)
        remove(path, tmp_path, b"\x93NUMPY")
        assert not path.exists()


def test_what_a_killed_writer_left_is_deleted_and_nothing_else(tmp_path):
    left = tmp_path / ".run-0001.npz.0a1b2c3d.tmp"
    left.write_bytes(b"half of it")
    os.utime(left, (0, 0))
    for name in ("notes.tmp", ".mine.tmp", "run.npz.0a1b2c3d.tmp"):
        (tmp_path / name).write_text("mine")
    found = []

    def write(file):
        file.write(b"not yet complete")
        remove_leftovers(tmp_path)
        found.extend(each.name for each in tmp_path.iterdir())

    replace_file(tmp_path / "a", write)
    assert left.name not in found
    assert len([name for name in found if name.startswith(".a.")]) == 1  # it has a writer
    names = sorted(each.name for each in tmp_path.iterdir())
    assert names == [".mine.tmp", "a", "notes.tmp", "run.npz.0a1b2c3d.tmp"]
