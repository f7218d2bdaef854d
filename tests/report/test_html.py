"""The lab report as one file."""

import base64
import io
import re
import subprocess
import sys
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from PIL import Image

from mnist_studio.cancel import WorkCancelled
from mnist_studio.data.errors import DataError
from mnist_studio.insight.choice import worst_mistakes
from mnist_studio.insight.confusion import confusion_of
from mnist_studio.insight.measure import measure
from mnist_studio.report.html import write_report
from mnist_studio.report.reproduce import commands
from mnist_studio.runs.checkpoint import CheckpointError
from mnist_studio.training.events import FinalEvaluation
from mnist_studio.training.status import RunStatus

from .builders import DIVERGED, record, replaced

HTML = "{http://www.w3.org/1999/xhtml}"


@pytest.fixture
def report(tmp_path, blobs):
    """Write a report, check that it is well-formed, and return its text and its tree."""

    def write(runs, **options):
        path = tmp_path / "report.html"
        finding = write_report(path, runs, **{"load": lambda name: blobs} | options)
        text = path.read_text(encoding="utf-8")
        return finding, text, ET.fromstring(text.removeprefix("<!DOCTYPE html>"))

    return write


def text_of(element):
    return " ".join("".join(element.itertext()).split())


def test_a_report_says_what_was_seen_and_how_to_get_it_again(report, saved_runs):
    finding, text, tree = report(saved_runs, title="Batch sizes")
    page = text_of(tree)
    assert tree.find(f"{HTML}head/{HTML}title").text == "Batch sizes"
    assert finding.sentence.replace(" %", "\xa0%") in page.replace(" %", "\xa0%")
    (line,) = commands([run.header.config for run in saved_runs])
    assert [pre.text for pre in tree.iter(f"{HTML}pre")] == [line]
    assert "240 images to train on and 60 to validate with" in page
    assert f"NumPy {np.__version__}" in page
    assert "Seeds0, 1" in page
    assert text.count("<svg ") == 3


def test_it_needs_nothing_but_itself(report, saved_runs):
    _, text, tree = report(saved_runs)
    for element in tree.iter():
        for name, value in element.attrib.items():
            if name in ("src", "href") or name.endswith("}href"):
                assert value.startswith("data:")
    assert not re.search(r"url\(|@import|<script|<link", text)
    assert "default-src 'none'" in text


def test_the_confusion_matrix_and_the_mistakes_are_the_best_runs(report, saved_runs, blobs):
    finding, _, tree = report(saved_runs)
    group = finding.comparison.best
    best = max(group.runs, key=lambda run: run.header.best.validation_accuracy)
    _, answers = measure(best.path, lambda name: blobs)
    worst = worst_mistakes(answers, 24)
    (matrix,) = [t for t in tree.iter(f"{HTML}table") if t.get("class") == "matrix"]
    cells = [[td.text or "0" for td in row.iter(f"{HTML}td")] for row in matrix.iter(f"{HTML}tr")]
    np.testing.assert_array_equal(
        np.array(cells[2:], int), confusion_of(answers, blobs.class_names).counts
    )
    pictures = list(tree.iter(f"{HTML}img"))
    assert [each.get("title") for each in pictures] == [
        f"Test image {each.image}" for each in worst
    ]
    if worst:
        encoded = pictures[0].get("src").partition("base64,")[2]
        image = np.array(Image.open(io.BytesIO(base64.b64decode(encoded))))
        expected = 255 - blobs.test_images[worst[0].image].reshape(28, 28)
        np.testing.assert_array_equal(image, expected)


def test_one_run_alone(report, saved_runs):
    _, text, tree = report(saved_runs[:1])
    assert tree.find(f"{HTML}body/{HTML}header/{HTML}h1").text == "run 1"
    assert text.count("<svg ") == 2
    assert "What differs" not in text
    assert "Every run" not in text


def test_names_and_notes_are_text(report, hostile_run):
    _, text, tree = report([hostile_run], title=hostile_run.title)
    assert tree.find(f"{HTML}body/{HTML}header/{HTML}h1").text == hostile_run.title
    assert "<script" not in text
    assert "a note </td> 数字" in text_of(tree)


def test_without_the_data_set_the_rest_is_there(report, saved_runs):
    def load(name):
        raise DataError("MNIST was not found; download it.")

    _, text, _ = report(saved_runs, load=load)
    assert "Confusion matrix and mistakes are missing: MNIST was not found; download it." in text
    assert "<img" not in text


def test_it_is_written_in_the_readers_language(report, saved_runs):
    def translate(context, text):
        assert context in ("report", "findings", "labels")
        return {"Results": "结果"}.get(text, text)

    _, text, tree = report(saved_runs, translate=translate, language="zh-CN")
    assert "<h2>结果</h2>" in text
    assert tree.get("lang") == "zh-CN"


def test_progress_rises_to_the_end(report, saved_runs):
    told = []
    report(saved_runs, progress=lambda done, total: told.append((done, total)))
    assert told == sorted(told)
    assert told[-1] == (24, 24)


@pytest.mark.parametrize("when", [0, 1, 3, 5])
def test_cancelling_leaves_what_was_there(saved_runs, blobs, tmp_path, when):
    path = tmp_path / "report.html"
    path.write_text("before", encoding="utf-8")
    asked = []

    def cancelled():
        asked.append(1)
        return len(asked) > when

    with pytest.raises(WorkCancelled):
        write_report(path, saved_runs, load=lambda name: blobs, cancelled=cancelled)
    assert path.read_text(encoding="utf-8") == "before"
    assert [each.name for each in tmp_path.iterdir()] == ["report.html"]


def test_a_run_that_is_gone_is_named(blobs, tmp_path):
    with pytest.raises(CheckpointError, match=r"run-0001\.npz"):
        write_report(tmp_path / "report.html", [record()], load=lambda name: blobs)


def test_a_run_that_diverged_has_a_report_without_images(report, saved_runs):
    failed = replaced(saved_runs[0], status=RunStatus.FAILED, failure=DIVERGED)
    finding, text, _ = report([failed])
    assert finding.sentence.startswith("Every training diverged")
    assert "<img" not in text
    assert "Confusion" not in text


@pytest.mark.parametrize(("scores", "best"), [((0.5, 0.75, 0.2), 2), ((0.5, 0.3, 0.6), 3)])
def test_without_validation_the_best_run_is_the_best_in_the_test(report, saved_runs, scores, best):
    runs = [
        replaced(run, best=None, test=FinalEvaluation(0.1, score))
        for run, score in zip(saved_runs[:3], scores, strict=True)
    ]
    finding, text, _ = report(runs)
    assert finding.comparison.measure == "test_accuracy"
    assert f"Confusion matrix of the best run, run {best}" in text


def test_a_report_is_written_where_qt_is_not_installed(saved_runs, tmp_path):
    path = tmp_path / "report.html"
    code = (
        "import sys\n"
        "sys.modules.update(PySide6=None, pyqtgraph=None, shiboken6=None)\n"
        "from mnist_studio.__main__ import main\n"
        f"sys.exit(main(['report', {str(saved_runs[0].path)!r}, '--output', {str(path)!r}]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stderr
    page = ET.fromstring(path.read_text(encoding="utf-8").removeprefix("<!DOCTYPE html>"))
    assert len(list(page.iter(f"{HTML}h2"))) == 7
