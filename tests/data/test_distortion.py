"""Images are made harder by exactly what is said, and every time by the same."""

import math

import numpy as np
import pytest

from mnist_studio.data.distortion import STRENGTHS, Distorter, Distortion, unchanged

KINDS = list(Distortion)
CENTER = 14


@pytest.fixture(scope="module")
def images():
    return np.random.default_rng(3).integers(0, 256, (6, 784), dtype=np.uint8)


def distorted(images, kind, strength, first=0):
    return Distorter(kind, strength)(images, np.arange(first, first + len(images)))


def pixel(square, x, y):
    """Return a pixel of an image that is empty beyond its border."""
    return float(square[y, x]) if 0 <= x < 28 and 0 <= y < 28 else 0.0


def between(square, x, y):
    """Interpolate bilinearly, as the textbook says."""
    left, top = math.floor(x), math.floor(y)
    u, v = x - left, y - top
    return (
        (1 - u) * (1 - v) * pixel(square, left, top)
        + u * (1 - v) * pixel(square, left + 1, top)
        + (1 - u) * v * pixel(square, left, top + 1)
        + u * v * pixel(square, left + 1, top + 1)
    )


def moved(image, source):
    """Return an image each of whose pixels shows what `source` of its place says, one by one."""
    square = image.reshape(28, 28) / 255
    result = np.zeros((28, 28))
    for y in range(28):
        for x in range(28):
            dx, dy = source(x - CENTER, y - CENTER)
            result[y, x] = between(square, CENTER + dx, CENTER + dy)
    return result.reshape(784)


def morphed(image, radius, choose):
    """Return the largest or smallest pixel within a disc around each."""
    square = image.reshape(28, 28) / 255
    result = np.zeros((28, 28))
    for y in range(28):
        for x in range(28):
            result[y, x] = choose(
                square[j, i]
                for j in range(28)
                for i in range(28)
                if (i - x) ** 2 + (j - y) ** 2 <= radius**2
            )
    return result.reshape(784)


@pytest.mark.parametrize("degrees", [-45.0, 15.0, 60.0])
def test_rotation_turns_clockwise_about_the_center(images, degrees):
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    # What stood upright above the center leans to the right: y points downwards.
    expected = moved(images[0], lambda x, y: (cos * x + sin * y, -sin * x + cos * y))
    np.testing.assert_allclose(
        distorted(images, Distortion.ROTATION, degrees)[0], expected, atol=2e-5
    )


def test_a_stroke_above_the_center_goes_to_the_right_when_it_is_turned_clockwise():
    image = np.zeros((28, 28), np.uint8)
    image[6, 14] = 255
    found = distorted(image.reshape(1, 784), Distortion.ROTATION, 90.0).reshape(28, 28)
    assert found[14, 22] == pytest.approx(1.0, abs=1e-5)


@pytest.mark.parametrize("factor", [0.5, 0.9, 1.4])
def test_scale_makes_the_image_so_many_times_as_large(images, factor):
    expected = moved(images[1], lambda x, y: (x / factor, y / factor))
    np.testing.assert_allclose(distorted(images, Distortion.SCALE, factor)[1], expected, atol=2e-5)


@pytest.mark.parametrize("distance", [1.0, 4.0])
def test_shift_moves_every_image_so_far_in_a_direction_of_its_own(distance):
    image = np.zeros((28, 28), np.uint8)
    image[12:17, 12:17] = 255
    many = np.tile(image.reshape(1, 784), (200, 1))
    found = distorted(many, Distortion.SHIFT, distance).reshape(-1, 28, 28).astype(float)
    places = np.arange(28)
    mass = found.sum((1, 2))
    x = found.sum(1) @ places / mass - CENTER
    y = found.sum(2) @ places / mass - CENTER
    np.testing.assert_allclose(np.hypot(x, y), distance, atol=1e-4)
    angles = np.sort(np.arctan2(y, x))
    assert np.diff(angles).max() < 0.3  # all around
    turned = [(-distance * math.cos(a), -distance * math.sin(a)) for a in np.arctan2(y, x)]
    dx, dy = turned[7]
    expected = moved(image, lambda x, y: (x + dx, y + dy))
    np.testing.assert_allclose(found[7].reshape(784), expected, atol=1e-4)


@pytest.mark.parametrize("radius", [1.0, 2.0])
def test_strokes_grow_by_the_largest_and_shrink_by_the_smallest_pixel_in_a_disc(images, radius):
    thick = distorted(images[:1], Distortion.THICKNESS, radius)[0]
    np.testing.assert_allclose(thick, morphed(images[0], radius, max), atol=1e-6)
    thin = distorted(images[:1], Distortion.THICKNESS, -radius)[0]
    np.testing.assert_allclose(thin, morphed(images[0], radius, min), atol=1e-6)


def test_half_a_pixel_of_thickness_is_halfway(images):
    for strength, choose in ((1.5, max), (-0.5, min)):
        low, high = math.floor(abs(strength)), math.ceil(abs(strength))
        expected = (morphed(images[0], low, choose) + morphed(images[0], high, choose)) / 2
        found = distorted(images[:1], Distortion.THICKNESS, strength)[0]
        np.testing.assert_allclose(found, expected, atol=1e-6)


def test_noise_is_normal_of_the_deviation_said_and_cut_to_grey_levels():
    grey = np.full((500, 784), 128, np.uint8)
    found = distorted(grey, Distortion.NOISE, 0.1)
    assert found.std() == pytest.approx(0.1, rel=0.01)
    assert found.mean() == pytest.approx(128 / 255, abs=0.001)
    strong = distorted(grey, Distortion.NOISE, 1.0)
    assert (strong.min(), strong.max()) == (0.0, 1.0)
    # Twice the strength is the same noise, twice as large.
    twice = distorted(grey, Distortion.NOISE, 0.2)
    free = (twice > 0) & (twice < 1) & (found > 0) & (found < 1)
    np.testing.assert_allclose((twice - 128 / 255)[free], 2 * (found - 128 / 255)[free], atol=1e-6)


def test_pixels_go_missing_one_after_another_until_the_share_said_is_blank():
    white = np.full((300, 784), 255, np.uint8)
    before = np.zeros_like(white, bool)
    for share in STRENGTHS[Distortion.MISSING]:
        blank = distorted(white, Distortion.MISSING, share) == 0
        assert blank.mean() == pytest.approx(share, abs=0.005)
        assert blank[before].all()  # what is missing stays missing
        before = blank


@pytest.mark.parametrize("kind", KINDS)
def test_an_image_changes_alike_wherever_it_stands_and_is_never_written_to(images, kind):
    strength = STRENGTHS[kind][-1]
    before = images.copy()
    together = distorted(images, kind, strength)
    np.testing.assert_array_equal(images, before)
    alone = Distorter(kind, strength)(images[4:5], np.array([4]))
    np.testing.assert_allclose(alone[0], together[4], atol=1e-5)
    out = np.full((6, 784), np.nan, np.float32)
    assert Distorter(kind, strength)(images, np.arange(6), out) is out
    np.testing.assert_array_equal(out, together)
    assert together.dtype == np.float32
    assert together.min() >= 0
    assert together.max() <= 1 + 1e-6


@pytest.mark.parametrize("kind", KINDS)
def test_the_strengths_rise_and_one_of_them_leaves_the_images_as_they_are(images, kind):
    strengths = STRENGTHS[kind]
    assert list(strengths) == sorted(set(strengths))
    assert unchanged(kind) in strengths
    np.testing.assert_allclose(
        distorted(images, kind, unchanged(kind)), images / np.float32(255), atol=1e-6
    )


def test_images_far_on_in_a_data_set_have_their_share_of_chance():
    white = np.full((1, 784), 255, np.uint8)
    far = [distorted(white, Distortion.MISSING, 0.5, index) for index in (0, 1, 59_999)]
    assert not np.array_equal(far[0], far[1])
    assert not np.array_equal(far[0], far[2])


@pytest.mark.parametrize(
    ("kind", "strength"),
    [(Distortion.SCALE, 0.0), (Distortion.NOISE, math.nan), (Distortion.SHIFT, math.inf)],
)
def test_a_strength_that_cannot_be_made_is_refused(kind, strength):
    with pytest.raises(ValueError, match=f"{kind.value} of .* choose another"):
        Distorter(kind, strength)
