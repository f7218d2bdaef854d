"""What a plot asks of the curves of a run, and what they tell it."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import NamedTuple

import numpy as np

from .graph import Numbers, Paint
from .plotted_run import PlotOptions

NONE = np.empty(0)


class Part(Enum):
    """What is drawn of a run, each of which can be hidden."""

    RAW = "raw"
    LINE = "line"
    VALIDATION = "validation"


class Look(NamedTuple):
    """Colors and widths of a run's curves; there are no raw values without a paint for them."""

    raw: Paint | None
    line: Paint
    validation: Paint
    dots: int

    @property
    def tokens(self) -> dict[Part, str]:
        """The colors of the raw values (if drawn), the line and the validation."""
        paints = zip(Part, (self.raw, self.line, self.validation), strict=True)
        return {part: paint.token for part, paint in paints if paint}

    def raised(self, z: float) -> Look:
        """Return the same, but with its lines higher above others."""
        return self._replace(
            line=self.line._replace(z=self.line.z + z),
            validation=self.validation._replace(z=self.validation.z + z),
        )


class View(NamedTuple):
    """What a plot wants to see.

    Attributes
    ----------
    options : PlotOptions
        What the user chose.
    x_range : tuple of float
        Coordinates from and to.
    height : callable
        Where values lie on the y axis.
    points, columns : int
        How many points a line and how many columns a band may have.
    raw : bool
        Whether every single value is shown.
    """

    options: PlotOptions
    x_range: tuple[float, float]
    height: Callable[[Numbers], Numbers]
    points: int
    columns: int
    raw: bool


class Shown(NamedTuple):
    """The values that are visible, from which a plot chooses its range."""

    lows: Numbers = NONE
    highs: Numbers = NONE
    line: Numbers = NONE
    validation: Numbers = NONE
    end: float = float("-inf")  # the coordinate where the line ends


class Reading(NamedTuple):
    """The values at a place; NaN where there are none, no deviation of a single run."""

    line: float
    validation: float
    line_deviation: float | None = None
    validation_deviation: float | None = None
