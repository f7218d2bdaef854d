"""Printing Markdown tables, and which of a benchmark's tables are wanted."""

import platform
import sys

import numpy as np

from mnist_studio.data.errors import DataError
from mnist_studio.data.loading import load
from mnist_studio.sweeps.workers import usable_cores


def write(line=""):
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def machine() -> str:
    processor = platform.processor() or platform.machine()
    versions = f"Python {platform.python_version()}, NumPy {np.__version__}"
    return f"{processor}, {usable_cores()} cores, {versions}"


def print_tables(parser, tables):
    """Parse the options and print the tables of the full MNIST that they ask for.

    Parameters
    ----------
    parser : argparse.ArgumentParser
        Has the benchmark's own options.
    tables : dict
        A function of the dataset and the options for each name.
    """
    parser.add_argument("--only", nargs="+", choices=tables, default=[*tables])
    options = parser.parse_args()
    try:
        dataset = load("mnist")
    except DataError as error:
        parser.exit(1, f"{error}\n")
    write(f"{machine()}, 1 BLAS thread, full MNIST")
    for name in options.only:
        write()
        tables[name](dataset, options)
