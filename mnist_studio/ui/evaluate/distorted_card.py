"""What images look like at one strength of a distortion, and what a network makes of them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import Slot

from ...cancel import Cancelled
from ...data.distortion import STRENGTHS, Distorter, Distortion
from ...data.registry import SIDE
from ...number_text import certainty, grouped
from ...session.inquirer import Inquirer
from ...training.parts import Part, images_of
from ..choice_button import ChoiceButton
from ..image_strip import ImageStrip, NamedImage
from ..labels import distortion_axis, strength_text
from ..live_card import LiveCard
from ..plots.plot_controls import quiet_button
from ..redraw_clock import RedrawClock
from ..widgets import ElidedLabel, title_label
from .robustness_card import RobustnessCard
from .robustness_curves import RobustnessCurves

if TYPE_CHECKING:
    from ...data.dataset import Dataset
    from ...nn.network import Network
    from ...training.config import DataConfig

_ASKER = "distortedImages"
_COUNT = 40  # as many as a wide screen has room for


class _Wish(NamedTuple):
    """Whose answers to which images are wanted."""

    network: Network
    config: DataConfig
    dataset: Dataset
    part: Part
    kind: Distortion
    strength: float


class DistortedCard(LiveCard):
    """A row of images at the strength that is looked at, some of each class, with the answers.

    Parameters
    ----------
    clock : RedrawClock
        Redraws it.
    curves : RobustnessCurves
        Say what is done to which images.
    plot : RobustnessCard
        Says which strength and whose answers are looked at.
    inquirer : Inquirer
        Has the images made.
    """

    def __init__(
        self,
        clock: RedrawClock,
        curves: RobustnessCurves,
        plot: RobustnessCard,
        inquirer: Inquirer,
    ) -> None:
        super().__init__(clock, self._draw)
        self.setObjectName("distortedCard")
        self._curves = curves
        self._plot = plot
        self._inquirer = inquirer
        self._asked: _Wish | None = None
        inquirer.answered.connect(self._on_answered)
        curves.changed.connect(self.turn.mark_dirty)
        plot.strength_chosen.connect(self.turn.mark_dirty)
        self._build()

    def _build(self) -> None:
        self._strengths = self._make_button()
        self.caption = ElidedLabel()
        self.caption.setProperty("role", "dim")
        self.caption.setObjectName("distortedCaption")
        self.header.addWidget(title_label(self.tr("Images at")))
        self.header.addWidget(quiet_button(self._strengths))
        self.header.addWidget(self.caption, 1)
        self.strip = ImageStrip(self.tr("Distorted images with the answers"))
        self.strip.setObjectName("distortedStrip")
        self.body.addLayout(self.header)
        self.body.addWidget(self.strip)

    def _make_button(self) -> ChoiceButton:
        self._kind = self._curves.kind
        button = ChoiceButton(_texts(self._kind), self._plot.strength, "{0} ▾")
        button.setObjectName("strengthButton")
        button.setToolTip(self.tr("How much the images are changed."))
        button.chosen.connect(self._plot.choose_strength)
        return button

    def forget(self) -> None:
        """Ask no more; what is shown stays."""
        self._asked = None
        self._inquirer.withdraw(_ASKER)

    def _draw(self) -> None:
        curve, dataset = self._plot.looked_at, self._curves.dataset
        kind, strength = self._curves.kind, self._plot.strength
        if kind is not self._kind:
            self._kind = kind
            self._strengths.set_choices(_texts(kind), strength)
        self._strengths.choose(strength)
        if curve is None or dataset is None:
            self.strip.set_images(())
            self.caption.setText("")
            self._asked = None
            return
        wish = _Wish(curve.networks[0], curve.config, dataset, self._curves.part, kind, strength)
        if wish != self._asked:
            self._asked = wish
            self._inquirer.ask(_ASKER, partial(_look, wish))

    @Slot(str, object)
    def _on_answered(self, asker: str, answer: tuple[_Wish, tuple[NamedImage, ...]]) -> None:
        if asker != _ASKER or answer[0] != self._asked:
            return
        self.strip.set_images(answer[1])
        curve = self._plot.looked_at
        self.caption.setText(
            self.tr("{0}, as read by {1}; wrong answers are orange").format(
                distortion_axis(self._kind), curve.label if curve else ""
            )
        )


def _texts(kind: Distortion) -> dict[float, str]:
    return {strength: strength_text(strength) for strength in STRENGTHS[kind]}


def _look(wish: _Wish, _cancelled: Cancelled) -> tuple[_Wish, tuple[NamedImage, ...]]:
    """Return some images, changed, with the answers; answers that are wrong stand out."""
    import numpy as np

    from ...insight.robustness import look_at, some_of_each_class

    images, labels, indices = images_of(wish.dataset, wish.part, wish.config)
    chosen = some_of_each_class(labels, indices, _COUNT)
    distorter = Distorter(wish.kind, wish.strength)
    found = look_at(wish.network, images, labels, chosen, distorter)
    pixels = np.rint(255 * found.pixels).astype(np.uint8).reshape(-1, SIDE, SIDE)
    names, answers = wish.dataset.class_names, found.answers
    sure = answers.probabilities.max(axis=1)
    return wish, tuple(
        NamedImage(
            pixels[row],
            names[answers.predicted[row]],
            bool(answers.predicted[row] == answers.labels[row]),
            f"{names[answers.labels[row]]} → {names[answers.predicted[row]]} · "
            f"{certainty(float(sure[row]))} · {grouped(int(chosen[row]))}",
        )
        for row in range(len(chosen))
    )
