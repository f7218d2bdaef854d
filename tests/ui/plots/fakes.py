"""Runs that need no training, and what is seen of them."""

import numpy as np
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QToolButton

from mnist_studio.training.events import EpochEnded, ProgressSampled
from mnist_studio.training.history import History

from ...training.builders import batches_part


def choose_scale(plot, name):
    """Choose how the y axis of a plot is divided, as by its menu."""
    (button,) = [
        each for each in plot.findChildren(QToolButton) if each.objectName().endswith("ScaleButton")
    ]
    button.menu().findChild(QAction, f"{name}Action").trigger()


def plain_scales(*plots):
    """Divide y axes evenly, so that what is drawn are the values themselves."""
    for plot in plots:
        choose_scale(plot, {"lossPlot": "linear", "accuracyPlot": "detail"}[plot.objectName()])


def drawn(plot, key, part):
    """Return a curve of the run with this key, None for the run in view, and its paint."""
    _, shape, paint = next(each for each in plot.graph.drawn() if each.name == (key, part))
    return shape, paint


def is_drawn(plot, key, part):
    """Return whether a part of the run with this key is seen."""
    return any(each.name == (key, part) for each in plot.graph.drawn())


def pen_color(plot, key, part):
    """Return the color that a line of a run has on the screen."""
    return drawn(plot, key, part)[0].opts["pen"].color()


def recorded(steps, batch_size=20, train_size=2000, losses=None, validation=None):
    """Return the history of a run of so many batches."""
    history = History(train_size, batch_size)
    grow(history, steps, losses, validation)
    return history


def grow(history, steps, losses=None, validation=None):
    """Record `steps` more batches, and the epochs and samples among them."""
    arrays = batches(history.step + 1, steps, losses)
    before, per_epoch = history.step, history.batches_per_epoch
    history.append(arrays)
    epochs = []
    for step in range(before + 1, history.step + 1):
        if step % max(1, per_epoch // 10) == 0:
            history.record(ProgressSampled(step, 1 - 1 / (1 + step), (0.5, 0.25), (1e-3, 2e-3)))
        if step % per_epoch == 0:
            epoch = step // per_epoch
            loss = 0.2 / epoch if validation is None else validation
            accuracy = min(1.0, 0.9 + 0.01 * epoch)
            epochs.append(EpochEnded(epoch, step, 0.3, 0.9, loss, accuracy, 0.0, step / 100, True))
            history.record(epochs[-1])
    return arrays, epochs


def batches(first_step, count, losses=None):
    steps = np.arange(first_step, first_step + count)
    if losses is None:
        losses = 2.3 / np.sqrt(steps)
    values = np.stack([losses, np.full(count, 0.1), steps / 100.0])
    return batches_part(first_step, values)
