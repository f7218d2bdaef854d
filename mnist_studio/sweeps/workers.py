"""Where the runs of a sweep are trained: processes of this computer, or a Dask cluster."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
from collections.abc import Callable, Iterable
from concurrent.futures import Executor, ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..data.locations import locate
from ..data.registry import find_spec
from ..errors import StudioError
from ..runs.versions import versions
from .worker_process import prepare_worker

CONNECT_SECONDS = 10


class WorkersError(StudioError):
    """There is nobody to train; the message is one sentence for people."""


def _nothing() -> None:
    pass


@dataclass(frozen=True)
class Workers:
    """Who trains.

    Attributes
    ----------
    count : int
        How many runs are trained at once.
    open : callable
        Returns an executor for one run at a time. A process that dies takes its whole executor
        with it, so runs that share none do not suffer from each other.
    close : callable
        To be called when all executors are shut down.
    """

    count: int
    open: Callable[[], Executor]
    close: Callable[[], None] = _nothing


def usable_cores() -> int:
    """Return how many processor cores this process may use."""
    if hasattr(os, "sched_getaffinity"):  # not on macOS and Windows
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def local_processes(count: int) -> Workers:
    """Return processes of this computer, one for each run that is trained at the same time."""
    # Spawned, since a fork of a process with threads (Qt's, BLAS's) may hang.
    context = multiprocessing.get_context("spawn")
    return Workers(
        count, lambda: ProcessPoolExecutor(1, mp_context=context, initializer=prepare_worker)
    )


def dask_cluster(address: str, datasets: Iterable[str] = (), folder: Path | None = None) -> Workers:
    """Return the workers of a Dask cluster, as many as they have threads.

    Parameters
    ----------
    address : str
        Of its scheduler, e.g. ``tcp://10.0.0.1:8786``.
    datasets : iterable of str
        What is to be trained on; every worker needs it.
    folder : Path, optional
        Where their files are, if not in their usual place.

    Raises
    ------
    WorkersError
        If ``distributed`` is not installed, the scheduler cannot be reached, or a worker cannot
        train.
    """
    try:
        from distributed import Client
    except ImportError as error:
        raise WorkersError(
            "A Dask cluster needs the package distributed: pip install 'mnist-studio[dask]'."
        ) from error
    try:
        # Tried first, since a client that cannot connect leaves a thread behind.
        asyncio.run(_reach(address))
        client = Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError) as error:  # a timeout is an OSError
        raise WorkersError(
            f"The Dask scheduler {address} cannot be reached; check the address and that it runs."
        ) from error
    try:
        count = _check_cluster(client)
        _check_images(client, sorted(datasets), folder)
    except BaseException:
        client.close()
        raise
    # Not pure: the same job submitted again is to be trained, not remembered.
    return Workers(count, lambda: client.get_executor(pure=False), client.close)


async def _reach(address: str) -> None:
    from distributed.core import connect

    connection = await connect(address, timeout=CONNECT_SECONDS)
    await connection.close()


def _check_cluster(client: Any) -> int:
    """Return the cluster's number of threads."""
    threads: int = sum(client.nthreads().values())
    if not threads:
        raise WorkersError("The Dask cluster has no workers; start some with: dask worker.")
    try:
        found = client.run(versions).values()
    except Exception as error:  # whatever a worker without this program makes Dask raise
        raise WorkersError(
            "The Dask workers cannot train: install mnist-studio where they run "
            f"({type(error).__name__}: {error})."
        ) from error
    mine = versions()["mnist-studio"]
    other = next((each["mnist-studio"] for each in found if each["mnist-studio"] != mine), None)
    if other is not None:
        raise WorkersError(
            f"A Dask worker has version {other} of mnist-studio, this is {mine}; install the same."
        )
    return threads


def missing_datasets(names: list[str], folder: Path | None) -> list[str]:
    """Return which data sets are not on this computer."""
    return [name for name in names if locate(name, folder) is None]


def _check_images(client: Any, names: list[str], folder: Path | None) -> None:
    """Raise WorkersError if a worker lacks a data set: every run that it got would fail."""
    for worker, missing in client.run(missing_datasets, names, folder).items():
        if missing:
            title, place = find_spec(missing[0]).title, f" in {folder}" if folder else ""
            raise WorkersError(
                f"The Dask worker {worker} has no {title}{place}; run there: mnist-studio data "
                f"{missing[0]} --download."
            )
