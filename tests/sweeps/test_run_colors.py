"""The colors of a sweep's runs."""

import pytest

from mnist_studio.runs.label import RAMP_COLORS, RUN_COLORS
from mnist_studio.runs.store import RunStore
from mnist_studio.sweeps.run_colors import run_colors
from mnist_studio.sweeps.store import SweepStore
from mnist_studio.sweeps.sweep import SWEEP_PRESETS, Sweep
from mnist_studio.training.config import RunConfig

FIRST, LAST = RUN_COLORS, RUN_COLORS + RAMP_COLORS - 1


def colors(*vary, repeat=1, first=0):
    return run_colors(Sweep("", RunConfig(), vary, repeat), first)


def test_values_with_an_order_go_up_the_ramp_from_end_to_end():
    found = run_colors(SWEEP_PRESETS["lab-note-batch-size"]("mnist-10k"), 3)
    assert (found[0], found[-1]) == (FIRST, LAST)
    assert found == sorted(set(found))


def test_the_order_is_that_of_the_values_whatever_they_were_written_in():
    assert colors(("learning_rate", (1.0, 0.01, 0.1))) == [LAST, FIRST, (FIRST + LAST + 1) // 2]
    assert colors(("hidden", ("512", "64"))) == [LAST, FIRST]


def test_seeds_of_the_same_settings_have_one_color():
    assert colors(("batch_size", (10, 20)), repeat=2) == [FIRST, FIRST, LAST, LAST]
    assert colors(("optimizer", ("sgd", "adam")), repeat=2, first=4) == [4, 4, 5, 5]


@pytest.mark.parametrize(
    "vary",
    [
        (("optimizer", ("sgd", "adam")), ("batch_size", (10, 20))),
        (("hidden", ("64-32", "128")), ("batch_size", (10, 20))),
    ],
)
def test_values_without_an_order_have_colors_without_one(vary):
    assert colors(*vary, first=8) == [8, 9, 0, 1]


def test_two_orders_make_one():
    found = colors(("batch_size", (20, 10)), ("learning_rate", (0.1, 0.5)))
    assert [found.index(color) for color in sorted(found)] == [2, 3, 0, 1]


def test_a_single_value_is_no_order():
    assert colors(("batch_size", (10,)), first=2) == [2]


def test_the_color_is_kept_with_the_run(tmp_path):
    runs = RunStore(tmp_path)
    runs.reserve()
    store = SweepStore(runs)
    record = store.begin(Sweep("", RunConfig(), (("batch_size", (10, 20)),)))
    assert [runs.label(path).color for path in record.runs] == [FIRST, LAST]
    record = store.begin(Sweep("", RunConfig(), (("optimizer", ("sgd", "adam")),)))
    assert [runs.label(path).color for path in record.runs] == [3, 4]
