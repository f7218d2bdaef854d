"""Charts as SVG."""

import math
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnist_studio.report.scales import make_scale
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


def test_equal_factors_lie_at_equal_distances_on_a_logarithmic_axis():
    scale = make_scale([0.01, 1.0], True, 0, 200)
    assert [scale.at(v) for v in (0.01, 0.1, 1.0)] == pytest.approx([0, 100, 200])
    assert scale.at(0.0) is None
    assert scale.at(-1.0) is None
    assert scale.texts() == ["0.01", "0.1", "1"]


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (0, 6, (0, 1, 2, 3, 4, 5, 6)),
        (0.91, 0.98, (0.92, 0.94, 0.96, 0.98)),
        (0, 60_000, (0, 10_000, 20_000, 30_000, 40_000, 50_000, 60_000)),
    ],
)
def test_ticks_are_round_numbers(low, high, ticks):
    assert make_scale([low, high], False, 0, 100).ticks == ticks


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
