"""The lab report as one file."""

import base64
import io
import math
import re
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from mnist_studio.data.errors import DataError
from mnist_studio.report.cancel import ReportCancelled
from mnist_studio.report.figures import block_means
from mnist_studio.report.html import write_report
from mnist_studio.report.markup import escaped
from mnist_studio.report.palette import DARK, LIGHT, group_colors
from mnist_studio.report.reproduce import commands
from mnist_studio.report.sections import picture
from mnist_studio.training.checkpoint import CheckpointError
from mnist_studio.training.mistakes import find_mistakes_at_once
from mnist_studio.training.opened import open_run

from .builders import record, sweep

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
    network = open_run(best.path).network
    found = find_mistakes_at_once(network, blobs.test_images, blobs.test_labels, 24)
    (matrix,) = [t for t in tree.iter(f"{HTML}table") if t.get("class") == "matrix"]
    cells = [[td.text or "0" for td in row.iter(f"{HTML}td")] for row in matrix.iter(f"{HTML}tr")]
    np.testing.assert_array_equal(np.array(cells[2:], int), found.confusion)
    pictures = list(tree.iter(f"{HTML}img"))
    assert [each.get("title") for each in pictures] == [
        f"Test image {each.image}" for each in found.worst
    ]
    if found.worst:
        encoded = pictures[0].get("src").partition("base64,")[2]
        image = np.array(Image.open(io.BytesIO(base64.b64decode(encoded))))
        expected = 255 - blobs.test_images[found.worst[0].image].reshape(28, 28)
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
        assert context in ("report", "findings")
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

    with pytest.raises(ReportCancelled):
        write_report(path, saved_runs, load=lambda name: blobs, cancelled=cancelled)
    assert path.read_text(encoding="utf-8") == "before"
    assert [each.name for each in tmp_path.iterdir()] == ["report.html"]


def test_a_run_that_is_gone_is_named(blobs, tmp_path):
    with pytest.raises(CheckpointError, match=r"run-0001\.npz"):
        write_report(tmp_path / "report.html", [record()], load=lambda name: blobs)


@given(st.text())
def test_any_text_is_harmless(text):
    markup = f'<a title="{escaped(text)}">{escaped(text)}</a>'
    element = ET.fromstring(markup)
    allowed = re.sub(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "", text)
    read = allowed.replace("\r\n", "\n").replace("\r", "\n").replace(" %", "\xa0%")
    assert (element.text or "") == read
    assert list(element) == []


def test_the_colors_are_those_of_the_window():
    from mnist_studio.ui import theme

    for palette, tokens in ((LIGHT, theme.LIGHT), (DARK, theme.DARK)):
        assert palette == tuple(getattr(tokens, f"run_{k}") for k in range(1, 11))


def test_groups_never_share_a_color():
    from mnist_studio.report.comparison import compare

    runs = sweep("batch_size", {size: [0.9, 0.9] for size in (10, 20, 30, 40, 50, 60)})
    assert len(set(group_colors(compare(runs).groups))) == 6
    assert group_colors(compare(runs[:4]).groups) == [0, 2]


def test_means_of_blocks_worked_out_by_hand():
    middles, means = block_means(np.array([1, 3, 5, 7, 9, 11], np.float32), 3)
    assert middles.tolist() == [1.5, 3.5, 5.5]
    assert means.tolist() == [2, 6, 10]
    middles, means = block_means(np.array([4, 6], np.float32), 10)
    assert (middles.tolist(), means.tolist()) == ([1, 2], [4, 6])
    assert block_means(np.empty(0, np.float32), 5)[1].tolist() == []


def test_pictures_are_ink_on_paper():
    pixels = np.zeros(784, np.uint8)
    pixels[30] = 255
    data = base64.b64decode(picture(pixels).removeprefix("data:image/png;base64,"))
    image = np.array(Image.open(io.BytesIO(data)))
    assert image.shape == (28, 28)
    assert (image[1, 2], image[0, 0]) == (0, 255)
    assert math.isclose(image.sum(), 783 * 255)
