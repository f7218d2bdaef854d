"""How another thread steers a training: stop, pause, single steps, live changes."""

from __future__ import annotations

import threading
from enum import Enum, auto
from pathlib import Path

from .config import TrainingConfig
from .hyperparameter import ConfigError, hyperparameters
from .status import RunStatus


class _PauseAfter(Enum):
    NOTHING = auto()
    BATCH = auto()
    EPOCH = auto()


class TrainingControl:
    """Requests to a running trainer, made from any thread and obeyed within one batch.

    Attributes
    ----------
    attention : bool
        Whether anything was requested. The trainer reads this plain attribute after every batch,
        since taking a lock there would cost more than the rest of the check.
    """

    def __init__(self) -> None:
        self.attention = False
        self._condition = threading.Condition()
        self._stopped = self._interrupted = False
        self._paused = False
        self._pause_after = _PauseAfter.NOTHING
        self._changes: dict[str, float] = {}
        self._checkpoint_paths: list[Path] = []

    @classmethod
    def until_first(cls, unit: str) -> TrainingControl:
        """Return the control of a run that pauses after its first ``"batch"`` or ``"epoch"``."""
        control = cls()
        if unit == "batch":
            control.step()
        elif unit == "epoch":
            control.run_epoch()
        return control

    # --- from any thread -------------------------------------------------------------------

    def request_stop(self, *, interrupted: bool = False) -> None:
        """Let the run end after the batch in work; `interrupted` if only its process is to end."""
        with self._condition:
            self._interrupted = interrupted and self.status_at_end is RunStatus.INTERRUPTED
            self._stopped = True
            self._notify()

    def pause(self) -> None:
        """Let the run wait after the batch in work."""
        self._set_pause(paused=True, after=_PauseAfter.NOTHING)

    def resume(self) -> None:
        """Let a paused run go on."""
        self._set_pause(paused=False, after=_PauseAfter.NOTHING)

    def step(self) -> None:
        """Let one batch be trained, then pause."""
        self._set_pause(paused=False, after=_PauseAfter.BATCH)

    def run_epoch(self) -> None:
        """Let the run go on to the end of its epoch, then pause."""
        self._set_pause(paused=False, after=_PauseAfter.EPOCH)

    def change(self, name: str, value: float) -> None:
        """Use another value of a live hyperparameter from the next batch.

        Raises
        ------
        ConfigError
            If it cannot be changed while training, or not to that value.
        """
        declaration = hyperparameters(TrainingConfig)[name]
        if not declaration.live:
            raise ConfigError(name, f"{name} cannot be changed while training.")
        declaration.check(name, value)
        with self._condition:
            self._changes[name] = value
            self._notify()

    def request_checkpoint(self, path: Path) -> None:
        """Have the run's state written to `path`, also while it is paused."""
        with self._condition:
            self._checkpoint_paths.append(path)
            self._notify()

    # --- from the trainer ------------------------------------------------------------------

    @property
    def stopped(self) -> bool:
        """Whether the run is to end."""
        return self._stopped

    @property
    def status_at_end(self) -> RunStatus:
        """What a run is that ends before its time: ``STOPPED`` if somebody wanted that."""
        wanted = self._stopped and not self._interrupted
        return RunStatus.STOPPED if wanted else RunStatus.INTERRUPTED

    @property
    def paused(self) -> bool:
        """Whether the run is to wait."""
        return self._paused

    @property
    def stepping(self) -> bool:
        """Whether the run is to wait now or after the next batch."""
        return self._paused or self._pause_after is _PauseAfter.BATCH

    def batch_ended(self) -> None:
        """Note that a batch ended, for a pause that was asked to follow it."""
        self._pause_if(_PauseAfter.BATCH)

    def epoch_ended(self) -> None:
        """Note that an epoch ended, for a pause that was asked to follow it."""
        self._pause_if(_PauseAfter.EPOCH)

    def wait(self, seconds: float) -> bool:
        """Block while paused and nothing else is requested, but no longer than so many seconds.

        Returns
        -------
        bool
            Whether there is something to do.
        """
        with self._condition:
            return self._condition.wait_for(
                lambda: self._stopped or not self._paused or bool(self._checkpoint_paths), seconds
            )

    def take_changes(self) -> dict[str, float]:
        """Return the requested changes and forget them."""
        with self._condition:
            changes, self._changes = self._changes, {}
            self._notify()
            return changes

    def take_checkpoint_paths(self) -> list[Path]:
        """Return where checkpoints were asked for and forget it."""
        with self._condition:
            paths, self._checkpoint_paths = self._checkpoint_paths, []
            self._notify()
            return paths

    # --- inside ----------------------------------------------------------------------------

    def _set_pause(self, *, paused: bool, after: _PauseAfter) -> None:
        with self._condition:
            self._paused = paused
            self._pause_after = after
            self._notify()

    def _pause_if(self, reached: _PauseAfter) -> None:
        with self._condition:
            if self._pause_after is reached:
                self._pause_after = _PauseAfter.NOTHING
                self._paused = True
                self._notify()

    def _notify(self) -> None:
        self.attention = bool(
            self._stopped
            or self._paused
            or self._pause_after is _PauseAfter.BATCH
            or self._changes
            or self._checkpoint_paths
        )
        self._condition.notify_all()
