"""The choice of a data set, and whether it is on this computer."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem, QWidget

from ...data.registry import DATASETS, DatasetSpec
from ...training.config import DataConfig
from ...training.hyperparameter import hyperparameters
from ..editors import ChoiceEditor

AVAILABILITY = Qt.ItemDataRole.UserRole + 1
_AROUND = 24  # pixels beside the longest line of the list


class DatasetEditor(ChoiceEditor):
    """A box for one of the known data sets, whose list says of each whether it is here."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("dataset", hyperparameters(DataConfig)["dataset"], "", parent)
        for index, spec in enumerate(DATASETS.values()):
            self.setItemText(index, spec.title)
        self.setCurrentIndex(0)
        self.setItemDelegate(_AvailabilityDelegate(self))

    def showPopup(self) -> None:
        """Look where the data sets are, then open the list."""
        for index, spec in enumerate(DATASETS.values()):
            self.setItemData(index, self._availability(spec), AVAILABILITY)
        self.view().setMinimumWidth(self.view().sizeHintForColumn(0) + _AROUND)
        super().showPopup()

    def _availability(self, spec: DatasetSpec) -> str:
        if spec.embedded:
            return self.tr("built in")
        if is_here(spec):
            return self.tr("on this computer")
        return self.tr("{0:.1f} MB to download").format(spec.download_size / 1e6)


class _AvailabilityDelegate(QStyledItemDelegate):
    """Writes behind a data set's title where it is, in the list only: the box keeps the title."""

    def initStyleOption(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Add where the data set is, as far as anybody has looked."""
        super().initStyleOption(option, index)
        if availability := index.data(AVAILABILITY):
            option.text = f"{option.text}  ·  {availability}"


def is_here(spec: DatasetSpec) -> bool:
    """Return whether a data set is on this computer, as far as a quick look can tell."""
    if spec.embedded:
        return True
    from ...data.locations import locate

    return locate(spec.name) is not None
