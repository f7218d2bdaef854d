"""How far the probabilities of the network in view can be believed, kept up to date."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple, cast

from PySide6.QtCore import QObject

from ...cancel import Cancelled, check
from ...session.inquirer import Work
from ...session.live_figure import LiveFigure
from ...session.run_in_view import RunInView
from ...session.studio import Studio
from ...training.parts import Part, answer_part

if TYPE_CHECKING:
    from ...data.dataset import Dataset
    from ...insight.calibration import Calibration
    from ...nn.network import Network
    from ...training.config import DataConfig


class CalibratedPart(NamedTuple):
    """A calibration, and what it was measured on.

    Attributes
    ----------
    part : Part
    images : int
        How many images the part has.
    calibration : Calibration
    """

    part: Part
    images: int
    calibration: Calibration


class LiveCalibration(LiveFigure):
    """The calibration on the validation images while a run is trained, then on the test images.

    Parameters
    ----------
    studio : Studio
        Whose run in view is looked at.
    """

    def __init__(self, studio: Studio, parent: QObject | None = None) -> None:
        session = studio.session
        super().__init__(session, studio.inquirer, "calibration", self._work, parent)
        session.run_ended.connect(self.ask_anew)

    @property
    def run(self) -> RunInView | None:
        """The run whose network is looked at."""
        return self._session.run

    @property
    def calibrated(self) -> CalibratedPart | None:
        """The last figures; None if there are none of the run in view."""
        return cast("CalibratedPart | None", self.answer)

    def _work(self, run: RunInView, dataset: Dataset) -> Work:
        part = Part.VALIDATION if run.status.active else Part.TEST
        return partial(_calibrate, run.network, dataset, part, run.config.data)


def _calibrate(
    network: Network, dataset: Dataset, part: Part, config: DataConfig, cancelled: Cancelled
) -> CalibratedPart:
    from ...insight.calibration import calibrate

    validation = answer_part(network, dataset, Part.VALIDATION, config, cancelled).answers
    check(cancelled)
    measured = validation
    if part is not Part.VALIDATION:
        measured = answer_part(network, dataset, part, config, cancelled).answers
    return CalibratedPart(part, len(measured.labels), calibrate(validation, measured))
