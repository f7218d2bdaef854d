"""What settings, presets and distortions are called, in the language of the window."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QCoreApplication

from .. import labels
from ..data.distortion_texts import DISTORTION_TEXTS
from ..data.registry import DATASETS
from ..number_text import with_minus
from ..training.preset_texts import PRESET_TEXTS


def _tr(text: str) -> str:
    return QCoreApplication.translate("labels", text) if text else ""


def label(name: str) -> str:
    """Return what a field is called, e.g. ``Batch size`` for ``batch_size``."""
    return _tr(labels.field_text(name).label)


def short_label(name: str) -> str:
    """Return what stands before a value of a field in a legend; empty if nothing need."""
    return _tr(labels.field_text(name).short)


def tooltip(name: str) -> str:
    """Return what a field does and what is usual."""
    return _tr(labels.field_text(name).help)


def group_label(group: str) -> str:
    """Return what a group of fields is called, e.g. ``Augmentation``."""
    return _tr(labels.GROUPS[group])


def zero_label(group: str) -> str:
    """Return what a zero that stands for nothing is called in a group: ``off``, ``no limit``."""
    if group == "length":
        return QCoreApplication.translate("labels", "no limit")
    return QCoreApplication.translate("labels", "off")


def choice_label(choice: str) -> str:
    """Return what one of the choices of a field is called, e.g. ``Leaky ReLU``."""
    return _tr(labels.CHOICES.get(choice, choice))


def value_text(name: str, value: Any) -> str:
    """Return a value as people read it: ``SGD``, ``MNIST 10k``, ``0.1``."""
    from ..training.variation import declarations, format_value

    if name == "dataset":
        return DATASETS[value].title
    declared = declarations().get(name)
    if declared is not None and declared.choices:
        return choice_label(value)
    return format_value(name, value)


def preset_title(name: str) -> str:
    """Return what a preset is called."""
    return _tr(PRESET_TEXTS[name].title)


def preset_description(name: str) -> str:
    """Return what a preset is good for, in one sentence."""
    return _tr(PRESET_TEXTS[name].description)


def distortion_title(kind: str) -> str:
    """Return what a way to make images harder is called."""
    return _tr(DISTORTION_TEXTS[kind].title)


def distortion_axis(kind: str) -> str:
    """Return what its strengths count."""
    return _tr(DISTORTION_TEXTS[kind].axis)


def strength_text(strength: float) -> str:
    """Return how strong such a change is, in what its axis counts."""
    return with_minus(f"{strength:g}")
