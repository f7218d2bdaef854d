"""A training that does not fit into the memory is refused before it begins, with the number."""

import tracemalloc

import pytest

from mnist_studio.runs.recorder import RunRecorder
from mnist_studio.training import memory
from mnist_studio.training.config import HiddenLayer, ModelConfig
from mnist_studio.training.hyperparameter import ConfigError
from mnist_studio.training.memory import check_memory, free_memory
from mnist_studio.training.trainer import Trainer

from .builders import small_run

WIDE = ModelConfig((HiddenLayer(2048), HiddenLayer(2048)))


def test_this_computer_has_memory_for_the_presets():
    free = free_memory()
    assert free is None or free > 100e6
    check_memory(ModelConfig((HiddenLayer(512), HiddenLayer(256))), 128)


def test_a_network_that_does_not_fit_is_refused_at_its_layers(monkeypatch, blobs):
    monkeypatch.setattr(memory, "free_memory", lambda: 100_000_000)
    with pytest.raises(ConfigError, match=r"needs 0\.3 GB of memory, but 0\.1 GB are") as refused:
        check_memory(WIDE)
    assert refused.value.field_name == "hidden"
    with pytest.raises(ConfigError, match="narrower"):
        Trainer(small_run(hidden=(2048, 2048)), blobs)


def test_an_average_of_the_weights_needs_memory_too(monkeypatch):
    monkeypatch.setattr(memory, "free_memory", lambda: 4 * 14 * WIDE.parameter_count + 1_000_000)
    check_memory(WIDE)
    with pytest.raises(ConfigError, match="memory"):
        check_memory(WIDE, averaging=True)


def test_a_batch_that_does_not_fit_is_refused_at_its_size(monkeypatch):
    monkeypatch.setattr(memory, "free_memory", lambda: 50_000_000)
    with pytest.raises(ConfigError, match="smaller batch") as refused:
        check_memory(ModelConfig((HiddenLayer(16),)), 10_000)
    assert refused.value.field_name == "batch_size"


def test_where_nothing_tells_of_the_memory_nothing_is_refused(monkeypatch):
    monkeypatch.setattr(memory, "free_memory", lambda: None)
    check_memory(WIDE, 10_000)


@pytest.mark.parametrize(("optimizer", "averaging"), [("sgd", 0.0), ("adam", 0.0), ("adam", 0.2)])
def test_a_training_takes_no_more_than_was_estimated(tmp_path, blobs, optimizer, averaging):
    config = small_run(
        hidden=(3072, 2048),
        optimizer=optimizer,
        averaging=averaging,
        epochs=1,
        batch_size=240,
        learning_rate=1e-5,
    )
    tracemalloc.start()
    try:
        trainer = Trainer(config, blobs)
        recorder = RunRecorder(trainer, tmp_path / "run.npz")
        for event in trainer.run():
            recorder.follow(event)
        before = tracemalloc.get_traced_memory()[0]
        tracemalloc.reset_peak()
        recorder.finish()
        saving = tracemalloc.get_traced_memory()[1] - before
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    size = 4 * sum(array.size for array in trainer.network.weights())
    assert saving < 20e6 < 0.6 * size  # a buffer of NumPy's, but no second copy of anything
    assert peak < (memory._COPIES + memory._AVERAGED * (averaging > 0)) * size + 50e6
