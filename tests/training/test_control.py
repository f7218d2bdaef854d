"""Requests from other threads."""

import threading

import pytest

from mnist_studio.training.config import ConfigError, TrainingConfig, hyperparameters
from mnist_studio.training.control import TrainingControl

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
    thread = threading.Thread(target=control.wait)
    thread.start()
    if waking == "checkpoint":
        control.request_checkpoint(tmp_path)
    else:
        getattr(control, waking)()
    thread.join(30)
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
