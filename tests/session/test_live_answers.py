"""What the network in view answers, kept up to date."""

import dataclasses

import numpy as np
import pytest

from mnist_studio.data.split import split
from mnist_studio.session.live_answers import LiveAnswers
from mnist_studio.training.config import DataConfig, ModelConfig, RunConfig, TrainingConfig
from mnist_studio.training.parts import Part
from mnist_studio.training.status import RunStatus

QUICK = RunConfig(model=ModelConfig(()), training=TrainingConfig(epochs=2))


@pytest.fixture
def live(session, inquirer):
    live = LiveAnswers(session, inquirer)
    yield live
    live.watch(False)


def train(qtbot, session, config=QUICK):
    with qtbot.waitSignal(session.run_ended) as ended:
        session.start(config)
    assert ended.args[0] is RunStatus.COMPLETED


def is_of_the_last_network(live, session):
    return live.answered is not None and live.answered.network is session.run.network


def test_the_answers_to_the_validation_part_are_those_of_the_network_in_view(
    qtbot, session, live, blobs
):
    live.watch(True)
    train(qtbot, session)
    qtbot.waitUntil(lambda: is_of_the_last_network(live, session))
    found = live.answered
    assert found.part is Part.VALIDATION
    indices = split(blobs.train_labels, 0.1, 0).validation_indices
    np.testing.assert_array_equal(found.answers.indices, indices)
    probabilities = session.run.network.predict_probabilities(
        blobs.train_images[indices] / np.float32(255)
    )
    np.testing.assert_allclose(found.answers.probabilities, probabilities, atol=1e-6)
    accuracy = session.run.history.epoch_column("validation_accuracy")
    best = float(accuracy.max())  # the best epoch's weights are what is kept
    assert (found.answers.predicted == found.answers.labels).mean() == pytest.approx(best)


def test_test_images_are_answered_on_request(qtbot, session, live, blobs):
    train(qtbot, session)
    live.watch(True)
    live.choose(Part.TEST)
    qtbot.waitUntil(lambda: live.answered is not None)
    assert live.answered.images is live.answered.dataset.test_images
    assert live.answered.answers.indices.tolist() == list(range(100))
    right = live.answered.answers.predicted == blobs.test_labels
    assert right.mean() == session.run.history.test.accuracy


def test_nothing_is_computed_while_nobody_looks(qtbot, session, live, inquirer):
    train(qtbot, session)
    assert live.answered is None
    assert not inquirer.awaits("answers")
    live.watch(True)
    qtbot.waitUntil(lambda: live.answered is not None)
    before = live.answered
    live.watch(False)
    train(qtbot, session)
    assert live.answered is None or live.answered is before
    assert not inquirer.awaits("answers")


def test_what_was_answered_is_forgotten_with_its_run(qtbot, session, live):
    train(qtbot, session)
    live.watch(True)
    qtbot.waitUntil(lambda: live.answered is not None)
    before = live.answered
    with qtbot.waitSignal(live.changed):
        session.start(dataclasses.replace(QUICK, training=TrainingConfig(epochs=2, seed=1)))
    qtbot.waitUntil(lambda: not session.active)
    qtbot.waitUntil(lambda: is_of_the_last_network(live, session))
    assert live.answered is not before


def test_a_run_of_another_data_set_says_which_is_missing(qtbot, session, live):
    assert live.missing_data == ""
    train(qtbot, session)
    live.watch(True)
    qtbot.waitUntil(lambda: live.answered is not None)
    with qtbot.waitSignal(session.data.changed):
        session.data.load("fashion-mnist")
    assert live.missing_data == "mnist-10k"
    assert live.answered is None
    with qtbot.waitSignal(session.data.changed):
        session.data.load("mnist-10k")
    qtbot.waitUntil(lambda: live.answered is not None)


def test_without_a_validation_part_there_are_no_answers_to_count(qtbot, session, live):
    config = dataclasses.replace(QUICK, data=DataConfig(validation_fraction=0.0))
    train(qtbot, session, config)
    live.watch(True)
    qtbot.waitUntil(lambda: live.answered is not None)
    assert len(live.answered.answers.labels) == 0
