"""How far probabilities can be believed, for people and for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..number_text import percentage

if TYPE_CHECKING:
    from ..insight.calibration import Calibrated, Calibration

_ABSTAINING = (1.0, 0.99, 0.98, 0.95, 0.9, 0.8, 0.5)


def calibration_figures(found: Calibration) -> dict[str, Any]:
    """Return temperature and figures before and after; what is not known is NaN, or None."""
    return {
        "temperature": found.fitted.value,
        "temperature_at_end": found.fitted.at_end,
        "fitted_on": found.fitted_on,
        "before": _figures(found.before),
        "after": found.after and _figures(found.after),
    }


def _figures(found: Calibrated) -> dict[str, Any]:
    from ..insight.calibration import SHARES

    bins = found.reliability
    return {
        "expected_calibration_error": bins.error,
        "loss": found.loss,
        "edges": bins.edges.tolist(),
        "counts": bins.counts.tolist(),
        "confidence": bins.confidence.tolist(),
        "accuracy": bins.accuracy.tolist(),
        "unknown": bins.unknown,
        "answered_share": SHARES.tolist(),
        "answered_accuracy": found.coverage.accuracy_at(SHARES).tolist(),
    }


def calibration_table(found: Calibration) -> str:
    """Return the figures in lines, with a table of the bins that hold images."""
    import numpy as np

    before = found.before
    bins = before.reliability
    lines = [
        f"calibration: expected calibration error {percentage(bins.error)} "
        f"({len(bins.counts)} bins of equal width), loss {before.loss:.4f}"
    ]
    if found.after is None:
        lines.append("no temperature could be fitted")
    else:
        end = ", the end of what is tried" if found.fitted.at_end else ""
        error = percentage(found.after.reliability.error)
        lines.append(
            f"temperature {found.fitted.value:.3f}{end}, fitted on {found.fitted_on} validation "
            f"images: error {error}, loss {found.after.loss:.4f}"
        )
    lines.append(f"{'sure from':>10}{'to':>8}{'images':>9}{'mean':>9}{'right':>9}")
    edges = bins.edges
    for m, count in enumerate(bins.counts.tolist()):
        if count:
            lines.append(
                f"{edges[m]:>10.3f}{edges[m + 1]:>8.3f}{count:>9}"
                f"{percentage(bins.confidence[m]):>9}{percentage(bins.accuracy[m]):>9}"
            )
    lines.append("accuracy if only the surest are answered:")
    accuracies = before.coverage.accuracy_at(np.array(_ABSTAINING))
    lines += [
        f"{percentage(share, 0):>10}{percentage(accuracy):>9}"
        for share, accuracy in zip(_ABSTAINING, accuracies.tolist(), strict=True)
    ]
    return "\n".join(lines)
