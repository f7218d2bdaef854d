"""From a configuration to a network."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..data.registry import CLASSES, PIXELS
from ..nn.network import Network
from .config import ModelConfig, RunConfig
from .memory import check_training_memory


def seeds_of(seed: int) -> tuple[Any, Any, Any]:
    """Return the seeds of a run's first weights, of dropout and of augmentation."""
    weights, dropout, augmentation = np.random.SeedSequence(seed).spawn(3)
    return weights, dropout, augmentation


def first_network(config: RunConfig) -> Network:
    """Return the network that a run begins with, made again; a fork begins with another one."""
    weights, dropout, _ = seeds_of(config.training.seed)
    return build_network(config.model, config.training.dropout, (weights, dropout))


def trainable_network(config: RunConfig, seeds: tuple[Any, Any]) -> Network:
    """Return the network that a run trains; see :func:`build_network`.

    Raises
    ------
    ConfigError
        If there is not enough memory to train it.
    """
    check_training_memory(config)
    return build_network(config.model, config.training.dropout, seeds)


def build_network(
    model: ModelConfig, dropout: float = 0.0, seeds: tuple[Any, Any] = (0, 1)
) -> Network:
    """Return the network that `model` describes, with fresh weights.

    Parameters
    ----------
    model : ModelConfig
        Architecture and initializer.
    dropout : float
        Share of hidden outputs dropped in training.
    seeds : tuple
        Seeds of the weights and of dropout, as ``numpy.random.default_rng`` takes them.
    """
    return Network.build(
        PIXELS,
        [(layer.width, layer.activation) for layer in model.hidden],
        CLASSES,
        initializer=model.initializer,
        dropout=dropout,
        rng=np.random.default_rng(seeds[0]),
        dropout_rng=np.random.default_rng(seeds[1]),
    )
