"""The only training loop of the program: a generator of events."""

from __future__ import annotations

import dataclasses
import math
import time
from collections.abc import Generator, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from ..data.dataset import Dataset
from ..nn.network import Network
from ..nn.optimizers import OPTIMIZERS, Optimizer
from ..nn.schedules import learning_rate_at
from .batches import BatchSource
from .checkpoint import UNFIT, Checkpoint, CheckpointError
from .checkpoint_history import origin_of_fork
from .clock import Clock
from .config import CLASSES, INPUT_SIZE, ModelConfig, RunConfig
from .control import TrainingControl
from .evaluation import Evaluation, evaluate
from .events import (
    BatchEnded,
    CheckpointRequested,
    EpochEnded,
    EvaluationAdvanced,
    Event,
    FinalEvaluation,
    HyperparameterChanged,
    ProgressSampled,
    StatusChanged,
)
from .failures import TrainingDiverged, failure_sentence
from .history import History, Origin
from .status import RunStatus
from .work import planned_steps

SAMPLES_PER_EPOCH = 128
# Cross-entropy starts at ln 10 = 2.3; a thousand times a bad guess is beyond return.
EXPLODED_LOSS = 1000.0


def build_network(
    model: ModelConfig, dropout: float = 0.0, seeds: tuple[Any, Any] = (0, 1)
) -> Network:
    """Return the network that `model` describes, with fresh weights.

    Parameters
    ----------
    model : ModelConfig
        Architecture and initializer.
    dropout : float
        Share of hidden outputs dropped in training.
    seeds : tuple
        Seeds of the weights and of dropout, as ``numpy.random.default_rng`` takes them.
    """
    return Network.build(
        INPUT_SIZE,
        [(layer.width, layer.activation) for layer in model.hidden],
        CLASSES,
        initializer=model.initializer,
        dropout=dropout,
        rng=np.random.default_rng(seeds[0]),
        dropout_rng=np.random.default_rng(seeds[1]),
    )


class Trainer:
    """Trains one network on one data set.

    Parameters
    ----------
    config : RunConfig
        Model and hyperparameters; the same configuration on the same data gives the same numbers.
    dataset : Dataset
        The images; only its training images are trained on or chosen by.
    control : TrainingControl, optional
        Where another thread's requests arrive.

    Attributes
    ----------
    network : Network
        The weights now; changed in place by :meth:`run`.
    history : History
        Everything recorded so far.
    status : RunStatus
        ``QUEUED`` before :meth:`run`, then as it went.
    settings : TrainingConfig
        The hyperparameters in use: the configuration's with the live changes.
    started : float
        When it began, in seconds since 1970.
    parent : str
        Name of the run that it was forked from; empty for others.
    failure : str
        Why it failed, in a sentence; empty unless it did.
    """

    def __init__(
        self, config: RunConfig, dataset: Dataset, control: TrainingControl | None = None
    ) -> None:
        self.config = config
        self.dataset = dataset
        self.control = control or TrainingControl()
        self.status = RunStatus.QUEUED
        self.started = time.time()
        self.parent = ""
        self.failure = ""
        self.settings = config.training
        settings = config.training
        weights, dropout, augmentation = np.random.SeedSequence(settings.seed).spawn(3)
        self._dropout_rng = np.random.default_rng(dropout)
        self._augmentation_rng = np.random.default_rng(augmentation)
        self.network = build_network(config.model, settings.dropout, (weights, self._dropout_rng))
        self._optimizer = self._new_optimizer()
        self._batches = BatchSource(dataset, config, self._augmentation_rng)
        self.history = History(self._batches.size, settings.batch_size)
        self.best_weights = self.network.weights()
        self._good_weights = self.best_weights
        self._total_steps = planned_steps(settings, self._batches.size)
        self._seconds_limit = settings.max_seconds or math.inf
        self._sample_every = max(1, self.history.batches_per_epoch // SAMPLES_PER_EPOCH)
        self._best_score = (-math.inf, -math.inf)
        self._epoch_correct = 0
        self._sample_correct = 0
        self._sample_images = 0
        self._clock = Clock()

    def _new_optimizer(self) -> Optimizer:
        return OPTIMIZERS[self.config.training.optimizer](self.network.parameters)

    @property
    def step(self) -> int:
        """Updates made so far."""
        return self.history.step

    @property
    def seconds(self) -> float:
        """Training time so far, without pauses."""
        return self._clock.seconds()

    @property
    def total_steps(self) -> int:
        """Updates when the run is done, as far as is known: time may be up before."""
        return self._total_steps

    # --- the loop --------------------------------------------------------------------------

    def run(self) -> Generator[Event, None, None]:
        """Train until all epochs are done, a stop is requested or the loss explodes.

        Yields
        ------
        Event
            What happened, in order. Between two events nothing is computed, so whoever iterates
            may look at the network and the history.

        Raises
        ------
        TrainingDiverged
            If the loss explodes or becomes NaN; the network has the last good weights then.
        """
        self.status = RunStatus.RUNNING
        self._clock.start()
        try:
            yield from self._run()
        except TrainingDiverged as diverged:
            self._go_back_to_good_weights()
            self._fail(diverged)
            raise
        except Exception as error:
            self._fail(error)
            raise
        finally:
            self._clock.stop()
            if self.status.active:
                self.status = RunStatus.STOPPED

    def _fail(self, error: Exception) -> None:
        self.status = RunStatus.FAILED
        self.failure = failure_sentence(error)

    def _run(self) -> Iterator[Event]:
        yield from self._obey()
        while not self.control.stopped:
            if self._epoch_is_over():
                yield from self._end_epoch()
            elif self.step < self.total_steps:
                yield from self._train_epoch()
            elif self.history.test is None:
                yield from self._evaluate_on_test()
            else:
                self.status = RunStatus.COMPLETED
                return

    def _epoch_is_over(self) -> bool:
        """Whether there are batches to be summed up; the last epoch of a run may be a part."""
        if self.step == self.history.last_epoch_step:
            return False
        whole = self.step % self.history.batches_per_epoch == 0
        return whole or self.step >= self._total_steps

    def _train_epoch(self) -> Iterator[Event]:
        """Train from the present batch to the end of the epoch or of the run, or to a stop."""
        epoch, done = divmod(self.step, self.history.batches_per_epoch)
        order = self._batches.order(epoch)
        weights = self.network.weights()
        for start in range(done * self.settings.batch_size, len(order), self.settings.batch_size):
            images, labels = self._batches.take(order[start : start + self.settings.batch_size])
            # Everything is booked before the first event, so that a run left at any of them is
            # complete.
            yield from self._train_batch(images, labels)
            self._good_weights = weights  # as the batch's loss has shown
            if self.step >= self._total_steps:
                return
            if self.control.attention:
                self.control.batch_ended()
                yield from self._obey()
                if self.control.stopped:
                    return

    def _train_batch(
        self, images: npt.NDArray[np.float32], labels: npt.NDArray[np.uint8]
    ) -> tuple[Event, ...]:
        settings = self.settings
        rate = self._learning_rate()
        # A diverging run overflows before it fails; that is reported here, not as a warning.
        with np.errstate(all="ignore"):
            loss, correct = self.network.train_batch(
                images,
                labels,
                self._optimizer,
                learning_rate=rate,
                weight_decay=settings.l2 / settings.batch_size,
                momentum=settings.momentum,
            )
        if not loss < EXPLODED_LOSS:
            raise TrainingDiverged(self.step + 1, loss, rate)
        batch = BatchEnded(self.step + 1, loss, rate, self._clock.seconds())
        self.history.record(batch)
        self._epoch_correct += correct
        self._sample_correct += correct
        self._sample_images += len(labels)
        if batch.seconds >= self._seconds_limit:
            self._total_steps = batch.step
        if batch.step % self._sample_every:
            return (batch,)
        return (batch, self._sample(batch))

    def _learning_rate(self) -> float:
        settings = self.settings
        return learning_rate_at(
            settings.schedule,
            self.step,
            self._total_steps,
            settings.learning_rate,
            warmup_steps=round(settings.warmup * self._total_steps),
            step_size=settings.step_epochs * self.history.batches_per_epoch,
            factor=settings.step_factor,
        )

    def _sample(self, batch: BatchEnded) -> ProgressSampled:
        scale = self._optimizer.gradient_scale(batch.learning_rate)
        norms = self.network.gradient_norms(scale)
        accuracy = self._sample_correct / self._sample_images
        self._sample_correct = self._sample_images = 0
        event = ProgressSampled(batch.step, accuracy, tuple(norms.tolist()))
        self.history.record(event)
        return event

    def _end_epoch(self) -> Iterator[Event]:
        validation = yield from self._evaluate(
            self.dataset.train_images, self.dataset.train_labels, self._batches.validation_indices
        )
        if validation is None:
            return
        self._check_weights(validation)
        best = self._is_best(validation)
        if best:
            self.best_weights = self.network.weights()
        losses, sizes = self._epoch_losses()
        event = EpochEnded(
            epoch=self.history.epoch_count + 1,
            step=self.step,
            train_loss=float(losses @ sizes / sizes.sum()),
            train_accuracy=self._epoch_correct / float(sizes.sum()),
            validation_loss=validation.loss,
            validation_accuracy=validation.accuracy,
            penalty=self.network.penalty(self.settings.l2, self.settings.batch_size),
            seconds=self._clock.seconds(),
            best=best,
        )
        self._epoch_correct = 0
        self.history.record(event)
        self.control.epoch_ended()
        yield event
        yield from self._obey()

    def _check_weights(self, validation: Evaluation) -> None:
        """Raise if the last update spoilt the weights, which the loss before it does not show."""
        loss = validation.loss
        if not len(self._batches.validation_indices):
            finite = all(np.isfinite(array).all() for array in self.network.weights())
            loss = 0.0 if finite else math.nan
        if not loss < EXPLODED_LOSS:
            raise TrainingDiverged(self.step, loss, float(self.history.learning_rates[-1]))

    def _go_back_to_good_weights(self) -> None:
        """Leave a network that can be used."""
        self.network.load_weights(self._good_weights)
        # The old one's averages hold the exploded gradients.
        self._optimizer = self._new_optimizer()

    def _is_best(self, validation: Evaluation) -> bool:
        """Whether the epoch beats all before; without validation images the last is the best."""
        if math.isnan(validation.accuracy):
            return True
        score = (validation.accuracy, -validation.loss)
        if score <= self._best_score:
            return False
        self._best_score = score
        return True

    def _epoch_losses(self) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """Return the loss and the number of images of each batch of the finished epoch."""
        first = self.history.last_epoch_step
        losses = self.history.losses[first:].astype(np.float64)
        return losses, np.diff(self.history.images_seen(np.arange(first, self.step + 1)))

    def _evaluate_on_test(self) -> Iterator[Event]:
        """Measure the best weights on the test part, once."""
        network = self.network.copy()
        network.load_weights(self.best_weights)
        test = yield from self._evaluate(
            self.dataset.test_images, self.dataset.test_labels, network=network
        )
        if test is not None:
            event = FinalEvaluation(test.loss, test.accuracy)
            self.history.record(event)
            yield event

    def _evaluate(
        self,
        images: npt.NDArray[np.uint8],
        labels: npt.NDArray[np.uint8],
        indices: npt.NDArray[np.integer] | None = None,
        network: Network | None = None,
    ) -> Generator[Event, None, Evaluation | None]:
        """Evaluate; None if a stop was requested on the way."""
        steps = evaluate(network or self.network, images, labels, indices)
        while True:
            try:
                event: EvaluationAdvanced = next(steps)
            except StopIteration as end:
                result: Evaluation = end.value
                return result
            yield event
            yield from self._obey()
            if self.control.stopped:
                return None

    # --- requests --------------------------------------------------------------------------

    def _obey(self) -> Iterator[Event]:
        """Do what was requested through the control; while paused, wait here."""
        paused = False
        while self.control.attention:
            for path in self.control.take_checkpoint_paths():
                yield CheckpointRequested(path)
            if self.control.stopped or not self.control.paused:
                break
            if not paused:
                paused = True
                self._clock.stop()
                self.status = RunStatus.PAUSED
                yield StatusChanged(self.status)
            self.control.wait()
        if paused:
            self._clock.start()
            self.status = RunStatus.RUNNING
            if not self.control.stopped:
                yield StatusChanged(self.status)
        for name, value in self.control.take_changes().items():
            yield self._change(name, value)

    def _change(self, name: str, value: float) -> HyperparameterChanged:
        event = HyperparameterChanged(self.step, name, value)
        self._apply_change(event)
        self.history.record(event)
        return event

    def _apply_change(self, change: HyperparameterChanged) -> None:
        changed: dict[str, Any] = {change.name: change.value}
        self.settings = dataclasses.replace(self.settings, **changed)
        self.network.dropout = self.settings.dropout

    # --- checkpoints -----------------------------------------------------------------------

    def checkpoint(self) -> Checkpoint:
        """Return a copy of the whole state, from which :meth:`restore` goes on exactly."""
        position = {
            "step": self.step,
            "seconds": self._clock.seconds(),
            "best_score": None if math.isinf(self._best_score[0]) else list(self._best_score),
            "epoch_correct": self._epoch_correct,
            "sample_correct": self._sample_correct,
            "sample_images": self._sample_images,
            "train_size": self._batches.size,
            "started": self.started,
            "origin": list(self.history.origin),
            "parent": self.parent,
            "dropout_rng": self._dropout_rng.bit_generator.state,
            "augmentation_rng": self._augmentation_rng.bit_generator.state,
        }
        return Checkpoint(
            config=self.config,
            status=self.status,
            position=position,
            weights=self.network.weights(),
            best_weights=[array.copy() for array in self.best_weights],
            optimizer_state=self._optimizer.state(),
            history=self.history.to_arrays(),
            failure=self.failure,
        )

    @classmethod
    def restore(
        cls,
        checkpoint: Checkpoint,
        dataset: Dataset,
        control: TrainingControl | None = None,
        epochs: int | None = None,
    ) -> Trainer:
        """Return a trainer that goes on where `checkpoint` was taken, bit for bit.

        Parameters
        ----------
        checkpoint : Checkpoint
            From :meth:`checkpoint` or read from a file.
        dataset : Dataset
            The same data set.
        control : TrainingControl, optional
        epochs : int, optional
            Train to another number of epochs than configured, e.g. longer.

        Raises
        ------
        CheckpointError
            If the state does not fit the configuration or the data set.
        """
        config = checkpoint.config
        if epochs is not None:
            config = config.with_epochs(epochs)
        trainer = cls(config, dataset, control)
        try:
            trainer._load(checkpoint)
        except UNFIT as error:
            raise CheckpointError(
                "The run cannot go on: its saved state does not fit its settings. Train anew."
            ) from error
        return trainer

    @classmethod
    def fork(
        cls,
        checkpoint: Checkpoint,
        config: RunConfig,
        dataset: Dataset,
        control: TrainingControl | None = None,
        *,
        best: bool = False,
        parent: str = "",
    ) -> Trainer:
        """Return a trainer of a new run that begins with the weights of another one.

        Its epochs, its schedule and its history begin anew; the history's origin says where.

        Parameters
        ----------
        checkpoint : Checkpoint
            Of the run to begin with.
        config : RunConfig
            Settings of the new run; the network has to have the same layers.
        dataset : Dataset
        control : TrainingControl, optional
        best : bool
            Begin with the weights of the best epoch instead of the last ones.
        parent : str
            Name of the run to begin with.

        Raises
        ------
        CheckpointError
            If the network has other layers.
        """
        trainer = cls(config, dataset, control)
        weights = checkpoint.kept_weights if best else checkpoint.weights
        try:
            trainer.network.load_weights(weights)
            if not best and config.training.optimizer == checkpoint.config.training.optimizer:
                trainer._optimizer.load_state(checkpoint.optimizer_state)
            trainer.history.origin = origin_of_fork(checkpoint, best=best)
        except UNFIT as error:
            raise CheckpointError(
                "The run cannot begin with these weights: its network has other layers. Set the "
                "architecture of the run that you fork."
            ) from error
        trainer.best_weights = trainer._good_weights = trainer.network.weights()
        trainer.parent = parent
        return trainer

    def _load(self, checkpoint: Checkpoint) -> None:
        position = checkpoint.position
        if position["train_size"] != self._batches.size:
            raise CheckpointError(
                "The run cannot go on: it was trained on other images than these. Train anew."
            )
        self.started = float(position.get("started", 0.0))
        self.parent = str(position.get("parent", ""))
        self.history.origin = Origin(*position.get("origin", ()))
        self.network.load_weights(checkpoint.best_weights)  # checks the shapes of both
        self.best_weights = self._good_weights = self.network.weights()
        self.network.load_weights(checkpoint.weights)
        self._optimizer.load_state(checkpoint.optimizer_state)
        self.history.load_arrays(checkpoint.history)
        if self.step and self.history.seconds[-1] >= self._seconds_limit:
            self._total_steps = self.step
        if self.step < self.total_steps:
            self.history.test = None  # trained further, it has to be measured again
        for change in self.history.changes:
            self._apply_change(change)
        if position["best_score"] is not None:
            accuracy, negative_loss = position["best_score"]
            self._best_score = (float(accuracy), float(negative_loss))
        self._epoch_correct = int(position["epoch_correct"])
        self._sample_correct = int(position["sample_correct"])
        self._sample_images = int(position["sample_images"])
        self._dropout_rng.bit_generator.state = position["dropout_rng"]
        self._augmentation_rng.bit_generator.state = position["augmentation_rng"]
        self._clock = Clock(float(position["seconds"]))
