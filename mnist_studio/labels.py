"""What people call hyperparameters and their choices, and how these are explained.

The one table that the window, the terminal and reports share; it imports no Qt. Texts are English;
who shows them translates them in the context ``labels``, and ``lupdate`` finds them here.
"""

from __future__ import annotations

from typing import NamedTuple


def QT_TRANSLATE_NOOP(context: str, text: str) -> str:  # noqa: N802 - the name that lupdate knows
    """Return the text as it is, to be translated where it is shown."""
    return text


class FieldText(NamedTuple):
    """The texts of one field.

    Attributes
    ----------
    label : str
        Its name, with the unit if it has one.
    short : str
        What stands before a value in a legend; empty where the value explains itself.
    help : str
        What it does and what is usual, in sentences that any terminal can print.
    """

    label: str
    short: str
    help: str


FIELDS = {
    "dataset": FieldText(
        QT_TRANSLATE_NOOP("labels", "Data set"),
        "",
        QT_TRANSLATE_NOOP(
            "labels",
            "The images to learn from. MNIST 10k comes with the program; the full sets have "
            "60 000 training images.",
        ),
    ),
    "validation_fraction": FieldText(
        QT_TRANSLATE_NOOP("labels", "Validation share"),
        QT_TRANSLATE_NOOP("labels", "validation"),
        QT_TRANSLATE_NOOP(
            "labels",
            "Share of the training images held out to judge the network while it learns. "
            "Usual: 0.05 to 0.2.",
        ),
    ),
    "split_seed": FieldText(
        QT_TRANSLATE_NOOP("labels", "Split seed"),
        QT_TRANSLATE_NOOP("labels", "split seed"),
        QT_TRANSLATE_NOOP(
            "labels",
            "Decides which images are held out for validation. Keep it to compare runs on the "
            "same images.",
        ),
    ),
    "hidden": FieldText(
        QT_TRANSLATE_NOOP("labels", "Hidden layers"),
        "",
        QT_TRANSLATE_NOOP(
            "labels",
            "Widths of the hidden layers, from the pixels to the classes; without any it is "
            "softmax regression. Usual: one to three.",
        ),
    ),
    "width": FieldText(
        QT_TRANSLATE_NOOP("labels", "Layer width"),
        QT_TRANSLATE_NOOP("labels", "width"),
        QT_TRANSLATE_NOOP("labels", "Number of neurons in this hidden layer. Usual: 32 to 1024."),
    ),
    "activation": FieldText(
        QT_TRANSLATE_NOOP("labels", "Activation"),
        "",
        QT_TRANSLATE_NOOP(
            "labels",
            "The function after the linear layer. ReLU is the usual choice; sigmoid and tanh "
            "learn more slowly in deep networks.",
        ),
    ),
    "initializer": FieldText(
        QT_TRANSLATE_NOOP("labels", "Initialization"),
        QT_TRANSLATE_NOOP("labels", "weights"),
        QT_TRANSLATE_NOOP(
            "labels",
            "How the weights start. He suits ReLU, Glorot suits sigmoid and tanh; normal, "
            "N(0, 0.01), is the lab note's and stalls in deep networks.",
        ),
    ),
    "optimizer": FieldText(
        QT_TRANSLATE_NOOP("labels", "Optimizer"),
        "",
        QT_TRANSLATE_NOOP(
            "labels",
            "The rule that turns gradients into updates. SGD is the plainest; Adam needs a "
            "learning rate about a hundred times smaller.",
        ),
    ),
    "momentum": FieldText(
        QT_TRANSLATE_NOOP("labels", "Momentum"),
        QT_TRANSLATE_NOOP("labels", "momentum"),
        QT_TRANSLATE_NOOP(
            "labels",
            "Share of the last update that Momentum and Nesterov keep in the next. Usual: 0.9.",
        ),
    ),
    "learning_rate": FieldText(
        QT_TRANSLATE_NOOP("labels", "Learning rate"),
        QT_TRANSLATE_NOOP("labels", "rate"),
        QT_TRANSLATE_NOOP(
            "labels",
            "Size of an update, after the warm-up. Usual: 0.1 for SGD, 0.001 for Adam.",
        ),
    ),
    "schedule": FieldText(
        QT_TRANSLATE_NOOP("labels", "Schedule"),
        "",
        QT_TRANSLATE_NOOP(
            "labels",
            "How the learning rate changes during the run. Linear and cosine end near zero and "
            "often gain some tenths of a point; rising tests which rates can be used at all.",
        ),
    ),
    "step_epochs": FieldText(
        QT_TRANSLATE_NOOP("labels", "Step every (epochs)"),
        QT_TRANSLATE_NOOP("labels", "step every"),
        QT_TRANSLATE_NOOP(
            "labels",
            "The schedule Step multiplies the learning rate by the step factor every so many "
            "epochs.",
        ),
    ),
    "step_factor": FieldText(
        QT_TRANSLATE_NOOP("labels", "Step factor"),
        QT_TRANSLATE_NOOP("labels", "step factor"),
        QT_TRANSLATE_NOOP(
            "labels",
            "What the schedule Step multiplies the learning rate by. Usual: 0.1 to 0.5.",
        ),
    ),
    "warmup": FieldText(
        QT_TRANSLATE_NOOP("labels", "Warm-up"),
        QT_TRANSLATE_NOOP("labels", "warm-up"),
        QT_TRANSLATE_NOOP(
            "labels",
            "Share of the run in which the learning rate rises from almost zero. Usual: 0 to 0.1.",
        ),
    ),
    "batch_size": FieldText(
        QT_TRANSLATE_NOOP("labels", "Batch size"),
        QT_TRANSLATE_NOOP("labels", "batch"),
        QT_TRANSLATE_NOOP(
            "labels",
            "Images per update. Small batches learn more from each image, large ones are faster. "
            "Usual: 16 to 256.",
        ),
    ),
    "skip_easy": FieldText(
        QT_TRANSLATE_NOOP("labels", "Skip easy (share)"),
        QT_TRANSLATE_NOOP("labels", "skip easy"),
        QT_TRANSLATE_NOOP(
            "labels",
            "Share of the images read with more than 95 % that a pass leaves out: the hard ones "
            "come more often, and training loss and accuracy are of them. Usual: 0 or 0.9.",
        ),
    ),
    "epochs": FieldText(
        QT_TRANSLATE_NOOP("labels", "Epochs"),
        QT_TRANSLATE_NOOP("labels", "epochs"),
        QT_TRANSLATE_NOOP("labels", "How often every training image is seen. Usual: 5 to 30."),
    ),
    "max_images": FieldText(
        QT_TRANSLATE_NOOP("labels", "Image limit"),
        QT_TRANSLATE_NOOP("labels", "image limit"),
        QT_TRANSLATE_NOOP(
            "labels",
            "Ends the run when so many images have been trained on, even within an epoch: an "
            "equal budget for runs that are compared. Usual: 0, no limit.",
        ),
    ),
    "max_seconds": FieldText(
        QT_TRANSLATE_NOOP("labels", "Time limit (s)"),
        QT_TRANSLATE_NOOP("labels", "time limit (s)"),
        QT_TRANSLATE_NOOP(
            "labels",
            "Ends the run after so many seconds of training: an equal budget on one machine. "
            "Usual: 0, no limit.",
        ),
    ),
    "l2": FieldText(
        QT_TRANSLATE_NOOP("labels", "L2 (λ)"),
        QT_TRANSLATE_NOOP("labels", "L2"),
        QT_TRANSLATE_NOOP(
            "labels",
            "Weight decay: this number, divided by the batch size, times the weight is added to "
            "its gradient. Usual: 0 to 0.1.",
        ),
    ),
    "dropout": FieldText(
        QT_TRANSLATE_NOOP("labels", "Dropout"),
        QT_TRANSLATE_NOOP("labels", "dropout"),
        QT_TRANSLATE_NOOP(
            "labels",
            "Share of each hidden layer's outputs that are zeroed at random in training. Usual: 0 "
            "to 0.5.",
        ),
    ),
    "averaging": FieldText(
        QT_TRANSLATE_NOOP("labels", "Averaging (share)"),
        QT_TRANSLATE_NOOP("labels", "averaging"),
        QT_TRANSLATE_NOOP(
            "labels",
            "Share of the training so far whose weights are averaged. The average is validated, "
            "kept and used by the sketch pad; it usually answers better than the last weights. "
            "Usual: 0 to 0.3.",
        ),
    ),
    "shift": FieldText(
        QT_TRANSLATE_NOOP("labels", "Shift (px)"),
        QT_TRANSLATE_NOOP("labels", "shift"),
        QT_TRANSLATE_NOOP(
            "labels", "Largest random shift of a training image, in pixels. Usual: 0 to 2."
        ),
    ),
    "rotation": FieldText(
        QT_TRANSLATE_NOOP("labels", "Rotation (°)"),
        QT_TRANSLATE_NOOP("labels", "rotation"),
        QT_TRANSLATE_NOOP(
            "labels", "Largest random rotation of a training image, in degrees. Usual: 0 to 15."
        ),
    ),
    "scale": FieldText(
        QT_TRANSLATE_NOOP("labels", "Scale (±)"),
        QT_TRANSLATE_NOOP("labels", "scale"),
        QT_TRANSLATE_NOOP(
            "labels",
            "Largest random change of a training image's size. 0.15 is up to 15 % larger or "
            "smaller, which is usual.",
        ),
    ),
    "aspect": FieldText(
        QT_TRANSLATE_NOOP("labels", "Aspect (±)"),
        QT_TRANSLATE_NOOP("labels", "aspect"),
        QT_TRANSLATE_NOOP(
            "labels",
            "Largest random change of a training image's width against its height. Usual: 0 to "
            "0.5.",
        ),
    ),
    "shear": FieldText(
        QT_TRANSLATE_NOOP("labels", "Shear (±)"),
        QT_TRANSLATE_NOOP("labels", "shear"),
        QT_TRANSLATE_NOOP("labels", "Largest random slant of a training image. Usual: 0 to 0.3."),
    ),
    "elastic": FieldText(
        QT_TRANSLATE_NOOP("labels", "Elastic (px)"),
        QT_TRANSLATE_NOOP("labels", "elastic"),
        QT_TRANSLATE_NOOP(
            "labels",
            "How far the pixels of a training image are shaken, neighbors together, in pixels "
            "(root mean square). Usual: 0 to 1.",
        ),
    ),
    "written": FieldText(
        QT_TRANSLATE_NOOP("labels", "Written digits (share)"),
        QT_TRANSLATE_NOOP("labels", "written"),
        QT_TRANSLATE_NOOP(
            "labels",
            "Share of the training images that give way to digits written as on the sketch pad, in "
            "many countries' ways. Usual: 0, or 0.25 to recognize drawings. Only for digits: it "
            "changes nothing on Fashion-MNIST.",
        ),
    ),
    "non_digits": FieldText(
        QT_TRANSLATE_NOOP("labels", "Non-digits (share)"),
        QT_TRANSLATE_NOOP("labels", "non-digits"),
        QT_TRANSLATE_NOOP(
            "labels",
            "Share of letters and scribbles that are added to the digits, to be answered by equal "
            "probabilities: not sure. They count in neither loss nor accuracy. Usual: 0 or 0.1.",
        ),
    ),
    "seed": FieldText(
        QT_TRANSLATE_NOOP("labels", "Seed"),
        QT_TRANSLATE_NOOP("labels", "seed"),
        QT_TRANSLATE_NOOP(
            "labels",
            "Decides the first weights, the order of the images, dropout and augmentation. The "
            "same seed gives the same run.",
        ),
    ),
}

GROUPS = {
    "data": QT_TRANSLATE_NOOP("labels", "Data"),
    "model": QT_TRANSLATE_NOOP("labels", "Architecture"),
    "optimization": QT_TRANSLATE_NOOP("labels", "Optimization"),
    "length": QT_TRANSLATE_NOOP("labels", "Length"),
    "regularization": QT_TRANSLATE_NOOP("labels", "Regularization"),
    "augmentation": QT_TRANSLATE_NOOP("labels", "Augmentation"),
    "randomness": QT_TRANSLATE_NOOP("labels", "Randomness"),
}

CHOICES = {
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


def field_text(name: str) -> FieldText:
    """Return the texts of a field; of one that has none its name, readable."""
    words = name.replace("_", " ")
    return FIELDS.get(name) or FieldText(words.capitalize(), words, "")
