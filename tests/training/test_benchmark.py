"""The speed of training, by a clock that the tests turn."""

import itertools
import types

import pytest
from threadpoolctl import threadpool_info

from mnist_studio.training import benchmark
from mnist_studio.training.benchmark import run_benchmark
from mnist_studio.training.failures import TrainingDiverged
from mnist_studio.training.trainer import Trainer

from .builders import small_run, train


@pytest.fixture
def _even_clock(monkeypatch):
    """Every look at the clock is 1/64 of a second after the one before, whatever happens."""
    looks = itertools.count()
    clock = types.SimpleNamespace(perf_counter=lambda: next(looks) / 64)
    monkeypatch.setattr(benchmark, "time", clock)


def cores(monkeypatch, count):
    monkeypatch.setattr(benchmark.os, "cpu_count", lambda: count)


@pytest.mark.usefixtures("_even_clock")
@pytest.mark.parametrize(
    ("count", "tried"), [(None, [1]), (1, [1]), (3, [1, 2]), (8, [1, 2, 4, 8])]
)
def test_one_thread_and_each_power_of_two_up_to_the_cores_are_tried(
    blobs, monkeypatch, count, tried
):
    cores(monkeypatch, count)
    result = run_benchmark(small_run(), blobs, seconds=0)
    assert list(result.images_per_second_by_threads) == tried
    assert result.images_per_second == result.images_per_second_by_threads[1]
    assert result.best_threads == 1  # as fast as more of them
    assert result.ratio_to_floor == pytest.approx(1)


@pytest.mark.usefixtures("_even_clock")
@pytest.mark.parametrize(("batch_size", "images"), [(60, 60), (240, 240), (280, 240), (9999, 240)])
def test_a_batch_has_no_more_images_than_there_are_to_train_on(
    blobs, monkeypatch, batch_size, images
):
    cores(monkeypatch, 1)
    one = run_benchmark(small_run(batch_size=1), blobs, seconds=0)
    many = run_benchmark(small_run(batch_size=batch_size), blobs, seconds=0)
    assert many.images_per_second == pytest.approx(images * one.images_per_second)


@pytest.mark.usefixtures("_even_clock")
@pytest.mark.parametrize("limit", [{"max_images": 1}, {"max_seconds": 1e-6}, {"epochs": 1}])
def test_how_long_the_run_would_be_does_not_matter(blobs, monkeypatch, limit):
    begun = []

    def count(*words):
        begun.append(words)
        return Trainer(*words)

    cores(monkeypatch, 1)
    monkeypatch.setattr(benchmark, "Trainer", count)
    run_benchmark(small_run(**limit), blobs, seconds=0)
    assert len(begun) == 1


@pytest.mark.usefixtures("_even_clock")
def test_steps_that_lead_to_an_explosion_are_measured_too(blobs, monkeypatch):
    cores(monkeypatch, 1)
    config = small_run(optimizer="momentum", momentum=0.999, learning_rate=10.0, hidden=(64, 64))
    with pytest.raises(TrainingDiverged):
        train(config, blobs)
    assert run_benchmark(config, blobs, seconds=0).images_per_second > 0


@pytest.mark.usefixtures("_even_clock")
def test_where_the_first_batch_explodes_there_is_nothing_to_measure(blobs, monkeypatch):
    cores(monkeypatch, 1)
    config = small_run(dropout=0.9, hidden=(50,) * 12)
    with pytest.raises(TrainingDiverged, match="at batch 1 "):
        run_benchmark(config, blobs, seconds=0)


def test_the_number_of_threads_is_afterwards_as_it_was(blobs, monkeypatch):
    def threads():
        return [each["num_threads"] for each in threadpool_info() if each["user_api"] == "blas"]

    cores(monkeypatch, 2)
    before = threads()
    result = run_benchmark(small_run(epochs=1, hidden=(8, 8)), blobs, seconds=0)
    assert threads() == before
    assert min(result.images_per_second_by_threads.values()) > 0
    fastest = max(result.images_per_second_by_threads.values())
    assert result.images_per_second_by_threads[result.best_threads] == fastest


@pytest.mark.usefixtures("_even_clock")
def test_measuring_goes_on_for_the_time_it_is_given(blobs, monkeypatch):
    cores(monkeypatch, 1)
    looks = []
    for seconds in (0, 2):
        start = benchmark.time.perf_counter()
        run_benchmark(small_run(), blobs, seconds)
        looks.append(benchmark.time.perf_counter() - start)
    assert looks[0] < 1
    assert 2 <= looks[1] < 3
