"""Requests from other threads."""

import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnist_studio.training.config import TrainingConfig
from mnist_studio.training.control import TrainingControl
from mnist_studio.training.hyperparameter import ConfigError, hyperparameters

from ..polling import PATIENCE

LIVE = [name for name, each in hyperparameters(TrainingConfig).items() if each.live]
FIXED = sorted(hyperparameters(TrainingConfig).keys() - set(LIVE))


def test_without_requests_nothing_needs_attention():
    control = TrainingControl()
    assert not control.attention
    control.run_epoch()
    assert not control.attention  # only the end of the epoch is of interest
    control.resume()
    assert not control.attention


@pytest.mark.parametrize(
    "request_", ["pause", "step", "request_stop", "request_checkpoint", "change"]
)
def test_every_request_draws_attention(request_, tmp_path):
    control = TrainingControl()
    arguments = {"request_checkpoint": [tmp_path], "change": ["l2", 0.1]}.get(request_, [])
    getattr(control, request_)(*arguments)
    assert control.attention


def test_what_was_taken_needs_no_attention_any_more(tmp_path):
    control = TrainingControl()
    control.change("l2", 0.1)
    control.change("l2", 0.2)
    control.request_checkpoint(tmp_path)
    assert control.take_changes() == {"l2": 0.2}
    assert control.take_checkpoint_paths() == [tmp_path]
    assert not control.attention


@pytest.mark.parametrize("waking", ["resume", "step", "run_epoch", "request_stop", "checkpoint"])
def test_a_paused_thread_is_woken_by_whatever_concerns_it(waking, tmp_path):
    control = TrainingControl()
    control.pause()
    thread = threading.Thread(target=control.wait, args=[600])
    thread.start()
    if waking == "checkpoint":
        control.request_checkpoint(tmp_path)
    else:
        getattr(control, waking)()
    thread.join(PATIENCE)
    assert not thread.is_alive()


@pytest.mark.parametrize("name", FIXED)
def test_what_is_not_live_cannot_be_changed(name):
    control = TrainingControl()
    with pytest.raises(ConfigError, match="cannot be changed while training"):
        control.change(name, 1)
    assert not control.attention


@pytest.mark.parametrize("name", LIVE)
def test_a_value_out_of_bounds_is_refused_by_the_asking_thread(name):
    control = TrainingControl()
    with pytest.raises(ConfigError, match=name):
        control.change(name, -1.0)
    assert not control.attention


class Model:
    """What a control is to say, worked out from the whole list of what was done to it."""

    def __init__(self):
        self.stopped, self.paused, self.pause_after = False, False, None
        self.changes, self.paths = {}, []

    def do(self, deed):
        match deed:
            case "request_stop":
                self.stopped = True
            case "pause" | "resume" | "step" | "run_epoch":
                self.paused = deed == "pause"
                self.pause_after = {"step": "batch_ended", "run_epoch": "epoch_ended"}.get(deed)
            case "batch_ended" | "epoch_ended" if deed == self.pause_after:
                self.paused, self.pause_after = True, None

    @property
    def needs_attention(self):
        waits_for_batch = self.pause_after == "batch_ended"
        asked = self.changes or self.paths
        return bool(self.stopped or self.paused or waits_for_batch or asked)


DEEDS = ["pause", "resume", "step", "run_epoch", "batch_ended", "epoch_ended", "request_stop"]
changes = st.tuples(st.sampled_from(["l2", "momentum", "dropout"]), st.floats(0, 0.9))
deeds = st.sampled_from(DEEDS) | changes | st.builds(Path, st.sampled_from("abc")) | st.just(None)


@given(st.lists(deeds, max_size=20))
def test_whatever_is_asked_in_whatever_order_nothing_is_lost_or_made_up(done):
    control, model = TrainingControl(), Model()
    for deed in done:
        match deed:
            case str():
                getattr(control, deed)()
                model.do(deed)
            case (name, value):
                control.change(name, value)
                model.changes[name] = value
            case Path():
                control.request_checkpoint(deed)
                model.paths.append(deed)
            case None:  # the trainer looks
                assert control.take_changes() == model.changes
                assert control.take_checkpoint_paths() == model.paths
                model.changes, model.paths = {}, []
        assert control.attention is model.needs_attention
        assert (control.stopped, control.paused) == (model.stopped, model.paused)
        assert control.wait(0) is bool(model.stopped or not model.paused or model.paths)


def test_a_pause_that_nothing_ends_lasts_no_longer_than_it_is_waited_for():
    control = TrainingControl()
    control.pause()
    assert not control.wait(0.001)
    control.change("l2", 0.1)  # waits for the next batch and ends no pause
    assert not control.wait(0.001)


def test_several_threads_lose_no_request(tmp_path):
    control = TrainingControl()
    paths = [[tmp_path / f"{thread}-{number}" for number in range(50)] for thread in range(4)]
    threads = [
        threading.Thread(target=lambda mine=mine: [control.request_checkpoint(p) for p in mine])
        for mine in paths
    ]
    taken = []
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        taken += control.take_checkpoint_paths()
    taken += control.take_checkpoint_paths()
    assert sorted(taken) == sorted(path for mine in paths for path in mine)
    for mine in paths:
        assert [path for path in taken if path in mine] == mine
    assert not control.attention
