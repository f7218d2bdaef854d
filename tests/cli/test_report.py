"""Runs are reported and exported in the terminal."""

import csv
import shutil

import pytest

from mnist_studio import paths
from mnist_studio.__main__ import main
from mnist_studio.cancel import WorkCancelled
from mnist_studio.report import curves
from mnist_studio.runs.header import read_header

from .helpers import assert_one_sentence, lines


@pytest.fixture
def numbered(run_file):
    """Two runs in the folder of runs."""
    folder = paths.runs_folder()
    folder.mkdir(parents=True)
    for number in (1, 2):
        shutil.copy(run_file, folder / f"run-{number:04d}.npz")
    return folder


def test_a_report_of_a_file(run_file, blobs, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("mnist_studio.data.loading.load", lambda name, folder: blobs)
    output = tmp_path / "报告.html"
    words = ["report", str(run_file), "--output", str(output), "--title", "My <run>"]
    assert main([*words, "--json"]) == 0
    (printed,) = lines(capsys)
    assert printed["event"] == "reported"
    assert printed["finding"].startswith("The validation accuracy reached ")
    text = output.read_text(encoding="utf-8")
    assert "<h1>My &lt;run&gt;</h1>" in text
    assert 'class="matrix"' in text
    assert main(words) == 0
    assert capsys.readouterr().out.splitlines()[1] == f"The report is in {output}"


def test_curves_of_numbers(numbered, tmp_path, capsys):
    output = tmp_path / "curves.csv"
    assert main(["export", "1-2", "1", "--curves", "--output", str(output)]) == 0
    assert capsys.readouterr().out == f"2 runs written to {output}\n"
    with output.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["run"] for row in rows} == {"1", "2"}
    assert len(rows) == 2 * read_header(numbered / "run-0001.npz").step


@pytest.mark.parametrize("option", [[], ["--groups"]])
@pytest.mark.parametrize(("name", "sign"), [("t.csv", "run,"), ("t.md", "| Run")])
def test_tables(numbered, tmp_path, option, name, sign):
    assert main(["export", "1", "2", "--output", str(tmp_path / name), *option]) == 0
    text = (tmp_path / name).read_text(encoding="utf-8")
    assert text.startswith(sign)
    if option:
        assert "run 2" not in text  # the same run twice
    else:
        assert "run 2" in text


def test_curves_for_tensorboard(numbered, tmp_path):
    pytest.importorskip("tensorboardX")
    assert main(["export", "2", "--tensorboard", "--output", str(tmp_path / "logs")]) == 0
    assert [each.name for each in (tmp_path / "logs").iterdir()] == ["run-0002"]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["report", "7"], 1),
        (["report", "9-2"], 1),
        (["export", "7", "--output", "table.csv"], 1),
        (["export", "1", "--output", "table.xlsx"], 2),
        (["report", "1", "--output", "run.npz"], 2),
        (["report", "1", "--folder", "mine"], 2),
        (["export", "1", "--curves", "--output", "curves.md"], 2),
        (["export", "1", "--output", "no/such/folder/table.csv"], 1),
        (["report", "1", "--output", "no/such/folder/report.html"], 1),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(
    numbered, tmp_path, monkeypatch, capsys, words, code
):
    monkeypatch.chdir(tmp_path)
    assert main(words) == code
    assert_one_sentence(capsys.readouterr().err)
    assert not list(tmp_path.iterdir())


def test_a_cancelled_export_says_so(numbered, tmp_path, monkeypatch, capsys):
    def cancel(cancelled):
        raise WorkCancelled("cancelled")

    monkeypatch.setattr(curves, "check", cancel)
    output = tmp_path / "curves.csv"
    assert main(["export", "1", "--curves", "--output", str(output)]) == 1
    assert capsys.readouterr().err == "mnist-studio: cancelled.\n"
    assert not output.exists()


def test_a_report_can_compare_robustness_and_calibration(
    numbered, blobs, tmp_path, monkeypatch, capsys
):
    monkeypatch.setattr("mnist_studio.data.loading.load", lambda name, folder: blobs)
    output = tmp_path / "report.html"
    words = ["report", "1", "2", "--output", str(output)]
    assert main(words) == 0
    plain = output.read_text(encoding="utf-8")
    assert "Robustness" not in plain
    assert main([*words, "--robustness", "--calibration"]) == 0
    text = output.read_text(encoding="utf-8")
    assert text.count("<svg ") == plain.count("<svg ") + 6 + 3
    assert "<h2>Robustness</h2>" in text
    assert "<h2>Calibration</h2>" in text
