"""What presets are called and what they are good for; translated as ``labels.py`` is."""

from __future__ import annotations

from typing import NamedTuple

from ..labels import QT_TRANSLATE_NOOP


class PresetText(NamedTuple):
    """What a preset is called, and what it is good for in one sentence."""

    title: str
    description: str


PRESET_TEXTS = {
    "lab-note": PresetText(
        QT_TRANSLATE_NOOP("labels", "Lab note"),
        QT_TRANSLATE_NOOP(
            "labels",
            "784-256-10 by plain SGD, learning rate 0.1, batches of 20: the simplest network, "
            "about 98 % on the full MNIST.",
        ),
    ),
    "fast-98": PresetText(
        QT_TRANSLATE_NOOP("labels", "98 % fast"),
        QT_TRANSLATE_NOOP(
            "labels",
            "784-256-128-10 with momentum and a falling learning rate: 98.6 % on the full MNIST in "
            "only four epochs.",
        ),
    ),
    "accurate-99": PresetText(
        QT_TRANSLATE_NOOP("labels", "99 % accurate"),
        QT_TRANSLATE_NOOP(
            "labels",
            "784-400-200-10 with Adam, averaged weights and images that are turned, slanted and "
            "shaken a little, the hard ones more often: 99 % on the full MNIST in eight epochs.",
        ),
    ),
    "best-for-drawing": PresetText(
        QT_TRANSLATE_NOOP("labels", "Best for drawing"),
        QT_TRANSLATE_NOOP(
            "labels",
            "784-512-256-10 with Adam on images that are turned, stretched and shaken, written "
            "digits and scribbles: slower, and best at your own digits.",
        ),
    ),
}
