"""The clock of a training counts what was trained, and no pause."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnist_studio.training.clock import Clock


@given(st.lists(st.tuples(st.sampled_from(["start", "stop", "wait"]), st.integers(0, 1000))))
def test_it_counts_exactly_the_time_between_start_and_stop(deeds):
    now, running, expected = [500.0], False, 2.0
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(time, "perf_counter", lambda: now[0])
        clock = Clock(2.0)
        for deed, passing in deeds:
            if deed != "wait":
                getattr(clock, deed)()
                running = deed == "start"
            now[0] += passing
            expected += passing * running
            assert clock.seconds() == expected
