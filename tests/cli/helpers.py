"""Starting the program and reading what it prints."""

import json
import os
import subprocess
import sys
from pathlib import Path

import mnist_studio
from mnist_studio.runs.checkpoint import read_checkpoint, write_checkpoint
from mnist_studio.training.config import (
    DataConfig,
)

from ..polling import PATIENCE

QUICK = ["--hidden", "8", "--batch-size", "200", "--epochs", "2"]


def lines(capsys) -> list[dict]:
    output = capsys.readouterr().out
    return [json.loads(line, parse_constant=_refuse) for line in output.splitlines()]


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")


def start(*words, most_bytes=None, **environment) -> subprocess.Popen:
    """Start the program as a user would, where no file may hold more than `most_bytes`."""
    root = str(Path(mnist_studio.__file__).parent.parent)
    return subprocess.Popen(
        [sys.executable, "-m", "mnist_studio", *map(str, words)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        env=os.environ | {"PYTHONPATH": root} | environment,
        preexec_fn=None if most_bytes is None else lambda: _limit_files(most_bytes),
    )


def _limit_files(most_bytes: int) -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, most_bytes))


def finish(process) -> tuple[int, str, str]:
    output, errors = process.communicate(timeout=PATIENCE)
    return process.returncode, output, errors


def assert_one_sentence(errors: str) -> None:
    assert errors.startswith("mnist-studio: ")
    assert errors.endswith(".\n")
    assert errors.count("\n") == 1


def trained_on(run_file, dataset, tmp_path) -> Path:
    """Return a copy of a run file that says it was trained on another data set."""
    checkpoint = read_checkpoint(run_file)
    object.__setattr__(checkpoint.config, "data", DataConfig(dataset))
    write_checkpoint(tmp_path / "copy.npz", checkpoint)
    return tmp_path / "copy.npz"
