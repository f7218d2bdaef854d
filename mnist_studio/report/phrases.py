"""How sentences speak of a hyperparameter."""

from __future__ import annotations

from dataclasses import dataclass

from ..number_text import NONE
from ..training.variation import format_value
from .aggregate import Group
from .texts import Translate, label


@dataclass(frozen=True)
class Phrases:
    """The words for one hyperparameter.

    Attributes
    ----------
    name : str
        The hyperparameter.
    noun : str
        In the middle of a sentence, e.g. "batch size".
    more : str
        What larger values are, at the beginning of a sentence, e.g. "Larger batches".
    place : str
        Where something happened, with the value as ``{0}``, e.g. "at batch {0}".
    """

    name: str
    noun: str
    more: str
    place: str

    def value(self, group: Group) -> str:
        """Return a group's value, e.g. ``0.1``; a dash where it has no effect."""
        if self.name not in group.values:
            return NONE
        return format_value(self.name, group.values[self.name])

    def at(self, group: Group) -> str:
        """Return a group's value as a place, e.g. "at batch 20"."""
        return self.place.format(self.value(group))

    def named(self, group: Group) -> str:
        """Return name and value, e.g. "batch size 20"."""
        return f"{self.noun} {self.value(group)}"


def phrases(name: str, translate: Translate) -> Phrases:
    """Return the words for a hyperparameter."""
    special = {
        "batch_size": (
            translate("findings", "batch size"),
            translate("findings", "Larger batches"),
            translate("findings", "at batch {0}"),
        ),
        "learning_rate": (
            translate("findings", "learning rate"),
            translate("findings", "Higher learning rates"),
            translate("findings", "at {0}"),
        ),
        "epochs": (
            translate("findings", "number of epochs"),
            translate("findings", "More epochs"),
            translate("findings", "after {0} epochs"),
        ),
        "hidden": (
            translate("findings", "network"),
            translate("findings", "Wider hidden layers"),
            translate("findings", "with {0} neurons"),
        ),
        "momentum": (
            translate("findings", "momentum"),
            translate("findings", "More momentum"),
            translate("findings", "at {0}"),
        ),
        "dropout": (
            translate("findings", "dropout"),
            translate("findings", "More dropout"),
            translate("findings", "at {0}"),
        ),
        "l2": (
            translate("findings", "L2 penalty"),
            translate("findings", "Stronger L2 penalties"),
            translate("findings", "at {0}"),
        ),
    }
    if name in special:
        return Phrases(name, *special[name])
    known = label(name, translate)
    noun = known if known.isupper() else known[:1].lower() + known[1:]
    more = translate("findings", "Larger values ({0})").format(known)
    return Phrases(name, noun, more, translate("findings", "at {0}"))
