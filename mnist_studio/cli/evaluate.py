"""Measure a saved run on the test part of a data set."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from ..data.registry import DATASETS
from .common import add_folder_option, load_dataset, open_saved_run, print_json

SUMMARY = "measure a saved run on the test part"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    add_folder_option(parser)
    parser.add_argument("run_file", type=Path, metavar="RUN", help="a saved run (.npz)")
    parser.add_argument("--dataset", choices=DATASETS, help="another data set than the run's")


def run(chosen: argparse.Namespace) -> int:
    """Print loss and accuracy."""
    from ..training.evaluation import evaluate_at_once

    opened = open_saved_run(chosen.run_file)
    trained_on = opened.checkpoint.config.data.dataset
    name = chosen.dataset or trained_on
    if (trained_on, name) == ("mnist", "mnist-10k"):
        print(
            "mnist-studio: the images of mnist-10k are among those that this run was trained on, "
            "so its accuracy on them says little; evaluate it on mnist.",
            file=sys.stderr,
        )
    dataset = load_dataset(name, chosen.folder)
    result = evaluate_at_once(opened.network, dataset.test_images, dataset.test_labels)
    if chosen.json:
        print_json(
            {
                "event": "evaluated",
                "dataset": name,
                "images": len(dataset.test_labels),
                "test_accuracy": result.accuracy,
                "test_loss": result.loss,
            }
        )
    else:
        images = len(dataset.test_labels)
        print(
            f"{name}: test accuracy {result.accuracy:.2%}, loss {result.loss:.4f}, {images} images"
        )
    return 0
