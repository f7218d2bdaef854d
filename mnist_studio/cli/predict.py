"""Classify an image file with a saved run."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from ..data.registry import DATASETS
from .common import CommandError, open_saved_run, print_json

SUMMARY = "classify an image file with a saved run"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    parser.add_argument("run_file", type=Path, metavar="RUN", help="a saved run (.npz)")
    parser.add_argument("image", type=Path, metavar="IMAGE", help="an image file of one digit")


def run(chosen: argparse.Namespace) -> int:
    """Print the class and how sure the network is."""
    import numpy as np

    from ..data.preprocess import prepare_image

    opened = open_saved_run(chosen.run_file)
    image = prepare_image(_read_image(chosen.image))
    if image is None:
        raise CommandError(f"{chosen.image} is empty: nothing is drawn on it.")
    pixels = image.reshape(1, -1) * np.float32(1 / 255)
    probabilities = opened.network.predict_probabilities(pixels)[0].tolist()
    best = max(range(len(probabilities)), key=probabilities.__getitem__)
    name = DATASETS[opened.checkpoint.config.data.dataset].class_names[best]
    if chosen.json:
        print_json(
            {
                "event": "predicted",
                "prediction": best,
                "class_name": name,
                "probability": probabilities[best],
                "probabilities": probabilities,
            }
        )
    else:
        print(f"{name}   {probabilities[best]:.1%}")
    return 0


def _read_image(path: Path) -> Any:
    """Return an image file as gray levels, shape (height, width), dtype uint8."""
    import numpy as np
    from PIL import Image, ImageOps

    try:
        with Image.open(path) as file:
            upright = ImageOps.exif_transpose(file).convert("RGBA")
    except FileNotFoundError as error:
        raise CommandError(f"There is no file {path}.") from error
    except Exception as error:  # whatever a damaged file makes Pillow's readers raise
        raise CommandError(f"{path} is not an image that can be read.") from error
    paper = Image.new("RGBA", upright.size, "white")
    return np.asarray(Image.alpha_composite(paper, upright).convert("L"))
