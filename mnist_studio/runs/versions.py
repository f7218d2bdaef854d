"""Versions of what decides a run's numbers."""

from __future__ import annotations

import functools


@functools.cache
def versions() -> dict[str, str]:
    """Return the versions of this app, of NumPy and Python, and the platform, by name."""
    import platform

    return {
        "mnist-studio": _version("mnist-studio"),
        "numpy": _version("numpy"),
        "python": platform.python_version(),
        "platform": platform.platform(terse=True),
    }


def _version(package: str) -> str:
    from importlib import metadata

    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:  # run from a checkout that was never installed
        return "unknown"
