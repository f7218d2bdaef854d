import gzip
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mnist_studio.data.errors import DataError
from mnist_studio.data.files import GZIP_MAGIC, read_unpacked

SAME_FOLDER = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "train-images-idx3-ubyte"


@SAME_FOLDER
@given(st.binary(max_size=4_000).filter(lambda content: content[:2] != GZIP_MAGIC), st.booleans())
def test_a_file_reads_the_same_packed_or_not(path, content, packed):
    path.write_bytes(gzip.compress(content) if packed else content)
    assert read_unpacked(path, 4_000) == content


@SAME_FOLDER
@given(st.binary(max_size=300), st.booleans(), st.integers(0, 400))
def test_random_bytes_are_read_or_refused_in_a_sentence(path, content, looks_packed, limit):
    path.write_bytes(GZIP_MAGIC * looks_packed + content)
    refusal = ""
    try:
        read = read_unpacked(path, limit)
    except DataError as error:
        refusal = str(error)
    assert path.name in refusal if refusal else len(read) <= limit


@SAME_FOLDER
@given(st.data())
def test_a_gzip_file_cut_anywhere_is_called_damaged(path, data):
    packed = gzip.compress(bytes(range(256)) * 4)
    length = data.draw(st.integers(len(GZIP_MAGIC), len(packed) - 1))
    path.write_bytes(packed[:length])
    with pytest.raises(DataError, match="damaged gzip file; replace it"):
        read_unpacked(path, 1_024)


@SAME_FOLDER
@given(st.data())
def test_a_gzip_file_with_a_changed_checksum_is_called_damaged(path, data):
    packed = bytearray(gzip.compress(bytes(range(256)) * 4))
    packed[-data.draw(st.integers(1, 8))] ^= 0xFF
    path.write_bytes(packed)
    with pytest.raises(DataError, match="damaged gzip file"):
        read_unpacked(path, 1_024)


def test_a_file_that_unpacks_to_more_than_expected_is_refused(path):
    path.write_bytes(gzip.compress(bytes(50_000_000)))
    with pytest.raises(DataError, match="larger than the 1,000 bytes expected"):
        read_unpacked(path, 1_000)


def test_a_missing_file_is_named(path):
    with pytest.raises(DataError, match="train-images-idx3-ubyte cannot be read"):
        read_unpacked(path, 10)


def test_a_folder_in_place_of_a_file_is_named(path):
    path.mkdir()
    with pytest.raises(DataError, match="train-images-idx3-ubyte cannot be read"):
        read_unpacked(path, 10)
