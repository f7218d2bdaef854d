"""Charts as SVG."""

import math
import re
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnist_studio.report.svg import Chart, Line, draw

SVG = "{http://www.w3.org/2000/svg}"


def parsed(chart):
    return ET.fromstring(draw(chart))


def paths_of(svg, color):
    return [path for path in svg.iter(f"{SVG}path") if path.get("stroke") == color]


def texts_of(svg):
    return [text.text for text in svg.iter(f"{SVG}text")]


def chart(*lines, **options):
    return Chart("Loss", "Epoch", "nats", lines, **options)


def test_a_curve_lies_between_its_axes():
    svg = parsed(chart(Line("batch 20", "#123456", (0, 1, 2), (1, 5, 3))))
    (curve, swatch) = paths_of(svg, "#123456")
    points = [tuple(map(float, each.split())) for each in curve.get("d")[1:].split("L")]
    xs, ys = zip(*points, strict=True)
    assert xs == (72, 348, 624)
    assert ys[1] < ys[2] < ys[0]
    assert all(36 <= y <= 314 for y in ys)
    assert swatch.get("d").startswith("M72 ")
    assert {"Loss", "Epoch", "nats", "batch 20", "0.5", "2"} <= set(texts_of(svg))


def test_shares_are_shown_in_percent():
    svg = parsed(chart(Line("", "#123456", (0, 1), (0.91, 0.98)), percent=True))
    assert "92\u00a0%" in texts_of(svg)


def test_a_gap_cuts_the_curve_and_a_point_alone_is_a_dot():
    line = Line("", "#123456", (0, 1, 2, 3, 4), (1, 2, math.nan, 3, math.inf))
    svg = parsed(chart(line))
    (curve,) = paths_of(svg, "#123456")
    assert curve.get("d").count("M") == 1
    assert len(list(svg.iter(f"{SVG}circle"))) == 1


def test_a_band_is_drawn_behind_its_curve():
    line = Line("", "#123456", (0, 1), (2, 3), (1, 2), (3, 4))
    svg = parsed(chart(line))
    drawn = [e for e in svg.iter(f"{SVG}path") if "#123456" in (e.get("fill"), e.get("stroke"))]
    assert [e.get("fill") for e in drawn] == ["#123456", "none"]
    assert drawn[0].get("d").endswith("Z")


def test_a_band_below_zero_ends_at_the_foot_of_a_logarithmic_axis():
    line = Line("", "#123456", (0, 1), (2, 0.1), (1, -0.5), (3, 0.7))
    band = next(e for e in parsed(chart(line, log_y=True)).iter() if e.get("fill") == "#123456")
    assert band.get("d").count("L") == 3


def test_error_bars_and_dots():
    line = Line(
        "", "#123456", (1, 2), (2, 3), (1, math.nan), (3, math.nan), marks=True, errors=True
    )
    svg = parsed(chart(line))
    assert len(list(svg.iter(f"{SVG}circle"))) == 2
    assert len([p for p in paths_of(svg, "#123456") if "V" in p.get("d")]) == 1


def test_the_legend_grows_below():
    def height(count):
        lines = [Line(f"learning rate {k}", "#123456", (0, 1), (0, k)) for k in range(count)]
        return int(parsed(chart(*lines)).get("height"))

    assert height(1) == 360 + 18
    assert height(12) > height(3)


def test_a_chart_can_begin_above_its_lowest_point():
    line = Line("", "#123456", (0, 1), (0.1, 0.98))
    assert "20\u00a0%" in texts_of(parsed(chart(line, percent=True)))
    line = Line("", "#123456", (0, 1, 2), (0.1, 0.98, 0.92), marks=True)
    svg = parsed(chart(line, percent=True, lowest=0.9))
    assert "20\u00a0%" not in texts_of(svg)
    (curve,) = paths_of(svg, "#123456")
    places = [tuple(map(float, each.split())) for each in curve.get("d")[1:].split("L")]
    assert places[0][1] == pytest.approx(314, abs=0.2)  # cut at the axis
    assert len(list(svg.iter(f"{SVG}circle"))) == 2  # and no dot where it is cut


def points_of(path):
    return [tuple(map(float, each.split())) for each in re.split("[ML]", path.get("d"))[1:]]


def test_a_curve_is_cut_where_it_crosses_the_axis_and_goes_on_where_it_comes_back():
    line = Line("", "#123456", (0, 1, 2, 3, 4), (1.0, 0.5, 0.0, 0.5, 1.0))
    (curve,) = paths_of(parsed(chart(line, lowest=0.25)), "#123456")
    assert curve.get("d").count("M") == 2
    found = points_of(curve)
    assert len(found) == 6
    # The axis begins 4 % below what is left, 0.5 to 1; a step is 138 pixels wide.
    below = 0.04 * 0.5 / 0.5
    xs = [x for x, y in found if y == pytest.approx(314, abs=0.11)]
    assert xs == pytest.approx([72 + 138 * (1 + below), 72 + 138 * (3 - below)], abs=0.2)
    assert found[0][1] == pytest.approx(36 + 278 * 0.02 / 0.54, abs=0.1)


def test_error_bars_end_at_the_axis_and_those_below_it_are_not_drawn():
    line = Line("", "#123456", (1, 2), (0.95, 0.5), (0.8, 0.4), (0.97, 0.6), errors=True)
    bars = [
        path.get("d")
        for path in paths_of(parsed(chart(line, lowest=0.9)), "#123456")
        if "h8" in path.get("d")
    ]
    (bar,) = bars
    assert re.match(r"M72 314V", bar)


def test_a_pale_line_lies_behind_and_a_dashed_one_is_dashed():
    svg = parsed(
        chart(
            Line("", "#111111", (0, 1), (0, 1), pale=True),
            Line("", "#222222", (0, 1), (0, 1), dashed=True),
        )
    )
    (pale,) = paths_of(svg, "#111111")
    (dashed,) = paths_of(svg, "#222222")
    assert (pale.get("stroke-width"), pale.get("stroke-opacity")) == ("0.9", "0.35")
    assert dashed.get("stroke-dasharray") == "5 3"


def test_curves_and_their_legend_have_the_class_that_a_page_colors_them_by():
    line = Line("a", "#123456", (0, 1), (2, 3), (1, 2), (3, 4), marks=True, css_class="run-3")
    svg = parsed(chart(line))
    classes = [each.tag.removeprefix(SVG) for each in svg.iter() if each.get("class") == "run-3"]
    assert classes == ["path", "path", "circle", "circle", "path"]


def test_numbers_under_the_axis_do_not_touch():
    line = Line("", "#123456", (1000, 1010, 2000), (1, 2, 3), marks=True)
    svg = parsed(chart(line, ticks=(1000.0, 1010.0, 2000.0)))
    texts = texts_of(svg)
    assert "1\u202f000" in texts
    assert "2\u202f000" in texts
    assert "1\u202f010" not in texts


def test_the_legend_stays_within_the_width():
    lines = [Line(f"run {k} 数字", "#123456", (0, 1), (0, k)) for k in range(20)]
    svg = ET.fromstring(draw(chart(*lines), 480, 320))
    (group,) = [each for each in svg if each.get("transform") == "translate(0 320)"]
    places = [(float(text.get("x")), float(text.get("y"))) for text in group.iter(f"{SVG}text")]
    assert len(places) == len(set(places)) == 20
    assert all(x < 480 for x, _ in places)
    assert int(svg.get("height")) == 320 + max(y for _, y in places) - 10 + 18


def test_a_chart_without_curves_has_its_axes():
    svg = parsed(chart())
    assert {"Loss", "Epoch", "nats"} <= set(texts_of(svg))
    assert int(svg.get("height")) == 360


def test_a_chart_can_begin_before_its_first_point_and_count_in_whole_numbers():
    line = Line("", "#123456", (2, 3), (1, 2))
    svg = parsed(chart(line, first=0.0, whole_x=True))
    (curve,) = paths_of(svg, "#123456")
    assert points_of(curve)[0][0] == pytest.approx(72 + 552 * 2 / 3, abs=0.1)
    assert {"0", "1", "2", "3"} <= set(texts_of(svg))
    assert "0.5" not in texts_of(svg)[-8:]


def test_a_chart_is_read_out_by_its_title():
    svg = parsed(Chart("Loss & <accuracy>", "", "", ()))
    assert (svg.get("role"), svg.get("aria-label")) == ("img", "Loss & <accuracy>")


@given(
    st.lists(st.tuples(st.floats(0, 10), st.floats(0, 1)), min_size=2, max_size=12),
    st.floats(0.05, 0.95),
)
def test_no_part_of_a_curve_lies_outside_of_the_axes(points, lowest):
    xs, ys = zip(*sorted(points), strict=True)
    line = Line("", "#123456", xs, ys, marks=True)
    svg = parsed(chart(line, lowest=lowest))
    drawn = [point for path in paths_of(svg, "#123456") for point in points_of(path)]
    drawn += [(float(dot.get("cx")), float(dot.get("cy"))) for dot in svg.iter(f"{SVG}circle")]
    assert all(71.9 <= x <= 624.1 and 35.9 <= y <= 314.1 for x, y in drawn)


anything = st.floats(allow_nan=True, allow_infinity=True)
points = st.lists(st.tuples(anything, anything, anything, anything), max_size=6)
words = st.text(max_size=12)


@given(points, words, words, st.booleans(), st.booleans(), st.booleans())
def test_any_chart_is_well_formed(points, title, label, log_x, log_y, errors):
    columns = list(zip(*points, strict=True)) or [()] * 4
    line = Line(label, "#123456", *columns, marks=True, errors=errors)
    text = draw(Chart(title, label, title, (line,), log_x=log_x, log_y=log_y))
    svg = ET.fromstring(text)
    assert (
        "nan" not in text.replace(title, "").replace(label, "").lower()
        or "nan" in (title + label).lower()
    )
    assert svg.tag == f"{SVG}svg"
