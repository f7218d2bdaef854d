"""The commands of the terminal, each in the module of its name, which is not imported here."""

from __future__ import annotations

COMMANDS = {
    "train": "train a network",
    "sweep": "train with several values of one or two hyperparameters and compare",
    "report": "write the lab report of runs as one HTML file",
    "export": "write curves or results of runs as CSV, Markdown or for TensorBoard",
    "evaluate": "measure a saved run on the test part",
    "predict": "classify an image file with a saved run",
    "data": "list or download data sets",
    "bench": "measure the training speed of these settings",
}
"""What each command does, by its name."""
