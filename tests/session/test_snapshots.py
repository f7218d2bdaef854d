"""Weights that one may want to go back to are kept, others are not."""

from hypothesis import given
from hypothesis import strategies as st

from mnist_studio.session.run_in_view import Snapshot
from mnist_studio.session.snapshots import MOST, Snapshots


def copy(step):
    return Snapshot(step, network=object())


def test_what_stands_for_a_moment_is_kept_and_so_is_the_newest():
    snapshots = Snapshots()
    copies = [copy(step) for step in (0, 10, 20, 30, 40)]
    for each in copies:
        snapshots.add(each, wanted=[0, 15])
    assert [snapshots.after(step) for step in (0, 15, 21)] == [copies[0], copies[2], copies[4]]
    assert len(snapshots) == 3
    assert snapshots.after(41) is None
    snapshots.clear()
    assert snapshots.after(0) is None


def test_the_weights_of_an_earlier_epoch_that_come_at_the_end_are_no_news():
    snapshots = Snapshots()
    first, second = copy(10), copy(20)
    for each in (first, second, copy(10), copy(20)):
        snapshots.add(each, wanted=[10])
    assert (snapshots.after(0), snapshots.after(11)) == (first, second)


@given(st.lists(st.integers(0, 500), max_size=80), st.sets(st.integers(0, 500), max_size=40))
def test_twenty_copies_are_the_most(steps, wanted):
    snapshots = Snapshots()
    for step in steps:
        snapshots.add(copy(step), wanted)
        assert len(snapshots) <= MOST
        assert snapshots.after(0) is not None
