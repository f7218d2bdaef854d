"""The words for a comparison, from which its sentences are put together."""

from __future__ import annotations

from ..number_text import percentage
from ..training.variation import values_of
from .aggregate import Group
from .comparison import Comparison
from .phrases import phrases
from .texts import Translate


class Wording:
    """Says things of one comparison.

    Parameters
    ----------
    comparison : Comparison
    translate : callable
        Of the contexts ``findings`` and ``report``.
    """

    def __init__(self, comparison: Comparison, translate: Translate) -> None:
        self.comparison = comparison
        self.translate = translate
        self.phrases = [phrases(name, translate) for name in comparison.names]
        # Accuracies that lie close together need another digit to differ.
        self._digits = 2 if 0 < comparison.spread < 0.005 else 1

    @property
    def best(self) -> Group:
        """The best group, where there is one."""
        assert self.comparison.best is not None
        return self.comparison.best

    @property
    def worst(self) -> Group:
        """The worst group, where there is one."""
        assert self.comparison.worst is not None
        return self.comparison.worst

    @property
    def hidden_by_noise(self) -> bool:
        """Whether all differences may be chance."""
        return self.comparison.noise.hides(self.comparison.spread)

    @property
    def measure(self) -> str:
        """What is compared, in the middle of a sentence."""
        if self.comparison.measure == "test_accuracy":
            return self.translate("findings", "test accuracy")
        return self.translate("findings", "validation accuracy")

    @property
    def fixed(self) -> str:
        """The setting that a reader wants to know beside the varied one, or nothing."""
        values = values_of(self.comparison.groups[0].runs[0].header.config)
        if self.comparison.names == ("batch_size",):
            text = self.translate("findings", " at a learning rate of {0}")
            return text.format(f"{values['learning_rate']:g}")
        if self.comparison.names == ("learning_rate",):
            text = self.translate("findings", " with batches of {0}")
            return text.format(values["batch_size"])
        return ""

    @property
    def divergence(self) -> str:
        """The clause on what diverged, or nothing."""
        diverged = self.comparison.diverged
        if not diverged:
            return ""
        if len(self.phrases) == 1:
            (setting,) = self.phrases
            places = ", ".join([setting.at(diverged[0]), *map(setting.value, diverged[1:])])
            return self.translate("findings", "{0} the training diverged").format(places)
        places = "; ".join(map(self.name, diverged))
        return self.translate("findings", "with {0} the training diverged").format(places)

    def score(self, group: Group) -> str:
        """Return the accuracy of a group."""
        return percentage(self.comparison.score(group), self._digits)

    def name(self, group: Group) -> str:
        """Return what sets a group apart; a run's title if that would be a long list."""
        if not 1 <= len(self.phrases) <= 2:
            return group.runs[0].title
        return ", ".join(setting.named(group) for setting in self.phrases)

    def with_divergence(self, sentence: str) -> str:
        """Return a sentence that also tells what diverged."""
        clause = self.divergence
        return f"{sentence.removesuffix('.')}; {clause}." if clause else sentence
