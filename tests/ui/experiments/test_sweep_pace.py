"""How fast a sweep will be: by runs like it, else by others, else by a usual computer."""

import pytest

from mnist_studio.sweeps.sweep import Sweep
from mnist_studio.training.config import RunConfig
from mnist_studio.training.status import RunStatus
from mnist_studio.training.variation import with_value
from mnist_studio.ui.experiments.sweep_pace import pace_of
from mnist_studio.ui.experiments.sweep_summary import summary

from .listed_runs import run

GUESS = "The time is a guess: nothing like this was trained here yet."


def test_runs_with_the_same_network_and_optimizer_tell_the_pace():
    config = RunConfig()
    rows = [
        run(1, seconds=2.0),  # 100 updates in 2 s
        run(2, seconds=50.0, hidden="none"),
        run(3, RunStatus.QUEUED),
    ]
    pace = pace_of(config, rows)
    assert pace.images_per_second == pytest.approx(50 * config.training.batch_size)
    assert not pace.guessed


def test_other_batch_sizes_are_reckoned_by_their_work():
    pace = pace_of(with_value(RunConfig(), "batch_size", 500), [run(1, seconds=2.0)])
    assert not pace.guessed
    assert pace.images_per_second > pace_of(RunConfig(), [run(1, seconds=2.0)]).images_per_second


@pytest.mark.parametrize("rows", [[], [run(1, seconds=2.0, hidden="none")], [run(1, seconds=0.0)]])
def test_without_a_run_like_it_the_time_is_said_to_be_a_guess(rows):
    pace = pace_of(RunConfig(), rows)
    assert pace.guessed
    assert pace.images_per_second > 0
    sweep = Sweep("", RunConfig(), (("batch_size", (10, 20)),))
    assert summary(sweep, 2, pace).endswith(GUESS)
    assert GUESS not in summary(sweep, 2, pace._replace(guessed=False))
