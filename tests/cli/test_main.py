"""What all commands have in common: files that are not there, a screen that is not there."""

import errno
import io
import sys

import pytest

from mnist_studio import paths
from mnist_studio.__main__ import main
from mnist_studio.cli.commands import COMMANDS

from .helpers import QUICK, assert_one_sentence, finish, lines, start


@pytest.mark.parametrize(
    "words",
    [
        ["train", "--resume", "missing.npz"],
        ["evaluate", "missing.npz"],
        ["predict", "missing.npz", "digit.png"],
        ["train", "--dataset", "mnist"],
        ["train", "--dataset", "mnist", "--folder", "missing"],
    ],
)
def test_a_missing_file_is_one_sentence(words, capsys, monkeypatch, tmp_path):
    monkeypatch.delenv(paths.DATA_VARIABLE, raising=False)
    monkeypatch.chdir(tmp_path)
    assert main(words) == 1
    assert_one_sentence(capsys.readouterr().err)


NINES, LONG_NAME = "9" * 5000, "a" * 300


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["report", NINES], 1),
        (["report", f"1-{NINES}"], 1),
        (["export", LONG_NAME, "--output", "table.csv"], 1),
        (["sweep", "--resume", NINES], 1),
        (["sweep", "--resume", LONG_NAME], 1),
        (["train", "--resume", LONG_NAME], 1),
        (["evaluate", LONG_NAME], 1),
        ([LONG_NAME], 2),
    ],
)
def test_a_name_that_no_file_can_have_is_one_sentence(words, code, capsys):
    (paths.runs_folder() / "sweeps").mkdir(parents=True)
    assert main(words) == code
    assert_one_sentence(capsys.readouterr().err)


def test_a_missing_picture_is_one_sentence(run_file, capsys):
    assert main(["predict", str(run_file), "missing.png"]) == 1
    errors = capsys.readouterr().err
    assert_one_sentence(errors)
    assert "missing.png" in errors


def test_a_damaged_run_is_one_sentence(tmp_path, capsys):
    path = tmp_path / "damaged.npz"
    path.write_bytes(b"damaged")
    for words in (["train", "--resume", path], ["evaluate", path], ["predict", path, "x.png"]):
        assert main([*map(str, words)]) == 1
        assert_one_sentence(capsys.readouterr().err)


def test_the_help_lists_every_command_with_a_line_of_its_own(capsys):
    with pytest.raises(SystemExit):
        main(["--help"])
    lines = [line.split(None, 1) for line in capsys.readouterr().out.splitlines() if line]
    for name, summary in COMMANDS.items():
        assert [name, summary] in lines


def test_a_terminal_that_lacks_a_sign_prints_another(run_file, tmp_path, monkeypatch):
    terminal = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", terminal)
    report = tmp_path / "3\u202f908 – \u22125.html"
    assert main(["report", str(run_file), "--output", str(report)]) == 0
    terminal.flush()
    assert b"3 908 ? -5.html" in terminal.buffer.getvalue()
    assert report.is_file()


# --- the window where there is none ------------------------------------------------------


def test_lines_for_which_there_is_no_room_are_one_sentence(monkeypatch, capsys):
    class Full(io.StringIO):
        def write(self, text):
            raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(sys, "stdout", Full())
        assert main(["data"]) == 1
    errors = capsys.readouterr().err
    assert_one_sentence(errors)
    assert "No space left" in errors


def test_what_nobody_hears_is_not_said_among_the_results(monkeypatch, capsys, tmp_path):
    with monkeypatch.context() as patched:
        patched.setattr(sys, "stderr", None)
        assert main(["train", *QUICK, "--json", "--save", str(tmp_path / "run.npz")]) == 0
        assert main(["train", "--resume", "missing.npz"]) == 1
        sys.stderr.close()
    assert [line["event"] for line in lines(capsys)] == ["epoch_ended", "epoch_ended", "run_ended"]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux can lack a screen")
def test_without_a_screen_the_window_says_so_and_what_works():
    nothing = {"DISPLAY": "", "WAYLAND_DISPLAY": "", "QT_QPA_PLATFORM": ""}
    code, output, errors = finish(start(**nothing))
    assert (code, output) == (1, "")
    assert errors.startswith("There is no screen")
    assert "mnist-studio train" in errors
    assert errors.count("\n") == 1
