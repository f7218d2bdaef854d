"""What plots are told to draw: colors, names of what differs, and seeds as one."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnist_studio.training.history import History, Origin
from mnist_studio.training.status import RunStatus
from mnist_studio.ui.plots.shown_runs import group_seeds, plotted_runs

from ..experiments.listed_runs import run
from .fakes import recorded


@pytest.fixture
def curves():
    """Curves of every run that is asked for."""
    found = {}
    return lambda path: found.setdefault(path, recorded(3))


def labels(rows, curves, **options):
    return [each.label for each in plotted_runs(rows, curves, **options)]


def numbers(groups):
    return [[row.number for row in group] for group in groups]


def test_runs_are_named_by_what_differs(curves):
    rows = [run(1, batch_size=10), run(2, batch_size=20, learning_rate=0.5)]
    assert labels(rows, curves) == ["rate 0.1, batch 10", "rate 0.5, batch 20"]


def test_a_run_alone_has_its_title(curves):
    assert labels([run(7)], curves) == ["run 7"]
    assert labels([run(7, name="mine")], curves) == ["mine"]


def test_a_name_given_by_hand_is_kept_and_a_sweeps_is_not(curves):
    rows = [
        run(1, name="baseline", batch_size=10),
        run(2, name="batch 20", batch_size=20, sweep="sweep-0001"),
        run(3, name="batch 50", batch_size=50, sweep="sweep-0001", learning_rate=0.5),
    ]
    assert labels(rows, curves) == ["baseline", "rate 0.1, batch 20", "rate 0.5, batch 50"]


def test_a_run_of_a_sweep_that_was_renamed_has_the_name_it_was_given(curves):
    rows = [
        run(1, name="batch 10, seed 1", batch_size=10, seed=1, sweep="sweep-0001"),
        run(2, name="my favourite", batch_size=20, seed=1, sweep="sweep-0001"),
    ]
    assert labels(rows, curves) == ["batch 10", "my favourite"]


def test_seeds_have_the_name_that_all_of_them_were_given(curves):
    rows = [run(seed, name="mine", seed=seed, sweep="sweep-0001") for seed in (1, 2)]
    others = [run(3, batch_size=50, name="batch 50", sweep="sweep-0001")]
    assert labels(rows + others, curves) == ["mine", "batch 50"]
    rows[1] = run(2, name="other", seed=2, sweep="sweep-0001")
    assert labels(rows + others, curves) == ["batch 20", "batch 50"]


def test_no_two_entries_read_the_same(curves):
    rows = [run(1), run(2), run(3, batch_size=50), run(4, name="mine"), run(5, name="mine")]
    assert labels(rows, curves) == [
        "batch 20 (1)",
        "batch 20 (2)",
        "batch 50",
        "mine (4)",
        "mine (5)",
    ]


def test_runs_of_one_color_differ_in_lightness(curves):
    rows = [run(number, seed=number, color=12) for number in (1, 2, 3)]
    plotted = plotted_runs(rows, curves, average_seeds=False)
    assert [each.token for each in plotted] == ["run_13", "run_13-1", "run_13-2"]


def test_equal_runs_have_their_titles(curves):
    assert labels([run(1), run(2)], curves) == ["run 1", "run 2"]


def test_each_run_has_its_own_color_and_curves(curves):
    rows = [run(1, color=2), run(2, color=9, batch_size=50)]
    plotted = plotted_runs(rows, curves)
    assert [each.token for each in plotted] == ["run_3", "run_10"]
    assert [each.histories for each in plotted] == [(curves(row.path),) for row in rows]


def test_seeds_become_one_curve_that_is_not_named_by_the_seed(curves):
    rows = [
        run(1, seed=1, color=4),
        run(2, seed=2),
        run(3, seed=1, batch_size=50),
        run(4, seed=2, batch_size=50),
    ]
    plotted = plotted_runs(rows, curves)
    assert [each.label for each in plotted] == ["batch 20", "batch 50"]
    assert [len(each.histories) for each in plotted] == [2, 2]
    assert plotted[0].token == "run_5"


def test_without_averaging_runs_are_named_by_their_seeds(curves):
    rows = [run(1, seed=1), run(2, seed=2)]
    assert labels(rows, curves, average_seeds=False) == ["seed 1", "seed 2"]


def test_a_run_without_curves_is_left_out(curves):
    rows = [run(1, batch_size=10), run(2, batch_size=20), run(3, batch_size=50)]
    histories = {rows[0].path: curves(rows[0].path), rows[1].path: History(2000, 20)}
    # The names do not change when the others' curves come.
    assert labels(rows, histories.get) == ["batch 10"]


def test_a_band_goes_on_while_one_of_its_seeds_trains(curves):
    rows = [run(1, seed=1), run(2, RunStatus.RUNNING, seed=2, progress=0.5)]
    assert not plotted_runs(rows, curves)[0].ended
    rows[1] = run(2, RunStatus.FAILED, seed=2)
    assert plotted_runs(rows, curves)[0].ended


def test_the_axis_is_as_long_as_the_run_is_planned(curves):
    (plotted,) = plotted_runs([run(1, epochs=4, batch_size=20)], curves)
    assert plotted.total_steps == 4 * 2000 / 20


def test_the_same_seed_twice_makes_two_curves():
    rows = [run(1, seed=1), run(2, seed=1), run(3, seed=2)]
    assert numbers(group_seeds(rows)) == [[1, 3], [2]]


def test_a_forked_run_is_no_seed_of_one_that_began_anew():
    forked = run(2, seed=2)
    header = dataclasses.replace(forked.header, origin=Origin(100, 2000, 1.0, 3.0))
    rows = [run(1, seed=1), dataclasses.replace(forked, header=header)]
    assert numbers(group_seeds(rows)) == [[1], [2]]


@given(
    st.lists(st.tuples(st.integers(0, 2), st.sampled_from([10, 20]), st.booleans()), max_size=12)
)
def test_every_run_is_in_one_group_with_no_seed_twice(values):
    rows = [
        run(number, RunStatus.RUNNING if live else RunStatus.STOPPED, seed=seed, batch_size=size)
        for number, (seed, size, live) in enumerate(values, 1)
    ]
    groups = group_seeds(rows)
    assert sorted(number for group in numbers(groups) for number in group) == list(
        range(1, len(rows) + 1)
    )
    for group in groups:
        seeds = [row.config.training.seed for row in group]
        assert len(set(seeds)) == len(seeds)
        assert len({row.config.training.batch_size for row in group}) == 1
