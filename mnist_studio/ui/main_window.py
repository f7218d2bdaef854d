"""The one window: settings at the left, pages in the middle, the sketch pad at the right."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QAction, QPaintEvent
from PySide6.QtWidgets import QMainWindow, QVBoxLayout, QWidget

from ..session.settings import Settings
from ..session.studio import Studio
from . import theme
from .actions import Actions
from .column import Column
from .columns import Columns
from .page_tabs import PageTabs
from .pages import PAGES
from .status_strip import StatusStrip
from .toolbar import Toolbar

if TYPE_CHECKING:
    from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QKeyEvent

    from ..session.run_in_view import RunInView
    from .page import Page
    from .settings.column import SettingsColumn
    from .sketch.image import Picture
    from .sketch.panel import SketchPanel

SETTINGS_WIDTH, PAD_WIDTH = 300, 284
FIRST_SIZE = QSize(1280, 720)


class MainWindow(QMainWindow):
    """Settings, pages and the sketch pad on one screen.

    Parameters
    ----------
    studio : Studio
        What is shown and steered; the window's from now on, and shut down when it is closed.
    settings : Settings
        The window's layout and last choices.
    panels_after_paint : bool
        Whether all but the frame is made and imported only after the first paint, so that a person
        sees the window sooner, and what is on the pages while nobody does anything, so that it
        opens at once; a script finds the columns there, and makes of the pages what it looks at.

    Attributes
    ----------
    studio : Studio
        As given.
    settings : SettingsColumn
        The form at the left.
    sketch : SketchPanel
        The pad at the right.
    pages : dict of Page
        By their names in :data:`.pages.PAGES`; empty until the columns are there.
    messages : Messages
        Where sentences are shown.
    remembered : Settings
        What was given as `settings`.

    Signals
    -------
    painted()
        A person sees it; what it still lacks is made next.
    grown()
        Much more is there that stays: columns and plots, or all that was made ahead.
    """

    painted = Signal()
    grown = Signal()

    def __init__(
        self,
        studio: Studio,
        settings: Settings,
        parent: QWidget | None = None,
        *,
        panels_after_paint: bool = False,
    ) -> None:
        super().__init__(parent)
        self.studio = studio
        studio.setParent(self)
        self.pages: dict[str, Page] = {}
        self.remembered = settings
        theme.choose(settings.theme, settings.text_scale)
        self._run_to_open: Path | None = None
        self._after_paint: Callable[[], None] | None = self._on_first_paint
        self._ready = False
        self._build_frame()
        self._unhurried = panels_after_paint
        if not panels_after_paint:
            self._build_panels()

    # --- building --------------------------------------------------------------------------

    def _build_frame(self) -> None:
        """Make what is painted first."""
        self.setWindowTitle("MNIST Studio")
        self._actions = Actions(self)
        self._early = self.actions()
        for action in self._early:
            action.triggered.connect(self._on_early)
        self._frame = everything = QWidget(self)
        everything.setObjectName("page")
        self.setCentralWidget(everything)
        self._toolbar = Toolbar(self._actions, everything)
        self._columns = Columns(
            Column(self.tr("Settings"), SETTINGS_WIDTH, 0.3, self.tr("Fold the settings (F9).")),
            # As large a part of a larger window as of the usual one: the pad is drawn on.
            Column(self.tr("Sketch pad"), PAD_WIDTH, 1, self.tr("Fold the sketch pad (Shift+F9).")),
        )
        self._tabs = PageTabs(self._toolbar.tabs, self._actions, self._columns, self)
        self._status_strip = StatusStrip(everything)
        layout = QVBoxLayout(everything)
        layout.setContentsMargins(12, 10, 12, 8)
        layout.setSpacing(10)
        layout.addWidget(self._toolbar)
        layout.addWidget(self._columns, 1)
        layout.addWidget(self._status_strip)
        self.setFocus()  # or the keys would go to the first button of the toolbar
        self.resize(FIRST_SIZE)
        geometry, columns = map(self.remembered.layout, ("geometry", "columns"))
        if not geometry.isEmpty():
            self.restoreGeometry(geometry)
        if not columns.isEmpty():
            self._columns.restore(columns)

    @Slot()
    def _on_early(self) -> None:
        """Do what a key asked for that was faster than the first paint."""
        action = self.sender()
        assert isinstance(action, QAction)
        self._build_panels()
        action.trigger()

    def _build_panels(self) -> None:
        """Make all that the frame lacks: commands and messages, and what is in the columns."""
        from .messages import Messages
        from .settings.column import SettingsColumn

        for action in self._early:
            action.triggered.disconnect(self._on_early)
        session = self.studio.session
        session.run_started.connect(self._on_run_started)
        self._status_strip.watch(session)
        self.settings: SettingsColumn = SettingsColumn(session, self.remembered)
        self.messages = Messages(self._columns.page, self._frame)
        self._build_commands()
        self._build_columns()
        self._commands.refresh()
        self._show_summary()

    def _build_commands(self) -> None:
        from .file_commands import FileCommands
        from .menus import ThemeMenu, ThreadsMenu
        from .run_commands import RunCommands
        from .view_commands import ViewCommands

        actions, remembered = self._actions, self.remembered
        self._files = files = FileCommands(self.studio, remembered, self)
        self.setAcceptDrops(True)
        actions.open.triggered.connect(files.ask_to_open)
        actions.save.triggered.connect(files.ask_to_save)
        actions.help.triggered.connect(self._on_help)
        actions.message.triggered.connect(self.messages.take_focus)
        self._toolbar.set_menus(
            files.recent_menu,
            ThemeMenu(remembered, self),
            ThreadsMenu(self.studio.session, remembered, self),
        )
        self._commands = RunCommands(
            self.studio, actions, self._toolbar, self.messages, self.settings, self
        )
        self._view_commands = ViewCommands(
            actions, self._columns, self._status_strip, remembered, self
        )

    def _build_columns(self) -> None:
        from ..training.presets import FIRST_CONFIG
        from .network_drawing import NetworkDrawing
        from .page import PageContext
        from .run_news import RunNews
        from .sketch.explanation import Explanation
        from .sketch.panel import SketchPanel

        session = self.studio.session
        news = RunNews(self.studio, self.remembered, self.messages, self)
        news.data_missing.connect(self._on_data_missing)
        self.settings.fault_shown.connect(self._unfold_settings)
        self.sketch: SketchPanel = SketchPanel(session)
        self._columns.left.set_content(self.settings)
        self.sketch.put_below_pad(Explanation(self.studio, self.sketch))
        self._columns.right.set_content(self.sketch)
        for drawing in self.settings.findChildren(NetworkDrawing):
            drawing.watch(session)
        context = PageContext(self.studio, self.settings, self.messages, self.remembered, self)
        context.page_requested.connect(self._tabs.show_page)
        context.run_chosen.connect(self._on_run_chosen)
        context.picture_wanted.connect(self._show_on_pad)
        context.frame_timed.connect(self._status_strip.set_frame_time)
        self.pages = {row.name: row.make(context) for row in PAGES}
        self._tabs.set_pages(self.pages.values())
        self.settings.set_config(self.remembered.config or FIRST_CONFIG)
        for change in (self.settings.changed, context.settings_taken):
            change.connect(self._commands.refresh)
            change.connect(self._show_summary)

    # --- start and end ---------------------------------------------------------------------

    def open_when_ready(self, path: Path) -> None:
        """Open a run as soon as the window is there."""
        if self._ready:
            self.studio.session.opener.open(path)
        else:
            self._run_to_open = path

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint, and then make what a person does not have to wait for."""
        super().paintEvent(event)
        if self._after_paint is not None:
            QTimer.singleShot(0, self, partial(self._go_on, self._after_paint))
            self._after_paint = None

    def _go_on(self, step: Callable[[], None]) -> None:
        """Take a step of the start; none if the window was closed or hidden since its paint."""
        if self.isVisible():
            step()
        else:
            self._after_paint = step

    def _on_first_paint(self) -> None:
        self.painted.emit()
        if self.pages:
            self._finish_start()
            return
        self._build_panels()
        self._after_paint = self._finish_start
        self.update()

    def _finish_start(self) -> None:
        """Load plots, data and the last run."""
        for page in self.pages.values():
            page.window_painted()
        self.studio.look_around()
        self.windowHandle().activeChanged.connect(self._on_active_changed)
        self._ready = True
        self._tabs.open()
        session = self.studio.session
        if session.data.dataset is None and not session.active:
            session.data.load(self.settings.config().data.dataset)
        if self._run_to_open is not None:
            session.opener.open(self._run_to_open)
        elif not session.active:
            session.files.offer_last()
        if self._unhurried:
            from .ahead import Ahead, make_views

            views = make_views(self.pages.values(), self._columns.page)
            Ahead(views, self).ended.connect(self.grown)
        self.grown.emit()

    @Slot()
    def _on_active_changed(self) -> None:
        """Look for runs when the user comes back; a network drive does not tell of new ones."""
        if self.windowHandle().isActive():
            self.studio.library.refresh()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Stop and save the run, remember the layout, and go; asked is only after failed saves."""
        # The window disappears at once; ending the threads takes another moment.
        self.hide()
        if self.pages:
            self._leave_panels()
        self.studio.shut_down()
        super().closeEvent(event)

    def _leave_panels(self) -> None:
        """Stop and save what goes on, and remember what the user chose."""
        self._view_commands.leave()
        self.remembered.set_layout("geometry", self.saveGeometry())
        if self.settings.first_error() is None:
            self.remembered.config = self.settings.config()
        self.remembered.sync()
        for page in self.pages.values():
            page.shut_down()
        session = self.studio.session
        session.end_training()
        if len(session.unsaved):
            from .unsaved_dialog import UnsavedDialog

            UnsavedDialog(session, self.remembered.last_folder, self).exec()

    # --- the rest --------------------------------------------------------------------------

    @Slot(object)
    def _on_run_chosen(self, path: Path) -> None:
        self._tabs.show_first()
        self.studio.session.opener.open(path)

    @Slot(object)
    def _on_run_started(self, run: RunInView) -> None:
        if run.bundled:
            return  # the first press of Train is to train what the user chose
        import dataclasses

        changes: dict[str, Any] = {change.name: change.value for change in run.history.changes}
        training = dataclasses.replace(run.config.training, **changes)
        self.settings.set_config(dataclasses.replace(run.config, training=training))
        self._show_summary()

    @Slot()
    def _show_summary(self) -> None:
        """Say on the rail what the settings are, for when they are folded."""
        from .describe import describe_run

        self._columns.left.rail.set_summary(describe_run(self.settings.config(), None))

    @Slot(object)
    def _show_on_pad(self, picture: Picture) -> None:
        """Put a picture on the pad, where it is to be seen."""
        self.sketch.pad.show_picture(picture)
        self._view_commands.unfold(self._columns.right)

    @Slot()
    def _unfold_settings(self) -> None:
        """Let the settings show what is wrong with them."""
        self._view_commands.unfold(self._columns.left)

    @Slot()
    def _on_data_missing(self) -> None:
        """Bring the panel into sight that says why, and offers what can be done."""
        self._unfold_settings()
        self.settings.ensureWidgetVisible(self.settings.data)

    @Slot()
    def _on_help(self) -> None:
        from .keys_dialog import KeysDialog

        KeysDialog([self, *(page.widget for page in self.pages.values())], self).show()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Train or pause by Space, unless the focused control has a use for that key itself."""
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            if not self.pages:
                self._build_panels()
            self._commands.toggle()
        else:
            super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Accept one run file."""
        self._files.accept_run(event)

    def dropEvent(self, event: QDropEvent) -> None:
        """Open the dropped run file."""
        path = self._files.accept_run(event)
        if path is not None:
            self.studio.session.opener.open(path)
