"""Images and what is said of them, put into words."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication

from ...insight.choice import AnsweredImage
from ...number_text import certainty, grouped, loss_text
from ..confusion_layout import Group


def describe_image(said: AnsweredImage, names: Sequence[str]) -> str:
    """Return e.g. ``4 taken for 9 · 98 % sure of 9 · loss 4.1 · image 1247``."""
    label, predicted = names[said.label], names[said.predicted]
    if said.label == said.predicted:
        text = QCoreApplication.translate(
            "Gallery", "{0} recognized · {2} sure · loss {3} · image {4}"
        )
    else:
        text = QCoreApplication.translate(
            "Gallery", "{0} taken for {1} · {2} sure of {1} · loss {3} · image {4}"
        )
    return text.format(
        label,
        predicted,
        certainty(said.probability),
        loss_text(said.loss),
        grouped(said.image),
    )


def describe_times(wrong: int, runs: int) -> str:
    """Return in how many runs an image is wrong, e.g. ``wrong in 4 of 5 seeds``."""
    return QCoreApplication.translate("Gallery", "wrong in {0} of {1} seeds").format(wrong, runs)


def short_group(group: Group, names: Sequence[str]) -> str:
    """Return what was chosen in the matrix in few letters, e.g. ``4 → 9``."""
    true, predicted = ("…" if each is None else names[each] for each in group)
    return f"{true} → {predicted}"


def describe_followed(group: Group, names: Sequence[str]) -> str:
    """Return what is counted of a chosen group, e.g. ``4 taken for 9``: its mistakes."""
    true, predicted = group
    if true is not None and predicted is not None:
        return describe_group(group, names)
    if true is not None:
        return QCoreApplication.translate("Gallery", "{0} taken for another").format(names[true])
    if predicted is not None:
        text = QCoreApplication.translate("Gallery", "others taken for {0}")
        return text.format(names[predicted])
    return QCoreApplication.translate("Gallery", "all mistakes")


def describe_group(group: Group, names: Sequence[str]) -> str:
    """Return what was chosen in the matrix, e.g. ``4 taken for 9``."""
    true, predicted = group
    if predicted is None:
        return QCoreApplication.translate("Gallery", "true class {0}").format(names[true or 0])
    if true is None:
        return QCoreApplication.translate("Gallery", "answered {0}").format(names[predicted])
    if true == predicted:
        return QCoreApplication.translate("Gallery", "{0} recognized").format(names[true])
    return QCoreApplication.translate("Gallery", "{0} taken for {1}").format(
        names[true], names[predicted]
    )
