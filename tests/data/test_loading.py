import gzip
import os

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mnist_studio import paths
from mnist_studio.data.errors import DataError
from mnist_studio.data.loading import load, load_files
from mnist_studio.data.locations import locate
from mnist_studio.data.registry import DATASETS

from .builders import NAMES, idx, small_dataset

DATASET = small_dataset("digits")


@pytest.fixture
def nowhere(tmp_path, monkeypatch):
    monkeypatch.delenv(paths.DATA_VARIABLE, raising=False)
    monkeypatch.setattr(paths, "cache_folder", lambda: tmp_path / "cache")


@pytest.mark.parametrize("packed", [True, False])
def test_a_folder_loads_packed_and_unpacked(tmp_path, packed):
    dataset = load_files(DATASET.spec, DATASET.write(tmp_path, packed=packed))
    assert dataset.name == "digits"
    assert dataset.train_images.shape == (40, 784)
    assert dataset.test_images.shape == (20, 784)
    assert dataset.train_images.tobytes() == DATASET.contents[NAMES[0]][16:]
    assert dataset.test_labels.tobytes() == DATASET.contents[NAMES[3]][8:]


def test_loaded_arrays_are_read_only(tmp_path):
    dataset = load_files(DATASET.spec, DATASET.write(tmp_path))
    for name in ("train_images", "train_labels", "test_images", "test_labels"):
        assert not getattr(dataset, name).flags.writeable


def test_a_file_packed_again_is_accepted(tmp_path):
    DATASET.write(tmp_path)
    again = gzip.compress(DATASET.contents[NAMES[0]], compresslevel=1, mtime=99)
    (tmp_path / f"{NAMES[0]}.gz").write_bytes(again)
    assert len(load_files(DATASET.spec, tmp_path).train_images) == 40


def test_packed_files_without_their_ending_are_accepted(tmp_path):
    for name in NAMES:
        (tmp_path / name).write_bytes(DATASET.packed(name))
    assert len(load_files(DATASET.spec, tmp_path).train_images) == 40


@pytest.mark.parametrize("name", NAMES)
def test_a_sound_file_of_other_content_is_named(tmp_path, name):
    DATASET.write(tmp_path, packed=False)
    (tmp_path / name).write_bytes(small_dataset("other", seed=9).contents[name])
    with pytest.raises(DataError, match=f"{name} is damaged or not the expected one"):
        load_files(DATASET.spec, tmp_path)


@pytest.mark.parametrize("name", NAMES)
def test_a_file_with_one_changed_byte_is_named(tmp_path, name):
    content = bytearray(DATASET.contents[name])
    content[-1] ^= 1
    DATASET.write(tmp_path, packed=False)
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DataError, match=name):
        load_files(DATASET.spec, tmp_path)


def test_too_few_labels_are_told(tmp_path):
    DATASET.write(tmp_path, packed=False)
    (tmp_path / NAMES[1]).write_bytes(idx(np.zeros(39)))
    with pytest.raises(DataError, match=f"{NAMES[1]} says that it holds 39 labels instead of 40"):
        load_files(DATASET.spec, tmp_path)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(NAMES), st.binary(max_size=200), st.sampled_from([b"", b"\x1f\x8b\x08"]))
def test_random_bytes_in_place_of_a_file_are_named(tmp_path, name, content, start):
    DATASET.write(tmp_path, packed=False)
    (tmp_path / name).write_bytes(start + content)
    with pytest.raises(DataError, match=name) as caught:
        load_files(DATASET.spec, tmp_path)
    assert str(caught.value).endswith(".")


def test_a_folder_without_the_files_says_which_are_missing(tmp_path):
    (DATASET.write(tmp_path) / f"{NAMES[1]}.gz").unlink()
    with pytest.raises(DataError, match=f"does not hold {NAMES[1]} .*open a folder"):
        load_files(DATASET.spec, tmp_path)


def test_a_folder_with_another_data_set_says_which(tmp_path, monkeypatch):
    clothes = small_dataset("clothes", seed=2)
    monkeypatch.setitem(DATASETS, "clothes", clothes.spec)
    with pytest.raises(DataError, match="holds the data set Clothes, not Digits; choose Clothes"):
        load_files(DATASET.spec, clothes.write(tmp_path))


@pytest.mark.usefixtures("nowhere")
def test_a_data_set_that_is_nowhere_asks_to_download_it():
    with pytest.raises(DataError, match=r"MNIST was not found in the cache; download it"):
        load("mnist")


@pytest.mark.usefixtures("nowhere")
def test_the_environment_variable_is_named_when_it_did_not_help(tmp_path, monkeypatch):
    monkeypatch.setenv(paths.DATA_VARIABLE, str(tmp_path))
    with pytest.raises(DataError, match="MNIST_STUDIO_DATA"):
        load("mnist")


@pytest.mark.parametrize("name", ["mnist", "fashion-mnist"])
def test_the_published_data_set_loads(name):
    if paths.DATA_VARIABLE not in os.environ or locate(name) is None:
        pytest.skip(f"set {paths.DATA_VARIABLE} to a folder with {name} to test the full data")
    dataset = load(name)
    assert dataset.train_images.shape == (60_000, 784)
    assert dataset.test_images.shape == (10_000, 784)
    assert np.array_equal(np.unique(dataset.train_labels), np.arange(10))


def test_the_embedded_digits_are_the_first_of_mnist():
    if paths.DATA_VARIABLE not in os.environ or locate("mnist") is None:
        pytest.skip(f"set {paths.DATA_VARIABLE} to a folder with mnist to compare with it")
    full = load("mnist")
    with np.load(paths.resource("datasets/mnist-10k.npz"), allow_pickle=False) as embedded:
        assert np.array_equal(embedded["images"], full.train_images[:10_000])
        assert np.array_equal(embedded["labels"], full.train_labels[:10_000])
