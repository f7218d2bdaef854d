"""States can be brought back one by one; the parts of one edit are one step."""

from hypothesis import given
from hypothesis import strategies as st

from mnist_studio.ui.undo_history import REMEMBERED, UndoHistory


@given(st.lists(st.integers(), max_size=REMEMBERED))
def test_every_change_is_undone_and_redone_in_its_order(states):
    history = UndoHistory(None)
    seen = [None]
    for state in states:
        history.change(state)
        if seen[-1] != state:
            seen.append(state)
    for state in reversed(seen[:-1]):
        history.undo()
        assert history.current == state
    history.undo()
    assert history.current is None
    for state in seen[1:]:
        history.redo()
        assert history.current == state


def test_a_new_change_leaves_nothing_to_redo():
    history = UndoHistory(1)
    history.change(2)
    history.undo()
    history.change(3)
    history.redo()
    assert history.current == 3


def test_the_parts_of_one_edit_are_undone_together():
    history = UndoHistory("")
    for text in ("2", "25", "256"):
        history.change(text, part_of="first")
    history.change("1", part_of="second")
    history.undo()
    assert history.current == "256"
    history.undo()
    assert history.current == ""


def test_an_edit_that_ends_where_it_began_is_no_step():
    history = UndoHistory(0)
    history.change(1)
    for value in (2, 1):
        history.change(value, part_of="edit")
    history.undo()
    assert history.current == 0


def test_only_the_latest_steps_are_remembered():
    history = UndoHistory(0)
    for state in range(1, REMEMBERED + 10):
        history.change(state)
    for _ in range(REMEMBERED + 10):
        history.undo()
    assert history.current == 9
    assert not history.can_undo
