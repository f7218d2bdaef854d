"""How several runs do on images that are made harder, computed point by point."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject, Signal, Slot

from ...cancel import Cancelled
from ...data.distortion import STRENGTHS, Distorter, Distortion, unchanged
from ...session.run_in_view import RunInView
from ...session.run_row import RunRow
from ...session.step_by_step import Step, StepByStep
from ...session.studio import Studio
from ...training.parts import Part, images_of

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from ...data.dataset import Dataset
    from ...nn.network import Network
    from ...training.config import DataConfig

MOST = 20  # runs to choose among, the newest


class GroupCurve(NamedTuple):
    """The accuracies of a run, or of several seeds of one setting.

    Attributes
    ----------
    token : str
        Color of the theme.
    label : str
    networks : tuple of Network
        Whose accuracies these are.
    config : DataConfig
        How they split the data set.
    strengths : ndarray of float64, shape (n,)
        Those at which all networks have been tried.
    accuracies : ndarray of float64, shape (networks, n)
        From 0 to 1.
    """

    token: str
    label: str
    networks: tuple[Network, ...]
    config: DataConfig
    strengths: npt.NDArray[np.float64]
    accuracies: npt.NDArray[np.float64]


class _Member(NamedTuple):
    """A network that is tried."""

    network: Network
    config: DataConfig


class RobustnessCurves(QObject):
    """Has the run in view and others tried at every strength of one distortion.

    While the run in view is trained, its validation images are asked about, afterwards the test
    images; a curve of a training network is whole before that of a newer snapshot replaces it.

    Parameters
    ----------
    studio : Studio
        Its run in view and its other runs.

    Attributes
    ----------
    kind : Distortion
        What is done to the images.
    halted : bool
        Whether the user has called it off.

    Signals
    -------
    changed
        Something else is known, wanted or done.
    """

    changed = Signal()

    def __init__(self, studio: Studio, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.kind = Distortion.ROTATION
        self.halted = False
        self._session = studio.session
        self._library = studio.library
        self._watched = False
        self._rivals: tuple[Path, ...] = ()
        self._networks: dict[Path, Network] = {}
        self._unreadable: set[Path] = set()
        # The snapshot that is tried, and the last one that has been tried at all strengths.
        self._subject: Network | None = None
        self._tried: Network | None = None
        self._known: dict[tuple[Network, Part, Distortion, float], float] = {}
        self._steps = StepByStep(studio.session, studio.inquirer, "robustness", self)
        self._steps.answered.connect(self._on_answered)
        self._steps.failed.connect(self._on_failed)
        self._steps.ended.connect(self._on_ended)
        session = studio.session
        session.run_started.connect(self._forget)
        session.data.changed.connect(self._forget)
        session.network_changed.connect(self._on_network_changed)
        session.run_ended.connect(self._on_network_changed)

    # --- what is wanted --------------------------------------------------------------------

    @property
    def part(self) -> Part:
        """Which images are asked about: the test images once the training is over."""
        return Part.VALIDATION if self._session.active else Part.TEST

    @property
    def run(self) -> RunInView | None:
        """The run in view."""
        return self._session.run

    @property
    def missing_data(self) -> str:
        """Name of the data set that the run in view needs and that is not in use; "" if it is."""
        return self._session.data.missing(self._session.run)

    @property
    def dataset(self) -> Dataset | None:
        """Whose images are asked about; None if there is no run, or its data set is missing."""
        return (
            None if self._session.run is None or self.missing_data else self._session.data.dataset
        )

    def watch(self, watched: bool) -> None:
        """Ask from now on, or not any more because nobody looks."""
        self._watched = watched
        self._on_network_changed()
        self._plan()

    def choose(self, kind: Distortion) -> None:
        """Try another distortion."""
        self.kind = kind
        self._tried = None
        self.go_on()

    def set_rivals(self, rivals: Sequence[Path]) -> None:
        """Try these runs, too."""
        if tuple(rivals) != self._rivals:
            self._rivals = tuple(rivals)
            self._plan()
            self.changed.emit()

    @Slot()
    def halt(self) -> None:
        """Call it off; what is known stays."""
        self.halted = True
        self._plan()
        self.changed.emit()

    @Slot()
    def go_on(self) -> None:
        """Try what has not been tried yet."""
        self.halted = False
        self._plan()
        self.changed.emit()

    def candidates(self) -> list[RunRow]:
        """Return the other runs that can be tried, of the data set of the run in view."""
        run = self._session.run
        if run is None:
            return []
        return [
            row
            for row in self._library.rows
            if row.header is not None
            and not row.status.active
            and row.path != run.path
            and row.config.data.dataset == run.dataset
        ][-MOST:]

    # --- what is known ---------------------------------------------------------------------

    @property
    def progress(self) -> tuple[int, int]:
        """How many points of the curves that are shown are known, and how many are wanted."""
        run, shown = self._session.run, self._tried or self._subject
        members = [self._member(path) for path in self._rivals]
        if run is not None and shown is not None:
            members.append(_Member(shown, run.config.data))
        total = len(members) * len(STRENGTHS[self.kind])
        return sum(len(self._strengths_of(each)) for each in members if each is not None), total

    @property
    def busy(self) -> bool:
        """Whether points are being computed."""
        return self._steps.busy

    def curves(self) -> list[GroupCurve]:
        """Return what is known, that of the run in view first unless it is one of several seeds."""
        from ..plots.shown_runs import named_groups

        run = self._session.run
        if run is None:
            return []
        paths = (run.path, *self._rivals) if run.path else self._rivals
        rows = [row for path in paths if (row := self._library.row(path)) is not None]
        found = []
        if not any(row.path == run.path for row in rows) and self._subject is not None:
            own = [_Member(self._tried or self._subject, run.config.data)]
            found.append(self._curve("text", self.tr("this run"), own))
        for group in named_groups(rows):
            members = [each for row in group.rows if (each := self._member(row.path))]
            if members:
                found.append(self._curve(group.token, group.label, members))
        return [curve for curve in found if len(curve.strengths)]

    def _curve(self, token: str, label: str, members: Sequence[_Member]) -> GroupCurve:
        import numpy as np

        part, kind = self.part, self.kind
        common = [s for s in STRENGTHS[kind] if all(s in self._strengths_of(m) for m in members)]
        rows = [[self._known[m.network, part, kind, s] for s in common] for m in members]
        return GroupCurve(
            token,
            label,
            tuple(member.network for member in members),
            members[0].config,
            np.array(common, np.float64),
            np.array(rows, np.float64).reshape(len(members), len(common)),
        )

    def _member(self, path: Path) -> _Member | None:
        """Return who answers for a run; None before its file is read."""
        run, row = self._session.run, self._library.row(path)
        if run is not None and run.path == path:
            network, config = self._tried or self._subject, run.config
        elif row is not None:
            network, config = self._networks.get(path), row.config
        else:
            return None
        return None if network is None else _Member(network, config.data)

    def _strengths_of(self, member: _Member) -> list[float]:
        known = (member.network, self.part, self.kind)
        return [strength for strength in STRENGTHS[self.kind] if (*known, strength) in self._known]

    # --- computing -------------------------------------------------------------------------

    def _plan(self) -> None:
        """Have computed what is missing."""
        run = self._session.run
        if self._subject is None and run is not None:
            self._subject = run.network
        if self._watched and not self.halted and self.dataset is not None:
            self._steps.begin(self._missing())
        else:
            self._steps.stop()

    def _missing(self) -> Iterator[Step]:
        run, dataset = self._session.run, self.dataset
        assert run is not None
        assert dataset is not None
        if self._subject is not None:
            yield from self._missing_of(_Member(self._subject, run.config.data), dataset)
        for path in self._rivals:
            member = self._member(path)
            if member is not None:
                yield from self._missing_of(member, dataset)
            elif path not in self._unreadable:
                yield Step(path, partial(_open, path))

    def _missing_of(self, member: _Member, dataset: Dataset) -> Iterator[Step]:
        known = self._strengths_of(member)
        part, kind = self.part, self.kind
        for strength in _from_unchanged(kind):
            if strength not in known:
                yield Step(
                    (member.network, part, kind, strength),
                    partial(_accuracy, *member, dataset, part, kind, strength),
                )

    @Slot(object, object)
    def _on_answered(self, key: object, answer: object) -> None:
        if isinstance(key, Path):
            self._networks[key] = answer  # type: ignore[assignment]
            self._plan()
        else:
            self._known[key] = answer  # type: ignore[index, assignment]
        self.changed.emit()

    @Slot(object)
    def _on_failed(self, key: object) -> None:
        if isinstance(key, Path):
            self._unreadable.add(key)
        else:
            self._known[key] = math.nan  # type: ignore[index]
        self.changed.emit()

    @Slot()
    def _on_ended(self) -> None:
        """Go on with the newest snapshot; its curve replaces this one when it is whole."""
        self._tried = self._subject
        self._on_network_changed()
        self.changed.emit()

    @Slot()
    def _on_network_changed(self) -> None:
        run = self._session.run
        if run is None or not self._watched:
            return
        if not self._session.active:
            # Nothing is to be seen of weights that are not kept.
            self._tried = None
        elif self._steps.busy:
            return
        if self._subject is not run.network or not self._session.active:
            self._subject = run.network
            self._drop()
            self._plan()
            self.changed.emit()

    @Slot()
    def _forget(self) -> None:
        self._subject = self._tried = None
        self._known.clear()
        self._unreadable.clear()
        self.halted = False
        self._plan()
        self.changed.emit()

    def _drop(self) -> None:
        """Forget what is known of networks that nobody looks at any more."""
        kept = {self._subject, self._tried, *self._networks.values()}
        self._known = {key: value for key, value in self._known.items() if key[0] in kept}


def _from_unchanged(kind: Distortion) -> list[float]:
    """Return all strengths, the weakest changes first: curves grow from what is usual."""
    return sorted(STRENGTHS[kind], key=lambda strength: abs(strength - unchanged(kind)))


def _open(path: Path, _cancelled: Cancelled) -> Network:
    from ...runs.opened import open_run

    return open_run(path).network


def _accuracy(
    network: Network,
    config: DataConfig,
    dataset: Dataset,
    part: Part,
    kind: Distortion,
    strength: float,
    cancelled: Cancelled,
) -> float:
    from ...insight.robustness import accuracy_at

    images = images_of(dataset, part, config)
    return accuracy_at(network, *images, Distorter(kind, strength), cancelled)
