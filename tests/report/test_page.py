"""The page of a lab report, from figures and texts that are known."""

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

from mnist_studio import paths
from mnist_studio.data.dataset import Dataset
from mnist_studio.insight.choice import AnsweredImage
from mnist_studio.insight.confusion import Confusion
from mnist_studio.report.findings import find
from mnist_studio.report.page import BestRun, Contents, picture, render
from mnist_studio.report.palette import DARK, LIGHT
from mnist_studio.report.texts import untranslated
from mnist_studio.runs.label import RunLabel

from .builders import history, record, sweep

HTML = "{http://www.w3.org/1999/xhtml}"
SVG = "{http://www.w3.org/2000/svg}"
CONFUSION = np.diag(np.full(10, 100))
CONFUSION[4, 4], CONFUSION[4, 9] = 84, 16
CONFUSION[7] = 0
IMAGES = np.arange(900 * 784).reshape(900, 784).astype(np.uint8)
LABELS = np.repeat(np.delete(np.arange(10, dtype=np.uint8), 7), 100)
WRONG = (AnsweredImage(444, 4, 9, 0.875, 3.0), AnsweredImage(401, 4, 9, 0.5, 1.0))


def answers_of(run, names=tuple("0123456789"), worst=WRONG):
    dataset = Dataset("mnist", IMAGES[:0], LABELS[:0], IMAGES, LABELS, tuple(names))
    return BestRun(run, dataset, Confusion(CONFUSION, tuple(names)), worst)


def page_of(runs, title="Title", best=None, missing="", translate=untranslated, language="en"):
    """Return the page's text and its tree."""
    curves = {run.path: history([2.0, 1.0], per_epoch=1, accuracies=[0.5, 0.9]) for run in runs}
    contents = Contents(title, runs, curves, find(runs, translate=translate), best, missing)
    text = render(contents, translate, language)
    return text, ET.fromstring(text.removeprefix("<!DOCTYPE html>"))


def text_of(element):
    return " ".join("".join(element.itertext()).split())


def headings(tree):
    return [text_of(each) for each in tree.iter(f"{HTML}h2")]


def table_of(tree, css_class):
    (table,) = [each for each in tree.iter(f"{HTML}table") if each.get("class") == css_class]
    return [list(row) for row in table.iter(f"{HTML}tr")]


# --- what is on it -------------------------------------------------------------------------


def test_a_comparison_has_every_part_in_order():
    runs = sweep("batch_size", {10: [0.98, 0.981], 500: [0.9, 0.902]})
    noted = record(0.98, number=9, batch_size=10, seed=7, label=RunLabel("best", "A note."))
    text, tree = page_of([*runs, noted], best=answers_of(noted))
    assert headings(tree) == [
        "Results",
        "Curves",
        "Confusion matrix of the best run, best",
        "Worst mistakes",
        "What differs",
        "Settings",
        "Data, seeds and versions",
        "Train it again",
        "Every run",
        "Notes",
    ]
    assert "Curves are means over the seeds" in text
    assert len(list(tree.iter(f"{SVG}svg"))) == 3


def test_one_run_has_no_more_than_there_is_to_say_of_it():
    run = record(0.98)
    text, tree = page_of([run], best=answers_of(run))
    assert headings(tree) == [
        "Results",
        "Curves",
        "Confusion matrix",
        "Worst mistakes",
        "Settings",
        "Data, seeds and versions",
        "Train it again",
    ]
    assert "means over the seeds" not in text
    assert 'class="best"' not in text


def test_runs_without_a_single_batch_have_no_curves():
    run = record(None, test=None)
    contents = Contents("Title", [run], {run.path: history([], per_epoch=1)}, find([run]))
    text = render(contents, untranslated, "en")
    assert "<svg" not in text
    assert "Curves" not in text
    assert "Confusion" not in text


def test_why_the_test_images_are_missing_is_said_in_their_place():
    text, tree = page_of([record()], missing="Download <MNIST> first.")
    assert "Confusion matrix and mistakes are missing: Download &lt;MNIST&gt; first." in text
    assert headings(tree)[2] == "Settings"


def test_the_best_row_is_marked():
    _, tree = page_of(sweep("batch_size", {10: 0.9, 20: 0.98, 50: 0.95}))
    (_, *rows) = table_of(tree, "results")
    marked = [row for row in tree.iter(f"{HTML}tr") if row.get("class") == "best"]
    assert [text_of(row[0]) for row in marked] == ["20"]
    assert [text_of(row[0]) for row in rows] == ["10", "20", "50"]


def test_numbers_stand_to_the_right_and_names_to_the_left():
    _, tree = page_of(sweep("optimizer", {"sgd": 0.9, "adam": 0.98}))
    head, first, _ = table_of(tree, "results")
    looks = {text_of(cell): cell.get("class") for cell in head}
    assert looks["Optimizer"] is looks["Status"] is None
    assert looks["Test accuracy"] == looks["Time (s)"] == "number"
    assert [cell.get("class") for cell in first] == [cell.get("class") for cell in head]
    assert {cell.get("scope") for cell in head} == {"col"}


def test_every_name_of_a_setting_and_its_value():
    runs = sweep("learning_rate", {0.1: 0.9, 0.5: 0.98})
    _, tree = page_of(runs)
    pairs = {
        text_of(row[0]): text_of(row[1])
        for row in tree.iter(f"{HTML}tr")
        if len(row) == 2 and row[0].get("scope") == "row"
    }
    assert pairs["Learning rate"] == "0.1, 0.5"
    assert pairs["Batch size"] == "16"
    assert pairs["Seeds"] == "0"
    assert "L2 (λ)" not in pairs  # which is off


# --- the confusion matrix and the mistakes -------------------------------------------------


def test_the_cells_of_the_matrix_worked_out_by_hand():
    run = record()
    _, tree = page_of([run], best=answers_of(run))
    rows = [row for row in table_of(tree, "matrix") if row[-1].tag == f"{HTML}td"]
    cells = [[cell for cell in row if cell.tag == f"{HTML}td"] for row in rows]
    counts = [[int(cell.text or 0) for cell in row] for row in cells]
    np.testing.assert_array_equal(counts, CONFUSION)

    def look(true, predicted):
        cell = cells[true][predicted]
        return cell.get("class"), cell.get("style")

    assert look(0, 0) == ("right", "--share:0.70")  # 0.12 + 0.58
    assert look(4, 4) == ("right", "--share:0.61")  # 0.12 + 0.58 * 0.84
    assert look(4, 9) == ("wrong", "--share:0.35")  # 0.12 + 0.58 * sqrt(0.16)
    assert look(4, 0) == look(7, 7) == (None, None)
    assert "884 of 900 test images were classified correctly (98.22 %)." in text_of(tree)


def test_the_sides_of_the_matrix_name_the_classes():
    run = record()
    names = ("shirt & coat", *"123456789")
    _, tree = page_of([run], best=answers_of(run, names))
    top, head, first, *_ = table_of(tree, "matrix")
    assert text_of(top[2]) == "Predicted class"
    assert top[2].get("colspan") == "10"
    assert [text_of(cell) for cell in head[2:]] == list(names)
    assert first[0].get("rowspan") == "10"
    assert [text_of(cell) for cell in first[:2]] == ["True class", "shirt & coat"]


def test_mistakes_are_shown_with_what_they_are_and_were_taken_for():
    run = record()
    _, tree = page_of([run], best=answers_of(run, [*"0123", "<four>", *"5678", '"nine"']))
    figures = list(tree.iter(f"{HTML}figure"))
    assert [text_of(each) for each in figures] == [
        '<four> → "nine" 87.5 %',
        '<four> → "nine" 50.0 %',
    ]
    image = figures[0].find(f"{HTML}img")
    assert image.get("alt") == '<four> taken for "nine"'
    assert image.get("title") == "Test image 444"
    assert image.get("src") == picture(IMAGES[444])


def test_a_run_without_mistakes():
    run = record()
    text, _ = page_of([run], best=answers_of(run, worst=()))
    assert "<p>There are none.</p>" in text
    assert "<img" not in text


def test_pictures_are_ink_on_paper():
    pixels = np.zeros(784, np.uint8)
    pixels[30] = 255
    data = base64.b64decode(picture(pixels).removeprefix("data:image/png;base64,"))
    image = np.array(Image.open(io.BytesIO(data)))
    assert image.shape == (28, 28)
    assert (image[1, 2], image[0, 0]) == (0, 255)
    assert math.isclose(image.sum(), 783 * 255)


@given(st.binary(min_size=784, max_size=784))
def test_pictures_keep_every_pixel(pixels):
    image = np.frombuffer(pixels, np.uint8)
    data = base64.b64decode(picture(image).removeprefix("data:image/png;base64,"))
    read = np.array(Image.open(io.BytesIO(data)))
    np.testing.assert_array_equal(255 - read.reshape(-1), image)


# --- whatever is written on it -------------------------------------------------------------

signs = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
hostile = st.sampled_from(
    [
        "<script>alert(1)</script>",
        "</title><img src=x onerror=alert(1)>",
        "</style><style>*{display:none}",
        "{{ 7 * 7 }}",
        "{% include 'report.css' %}",
        "{# gone #}",
        "]]> &amp; &#x27; 97 % \x00\x0b\ufffe",
        "' onmouseover='alert(1)",
    ]
)
texts = st.one_of(signs, hostile, st.builds("{}{}".format, signs, hostile))


def shown(text):
    """Return how a text is read: what XML forbids is gone, and percent signs do not break off."""
    kept = re.sub(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "", text)
    return kept.replace(" %", "\u00a0%").replace("\r\n", "\n").replace("\r", "\n")


@given(texts, texts, texts, texts)
def test_whatever_people_write_is_text(title, name, note, class_name):
    run = record(label=RunLabel(name, note))
    best = answers_of(run, (class_name, *"123456789"), (AnsweredImage(444, 0, 1, 0.9, 3.0),))
    text, tree = page_of([run, record(number=2, seed=9)], title, best, language=title)
    for place in ("head/{0}title", "body/{0}header/{0}h1"):
        assert (tree.find(HTML + place.format(HTML)).text or "") == shown(title)
    assert any(cell.text == (shown(class_name) or None) for cell in tree.iter(f"{HTML}th"))
    if note.strip():
        assert [cell.text for cell in tree.iter(f"{HTML}td")][-1] == (shown(note) or None)
    tags = {each.tag.rpartition("}")[2] for each in tree.iter()}
    assert not tags & {"script", "iframe", "object", "link", "base", "form"}
    attributes = {name for each in tree.iter() for name in each.attrib}
    assert not [each for each in attributes if each.lower().startswith("on")]
    assert len(list(tree.iter(f"{HTML}img"))) == 1
    assert len(list(tree.iter(f"{HTML}style"))) == 1
    assert "\x00" not in text


@given(texts)
def test_what_a_translator_writes_is_text(words):
    def translate(context, text):
        return text if "{" in text else words

    run = record()
    _, tree = page_of([run], best=answers_of(run), translate=translate)
    assert set(headings(tree)[:2]) == {" ".join(shown(words).split())}


# --- how it looks --------------------------------------------------------------------------


def test_the_page_is_one_file_that_runs_and_loads_nothing():
    run = record()
    text, tree = page_of([run], best=answers_of(run))
    (policy,) = [
        each.get("content")
        for each in tree.iter(f"{HTML}meta")
        if each.get("http-equiv") == "Content-Security-Policy"
    ]
    assert policy == "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
    assert not re.search(r"url\(|@import|<script|<link|\{\{|\{%", text)
    assert not re.search(r"\bNone\b|\bUndefined\b|\bnan\b", text_of(tree.find(f"{HTML}body")))


def luminance(color):
    """Return the relative luminance of WCAG 2."""
    parts = (int(color[k : k + 2], 16) / 255 for k in (1, 3, 5))
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return float(np.dot((0.2126, 0.7152, 0.0722), linear))


def contrast(one, other):
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def schemes():
    """Return the colors of the light and of the dark scheme by their names."""
    style = paths.resource("templates/report.css").read_text(encoding="utf-8")
    found = [
        dict(re.findall(r"--(\w+): (#\w{6})", block))
        for block in re.findall(r":root \{(.*?)\}", style, re.DOTALL)
    ]
    assert len(found) == 2
    return found


def test_texts_can_be_read_in_both_schemes():
    for colors in schemes():
        for paper in ("background", "raised"):
            assert contrast(colors["text"], colors[paper]) > 7
            assert contrast(colors["dim"], colors[paper]) > 4.5


def test_curves_have_the_colors_of_the_scheme():
    text, tree = page_of(sweep("batch_size", {10: 0.9, 20: 0.98}))
    light, dark = schemes()
    (style,) = [each.text for each in tree.iter(f"{HTML}style")]
    assert style.count("@media screen and (prefers-color-scheme: dark)") == 2
    for index, color in enumerate(DARK, 1):
        assert f".run-{index}[stroke^='#'] {{ stroke: {color}; }}" in style
        assert f".run-{index}[fill^='#'] {{ fill: {color}; }}" in style
    for palette, scheme in ((LIGHT, light), (DARK, dark)):
        assert sum(contrast(color, scheme["background"]) > 3 for color in palette) >= 8
    classes = {each.get("class"): each.get("stroke") for each in tree.iter(f"{SVG}path")}
    assert classes["run-1"] in (LIGHT[0], "none")
    # Axes and texts have the color of the page.
    assert {each.get("fill") for each in tree.iter(f"{SVG}text")} <= {"currentColor", None}
    assert "svg { max-width: 100%; height: auto; color: var(--text); }" in text


def test_every_class_of_the_page_has_a_style_and_every_style_a_use():
    style = paths.resource("templates/report.css").read_text(encoding="utf-8")
    styled = set(re.findall(r"\.([a-z]+)", re.sub(r"/\*.*?\*/", "", style)))
    runs = sweep("batch_size", {10: [0.98, 0.981], 500: [0.9, 0.902]})
    _, tree = page_of(runs, best=answers_of(runs[0]))
    used = {each.get("class") for each in tree.iter()} - {None}
    assert {name for name in used if not name.startswith("run-")} <= styled
    assert styled <= used


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_the_language_is_told(language):
    _, tree = page_of([record()], language=language)
    assert tree.get("lang") == language
