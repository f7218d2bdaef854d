"""Written digits among the images: how many, which, and the same ones after a pause."""

import numpy as np
import pytest

from mnist_studio.data.writing import write_digit, write_non_digit
from mnist_studio.data.written import NonDigits, WrittenDigits

LABELS = np.arange(200, dtype=np.uint8) % 10
BLANK = np.full((200, 784), 7, np.uint8)  # no written digit is of one grey


def generator(seed=0):
    return np.random.default_rng(seed)


def batch(written, epoch=0):
    """Return what it makes of a batch of blank images."""
    images = BLANK.copy()
    written.apply(images, LABELS, epoch)
    return images


def replaced(images):
    return (images != 7).any(1)


def kinds(images):
    """Return the different images that were written."""
    return {image.tobytes() for image in images[replaced(images)]}


def test_a_share_of_zero_changes_nothing_and_draws_no_random_number():
    rng = generator()
    np.testing.assert_array_equal(batch(WrittenDigits(0, 1000, 0, rng)), BLANK)
    assert rng.bit_generator.state == generator().bit_generator.state


@pytest.mark.parametrize("share", [0.1, 0.5, 1.0])
def test_the_share_of_replaced_images_is_as_asked(share):
    written = WrittenDigits(share, 1000, 0, generator())
    shares = [replaced(batch(written)).mean() for _ in range(10)]
    assert np.mean(shares) == pytest.approx(share, abs=0.04)


def test_each_is_of_the_digit_that_was_there_and_looks_as_its_number_says():
    written = WrittenDigits(1.0, 20, seed=5, rng=generator())  # one of each in the first epoch
    images = batch(written)
    assert len(kinds(images)) == 10
    for image, digit in zip(images, LABELS.tolist(), strict=True):
        expected = write_digit(digit, generator([5, digit, 0x7772697465]))
        np.testing.assert_array_equal(image, expected)


def test_another_seed_writes_otherwise():
    first, second = (WrittenDigits(1.0, 20, seed, generator()) for seed in (1, 2))
    assert not kinds(batch(first)) & kinds(batch(second))


def test_the_pool_is_renewed_a_little_every_epoch_and_the_oldest_leave_it():
    written = WrittenDigits(1.0, 400, 0, generator())

    def pool(epoch):
        return set().union(*(kinds(batch(written, epoch)) for _ in range(40)))

    pools = [pool(epoch) for epoch in (0, 1, 10, 100)]
    assert [len(each) for each in pools] == [120, 130, 220, 600]
    assert pools[0] < pools[1] < pools[2]
    assert not pools[2] & pools[3]


def test_nothing_has_to_be_saved_to_go_on_but_the_generator():
    used, rng = WrittenDigits(0.5, 400, 3, generator(4)), generator(4)
    for epoch in range(3):
        batch(used, epoch)
    rng.bit_generator.state = used.rng.bit_generator.state
    fresh = WrittenDigits(0.5, 400, 3, rng)
    for epoch in (3, 3, 4, 90):
        np.testing.assert_array_equal(batch(used, epoch), batch(fresh, epoch))


def test_as_many_non_digits_are_drawn_on_average_as_asked_and_never_more_than_there_is_room():
    non_digits = NonDigits(0.13, 1000, 0, generator())
    counts = [len(non_digits.draw(10, epoch)) for epoch in range(300)]
    assert set(counts) == {1, 2}
    assert np.mean(counts) == pytest.approx(1.3, abs=0.1)
    assert non_digits.most(10) == 2


def test_a_non_digit_looks_as_its_number_says():
    (image,) = NonDigits(1.0, 1, seed=5, rng=generator()).draw(1, epoch=0)
    np.testing.assert_array_equal(image, write_non_digit(generator([5, 0, 0x6F74686572])))


def test_without_non_digits_no_random_number_is_drawn():
    non_digits = NonDigits(0.0, 1000, 0, rng := generator())
    assert non_digits.draw(128, 0).shape == (0, 784)
    assert non_digits.most(128) == 0
    assert rng.bit_generator.state == generator().bit_generator.state


def test_an_empty_batch_is_no_trouble():
    WrittenDigits(1.0, 100, 0, generator()).apply(np.zeros((0, 784), np.uint8), LABELS[:0], 0)


@pytest.mark.parametrize("share", [-0.1, 1.1, float("nan")])
def test_a_share_outside_zero_to_one_is_refused(share):
    with pytest.raises(ValueError, match="from 0 to 1"):
        WrittenDigits(share, 100, 0, generator())
