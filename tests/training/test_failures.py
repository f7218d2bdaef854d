"""Why a run failed, as values that last and that no language changes."""

import json
import math

import pytest

from mnist_studio.data.errors import DataError
from mnist_studio.runs.checkpoint import CheckpointError
from mnist_studio.training.failures import TrainingDiverged, failure_of
from mnist_studio.training.status import Failure, FailureKind

DIVERGED = FailureKind.DIVERGED


@pytest.mark.parametrize(
    ("error", "failure"),
    [
        (TrainingDiverged(7, 2000.0, 10.0), Failure(DIVERGED, "", 7, 2000.0, 10.0)),
        (TrainingDiverged(7, math.inf, 10.0), Failure(DIVERGED, "", 7, None, 10.0)),
        (TrainingDiverged(7, math.nan, 10.0), Failure(DIVERGED, "", 7, None, 10.0)),
        (MemoryError(), Failure(FailureKind.OUT_OF_MEMORY)),
        (CheckpointError("It is damaged."), Failure(FailureKind.OTHER, "It is damaged.")),
        (DataError("It is gone."), Failure(FailureKind.OTHER, "It is gone.")),
        (KeyError("odd"), Failure(FailureKind.PROGRAM_ERROR, "KeyError: 'odd'")),
    ],
)
def test_what_is_kept_of_an_error_survives_json(error, failure):
    assert failure_of(error) == failure
    text = json.dumps(failure.to_json(), allow_nan=False)
    assert Failure.from_json(json.loads(text)) == failure


@pytest.mark.parametrize(
    ("sentence", "failure"),
    [
        ("", None),
        (
            "The loss exploded to 2048 at batch 7: steps with a learning rate of 10 are too large "
            "here. Try a learning rate ten times smaller.",
            Failure(DIVERGED, "", 7, 2048.0, 10.0),
        ),
        (
            "The loss is no longer a number at batch 12345: steps with a learning rate of 1e-05 "
            "are too large here. Try a learning rate ten times smaller.",
            Failure(DIVERGED, "", 12345, None, 1e-5),
        ),
        ("There is not enough memory.", Failure(FailureKind.OTHER, "There is not enough memory.")),
    ],
)
def test_older_files_kept_only_a_sentence(sentence, failure):
    assert Failure.from_json(sentence) == failure


def test_a_kind_that_is_not_known_yet_is_another():
    values = Failure(DIVERGED, "It was cold.").to_json() | {"kind": "frozen"}
    assert Failure.from_json(values) == Failure(FailureKind.OTHER, "It was cold.")
