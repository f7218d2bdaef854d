import pytest
from PySide6.QtTest import QTest

from mnist_studio.ui.plots.legend import Entry, Legend

ENTRIES = (
    Entry("series_1", "training"),
    Entry("series_2", "validation", short="val."),
    Entry("dim", "guessing at random"),
)


@pytest.fixture
def legend(qtbot):
    legend = Legend()
    qtbot.addWidget(legend)
    legend.set_entries(ENTRIES)
    legend.resize(1000, legend.sizeHint().height())
    with qtbot.waitExposed(legend):
        legend.show()
    return legend


def places(legend):
    found = (legend.place_of(index) for index in range(len(ENTRIES)))
    return [each for each in found if each is not None]


def test_short_names_stand_where_there_is_no_room_for_all(legend):
    end = places(legend)[-1].right() + 1
    legend.resize(end, legend.height())
    whole = places(legend)[1].width()
    assert len(places(legend)) == 3
    legend.resize(end - 1, legend.height())
    assert len(places(legend)) == 3
    assert places(legend)[1].width() < whole
    legend.resize(end, legend.height())
    assert places(legend)[1].width() == whole


def test_the_tool_tip_tells_the_whole_name(legend):
    legend.resize(places(legend)[-1].right(), legend.height())
    QTest.mouseMove(legend, places(legend)[1].center())
    assert legend.toolTip() == "validation"


def test_there_is_room_for_the_number_of_those_left_out(legend):
    while len(places(legend)) == 3:
        legend.resize(legend.width() - 1, legend.height())
    between = places(legend)[1].left() - places(legend)[0].right()
    while places(legend):
        narrowest = legend.width()
        legend.resize(narrowest - 1, legend.height())
    legend.resize(narrowest, legend.height())
    (place,) = places(legend)
    written = legend.fontMetrics().horizontalAdvance("… +2")
    assert place.right() + between + written <= narrowest


def test_before_one_is_left_out_they_move_together(legend):
    legend.set_entries(tuple(Entry("dim", str(number)) for number in range(3)))
    end = places(legend)[-1].right() + 1
    between = places(legend)[1].left() - places(legend)[0].right()
    legend.resize(round(0.7 * end), legend.height())
    assert len(places(legend)) == 3
    assert places(legend)[1].left() - places(legend)[0].right() < between


def test_long_names_are_whole_where_there_is_room_for_all(legend):
    names = ("256-128, weights He, Nesterov, batch 128, rate 0.2", "256, SGD")
    legend.set_entries(tuple(Entry("dim", name) for name in names))
    needed = legend.fontMetrics().horizontalAdvance(names[0])
    assert places(legend)[0].width() > needed
    legend.resize(needed, legend.height())
    assert len(places(legend)) == 2
    assert places(legend)[0].width() < needed


def test_names_that_differ_only_in_the_middle_are_seen_nevertheless(legend):
    ends = "layers of 256 units with weights N(0, 0.01)", "learning rate 0.1 without a schedule"
    names = [f"{ends[0]}, batch {size}, {ends[1]}" for size in range(4)]
    legend.set_entries(tuple(Entry("dim", name) for name in names))
    legend.resize(300, legend.height())
    assert len(places(legend)) == 1
