"""What went wrong in a run and what to do about it, in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..labels import CHOICES
from ..number_text import percentage
from .texts import Translate, failure_text, label, untranslated

if TYPE_CHECKING:
    from ..insight.hints import Hint, Remedy


def hint_text(hint: Hint, translate: Translate = untranslated) -> str:
    """Return what went wrong in a run, and why, as far as anybody knows."""
    from ..insight.hints import Cause, HintKind

    if hint.kind is HintKind.DIVERGED:
        return failure_text(hint.failure, translate)
    if hint.kind is HintKind.UNREACHED:
        what = ""
    elif hint.kind is HintKind.FELL_BACK:
        what = translate(
            "report",
            "The network had learned ({best}) and has lost it: {accuracy} is no better than "
            "guessing ({guess}).",
        )
    elif hint.ended:
        what = translate(
            "report",
            "The network learned nothing: {accuracy} is no better than guessing ({guess}).",
        )
    else:
        what = translate(
            "report", "So far no better than guessing: {accuracy} ({guess} by chance)."
        )
    why = {
        None: "",
        Cause.RATE_TOO_HIGH: translate(
            "report",
            "The loss leapt up: steps with a learning rate of {rate:g} are too large.",
        ),
        Cause.UNITS_DEAD: translate(
            "report",
            "Steps with a learning rate of {rate:g} were so large that the first layer's ReLUs "
            "answer zero to every image.",
        ),
        Cause.GRADIENT_VANISHES: translate(
            "report", "Hardly any gradient reaches the first layer: its weights do not move."
        ),
        Cause.RATE_TOO_LOW: translate(
            "report",
            "The loss hardly moves: steps with a learning rate of {rate:g} are too small.",
        ),
    }[hint.cause]
    return f"{what} {why}".strip().format(
        accuracy=_percent(hint.accuracy),
        best=_percent(hint.best),
        guess=_percent(hint.guess),
        rate=hint.learning_rate,
    )


def _percent(share: float) -> str:
    return percentage(share, 1).replace(" ", "\u00a0")  # not to be broken between two lines


def remedy_text(remedy: Remedy, translate: Translate = untranslated) -> str:
    """Return what to use instead, e.g. ``learning rate 0.1``."""
    value = remedy.value
    if isinstance(value, float):
        value = f"{value:g}"
    elif remedy.name == "hidden":
        return translate("report", "ReLU in all layers")
    elif value in CHOICES:
        value = translate("labels", CHOICES[value])
    name = label(remedy.name, translate)
    return f"{name[0].lower()}{name[1:]} {value}"
