import numpy as np
import pytest

from mnist_studio import paths
from mnist_studio.data.dataset import Dataset
from mnist_studio.data.embedded import load_embedded
from mnist_studio.data.errors import DataError
from mnist_studio.data.loading import load
from mnist_studio.data.registry import DATASETS


@pytest.fixture(scope="module")
def digits() -> Dataset:
    return load("mnist-10k")


def test_the_embedded_digits_have_the_registered_sizes(digits):
    assert digits.train_images.shape == (8_000, 784)
    assert digits.train_labels.shape == (8_000,)
    assert digits.test_images.shape == (2_000, 784)
    assert digits.test_labels.shape == (2_000,)


def test_the_embedded_digits_are_read_only(digits):
    with pytest.raises(ValueError, match="read-only"):
        digits.train_images[0, 0] = 1


def test_every_digit_gives_a_fifth_to_the_test_part(digits):
    train = np.bincount(digits.train_labels, minlength=10)
    test = np.bincount(digits.test_labels, minlength=10)
    assert np.all(np.abs(test - (train + test) / 5) < 1)


def test_no_test_image_is_among_the_training_images(digits):
    train = {row.tobytes() for row in digits.train_images}
    assert train.isdisjoint(row.tobytes() for row in digits.test_images)


def test_the_embedded_file_stays_small():
    assert paths.resource("datasets/mnist-10k.npz").stat().st_size < 1_700_000


@pytest.mark.parametrize("damage", ["missing", "truncated", "changed", "not a zip"])
def test_a_damaged_embedded_file_asks_to_install_again(damage, tmp_path, monkeypatch):
    intact = paths.resource("datasets/mnist-10k.npz").read_bytes()
    changed = bytearray(intact)
    changed[100_000] ^= 0xFF
    content = {
        "truncated": intact[:500_000],
        "changed": bytes(changed),
        "not a zip": b"no digits here",
    }
    path = tmp_path / "mnist-10k.npz"
    if damage in content:
        path.write_bytes(content[damage])
    monkeypatch.setattr(paths, "resource", lambda name: path)
    with pytest.raises(DataError, match=r"mnist-10k\.npz.*install MNIST Studio again"):
        load_embedded(DATASETS["mnist-10k"])
