"""Confusion matrices put into words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from ..number_text import grouped, percentage

if TYPE_CHECKING:
    from ..insight.confusion import Confusion

translate = QCoreApplication.translate


def _named(name: str) -> str:
    """Return a class as it stands in a sentence."""
    if name == "8":
        return translate("confusion", "an {0}").format(name)
    return translate("confusion", "a {0}").format(name) if name.isdecimal() else name


def describe_cell(matrix: Confusion, true: int, predicted: int) -> str:
    """Return e.g. ``a 4 taken for a 9: 12 times``."""
    count = int(matrix.counts[true, predicted])
    name = _named(matrix.names[true])
    if true == predicted:
        return translate("confusion", "{0} recognized: {1} of {2} times").format(
            name, grouped(count), grouped(int(matrix.counts[true].sum()))
        )
    text = {
        0: translate("confusion", "{0} taken for {1}: never"),
        1: translate("confusion", "{0} taken for {1}: once"),
    }.get(count, translate("confusion", "{0} taken for {1}: {2} times"))
    return text.format(name, _named(matrix.names[predicted]), grouped(count))


def describe_class(matrix: Confusion, k: int) -> str:
    """Return recall, precision and F1 of a class, and what they are, a line each."""
    recall, precision, f1 = (each[k] for each in (matrix.recall, matrix.precision, matrix.f1))
    right = grouped(int(matrix.counts[k, k]))
    images, answers = (grouped(int(matrix.counts.sum(axis=axis)[k])) for axis in (1, 0))
    lines = (
        matrix.names[k],
        translate("confusion", "recall {0}: {1} of {2} images recognized").format(
            percentage(recall), right, images
        ),
        translate("confusion", "precision {0}: {1} of {2} such answers right").format(
            percentage(precision), right, answers
        ),
        translate("confusion", "F1 {0}: the harmonic mean of both").format(percentage(f1)),
    )
    return "\n".join(lines)


def describe_matrix(matrix: Confusion) -> str:
    """Return how many images are taken for another class, and the most frequent mistake if any."""
    worst = matrix.worst()
    if worst is None:
        return translate("confusion", "All of {0} images recognized").format(grouped(matrix.total))
    text = translate("confusion", "{0} of {1} wrong ({2}); most often {3}")
    if matrix.is_tied(worst):
        text = translate("confusion", "{0} of {1} wrong ({2}); no mistake more often than {4}×")
    return text.format(
        grouped(matrix.wrong),
        grouped(matrix.total),
        percentage(matrix.wrong / matrix.total),
        describe_cell(matrix, *worst),
        grouped(int(matrix.counts[worst])),
    )
