"""The range test's thread: curves come, cancelled tests are silent, no thread is left."""

import numpy as np
import pytest

from mnist_studio.data.errors import DataError
from mnist_studio.data.loading import load
from mnist_studio.session.rate_finder import RangeTest
from mnist_studio.training.config import DataConfig, RunConfig
from mnist_studio.training.presets import PRESETS
from mnist_studio.training.rate_finder import range_test_config
from mnist_studio.training.status import Failure, FailureKind

from ..training.builders import small_run


@pytest.fixture
def range_test(qapp):
    range_test = RangeTest()
    yield range_test
    range_test.shut_down()


def test_the_curve_comes_as_it_grows_and_is_whole_at_the_end(qtbot, range_test, blobs):
    curves = []
    range_test.advanced.connect(curves.append)
    with qtbot.waitSignal(range_test.ended):
        range_test.start(small_run(hidden=(256,), batch_size=2), blobs)
        assert range_test.running
    assert not range_test.running
    assert [curve.ended for curve in curves] == [False] * (len(curves) - 1) + [True]
    assert len(curves) > 1
    last = curves[-1]
    assert len(last.rates) == len(last.losses) <= last.steps == 2000
    assert np.all(np.diff(last.rates) > 0)
    assert np.array_equal(curves[0].losses, last.losses[: len(curves[0].losses)])


def test_an_explosion_is_a_normal_end(qtbot, range_test):
    preset = PRESETS["fast-98"]
    curves, failures = [], []
    range_test.advanced.connect(curves.append)
    range_test.failed.connect(failures.append)
    with qtbot.waitSignal(range_test.ended):
        range_test.start(RunConfig(DataConfig(), preset.model, preset.training))
    assert not failures
    assert curves[-1].ended
    assert len(curves[-1].rates) < curves[-1].steps


def test_a_cancelled_test_ends_at_once_and_says_nothing_more(qtbot, range_test, blobs):
    curves, ends = [], []
    range_test.ended.connect(lambda: ends.append(1))
    range_test.start(small_run(hidden=(2048, 2048)), blobs)
    with qtbot.waitSignal(range_test.advanced):
        pass
    range_test.advanced.connect(curves.append)
    range_test.cancel()
    assert not range_test.running
    with qtbot.waitSignal(range_test.advanced):
        range_test.start(small_run(batch_size=32), blobs)
    assert {curve.steps for curve in curves} == {300}
    assert len(ends) == 1


def test_a_data_set_that_is_not_there_is_told_as_for_train(qtbot, range_test, monkeypatch):
    monkeypatch.delenv("MNIST_STUDIO_DATA", raising=False)
    failures = []
    range_test.failed.connect(failures.append)
    with qtbot.waitSignal(range_test.ended):
        range_test.start(RunConfig(DataConfig("mnist")))
    with pytest.raises(DataError) as error:
        load("mnist")
    assert failures == [Failure(FailureKind.OTHER, str(error.value))]


def test_settings_of_a_data_set_are_tested_on_its_own_images(qtbot, range_test):
    config = RunConfig(DataConfig("mnist-10k"))
    curves = []
    range_test.advanced.connect(curves.append)
    with qtbot.waitSignal(range_test.ended):
        range_test.start(config)
    assert curves[-1].rates[-1] <= range_test_config(config).training.learning_rate
    assert curves[-1].losses[0] == pytest.approx(2.3, abs=0.5)
