"""Images in the plane of their two first principal components."""

import numpy as np
import pytest

from mnist_studio.insight.projection import enclosed, project

RNG = np.random.default_rng(5)


def rows_of(units, images=400, directions=6):
    """Some directions that differ in how much images vary along them, and a little noise."""
    strengths = 2.0 ** -np.arange(directions)
    parts = RNG.normal(size=(images, directions)) * strengths
    rows = parts @ RNG.normal(size=(directions, units)) + 0.01 * RNG.normal(size=(images, units))
    return (rows + RNG.normal(size=units)).astype(np.float32)


def components_of(rows):
    """The right singular vectors of the centered rows and their shares of the variance."""
    centered = rows.astype(float) - rows.mean(axis=0, dtype=float)
    _, sizes, axes = np.linalg.svd(centered, full_matrices=False)
    return axes[:2], (sizes**2)[:2].sum() / (sizes**2).sum(), centered


@pytest.mark.parametrize("units", [2, 3, 10, 64, 784])
def test_the_axes_are_the_first_right_singular_vectors(units):
    rows = rows_of(units)
    axes, explained, centered = components_of(rows)
    found = project(rows)
    # Each is known but for its sign.
    np.testing.assert_allclose(np.abs((axes @ found.axes).diagonal()), 1.0, atol=1e-5)
    assert found.explained == pytest.approx(explained, abs=1e-5)
    assert found.rank == 2
    signs = np.sign((axes @ found.axes).diagonal())
    np.testing.assert_allclose(found.points, centered @ axes.T * signs, atol=2e-2)
    np.testing.assert_allclose(found.place(rows[:7]), found.points[:7], atol=1e-4)


def test_the_largest_entry_of_each_axis_is_positive_and_the_same_rows_give_the_same_plane():
    rows = rows_of(32)
    one, other = project(rows), project(rows.copy())
    np.testing.assert_array_equal(one.points, other.points)
    largest = np.abs(one.axes).argmax(axis=0)
    assert (one.axes[largest, [0, 1]] > 0).all()


def test_points_are_turned_and_mirrored_to_where_they_were():
    rows = rows_of(40)
    free = project(rows)
    mirrored = np.array([[0.0, 1.0], [1.0, 0.0]], np.float32)  # another order
    for change in (np.diag(np.float32([-1, 1])), np.diag(np.float32([1, -1])), mirrored):
        held = project(rows, free.points @ change)
        np.testing.assert_allclose(held.points, free.points @ change, atol=1e-3)
        assert held.explained == pytest.approx(free.explained)
        np.testing.assert_allclose(held.place(rows), held.points, atol=1e-3)


def test_no_other_rotation_or_reflection_is_nearer_to_where_the_points_were():
    rows = rows_of(40)
    before = RNG.normal(size=(400, 2)).astype(np.float32)
    held = project(rows, before).points

    def distance(points):
        return float(((points - (before - before.mean(axis=0))) ** 2).sum())

    for angle in np.linspace(0, 2 * np.pi, 73):
        c, s = np.cos(angle), np.sin(angle)
        for turn in ([[c, -s], [s, c]], [[c, s], [s, -c]]):
            assert distance(held) <= distance(held @ np.array(turn)) + 1e-2


def test_a_layer_that_grows_keeps_its_points_in_their_places():
    rows = rows_of(40)
    before = project(rows)
    after = project(
        1.1 * rows + 0.01 * RNG.normal(size=rows.shape).astype(np.float32), before.points
    )
    np.testing.assert_allclose(after.points, 1.1 * before.points, atol=0.15)


def test_one_unit_gives_a_line_that_stays_level():
    rows = RNG.normal(size=(50, 1)).astype(np.float32)
    found = project(rows)
    assert found.rank == 1
    assert found.explained == pytest.approx(1.0)
    np.testing.assert_array_equal(found.points[:, 1], 0)
    np.testing.assert_allclose(
        np.abs(found.points[:, 0]), np.abs(rows - rows.mean())[:, 0], atol=1e-5
    )
    held = project(rows, np.column_stack((-found.points[:, 0], RNG.normal(size=50))))
    np.testing.assert_allclose(held.points, -found.points, atol=1e-5)


def test_many_units_that_say_the_same_give_a_line_too():
    rows = RNG.normal(size=(50, 1)).astype(np.float32) @ RNG.normal(size=(1, 30)).astype(np.float32)
    assert project(rows).rank == 1


def test_without_differences_there_is_no_plane():
    found = project(np.full((20, 5), 3.0, np.float32))
    assert found.rank == 0
    assert np.isnan(found.explained)
    np.testing.assert_array_equal(found.points, np.zeros((20, 2)))


@pytest.mark.parametrize("spoilt", [np.nan, np.inf])
def test_what_is_no_number_gives_no_plane(spoilt):
    rows = rows_of(10)
    rows[3, 2] = spoilt
    nowhere = project(rows)
    assert nowhere.rank == 0
    assert np.isnan(nowhere.place(rows[3])).all()


def test_large_numbers_do_not_overflow():
    rows = rows_of(10)
    found, large = project(rows), project(rows * np.float32(1e18))
    assert large.explained == pytest.approx(found.explained, abs=1e-5)


def test_a_loop_encloses_what_is_inside_of_it():
    angles = np.linspace(0, 2 * np.pi, 90, endpoint=False)
    circle = np.column_stack((3 * np.cos(angles), 3 * np.sin(angles))).astype(np.float32)
    points = RNG.uniform(-5, 5, (2000, 2)).astype(np.float32)
    radius = np.hypot(*points.T)
    found = enclosed(points, circle)
    np.testing.assert_array_equal(found[radius < 2.99], True)
    np.testing.assert_array_equal(found[radius > 3.01], False)


def test_a_loop_may_be_dented():
    dented = np.array([(0, 0), (4, 0), (4, 4), (2, 1), (0, 4)], np.float32)
    points = np.array([(2, 0.5), (2, 3), (0.5, 2), (3.5, 2), (5, 1)], np.float32)
    assert enclosed(points, dented).tolist() == [True, False, True, True, False]
