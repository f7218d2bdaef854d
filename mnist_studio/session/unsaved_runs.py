"""Runs whose last state is in memory only, since saving it failed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from .run_files import RunFiles

if TYPE_CHECKING:
    from ..runs.checkpoint import Checkpoint


class UnsavedRuns(QObject):
    """Keeps the last states of runs until each is in a file, or is not wanted.

    Parameters
    ----------
    files : RunFiles
        Writes them.

    Signals
    -------
    changed()
        A run was saved.
    """

    changed = Signal()

    def __init__(self, files: RunFiles, parent: QObject) -> None:
        super().__init__(parent)
        self._files = files
        self._states: list[tuple[Path | None, Checkpoint]] = []
        files.saved.connect(self._on_saved)

    def __len__(self) -> int:
        """Return how many runs there are."""
        return len(self._states)

    def note_end(self, path: Path | None, state: Checkpoint, *, saved: bool) -> None:
        """Keep the last state of a run that has ended, unless it is in its file.

        What was kept of the same run before is older.
        """
        started = state.position.started
        self._states = [each for each in self._states if each[1].position.started != started]
        if not saved:
            self._states.append((path, state))

    def try_again(self) -> None:
        """Write all of them to their files."""
        for path, state in self._states:
            self._files.save(path if path is not None and path.exists() else None, state)

    def save_elsewhere(self, path: Path) -> None:
        """Write the first of them to another file."""
        if self._states:
            self._files.save(path, self._states[0][1])

    def discard(self) -> None:
        """Forget all of them."""
        self._states.clear()

    @Slot(object, object)
    def _on_saved(self, _path: Path, state: Checkpoint) -> None:
        left = [each for each in self._states if each[1] is not state]
        if len(left) < len(self._states):
            self._states = left
            self.changed.emit()
