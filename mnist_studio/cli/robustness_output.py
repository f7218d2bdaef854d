"""Accuracies on distorted images, for people and for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..data.distortion_texts import DISTORTION_TEXTS

if TYPE_CHECKING:
    from ..insight.robustness import Robustness


def robustness_figures(found: Robustness) -> dict[str, Any]:
    """Return unit, strengths and accuracies of each distortion."""
    from ..data.distortion import STRENGTHS

    return {
        kind.value: {
            "unit": DISTORTION_TEXTS[kind].axis,
            "strengths": list(STRENGTHS[kind]),
            "accuracies": list(accuracies),
        }
        for kind, accuracies in found.items()
    }


def robustness_table(found: Robustness) -> str:
    """Return a line of strengths and one of accuracies in percent for each distortion."""
    from ..data.distortion import STRENGTHS

    lines = []
    for kind, accuracies in found.items():
        text = DISTORTION_TEXTS[kind]
        lines.append(f"{text.title} ({text.axis}), accuracy in %")
        lines.append("".join(f"{strength:>8g}" for strength in STRENGTHS[kind]))
        lines.append("".join(f"{100 * accuracy:>8.2f}" for accuracy in accuracies))
    return "\n".join(lines)
