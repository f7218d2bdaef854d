"""What was seen in a set of runs, in sentences that follow from the figures alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..number_text import grouped, number, percent_deviation, percentage
from ..runs.store import RunRecord
from .aggregate import Group
from .comparison import Comparison, compare
from .phrases import Phrases
from .remarks import remarks
from .texts import Translate, points_text, untranslated
from .trends import Trend
from .wording import Wording


@dataclass(frozen=True)
class Finding:
    """What was seen.

    Attributes
    ----------
    comparison : Comparison
        The figures behind it.
    sentence : str
        The main thing, in one sentence.
    remarks : tuple of str
        Sentences on chance, on what failed or is missing, and on speed.
    """

    comparison: Comparison
    sentence: str
    remarks: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """All sentences."""
        return " ".join((self.sentence, *self.remarks))


def find(
    runs: Iterable[RunRecord],
    names: Sequence[str] | None = None,
    translate: Translate = untranslated,
) -> Finding:
    """Return what was seen in runs.

    Parameters
    ----------
    runs : iterable of RunRecord
        At least one.
    names : sequence of str, optional
        What a sweep varied; by default all settings that differ.
    translate : callable
        Of the contexts ``findings`` and ``report``.

    Returns
    -------
    Finding
        Figures and sentences.
    """
    comparison = compare(runs, names)
    words = Wording(comparison, translate)
    return Finding(comparison, _sentence(words), remarks(words))


def _sentence(words: Wording) -> str:
    """Return the main thing."""
    if not words.comparison.scored:
        return _without_figures(words)
    if len(words.comparison.groups) == 1:
        return _single(words, words.comparison.groups[0])
    if len(words.comparison.scored) > 1 and words.hidden_by_noise:
        return _within_noise(words)
    if len(words.comparison.names) == 1:
        return _one_setting(words, words.phrases[0])
    return _best_and_worst(words)


def _without_figures(words: Wording) -> str:
    """Return why there is nothing to compare."""
    translate = words.translate
    if len(words.comparison.diverged) == len(words.comparison.groups):
        return translate(
            "findings",
            "Every training diverged: the steps were too large; try a learning rate ten times "
            "smaller.",
        )
    if any(group.unfinished for group in words.comparison.groups):
        return translate("findings", "No run has finished an epoch yet.")
    return translate("findings", "No run came to an end; the table says why.")


def _single(words: Wording, group: Group) -> str:
    figure = group.figures[words.comparison.measure]
    if figure.n > 1:
        text = words.translate(
            "findings", "Over {n} seeds the {measure} was {mean}, from {low} to {high}."
        )
    elif group.figures["best_epoch"].n:
        text = words.translate(
            "findings", "The {measure} reached {mean} after epoch {best} of {epochs}."
        )
    else:
        text = words.translate("findings", "The {measure} is {mean}.")
    return text.format(
        n=figure.n,
        measure=words.measure,
        mean=percent_deviation(figure.mean, figure.deviation),
        low=percentage(figure.minimum),
        high=percentage(figure.maximum),
        best=number(group.figures["best_epoch"].mean, 1),
        epochs=grouped(group.figures["epochs"].mean),
    )


def _within_noise(words: Wording) -> str:
    low, high, noise = words.score(words.worst), words.score(words.best), words.comparison.noise
    span = low
    if low != high:
        span = words.translate("findings", "between {low} and {high}").format(low=low, high=high)
    if noise.seeds > 1:
        text = words.translate(
            "findings",
            "The differences are within the noise of the seeds (±{noise}): the {measure} is "
            "{span} everywhere.",
        )
    else:
        text = words.translate(
            "findings",
            "The differences may be chance: the {measure} is {span} everywhere.",
        )
    return words.with_divergence(
        text.format(
            noise=points_text(grouped(100 * noise.deviation, 2), words.translate),
            measure=words.measure,
            span=span,
        )
    )


def _one_setting(words: Wording, setting: Phrases) -> str:
    scored, trend = words.comparison.scored, words.comparison.trend()
    if len(scored) == 1 or words.divergence or trend not in (Trend.RISING, Trend.FALLING):
        return _best_value(words, setting, trend)
    first, last = scored[0], scored[-1]
    if trend is Trend.RISING:
        text = words.translate(
            "findings",
            "{more} did better{fixed}: {measure} rose from {first} {at_first} to {last} {at_last}.",
        )
    else:
        text = words.translate(
            "findings",
            "{more} did worse{fixed}: {measure} fell from {first} {at_first} to {last} {at_last}.",
        )
    return text.format(
        more=setting.more,
        fixed=words.fixed,
        measure=words.measure,
        first=words.score(first),
        at_first=setting.at(first),
        last=words.score(last),
        at_last=setting.at(last),
    )


def _best_value(words: Wording, setting: Phrases, trend: Trend | None) -> str:
    translate, best, worst = words.translate, words.best, words.worst
    scored = words.comparison.scored
    if len(scored) == 1:
        text = translate("findings", "Only {noun} {best} trained ({score}).")
    elif trend is Trend.PEAK:
        text = translate(
            "findings",
            "The best {noun} was {best} ({score}); smaller and larger ones did worse "
            "({first} {at_first}, {last} {at_last}).",
        )
    elif trend is Trend.MIXED:
        text = translate(
            "findings",
            "There is no clear trend: the best {noun} was {best} ({score}), the worst "
            "{worst} ({worst_score}).",
        )
    else:
        text = translate(
            "findings",
            "The best {noun} was {best} ({score}), the worst {worst} ({worst_score}).",
        )
    return words.with_divergence(
        text.format(
            noun=setting.noun,
            best=setting.value(best),
            score=words.score(best),
            worst=setting.value(worst),
            worst_score=words.score(worst),
            first=words.score(scored[0]),
            at_first=setting.at(scored[0]),
            last=words.score(scored[-1]),
            at_last=setting.at(scored[-1]),
        )
    )


def _best_and_worst(words: Wording) -> str:
    text = words.translate(
        "findings",
        "The best of {n} settings was {best} ({score}), the worst {worst} ({worst_score}).",
    )
    return words.with_divergence(
        text.format(
            n=len(words.comparison.groups),
            best=words.name(words.best),
            score=words.score(words.best),
            worst=words.name(words.worst),
            worst_score=words.score(words.worst),
        )
    )
