"""Learning-rate schedules: how the learning rate changes over the steps of a run."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType

# Keeps a learning rate that has decayed for very long above zero.
_SMALLEST_FRACTION = 1e-9
_RISING_DECADES = 6.0


def _constant(step: int, steps: int, step_size: int, factor: float) -> float:
    return 1.0


def _step(step: int, steps: int, step_size: int, factor: float) -> float:
    return float(factor ** (step // step_size))


def _linear(step: int, steps: int, step_size: int, factor: float) -> float:
    return 1.0 - step / steps


def _cosine(step: int, steps: int, step_size: int, factor: float) -> float:
    """Half a cosine (Loshchilov, Hutter: SGDR, 2017, equation 5, with one period)."""
    return 0.5 * (1.0 + math.cos(math.pi * step / steps))


def _rising(step: int, steps: int, step_size: int, factor: float) -> float:
    """Six decades up, by the same factor at each step: a learning-rate range test.

    L. N. Smith, "Cyclical learning rates for training neural networks", 2017, section 3.3; he
    rises linearly, which spends hardly a step on small rates.
    """
    return float(10.0 ** (_RISING_DECADES * (step / max(steps - 1, 1) - 1.0)))


Schedule = Callable[[int, int, int, float], float]
"""The share of the peak rate at `step` of `steps`, both counted from the end of the warm-up."""

SCHEDULES: Mapping[str, Schedule] = MappingProxyType(
    {
        "constant": _constant,
        "step": _step,
        "linear": _linear,
        "cosine": _cosine,
        "rising": _rising,
    }
)


def learning_rate_at(
    schedule: str,
    step: int,
    total_steps: int,
    peak: float,
    warmup_steps: int = 0,
    *,
    step_size: int = 1,
    factor: float = 0.1,
) -> float:
    """Return the learning rate of one step.

    During the warm-up the rate rises linearly and reaches its peak with the last warm-up step.
    Then the schedule takes over: ``constant`` stays, ``step`` multiplies by `factor` every
    `step_size` steps, ``linear`` and ``cosine`` fall towards zero at the end of the run, and
    ``rising`` comes from a millionth of the peak. The rate is never exactly zero: every step
    learns.

    Parameters
    ----------
    schedule
        A name in `SCHEDULES`.
    step
        Number of updates already made, from 0; from `total_steps` on, the last rate stays.
    total_steps
        Number of updates of the whole run, warm-up included.
    peak
        The largest learning rate.
    warmup_steps
        Length of the warm-up.
    step_size, factor
        Of the ``step`` schedule; `step_size` is in updates.

    Raises
    ------
    ValueError
        If the schedule is unknown.
    """
    if schedule not in SCHEDULES:
        raise ValueError(f"There is no schedule {schedule!r}; use one of {', '.join(SCHEDULES)}.")
    if step < warmup_steps:
        return peak * (step + 1) / warmup_steps
    steps = max(total_steps - warmup_steps, 1)
    step = min(step - warmup_steps, steps - 1)
    return peak * max(SCHEDULES[schedule](step, steps, step_size, factor), _SMALLEST_FRACTION)
