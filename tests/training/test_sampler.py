"""How often the training is sampled."""

import numpy as np
import pytest

from mnist_studio.training.history import History
from mnist_studio.training.sampler import Sampler, looks_per_epoch
from mnist_studio.training.trainer import Trainer

from .builders import small_run


def looks_of(sampler, steps):
    return [step for step in range(1, steps + 1) if sampler.looks_at_layers(step)]


def test_the_accuracy_is_sampled_about_a_hundred_times_an_epoch():
    assert [Sampler(count, 20).every for count in (14, 255, 256, 2700, 54_000)] == [
        1,
        1,
        2,
        21,
        421,
    ]


@pytest.mark.parametrize(("batch_size", "least"), [(1, 100), (20, 60), (128, 20), (4096, 1)])
@pytest.mark.parametrize("images", [7_200, 54_000])
def test_the_layers_are_looked_at_the_less_often_the_more_that_is_of_an_update(
    batch_size, least, images
):
    sampler = Sampler(-(-images // batch_size), batch_size)
    looks = looks_of(sampler, 60_000)
    apart = np.diff(looks[-10:])
    assert (apart == sampler.every * sampler.samples_per_look).all()
    assert apart[0] >= least
    assert len(looks) <= 60_000 / apart[0] + 60


def test_the_first_looks_come_early_and_later_ones_more_seldom():
    looks = looks_of(Sampler(57, 128), 100)
    assert looks == [*range(1, 16), *range(16, 32, 2), *range(32, 64, 4), *range(64, 101, 8)]
    assert looks_of(Sampler(2_700, 20), 200) == [21, 42, 63, 84, 105, 126, 147, 168, 189]


def test_how_often_an_epoch_is_looked_at_is_told():
    history = History(54_000, 128)
    looks = looks_of(Sampler(history.batches_per_epoch, 128), 100 * history.batches_per_epoch)
    late = [step for step in looks if step > 50 * history.batches_per_epoch]
    assert looks_per_epoch(history) == pytest.approx(len(late) / 50, rel=0.01)


def test_samples_without_a_look_have_the_accuracy_alone(blobs):
    trainer = Trainer(small_run(epochs=2), blobs)
    samples = [event for event in trainer.run() if hasattr(event, "gradient_norms")]
    layers = len(trainer.network.linear_layers)
    assert {len(each.gradient_norms) for each in samples} == {0, layers}
    assert all(len(each.update_ratios) == len(each.gradient_norms) for each in samples)
