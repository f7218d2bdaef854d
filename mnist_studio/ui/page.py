"""What a page of the window is, and what the window offers it."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from ..session.studio import Studio
from ..training.config import RunConfig
from .file_buttons import folder_button, open_button

if TYPE_CHECKING:
    from ..session.settings import Settings
    from .messages import Messages
    from .settings.column import SettingsColumn


class PageContext(QObject):
    """What all pages are given.

    Parameters
    ----------
    studio : Studio
        What they show and steer.
    settings : SettingsColumn
        What the next run begins with.
    messages : Messages
        Where sentences are shown.
    remembered : Settings
        What the window remembers between two starts.

    Signals
    -------
    page_requested(object)
        The user asked for this Page.
    run_chosen(object)
        The run in this file is to be shown.
    settings_taken()
        Other settings are in the form.
    picture_wanted(object)
        This Picture is to be put on the pad.
    images_found(object)
        These FoundImages are to be shown in the gallery.
    frame_timed(float)
        Milliseconds that a redraw of a plot took.
    """

    page_requested = Signal(object)
    run_chosen = Signal(object)
    settings_taken = Signal()
    picture_wanted = Signal(object)
    images_found = Signal(object)
    frame_timed = Signal(float)

    def __init__(
        self,
        studio: Studio,
        settings: SettingsColumn,
        messages: Messages,
        remembered: Settings,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self.studio = studio
        self.settings = settings
        self.messages = messages
        self.remembered = remembered
        self._next: RunConfig | None = None
        studio.session.run_ended.connect(self._on_run_ended)

    @Slot(object)
    def note_saved(self, path: Path) -> None:
        """Say where something was saved, with what can be done with it."""
        self.messages.show_note(
            self.tr("Saved as {0}.").format(path), open_button(path), folder_button(path)
        )

    def take_settings(self, config: RunConfig) -> None:
        """Put other settings into the form, unless a training has the present ones in use."""
        if self.studio.session.active:
            self.messages.show_error(self.tr("Stop the training before you take other settings."))
            return
        self.settings.set_config(config)
        self.settings_taken.emit()

    @Slot(object, bool)
    def take_remedy(self, config: RunConfig, train: bool) -> None:
        """Put other settings into the form, and perhaps train with them, now or after a stop."""
        session = self.studio.session
        if not session.active:
            self.take_settings(config)
            if train:
                session.start(config)
        elif train:
            self._next = config
            session.stop()

    @Slot(object, object)
    def _on_run_ended(self, _status: object, _failure: object) -> None:
        if self._next is not None:
            config, self._next = self._next, None
            self.take_remedy(config, train=True)


NEVER = 1_000_000
"""More pixels than a window has."""


class Page(QObject):
    """A tab of the window; its widget is made when it is first shown, or before.

    Attributes
    ----------
    beside_pad : bool
        Whether the sketch pad stays beside it.
    settings_from : int
        From how many pixels on, at scale 1, the settings are beside it, too, before the user
        unfolds them there.
    pad_from : int
        The same of the sketch pad.
    made_ahead : bool
        Whether it and its sections are made before they are opened, while nobody does anything.
    """

    beside_pad = True
    settings_from = 0
    pad_from = 0
    made_ahead = False

    def __init__(self, context: PageContext) -> None:
        super().__init__(context)
        self.context = context

    @functools.cached_property
    def widget(self) -> QWidget:
        """What fills the middle of the window."""
        return self.make_widget()

    def make_widget(self) -> QWidget:
        """Return the widget; called once."""
        raise NotImplementedError

    def window_painted(self) -> None:
        """Load what would have delayed the first sight of the window."""

    def shown(self) -> None:
        """Note that the user looks at the page now."""

    def shut_down(self) -> None:
        """End what goes on in the background."""
