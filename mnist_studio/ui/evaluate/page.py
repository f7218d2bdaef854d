"""What the run in view gets wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Slot

from ..page import NEVER, Page, PageContext

if TYPE_CHECKING:
    from ..found_images import FoundImages
    from ..live_view import LiveView
    from ..sections import Sections


class EvaluatePage(Page):
    """How good the answers are, live; nothing is computed before it is looked at."""

    settings_from = NEVER
    pad_from = 960
    made_ahead = True
    _sections: Sections | None = None

    def __init__(self, context: PageContext) -> None:
        super().__init__(context)
        context.images_found.connect(self._show_found)

    def make_widget(self) -> Sections:
        """Return the sections."""
        from ..sections import Section, Sections

        self._sections = Sections(
            "evaluate",
            self.tr("What is shown of the answers"),
            [
                Section("mistakes", self.tr("Mistakes"), self._make_mistakes),
                Section("robustness", self.tr("Robustness"), self._make_robustness),
                Section("calibration", self.tr("Calibration"), self._make_calibration),
            ],
        )
        self._sections.saved.connect(self.context.note_saved)
        self._sections.failed.connect(self.context.messages.show_error)
        return self._sections

    def shut_down(self) -> None:
        """Ask the network no more."""
        if self._sections is not None:
            self._sections.shut_down()

    def _make_mistakes(self) -> LiveView:
        from .view import EvaluateView

        view = EvaluateView(self.context.studio)
        view.image.pad_wanted.connect(self.context.picture_wanted)
        view.images.gallery.image_activated.connect(view.image.put_on_pad)
        return view

    def _make_robustness(self) -> LiveView:
        from .robustness_view import RobustnessView

        return RobustnessView(self.context.studio)

    def _make_calibration(self) -> LiveView:
        from .calibration_view import CalibrationView

        return CalibrationView(self.context.studio)

    @Slot(object)
    def _show_found(self, found: FoundImages) -> None:
        from .view import EvaluateView

        self.context.page_requested.emit(self)
        assert self._sections is not None
        self._sections.show_section("mistakes")
        view = self._sections.view("mistakes")
        assert isinstance(view, EvaluateView)
        view.show_found(found)
