"""Nothing in a lane lies over anything else, and everything in it is told somewhere."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from mnist_studio.ui.train.lane import DOT, Mark, Place, arrange

MARKS = st.lists(
    st.builds(Mark, st.integers(-50, 900), st.integers(10, 250), st.integers(0, 5)), max_size=12
)


def test_labels_begin_below_their_dots():
    assert arrange([Mark(100, 50, 0), Mark(300, 50, 1)], 48, 600) == [
        Place(100, (0,), 96),
        Place(300, (1,), 296),
    ]


def test_a_label_ends_below_its_dot_where_the_lane_does():
    assert arrange([Mark(590, 50, 0)], 48, 600) == [Place(590, (0,), 544)]


def test_the_less_telling_label_gives_way_and_a_dot_without_room_is_told_by_another():
    places = arrange([Mark(100, 60, 3), Mark(130, 60, 0), Mark(94, 5, 5)], 48, 600)
    assert places == [Place(100, (0, 2), None), Place(130, (1,), 126)]


def test_what_is_out_of_sight_has_no_place():
    assert arrange([Mark(40, 10, 0), Mark(700, 10, 0)], 48, 600) == []


@given(MARKS, st.integers(420, 900))
def test_nothing_overlaps_at_any_width(marks, right):
    left = 48
    places = arrange(marks, left, right)
    dots = [(place.x - DOT, place.x + DOT) for place in places]
    labels = [
        (place.label, place.label + marks[place.marks[0]].width)
        for place in places
        if place.label is not None
    ]
    for spans in (dots, sorted(labels)):
        assert all(left <= low and high <= right for low, high in spans)
        assert all(end < start for (_, end), (start, _) in itertools.pairwise(spans))


@given(MARKS)
def test_every_mark_in_sight_belongs_to_one_dot(marks):
    places = arrange(marks, 48, 600)
    told = sorted(index for place in places for index in place.marks)
    assert told == [i for i, mark in enumerate(marks) if 48 + DOT <= mark.x <= 600 - DOT]
    for place in places:
        first, *others = place.marks
        assert all(marks[first].rank <= marks[other].rank for other in others)
