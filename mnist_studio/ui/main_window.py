"""The one window: settings at the left, curves in the middle, the sketch pad at the right."""

from __future__ import annotations

import dataclasses
import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDropEvent,
    QKeyEvent,
    QPaintEvent,
)
from PySide6.QtWidgets import (
    QFileDialog,
    QMainWindow,
    QMenu,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from .. import paths
from ..session.session import Session
from ..session.settings import Settings
from ..training.config import RunConfig
from ..training.presets import PRESETS
from ..training.status import RunStatus
from . import theme
from .banner import Banner
from .describe import describe_error, describe_run, describe_status
from .status_strip import StatusStrip
from .theme_menu import ThemeMenu
from .toolbar import Actions, Toolbar
from .widgets import SPACING

if TYPE_CHECKING:
    from ..training.opened import OpenedRun
    from .experiments.tab import ExperimentsTab
    from .settings_column import SettingsColumn
    from .sketch_panel import SketchPanel
    from .train_view import TrainView

logger = logging.getLogger(__name__)
COLUMN_WIDTHS = (300, 700, 284)
TRAIN, EXPERIMENTS = 0, 1  # the tabs
# What a newcomer's first press of Train shows: the lab note that everything began with.
FIRST_CONFIG = RunConfig(model=PRESETS["lab-note"].model, training=PRESETS["lab-note"].training)


class MainWindow(QMainWindow):
    """Everything on one screen.

    Parameters
    ----------
    settings_folder : Path, optional
        Where the window's layout and last choices are kept, and in its subfolder ``runs`` the
        runs; by default in the user's own folders.
    panels_after_paint : bool
        Whether the three columns are made only after the first paint, so that a person sees
        the window sooner; a script finds everything there at once by default.
    """

    def __init__(
        self,
        settings_folder: Path | None = None,
        parent: QWidget | None = None,
        *,
        panels_after_paint: bool = False,
    ) -> None:
        super().__init__(parent)
        self._runs_folder = settings_folder / "runs" if settings_folder else paths.runs_folder()
        self._settings = Settings(settings_folder or paths.configuration_folder())
        theme.choose(self._settings.theme)
        self.session = Session(self._runs_folder, self)
        self.session.blas_threads = self._settings.blas_threads
        self._experiments: ExperimentsTab | None = None
        self._run_to_open: Path | None = None
        self._run_to_continue: Path | None = None
        self._first_paint_done = False
        self._panels_built = False
        self._ready = False
        self._build()
        self._connect()
        if not panels_after_paint:
            self._build_panels()

    # --- building --------------------------------------------------------------------------

    def _build(self) -> None:
        self.setWindowTitle("MNIST Studio")
        self.setAcceptDrops(True)
        self.setMinimumSize(1080, 640)
        self._actions = Actions(self)
        self._recent_menu = QMenu(self)
        self._recent_menu.setToolTipsVisible(True)
        self._theme_menu = ThemeMenu(self._settings, self)
        self._toolbar = Toolbar(self._actions, self._recent_menu, self._theme_menu)
        for text in (self.tr("Train"), self.tr("Experiments")):
            self._toolbar.tabs.addTab(text)
        self._banner = Banner()
        self._status_strip = StatusStrip(self.session)
        self._splitter = QSplitter(Qt.Orientation.Horizontal)
        self._splitter.setHandleWidth(SPACING + 4)
        self._splitter.setChildrenCollapsible(False)
        page = QWidget()
        page.setObjectName("page")
        layout = QVBoxLayout(page)
        layout.setContentsMargins(12, 10, 12, 8)
        layout.setSpacing(10)
        layout.addWidget(self._toolbar)
        layout.addWidget(self._banner)
        layout.addWidget(self._splitter, 1)
        layout.addWidget(self._status_strip)
        self.setCentralWidget(page)
        self.resize(1280, 720)
        geometry = self._settings.layout("geometry")
        if not geometry.isEmpty():
            self.restoreGeometry(geometry)

    def _build_panels(self) -> None:
        from .settings_column import SettingsColumn
        from .sketch_panel import SketchPanel
        from .train_view import TrainView

        self._panels_built = True
        self._settings_column: SettingsColumn = SettingsColumn(self.session)
        self._train_view: TrainView = TrainView(self.session)
        self._sketch_panel: SketchPanel = SketchPanel(self.session)
        self._middle = QStackedWidget()
        self._middle.addWidget(self._train_view)
        for column in (self._settings_column, self._middle, self._sketch_panel):
            self._splitter.addWidget(column)
        self._splitter.setStretchFactor(1, 1)
        self._splitter.setSizes(COLUMN_WIDTHS)
        splitter = self._settings.layout("splitter")
        if not splitter.isEmpty():
            self._splitter.restoreState(splitter)
        self._settings_column.set_config(self._settings.config or FIRST_CONFIG)
        self._settings_column.changed.connect(self._refresh)
        self._train_view.frame_timed.connect(self._status_strip.set_frame_time)
        self._refresh()

    def _connect(self) -> None:
        actions, session = self._actions, self.session
        actions.train.triggered.connect(self._on_train)
        actions.pause.triggered.connect(session.pause)
        actions.stop.triggered.connect(session.stop)
        actions.step.triggered.connect(self._on_step)
        actions.epoch.triggered.connect(self._on_epoch)
        actions.resume.triggered.connect(self._on_continue)
        actions.open.triggered.connect(self._on_open)
        actions.save.triggered.connect(self._on_save)
        self._recent_menu.aboutToShow.connect(self._fill_recent_menu)
        self._recent_menu.triggered.connect(self._on_recent_chosen)
        session.run_started.connect(self._on_run_started)
        session.status_changed.connect(self._on_status_changed)
        session.run_ended.connect(self._on_run_ended)
        session.run_offered.connect(self._on_run_offered)
        session.saved.connect(self._on_saved)
        session.opened.connect(self._on_opened)
        session.failed.connect(self._banner.show_error)
        session.dataset_changed.connect(self._on_dataset_changed)
        self._toolbar.tabs.currentChanged.connect(self._on_tab_changed)
        self._status_strip.blas_threads_chosen.connect(self._on_blas_threads_chosen)

    # --- start and end ---------------------------------------------------------------------

    def open_when_ready(self, path: Path) -> None:
        """Open a run as soon as the window is there."""
        self._run_to_open = path
        if self._ready:
            self._open_run_to_open()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint; after the first time load what a bare window does not need."""
        super().paintEvent(event)
        if not self._first_paint_done:
            self._first_paint_done = True
            QTimer.singleShot(0, self._finish_start)

    @Slot()
    def _finish_start(self) -> None:
        """Load plots, data and the last run; kept out of the way of the first paint."""
        if not self._panels_built:
            self._build_panels()
        self._train_view.load_plots()
        self._start_experiments()
        self._ready = True
        if self.session.dataset is None and not self.session.active:
            self.session.load_dataset(self._settings_column.config().data.dataset)
        if self._run_to_open is not None:
            self._open_run_to_open()
        elif not self.session.active:
            self.session.offer_last_run()

    def _start_experiments(self) -> None:
        """List the runs and look for an interrupted sweep, in the background."""
        from .experiments.tab import ExperimentsTab

        tab = ExperimentsTab(
            self.session,
            self._runs_folder,
            self._settings_column,
            self._train_view,
            self._banner,
            self,
        )
        tab.shown.connect(self._show_experiments)
        tab.settings_taken.connect(self._refresh)
        tab.opened.connect(self._on_run_chosen)
        tab.continue_requested.connect(self._on_continue_requested)
        self._experiments = tab

    def _open_run_to_open(self) -> None:
        path, self._run_to_open = self._run_to_open, None
        if path is not None:
            self._open(path)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Stop and save the run, remember the layout, and go; nothing is asked, nothing lost."""
        # The window disappears at once; ending the threads takes another moment.
        self.hide()
        self._settings.set_layout("geometry", self.saveGeometry())
        if self._panels_built:
            self._sketch_panel.show()  # its width belongs to the layout
            self._settings.set_layout("splitter", self._splitter.saveState())
            if self._settings_column.first_error() is None:
                self._settings.config = self._settings_column.config()
        self._settings.sync()
        if self._experiments is not None:
            self._experiments.shut_down()
        self.session.shut_down()
        super().closeEvent(event)

    # --- commands --------------------------------------------------------------------------

    @Slot()
    def _on_train(self) -> None:
        if self.session.status is RunStatus.PAUSED:
            self.session.resume()
        else:
            self._start("run")

    @Slot()
    def _on_step(self) -> None:
        self._advance("batch")

    @Slot()
    def _on_epoch(self) -> None:
        self._advance("epoch")

    @Slot()
    def _on_continue(self) -> None:
        if self._can_continue():
            self.session.resume_run(self._epochs_to_continue())

    def _advance(self, unit: str) -> None:
        """Go on by one batch or epoch: of the paused run, of the stopped run, or of a new one."""
        if self.session.active:
            self.session.step() if unit == "batch" else self.session.run_epoch()
        elif self._can_continue():
            self.session.resume_run(self._epochs_to_continue(), first=unit)
        else:
            self._start(unit)

    def _start(self, first: str) -> None:
        if not self._panels_built:
            self._build_panels()  # a key was faster than the first paint
        if self.session.active or self._settings_column.first_error() is not None:
            return
        self._banner.hide()
        self.session.start(self._settings_column.config(), first=first)

    def _epochs_to_continue(self) -> int:
        """Return the epochs set in the form if they go on from where the run is, else its own."""
        history, config = self.session.history, self.session.run_config
        assert history is not None
        assert config is not None
        wanted = self._settings_column.config().training.epochs
        return max(wanted, config.training.epochs)

    def _can_continue(self) -> bool:
        history, config = self.session.history, self.session.run_config
        if not self.session.resumable or history is None or config is None:
            return False
        return history.step < self._epochs_to_continue() * history.batches_per_epoch

    @Slot()
    def _on_open(self) -> None:
        name, _ = QFileDialog.getOpenFileName(
            self,
            self.tr("Open a saved run"),
            self._settings.last_folder,
            self.tr("Runs (*.npz)"),
        )
        if name:
            self._open(Path(name))

    def _open(self, path: Path) -> None:
        if self.session.active:
            self._banner.show_error(
                self.tr("Stop the training before you open {0}.").format(path.name)
            )
        else:
            self.session.open(path)

    @Slot()
    def _on_save(self) -> None:
        name, _ = QFileDialog.getSaveFileName(
            self,
            self.tr("Save this run"),
            str(Path(self._settings.last_folder) / "run.npz"),
            self.tr("Runs (*.npz)"),
        )
        if name:
            path = Path(name)
            self.session.save_as(path if path.suffix else path.with_suffix(".npz"))

    @Slot(object)
    def _on_recent_chosen(self, action: object) -> None:
        data = action.data() if hasattr(action, "data") else None
        if data:
            self._open(Path(data))

    @Slot()
    def _fill_recent_menu(self) -> None:
        self._recent_menu.clear()
        for path in self._settings.recent_files:
            # The folder too, since every run is called run.npz at first.
            text = f"{path.name}  ·  {path.parent.name}"
            entry = self._recent_menu.addAction(text.replace("&", "&&"))
            entry.setToolTip(str(path))
            entry.setData(str(path))
        if self._recent_menu.isEmpty():
            self._recent_menu.addAction(self.tr("No recent files")).setEnabled(False)

    @Slot(int)
    def _on_tab_changed(self, index: int) -> None:
        """Show a tab; comparing needs the width of the sketch pad."""
        if self._experiments is None:
            self._toolbar.tabs.setCurrentIndex(TRAIN)  # the window is not ready yet
            return
        page = self._experiments.page() if index == EXPERIMENTS else self._train_view
        if self._middle.indexOf(page) < 0:
            self._middle.addWidget(page)
        self._middle.setCurrentWidget(page)
        self._sketch_panel.setVisible(index == TRAIN)

    @Slot()
    def _show_experiments(self) -> None:
        self._toolbar.tabs.setCurrentIndex(EXPERIMENTS)

    @Slot(object)
    def _on_run_chosen(self, path: Path) -> None:
        self._toolbar.tabs.setCurrentIndex(TRAIN)
        self._open(path)

    @Slot(object)
    def _on_continue_requested(self, path: Path) -> None:
        self._run_to_continue = path
        self._open(path)

    @Slot(int)
    def _on_blas_threads_chosen(self, count: int) -> None:
        self._settings.blas_threads = count
        self.session.blas_threads = count
        self._status_strip.show_blas_threads()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Train or pause by Space, unless the focused control has a use for that key itself."""
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            running = self.session.active and self.session.status is not RunStatus.PAUSED
            (self._actions.pause if running else self._actions.train).trigger()
        else:
            super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Accept one run file."""
        if _dropped_run(event) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open the dropped run file."""
        path = _dropped_run(event)
        if path is not None:
            event.acceptProposedAction()
            self._open(path)

    def show_unexpected_error(self, error: BaseException, log: Path | None) -> None:
        """Tell of an error that nothing expected; the log has the traceback."""
        place = self.tr(" Details are in {0}.").format(log) if log else ""
        self._banner.show_error(
            self.tr("Something unexpected went wrong ({0}); the training goes on.{1}").format(
                type(error).__name__, place
            )
        )

    # --- what the session tells ------------------------------------------------------------

    @Slot(object)
    def _on_run_started(self, config: RunConfig) -> None:
        assert self.session.history is not None
        changes: dict[str, Any] = {
            change.name: change.value for change in self.session.history.changes
        }
        training = dataclasses.replace(config.training, **changes)
        self._settings_column.set_config(dataclasses.replace(config, training=training))
        self._refresh()

    @Slot(object)
    def _on_status_changed(self, _status: RunStatus) -> None:
        self._refresh()

    @Slot(object, str)
    def _on_run_ended(self, status: RunStatus, message: str) -> None:
        if status is RunStatus.FAILED:
            self._banner.show_error(describe_error(self.session.last_error) or message)

    @Slot(object, object)
    def _on_run_offered(self, path: Path, opened: OpenedRun) -> None:
        if self.session.active or self.session.history is not None:
            return

        def show() -> None:
            self.session.show_run(path, opened)

        text = self.tr("Your last run is still here: {0}.").format(
            describe_run(opened.checkpoint.config, opened.history)
        )
        self._banner.show_note(text, self.tr("Open it"), show)

    @Slot(object)
    def _on_dataset_changed(self, _dataset: object) -> None:
        self._refresh()

    @Slot(object)
    def _on_saved(self, path: Path) -> None:
        self._settings.add_recent_file(path)
        self._banner.show_note(self.tr("Saved as {0}.").format(path))

    @Slot(object)
    def _on_opened(self, path: Path) -> None:
        self._banner.hide()
        if path.parent != self._runs_folder:
            self._settings.add_recent_file(path)
        wanted, self._run_to_continue = self._run_to_continue, None
        if wanted != path:
            return
        if self._can_continue():
            self._on_continue()
        else:
            self._banner.show_note(
                self.tr("This run is complete: set more epochs, then press Continue.")
            )

    @Slot()
    def _refresh(self) -> None:
        """Enable what can be done now and say what is in view."""
        session, actions = self.session, self._actions
        paused = session.status is RunStatus.PAUSED
        running = session.active and not paused
        actions.train.setEnabled(not running)
        actions.train.setText(self.tr("&Resume") if paused else self.tr("&Train"))
        actions.pause.setEnabled(running)
        actions.stop.setEnabled(session.active)
        actions.step.setEnabled(not running)
        actions.epoch.setEnabled(not running)
        actions.resume.setEnabled(self._can_continue())
        actions.save.setEnabled(session.history is not None)
        self._toolbar.show_running(running=running)
        self._toolbar.show_resumable(resumable=self._can_continue())
        self._settings_column.set_running(session.active)
        config = session.run_config
        self._toolbar.set_title(
            describe_run(config, None) if config else "", describe_status(session.status)
        )


def _dropped_run(event: QDropEvent) -> Path | None:
    urls = event.mimeData().urls()
    if len(urls) != 1 or not urls[0].isLocalFile():
        return None
    path = Path(urls[0].toLocalFile())
    return path if path.suffix.lower() == ".npz" else None
