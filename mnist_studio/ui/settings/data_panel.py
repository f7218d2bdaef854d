"""The data set: which one, where it comes from, how it is split, what it looks like."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QProgressBar,
    QSizePolicy,
    QStackedLayout,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ...data.registry import DATASETS, DatasetSpec
from ...number_text import grouped
from ...training.config import DataConfig
from ...training.hyperparameter import hyperparameters
from .. import theme
from ..editors import NumberEditor
from ..labels import group_label, tooltip
from ..widgets import SPACING, dim_label, error_label, show_error
from .dataset_editor import DatasetEditor, is_here
from .dataset_strip import DatasetStrip
from .fold_line import FoldLine
from .form import ROW_SPACING, Form

if TYPE_CHECKING:
    from ...data.dataset import Dataset
    from ...session.dataset_source import DatasetSource


class DataPanel(QWidget):
    """Editor of a :class:`DataConfig`; loads what is chosen, downloads what is missing.

    It unfolds by itself when something is missing or went wrong.

    Parameters
    ----------
    source : DatasetSource
        Loads and downloads; tells how far it is.

    Attributes
    ----------
    line : FoldLine
        Unfolds it.

    Signals
    -------
    changed()
        The user chose another data set or another split.
    """

    changed = Signal()

    def __init__(self, source: DatasetSource, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("dataPanel")
        self._source = source
        self._running = False
        self._loading = ""
        self._downloading = ""
        self._fetching = False  # by a download or from a folder, as the user asked
        self._build()
        source.changed.connect(self._on_dataset_changed)
        source.loading.connect(self._on_dataset_loading)
        source.progressed.connect(self._on_dataset_progress)
        source.failed.connect(self._on_dataset_failed)
        self._refresh()

    # --- data ------------------------------------------------------------------------------

    def data(self) -> DataConfig:
        """Return the data set and its split, with the last usable values."""
        return DataConfig(self._spec.name, **self._form.values())

    def set_data(self, data: DataConfig) -> None:
        """Show another data set and split without telling that they changed.

        The data set is loaded, unless nothing has been loaded yet: a window that just opens
        chooses itself when to begin.
        """
        self._form.set_values(dataclasses.asdict(data))
        self._choice.setValue(data.dataset)
        if self._source.dataset is not None and self._loading != data.dataset:
            self._load_or_offer()
        self._refresh()

    @property
    def valid(self) -> bool:
        """Whether every field holds a usable text."""
        return self._form.valid

    def first_invalid(self) -> NumberEditor | None:
        """Return the first editor whose text cannot be used, unfolded and in sight, or None."""
        editor = self._form.first_invalid()
        if editor is not None:
            self.line.setChecked(True)
        return editor

    def tell_missing(self) -> bool:
        """Return whether the chosen data set is not here; if so say what to do about it."""
        missing = self._missing
        if missing:
            self._show_fault(
                self.tr(
                    "{0} is not on this computer: download it, or choose the folder that holds "
                    "its four files."
                ).format(self._spec.title)
            )
        return missing

    def set_running(self, running: bool) -> None:
        """Refuse changes while a training runs."""
        self._running = running
        self._form.set_running(running)
        self._choice.setEnabled(not running)
        reason = self.tr("The data set cannot be changed while a training runs; stop it first.")
        tip = tooltip("dataset")
        self._choice.setToolTip(f"{tip}\n{reason}" if running else tip)
        self._refresh()

    # --- building --------------------------------------------------------------------------

    def _build(self) -> None:
        self._choice = DatasetEditor()
        self._choice.value_changed.connect(self._on_chosen)
        self._sizes = dim_label()
        self._sizes.setObjectName("datasetSizes")
        theme.NumberFont(self._sizes)
        self._sizes.setWordWrap(True)
        self._origin = QWidget()
        self._origin_pages = QStackedLayout(self._origin)
        self._origin_pages.addWidget(self._make_offer())
        self._origin_pages.addWidget(self._make_progress())
        self._origin.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._message = error_label()
        self._message.setObjectName("dataMessage")
        self._strip = DatasetStrip()
        declarations = hyperparameters(DataConfig)
        del declarations["dataset"]  # has an editor of its own
        self._form = Form(declarations, dataclasses.asdict(DataConfig()), self)
        self._form.changed.connect(self._on_split_changed)
        content = QWidget()
        inside = QVBoxLayout(content)
        # The last row brings its own space below.
        inside.setContentsMargins(2, 2, 0, 10 - ROW_SPACING)
        inside.setSpacing(SPACING)
        for widget in (self._choice, self._origin, self._message, self._strip, self._sizes):
            inside.addWidget(widget)
        inside.addLayout(self._form.make_rows(declarations))
        self.line = FoldLine(group_label("data"), content)
        self.line.setObjectName("dataLine")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.line)
        column.addWidget(content)

    def _make_offer(self) -> QWidget:
        self._download = QToolButton()
        self._download.setObjectName("downloadButton")
        self._download.setToolTip(
            self.tr(
                "Fetch this data set from its public mirrors and check it; it is kept for later."
            )
        )
        self._download.clicked.connect(self._on_download_clicked)
        self._open = QToolButton()
        self._open.setObjectName("openFolderButton")
        self._open.setText(self.tr("Folder…"))
        self._open.setAccessibleName(self.tr("Open folder"))
        self._open.setToolTip(
            self.tr("Use the four files of this data set from a folder, unpacked or as .gz.")
        )
        self._open.clicked.connect(self._on_open_clicked)
        return _row(self._download, self._open)

    def _make_progress(self) -> QWidget:
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setMinimumWidth(24)
        self._bar.setAccessibleName(self.tr("Download progress"))
        self._progress_text = dim_label()
        theme.NumberFont(self._progress_text)
        self._cancel = QToolButton()
        self._cancel.setObjectName("cancelButton")
        self._cancel.setText(self.tr("Cancel"))
        self._cancel.setToolTip(self.tr("Stop the download; nothing half-finished is kept."))
        self._cancel.clicked.connect(self._on_cancel_clicked)
        return _row(self._bar, self._progress_text, self._cancel, stretch_first=True)

    # --- what the user does ----------------------------------------------------------------

    @Slot()
    def _on_chosen(self) -> None:
        self._load_or_offer()
        self._refresh()
        self.changed.emit()

    @Slot()
    def _on_split_changed(self) -> None:
        self._refresh()
        self.changed.emit()

    @Slot()
    def _on_download_clicked(self) -> None:
        self._downloading = self._spec.name
        self._fetching = True
        self._cancel.setEnabled(True)
        self._source.download(self._downloading)
        self._show_download(0, self._spec.download_size)

    @Slot()
    def _on_open_clicked(self) -> None:
        # Without the usual option: one looks for a folder by the files that it holds.
        folder = QFileDialog.getExistingDirectory(
            self,
            self.tr("Open the folder with {0}").format(self._spec.title),
            options=QFileDialog.Option(0),
        )
        if folder:
            self._fetching = True
            self._source.open_folder(self._spec.name, Path(folder))

    @Slot()
    def _on_cancel_clicked(self) -> None:
        self._cancel.setEnabled(False)
        self._source.cancel()

    # --- what the source tells ------------------------------------------------------------

    @Slot(object)
    def _on_dataset_changed(self, dataset: Dataset | None) -> None:
        if dataset is not None and dataset.name == self._downloading:
            self._downloading = ""
        if dataset is None or dataset.name == self._loading:
            self._loading = ""
        self._fetching = False
        show_error(self._message, "")
        self._refresh()

    @Slot(str)
    def _on_dataset_loading(self, name: str) -> None:
        self._loading = name
        show_error(self._message, "")
        self._refresh()

    @Slot(int, int)
    def _on_dataset_progress(self, done: int, total: int) -> None:
        self._show_download(done, total)

    @Slot(str, str)
    def _on_dataset_failed(self, _name: str, message: str) -> None:
        fetched, self._fetching = self._fetching, False
        self._loading = self._downloading = ""
        self._refresh()
        if fetched or not message or not self.tell_missing():
            self._show_fault(message)

    # --- showing ---------------------------------------------------------------------------

    def _show_fault(self, message: str) -> None:
        show_error(self._message, message)
        if message:
            self.line.setChecked(True)

    @property
    def _spec(self) -> DatasetSpec:
        return DATASETS[self._choice.value()]

    def _load_or_offer(self) -> None:
        """Load the chosen data set if it is on this computer."""
        show_error(self._message, "")
        loaded = self._source.dataset
        if loaded is not None and loaded.name == self._spec.name and not self._loading:
            return
        # Also if it is in use: the source would change to the one that is still on its way.
        if is_here(self._spec):
            self._source.load(self._spec.name)

    def _show_download(self, done: int, total: int) -> None:
        self._bar.setMaximum(max(total // 1000, 1))
        self._bar.setValue(done // 1000)
        self._progress_text.setText(
            self.tr("{0:.1f} of {1:.1f} MB").format(done / 1e6, total / 1e6)
        )
        self._refresh()

    @property
    def _ready(self) -> bool:
        return self._source.dataset is not None and self._source.dataset.name == self._spec.name

    @property
    def _missing(self) -> bool:
        busy = self._spec.name in (self._downloading, self._loading)
        return not self._ready and not busy and not is_here(self._spec)

    def _refresh(self) -> None:
        spec, missing = self._spec, self._missing
        downloading = self._downloading == spec.name
        self._origin.setVisible(missing or downloading)
        self._origin_pages.setCurrentIndex(int(downloading))
        self._download.setText(self.tr("Download {0:.1f} MB").format(spec.download_size / 1e6))
        free = not (self._running or self._loading or self._downloading)
        self._download.setEnabled(free)
        self._open.setEnabled(free)
        if missing:
            self.line.setChecked(True)
        validation = round(spec.train_size * float(self._form.values()["validation_fraction"]))
        parts = [grouped(n) for n in (spec.train_size - validation, validation, spec.test_size)]
        self._sizes.setText(self.tr("Train {0} · validate {1} · test {2}").format(*parts))
        state = "" if self._ready else self._state_text(missing=missing)
        self.line.show_summary(f"{spec.title} · {state or ' / '.join(parts)}")
        dataset = self._source.dataset if self._ready else None
        if dataset is None or dataset is not self._strip.dataset:
            self._strip.show_dataset(dataset, state)

    def _state_text(self, *, missing: bool) -> str:
        if missing:
            return self.tr("not on this computer")
        downloading = self._downloading == self._spec.name
        return self.tr("downloading…") if downloading else self.tr("loading…")


def _row(*widgets: QWidget, stretch_first: bool = False) -> QWidget:
    holder = QWidget()
    row = QHBoxLayout(holder)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(4)
    for widget in widgets:
        row.addWidget(widget, int(stretch_first and widget is widgets[0]))
    if not stretch_first:
        row.addStretch(1)
    return holder
