"""Load a data set by its name."""

from __future__ import annotations

from pathlib import Path

from mnist_studio.data.dataset import Dataset
from mnist_studio.data.embedded import load_embedded
from mnist_studio.data.registry import find_spec


def load(name: str, folder: Path | None = None) -> Dataset:
    """Load a data set."""
    spec = find_spec(name)
    if spec.embedded:
        return load_embedded(spec)
    raise NotImplementedError
