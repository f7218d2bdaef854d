"""How fast these settings train on this computer, and how close that is to the limit."""

from __future__ import annotations

import dataclasses
import itertools
import os
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

from ..data.dataset import Dataset
from .config import RunConfig
from .events import BatchEnded
from .failures import TrainingDiverged
from .trainer import Trainer

# Steps timed in one go: long enough for the clock, short enough to meet the same machine's mood.
_ROUND_SECONDS = 0.05


@dataclass(frozen=True)
class BenchmarkResult:
    """What :func:`run_benchmark` found.

    Attributes
    ----------
    images_per_second : float
        Images trained per second with one BLAS thread.
    ratio_to_floor : float
        Time of a step over the time of its bare matrix products, median, one BLAS thread.
    best_threads : int
        Number of BLAS threads with which the settings trained fastest.
    images_per_second_by_threads : dict of int to float
        Images per second for every number of threads tried.
    """

    images_per_second: float
    ratio_to_floor: float
    best_threads: int
    images_per_second_by_threads: dict[int, float]


def run_benchmark(config: RunConfig, dataset: Dataset, seconds: float = 10.0) -> BenchmarkResult:
    """Measure training steps, the matrix products alone and the thread counts, alternately.

    Parameters
    ----------
    config : RunConfig
        What to train; how long it is to be does not matter.
    dataset : Dataset
        Images to train on.
    seconds : float
        Time to spend, roughly.

    Raises
    ------
    TrainingDiverged
        If the loss explodes in the first batch, so that there is no step to measure.
    """
    threads = _thread_counts()
    step = _trainer_step(config, dataset)
    # The validation part is not trained on, so a batch may be smaller than configured.
    images = len(dataset.train_labels)
    images -= round(images * config.data.validation_fraction)
    batch = min(config.training.batch_size, images)
    floor = _matrix_products(config.model.sizes, batch)
    for warm_up in (step, floor):
        _seconds_per_call(warm_up)
    steps: dict[int, list[float]] = {count: [] for count in threads}
    ratios: list[float] = []
    end = time.perf_counter() + seconds
    while time.perf_counter() < end or not ratios:
        for count in threads:
            with threadpool_limits(count, user_api="blas"):
                steps[count].append(_seconds_per_call(step))
                if count == 1:
                    ratios.append(steps[1][-1] / _seconds_per_call(floor))
    speeds = {count: batch / statistics.median(times) for count, times in steps.items()}
    return BenchmarkResult(
        images_per_second=speeds[1],
        ratio_to_floor=statistics.median(ratios),
        best_threads=max(speeds, key=speeds.__getitem__),
        images_per_second_by_threads=speeds,
    )


def _thread_counts() -> list[int]:
    """Return 1, 2, 4 … up to the number of cores."""
    cores = os.cpu_count() or 1
    return [1, *itertools.takewhile(lambda n: n <= cores, (2**k for k in range(1, 8)))]


def _trainer_step(config: RunConfig, dataset: Dataset) -> Callable[[], None]:
    """Return a function that trains one batch, through the code that every run uses."""
    # No run is to end, nor its test to be timed, sooner than need be.
    endless = dataclasses.replace(config.training, epochs=1000, max_images=0, max_seconds=0.0)
    endless_config = dataclasses.replace(config, training=endless)

    def batches() -> Iterator[None]:
        trainer = Trainer(endless_config, dataset)
        try:
            for event in trainer.run():
                if isinstance(event, BatchEnded):
                    yield
        except TrainingDiverged:  # steps take as long whatever they lead to
            if not trainer.step:
                raise

    stream = itertools.chain.from_iterable(batches() for _ in itertools.count())
    return lambda: next(stream)


def _matrix_products(sizes: tuple[int, ...], batch: int) -> Callable[[], None]:
    """Return a function that computes only the products of one step, into preallocated arrays."""
    rng = np.random.default_rng(0)

    def random(*shape: int) -> npt.NDArray[np.float32]:
        return rng.standard_normal(shape, np.float32)

    inputs = [random(batch, size) for size in sizes]
    outputs = [np.empty_like(array) for array in inputs]
    weights = [random(a, b) for a, b in itertools.pairwise(sizes)]
    gradients = [np.empty_like(weight) for weight in weights]

    def products() -> None:
        for i, weight in enumerate(weights):
            np.dot(inputs[i], weight, out=outputs[i + 1])
        for i in reversed(range(len(weights))):
            np.dot(inputs[i].T, inputs[i + 1], out=gradients[i])
            if i:
                np.dot(inputs[i + 1], weights[i].T, out=outputs[i])

    return products


def _seconds_per_call(function: Callable[[], None]) -> float:
    calls = 0
    start = time.perf_counter()
    while (elapsed := time.perf_counter() - start) < _ROUND_SECONDS or not calls:
        function()
        calls += 1
    return elapsed / calls
