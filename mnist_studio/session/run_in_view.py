"""The run that the window shows, as one value."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ..training.config import RunConfig
from ..training.run_length import RunLength
from ..training.status import RunStatus

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from ..nn.network import Network
    from ..runs.checkpoint import Checkpoint
    from ..runs.opened import OpenedRun
    from ..training.history import History
    from ..training.step_state import StepState


class Snapshot(NamedTuple):
    """The weights of a run at one moment.

    Attributes
    ----------
    step : int
        Updates made until then.
    network : Network
        Has these weights; nobody changes it, so that any thread may ask it.
    edited : bool
        Whether something else was tried with them than they were trained to.
    state : StepState, optional
        What else decides the next update; known at a pause, and of a run whose updates are
        looked at.
    """

    step: int
    network: Network
    edited: bool = False
    state: StepState | None = None

    def predict(self, image: npt.NDArray[np.uint8]) -> list[float]:
        """Return the probability of each class.

        Parameters
        ----------
        image : ndarray of uint8, shape (28, 28)
        """
        from ..data.pixels import unit_range

        pixels = unit_range(image.reshape(1, -1))
        probabilities: list[float] = self.network.predict_probabilities(pixels)[0].tolist()
        return probabilities


@dataclass(frozen=True)
class RunInView:
    """A run that trains, has ended or was opened; replaced whole when anything but a curve changes.

    Attributes
    ----------
    config : RunConfig
        As it was started.
    status : RunStatus
        Now: a run that was opened is not active.
    history : History
        Its curves; they grow while it trains.
    newest : Snapshot
        Its weights now; those that are kept, of the best epoch, when it has ended.
    path : Path, optional
        Its file, if that is in the folder of runs.
    checkpoint : Checkpoint, optional
        The state in which it ended, to go on from; None while it trains.
    ignored : tuple of str
        Settings in its file that cannot be used here.
    bundled : bool
        Whether it came along with the program: it can be looked at, but does not go on.
    name : str
        What its file is called, if that is in another folder.
    recalled : Snapshot, optional
        The earlier weights that are to answer instead of the newest.
    previous : StepState, optional
        Where it was one update before the newest weights, if that is known.
    """

    config: RunConfig
    status: RunStatus
    history: History
    newest: Snapshot
    path: Path | None = None
    checkpoint: Checkpoint | None = None
    ignored: tuple[str, ...] = ()
    bundled: bool = False
    name: str = ""
    recalled: Snapshot | None = None
    previous: StepState | None = None

    @classmethod
    def opened(cls, opened: OpenedRun, path: Path, folder: Path) -> RunInView:
        """Return a run that was read from a file, as if it had just ended."""
        # Going on with a run from elsewhere must not write to the user's own file.
        own = path.parent == folder
        checkpoint = opened.checkpoint
        # It may be trained by another program, but not here.
        status = RunStatus.INTERRUPTED if checkpoint.status.active else checkpoint.status
        # One that failed in its first epoch has gone back to where it began.
        failed = status is RunStatus.FAILED and not opened.history.epoch_count
        return cls(
            checkpoint.config,
            status,
            opened.history,
            Snapshot(0 if failed else opened.history.kept_step, opened.network),
            path if own else None,
            checkpoint,
            checkpoint.ignored,
            opened.bundled,
            "" if own else path.stem,
        )

    @property
    def network(self) -> Network:
        """Who answers: the newest weights, or those that are recalled."""
        return (self.recalled or self.newest).network

    def with_newest(self, newest: Snapshot) -> RunInView:
        """Return the run with newer weights."""
        previous = self.previous if newest.step == self.newest.step else None
        if newest.step == self.newest.step + 1:
            previous = self.newest.state
        return replace(self, newest=newest, previous=previous if newest.state else None)

    @cached_property
    def state(self) -> StepState | None:
        """Where it goes on; None if that is not known."""
        from ..training.step_state import StepState

        if self.checkpoint is None:
            return self.newest.state
        network = self.newest.network.copy()
        network.load_weights(self.checkpoint.weights)
        position, optimizer = self.checkpoint.position, self.checkpoint.optimizer_state
        return StepState.of(position, network.freeze(), optimizer, self.checkpoint.easy_images)

    @property
    def dataset(self) -> str:
        """Name of the data set that it is looked at with."""
        from ..runs.opened import dataset_of

        return dataset_of(self.config, bundled=self.bundled)

    @property
    def length(self) -> RunLength:
        """How long it is planned to be."""
        return self._length(self.config)

    @property
    def share_done(self) -> float:
        """How much of it is trained, 0 to 1."""
        return self.length.share_done(self.history.step, self.history.duration)

    @property
    def seconds_left(self) -> float | None:
        """How long the rest takes at the pace so far; None if nothing tells."""
        step, seconds = self.history.step, self.history.duration
        return self.length.seconds_left(step, seconds, seconds / step if step else None)

    def predict(self, image: npt.NDArray[np.uint8]) -> list[float]:
        """Return what :attr:`network` says of an image; see :meth:`Snapshot.predict`."""
        return (self.recalled or self.newest).predict(image)

    def to_epochs(self, epochs: int) -> RunConfig:
        """Return its settings for more epochs, or its own if `epochs` is no more than these."""
        return self.config.with_epochs(max(epochs, self.config.training.epochs))

    def can_continue(self, epochs: int = 0) -> bool:
        """Return whether it can go on where it ended, perhaps to more epochs."""
        if self.checkpoint is None or self.bundled or self.status is RunStatus.FAILED:
            return False  # a failed one would go on with an explosion
        length = self._length(self.to_epochs(epochs))
        return not length.complete(self.history.step, self.history.duration)

    def _length(self, config: RunConfig) -> RunLength:
        return RunLength.planned(config.training, self.history.train_size)
