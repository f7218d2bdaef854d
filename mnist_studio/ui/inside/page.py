"""What is inside the network in view."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Slot

from ..page import NEVER, Page

if TYPE_CHECKING:
    from ..live_view import LiveView
    from ..sections import Sections


class InsidePage(Page):
    """The network, its units and what goes on in it, live; computed when it is looked at."""

    settings_from = NEVER
    made_ahead = True
    _sections: Sections | None = None

    def make_widget(self) -> Sections:
        """Return the sections."""
        from ..sections import Section, Sections

        self._sections = Sections(
            "inside",
            self.tr("What is shown of the network"),
            [
                Section("units", self.tr("Units"), self._make_units),
                Section("layers", self.tr("Layers"), self._make_layers),
                Section("projection", self.tr("Projection"), self._make_projection),
                Section("magnifier", self.tr("One step"), self._make_magnifier),
            ],
        )
        self._sections.saved.connect(self.context.note_saved)
        self._sections.failed.connect(self.context.messages.show_error)
        self.context.studio.session.files.kept.connect(self._on_kept)
        return self._sections

    def shut_down(self) -> None:
        """Ask the network no more."""
        if self._sections is not None:
            self._sections.shut_down()

    def _make_units(self) -> LiveView:
        from .view import InsideView

        return InsideView(self.context.studio)

    def _make_layers(self) -> LiveView:
        from .layers_view import LayersView

        view = LayersView(self.context.studio)
        view.remedy.remedy_chosen.connect(self.context.take_remedy)
        return view

    def _make_projection(self) -> LiveView:
        from .projection_view import ProjectionView

        view = ProjectionView(self.context.studio)
        view.projection.images_wanted.connect(self.context.images_found)
        view.projection.pad_wanted.connect(self.context.picture_wanted)
        return view

    def _make_magnifier(self) -> LiveView:
        from .magnifier_view import MagnifierView

        return MagnifierView(self.context.studio)

    @Slot(object)
    def _on_kept(self, path: Path) -> None:
        """Show the run that a changed network has become, or where it is during a training."""
        session = self.context.studio.session
        self.context.studio.library.refresh()
        if session.active:
            text = self.tr("Kept as {0}, which is listed in Experiments.")
            self.context.messages.show_note(text.format(path.stem))
        else:
            session.opener.open(path)
