"""What a run is called."""

from pathlib import Path

import pytest

from mnist_studio.runs.label import RunLabel, run_title


@pytest.mark.parametrize("breaks", ["\n", "\r\n", "\u2028", " \t ", "\x0b"])
def test_a_name_is_one_line_however_it_was_pasted_written_or_given_to_a_file(breaks):
    broken, path = f"{breaks}my{breaks}run{breaks}", Path("run-0001.npz")
    assert run_title(path, RunLabel(broken)) == "my run"
    assert run_title(path, RunLabel.from_json({"name": broken}, RunLabel())) == "my run"
    assert run_title(Path(f"my{breaks}run.npz"), RunLabel()) == "my run"


def test_a_name_of_nothing_but_breaks_is_none():
    assert run_title(Path("run-0007.npz"), RunLabel("\n\n")) == "run 7"
