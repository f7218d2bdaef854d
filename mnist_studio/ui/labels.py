"""Names and explanations of hyperparameters, their choices and the presets, for people."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from ..data.registry import DATASETS

_LABELS = {
    "dataset": QT_TRANSLATE_NOOP("labels", "Data set"),
    "validation_fraction": QT_TRANSLATE_NOOP("labels", "Validation share"),
    "split_seed": QT_TRANSLATE_NOOP("labels", "Split seed"),
    "hidden": QT_TRANSLATE_NOOP("labels", "Hidden layers"),
    "initializer": QT_TRANSLATE_NOOP("labels", "Initialization"),
    "width": QT_TRANSLATE_NOOP("labels", "Layer width"),
    "activation": QT_TRANSLATE_NOOP("labels", "Activation"),
    "optimizer": QT_TRANSLATE_NOOP("labels", "Optimizer"),
    "learning_rate": QT_TRANSLATE_NOOP("labels", "Learning rate"),
    "momentum": QT_TRANSLATE_NOOP("labels", "Momentum"),
    "batch_size": QT_TRANSLATE_NOOP("labels", "Batch size"),
    "epochs": QT_TRANSLATE_NOOP("labels", "Epochs"),
    "l2": QT_TRANSLATE_NOOP("labels", "L2 (λ)"),
    "schedule": QT_TRANSLATE_NOOP("labels", "Schedule"),
    "warmup": QT_TRANSLATE_NOOP("labels", "Warm-up"),
    "step_epochs": QT_TRANSLATE_NOOP("labels", "Step every (epochs)"),
    "step_factor": QT_TRANSLATE_NOOP("labels", "Step factor"),
    "dropout": QT_TRANSLATE_NOOP("labels", "Dropout"),
    "shift": QT_TRANSLATE_NOOP("labels", "Shift (px)"),
    "rotation": QT_TRANSLATE_NOOP("labels", "Rotation (°)"),
    "scale": QT_TRANSLATE_NOOP("labels", "Scale (±)"),
    "aspect": QT_TRANSLATE_NOOP("labels", "Aspect (±)"),
    "shear": QT_TRANSLATE_NOOP("labels", "Shear (±)"),
    "styles": QT_TRANSLATE_NOOP("labels", "Styles (share)"),
    "max_images": QT_TRANSLATE_NOOP("labels", "Image limit"),
    "max_seconds": QT_TRANSLATE_NOOP("labels", "Time limit (s)"),
    "seed": QT_TRANSLATE_NOOP("labels", "Seed"),
}

# What stands before a value in a legend; a value that explains itself has nothing there.
_SHORT_LABELS = {
    "dataset": "",
    "hidden": "",
    "optimizer": "",
    "schedule": "",
    "batch_size": QT_TRANSLATE_NOOP("labels", "batch"),
    "learning_rate": QT_TRANSLATE_NOOP("labels", "rate"),
    "validation_fraction": QT_TRANSLATE_NOOP("labels", "validation"),
    "initializer": QT_TRANSLATE_NOOP("labels", "weights"),
    "momentum": QT_TRANSLATE_NOOP("labels", "momentum"),
    "epochs": QT_TRANSLATE_NOOP("labels", "epochs"),
    "dropout": QT_TRANSLATE_NOOP("labels", "dropout"),
    "l2": QT_TRANSLATE_NOOP("labels", "L2"),
    "seed": QT_TRANSLATE_NOOP("labels", "seed"),
}

_TOOLTIPS = {
    "dataset": QT_TRANSLATE_NOOP(
        "labels",
        "The images to learn from. MNIST 10k comes with the program; the full sets have "
        "60 000 training images.",
    ),
    "validation_fraction": QT_TRANSLATE_NOOP(
        "labels",
        "Share of the training images held out to judge the network while it learns. "
        "Usual: 0.05 to 0.2.",
    ),
    "split_seed": QT_TRANSLATE_NOOP(
        "labels",
        "Decides which images are held out for validation. Keep it to compare runs on the same "
        "images.",
    ),
    "initializer": QT_TRANSLATE_NOOP(
        "labels",
        "How the weights start. He suits ReLU, Glorot suits sigmoid and tanh; N(0, 0.01) is the "
        "lab note's and stalls in deep networks.",
    ),
    "width": QT_TRANSLATE_NOOP(
        "labels", "Number of neurons in this hidden layer. Usual: 32 to 1024."
    ),
    "activation": QT_TRANSLATE_NOOP(
        "labels",
        "The function after the linear layer. ReLU is the usual choice; sigmoid and tanh learn "
        "more slowly in deep networks.",
    ),
    "optimizer": QT_TRANSLATE_NOOP(
        "labels",
        "The rule that turns gradients into updates. SGD is the plainest; Adam needs a learning "
        "rate about a hundred times smaller.",
    ),
    "learning_rate": QT_TRANSLATE_NOOP(
        "labels",
        "Size of an update, after the warm-up. Usual: 0.1 for SGD, 0.001 for Adam. It can be "
        "changed during training.",
    ),
    "momentum": QT_TRANSLATE_NOOP(
        "labels",
        "Share of the last update that is kept in the next. Usual: 0.9. It can be changed during "
        "training.",
    ),
    "batch_size": QT_TRANSLATE_NOOP(
        "labels",
        "Images per update. Small batches learn more from each image, large ones are faster. "
        "Usual: 16 to 256.",
    ),
    "epochs": QT_TRANSLATE_NOOP(
        "labels", "How often every training image is seen. Usual: 5 to 30."
    ),
    "l2": QT_TRANSLATE_NOOP(
        "labels",
        "Weight decay: λ / batch size times the weight is added to its gradient. Usual: 0 to 0.1. "
        "It can be changed during training.",
    ),
    "schedule": QT_TRANSLATE_NOOP(
        "labels",
        "How the learning rate changes during the run. Linear and cosine end near zero and often "
        "gain some tenths of a percent; rising tests which rates can be used at all.",
    ),
    "warmup": QT_TRANSLATE_NOOP(
        "labels",
        "Share of the run in which the learning rate rises from almost zero. Usual: 0 to 0.1.",
    ),
    "step_epochs": QT_TRANSLATE_NOOP(
        "labels", "The learning rate is multiplied by the step factor every so many epochs."
    ),
    "step_factor": QT_TRANSLATE_NOOP(
        "labels", "What the learning rate is multiplied by at each step. Usual: 0.1 to 0.5."
    ),
    "dropout": QT_TRANSLATE_NOOP(
        "labels",
        "Share of each hidden layer's outputs that are zeroed at random in training. Usual: 0 to "
        "0.5. It can be changed during training.",
    ),
    "shift": QT_TRANSLATE_NOOP(
        "labels", "Largest random shift of a training image, in pixels. Usual: 0 to 2."
    ),
    "rotation": QT_TRANSLATE_NOOP(
        "labels", "Largest random rotation of a training image, in degrees. Usual: 0 to 15."
    ),
    "scale": QT_TRANSLATE_NOOP(
        "labels", "Largest random change of a training image's size. 0.15 is ±15 %, which is usual."
    ),
    "aspect": QT_TRANSLATE_NOOP(
        "labels",
        "Largest random change of a training image's width against its height. Usual: 0 to 0.5.",
    ),
    "shear": QT_TRANSLATE_NOOP(
        "labels", "Largest random slant of a training image. Usual: 0 to 0.3."
    ),
    "styles": QT_TRANSLATE_NOOP(
        "labels",
        "Share of the zeros, ones and sevens that get a slash, a flag or a bar, as many people "
        "write them. Usual: 0, or 0.3 to recognize drawings.",
    ),
    "max_images": QT_TRANSLATE_NOOP(
        "labels",
        "Ends the run when so many images have been trained on, even within an epoch: an equal "
        "budget for runs that are compared. Usual: 0, no limit.",
    ),
    "max_seconds": QT_TRANSLATE_NOOP(
        "labels",
        "Ends the run after so many seconds of training: an equal budget on one machine. Usual: "
        "0, no limit.",
    ),
    "seed": QT_TRANSLATE_NOOP(
        "labels",
        "Decides the first weights, the order of the images, dropout and augmentation. The same "
        "seed gives the same run.",
    ),
}

_CHOICES = {
    "sgd": QT_TRANSLATE_NOOP("labels", "SGD"),
    "momentum": QT_TRANSLATE_NOOP("labels", "Momentum"),
    "nesterov": QT_TRANSLATE_NOOP("labels", "Nesterov"),
    "adam": QT_TRANSLATE_NOOP("labels", "Adam"),
    "adamw": QT_TRANSLATE_NOOP("labels", "AdamW"),
    "constant": QT_TRANSLATE_NOOP("labels", "Constant"),
    "step": QT_TRANSLATE_NOOP("labels", "Step"),
    "linear": QT_TRANSLATE_NOOP("labels", "Linear"),
    "cosine": QT_TRANSLATE_NOOP("labels", "Cosine"),
    "rising": QT_TRANSLATE_NOOP("labels", "Rising"),
    "he": QT_TRANSLATE_NOOP("labels", "He"),
    "glorot": QT_TRANSLATE_NOOP("labels", "Glorot"),
    "normal": QT_TRANSLATE_NOOP("labels", "N(0, 0.01)"),
    "relu": QT_TRANSLATE_NOOP("labels", "ReLU"),
    "leaky_relu": QT_TRANSLATE_NOOP("labels", "Leaky ReLU"),
    "sigmoid": QT_TRANSLATE_NOOP("labels", "Sigmoid"),
    "tanh": QT_TRANSLATE_NOOP("labels", "Tanh"),
}

_PRESETS = {
    "lab-note": (
        QT_TRANSLATE_NOOP("labels", "Lab note"),
        QT_TRANSLATE_NOOP(
            "labels",
            "784-256-10 by plain SGD, learning rate 0.1, batches of 20: the simplest network, "
            "about 98 % on the full MNIST.",
        ),
    ),
    "fast-98": (
        QT_TRANSLATE_NOOP("labels", "98 % fast"),
        QT_TRANSLATE_NOOP(
            "labels",
            "784-256-128-10 with momentum and a falling learning rate: 98.5 % on the full MNIST in "
            "only four epochs.",
        ),
    ),
    "accurate-99": (
        QT_TRANSLATE_NOOP("labels", "99 % accurate"),
        QT_TRANSLATE_NOOP(
            "labels",
            "784-512-256-10 with momentum and a falling learning rate on images that are shifted, "
            "turned and scaled a little: 99 % on the full MNIST in nine epochs.",
        ),
    ),
    "best-for-drawing": (
        QT_TRANSLATE_NOOP("labels", "Best for drawing"),
        QT_TRANSLATE_NOOP(
            "labels",
            "784-512-256-10 with Adam on images that are shifted, turned, stretched and slanted at "
            "random: slower, and best at your own digits.",
        ),
    ),
}


def _tr(text: object) -> str:
    return QCoreApplication.translate("labels", str(text))


def label(name: str) -> str:
    """Return what a field is called, e.g. ``Batch size`` for ``batch_size``."""
    return _tr(_LABELS.get(name, name.replace("_", " ").capitalize()))


def short_label(name: str) -> str:
    """Return what stands before a value of a field in a legend; empty if nothing need."""
    short = _SHORT_LABELS.get(name)
    if short is None:
        return label(name).lower()
    return _tr(short) if short else ""


def tooltip(name: str) -> str:
    """Return what a field does and what is usual."""
    return _tr(_TOOLTIPS.get(name, ""))


def choice_label(choice: str) -> str:
    """Return what one of the choices of a field is called, e.g. ``Leaky ReLU``."""
    return _tr(_CHOICES.get(choice, choice))


def value_text(name: str, value: Any) -> str:
    """Return a value as people read it: ``SGD``, ``MNIST 10k``, ``0.1``."""
    from ..training.variation import declarations, format_value

    if name == "dataset":
        return DATASETS[value].title
    declared = declarations().get(name)
    if declared is not None and declared.choices:
        return choice_label(value)
    return format_value(name, value)


def preset_title(name: str) -> str:
    """Return what a preset is called."""
    return _tr(_PRESETS[name][0]) if name in _PRESETS else name


def preset_description(name: str) -> str:
    """Return what a preset is good for, in one sentence."""
    return _tr(_PRESETS[name][1]) if name in _PRESETS else ""
