"""The colors of runs on paper."""

from hypothesis import given
from hypothesis import strategies as st

from mnist_studio.report.comparison import compare
from mnist_studio.report.palette import LIGHT, group_colors
from mnist_studio.runs.label import RunLabel

from .builders import record, sweep


def test_groups_never_share_a_color():
    runs = sweep("batch_size", {size: [0.9, 0.9] for size in (10, 20, 30, 40, 50, 60)})
    assert len(set(group_colors(compare(runs).groups))) == 6
    assert group_colors(compare(runs[:4]).groups) == [0, 2]


@given(st.lists(st.integers(0, 40), min_size=1, max_size=12))
def test_runs_keep_the_colors_of_the_window_unless_another_has_it_already(colors):
    runs = [
        record(batch_size=number, number=number, label=RunLabel(color=color))
        for number, color in enumerate(colors, 1)
    ]
    found = group_colors(compare(runs).groups)
    wanted = [color % len(LIGHT) for color in colors]
    assert all(0 <= color < len(LIGHT) for color in found)
    assert len(set(found)) == len(found)
    for index, color in enumerate(wanted):
        assert found[index] == color or color in wanted[:index]
