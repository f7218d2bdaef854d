"""The run in view against another one, or other seeds, image by image: who is right where."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QToolButton

from ...insight.choice import answered
from ...number_text import grouped, percentage
from ...report.sheet import Sheet
from ...session.inquirer import Work
from ...session.live_figure import LiveFigure
from ...session.run_in_view import RunInView
from ...session.studio import Studio
from ..choice_button import ChoiceButton
from ..found_images import FoundImages
from ..live_card import LiveCard
from ..plots.plot_controls import quiet_button
from ..redraw_clock import RedrawClock
from ..widgets import Caption
from .against_work import AskedRun, Comparison, CountedSeeds, compare
from .pair_bars import PairBars
from .seed_answers import SeedAnswers

if TYPE_CHECKING:
    from ...data.dataset import Dataset
    from ...insight.paired import Pairing

_MOST = 20  # runs to choose among, the newest
_TINY = 0.0001  # a p-value below it is not told exactly
_CHANCE = 0.05  # what happens oftener by chance is not told as a difference
_BUTTONS = (
    *("onlyThisButton", "onlyOtherButton"),
    *("wrongInAllButton", "wrongInOneButton", "wrongInAnyButton"),
)
SEEDS = "seeds"  # stands for all runs that differ in the seed only
Other = Path | str | None


class _Wish(NamedTuple):
    """Images that the user wanted to see.

    Attributes
    ----------
    button : str
        That offered them.
    k : int, optional
        Their class; any without.
    found : FoundImages
        Them, as they were found last.
    """

    button: str
    k: int | None
    found: FoundImages


class AgainstCard(LiveCard):
    """Compares two runs on the same test images, with a word on whether that can be chance.

    Parameters
    ----------
    clock : RedrawClock
        Redraws it.
    studio : Studio
        Its run in view and its other runs.

    Attributes
    ----------
    figure : LiveFigure
        The comparison.

    Signals
    -------
    images_wanted(object)
        The user wants to see these FoundImages.
    images_renewed(object, object)
        In the place of FoundImages that were wanted, there are others now.
    """

    images_wanted = Signal(object)
    images_renewed = Signal(object, object)

    def __init__(self, clock: RedrawClock, studio: Studio) -> None:
        super().__init__(clock, self._draw, self.tr("Against"))
        self.setObjectName("againstCard")
        self._studio = studio
        self._other: Other = None
        self._roomy = True
        self._wanted: _Wish | None = None
        self._titles: dict[Other, str] = {}
        self._seeds = SeedAnswers(studio.library)
        self._seed_count = 1
        self.figure = LiveFigure(studio.session, studio.inquirer, "comparison", self._work, self)
        self.figure.changed.connect(self._on_answered)
        self._build()
        self._runs_known = False
        studio.library.rows_changed.connect(self._on_runs_changed)
        studio.session.run_started.connect(self._on_runs_changed)

    def _build(self) -> None:
        self._runs = ChoiceButton({None: ""}, None, "{0} ▾")
        self._runs.setObjectName("otherRunButton")
        self._runs.setToolTip(
            self.tr(
                "Compare with another run of the same data set, or with the same run with other "
                "seeds, on the test images."
            )
        )
        self._runs.chosen.connect(self._on_run_chosen)
        self.header.addWidget(quiet_button(self._runs))
        self.sentence = Caption(3, fixed=True)
        self.sentence.setObjectName("againstSentence")
        self.sentence.setToolTip(
            self.tr(
                "p: how likely two networks that are equally good differ at least so much on these "
                "test images (McNemar's exact test, which looks only at the images that one of "
                "them gets right and the other wrong)."
            )
        )
        self._buttons = {name: self._make_button(name) for name in _BUTTONS}
        row = QHBoxLayout()
        for button in self._buttons.values():
            row.addWidget(button, 1)
        self.bars = PairBars()
        self.bars.class_chosen.connect(self._on_class_chosen)
        self.bars.hide()
        self.body.addWidget(self.sentence)
        self.body.addWidget(self.bars)
        self.body.addLayout(row)

    def _make_button(self, name: str) -> QToolButton:
        button = QToolButton()
        button.setObjectName(name)
        button.setProperty("telling", True)
        button.setToolTip(self.tr("Show these images."))
        button.clicked.connect(self._on_images_asked)
        return button

    def sheet(self) -> Sheet | None:
        """Return how many images of each class both, one or none recognizes.

        Of seeds: what is known of every image that any of them takes for another class.
        """
        answer = self._answer()
        if isinstance(answer, CountedSeeds):
            return _sheet_of_seeds(answer)
        return None if answer is None else _sheet_of_comparison(answer)

    def set_roomy(self, roomy: bool) -> None:
        """Say whether there is room for all, or for no more than what was asked for."""
        if roomy != self._roomy:
            self._roomy = roomy
            self.turn.redraw()

    @Slot()
    def _on_runs_changed(self) -> None:
        self._runs_known = False  # they are looked through when somebody sees the card
        self.turn.mark_dirty()

    def _offer_runs(self) -> None:
        self._runs_known = True
        run = self._studio.session.run
        rows = [
            row
            for row in self._studio.library.rows
            if row.header is not None
            and run is not None
            and row.path != run.path
            and row.config.data.dataset == run.config.data.dataset
        ][-_MOST:]
        self._seed_count = self._seeds.find(run)
        titles: dict[Other, str] = {None: self.tr("choose a run")}
        if self._seed_count > 1:
            titles[SEEDS] = self.tr("all {0} seeds").format(self._seed_count)
        titles |= {row.path: row.title for row in reversed(rows)}
        if len(titles) == 1:
            titles[None] = self.tr("no other run")
        if titles != self._titles:
            self._titles = titles
            if self._other not in titles:
                self._other = None
            self._runs.set_choices(titles, self._other)
            self._runs.setEnabled(len(titles) > 1)
            if self._other == SEEDS:
                self.figure.ask_anew()

    @Slot(object)
    def _on_run_chosen(self, other: Other) -> None:
        self._other = other
        self.figure.ask_anew()
        self.turn.mark_dirty()

    def _work(self, run: RunInView, dataset: Dataset) -> Work | None:
        if self._other == SEEDS:
            self._seed_count = self._seeds.find(run)
            return self._seeds.next_work(run, dataset)
        if not isinstance(self._other, Path):
            return None
        return partial(compare, run.network, self._other, dataset, run.config.data)

    @Slot()
    def _on_answered(self) -> None:
        answer = self.figure.answer
        if isinstance(answer, AskedRun) and self._seeds.take(answer):
            self.figure.ask_anew()
        self.turn.mark_dirty()

    def _answer(self) -> Comparison | CountedSeeds | None:
        """Return the answer to what was chosen, if it is there."""
        answer = self.figure.answer
        if isinstance(answer, CountedSeeds) and self._other == SEEDS:
            return answer
        return answer if isinstance(answer, Comparison) and answer.path == self._other else None

    # --- what is shown ---------------------------------------------------------------------

    @Slot()
    def _on_images_asked(self) -> None:
        for name, button in self._buttons.items():
            if button is self.sender():
                self._want(name, None)

    @Slot(int, bool)
    def _on_class_chosen(self, k: int, mine: bool) -> None:
        self._want("onlyThisButton" if mine else "onlyOtherButton", k)

    def _want(self, name: str, k: int | None) -> None:
        found = self._find(name, k)
        if found is not None:
            self._wanted = _Wish(name, k, found)
            self.images_wanted.emit(found)

    def _find(self, name: str, k: int | None) -> FoundImages | None:
        """Return the images that a button offers now, perhaps those of one class only."""
        _, found = self._offers().get(name, ("", None))
        if found is None or k is None:
            return found
        rows = found.rows[found.part.answers.labels[found.rows] == k]
        text = self.tr("{0}: {1}").format(found.part.dataset.class_names[k], found.text)
        return found._replace(rows=rows, text=text)

    def _renew(self) -> None:
        """Find again what was wanted, since the answers are others now."""
        if self._wanted is None or self._answer() is None:
            return
        name, k, before = self._wanted
        found = self._find(name, k)
        if found is not None and found.part is not before.part:
            self._wanted = _Wish(name, k, found)
            self.images_renewed.emit(before, found)

    def _offers(self) -> dict[str, tuple[str, FoundImages]]:
        """Return which images can be seen, by the button's name, and what it says."""
        answer = self._answer()
        if isinstance(answer, CountedSeeds):
            return self._offers_of_seeds(answer)
        if answer is None:
            return {}
        this, other = answer.only_this, answer.only_other
        return {
            "onlyThisButton": (
                self.tr("▲ only this: {0}").format(grouped(len(this))),
                FoundImages(answer.part, this, self.tr("only this run")),
            ),
            "onlyOtherButton": (
                self.tr("▼ only the other: {0}").format(grouped(len(other))),
                FoundImages(answer.part, other, self.tr("only the other")),
            ),
        }

    def _offers_of_seeds(self, answer: CountedSeeds) -> dict[str, tuple[str, FoundImages]]:
        part, tally = answer.part, answer.tally
        chosen = {
            "wrongInAllButton": (self.tr("{0} of {0}").format(tally.runs), tally.runs, tally.runs),
            "wrongInOneButton": (self.tr("1 of {0}").format(tally.runs), 1, 1),
            "wrongInAnyButton": (self.tr("any"), 1, tally.runs),
        }
        offers = {}
        for name, (times, least, most) in chosen.items():
            rows = tally.rows(least, most)
            label = self.tr("{0}: {1}").format(times, grouped(len(rows)))
            text = self.tr("wrong in {0}").format(times)
            offers[name] = label, FoundImages(part, rows, text, tally)
        return offers

    def _draw(self) -> None:
        if not self._runs_known:
            self._offer_runs()
        offers = self._offers()
        for name, button in self._buttons.items():
            button.setVisible(name in offers)
            if name in offers:
                button.setText(offers[name][0])
        self.sentence.setText(self._describe())
        answer = self._answer()
        paired = isinstance(answer, Comparison)
        self.sentence.set_lines(2 if paired else 3)
        self.sentence.setVisible(self._roomy or self._other is not None)
        self.bars.setVisible(paired and self._roomy)
        self._renew()
        if isinstance(answer, Comparison):
            counts = (each.tolist() for each in (answer.pairing.first, answer.pairing.second))
            self.bars.show_counts(answer.part.dataset.class_names, *counts)

    def _describe(self) -> str:
        answer = self._answer()
        if isinstance(answer, CountedSeeds):
            tally = answer.tally
            return self.tr(
                "{0} of {1} images are wrong with all {2} seeds: they are hard, or their labels "
                "doubtful. What is wrong with only one seed is chance."
            ).format(
                grouped(len(tally.rows(tally.runs, tally.runs))),
                grouped(len(tally.wrong)),
                tally.runs,
            )
        if answer is not None:
            return self._describe_pairing(answer.pairing)
        if self._other == SEEDS:
            asked = grouped(self._seeds.asked)
            return self.tr("{0} of {1} networks asked…").format(asked, self._seed_count)
        if self._other is not None:
            return self.tr("Both networks are asked…")
        return self.tr("Two runs joined image by image: which one is right where?")

    def _describe_pairing(self, pairing: Pairing) -> str:
        mine, other = int(pairing.first.sum()), int(pairing.second.sum())
        total = sum(int(each.sum()) for each in (pairing.both, pairing.neither)) + mine + other
        both = percentage(int(pairing.both.sum()) / total, 1)
        if pairing.p_value >= _CHANCE:
            text = self.tr("Both are right on {0}. The difference may be chance (p {1}).")
        elif mine > other:
            text = self.tr("Both are right on {0}. This run is better, hardly by chance (p {1}).")
        else:
            text = self.tr("Both are right on {0}. The other is better, hardly by chance (p {1}).")
        p_value = pairing.p_value
        return text.format(both, f"= {p_value:.2g}" if p_value >= _TINY else f"< {_TINY:g}")


def _sheet_of_comparison(answer: Comparison) -> Sheet:
    pairing = answer.pairing
    figures = (pairing.both, pairing.first, pairing.second, pairing.neither)
    counts = zip(*(each.tolist() for each in figures), strict=True)
    names = answer.part.dataset.class_names
    rows = [[name, *each] for name, each in zip(names, counts, strict=True)]
    columns = ("both_right", "only_this_right", "only_the_other_right", "both_wrong")
    return Sheet(["true_class", *columns], rows)


def _sheet_of_seeds(answer: CountedSeeds) -> Sheet:
    names, tally = answer.part.dataset.class_names, answer.tally
    chosen = tally.rows(1, tally.runs)
    times = tally.wrong[chosen].tolist()
    rows = [
        (said.image, names[said.label], names[said.predicted], wrong, tally.runs)
        for said, wrong in zip(answered(answer.part.answers, chosen), times, strict=True)
    ]
    return Sheet(("test_image", "true_class", "predicted_class", "wrong_in", "of_runs"), rows)
