"""What ways to make images harder are called; translated as ``labels.py`` is."""

from __future__ import annotations

from typing import NamedTuple

from ..labels import QT_TRANSLATE_NOOP


class DistortionText(NamedTuple):
    """What a way to make images harder is called, and what its strengths count."""

    title: str
    axis: str


DISTORTION_TEXTS = {
    "noise": DistortionText(
        QT_TRANSLATE_NOOP("labels", "Noise"),
        QT_TRANSLATE_NOOP("labels", "standard deviation of the noise, full ink = 1"),
    ),
    "rotation": DistortionText(
        QT_TRANSLATE_NOOP("labels", "Rotation"), QT_TRANSLATE_NOOP("labels", "degrees clockwise")
    ),
    "shift": DistortionText(
        QT_TRANSLATE_NOOP("labels", "Shift"),
        QT_TRANSLATE_NOOP("labels", "pixels, each image in a direction of its own"),
    ),
    "scale": DistortionText(
        QT_TRANSLATE_NOOP("labels", "Scale"), QT_TRANSLATE_NOOP("labels", "times its size")
    ),
    "thickness": DistortionText(
        QT_TRANSLATE_NOOP("labels", "Stroke thickness"),
        QT_TRANSLATE_NOOP("labels", "pixels added to either edge of a stroke"),
    ),
    "missing": DistortionText(
        QT_TRANSLATE_NOOP("labels", "Missing pixels"),
        QT_TRANSLATE_NOOP("labels", "share of the pixels that are blank"),
    ),
}
