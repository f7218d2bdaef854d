"""What is measured for a lab report on wish: every run on distorted images, and its calibration."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from enum import StrEnum
from pathlib import Path

from ..data.dataset import Dataset
from ..data.distortion import STRENGTHS
from ..insight.calibration import Calibration, calibrate
from ..insight.robustness import Robustness, robustness
from ..runs.opened import open_run
from ..runs.store import RunRecord
from ..training.parts import Part, answer_part


class Trial(StrEnum):
    """What can be measured."""

    ROBUSTNESS = "robustness"  # takes up to half a minute for each run
    CALIBRATION = "calibration"


_STEPS = {
    Trial.ROBUSTNESS: sum(map(len, STRENGTHS.values())),
    Trial.CALIBRATION: 2,  # validation and test images are as much work as so many strengths
}


class Trials:
    """Figures of the kept weights of runs on the test images; none that nobody wishes.

    Parameters
    ----------
    runs : sequence of RunRecord
        Which runs are measured.
    wishes : collection of Trial
        What is measured.

    Attributes
    ----------
    robustness : dict of Path to Robustness
    calibration : dict of Path to Calibration
        By the run's file; empty before :meth:`measure`.
    """

    def __init__(self, runs: Sequence[RunRecord] = (), wishes: Collection[Trial] = ()) -> None:
        self._runs = runs if wishes else ()
        self._wishes = wishes
        self.robustness: dict[Path, Robustness] = {}
        self.calibration: dict[Path, Calibration] = {}

    @property
    def steps(self) -> int:
        """How much work it is, for its progress."""
        return len(self._runs) * sum(_STEPS[wish] for wish in self._wishes)

    def measure(self, load: Callable[[str], Dataset], advance: Callable[[float], None]) -> None:
        """Measure all runs.

        Parameters
        ----------
        load : callable
            How to get a data set by its name.
        advance : callable
            Told how many steps are done.

        Raises
        ------
        CheckpointError, DataError
            If a run or its data set cannot be read.
        """
        done = 0
        for run in self._runs:
            dataset = load(run.header.config.data.dataset)
            network = open_run(run.path).network

            def tell(strengths: int, _total: int, before: int = done) -> None:
                advance(before + strengths)

            if Trial.ROBUSTNESS in self._wishes:
                self.robustness[run.path] = robustness(
                    network, dataset.test_images, dataset.test_labels, progress=tell
                )
                done += _STEPS[Trial.ROBUSTNESS]
            if Trial.CALIBRATION in self._wishes:
                validation, test = (
                    answer_part(network, dataset, part, run.header.config.data).answers
                    for part in (Part.VALIDATION, Part.TEST)
                )
                self.calibration[run.path] = calibrate(validation, test)
                done += _STEPS[Trial.CALIBRATION]
                advance(done)
