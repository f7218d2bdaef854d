"""What is tried with a unit of the network in view."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from ...number_text import grouped
from ...session.run_in_view import Snapshot
from ...session.session import Session
from .unit_work import Edit


class UnitTrial(QObject):
    """A unit changed on a copy, which answers in the place of the run's newest weights.

    Parameters
    ----------
    session : Session
        Whose run in view is tried.

    Attributes
    ----------
    edit : Edit
        What is changed.
    base : Snapshot, optional
        The weights that it changes; None while nothing is tried.

    Signals
    -------
    ended()
        Other weights answer now, such as those of a moment, so that nothing is tried any more.
    """

    ended = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._layer = self._unit = -1
        self.edit = Edit()
        self.base: Snapshot | None = None
        session.network_changed.connect(self._on_network_changed)

    def change(self, layer: int, unit: int, edit: Edit) -> None:
        """Let the network answer with this change, in the place of what was tried before."""
        run = self._session.run
        assert run is not None
        if self.base is None:
            self.base = run.recalled or run.newest
        self._layer, self._unit, self.edit = layer, unit, edit
        self._session.recall(self.snapshot())

    def snapshot(self) -> Snapshot:
        """Return the changed network."""
        assert self.base is not None
        changed = self.edit.apply(self.base.network, self._layer, self._unit)
        return Snapshot(self.base.step, changed, edited=True)

    def describe(self) -> str:
        """Return what is changed, in words."""
        place = self._unit + 1, self._layer + 1
        if self.edit.bias is None:
            return self.tr("unit {0} of layer {1} switched off").format(*place)
        if self.edit.off:
            text = self.tr("unit {0} of layer {1} switched off, its bias set to {2}")
        else:
            text = self.tr("bias of unit {0} of layer {1} set to {2}")
        return text.format(*place, grouped(self.edit.bias, 3))

    def take_back(self) -> None:
        """Let the network answer as it was trained again."""
        self.forget()
        self._session.recall(None)

    def forget(self) -> None:
        """Try nothing, whoever answers."""
        self.edit, self.base = Edit(), None

    @Slot()
    def _on_network_changed(self) -> None:
        run = self._session.run
        if self.base is not None and (run is None or not (run.recalled and run.recalled.edited)):
            self.forget()
            self.ended.emit()
