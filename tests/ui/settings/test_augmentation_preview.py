"""The preview shows what the training would do, and costs nothing while nobody sees it."""

import numpy as np
import pytest
from PySide6.QtCore import Qt

from mnist_studio.data.dataset import Dataset
from mnist_studio.training import batches
from mnist_studio.training.config import TrainingConfig
from mnist_studio.ui.settings.augmentation_preview import CLASSES, AugmentationPreview

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def preview(qtbot, blobs):
    preview = AugmentationPreview()
    qtbot.addWidget(preview)
    preview.show_dataset(blobs)
    return preview


def shown(preview):
    return np.stack(preview.samples)


def test_without_augmentation_they_are_training_images(qtbot, preview, blobs):
    preview.show()
    rows = {image.tobytes() for image in blobs.train_images}
    assert len(preview.samples) == len(CLASSES) == 8
    assert all(sample.tobytes() in rows for sample in preview.samples)


@pytest.mark.parametrize(
    "name", ["shift", "rotation", "scale", "aspect", "shear", "elastic", "written", "non_digits"]
)
def test_every_change_is_seen_and_taken_back(qtbot, preview, name):
    preview.show()
    plain = shown(preview)
    preview.show_settings(TrainingConfig(**{name: 0.5}))
    assert (shown(preview) != plain).any()
    preview.show_settings(TrainingConfig())
    assert (shown(preview) == plain).all()


def test_nothing_is_computed_while_it_is_hidden(qtbot, preview, monkeypatch):
    asked = []
    real = batches.augmentation
    monkeypatch.setattr(batches, "augmentation", lambda *what: asked.append(1) or real(*what))
    for shift in (1.0, 2.0):
        preview.show_settings(TrainingConfig(shift=shift))
    assert asked == []
    assert preview.samples == ()
    preview.show()
    assert len(preview.samples) == 8
    assert len(asked) == 1
    preview.hide()
    preview.show()
    assert len(asked) == 1


def test_a_click_and_a_key_show_other_images(qtbot, preview):
    with qtbot.waitExposed(preview):
        preview.show()
    seen = [shown(preview)]
    qtbot.mouseClick(preview, LEFT)
    seen.append(shown(preview))
    qtbot.keyClick(preview, Qt.Key.Key_Return)
    seen.append(shown(preview))
    assert (seen[0] != seen[1]).any()
    assert (seen[1] != seen[2]).any()


def test_without_a_data_set_or_a_class_there_is_less_to_see(qtbot, preview, blobs):
    preview.show()
    keep = blobs.train_labels != 4
    arrays = (blobs.train_images[keep], blobs.train_labels[keep])
    rest = (blobs.test_images, blobs.test_labels, blobs.class_names)
    preview.show_dataset(Dataset("mnist-10k", *arrays, *rest))
    assert len(preview.samples) == 7
    preview.show_dataset(None)
    assert preview.samples == ()
    assert not preview.grab().isNull()
