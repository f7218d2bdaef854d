from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from mnist_studio.data.augment import CENTER, Augmenter
from mnist_studio.data.elastic import FIELDS, displacement_fields

FloatArray = NDArray[np.float32]


def generator(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def random_images(count: int = 8, seed: int = 1) -> NDArray[np.uint8]:
    return generator(seed).integers(0, 256, (count, 784), dtype=np.uint8)


def blob_images(count: int, x: float, y: float, width: float = 1.5) -> NDArray[np.uint8]:
    rows, columns = np.mgrid[:28, :28]
    blob = 255 * np.exp(-((columns - x) ** 2 + (rows - y) ** 2) / (2 * width**2))
    return np.tile(blob.round().astype(np.uint8).reshape(1, 784), (count, 1))


def centers_of_mass(images: FloatArray) -> tuple[FloatArray, FloatArray]:
    square = images.reshape(-1, 28, 28)
    mass = square.sum((1, 2))
    places = np.arange(28, dtype=np.float32)
    return square.sum(1) @ places / mass, square.sum(2) @ places / mass


def slow_bilinear(
    image: NDArray[np.uint8], row: NDArray[np.float64], field: FloatArray | None = None
) -> NDArray[np.float64]:
    """Resample one image pixel by pixel, as the textbook says; a field has shape (2, 784)."""
    source = image.reshape(28, 28) / 255
    result = np.zeros((28, 28))

    def pixel(i: int, j: int) -> float:
        return float(source[i, j]) if 0 <= i < 28 and 0 <= j < 28 else 0.0

    for i in range(28):
        for j in range(28):
            q = np.array([j - CENTER, i - CENTER, 1.0])
            x, y = row @ q + CENTER
            if field is not None:
                x, y = np.array([x, y]) + field[:, 28 * i + j]
            left, top = int(np.floor(x)), int(np.floor(y))
            u, v = x - left, y - top
            result[i, j] = (
                (1 - u) * (1 - v) * pixel(top, left)
                + u * (1 - v) * pixel(top, left + 1)
                + (1 - u) * v * pixel(top + 1, left)
                + u * v * pixel(top + 1, left + 1)
            )
    return result.reshape(784)


def test_without_any_change_grey_levels_are_only_converted() -> None:
    images = random_images()
    rng = generator()
    augmenter = Augmenter(rng=rng)
    assert not augmenter.enabled
    np.testing.assert_array_equal(augmenter.apply(images), images * np.float32(1 / 255))
    assert rng.bit_generator.state == generator().bit_generator.state


def test_the_batch_equals_a_pixel_by_pixel_resampling() -> None:
    images = random_images(5)
    limits = {"shift": 2.0, "rotation": 25.0, "scale": 0.2, "aspect": 0.3, "shear": 0.3}
    result = Augmenter(**limits, rng=generator(3)).apply(images)
    rows = Augmenter(**limits, rng=generator(3))._source_rows(5).astype(np.float64)
    expected = np.stack([slow_bilinear(images[k], rows[:, k]) for k in range(5)])
    np.testing.assert_allclose(result, expected, atol=2e-4)


def test_the_rows_invert_rotation_times_shear_times_stretch() -> None:
    augmenter = Augmenter(shift=2, rotation=25, scale=0.2, aspect=0.3, shear=0.3, rng=generator(3))
    rows = augmenter._source_rows(1)[:, 0]
    turn, slant, size, ratio, dx, dy = generator(3).uniform(-1, 1, (6, 1))[:, 0]
    angle = np.radians(25) * turn
    rotation = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    shear = np.array([[1, 0.3 * slant], [0, 1]])
    widen = 1.3 ** (ratio / 2)
    stretch = (1 + 0.2 * size) * np.diag([widen, 1 / widen])
    inverse = np.linalg.inv(rotation @ shear @ stretch)
    np.testing.assert_allclose(rows[:, :2], inverse, rtol=1e-5)
    np.testing.assert_allclose(rows[:, 2], -inverse @ (2 * np.array([dx, dy])), rtol=1e-5)


def test_an_elastic_batch_equals_a_pixel_by_pixel_resampling_with_two_fields_an_image() -> None:
    images = random_images(5)
    limits = {"shift": 2.0, "rotation": 25.0, "scale": 0.2, "aspect": 0.3, "shear": 0.3}
    result = Augmenter(**limits, elastic=1.7, rng=generator(3)).apply(images)
    rng = generator(3)
    rows = Augmenter(**limits, rng=rng)._source_rows(5).astype(np.float64)
    fields = displacement_fields()[rng.integers(0, FIELDS, (2, 5))]
    expected = np.stack(
        [slow_bilinear(images[k], rows[:, k], 1.7 * fields[:, k]) for k in range(5)]
    )
    np.testing.assert_allclose(result, expected, atol=2e-4)


def test_without_elastic_distortion_no_random_number_is_drawn_for_it() -> None:
    plain, elastic = (Augmenter(shift=1, elastic=e, rng=generator()) for e in (0.0, 1.0))
    images = random_images()
    assert not np.array_equal(plain.apply(images), elastic.apply(images))
    assert plain.rng.bit_generator.state != elastic.rng.bit_generator.state
    expected = generator()
    expected.uniform(-1, 1, (6, len(images)))
    assert plain.rng.bit_generator.state == expected.bit_generator.state


def test_elastic_distortion_moves_ink_by_the_wished_root_mean_square() -> None:
    x, y = centers_of_mass(Augmenter(elastic=0.8, rng=generator()).apply(blob_images(2000, 14, 14)))
    for place in (x, y):
        # A blob is moved by the mean over its surroundings, so by a little less than a pixel is.
        assert 0.65 < np.sqrt(np.mean((place - 14) ** 2)) < 0.8
        assert place.mean() == pytest.approx(14, abs=0.05)


def test_the_same_seed_gives_the_same_batch_and_the_next_batch_differs() -> None:
    images = random_images()
    first = Augmenter(rotation=10, rng=generator(5))
    second = Augmenter(rotation=10, rng=generator(5))
    batch = first.apply(images)
    np.testing.assert_array_equal(batch, second.apply(images))
    assert not np.array_equal(batch, first.apply(images))


def test_the_result_goes_into_the_given_buffer_and_the_images_stay() -> None:
    images = random_images()
    before = images.copy()
    out = np.full((8, 784), np.nan, np.float32)
    result = Augmenter(shift=1, rng=generator()).apply(images, out=out)
    assert result is out
    assert np.isfinite(out).all()
    np.testing.assert_array_equal(images, before)


def test_bytes_and_numbers_in_the_unit_range_give_the_same() -> None:
    images = random_images()
    from_bytes = Augmenter(rotation=9, rng=generator()).apply(images)
    numbers = images * np.float32(1 / 255)
    np.testing.assert_array_equal(Augmenter(rotation=9, rng=generator()).apply(numbers), from_bytes)


def test_a_smaller_last_batch_is_not_disturbed_by_the_one_before() -> None:
    used, fresh = (Augmenter(shift=3, rotation=30, rng=generator()) for _ in range(2))
    used.apply(random_images(20))
    used.rng.bit_generator.state = fresh.rng.bit_generator.state
    images = random_images(3, seed=9)
    np.testing.assert_array_equal(used.apply(images), fresh.apply(images))


def test_shifts_stay_within_their_limit_and_reach_it() -> None:
    x, y = centers_of_mass(Augmenter(shift=2, rng=generator()).apply(blob_images(400, 14, 14)))
    for place in (x, y):
        assert np.abs(place - 14).max() == pytest.approx(2, abs=0.05)
        assert place.mean() == pytest.approx(14, abs=0.15)


def test_rotation_keeps_the_center_in_place_and_the_distance_from_it() -> None:
    augmenter = Augmenter(rotation=20, rng=generator())
    x, y = centers_of_mass(augmenter.apply(blob_images(50, 14, 14)))
    np.testing.assert_allclose(x, 14, atol=0.01)
    np.testing.assert_allclose(y, 14, atol=0.01)
    x, y = centers_of_mass(augmenter.apply(blob_images(400, 14, 7)))
    np.testing.assert_allclose(np.hypot(x - 14, y - 14), 7, atol=0.05)
    angles = np.degrees(np.arctan2(x - 14, 14 - y))
    assert angles.max() == pytest.approx(20, abs=1)
    assert angles.min() == pytest.approx(-20, abs=1)


def test_scale_changes_the_area_between_its_limits() -> None:
    areas = Augmenter(scale=0.2, rng=generator()).apply(blob_images(400, 14, 14, 3)).sum(1)
    areas /= blob_images(1, 14, 14, 3).sum() / 255
    assert areas.max() == pytest.approx(1.2**2, rel=0.03)
    assert areas.min() == pytest.approx(0.8**2, rel=0.03)


def test_aspect_keeps_the_area_and_shear_keeps_the_height() -> None:
    images = blob_images(100, 14, 14, 2.5)
    area = images[0].sum() / 255
    stretched = Augmenter(aspect=0.4, rng=generator()).apply(images)
    np.testing.assert_allclose(stretched.sum(1), area, rtol=0.02)
    slanted = Augmenter(shear=0.4, rng=generator()).apply(blob_images(100, 14, 8))
    x, y = centers_of_mass(slanted)
    np.testing.assert_allclose(y, 8, atol=0.02)
    assert np.abs(x - 14).max() == pytest.approx(0.4 * 6, abs=0.1)


limit = st.floats(0, 1)


@settings(deadline=None, max_examples=60)
@given(st.integers(1, 5), st.integers(0, 2**32 - 1), st.tuples(*[limit] * 6))
def test_any_limits_give_numbers_in_the_unit_range(
    count: int, seed: int, fractions: tuple[float, ...]
) -> None:
    shift, rotation, scale, aspect, shear, elastic = fractions
    augmenter = Augmenter(
        shift=28 * shift,
        rotation=180 * rotation,
        scale=0.95 * scale,
        aspect=aspect,
        shear=shear,
        elastic=28 * elastic,
        rng=generator(seed),
    )
    result = augmenter.apply(random_images(count, seed))
    assert result.shape == (count, 784)
    assert result.dtype == np.float32
    assert result.min() >= 0
    assert result.max() <= 1 + 1e-6


def test_an_empty_batch_stays_empty() -> None:
    assert Augmenter(shift=1, rng=generator()).apply(random_images(0)).shape == (0, 784)


@pytest.mark.parametrize("name", ["shift", "rotation", "scale", "aspect", "shear", "elastic"])
@pytest.mark.parametrize("value", [-0.1, float("nan"), float("inf")])
def test_a_limit_that_makes_no_sense_is_refused_by_name(name: str, value: float) -> None:
    with pytest.raises(ValueError, match=f"^{name} is .*: choose"):
        Augmenter(**{name: value}, rng=generator())


def test_a_scale_of_one_is_refused() -> None:
    with pytest.raises(ValueError, match="below 1"):
        Augmenter(scale=1.0, rng=generator())
