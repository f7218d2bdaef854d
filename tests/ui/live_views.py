"""What tests of the views of the network have in common."""

import dataclasses

from PySide6.QtWidgets import QApplication, QToolButton

from mnist_studio.training.config import (
    DataConfig,
    HiddenLayer,
    ModelConfig,
    RunConfig,
    TrainingConfig,
)
from mnist_studio.training.status import RunStatus
from mnist_studio.ui import theme


def quick_run(*widths, kind="relu", initializer="he", validation_fraction=0.25, **training):
    """Return a configuration that trains on few digits in a moment."""
    return RunConfig(
        DataConfig(validation_fraction=validation_fraction),
        ModelConfig(tuple(HiddenLayer(width, kind) for width in widths), initializer),
        TrainingConfig(**{"batch_size": 50, "epochs": 2} | training),
    )


def every_look(view, *sizes):
    """Show a view in both themes and in several sizes."""
    for name in ("dark", "light"):
        theme.choose(name)
        for size in sizes:
            view.resize(*size)
            QApplication.processEvents()  # what was shown anew finds its place
            yield


def assert_buttons_are_whole(view):
    for each in view.findChildren(QToolButton):
        if each.isVisible():
            assert each.width() >= each.minimumSizeHint().width(), each.objectName()


def go_back_to_the_beginning(session):
    """Let the run in view be one that failed and has the weights from before its training."""
    newest = session.run.newest._replace(step=0)
    session.run = dataclasses.replace(session.run, status=RunStatus.FAILED, newest=newest)
