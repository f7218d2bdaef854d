"""The choice of a data set, and whether it is on this computer."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from ..data.registry import DATASETS, DatasetSpec
from ..training.config import Hyperparameter
from .editors import ChoiceEditor


class DatasetEditor(ChoiceEditor):
    """A box for one of the known data sets, which says of each whether it is here."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("dataset", Hyperparameter(str, choices=tuple(DATASETS)), "", parent)
        for index, spec in enumerate(DATASETS.values()):
            self.setItemText(index, spec.title)
        self.setCurrentIndex(0)

    def showPopup(self) -> None:
        """Look where the data sets are, then open the list."""
        for index, spec in enumerate(DATASETS.values()):
            self.setItemText(index, f"{spec.title}  ·  {self._availability(spec)}")
        super().showPopup()

    def hidePopup(self) -> None:
        """Close the list and leave the title alone."""
        super().hidePopup()
        for index, spec in enumerate(DATASETS.values()):
            self.setItemText(index, spec.title)

    def _availability(self, spec: DatasetSpec) -> str:
        if spec.embedded:
            return self.tr("built in")
        if is_here(spec):
            return self.tr("on this computer")
        return self.tr("{0:.1f} MB to download").format(spec.download_size / 1e6)


def is_here(spec: DatasetSpec) -> bool:
    """Return whether a data set is on this computer, as far as a quick look can tell."""
    if spec.embedded:
        return True
    from ..data.locations import locate

    return locate(spec.name) is not None
