"""The panel shows a data set, loads what is here, and offers to fetch what is not."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import (
    QFileDialog,
    QLabel,
    QProgressBar,
    QStyleOptionViewItem,
    QToolButton,
    QWidget,
)

from mnist_studio.data.dataset import Dataset
from mnist_studio.data.registry import DATASETS
from mnist_studio.training.config import DataConfig
from mnist_studio.ui.settings.data_panel import DataPanel
from mnist_studio.ui.settings.dataset_strip import DatasetStrip

from ..children import child
from ..fakes import FakeSource
from ..windows import show_widget

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def source(qapp):
    return FakeSource()


@pytest.fixture
def panel(qtbot, source, monkeypatch):
    monkeypatch.delenv("MNIST_STUDIO_DATA", raising=False)
    panel = DataPanel(source)
    panel.line.click()
    return show_widget(qtbot, panel, 290, 300)


def renamed(dataset, name):
    parts = (dataset.train_images, dataset.train_labels, dataset.test_images, dataset.test_labels)
    return Dataset(name, *parts, DATASETS[name].class_names)


def choose(qtbot, panel, name):
    """Choose a data set by the keyboard."""
    choice = child(panel, QWidget, "dataset")
    qtbot.keyClick(choice, Qt.Key.Key_Home)
    for _ in range(list(DATASETS).index(name)):
        qtbot.keyClick(choice, Qt.Key.Key_Down)
    assert panel.data().dataset == name


def test_the_sizes_of_the_three_parts_follow_the_validation_share(panel):
    label = child(panel, QLabel, "datasetSizes")
    assert label.text() == "Train 7\u202f200 · validate 800 · test 2\u202f000"
    child(panel, QWidget, "validation_fraction").setText("0.25")
    assert label.text() == "Train 6\u202f000 · validate 2\u202f000 · test 2\u202f000"
    assert panel.data() == DataConfig(validation_fraction=0.25)


def test_a_configuration_comes_back_as_it_went_in(panel):
    config = DataConfig("fashion-mnist", 0.2, 17)
    panel.set_data(config)
    assert panel.data() == config


def test_nothing_is_loaded_before_the_window_asks_for_it(panel, source):
    panel.set_data(DataConfig("mnist"))
    assert source.asked == []


def test_a_data_set_that_is_not_here_is_offered_for_download(qtbot, panel, source):
    offer = child(panel, QToolButton, "downloadButton")
    assert not offer.isVisible()
    with qtbot.waitSignal(panel.changed):
        choose(qtbot, panel, "mnist")
    assert offer.isVisible()
    assert offer.text() == "Download 11.6 MB"
    qtbot.mouseClick(offer, LEFT)
    assert ("download", "mnist") in source.asked


def test_a_download_shows_its_progress_and_can_be_cancelled(qtbot, panel, source):
    choose(qtbot, panel, "mnist")
    qtbot.mouseClick(child(panel, QToolButton, "downloadButton"), LEFT)
    source.progressed.emit(5_800_000, 11_600_000)
    bar = panel.findChild(QProgressBar)
    assert bar.isVisible()
    assert bar.value() * 2 == bar.maximum()
    qtbot.mouseClick(child(panel, QToolButton, "cancelButton"), LEFT)
    assert source.asked[-1] == ("cancel",)
    source.failed.emit("mnist", "")
    assert child(panel, QToolButton, "downloadButton").isVisible()
    assert not child(panel, QLabel, "dataMessage").isVisible()


def test_the_progress_stays_with_its_own_data_set(qtbot, panel, source, blobs):
    source.use(blobs)
    choose(qtbot, panel, "mnist")
    qtbot.mouseClick(child(panel, QToolButton, "downloadButton"), LEFT)
    choose(qtbot, panel, "fashion-mnist")
    source.progressed.emit(1, 2)
    offer = child(panel, QToolButton, "downloadButton")
    assert offer.isVisible()
    assert not offer.isEnabled()
    choose(qtbot, panel, "mnist")
    assert panel.findChild(QProgressBar).isVisible()


def test_a_failure_is_told_in_one_sentence_in_place(qtbot, panel, source):
    choose(qtbot, panel, "mnist")
    qtbot.mouseClick(child(panel, QToolButton, "downloadButton"), LEFT)
    source.failed.emit("mnist", "No mirror could be reached; check the connection.")
    message = child(panel, QLabel, "dataMessage")
    assert message.isVisible()
    assert message.text() == "No mirror could be reached; check the connection."
    qtbot.mouseClick(child(panel, QToolButton, "downloadButton"), LEFT)
    assert not message.isVisible()


def test_a_folder_is_opened_and_its_files_are_seen_in_the_dialog(
    qtbot, panel, source, monkeypatch, tmp_path
):
    def choose_folder(_parent, _title, *, options):
        assert not options & QFileDialog.Option.ShowDirsOnly
        return str(tmp_path)

    monkeypatch.setattr(QFileDialog, "getExistingDirectory", choose_folder)
    choose(qtbot, panel, "mnist")
    qtbot.mouseClick(child(panel, QToolButton, "openFolderButton"), LEFT)
    assert source.asked[-1] == ("open", "mnist", tmp_path)


def test_the_loaded_data_set_is_shown_by_a_sample_and_a_count_of_each_class(panel, source, blobs):
    source.use(blobs)
    strip = child(panel, DatasetStrip, "datasetStrip")
    counts = np.bincount(blobs.train_labels)
    assert strip.counts == tuple(counts)
    for label, sample in enumerate(strip.samples):
        of_class = blobs.train_images[blobs.train_labels == label].reshape(-1, 28, 28)
        assert any(np.array_equal(sample, image) for image in of_class)
    assert strip.describe(None) == f"{sum(counts)} training images by class"
    assert strip.describe(9).startswith(f"9: {counts[9]} of {sum(counts)} (")
    assert strip.accessibleDescription().startswith(f"0: {counts[0]}, 1: {counts[1]}, ")
    assert panel.line.summary == "MNIST 10k · 7\u202f200 / 800 / 2\u202f000"


def test_a_click_shows_other_samples(qtbot, panel, source, blobs):
    source.use(blobs)
    strip = child(panel, DatasetStrip, "datasetStrip")
    before = strip.samples
    qtbot.mouseClick(strip, LEFT, pos=QPoint(5, 5))
    assert any(not np.array_equal(a, b) for a, b in zip(before, strip.samples, strict=True))


def test_a_class_without_images_is_an_empty_place(qtbot, blobs):
    keep = blobs.train_labels != 4
    strip = DatasetStrip()
    qtbot.addWidget(strip)
    strip.show_dataset(
        Dataset(
            "mnist-10k",
            blobs.train_images[keep],
            blobs.train_labels[keep],
            blobs.test_images,
            blobs.test_labels,
            blobs.class_names,
        )
    )
    assert strip.counts[4] == 0
    assert not strip.samples[4].any()
    assert not strip.grab().isNull()


def test_choosing_the_data_set_that_is_loaded_loads_nothing(qtbot, panel, source, blobs):
    source.use(renamed(blobs, "mnist"))
    choose(qtbot, panel, "mnist")
    assert source.asked == []
    assert len(child(panel, DatasetStrip, "datasetStrip").samples) == 10
    assert not child(panel, QToolButton, "downloadButton").isVisible()


def test_going_back_to_the_embedded_data_set_loads_it(qtbot, panel, source, blobs):
    source.use(renamed(blobs, "mnist"))
    choose(qtbot, panel, "mnist")
    choose(qtbot, panel, "mnist-10k")
    assert source.asked == [("load", "mnist-10k")]


def test_going_back_while_another_data_set_is_on_its_way_asks_for_the_loaded_one(
    qtbot, panel, source, blobs
):
    source.use(renamed(blobs, "mnist-10k"))
    choose(qtbot, panel, "mnist")
    qtbot.mouseClick(child(panel, QToolButton, "downloadButton"), LEFT)
    choose(qtbot, panel, "mnist-10k")
    assert source.asked == [("download", "mnist"), ("load", "mnist-10k")]


def test_a_run_on_another_data_set_loads_it(panel, source, blobs):
    source.use(renamed(blobs, "mnist"))
    panel.set_data(DataConfig("mnist-10k"))
    assert source.asked == [("load", "mnist-10k")]


# The offscreen platform says so of every list that opens.
@pytest.mark.qt_log_ignore("This plugin does not support")
def test_the_list_says_where_each_data_set_is_and_leaves_the_box_alone(qtbot, panel):
    choice = child(panel, QWidget, "dataset")
    choice.showPopup()
    assert choice.currentText() == "MNIST 10k"
    texts = []
    for index in range(choice.count()):
        option = QStyleOptionViewItem()
        choice.itemDelegate().initStyleOption(option, choice.model().index(index, 0))
        texts.append(option.text)
    assert texts == [
        "MNIST 10k  ·  built in",
        "MNIST  ·  11.6 MB to download",
        "Fashion-MNIST  ·  30.9 MB to download",
    ]
    qtbot.keyClick(choice.view(), Qt.Key.Key_Escape)
    assert [choice.itemText(index) for index in range(choice.count())] == [
        "MNIST 10k",
        "MNIST",
        "Fashion-MNIST",
    ]


def test_what_is_missing_is_told_at_its_place_with_what_to_do(qtbot, panel, source):
    assert not panel.tell_missing()
    choose(qtbot, panel, "fashion-mnist")
    assert panel.line.summary == "Fashion-MNIST · not on this computer"
    panel.line.click()
    assert panel.tell_missing()
    message = child(panel, QLabel, "dataMessage")
    assert message.isVisible()
    assert message.text().startswith("Fashion-MNIST is not on this computer: download it, or")


def test_a_run_without_its_data_is_told_what_to_do_as_well(qtbot, panel, source):
    choose(qtbot, panel, "mnist")
    source.load("mnist")
    source.failed.emit("mnist", "MNIST was not found in the cache or in X (A_VARIABLE); …")
    assert "A_VARIABLE" not in child(panel, QLabel, "dataMessage").text()
    assert "download it" in child(panel, QLabel, "dataMessage").text()


def focused_strip(qtbot, dataset, width=260):
    strip = DatasetStrip()
    qtbot.addWidget(strip)
    strip.show_dataset(dataset)
    strip.resize(width, strip.sizeHint().height())
    with qtbot.waitExposed(strip):
        strip.show()
    strip.activateWindow()
    strip.setFocus()
    qtbot.waitUntil(strip.hasFocus)
    return strip


def test_the_focus_is_a_frame_that_hides_nothing(qtbot, blobs):
    strip = focused_strip(qtbot, blobs)
    focused = strip.grab().toImage()
    strip.clearFocus()
    plain = strip.grab().toImage()
    inner = plain.rect().adjusted(2, 2, -2, -2)
    assert focused != plain
    assert focused.copy(inner) == plain.copy(inner)


def test_the_class_under_the_pointer_is_told(qtbot, blobs):
    strip = focused_strip(qtbot, blobs)
    before = strip.grab().toImage()
    qtbot.mouseMove(strip, QPoint(int(strip.cell(3).center().x()), 50))
    assert strip.grab().toImage() != before


def test_long_names_of_classes_find_room_on_the_bars(qtbot, blobs):
    digits, clothes = DatasetStrip(), DatasetStrip()
    for strip, dataset in ((digits, blobs), (clothes, renamed(blobs, "fashion-mnist"))):
        qtbot.addWidget(strip)
        strip.show_dataset(dataset)
        assert strip.minimumSizeHint().width() == digits.minimumSizeHint().width()
    longest = clothes.fontMetrics().horizontalAdvance("T-shirt/top")
    assert clothes.sizeHint().height() > longest > digits.sizeHint().height() / 2


def test_nothing_can_be_changed_while_running(qtbot, panel):
    choose(qtbot, panel, "mnist")
    panel.set_running(True)
    names = ("dataset", "validation_fraction", "split_seed", "downloadButton", "openFolderButton")
    assert not any(child(panel, QWidget, name).isEnabled() for name in names)
    panel.set_running(False)
    assert all(child(panel, QWidget, name).isEnabled() for name in names)
