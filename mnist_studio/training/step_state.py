"""All that decides the next update of a run, and the batch that it is made with."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ..data.dataset import Dataset
from ..nn.network import Network
from .batches import BatchSource
from .config import RunConfig, TrainingConfig
from .events import HyperparameterChanged
from .position import Position


@dataclass(frozen=True, eq=False)
class StepState:
    """Where a run was between two updates; nobody changes it, so that any thread may read it.

    Attributes
    ----------
    step : int
        Updates made.
    network : Network
        The weights then.
    optimizer : dict of ndarray
        The state of the optimizer, as it gives it; empty if it is not known.
    dropout_rng, augmentation_rng : dict
        States of the random generators, as NumPy gives them.
    easy_images : dict of ndarray
        Which images were easy, as ``EasyImages`` gives it; empty if it is not known, or if none
        are skipped.
    """

    step: int
    network: Network
    optimizer: Mapping[str, npt.NDArray[Any]]
    dropout_rng: Mapping[str, Any]
    augmentation_rng: Mapping[str, Any]
    easy_images: Mapping[str, npt.NDArray[np.bool_]]

    @classmethod
    def of(
        cls,
        position: Position,
        network: Network,
        optimizer: Mapping[str, npt.NDArray[Any]],
        easy_images: Mapping[str, npt.NDArray[np.bool_]],
    ) -> StepState:
        """Return the state at a position, with these weights and what else decides an update."""
        rngs = position.dropout_rng, position.augmentation_rng
        return cls(position.step, network, optimizer, *rngs, easy_images)


class StepBatch(NamedTuple):
    """The images of an update.

    Attributes
    ----------
    indices : ndarray of int, shape (n,)
        Which training images they are.
    images : ndarray of float32, shape (m, 784)
        As the network was trained on them, 0 to 1, after augmentation; after the n those that
        belong to no class.
    labels : ndarray of uint8, shape (n,)
    train_size : int
        Images that the batches of an epoch are made of.
    """

    indices: npt.NDArray[np.intp]
    images: npt.NDArray[np.float32]
    labels: npt.NDArray[np.uint8]
    train_size: int


def next_batch(state: StepState, config: RunConfig, dataset: Dataset) -> StepBatch:
    """Return the batch that the update after `state` is made with, the same to the bit.

    Where it is not known which images were easy, none are taken to be.
    """
    rng = np.random.default_rng()
    rng.bit_generator.state = state.augmentation_rng
    batches = BatchSource(dataset, config, rng)
    with suppress(LookupError, ValueError):  # not known, or of another number of images
        batches.easy.load_state(state.easy_images)
    size = config.training.batch_size
    epoch, done = divmod(state.step, -(-batches.size // size))
    indices = batches.order(epoch)[done * size : (done + 1) * size]
    return StepBatch(indices, *batches.take(indices, epoch), batches.size)


def settings_at(
    config: RunConfig, changes: Iterable[HyperparameterChanged], step: int
) -> TrainingConfig:
    """Return the hyperparameters of the update after so many: as configured, then changed live."""
    changed: dict[str, Any] = {each.name: each.value for each in changes if each.step <= step}
    return dataclasses.replace(config.training, **changed)
