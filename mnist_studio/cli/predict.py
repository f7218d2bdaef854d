"""Classify an image file with a saved run."""

from __future__ import annotations

import argparse
import math
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..data.registry import DATASETS
from .chosen_runs import add_run_argument, open_chosen_run
from .common import CommandError, print_json

if TYPE_CHECKING:
    from PIL.Image import Image

# Others may call programs or unpack without a bound.
_FORMATS = ("PNG", "JPEG", "BMP", "GIF", "WEBP", "PPM", "TIFF")
_SIDE = 512  # pixels of the longer side; more shows nothing more in 28x28
_STRIP = 32  # rows


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    add_run_argument(parser)
    parser.add_argument("image", type=Path, metavar="IMAGE", help="an image file of one digit")


def run(chosen: argparse.Namespace) -> int:
    """Print the class and how sure the network is."""
    from ..data.pixels import unit_range
    from ..data.preprocess import prepare_image

    opened = open_chosen_run(chosen.run_name)
    image = prepare_image(_read_image(chosen.image))
    if image is None:
        raise CommandError(f"{chosen.image} is empty: nothing is drawn on it.")
    pixels = unit_range(image.reshape(1, -1))
    probabilities = opened.network.predict_probabilities(pixels)[0].tolist()
    if not all(map(math.isfinite, probabilities)):
        raise CommandError(f"The network of {chosen.run_name} has no answer: its weights exploded.")
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
    from PIL import Image

    from ..data.pixels import MOST_PIXELS
    from ..files import open_file

    try:
        with (
            warnings.catch_warnings(action="ignore"),  # the limit is here
            open_file(path) as file,
            Image.open(file, formats=_FORMATS) as image,
        ):
            image.draft("RGB", (_SIDE, _SIDE))  # a photograph is unpacked no larger than needed
            if image.width * image.height > MOST_PIXELS:
                raise CommandError(
                    f"{path} has {image.width:,} x {image.height:,} pixels; "
                    f"at most {MOST_PIXELS // 10**6} million can be read, so make it smaller."
                )
            return np.asarray(_on_white_paper(image))
    except FileNotFoundError as error:
        raise CommandError(f"There is no file {path}.") from error
    except CommandError:
        raise
    except Exception as error:  # whatever a damaged file makes Pillow's readers raise
        raise CommandError(f"{path} is not an image that can be read.") from error


def _on_white_paper(image: Image) -> Image:
    """Return an image upright, opaque and gray, its longer side below twice the largest needed.

    In strips, since every copy of the whole would take as much memory again.

    Raises
    ------
    ValueError
        If its gray levels are fractions, of which nobody knows where white is.
    """
    from PIL import Image, ImageOps

    factor = max(1, max(image.size) // _SIDE)
    gray = Image.new("L", (-(-image.width // factor), -(-image.height // factor)))
    for top in range(0, gray.height, _STRIP):
        bottom = min(image.height, (top + _STRIP) * factor)
        strip = _in_bytes(image.crop((0, top * factor, image.width, bottom))).convert("RGBA")
        paper = Image.new("RGBA", strip.size, "white")
        gray.paste(Image.alpha_composite(paper, strip).convert("L").reduce(factor), (0, top))
    gray.getexif().update(image.getexif())
    return ImageOps.exif_transpose(gray)


def _in_bytes(image: Image) -> Image:
    """Return an image whose levels are bytes: gray ones of 16 bits, which Pillow would clip."""
    import numpy as np
    from PIL import Image

    if image.mode == "F":
        raise ValueError("the gray levels are fractions")
    if not image.mode.startswith("I"):
        return image
    levels = np.asarray(image, np.int32) >> 8
    return Image.fromarray(levels.clip(0, 255).astype(np.uint8))
