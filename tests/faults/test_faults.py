"""The short version of the fault suite: the same parts, with fewer cases."""

import importlib

import pytest

from .__main__ import PARTS
from .table import Row, markdown


@pytest.mark.parametrize("part", PARTS)
def test_nothing_is_lost_and_nothing_let_in(part):
    for row in importlib.import_module(f".{part}", __package__).run(False):
        assert row.clean, (row.part, *row.lost, *row.let_in)
        # In the session it depends on the moment whether a save meets the full disk.
        assert row.faults or part == "session"


def test_the_table_says_what_was_found():
    row = Row("disk", cases=1200, faults=7, lost=["a"], seconds=0.5)
    assert markdown([row]).splitlines()[2] == "| disk | 1,200 | 7 | 1 | 0 | 0.50 | 0 |"
    assert not row.clean
