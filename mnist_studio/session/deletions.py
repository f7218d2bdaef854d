"""Which runs were deleted and can be brought back, also while they are still being moved away."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(eq=False)
class Deletion:
    """Some runs that were deleted at once.

    Attributes
    ----------
    paths : list of Path
        Where they were.
    places : list of Path or None
        Where they are among the deleted ones; None while they are on their way there.
    undone : bool
        Whether they are wanted back.
    """

    paths: list[Path]
    places: list[Path] | None = None
    undone: bool = False


class Deletions:
    """All deletions that are not undone, oldest first; they are carried out in this order."""

    def __init__(self) -> None:
        self._deletions: list[Deletion] = []

    @property
    def leaving(self) -> set[Path]:
        """The runs that are on their way."""
        return {path for each in self._deletions if each.places is None for path in each.paths}

    def begin(self, paths: list[Path]) -> None:
        """Note that these runs are to be moved away."""
        self._deletions.append(Deletion(paths))

    def end(self, places: list[Path]) -> list[Path]:
        """Note where the oldest deletion on its way has put its runs; return what goes back."""
        deletion = next(each for each in self._deletions if each.places is None)
        deletion.places = places
        return self._take(deletion)

    def undo(self, paths: list[Path] | None) -> list[Path]:
        """Take back the deletion of these runs, or the last one; return what goes back now.

        What is still on its way goes back when :meth:`end` is told that it has arrived.
        """
        for deletion in reversed(self._deletions):
            if not deletion.undone and paths in (None, deletion.paths):
                deletion.undone = True
                return self._take(deletion)
        return []

    def _take(self, deletion: Deletion) -> list[Path]:
        places = deletion.places
        if places is None or (places and not deletion.undone):
            return []
        self._deletions.remove(deletion)
        return places
