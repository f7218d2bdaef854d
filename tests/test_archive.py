"""Arrays in files, read without trust and by several threads at once."""

import io
import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from mnist_studio.archive import Form, read_array


def saved(array):
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


@given(
    arrays(
        st.sampled_from(["u1", "i8", "f4", "f8", "?", ">f4", "U9"]),
        array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=6),
    ),
    st.booleans(),
)
def test_what_numpy_saved_is_read(array, columns_first):
    array = np.asfortranarray(array) if columns_first else array
    content = saved(array)
    kind = "U" if array.dtype.kind == "U" else array.dtype.str
    read = read_array(io.BytesIO(content), Form(kind, array.shape), len(content))
    assert read.dtype == array.dtype
    np.testing.assert_array_equal(read, array)


@pytest.mark.parametrize("kind", [[("a", "f4"), ("b", "f4")], "O", "M8[s]", "c8", "S4"])
def test_records_objects_and_dates_are_no_arrays_of_ours(kind):
    content = saved(np.empty(2, kind))
    with pytest.raises(ValueError, match=r"head of an array|is not"):
        read_array(io.BytesIO(content), Form("f4", (2,)), len(content))


def test_threads_read_heads_at_the_same_time():
    content = saved(np.arange(6.0).reshape(2, 3))
    failures = []

    def read():
        for _ in range(2000):
            try:
                read_array(io.BytesIO(content), Form("f8", (2, 3)), len(content))
            except Exception as error:
                failures.append(error)
                return

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
