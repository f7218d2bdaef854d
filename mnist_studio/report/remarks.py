"""What is to be said beside the main thing: chance, what failed or is missing, and speed."""

from __future__ import annotations

from ..number_text import grouped, number
from .aggregate import Group
from .comparison import Comparison, ordered
from .phrases import Phrases, phrases
from .texts import points_text
from .trends import Trend, trend_of
from .wording import Wording

_MANY_TIMES = 4  # a ratio of updates that is worth a sentence


def remarks(words: Wording) -> tuple[str, ...]:
    """Return the sentences there are beside the main one."""
    found = []
    if words.comparison.scored and len(words.comparison.names) == 2 and not words.hidden_by_noise:
        found += [_along(words, 0), _along(words, 1)]
    found += [_chance(words), *_incomplete(words), _speed(words)]
    return tuple(filter(None, found))


def _along(words: Wording, which: int) -> str:
    """Return what one of two settings does whatever the other one is, if there is such a thing."""
    setting, other = words.phrases[which], words.phrases[1 - which]
    if not ordered(words.comparison.groups, setting.name):
        return ""
    rows = [row for row in words.comparison.along(setting.name) if len(row.scored) > 1]
    trends = {
        trend_of([row.score(group) for group in row.scored], row.noise.threshold) for row in rows
    }
    if len(rows) < 2 or len(trends) != 1:
        return _dependence(words, rows, setting, other)
    (trend,) = trends
    if trend is Trend.RISING:
        text = words.translate("findings", "{more} did better at every {other}.")
    elif trend is Trend.FALLING:
        text = words.translate("findings", "{more} did worse at every {other}.")
    else:
        return _dependence(words, rows, setting, other)
    return text.format(more=setting.more, other=other.noun)


def _dependence(words: Wording, rows: list[Comparison], setting: Phrases, other: Phrases) -> str:
    """Return which values are best, unless one is whatever the other setting is."""
    good = [{setting.value(g) for g in row.scored if row.within_noise(g)} for row in rows]
    if len(rows) < 2 or set.intersection(*good):
        return ""
    first, last = rows[0].best, rows[-1].best
    assert first is not None
    assert last is not None
    if setting.value(first) == setting.value(last):
        return ""
    text = words.translate(
        "findings",
        "The best {noun} depends on the {other}: {first} {at_first}, {last} {at_last}.",
    )
    return text.format(
        noun=setting.noun,
        other=other.noun,
        first=setting.value(first),
        at_first=other.at(first),
        last=setting.value(last),
        at_last=other.at(last),
    )


def _chance(words: Wording) -> str:
    """Return up to where differences may be chance, if that is known and means something."""
    noise = words.comparison.noise
    if len(words.comparison.scored) < 2 or not noise.threshold > 0:
        return ""
    shown = grouped(100 * noise.threshold, 1 if noise.threshold >= 0.00095 else 2)
    if noise.seeds == 1:
        text = words.translate(
            "findings", "One seed each: differences below about {0} may be chance."
        )
    elif words.hidden_by_noise:
        return ""
    else:
        text = words.translate(
            "findings", "Differences below about {0} are within the noise of the seeds."
        )
    return text.format(points_text(shown, words.translate))


def _incomplete(words: Wording) -> list[str]:
    """Return what has no result, or not all of it."""
    translate, groups = words.translate, words.comparison.groups
    partly = [g for g in groups if 0 < g.diverged < len(g.runs)]
    found = [
        translate("findings", "Of {n} runs with {name}, {diverged} diverged.").format(
            n=len(group.runs), name=words.name(group), diverged=group.diverged
        )
        for group in partly
    ]
    failed = sum(group.failed for group in groups)
    if failed:
        text = translate("findings", "Runs that failed for another reason: {0}.")
        found.append(text.format(failed))
    unfinished = sum(group.unfinished for group in groups)
    if unfinished:
        found.append(translate("findings", "Runs not trained to the end: {0}.").format(unfinished))
    return found


def _speed(words: Wording) -> str:
    """Return what the same number of epochs means for the updates, if they differ much."""
    comparison = words.comparison
    if "batch_size" not in comparison.names or not comparison.scored or _budgeted(comparison):
        return ""
    batch = phrases("batch_size", words.translate)
    fewest, most = (extreme(comparison.scored, key=_updates) for extreme in (min, max))
    if not _updates(most) >= _MANY_TIMES * _updates(fewest):
        return ""
    if fewest.figures["epochs"].mean != most.figures["epochs"].mean:
        return ""
    text = words.translate(
        "findings",
        "The same number of epochs means {times} times fewer updates {at_fewest} ({fewest}) "
        "than {at_most} ({most}); it took {fewest_seconds} s instead of {most_seconds} s.",
    )
    return text.format(
        times=number(_updates(most) / _updates(fewest), 2),
        at_fewest=batch.at(fewest),
        fewest=grouped(_updates(fewest)),
        at_most=batch.at(most),
        most=grouped(_updates(most)),
        fewest_seconds=number(fewest.figures["seconds"].mean, 2),
        most_seconds=number(most.figures["seconds"].mean, 2),
    )


def _budgeted(comparison: Comparison) -> bool:
    return any(
        group.values["max_images"] or group.values["max_seconds"] for group in comparison.groups
    )


def _updates(group: Group) -> float:
    return group.figures["updates"].mean
