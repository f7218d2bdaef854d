from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from mnist_studio.data.errors import DataError
from mnist_studio.data.idx import parse_idx, parse_labels

from .builders import idx

PATH = Path("train-images-idx3-ubyte")
SHAPES = hnp.array_shapes(min_dims=1, max_dims=3, min_side=0, max_side=9)


@given(hnp.arrays(np.uint8, SHAPES))
def test_an_array_survives_the_format(array):
    parsed = parse_idx(idx(array), array.shape, PATH)
    assert parsed.dtype == np.uint8
    assert np.array_equal(parsed, array)


def test_the_array_shares_the_memory_of_the_file_and_is_read_only():
    content = bytearray(idx(np.zeros((3, 28, 28))))
    parsed = parse_idx(content, (3, 28, 28), PATH)
    content[16] = 7
    assert parsed[0, 0, 0] == 7
    assert not parsed.flags.writeable


@given(st.sampled_from([b"", b"\0\0\x08", b"\0\0\x08\3"]), st.binary(max_size=64))
def test_random_bytes_are_refused_in_a_sentence_that_names_the_file(start, content):
    with pytest.raises(DataError, match=PATH.name) as caught:
        parse_idx(start + content, (7, 28, 28), PATH)
    assert str(caught.value).endswith(".")


@given(st.data())
def test_a_file_of_another_length_is_refused(data):
    content = idx(np.zeros((3, 4, 5)))
    length = data.draw(st.integers(0, 2 * len(content)).filter(lambda n: n != len(content)))
    with pytest.raises(DataError, match=PATH.name):
        parse_idx(content.ljust(length, b"\0")[:length], (3, 4, 5), PATH)


@given(hnp.arrays(np.uint8, SHAPES), SHAPES)
def test_an_array_of_another_shape_is_refused(array, shape):
    if array.shape != shape:
        with pytest.raises(DataError, match=PATH.name):
            parse_idx(idx(array), shape, PATH)


def test_labels_in_place_of_images_are_told():
    with pytest.raises(DataError, match="is not an IDX file of images"):
        parse_idx(idx(np.zeros(60)), (60, 28, 28), PATH)


def test_a_wrong_number_of_images_is_told():
    with pytest.raises(DataError, match="59,999x28x28 images instead of 60,000x28x28"):
        parse_idx(idx(np.zeros((59_999, 28, 28))), (60_000, 28, 28), PATH)


def test_a_label_beyond_the_classes_is_refused():
    with pytest.raises(DataError, match="holds the label 10, but labels go up to 9"):
        parse_labels(idx(np.array([3, 10, 1])), 3, 10, PATH)


@given(hnp.arrays(np.uint8, st.integers(0, 50), elements=st.integers(0, 9)))
def test_labels_within_the_classes_are_read(labels):
    assert np.array_equal(parse_labels(idx(labels), len(labels), 10, PATH), labels)
