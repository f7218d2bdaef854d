"""Quick trainings for the views of the page."""

import pytest

from mnist_studio.training.config import (
    DataConfig,
    HiddenLayer,
    ModelConfig,
    RunConfig,
    TrainingConfig,
)


def quick_run(**training):
    """Return a configuration that trains on the embedded digits in a moment."""
    return RunConfig(
        DataConfig(validation_fraction=0.25),
        ModelConfig((HiddenLayer(16),)),
        TrainingConfig(**{"batch_size": 100, "epochs": 2} | training),
    )


@pytest.fixture
def trained(qtbot, studio):
    """Train a run to its end and return its file."""

    def train(**training):
        with qtbot.waitSignal(studio.session.run_ended):
            studio.session.start(quick_run(**training))
        return studio.session.run.path

    return train


@pytest.fixture
def asked(studio):
    """Who was answered so far."""
    asked = []
    studio.inquirer.answered.connect(lambda asker, _answer: asked.append(asker))
    return asked
