"""What was seen in a set of runs, in sentences that follow from the figures alone."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..training.run_store import RunRecord
from ..training.variation import values_of
from .aggregate import Group
from .comparison import Comparison, compare, ordered
from .phrases import Phrases, phrases
from .texts import Translate, count, number, percent, percent_deviation, untranslated
from .trends import Trend, trend_of

_MANY_TIMES = 4  # a ratio of updates or seconds that is worth a sentence


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
    """
    comparison = compare(runs, names)
    writer = _Writer(comparison, translate)
    return Finding(comparison, writer.sentence(), tuple(filter(None, writer.remarks())))


class _Writer:
    """Writes about one comparison."""

    def __init__(self, comparison: Comparison, translate: Translate) -> None:
        self._all = comparison
        self._translate = translate
        # Accuracies that lie close together need another digit to differ.
        self._digits = 2 if 0 < comparison.spread < 0.005 else 1
        self._phrases = [phrases(name, translate) for name in comparison.names]

    # --- the sentence ----------------------------------------------------------------------

    def sentence(self) -> str:
        if not self._all.scored:
            return self._without_figures()
        if len(self._all.groups) == 1:
            return self._single(self._all.groups[0])
        if len(self._all.scored) > 1 and self._all.noise.hides(self._all.spread):
            return self._within_noise()
        if len(self._all.names) == 1:
            return self._one_setting(self._phrases[0])
        return self._best_and_worst()

    def _without_figures(self) -> str:
        translate = self._translate
        if len(self._all.diverged) == len(self._all.groups):
            return translate(
                "findings",
                "Every training diverged: the steps were too large; try a learning rate ten times "
                "smaller.",
            )
        if any(group.unfinished for group in self._all.groups):
            return translate("findings", "No run has finished an epoch yet.")
        return translate("findings", "No run came to an end; the table says why.")

    def _single(self, group: Group) -> str:
        figure = group.figures[self._all.measure]
        if figure.n > 1:
            text = self._translate(
                "findings", "Over {n} seeds the {measure} was {mean}, from {low} to {high}."
            )
        elif group.figures["best_epoch"].n:
            text = self._translate(
                "findings", "The {measure} reached {mean} after epoch {best} of {epochs}."
            )
        else:
            text = self._translate("findings", "The {measure} is {mean}.")
        return text.format(
            n=figure.n,
            measure=self._measure(),
            mean=percent_deviation(figure.mean, figure.deviation),
            low=percent(figure.minimum),
            high=percent(figure.maximum),
            best=number(group.figures["best_epoch"].mean, 1),
            epochs=count(group.figures["epochs"].mean),
        )

    def _within_noise(self) -> str:
        best, worst, noise = self._best, self._worst, self._all.noise
        if noise.seeds > 1:
            text = self._translate(
                "findings",
                "The differences are within the noise of the seeds (±{noise}): the {measure} is "
                "between {low} and {high} everywhere.",
            )
        else:
            text = self._translate(
                "findings",
                "The differences may be chance: the {measure} is between {low} and {high} "
                "everywhere.",
            )
        clause = self._divergence()
        return self._joined(
            text.format(
                noise=percent(noise.deviation, 2),
                measure=self._measure(),
                low=self._score(worst),
                high=self._score(best),
            ),
            clause,
        )

    def _one_setting(self, words: Phrases) -> str:
        scored, trend = self._all.scored, self._all.trend()
        clause = self._divergence()
        if len(scored) == 1 or clause or trend not in (Trend.RISING, Trend.FALLING):
            return self._best_value(words, trend, clause)
        first, last = scored[0], scored[-1]
        if trend is Trend.RISING:
            text = self._translate(
                "findings",
                "{more} did better{fixed}: {measure} rose from {first} {at_first} to {last} "
                "{at_last}.",
            )
        else:
            text = self._translate(
                "findings",
                "{more} did worse{fixed}: {measure} fell from {first} {at_first} to {last} "
                "{at_last}.",
            )
        return text.format(
            more=words.more,
            fixed=self._fixed(),
            measure=self._measure(),
            first=self._score(first),
            at_first=words.at(first),
            last=self._score(last),
            at_last=words.at(last),
        )

    def _best_value(self, words: Phrases, trend: Trend | None, clause: str) -> str:
        translate, best, worst = self._translate, self._best, self._worst
        scored = self._all.scored
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
        return self._joined(
            text.format(
                noun=words.noun,
                best=words.value(best),
                score=self._score(best),
                worst=words.value(worst),
                worst_score=self._score(worst),
                first=self._score(scored[0]),
                at_first=words.at(scored[0]),
                last=self._score(scored[-1]),
                at_last=words.at(scored[-1]),
            ),
            clause,
        )

    def _best_and_worst(self) -> str:
        text = self._translate(
            "findings",
            "The best of {n} settings was {best} ({score}), the worst {worst} ({worst_score}).",
        )
        return self._joined(
            text.format(
                n=len(self._all.groups),
                best=self._name(self._best),
                score=self._score(self._best),
                worst=self._name(self._worst),
                worst_score=self._score(self._worst),
            ),
            self._divergence(),
        )

    # --- the remarks -----------------------------------------------------------------------

    def remarks(self) -> list[str]:
        remarks = []
        if self._all.scored and len(self._all.names) == 2 and not self._hidden_by_noise():
            remarks += [self._along(0), self._along(1)]
        return [*remarks, self._chance(), *self._incomplete(), self._speed()]

    def _along(self, which: int) -> str:
        """Say what one of two settings does whatever the other one is, or that it depends."""
        words, other = self._phrases[which], self._phrases[1 - which]
        if not ordered(self._all.groups, words.name):
            return ""
        rows = [row for row in self._all.along(words.name) if len(row.scored) > 1]
        trends = {
            trend_of([row.score(group) for group in row.scored], row.noise.threshold)
            for row in rows
        }
        if len(rows) < 2 or len(trends) != 1:
            return self._dependence(rows, words, other)
        (trend,) = trends
        if trend is Trend.RISING:
            text = self._translate("findings", "{more} did better at every {other}.")
        elif trend is Trend.FALLING:
            text = self._translate("findings", "{more} did worse at every {other}.")
        else:
            return self._dependence(rows, words, other)
        return text.format(more=words.more, other=other.noun)

    def _dependence(self, rows: list[Comparison], words: Phrases, other: Phrases) -> str:
        """Say so if no value is among the best whatever the other setting is."""
        good = [{words.value(g) for g in row.scored if row.within_noise(g)} for row in rows]
        if len(rows) < 2 or set.intersection(*good):
            return ""
        first, last = rows[0].best, rows[-1].best
        assert first is not None
        assert last is not None
        if words.value(first) == words.value(last):
            return ""
        text = self._translate(
            "findings",
            "The best {noun} depends on the {other}: {first} {at_first}, {last} {at_last}.",
        )
        return text.format(
            noun=words.noun,
            other=other.noun,
            first=words.value(first),
            at_first=other.at(first),
            last=words.value(last),
            at_last=other.at(last),
        )

    def _chance(self) -> str:
        noise = self._all.noise
        if len(self._all.scored) < 2 or math.isnan(noise.threshold):
            return ""
        shown = percent(noise.threshold, 1 if noise.threshold >= 0.00095 else 2)
        if noise.seeds == 1:
            text = self._translate(
                "findings", "One seed each: differences below about {0} may be chance."
            )
        elif self._hidden_by_noise():
            return ""
        else:
            text = self._translate(
                "findings", "Differences below about {0} are within the noise of the seeds."
            )
        return text.format(shown)

    def _incomplete(self) -> list[str]:
        translate, groups = self._translate, self._all.groups
        partly = [g for g in groups if 0 < g.diverged < len(g.runs)]
        found = [
            translate("findings", "Of {n} runs with {name}, {diverged} diverged.").format(
                n=len(group.runs), name=self._name(group), diverged=group.diverged
            )
            for group in partly
        ]
        failed = sum(group.failed for group in groups)
        if failed:
            text = translate("findings", "Runs that failed for another reason: {0}.")
            found.append(text.format(failed))
        unfinished = sum(group.unfinished for group in groups)
        if unfinished:
            found.append(
                translate("findings", "Runs not trained to the end: {0}.").format(unfinished)
            )
        return found

    def _speed(self) -> str:
        """Say so if the same number of epochs means very different numbers of updates."""
        if "batch_size" not in self._all.names or self._budgeted() or not self._all.scored:
            return ""
        words = phrases("batch_size", self._translate)
        fewest = min(self._all.scored, key=_updates)
        most = max(self._all.scored, key=_updates)
        if not _updates(most) >= _MANY_TIMES * _updates(fewest):
            return ""
        if fewest.figures["epochs"].mean != most.figures["epochs"].mean:
            return ""
        text = self._translate(
            "findings",
            "The same number of epochs means {times} times fewer updates {at_fewest} ({fewest}) "
            "than {at_most} ({most}); it took {fewest_seconds} s instead of {most_seconds} s.",
        )
        return text.format(
            times=number(_updates(most) / _updates(fewest), 2),
            at_fewest=words.at(fewest),
            fewest=count(_updates(fewest)),
            at_most=words.at(most),
            most=count(_updates(most)),
            fewest_seconds=number(fewest.figures["seconds"].mean, 2),
            most_seconds=number(most.figures["seconds"].mean, 2),
        )

    # --- parts -----------------------------------------------------------------------------

    @property
    def _best(self) -> Group:
        assert self._all.best is not None
        return self._all.best

    @property
    def _worst(self) -> Group:
        assert self._all.worst is not None
        return self._all.worst

    def _hidden_by_noise(self) -> bool:
        return self._all.noise.hides(self._all.spread)

    def _budgeted(self) -> bool:
        return any(
            group.values["max_images"] or group.values["max_seconds"] for group in self._all.groups
        )

    def _measure(self) -> str:
        if self._all.measure == "test_accuracy":
            return self._translate("findings", "test accuracy")
        return self._translate("findings", "validation accuracy")

    def _score(self, group: Group) -> str:
        return percent(self._all.score(group), self._digits)

    def _name(self, group: Group) -> str:
        """Return what sets a group apart; a run's title if that would be a long list."""
        if not 1 <= len(self._phrases) <= 2:
            return group.runs[0].title
        return ", ".join(words.named(group) for words in self._phrases)

    def _fixed(self) -> str:
        """Return the setting that a reader wants to know beside the varied one."""
        values = values_of(self._all.groups[0].runs[0].header.config)
        if self._all.names == ("batch_size",):
            text = self._translate("findings", " at a learning rate of {0}")
            return text.format(f"{values['learning_rate']:g}")
        if self._all.names == ("learning_rate",):
            text = self._translate("findings", " with batches of {0}")
            return text.format(values["batch_size"])
        return ""

    def _divergence(self) -> str:
        """Return the clause on what diverged, or nothing."""
        diverged = self._all.diverged
        if not diverged:
            return ""
        if len(self._all.names) == 1:
            words = self._phrases[0]
            places = ", ".join([words.at(diverged[0]), *map(words.value, diverged[1:])])
            return self._translate("findings", "{0} the training diverged").format(places)
        places = "; ".join(map(self._name, diverged))
        return self._translate("findings", "with {0} the training diverged").format(places)

    def _joined(self, sentence: str, clause: str) -> str:
        return f"{sentence.removesuffix('.')}; {clause}." if clause else sentence


def _updates(group: Group) -> float:
    return group.figures["updates"].mean
