"""Where a run goes on, as run files keep it."""

import json

import pytest

from mnist_studio.runs.restore import fork, take_checkpoint
from mnist_studio.training.history import Origin
from mnist_studio.training.position import Position
from mnist_studio.training.trainer import Trainer

from .builders import small_run, train


def there_and_back(position):
    return Position.from_json(json.loads(json.dumps(position.to_json())))


def test_a_position_survives_json(blobs):
    before = take_checkpoint(Trainer(small_run(), blobs))
    assert before.position.best_score is None
    assert there_and_back(before.position) == before.position
    child = fork(take_checkpoint(train(small_run(), blobs)), small_run(), blobs, parent="run 1")
    position = take_checkpoint(child).position
    assert position.origin.batches == 45
    assert there_and_back(position) == position


def test_the_first_format_did_not_know_when_a_run_began_and_where(blobs):
    values = take_checkpoint(Trainer(small_run(), blobs)).position.to_json()
    for name in ("started", "origin", "parent"):
        del values[name]
    position = Position.from_json(values)
    assert (position.started, position.origin, position.parent) == (0.0, Origin(), "")


@pytest.mark.parametrize(
    "changes", [{"step": "many"}, {"origin": [1]}, {"origin": ["a", 0, 0, 0]}, {"started": None}]
)
def test_values_of_another_kind_are_refused(blobs, changes):
    values = take_checkpoint(Trainer(small_run(), blobs)).position.to_json()
    with pytest.raises((TypeError, ValueError)):
        Position.from_json(values | changes)
