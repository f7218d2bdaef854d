"""The one place that knows where resources and the user's files live."""

from __future__ import annotations

import os
from pathlib import Path

APPLICATION = "mnist-studio"
DATA_VARIABLE = "MNIST_STUDIO_DATA"


def resource(name: str) -> Path:
    """Return the path of a file in ``resources/``, in a checkout or installed.

    Parameters
    ----------
    name : str
        Path relative to the resources folder, with forward slashes.
    """
    package = Path(__file__).parent
    installed = package / "resources"
    return (installed if installed.is_dir() else package.parent / "resources") / name


def data_folder() -> Path:
    """Return the folder for what the user makes: runs, logs."""
    import platformdirs

    return Path(platformdirs.user_data_dir(APPLICATION, appauthor=False))


def runs_folder() -> Path:
    """Return the folder in which runs are saved by themselves."""
    return data_folder() / "runs"


def cache_folder() -> Path:
    """Return the folder for what can be downloaded again: data sets."""
    import platformdirs

    return Path(platformdirs.user_cache_dir(APPLICATION, appauthor=False))


def configuration_folder() -> Path:
    """Return the folder for window layout and last choices."""
    import platformdirs

    return Path(platformdirs.user_config_dir(APPLICATION, appauthor=False))


def environment_data_folder() -> Path | None:
    """Return the folder named by ``MNIST_STUDIO_DATA``, if that is set."""
    value = os.environ.get(DATA_VARIABLE)
    return Path(value) if value else None
