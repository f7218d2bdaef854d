"""Work done ahead in a thread of its own, while its results are used."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


def work_ahead(
    work: Callable[[Item], Result], items: Iterable[Item], distance: int
) -> Generator[Result, None, None]:
    """Yield what `work` makes of each item, in order; while one is used, the next are made.

    The thread lives as long as the iteration: closing that ends it, after the item in work.

    Parameters
    ----------
    work : callable
        Runs in the thread, for one item at a time.
    items : iterable
        Asked for its items in the caller's thread.
    distance : int
        How many results may wait while another one is used.

    Raises
    ------
    Exception
        Whatever `work` raises, when its result is asked for.
    """
    waiting: deque[Future[Result]] = deque()
    with ThreadPoolExecutor(1, "ahead") as pool:
        try:
            for item in items:
                waiting.append(pool.submit(work, item))
                if len(waiting) > distance:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            pool.shutdown(cancel_futures=True)
