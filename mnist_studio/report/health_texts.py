"""What is unhealthy in a network's layers, in sentences."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from ..number_text import grouped, with_minus
from .hint_texts import remedy_text
from .texts import Translate, untranslated

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..insight.health import Ailment, Finding

_MOST_TIMES = 1e9  # what is so many times smaller is nothing


def finding_text(finding: Finding, translate: Translate = untranslated) -> str:
    """Return in a sentence what is unhealthy, and what to change."""
    from ..insight.health import USUAL_RATIO, Ailment

    text = {
        Ailment.EXPLODING: translate(
            "report",
            "The gradient explodes in {layers}, {times} times as long as the last layer's",
        ),
        Ailment.VANISHING: translate(
            "report",
            "Almost nothing reaches {layers}: the gradient there is up to {times} times smaller "
            "than the last layer's",
        ),
        Ailment.DEAD: translate(
            "report",
            "In {layers} up to {share} of the units answer zero to every image, so that nothing "
            "passes through them and they cannot learn",
        ),
        Ailment.SATURATED: translate(
            "report",
            "In {layers} up to {share} of the activations are at their limits, where hardly any "
            "gradient passes",
        ),
        Ailment.UPDATES_LARGE: translate(
            "report",
            "An update moves the weights of {layers} by up to {share}, where {usual} is usual: the "
            "learning rate is too high",
        ),
        Ailment.UPDATES_SMALL: translate(
            "report",
            "An update moves the weights of {layers} by {share} only, where {usual} is usual, and "
            "little is learned yet: the learning rate is too low",
        ),
    }[finding.ailment]
    if finding.ailment is Ailment.EXPLODING and not math.isfinite(finding.value):
        text = translate("report", "The gradient of {layers} is no number any more")
    elif finding.ailment is Ailment.VANISHING and finding.value * _MOST_TIMES < 1:
        text = translate("report", "Nothing reaches {layers}: the gradient is zero there")
    percent = 100 * finding.value
    number = f"{percent:.0f}" if percent >= 1 else with_minus(f"{percent:.1g}")
    sentence = text.format(
        layers=layers_text(finding.layers, translate),
        times=_times(finding.value),
        share=f"{number}\u00a0%",  # not to be broken between two lines
        usual=f"{100 * USUAL_RATIO:g}\u00a0%",
    )
    if finding.remedy is None:
        return translate("report", "{what}.").format(what=sentence)
    remedy = remedy_text(finding.remedy, translate)
    return translate("report", "{what}; try {remedy}.").format(what=sentence, remedy=remedy)


def ailment_text(ailment: Ailment, translate: Translate = untranslated) -> str:
    """Return what is unhealthy in two words, for a mark at a layer."""
    from ..insight.health import Ailment

    return {
        Ailment.EXPLODING: translate("report", "gradient explodes"),
        Ailment.VANISHING: translate("report", "hardly reached"),
        Ailment.DEAD: translate("report", "dead units"),
        Ailment.SATURATED: translate("report", "saturated"),
        Ailment.UPDATES_LARGE: translate("report", "large updates"),
        Ailment.UPDATES_SMALL: translate("report", "small updates"),
    }[ailment]


def layers_text(layers: Sequence[int], translate: Translate = untranslated) -> str:
    """Return which layers, given from 0, e.g. ``layers 1 to 4``."""
    numbers = [layer + 1 for layer in layers]
    first, last = numbers[0], numbers[-1]
    if first == last:
        return translate("report", "layer {0}").format(first)
    if numbers == list(range(first, last + 1)) and len(numbers) > 2:
        return translate("report", "layers {0} to {1}").format(first, last)
    rest = ", ".join(map(str, numbers[:-1]))
    return translate("report", "layers {0} and {1}").format(rest, last)


def _times(ratio: float) -> str:
    """Return how many times larger or smaller something is, in one digit."""
    times = min(max(ratio, 1 / max(ratio, 1 / _MOST_TIMES)), _MOST_TIMES)
    size = 10 ** math.floor(math.log10(times))
    return grouped(round(times / size) * size)
