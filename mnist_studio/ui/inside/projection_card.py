"""All images at once, placed by what a layer makes of them, live."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import Signal, Slot

from ...data.registry import SIDE
from ...number_text import certainty, grouped, percentage
from ...report.sheet import Sheet
from ...session.inquirer import Work
from ...session.live_figure import LiveFigure
from ...session.run_in_view import RunInView
from ...session.studio import Studio
from ...training.parts import Part
from ..choice_button import ChoiceButton
from ..describe import describe_whose
from ..found_images import FoundImages
from ..image_strip import NamedImage
from ..live_card import LiveCard
from ..plots.legend import Entry, Legend
from ..redraw_clock import RedrawClock
from ..sketch.image import Picture
from ..widgets import Caption
from .dots import class_token
from .projection_plot import Cloud, ProjectionPlot
from .projection_work import LOGITS, PIXELS, ProjectionAnswer, project_part

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from ...data.dataset import Dataset
    from ...nn.arrays import FloatArray


class _ClassLegend(Legend):
    """Names the colors of the classes."""

    def _help(self) -> str:
        return self.tr("A click hides a class or shows it again; a double click shows it alone.")


class ProjectionCard(LiveCard):
    """Images as dots that move while the network learns to tell them apart.

    Parameters
    ----------
    clock : RedrawClock
        Redraws it.
    studio : Studio
        Whose run in view is looked at.

    Attributes
    ----------
    figure : LiveFigure
        A ProjectionAnswer.
    plot : ProjectionPlot
    legend : Legend
        Of the classes.
    layer : int
        What is projected: a hidden layer from 1, `PIXELS` or `LOGITS`.

    Signals
    -------
    images_wanted(object)
        The user wants to see these FoundImages.
    pad_wanted(object)
        This Picture is to be put on the pad.
    """

    images_wanted = Signal(object)
    pad_wanted = Signal(object)

    def __init__(self, clock: RedrawClock, studio: Studio) -> None:
        super().__init__(clock, self._draw)
        self.setObjectName("projectionView")
        self._session = studio.session
        self.layer = LOGITS
        self._depth = -1
        self._drawn: ProjectionAnswer | None = None
        self._on_the_way: FloatArray | None = None
        self.figure = LiveFigure(studio.session, studio.inquirer, "projection", self._work, self)
        self.plot = ProjectionPlot(self._image_of)
        self.legend = _ClassLegend(lines=3)
        self._build()
        for changed in (self.figure.changed, self._session.drawing.changed):
            changed.connect(self.turn.mark_dirty)
        self._session.run_started.connect(self._on_run_started)
        if self._session.run is not None:
            self._on_run_started(self._session.run)

    def _build(self) -> None:
        self._layers = ChoiceButton({LOGITS: ""}, LOGITS, "{0} ▾")
        self._layers.setProperty("titleMenu", True)
        self._layers.setObjectName("projectionLayerButton")
        self._layers.setToolTip(
            self.tr("Of which layer: the images are placed by what it makes of them.")
        )
        self._layers.chosen.connect(self.show_layer)
        self.header.addWidget(self._layers)
        self.header.addStretch(1)
        self.caption = Caption(2)
        self.caption.setObjectName("projectionCaption")
        self.legend.setObjectName("classLegend")
        self.legend.hidden_chosen.connect(self._on_hidden_chosen)
        self.plot.lassoed.connect(self._on_lassoed)
        self.plot.image_activated.connect(self._on_image_activated)
        self.body.addLayout(self.header)
        self.body.addWidget(self.plot, 1)
        self.body.addWidget(self.legend)
        self.body.addWidget(self.caption)

    # --- what is shown ---------------------------------------------------------------------

    @Slot(object)
    def show_layer(self, layer: int) -> None:
        """Show another layer; the dots come to lie as near to where they were as they can."""
        if layer != self.layer:
            self.layer = layer
            self._layers.choose(layer)
            self.figure.ask_anew()

    @Slot(object)
    def _on_run_started(self, run: RunInView) -> None:
        depth = len(run.config.model.hidden)
        if depth != self._depth:
            newest = self.layer in (self._depth, LOGITS)
            self._depth = depth
            if newest or self.layer > depth:
                self.layer = depth or LOGITS
            hidden = {k: self.tr("Layer {0}").format(k) for k in range(1, depth + 1)}
            texts = {PIXELS: self.tr("Pixels"), **hidden, LOGITS: self.tr("Logits")}
            self._layers.set_choices(texts, self.layer)
        self.turn.mark_dirty()

    def _work(self, run: RunInView, dataset: Dataset) -> Work | None:
        before = self._answer()
        return partial(project_part, run.network, self.layer, dataset, run.config.data, before)

    def _answer(self) -> ProjectionAnswer | None:
        return cast("ProjectionAnswer | None", self.figure.answer)

    def _draw(self) -> None:
        answer = self._answer()
        if answer is not self._drawn or answer is None:
            self._drawn = answer
            self._show(answer)
        self.caption.setText(self._describe(answer))
        self._place_stars(answer)

    def _show(self, answer: ProjectionAnswer | None) -> None:
        if answer is None or answer.projection.rank == 0:
            self.plot.show_cloud(None, self._why_not(answer))
            return
        answers = answer.part.answers
        names = answer.part.dataset.class_names
        self.plot.show_cloud(Cloud(answer.places(), answers.labels, answers.predicted, names))
        entries = (Entry(class_token(k), name, True, k) for k, name in enumerate(names))
        self.legend.set_entries(tuple(entries), self.legend.hidden)

    def _why_not(self, answer: ProjectionAnswer | None) -> str:
        if answer is not None and not answer.finite:
            return self.tr("The weights are no numbers any more: there is nothing to place.")
        if answer is not None:
            return self.tr("This layer gives the same for every image.")
        return ""

    def _describe(self, answer: ProjectionAnswer | None) -> str:
        if answer is None or answer.projection.rank == 0:
            return ""
        validation = answer.part.part is Part.VALIDATION
        images = self.tr("{0} validation images") if validation else self.tr("{0} test images")
        images = images.format(grouped(len(answer.part.answers.labels)))
        share = percentage(answer.projection.explained, 0)
        if answer.projection.rank == 1:
            text = self.tr(
                "{0}, which {1} tells apart in one direction only: each class has a row. Rings are "
                "mistakes; a loop around dots shows their images."
            )
        else:
            text = self.tr(
                "{0} in the plane where they differ most in {1}, {2} of the variance: near is "
                "alike. Rings are mistakes; a loop around dots shows their images."
            )
        text = text.format(images, self._place_name(answer.layer), share)
        return describe_whose(self._session.run) + text

    def _place_name(self, layer: int) -> str:
        if layer == PIXELS:
            return self.tr("their pixels")
        return self.tr("the logits") if layer == LOGITS else self.tr("layer {0}").format(layer)

    @Slot(object)
    def show_on_the_way(self, image: FloatArray | None) -> None:
        """Show where else than on the pad an image would be, of shape (inputs,)."""
        self._on_the_way = image
        self.turn.mark_dirty()

    def _place_stars(self, answer: ProjectionAnswer | None) -> None:
        pixels = self._session.drawing.pixels
        if answer is None or answer.projection.rank == 0 or pixels is None:
            self.plot.show_stars(None, None)
            return
        import numpy as np

        from ...data.pixels import unit_range

        images = [unit_range(pixels.reshape(-1))]
        if self._on_the_way is not None:
            images.append(self._on_the_way)
        places = [
            place if np.isfinite(place).all() else None for place in answer.place(np.stack(images))
        ]
        self.plot.show_stars(places[0], places[1] if len(places) > 1 else None)

    def sheet(self) -> Sheet | None:
        """Return where each image is, with its class and its answer."""
        answer = self._drawn
        if answer is None or answer.projection.rank == 0:
            return None
        names, answers = answer.part.dataset.class_names, answer.part.answers
        columns = ("image", "class", "answer", "probability", "x", "y")
        figures = (
            answers.indices,
            answers.labels,
            answers.predicted,
            answers.probabilities.max(axis=1),
            *answer.projection.points.T,
        )
        rows = zip(*(each.tolist() for each in figures), strict=True)
        return Sheet(columns, ((image, names[k], names[j], *rest) for image, k, j, *rest in rows))

    # --- what is done with it --------------------------------------------------------------

    def _image_of(self, row: int) -> NamedImage:
        assert self._drawn is not None
        part = self._drawn.part
        names, answers = part.dataset.class_names, part.answers
        label, predicted = names[answers.labels[row]], names[answers.predicted[row]]
        right = label == predicted
        text = label if right else self.tr("{0} taken for {1}").format(label, predicted)
        sure = certainty(float(answers.probabilities[row].max()))
        tip = self.tr("{0} sure · image {1}").format(sure, grouped(int(answers.indices[row])))
        return NamedImage(self._pixels_of(row), text, right, tip)

    def _pixels_of(self, row: int) -> npt.NDArray[np.uint8]:
        assert self._drawn is not None
        part = self._drawn.part
        return part.images[part.answers.indices[row]].reshape(SIDE, SIDE)

    @Slot(object)
    def _on_hidden_chosen(self, hidden: frozenset[int]) -> None:
        self.legend.set_entries(self.legend.entries, hidden)
        self.plot.hide_classes(hidden)

    @Slot(object)
    def _on_lassoed(self, rows: npt.NDArray[np.intp]) -> None:
        if self._drawn is not None:
            self.images_wanted.emit(FoundImages(self._drawn.part, rows, self.tr("lasso")))

    @Slot(int)
    def _on_image_activated(self, row: int) -> None:
        assert self._drawn is not None
        part = self._drawn.part
        name = part.dataset.class_names[part.answers.labels[row]]
        caption = self.tr("image {0}, label {1}").format(
            grouped(int(part.answers.indices[row])), name
        )
        self.pad_wanted.emit(Picture(self._pixels_of(row), caption, truth=name))
