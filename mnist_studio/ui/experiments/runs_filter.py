"""Which runs a few words stand for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...training.variation import format_value, relevant_values
from ..describe import describe_status
from ..labels import label, short_label

if TYPE_CHECKING:
    from ...session.run_row import RunRow


def matches(row: RunRow, text: str) -> bool:
    """Return whether a run has all words of a text.

    A word is looked for in the name, the note, the data set, the layers, the optimizer and the
    status; ``batch=20`` asks for a value by the beginning of its name.
    """
    words = text.casefold().split()
    if not words:
        return True
    values = {
        name: format_value(name, value) for name, value in relevant_values(row.config).items()
    }
    haystack = " ".join(
        (
            row.title,
            row.label.note,
            row.label.sweep,
            values["dataset"],
            values["hidden"],
            values["optimizer"],
            describe_status(row.status),
        )
    ).casefold()
    return all(
        _has_value(values, *word.split("=", 1)) if "=" in word else word in haystack
        for word in words
    )


def _has_value(values: dict[str, str], name: str, wanted: str) -> bool:
    """Return whether one of the values whose name begins so is the wanted one."""
    return any(
        value.casefold() == wanted
        for key, value in values.items()
        if any(
            each.casefold().replace(" ", "_").startswith(name)
            for each in (key, short_label(key), label(key))
            if each
        )
    )
