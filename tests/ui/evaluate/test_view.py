"""What the network gets wrong, on the page as a person uses it."""

import dataclasses
import sys

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QFontMetrics
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QToolButton

from mnist_studio.data.registry import DATASETS
from mnist_studio.data.split import split
from mnist_studio.insight.neighbors import Neighborhood
from mnist_studio.insight.paired import mcnemar
from mnist_studio.number_text import grouped
from mnist_studio.runs.bundled import bundled_path, open_bundled
from mnist_studio.session.run_in_view import Snapshot
from mnist_studio.training.parts import Part
from mnist_studio.training.status import RunStatus
from mnist_studio.ui import theme
from mnist_studio.ui.evaluate.against_work import AskedRun, Comparison, CountedSeeds
from mnist_studio.ui.evaluate.image_card import Space
from mnist_studio.ui.evaluate.view import EvaluateView

from ..live_views import assert_buttons_are_whole, every_look, quick_run

QUICK = quick_run(16)
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def view(show_view):
    return show_view(EvaluateView)


def train(qtbot, view, config=QUICK):
    session = view._session
    with qtbot.waitSignal(session.run_ended):
        session.start(config)
    qtbot.waitUntil(
        lambda: (
            view.answers.answered is not None
            and view.answers.answered.network is session.run.network
            and view.confusion.view is not None
            and view.confusion.view.matrix.total == len(view.answers.answered.answers.labels)
        )
    )
    view.confusion.turn.redraw()
    view.images.turn.redraw()


def button(view, name):
    return view.findChild(QToolButton, name)


def hint(view):
    return view.findChild(QLabel, "viewHint")


def click_cell(view, true, predicted):
    matrix = view.confusion.view
    QTest.mouseClick(matrix, LEFT, pos=matrix.cell_rect(true, predicted).center())


def click_image(view, row, click=QTest.mouseClick):
    gallery = view.images.gallery
    place = gallery.visualRect(gallery.images.index(row, 0)).center()
    click(gallery.viewport(), LEFT, Qt.KeyboardModifier.NoModifier, place)


def test_before_anything_is_trained_it_says_what_will_be_here(view):
    assert "Press Train" in hint(view).text()
    assert hint(view).isVisible()
    assert not button(view, "loadDataButton").isVisible()


def test_the_matrix_counts_the_validation_images(qtbot, view):
    train(qtbot, view)
    session = view._session
    labels = session.data.dataset.train_labels
    indices = split(labels, 0.25, 0).validation_indices
    probabilities = session.run.network.predict_probabilities(
        session.data.dataset.train_images[indices] / np.float32(255)
    )
    expected = np.zeros((10, 10), int)
    np.add.at(expected, (labels[indices], probabilities.argmax(axis=1)), 1)
    np.testing.assert_array_equal(view.confusion.view.matrix.counts, expected)


@pytest.mark.layout
def test_in_larger_text_no_sentence_and_no_caption_loses_a_letter(qtbot, view):
    view.resize(760, 560)
    train(qtbot, view)
    theme.set_scale(1.5)
    two_lines = QLabel("one\ntwo").sizeHint().height()
    assert view.confusion.caption.height() == view.image.caption.height() == two_lines
    gallery = view.images.gallery
    cell = gallery.visualRect(gallery.images.index(0, 0))
    caption = QFontMetrics(theme.number_font(8)).horizontalAdvance("4→9 100 %")
    assert cell.width() >= caption
    assert gallery.side == 84
    theme.set_scale(1.0)
    assert view.confusion.caption.height() < two_lines
    assert gallery.side == 56


def test_the_matrix_is_taken_along_with_its_figures(qtbot, view):
    train(qtbot, view)
    matrix = view.confusion.view.matrix
    columns, rows = view.confusion.sheet()
    assert columns[:2] == ["true_class", "taken_for_0"]
    for k, (name, *figures) in enumerate(rows):
        assert name == str(k)
        assert figures[:10] == matrix.counts[k].tolist()
        right, row, column = matrix.counts[k, k], matrix.counts[k].sum(), matrix.counts[:, k].sum()
        assert figures[10:] == pytest.approx(
            [right / row, right / column, 2 * right / (row + column)]
        )


def test_what_is_said_of_the_images_is_taken_along_in_their_order(qtbot, view):
    train(qtbot, view)
    answers, images = view.answers.answered.answers, view.images.gallery.images
    columns, rows = view.images.sheet()
    rows = list(rows)
    assert len(rows) == images.rowCount() > 0
    for place, row in enumerate(rows[:5]):
        said = dict(zip(columns, row, strict=True))
        assert said["set"] == "train"
        assert said["image"] == images.image(place).image
        (at,) = np.flatnonzero(answers.indices == said["image"])
        assert said["true_class"] == str(answers.labels[at])
        assert said["predicted_class"] == str(answers.predicted[at])
        assert said["loss"] == pytest.approx(answers.losses[at])
        assert said["probability"] == pytest.approx(answers.probabilities[at].max())


def test_the_cell_that_is_clicked_is_followed_over_the_epochs(qtbot, view):
    train(qtbot, view, quick_run(16, epochs=4, batch_size=20))
    recorded = view._session.run.history.confusions
    trend, wrong = view.confusion.trend, recorded.sum(axis=(0, 1)) - recorded.trace()
    assert recorded.shape == (10, 10, 4)
    assert trend.text == f"all mistakes: {', '.join(map(str, wrong))}"
    true, predicted = view.confusion.view.matrix.worst()
    click_cell(view, true, predicted)
    counts = ", ".join(map(str, recorded[true, predicted]))
    assert trend.text == f"{true} taken for {predicted}: {counts}"
    QTest.mouseClick(button(view, "groupChip"), LEFT)
    assert trend.text.startswith("all mistakes")


def test_an_opened_run_tells_what_became_of_a_cell_without_any_training(qtbot, view):
    train(qtbot, view)
    session, path = view._session, view._session.run.path
    recorded = session.run.history.confusions.copy()
    with qtbot.waitSignal(session.run_started):
        session.opener.open(path)
    qtbot.waitUntil(lambda: view.answers.answered is not None)
    view.confusion.turn.redraw()
    click_cell(view, 4, 4)
    counts = ", ".join(map(str, recorded[4, 4]))
    assert view.confusion.trend.text == f"4 recognized: {counts}"


def test_the_validation_images_are_not_followed_beside_the_test_images(qtbot, view):
    train(qtbot, view)
    view.answers.choose(Part.TEST)
    qtbot.waitUntil(lambda: view.answers.answered is not None)
    view.confusion.turn.redraw()
    assert not view.confusion.trend.isVisible()
    assert "no longer measures" in view.confusion.word.text()
    assert view.confusion.word.isVisible()


def test_a_click_on_a_mistake_shows_its_images_the_worst_first(qtbot, view):
    train(qtbot, view)
    true, predicted = view.confusion.view.matrix.worst()
    count = int(view.confusion.view.matrix.counts[true, predicted])
    click_cell(view, true, predicted)
    images = view.images.gallery.images
    found = [images.image(row) for row in range(images.rowCount())]
    assert len(found) == count > 0
    assert {(each.label, each.predicted) for each in found} == {(true, predicted)}
    losses = [each.loss for each in found]
    assert losses == sorted(losses, reverse=True)
    chip = button(view, "groupChip")
    assert chip.isVisible()
    assert chip.text() == f"{true} → {predicted}  ✕"
    QTest.mouseClick(chip, LEFT)
    assert images.rowCount() == view.confusion.view.matrix.wrong
    assert not chip.isVisible()


def test_recognized_images_are_shown_when_their_cell_is_clicked(qtbot, view):
    train(qtbot, view)
    click_cell(view, 1, 1)
    assert view.images.gallery.images.rowCount() == view.confusion.view.matrix.counts[1, 1]


def test_a_cell_is_shown_whole_and_leaves_the_choice_of_answers_as_it_was(qtbot, view):
    train(qtbot, view)
    images, verdict = view.images.gallery.images, button(view, "verdictButton")
    counts = view.confusion.view.matrix.counts
    verdict.findChild(QAction, "TrueAction").trigger()
    true, predicted = view.confusion.view.matrix.worst()
    click_cell(view, true, predicted)
    assert images.rowCount() == counts[true, predicted] > 0
    assert not verdict.isVisible()
    layout = view.confusion.view._layout()
    name = QPoint(layout.left - 8, layout.cell_rect(true, 0).center().y())
    QTest.mouseClick(view.confusion.view, LEFT, pos=name)
    assert images.rowCount() == counts[true, true]
    assert verdict.isVisible()
    QTest.mouseClick(button(view, "groupChip"), LEFT)
    assert images.rowCount() == np.trace(counts)


def test_other_answers_and_another_order_are_chosen_by_menu(qtbot, view):
    train(qtbot, view)
    images = view.images.gallery.images
    assert images.rowCount() == view.confusion.view.matrix.wrong
    button(view, "verdictButton").findChild(QAction, "TrueAction").trigger()
    assert images.rowCount() == np.trace(view.confusion.view.matrix.counts)
    button(view, "orderButton").findChild(QAction, "imageAction").trigger()
    numbers = [images.image(row).image for row in range(50)]
    assert numbers == sorted(numbers)


def test_an_image_says_all_of_itself_and_what_it_is_most_like(qtbot, view):
    train(qtbot, view)
    click_image(view, 0)
    said = view.images.gallery.images.image(0)
    assert view.image.caption.text().startswith(f"{said.label} taken for {said.predicted} · ")
    qtbot.waitUntil(lambda: len(view.image.strip._images) == 12)
    dataset = view.answers.answered.dataset
    # It is a training image itself, and nearest to itself.
    expected = Neighborhood(dataset.train_images).nearest(dataset.train_images[said.image], 13)[1:]
    tips = [each.tip.split(" · ")[1:] for each in view.image.strip._images]
    assert tips == [
        [f"training image {grouped(each.image)}", f"distance {each.distance:.2f}"]
        for each in expected
    ]
    columns, rows = view.image.sheet()
    assert columns == ("train_image", "class", "distance")
    assert [(image, distance) for image, _, distance in rows] == [tuple(each) for each in expected]
    assert [name for _, name, _ in rows] == [
        str(dataset.train_labels[each.image]) for each in expected
    ]


def test_nearest_in_the_last_layer_are_others(qtbot, view):
    train(qtbot, view)
    click_image(view, 0)
    qtbot.waitUntil(lambda: len(view.image.strip._images) == 12)
    before = view.image.strip._images
    button(view, "spaceButton").findChild(QAction, "hiddenAction").trigger()
    qtbot.waitUntil(lambda: view.image.strip._images is not before)
    assert [each.tip for each in view.image.strip._images] != [each.tip for each in before]


def test_the_next_image_does_not_have_all_images_pass_the_layer_again(qtbot, view, monkeypatch):
    train(qtbot, view)
    click_image(view, 0)
    figure = view.image.figure
    qtbot.waitUntil(lambda: figure.answer is not None)
    button(view, "spaceButton").findChild(QAction, "hiddenAction").trigger()
    qtbot.waitUntil(lambda: figure.answer.wanted.space is Space.HIDDEN)
    qtbot.waitUntil(lambda: view.answers.current and figure.current)
    part, before = view.answers.answered, figure.answer
    passed, activations = [], part.network.activations
    monkeypatch.setattr(
        part.network, "activations", lambda x: passed.append(len(x)) or activations(x)
    )
    click_image(view, 1)
    qtbot.waitUntil(lambda: figure.answer is not before)
    assert view.answers.answered is part
    assert 0 < sum(passed) < len(part.dataset.train_images) / 2


def test_another_network_has_the_layer_compared_anew_but_not_the_pixels(qtbot, view):
    train(qtbot, view)
    click_image(view, 0)
    figure, session = view.image.figure, view._session
    other = Snapshot(7, one_answer(session.run.network, 3).freeze())
    qtbot.waitUntil(lambda: figure.answer is not None and view.answers.current)
    in_pixels = figure.answer
    session.recall(other)
    assert not figure._inquirer.awaits("neighbors")
    qtbot.waitUntil(lambda: view.answers.current)
    assert figure.answer is in_pixels
    image, shown = view.image._image, view.image.strip._images
    for index in (-1, image):  # nor is it needed to see them again
        view.image.show_image(index)
        qtbot.waitUntil(lambda index=index: bool(view.image.strip._images) is (index >= 0))
    assert view.image.strip._images == shown
    button(view, "spaceButton").findChild(QAction, "hiddenAction").trigger()
    qtbot.waitUntil(lambda: figure.answer.wanted.space is Space.HIDDEN)
    in_layer = figure.answer
    session.recall(None)
    qtbot.waitUntil(lambda: figure.answer is not in_layer)
    view.hide()
    session.recall(other)
    assert not figure._inquirer.awaits("neighbors")


@pytest.mark.parametrize("how", ["double click", "enter", "button"])
def test_an_image_is_put_on_the_pad(qtbot, view, how):
    train(qtbot, view)
    view.images.gallery.image_activated.connect(view.image.put_on_pad)
    click_image(view, 0)
    with qtbot.waitSignal(view.image.pad_wanted) as wanted:
        if how == "double click":
            click_image(view, 0, QTest.mouseDClick)
        elif how == "enter":
            QTest.keyClick(view.images.gallery, Qt.Key.Key_Return)
        else:
            QTest.mouseClick(button(view, "toPadButton"), LEFT)
    said = view.images.gallery.images.image(0)
    (picture,) = wanted.args
    images = view.answers.answered.images
    np.testing.assert_array_equal(picture.pixels.reshape(784), images[said.image])
    assert picture.truth == str(said.label)


def test_the_gallery_keeps_place_and_choice_while_the_answers_change(qtbot, view):
    train(qtbot, view)
    button(view, "verdictButton").findChild(QAction, "NoneAction").trigger()
    button(view, "orderButton").findChild(QAction, "imageAction").trigger()
    gallery = view.images.gallery
    click_image(view, 2)
    selected = gallery.selected
    gallery.verticalScrollBar().setValue(500)
    view.answers.forget()
    qtbot.waitUntil(lambda: view.answers.answered is not None)
    view.images.turn.redraw()
    assert gallery.verticalScrollBar().value() == 500
    assert gallery.selected == selected


def answer_by(qtbot, view, network):
    """Let another network answer in the place of the run's."""
    session = view._session
    session.recall(Snapshot(session.run.newest.step, network.freeze(), edited=True))
    qtbot.waitUntil(lambda: view.answers.answered.network is session.run.network)
    for card in (view.confusion, view.images, view.image):
        card.turn.redraw()


def one_answer(network, k):
    """Return a copy that takes everything for one class."""
    copy = network.copy()
    copy.linear_layers[-1].weight.value[...] = 0
    copy.linear_layers[-1].bias.value[...] = np.eye(10)[k]
    return copy


def test_an_image_is_followed_when_it_is_recognized_and_leaves_the_gallery(qtbot, view):
    train(qtbot, view)
    true, predicted = view.confusion.view.matrix.worst()
    click_cell(view, true, predicted)
    click_image(view, 0)
    image = view.images.gallery.selected
    answer_by(qtbot, view, one_answer(view._session.run.network, true))
    assert view.images.gallery.images.rowCount() == 0
    assert view.images.gallery.selected == image
    assert view.image.caption.text().startswith(f"{true} recognized · ")
    view._session.recall(None)
    qtbot.waitUntil(lambda: view.answers.current)
    view.images.turn.redraw()
    current = view.images.gallery.currentIndex()
    assert view.images.gallery.images.image(current.row()).image == image
    # Another choice begins anew.
    click_cell(view, 1, 1)
    assert view.images.gallery.selected == -1
    assert view.image.caption.text().startswith("Choose an image")


def test_an_image_of_the_same_number_in_the_other_part_is_another_one(qtbot, view):
    train(qtbot, view)
    button(view, "verdictButton").findChild(QAction, "NoneAction").trigger()
    button(view, "orderButton").findChild(QAction, "imageAction").trigger()
    click_image(view, 0)
    assert view.images.gallery.selected < len(view.answers.answered.dataset.test_labels)
    view.answers.choose(Part.TEST)
    qtbot.waitUntil(lambda: view.answers.answered is not None)
    view.images.turn.redraw()
    assert view.images.gallery.selected == -1


def test_it_is_said_that_another_network_answers_than_the_one_that_was_trained(qtbot, view):
    train(qtbot, view)
    QTest.mouseMove(view.confusion.view, QPoint(2, 2))
    before = view.confusion.caption.text()
    assert view.confusion.trend._marked is not None
    answer_by(qtbot, view, one_answer(view._session.run.network, 3))
    assert view.confusion.caption.text().startswith("Changed network: ")
    assert view.confusion.trend._marked is None  # nobody has counted it
    run = view._session.run
    view._session.recall(Snapshot(7, run.newest.network))
    view.confusion.turn.redraw()
    assert view.confusion.caption.text().startswith("As at batch 7: ")
    view._session.recall(None)
    qtbot.waitUntil(lambda: view.answers.current)
    view.confusion.turn.redraw()
    assert view.confusion.caption.text() == before


def test_it_is_said_that_a_run_failed_before_it_learned_anything(qtbot, view):
    train(qtbot, view)
    QTest.mouseMove(view.confusion.view, QPoint(2, 2))
    session, before = view._session, view.confusion.caption.text()
    session.run = dataclasses.replace(session.run, newest=session.run.newest._replace(step=0))
    view.confusion.turn.redraw()
    assert view.confusion.caption.text() == before  # begun with another run's weights
    session.run = dataclasses.replace(session.run, status=RunStatus.FAILED)
    view.confusion.turn.redraw()
    assert view.confusion.caption.text() == f"Before the training: {before}"


def test_spoilt_weights_are_said_to_give_no_answers(qtbot, view):
    train(qtbot, view)
    spoilt = view._session.run.network.copy()
    spoilt.linear_layers[0].weight.value[...] = np.nan
    answer_by(qtbot, view, spoilt)
    assert "No answers: the network's weights are no numbers" in view.confusion.caption.text()
    click_image(view, 0)
    assert "– sure" in view.image.caption.text()


def test_of_the_network_that_came_along_no_other_images_are_followed(qtbot, view, studio):
    with qtbot.waitSignal(studio.session.data.changed):
        studio.session.data.load("mnist-10k")
    studio.session.show_run(bundled_path(), open_bundled())
    qtbot.waitUntil(lambda: view.answers.answered is not None)
    view.confusion.turn.redraw()
    assert studio.session.run.history.confusions.shape[2] > 0
    assert view.confusion.view.matrix.total == len(view.answers.answered.answers.labels)
    assert view.confusion.trend.text == ""


def test_the_caption_follows_the_pointer_and_sums_up_without(qtbot, view):
    train(qtbot, view)
    QTest.mouseMove(view.confusion.view, QPoint(2, 2))  # from wherever the pointer is
    whole = view.confusion.caption.text()
    assert " wrong (" in whole
    QTest.mouseMove(view.confusion.view, view.confusion.view.cell_rect(1, 1).center())
    assert view.confusion.caption.text().startswith("A 1 recognized: ")
    QTest.mouseMove(view.confusion.view, QPoint(2, 2))
    assert view.confusion.caption.text() == whole


def test_cells_can_say_shares(qtbot, view):
    train(qtbot, view)
    matrix = view.confusion.view
    counts = matrix.grab().toImage()
    button(view, "figuresButton").findChild(QAction, "of_trueAction").trigger()
    assert matrix._texts()[1][1] == f"{100 * matrix.matrix.recall[1]:.1f}"
    assert matrix.grab().toImage() != counts


def test_classes_that_are_words_have_the_room_that_they_need(qtbot, view):
    train(qtbot, view)
    gallery, part = view.images.gallery, view.answers.answered
    digits = gallery.visualRect(gallery.images.index(0, 0)).size()
    names = DATASETS["fashion-mnist"].class_names
    worded = dataclasses.replace(part, dataset=dataclasses.replace(part.dataset, class_names=names))
    rows = np.arange(5)
    gallery.show_rows(worded, rows)
    qtbot.waitUntil(lambda: gallery.visualRect(gallery.images.index(0, 0)).width() > digits.width())
    words = gallery.visualRect(gallery.images.index(0, 0)).size()
    assert words.height() > digits.height()
    metrics = QFontMetrics(theme.number_font(8.0))
    assert words.width() >= max(metrics.horizontalAdvance(f"→ {name}") for name in names)
    assert not gallery.grab().isNull()
    gallery.show_rows(part, rows)
    qtbot.waitUntil(lambda: gallery.visualRect(gallery.images.index(0, 0)).size() == digits)


def test_laying_out_thousands_of_images_calls_no_python_for_each_of_them(qtbot, view):
    train(qtbot, view)
    gallery, part = view.images.gallery, view.answers.answered
    many, calls = np.zeros(3000, np.intp), []
    sys.setprofile(lambda _frame, kind, _argument: kind == "call" and calls.append(kind))
    try:
        gallery.show_rows(part, many)
        bottom = gallery.visualRect(gallery.images.index(len(many) - 1, 0)).bottom()
    finally:
        sys.setprofile(None)
    assert bottom > gallery.height()
    assert len(calls) < len(many) / 10


def test_two_runs_are_joined_image_by_image(qtbot, view, studio):
    train(qtbot, view)
    first = studio.session.run
    other = quick_run()
    chooser = button(view, "otherRunButton")
    qtbot.waitUntil(lambda: chooser.text() == "no other run ▾" and not chooser.isEnabled())
    train(qtbot, view, other)
    qtbot.waitUntil(lambda: first.path in view.against._titles)
    assert chooser.text() == "choose a run ▾"
    assert chooser.isEnabled()
    title = view.against._titles[first.path]
    (action,) = [each for each in chooser.menu().actions() if each.text() == title]
    action.trigger()
    qtbot.waitUntil(lambda: isinstance(view.against.figure.answer, Comparison))
    view.against.turn.redraw()
    dataset = studio.session.data.dataset
    mine, rival = (
        run.network.predict_probabilities(dataset.test_images / np.float32(255)).argmax(axis=1)
        == dataset.test_labels
        for run in (studio.session.run, first)
    )
    only_other = np.flatnonzero(rival & ~mine)
    assert button(view, "onlyOtherButton").text() == f"▼ only the other: {len(only_other)}"
    p_value = mcnemar(int((mine & ~rival).sum()), len(only_other))
    told = f"p = {p_value:.2g}" if p_value >= 1e-4 else "p < 0.0001"
    assert told in view.against.sentence.text()
    QTest.mouseClick(button(view, "onlyOtherButton"), LEFT)
    images = view.images.gallery.images
    found = {images.image(row).image for row in range(images.rowCount())}
    assert found == set(only_other.tolist())
    click_image(view, 0)
    assert view.image.caption.text().startswith(f"{images.image(0).label} taken for ")
    QTest.mouseClick(button(view, "groupChip"), LEFT)
    assert images.rowCount() == view.confusion.view.matrix.wrong
    # And by class.
    labels, bars = dataset.test_labels, view.against.bars
    k = int(np.bincount(labels[mine & ~rival], minlength=10).argmax())
    of_class = np.flatnonzero(mine & ~rival & (labels == k))
    only = int((rival & ~mine & (labels == k)).sum())
    assert bars.describe(k) == f"{k}: only this {len(of_class)}, only the other {only}"
    QTest.mouseClick(bars, LEFT, pos=bars.column(k).center() - QPoint(0, 5))
    found = {images.image(row).image for row in range(images.rowCount())}
    assert found == set(of_class.tolist())
    assert button(view, "groupChip").text().startswith(f"{k}: only this run")
    bars.setFocus()
    QTest.keyClick(bars, Qt.Key.Key_Right)
    QTest.keyClick(bars, Qt.Key.Key_Down)
    found = {images.image(row).image for row in range(images.rowCount())}
    assert found == set(np.flatnonzero(rival & ~mine & (labels == 1)).tolist())


def test_images_that_only_one_run_recognizes_follow_the_network(qtbot, view, studio):
    train(qtbot, view)
    other = studio.session.run.path
    train(qtbot, view, quick_run())
    qtbot.waitUntil(lambda: other in view.against._titles)
    click_cell(view, *view.confusion.view.matrix.worst())
    view.against._runs.chosen.emit(other)
    qtbot.waitUntil(lambda: isinstance(view.against.figure.answer, Comparison))
    view.against.turn.redraw()
    QTest.mouseClick(button(view, "onlyOtherButton"), LEFT)
    assert view.confusion.view._selected is None  # nothing in the matrix is shown any more
    assert view.confusion.trend.text.startswith("all mistakes")
    images = view.images.gallery.images
    before = images.rowCount()
    answer_by(qtbot, view, one_answer(studio.session.run.network, 3))
    qtbot.waitUntil(lambda: view.against.figure.current)
    view.against.turn.redraw()
    assert images.part.network is studio.session.run.network
    assert images.rowCount() > before
    count = f"{images.rowCount():,}".replace(",", "\u202f")
    assert button(view, "onlyOtherButton").text().endswith(count)
    assert "p < 0.0001" in view.against.sentence.text()
    # But not what was chosen otherwise meanwhile.
    click_cell(view, 3, 3)
    studio.session.recall(None)
    qtbot.waitUntil(lambda: view.against.figure.current)
    view.against.turn.redraw()
    assert view.images.found is None


def test_two_runs_can_be_compared_where_there_is_little_room(qtbot, view, studio):
    train(qtbot, view)
    other = studio.session.run.path
    train(qtbot, view, quick_run())
    qtbot.waitUntil(lambda: other in view.against._titles)
    view.resize(680, 480)
    view.against.turn.redraw()
    assert view.against.isVisible()
    assert not view.against.sentence.isVisible()
    view.against._runs.chosen.emit(other)
    qtbot.waitUntil(lambda: isinstance(view.against.figure.answer, Comparison))
    view.against.turn.redraw()
    assert view.against.sentence.isVisible()
    assert button(view, "onlyThisButton").isVisible()
    assert not view.against.bars.isVisible()
    view.resize(900, 620)
    assert view.against.bars.isVisible()


@pytest.fixture
def seeds(qtbot, view, studio):
    """Train three times with another seed, and once with another network; return the three."""
    runs = []
    for seed in (1, 2, 3):
        train(qtbot, view, quick_run(16, seed=seed))
        runs.append(studio.session.run)
        if seed == 1:
            train(qtbot, view, quick_run())
    qtbot.waitUntil(lambda: view.against._seed_count == 3)
    return runs


def choose_seeds(qtbot, view):
    actions = button(view, "otherRunButton").menu().actions()
    (action,) = [each for each in actions if each.text() == "all 3 seeds"]
    action.trigger()
    qtbot.waitUntil(lambda: isinstance(view.against.figure.answer, CountedSeeds))
    view.against.turn.redraw()


def wrong_in(runs, dataset):
    """Return in how many of the runs each test image is wrong."""
    pixels, labels = dataset.test_images / np.float32(255), dataset.test_labels
    return sum((run.network.logits(pixels).argmax(axis=1) != labels).astype(int) for run in runs)


def test_over_the_seeds_hard_images_are_told_from_chance(qtbot, view, studio, seeds):
    choose_seeds(qtbot, view)
    wrong = wrong_in(seeds, studio.session.data.dataset)
    assert button(view, "wrongInAllButton").text() == f"3 of 3: {(wrong == 3).sum()}"
    assert button(view, "wrongInOneButton").text() == f"1 of 3: {(wrong == 1).sum()}"
    assert button(view, "wrongInAnyButton").text() == f"any: {(wrong > 0).sum()}"
    assert not button(view, "onlyThisButton").isVisible()
    QTest.mouseClick(button(view, "wrongInOneButton"), LEFT)
    images = view.images.gallery.images
    found = {images.image(row).image for row in range(images.rowCount())}
    assert found == set(np.flatnonzero(wrong == 1).tolist())
    columns, rows = view.against.sheet()
    assert columns[3] == "wrong_in"
    assert [(row[0], row[3]) for row in rows] == [(k, n) for k, n in enumerate(wrong) if n]


def test_what_most_seeds_get_wrong_comes_first(qtbot, view, studio, seeds):
    choose_seeds(qtbot, view)
    wrong = wrong_in(seeds, studio.session.data.dataset)
    QTest.mouseClick(button(view, "wrongInAnyButton"), LEFT)
    images = view.images.gallery.images
    order = [images.image(row).image for row in range(images.rowCount())]
    assert sorted(order) == np.flatnonzero(wrong).tolist()
    times = wrong[order].tolist()
    assert times == sorted(times, reverse=True)
    losses = [images.image(row).loss for row in range(times.count(3))]
    assert losses == sorted(losses, reverse=True)
    click_image(view, 0)
    assert view.image.caption.text().endswith("wrong in 3 of 3 seeds")
    QTest.mouseClick(button(view, "groupChip"), LEFT)
    click_image(view, 0)
    assert "seeds" not in view.image.caption.text()


def test_a_seed_whose_file_is_damaged_is_left_out(qtbot, view, studio, seeds):
    seeds[0].path.write_bytes(b"damaged")
    choose_seeds(qtbot, view)
    wrong = wrong_in(seeds[1:], studio.session.data.dataset)
    assert button(view, "wrongInAllButton").text() == f"2 of 2: {(wrong == 2).sum()}"


def test_the_networks_are_asked_one_by_one_and_no_more_when_nobody_looks(qtbot, view, seeds):
    asked = []
    view.against.figure.changed.connect(lambda: asked.append(view.against.figure.answer))
    choose_seeds(qtbot, view)
    assert [type(each) for each in asked] == [AskedRun, AskedRun, CountedSeeds]
    asked.clear()
    button(view, "otherRunButton").menu().actions()[0].trigger()
    view.against.turn.redraw()
    assert not button(view, "wrongInAllButton").isVisible()
    choose_seeds(qtbot, view)
    assert [type(each) for each in asked] in ([], [CountedSeeds])  # they are known


def test_a_run_of_another_data_set_offers_to_load_it(qtbot, view, monkeypatch):
    train(qtbot, view)
    asked = []
    monkeypatch.setattr(view._session.data, "load", asked.append)
    monkeypatch.setattr(view._session.data, "has", lambda _name: False)
    view.answers.forget()
    view.confusion.turn.redraw()
    # What it has recorded is seen all the same.
    recorded = view._session.run.history.confusions
    best = int(view._session.run.history.epoch_column("best").nonzero()[0][-1])
    assert view.confusion.isVisible()
    assert not view.images.isVisible()
    np.testing.assert_array_equal(view.confusion.view.matrix.counts, recorded[:, :, best])
    click_cell(view, 4, 9)
    assert view.confusion.trend.text.startswith("4 taken for 9: ")
    assert "MNIST 10k" in hint(view).text()
    QTest.mouseClick(button(view, "loadDataButton"), LEFT)
    assert asked == ["mnist-10k"]


def test_of_a_run_that_has_recorded_nothing_only_the_offer_is_seen(qtbot, view, monkeypatch):
    train(qtbot, view, quick_run(16, validation_fraction=0.0))
    monkeypatch.setattr(view._session.data, "has", lambda _name: False)
    view.answers.forget()
    assert not view.confusion.isVisible()
    assert button(view, "loadDataButton").isVisible()


def test_a_hidden_page_asks_nothing(qtbot, view, studio):
    train(qtbot, view)
    view.hide()
    before = view.answers.answered
    with qtbot.waitSignal(studio.session.run_ended):
        studio.session.start(QUICK)
    assert not studio.inquirer.awaits("answers")
    assert view.answers.answered in (None, before)
    view.show()
    qtbot.waitUntil(lambda: view.answers.answered is not None)


@pytest.mark.layout
def test_nothing_is_cut_off(qtbot, view):
    train(qtbot, view)
    click_cell(view, *view.confusion.view.matrix.worst())
    click_image(view, 0)
    view.against.turn.redraw()  # it offers its runs when it is drawn
    for _ in every_look(view, (680, 460), (900, 620), (1500, 900)):
        assert_buttons_are_whole(view)
