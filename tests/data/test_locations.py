import pytest

from mnist_studio import paths
from mnist_studio.data import locations
from mnist_studio.data.errors import DataError
from mnist_studio.data.locations import find_files, identify, locate
from mnist_studio.data.registry import DATASETS

from .builders import NAMES, small_dataset


@pytest.fixture
def digits(monkeypatch):
    dataset = small_dataset("digits", seed=1)
    monkeypatch.setitem(DATASETS, "digits", dataset.spec)
    return dataset


@pytest.fixture
def clothes(monkeypatch):
    dataset = small_dataset("clothes", seed=2)
    monkeypatch.setitem(DATASETS, "clothes", dataset.spec)
    return dataset


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.delenv(paths.DATA_VARIABLE, raising=False)
    monkeypatch.setattr(paths, "cache_folder", lambda: tmp_path / "cache")
    return tmp_path / "cache"


def test_an_embedded_data_set_is_always_there():
    assert locate("mnist-10k") == paths.resource("datasets/mnist-10k.npz")


def test_an_unknown_name_is_refused_with_the_known_ones():
    with pytest.raises(DataError, match="choose one of mnist-10k, mnist, fashion-mnist"):
        locate("imagenet")


def test_a_data_set_that_is_nowhere_is_not_found(digits):
    assert locate("digits") is None


@pytest.mark.parametrize("packed", [True, False])
def test_files_are_found_packed_and_unpacked(digits, tmp_path, packed):
    folder = digits.write(tmp_path / "folder", packed=packed)
    assert locate("digits", folder) == folder


def test_files_are_found_with_a_dotted_ending(digits, tmp_path):
    for name, content in digits.contents.items():
        (tmp_path / name.replace("-idx", ".idx")).write_bytes(content)
    assert locate("digits", tmp_path) == tmp_path


def test_the_environment_comes_before_the_cache(digits, tmp_path, cache, monkeypatch):
    digits.write(cache / "datasets" / "digits")
    assert locate("digits") == cache / "datasets" / "digits"
    monkeypatch.setenv(paths.DATA_VARIABLE, str(digits.write(tmp_path / "environment")))
    assert locate("digits") == tmp_path / "environment"


def test_a_folder_given_is_the_only_one_searched(digits, tmp_path, cache):
    digits.write(cache / "datasets" / "digits")
    assert locate("digits", tmp_path / "empty") is None


def test_one_folder_can_serve_several_data_sets(digits, clothes, tmp_path):
    digits.write(tmp_path)
    clothes.write(tmp_path / "clothes")
    assert locate("digits", tmp_path) == tmp_path
    assert locate("clothes", tmp_path) == tmp_path / "clothes"


def test_a_folder_with_another_data_set_is_passed_over(digits, clothes, tmp_path, monkeypatch):
    monkeypatch.setenv(paths.DATA_VARIABLE, str(clothes.write(tmp_path / "environment")))
    assert locate("digits") is None
    assert locate("clothes") == tmp_path / "environment"


@pytest.mark.parametrize("name", NAMES)
def test_an_incomplete_folder_does_not_count(digits, tmp_path, name):
    (digits.write(tmp_path) / f"{name}.gz").unlink()
    assert locate("digits", tmp_path) is None


def test_a_folder_is_identified_by_its_test_labels(digits, clothes, tmp_path):
    assert identify(digits.write(tmp_path / "one")) == "digits"
    assert identify(clothes.write(tmp_path / "two")) == "clothes"
    assert identify(tmp_path) is None


def test_a_damaged_file_of_test_labels_is_kept_for_loading_to_name(digits, tmp_path):
    (digits.write(tmp_path) / "t10k-labels-idx1-ubyte.gz").write_bytes(b"\x1f\x8bdamaged")
    assert identify(tmp_path) is None
    assert locate("digits", tmp_path) == tmp_path


def test_files_come_in_the_order_of_the_registry(digits, tmp_path):
    found = find_files(digits.spec, digits.write(tmp_path))
    assert found == tuple(tmp_path / f"{name}.gz" for name in NAMES)


def test_the_cache_has_a_folder_for_each_data_set(cache):
    assert locations.cache_folder(DATASETS["mnist"]) == cache / "datasets" / "mnist"
