"""The older generation of a run file: the last one that outlives a power cut.

While a run is trained its file is replaced every few seconds, without waiting for the disk. A power
cut may then leave a name without a content, and what was there before would be gone with it: the
state that the user had asked to be saved. So that one stays beside the file, as
``.run-0042.npz.older``, until the file itself is on the disk.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from ..files import open_file, remove, replace_file

OLDER = ".older"  # how its name ends


def older_generation(path: Path) -> Path:
    """Return where the older generation of a run file is, if there is one."""
    return path.with_name(f".{path.name}{OLDER}")


@contextlib.contextmanager
def keeping_older(path: Path, *, durable: bool) -> Iterator[None]:
    """Keep a run file beside itself while it is replaced, unless an older one is kept already.

    Parameters
    ----------
    path : Path
        The file; there need be none yet.
    durable : bool
        Whether it is on the disk in the end, and no older one is needed any more.

    Raises
    ------
    OSError
        If it cannot be kept; also whatever is raised within.
    """
    older = older_generation(path)
    made = path.is_file() and not older.exists()
    if made:
        _duplicate(path.resolve(), older)  # through a link: that leads to the new one soon
    try:
        yield
    except BaseException:
        if made:  # nothing was replaced
            remove_older(path)
        raise
    if durable:
        remove_older(path)


def remove_older(path: Path) -> None:
    """Remove the older generation of a file that is on the disk; no failure if that cannot be."""
    with contextlib.suppress(OSError):
        remove(older_generation(path), path.parent)


def _duplicate(path: Path, older: Path) -> None:
    try:
        os.link(path, older)  # costs nothing, and the file is never without its name
    except OSError:  # not on every drive
        with open_file(path) as file:
            replace_file(older, lambda copy: shutil.copyfileobj(file, copy))
