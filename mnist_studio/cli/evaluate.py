"""Measure a saved run on the test part of a data set, and say what it gets wrong."""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ..data.registry import DATASETS
from .calibration_output import calibration_figures, calibration_table
from .chosen_runs import add_run_argument, open_chosen_run
from .common import (
    add_folder_option,
    interrupt_calls,
    load_dataset,
    print_json,
    progress_bar,
    refuse_vain_folder,
)
from .robustness_output import robustness_figures, robustness_table

if TYPE_CHECKING:
    from ..data.dataset import Dataset
    from ..insight.calibration import Calibration
    from ..insight.choice import AnsweredImage
    from ..insight.confusion import Confusion
    from ..insight.robustness import Robustness
    from ..runs.opened import OpenedRun
    from ..training.answers import Answers


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    add_folder_option(parser)
    add_run_argument(parser)
    parser.add_argument("--dataset", choices=DATASETS, help="another data set than the run's")
    parser.add_argument(
        "--confusion",
        action="store_true",
        help="what is taken for what: true classes in rows, answers in columns",
    )
    parser.add_argument(
        "--mistakes",
        type=_count,
        default=0,
        metavar="N",
        help="the N surest wrong answers",
    )
    parser.add_argument(
        "--robustness",
        action="store_true",
        help="the accuracies on images that are noisy, turned, shifted … (takes a while)",
    )
    parser.add_argument(
        "--calibration",
        action="store_true",
        help="whether it is right as often as it says, and what temperature scaling changes",
    )


def _count(text: str) -> int:
    try:
        count = int(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number") from error
    if count < 0:
        raise argparse.ArgumentTypeError(f"{count} is below 0")
    return count


def run(chosen: argparse.Namespace) -> int:
    """Print loss and accuracy, and what else was asked for."""
    from ..insight.choice import worst_mistakes
    from ..insight.confusion import confusion_of
    from ..training.answers import ask, gather
    from ..training.evaluation import Evaluation

    opened = open_chosen_run(chosen.run_name)
    name = chosen.dataset or opened.dataset
    refuse_vain_folder(chosen.folder, [name])
    if (opened.dataset, name) == ("mnist", "mnist-10k"):
        print(
            "mnist-studio: the images of mnist-10k are among those that this run was trained on, "
            "so its accuracy on them says little; evaluate it on mnist.",
            file=sys.stderr,
        )
    dataset = load_dataset(name, chosen.folder)
    answers = gather(ask(opened.network, dataset.test_images, dataset.test_labels))
    result = Evaluation()
    result.add(answers)
    confusion = confusion_of(answers, dataset.class_names) if chosen.confusion else None
    mistakes = worst_mistakes(answers, chosen.mistakes)
    calibration = _calibrate(chosen, opened, answers) if chosen.calibration else None
    robustness = _try_hard(opened, dataset) if chosen.robustness else None
    images = len(dataset.test_labels)
    if chosen.json:
        figures: dict[str, Any] = {
            "event": "evaluated",
            "dataset": name,
            "images": images,
            "test_accuracy": result.accuracy,
            "test_loss": result.loss,
        }
        if confusion is not None:
            figures["confusion"] = _confusion_figures(confusion)
        if chosen.mistakes:
            figures["mistakes"] = [each._asdict() for each in mistakes]
        if calibration is not None:
            figures["calibration"] = calibration_figures(calibration)
        if robustness is not None:
            figures["robustness"] = robustness_figures(robustness)
        print_json(figures)
        return 0
    print(f"{name}: test accuracy {result.accuracy:.2%}, loss {result.loss:.4f}, {images} images")
    if confusion is not None:
        print(_confusion_table(confusion))
    for line in _mistake_lines(mistakes, dataset.class_names):
        print(line)
    if calibration is not None:
        print(calibration_table(calibration))
    if robustness is not None:
        print(robustness_table(robustness))
    return 0


def _calibrate(chosen: argparse.Namespace, opened: OpenedRun, answers: Answers) -> Calibration:
    """Fit the temperature on what the run has not seen, whatever it is evaluated on."""
    from ..insight.calibration import calibrate
    from ..training.parts import Part, answer_part

    config = opened.checkpoint.config.data
    own = load_dataset(opened.dataset, chosen.folder if chosen.dataset is None else None)
    validation = answer_part(opened.network, own, Part.VALIDATION, config)
    return calibrate(validation.answers, answers)


def _try_hard(opened: OpenedRun, dataset: Dataset) -> Robustness:
    from ..insight.robustness import robustness

    cancelled: list[bool] = []
    with progress_bar() as advance, interrupt_calls(lambda: cancelled.append(True)):
        return robustness(
            opened.network,
            dataset.test_images,
            dataset.test_labels,
            progress=advance,
            cancelled=lambda: bool(cancelled),
        )


def _confusion_figures(confusion: Confusion) -> dict[str, Any]:
    """Return the matrix for programs; what is not defined, of a class without images, is NaN."""
    rates = {name: getattr(confusion, name).tolist() for name in ("precision", "recall", "f1")}
    return {"classes": list(confusion.names), "counts": confusion.counts.tolist(), **rates}


def _confusion_table(confusion: Confusion) -> str:
    """Return the matrix for people: recall and F1 behind every row, precision below."""
    names = [name[:8] for name in confusion.names]
    width = max(map(len, (*names, str(confusion.counts.max()), "100.0"))) + 2
    first = max(map(len, (*names, "precision"))) + 1

    def line(head: str, cells: Sequence[object], tail: str = "") -> str:
        return (head.ljust(first) + "".join(f"{cell!s:>{width}}" for cell in cells) + tail).rstrip()

    def percent(value: float) -> str:
        return "–" if math.isnan(value) else f"{100 * value:.1f}"

    rows = [
        line(name, [count or "·" for count in counts], f"{percent(recall):>9}{percent(f1):>8}")
        for name, counts, recall, f1 in zip(
            names,
            confusion.counts.tolist(),
            confusion.recall.tolist(),
            confusion.f1.tolist(),
            strict=True,
        )
    ]
    precision = [percent(value) for value in confusion.precision.tolist()]
    head = line("", names, f"{'recall':>9}{'F1':>8}")
    return "\n".join([head, *rows, line("precision", precision)])


def _mistake_lines(mistakes: Sequence[AnsweredImage], names: Sequence[str]) -> list[str]:
    return [
        f"image {each.image}: {names[each.label]} taken for {names[each.predicted]}, "
        f"{each.probability:.1%} sure, loss {each.loss:.2f}"
        for each in mistakes
    ]
