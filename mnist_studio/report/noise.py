"""How large a difference between groups of runs must be to mean something."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..data.registry import DATASETS
from .aggregate import Group, Statistic


@dataclass(frozen=True)
class Noise:
    """What chance alone does to an accuracy.

    Attributes
    ----------
    threshold : float
        Smaller differences between two groups may be chance; NaN if nothing is known.
    deviation : float
        Of a single run: over the seeds, or of the measurement if there is one seed each.
    seeds : int
        The fewest runs in a group; 1 means that the seeds tell nothing.
    """

    threshold: float
    deviation: float
    seeds: int

    def hides(self, difference: float) -> bool:
        """Whether a difference may be chance."""
        return abs(difference) <= self.threshold


def noise_of(groups: Sequence[Group], measure: str) -> Noise:
    """Return how much the accuracies of groups scatter.

    With several seeds: the pooled standard deviation s of the groups, and the threshold
    ``2 s sqrt(2 / n)``, twice the standard error of a difference of two means of n runs. With one
    seed each: the binomial standard error ``sqrt(p (1 - p) / N)`` of the best accuracy p on N
    images, and twice that; both networks are asked about the same images, which makes their
    difference scatter less than two separate measurements would.

    Parameters
    ----------
    groups : sequence of Group
        Groups without a figure do not count.
    measure : str
        ``validation_accuracy`` or ``test_accuracy``.
    """
    measured = [group for group in groups if group.figures[measure].n]
    if not measured:
        return Noise(math.nan, math.nan, 0)
    figures = [group.figures[measure] for group in measured]
    seeds = min(figure.n for figure in figures)
    if any(figure.n > 1 for figure in figures):
        deviation = pooled_deviation(figures)
        return Noise(2 * deviation * math.sqrt(2 / seeds), deviation, max(2, seeds))
    best = max(measured, key=lambda group: group.figures[measure].mean)
    share = best.figures[measure].mean
    images = images_of(best, measure)
    error = math.sqrt(share * (1 - share) / images) if images else math.nan
    return Noise(2 * error, error, 1)


def pooled_deviation(figures: Iterable[Statistic]) -> float:
    """Return the standard deviation within groups, each weighed by n - 1; NaN without any."""
    several = [figure for figure in figures if figure.n > 1]
    freedom = sum(figure.n - 1 for figure in several)
    squares = sum((figure.n - 1) * figure.deviation**2 for figure in several)
    return math.sqrt(squares / freedom) if freedom else math.nan


def images_of(group: Group, measure: str) -> int:
    """Return on how many images an accuracy was measured; 0 if there were none."""
    header = group.runs[0].header
    if measure == "test_accuracy":
        return DATASETS[header.config.data.dataset].test_size
    # The training part is what the validation share left over.
    fraction = header.config.data.validation_fraction
    return round(header.train_size * fraction / (1 - fraction))
