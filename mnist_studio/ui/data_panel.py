"""The data set: which one, where it comes from, how it is split, what it looks like."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QProgressBar,
    QSizePolicy,
    QStackedLayout,
    QToolButton,
    QWidget,
)

from ..data.registry import DATASETS, DatasetSpec
from ..training.config import DataConfig, hyperparameters
from . import theme
from .dataset_editor import DatasetEditor, is_here
from .dataset_strip import DatasetStrip
from .editors import NumberEditor
from .form import ROW_SPACING, Form
from .labels import tooltip
from .number_text import grouped
from .widgets import Card, dim_label, error_label, show_error

if TYPE_CHECKING:
    from ..data.dataset import Dataset


class DataPanel(Card):
    """Editor of a :class:`DataConfig`; loads what is chosen, downloads what is missing.

    Parameters
    ----------
    session : Session
        Loads and downloads; tells how far it is.

    Signals
    -------
    changed()
        The user chose another data set or another split.
    """

    changed = Signal()

    def __init__(self, session: Any, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Data"), parent)
        self.setObjectName("dataPanel")
        self._session = session
        self._running = False
        self._loading = ""
        self._downloading = ""
        self._build()
        session.dataset_changed.connect(self._on_dataset_changed)
        session.dataset_loading.connect(self._on_dataset_loading)
        session.dataset_progress.connect(self._on_dataset_progress)
        session.dataset_failed.connect(self._on_dataset_failed)
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
        self._form.set_values(
            {"validation_fraction": data.validation_fraction, "split_seed": data.split_seed}
        )
        self._choice.setValue(data.dataset)
        if self._session.dataset is not None and self._loading != data.dataset:
            self._load_or_offer()
        self._refresh()

    @property
    def valid(self) -> bool:
        """Whether every field holds a usable text."""
        return self._form.valid

    def first_invalid(self) -> NumberEditor | None:
        """Return the first editor whose text cannot be used, its message shown, or None."""
        return self._form.first_invalid()

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
        self._sizes = dim_label()
        self._sizes.setObjectName("datasetSizes")
        self._sizes.setFont(theme.number_font(self.font().pointSizeF(), self.font().weight()))
        self._sizes.setToolTip(self.tr("Images to train, to validate and to test with."))
        self.header.addWidget(self._sizes)
        self._choice = DatasetEditor()
        self._choice.value_changed.connect(self._on_chosen)
        self.body.addWidget(self._choice)
        self._source = QWidget()
        self._source_pages = QStackedLayout(self._source)
        self._source_pages.addWidget(self._make_offer())
        self._source_pages.addWidget(self._make_progress())
        self._source.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.body.addWidget(self._source)
        self._message = error_label()
        self._message.setObjectName("dataMessage")
        self.body.addWidget(self._message)
        self._strip = DatasetStrip()
        self.body.addWidget(self._strip)
        declarations = hyperparameters(DataConfig)
        defaults = DataConfig()
        self._form = Form(
            declarations, {name: getattr(defaults, name) for name in declarations}, self
        )
        self._form.changed.connect(self._on_split_changed)
        self.body.addLayout(self._form.make_rows(declarations))
        # The last row brings its own space below.
        self.body.setContentsMargins(14, 10, 14, 12 - ROW_SPACING)

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
        self._open.setText(self.tr("Open folder…"))
        self._open.setToolTip(
            self.tr("Use the four files of this data set from a folder, unpacked or as .gz.")
        )
        self._open.clicked.connect(self._on_open_clicked)
        return _row(self._download, self._open)

    def _make_progress(self) -> QWidget:
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(self.tr("Download progress"))
        self._progress_text = dim_label()
        self._progress_text.setFont(self._sizes.font())
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
        self._cancel.setEnabled(True)
        self._session.download_dataset(self._downloading)
        self._show_download(0, self._spec.download_size)

    @Slot()
    def _on_open_clicked(self) -> None:
        folder = QFileDialog.getExistingDirectory(
            self, self.tr("Open the folder with {0}").format(self._spec.title)
        )
        if folder:
            self._session.open_dataset_folder(self._spec.name, Path(folder))

    @Slot()
    def _on_cancel_clicked(self) -> None:
        self._cancel.setEnabled(False)
        self._session.cancel_loading()

    # --- what the session tells ------------------------------------------------------------

    @Slot(object)
    def _on_dataset_changed(self, dataset: Dataset | None) -> None:
        if dataset is not None and dataset.name == self._downloading:
            self._downloading = ""
        if dataset is None or dataset.name == self._loading:
            self._loading = ""
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

    @Slot(str)
    def _on_dataset_failed(self, message: str) -> None:
        self._loading = self._downloading = ""
        self._refresh()
        show_error(self._message, message)

    # --- showing ---------------------------------------------------------------------------

    @property
    def _spec(self) -> DatasetSpec:
        return DATASETS[self._choice.value()]

    def _load_or_offer(self) -> None:
        """Load the chosen data set if it is on this computer."""
        show_error(self._message, "")
        loaded = self._session.dataset
        if loaded is not None and loaded.name == self._spec.name and not self._loading:
            return
        # Also if it is in use: the session would change to the one that is still on its way.
        if is_here(self._spec):
            self._session.load_dataset(self._spec.name)

    def _show_download(self, done: int, total: int) -> None:
        self._bar.setMaximum(max(total // 1000, 1))
        self._bar.setValue(done // 1000)
        self._progress_text.setText(
            self.tr("{0:.1f} of {1:.1f} MB").format(done / 1e6, total / 1e6)
        )
        self._refresh()

    def _refresh(self) -> None:
        spec = self._spec
        loaded = self._session.dataset
        ready = loaded is not None and loaded.name == spec.name
        validation = round(spec.train_size * float(self._form.values()["validation_fraction"]))
        self._sizes.setText(
            " / ".join(
                grouped(n) for n in (spec.train_size - validation, validation, spec.test_size)
            )
        )
        downloading = self._downloading == spec.name
        busy = downloading or self._loading == spec.name
        missing = not ready and not busy and not is_here(spec)
        self._source.setVisible(missing or downloading)
        self._source_pages.setCurrentIndex(int(downloading))
        self._download.setText(self.tr("Download {0:.1f} MB").format(spec.download_size / 1e6))
        free = not (self._running or self._loading or self._downloading)
        self._download.setEnabled(free)
        self._open.setEnabled(free)
        self._show_strip(loaded if ready else None, missing=missing)

    def _show_strip(self, dataset: Dataset | None, *, missing: bool) -> None:
        if dataset is None:
            self._strip.show_dataset(None, self._strip_text(missing=missing))
        elif dataset is not self._strip.dataset:
            self._strip.show_dataset(dataset)

    def _strip_text(self, *, missing: bool) -> str:
        if missing:
            return self.tr("Not on this computer yet")
        downloading = self._downloading == self._spec.name
        return self.tr("Downloading…") if downloading else self.tr("Loading…")


def _row(*widgets: QWidget, stretch_first: bool = False) -> QWidget:
    holder = QWidget()
    row = QHBoxLayout(holder)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(6)
    for widget in widgets:
        row.addWidget(widget, int(stretch_first and widget is widgets[0]))
    if not stretch_first:
        row.addStretch(1)
    return holder
