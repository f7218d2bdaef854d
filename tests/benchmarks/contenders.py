"""What the engine benchmark compares: each contender trains batches, one call a batch.

All are given the same indices, gather their batch from the same data set themselves and train the
same architecture with the same optimizer. Each holds its data in the form that suits it best.
"""

import functools
import itertools
import time
import warnings

import numpy as np

from mnist_studio.data.dataset import Dataset
from mnist_studio.nn.network import Network
from mnist_studio.nn.optimizers import OPTIMIZERS
from mnist_studio.training.batches import BatchSource
from mnist_studio.training.config import (
    DataConfig,
    HiddenLayer,
    ModelConfig,
    RunConfig,
    TrainingConfig,
)
from mnist_studio.training.events import BatchEnded
from mnist_studio.training.learning_rate import scheduled_rate
from mnist_studio.training.trainer import Trainer
from tests.nn.lab_note import LabNoteNetwork

RATES = {"sgd": 0.05, "momentum": 0.02, "adam": 1e-3}
MOMENTUM = 0.9


class Work:
    """The task of one table row: architecture, batch size, optimizer and data."""

    def __init__(
        self, sizes: tuple[int, ...], batch: int, optimizer: str, dataset: Dataset, threads=1
    ):
        self.sizes, self.batch, self.optimizer = sizes, batch, optimizer
        self.rate = RATES[optimizer]
        self.images, self.labels = dataset.train_images, dataset.train_labels
        self.dataset, self.threads = dataset, threads

    def batches(self):
        """Yield indices of batches forever, shuffled anew in every epoch."""
        rng = np.random.default_rng(0)
        while True:
            order = rng.permutation(len(self.labels))
            for start in range(0, len(order) - self.batch + 1, self.batch):
                yield order[start : start + self.batch]


def products(work):
    """Return the floor: only the matrix products of a step, into preallocated arrays."""
    rng = np.random.default_rng(0)
    x = [rng.standard_normal((work.batch, size), np.float32) for size in work.sizes]
    out = [np.empty_like(array) for array in x]
    weights = [rng.standard_normal(pair, np.float32) for pair in itertools.pairwise(work.sizes)]
    gradients = [np.empty_like(weight) for weight in weights]

    def step():
        for i, weight in enumerate(weights):
            np.dot(x[i], weight, out=out[i + 1])
        for i in reversed(range(len(weights))):
            np.dot(x[i].T, x[i + 1], out=gradients[i])
            if i > 0:
                np.dot(x[i + 1], weights[i].T, out=out[i])

    return step


def engine(work):
    """Return our step: gather, forward, loss, backward, update."""
    rng = np.random.default_rng(0)
    hidden = [(width, "relu") for width in work.sizes[1:-1]]
    network = Network.build(work.sizes[0], hidden, work.sizes[-1], "he", 0.0, rng, rng)
    optimizer = OPTIMIZERS[work.optimizer](network.parameters)
    gathered = np.empty((work.batch, work.sizes[0]), np.uint8)
    pixels = np.empty(gathered.shape, np.float32)
    batches = work.batches()

    def step():
        indices = next(batches)
        work.images.take(indices, axis=0, out=gathered, mode="clip")
        np.multiply(gathered, np.float32(1 / 255), out=pixels)
        labels = work.labels.take(indices)
        network.train_batch(pixels, labels, optimizer, work.rate, momentum=MOMENTUM)

    return step


def trainer(work):
    """Return the step of the whole Trainer: our step, its events and its history."""
    config = RunConfig(
        DataConfig(validation_fraction=0.0),
        ModelConfig(tuple(HiddenLayer(width) for width in work.sizes[1:-1])),
        TrainingConfig(
            optimizer=work.optimizer,
            learning_rate=work.rate,
            momentum=MOMENTUM,
            batch_size=work.batch,
            epochs=1000,
        ),
    )
    events = (e for e in Trainer(config, work.dataset).run() if isinstance(e, BatchEnded))
    return functools.partial(next, events)


def lab_note(work):
    """Return the lab note's step: float64, one-hot labels, nothing preallocated; SGD only."""
    rng = np.random.default_rng(0)
    pairs = list(itertools.pairwise(work.sizes))
    network = LabNoteNetwork(
        [rng.normal(0.0, np.sqrt(2 / pair[0]), pair) for pair in pairs],
        [np.zeros(pair[1]) for pair in pairs],
    )
    batches = work.batches()

    def step():
        indices = next(batches)
        network.train_batch(work.images[indices] / 255, work.labels[indices], work.rate)

    return step


def torch_eager(work, compiled=False):
    """Return PyTorch's step in float32 with its fused optimizers."""
    import torch
    from torch import nn

    torch.set_num_threads(work.threads)
    torch.manual_seed(0)
    layers = []
    for inputs, outputs in itertools.pairwise(work.sizes):
        layers += [nn.Linear(inputs, outputs), nn.ReLU()]
    model = nn.Sequential(*layers[:-1])
    if work.optimizer == "adam":
        optimizer = torch.optim.Adam(model.parameters(), work.rate, fused=True)
    else:
        momentum = MOMENTUM if work.optimizer == "momentum" else 0.0
        optimizer = torch.optim.SGD(model.parameters(), work.rate, momentum, fused=True)
    loss_function = nn.CrossEntropyLoss()
    images = torch.from_numpy(_float32_images(work.dataset))
    labels = torch.from_numpy(work.labels.astype(np.int64))
    batches = work.batches()

    def forward(x, y):
        return loss_function(model(x), y)

    if compiled:
        forward = torch.compile(forward)

    def step():
        indices = torch.from_numpy(next(batches))
        optimizer.zero_grad(set_to_none=True)
        loss = forward(images.index_select(0, indices), labels.index_select(0, indices))
        loss.backward()
        optimizer.step()
        loss.item()

    return step


def torch_compiled(work):
    """Return PyTorch's step with forward and backward compiled."""
    return torch_eager(work, compiled=True)


def sklearn(work):
    """Return scikit-learn's step; ``partial_fit`` is given 50 batches at a time."""
    from sklearn.neural_network import MLPClassifier

    momentum = MOMENTUM if work.optimizer == "momentum" else 0.0
    model = MLPClassifier(
        work.sizes[1:-1],
        solver="adam" if work.optimizer == "adam" else "sgd",
        alpha=0.0,
        batch_size=work.batch,
        learning_rate_init=work.rate,
        momentum=momentum,
        nesterovs_momentum=False,
        random_state=0,
    )
    images = _float32_images(work.dataset)
    batches = work.batches()

    def step():
        indices = np.concatenate(list(itertools.islice(batches, step.batches_per_call)))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model.partial_fit(images[indices], work.labels[indices], classes=np.arange(10))

    step.batches_per_call = max(1, min(50, len(work.labels) // work.batch))
    return step


@functools.lru_cache(maxsize=1)
def _float32_images(dataset):
    return dataset.train_images * np.float32(1 / 255)


def torch_training(config, dataset):
    """Repeat one training of ours in PyTorch: same first weights, same batches, same schedule.

    Only for Nesterov momentum without L2, and for ReLU without dropout. The batches are gathered
    and augmented by our own code. Returns the test accuracy of the last weights, and the seconds
    of training with a validation pass after every epoch, as the trainer counts them.
    """
    import torch
    from torch import nn

    settings = config.training
    trainer = Trainer(config, dataset)
    batches = BatchSource(dataset, config, np.random.default_rng(settings.seed))
    weights = [torch.from_numpy(np.ascontiguousarray(a.T)) for a in trainer.network.weights()]
    layers = []
    for weight, bias in zip(weights[::2], weights[1::2], strict=True):
        layers += [nn.Linear(*reversed(weight.shape)), nn.ReLU()]
        layers[-2].load_state_dict({"weight": weight, "bias": bias})
    model = nn.Sequential(*layers[:-1])
    optimizer = torch.optim.SGD(
        model.parameters(), settings.learning_rate, settings.momentum, nesterov=True, fused=True
    )
    loss_function = nn.CrossEntropyLoss()

    @torch.no_grad()
    def accuracy(images, labels):
        pixels = torch.from_numpy(images * np.float32(1 / 255))
        return float((model(pixels).argmax(1).numpy() == labels).mean())

    torch.set_num_threads(1)
    steps = trainer.total_steps
    per_epoch = trainer.history.batches_per_epoch
    rates = (scheduled_rate(settings, step, steps, per_epoch) for step in range(steps))
    held_out = batches.validation_indices
    start = time.perf_counter()
    for epoch in range(settings.epochs):
        for pixels, labels in batches.walk(epoch):
            optimizer.param_groups[0]["lr"] = next(rates)
            optimizer.zero_grad(set_to_none=True)
            logits = model(torch.from_numpy(pixels))
            loss = loss_function(logits, torch.from_numpy(labels.astype(np.int64)))
            loss.backward()
            optimizer.step()
            loss.item()
        accuracy(dataset.train_images[held_out], dataset.train_labels[held_out])
    seconds = time.perf_counter() - start
    return accuracy(dataset.test_images, dataset.test_labels), seconds
