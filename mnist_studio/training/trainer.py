"""The only training loop of the program: a generator of events."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Generator, Iterator
from contextlib import closing
from typing import Any

import numpy as np
import numpy.typing as npt

from ..data.dataset import Dataset
from ..nn.arrays import FloatArray, IntArray
from ..nn.averaging import WeightAverage
from ..nn.network import Network
from ..nn.optimizers import OPTIMIZERS, Optimizer
from .answers import ask
from .batches import BatchSource
from .clock import Clock
from .config import RunConfig
from .control import TrainingControl
from .evaluation import Evaluation, loss_shown
from .events import (
    BatchEnded,
    CheckpointRequested,
    EpochEnded,
    EvaluationAdvanced,
    Event,
    FinalEvaluation,
    HyperparameterChanged,
    StatusChanged,
    StillPaused,
)
from .failures import TrainingDiverged, failure_of
from .history import History
from .learning_rate import scheduled_rate
from .networks import seeds_of, trainable_network
from .position import Position
from .run_length import RunLength
from .sampler import Sampler
from .status import Failure, RunStatus

Bytes = npt.NDArray[np.uint8]
# Cross-entropy starts at ln 10 = 2.3; a thousand times a bad guess is beyond return.
EXPLODED_LOSS = 1000.0
PAUSE_INTERVAL = 1.0  # seconds between two events of a run that is paused


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
    network, optimizer : Network and Optimizer
        The weights now, changed in place by :meth:`run`, and what changes them.
    average : WeightAverage
        What is evaluated, kept and asked: its network has the average of the weights, or is
        `network` itself.
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
    failure : Failure, optional
        Why it failed, if it did.
    ignored : tuple of str
        Settings of the run that it goes on with which cannot be used here.
    batches : BatchSource
        What it trains on, in which order, and what it validates with.
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
        self.failure: Failure | None = None
        self.ignored: tuple[str, ...] = ()
        settings = self.settings = config.training
        weights, dropout, augmentation = seeds_of(settings.seed)
        self._dropout_rng = np.random.default_rng(dropout)
        self._augmentation_rng = np.random.default_rng(augmentation)
        self.network = trainable_network(config, (weights, self._dropout_rng))
        self.average = WeightAverage(self.network, settings.averaging)
        self.optimizer = self._new_optimizer()
        self.batches = BatchSource(dataset, config, self._augmentation_rng)
        self.history = History(self.batches.size, settings.batch_size)
        self.best_weights = self._good_weights = self.network.weights()
        self._length = RunLength.planned(settings, self.batches.size)
        self._sampler = Sampler(self.history.batches_per_epoch, settings.batch_size)
        self._best_score: tuple[float, float] | None = None
        self._epoch_correct = 0
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
        return self._length.total_steps

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
                self.status = self.control.status_at_end

    def _fail(self, error: Exception) -> None:
        self.status = RunStatus.FAILED
        self.failure = failure_of(error)

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
        return whole or self.step >= self.total_steps

    def _train_epoch(self) -> Iterator[Event]:
        """Train from the present batch to the end of the epoch or of the run, or to a stop."""
        epoch, done = divmod(self.step, self.history.batches_per_epoch)
        weights = self.network.weights()
        with closing(self.batches.walk(epoch, done)) as batches:
            for images, labels in batches:
                # Everything is booked before the first event, so that a run left at any of them is
                # complete.
                yield from self._train_batch(images, labels)
                self._good_weights = weights  # as the batch's loss has shown
                if self.step >= self.total_steps:
                    return
                if self.control.attention:
                    self.control.batch_ended()
                    yield from self._obey()
                    if self.control.stopped:
                        return

    def _train_batch(self, images: FloatArray, labels: Bytes) -> tuple[Event, ...]:
        settings = self.settings
        per_epoch = self.history.batches_per_epoch
        rate = scheduled_rate(settings, self.step, self.total_steps, per_epoch)
        self._sampler.prepare(self.step + 1, self.network)
        # A diverging run overflows before it fails; that is reported here, not as a warning.
        with np.errstate(all="ignore"):
            loss, correct = self.network.train_batch(
                images,
                labels,
                self.optimizer,
                learning_rate=rate,
                weight_decay=settings.l2 / settings.batch_size,
                momentum=settings.momentum,
            )
        if not loss < EXPLODED_LOSS:
            raise TrainingDiverged(self.step + 1, loss, settings.learning_rate)
        batch = BatchEnded(self.step + 1, loss, rate, self._clock.seconds())
        self.history.record(batch)
        self.average.update(batch.step)
        self._epoch_correct += correct
        self._sampler.add(correct, len(labels))
        if settings.skip_easy:
            self.batches.answered(self.network.loss.label_probabilities())
        if self._length.time_is_up(batch.seconds):
            self._length = RunLength(batch.step)
        if batch.step % self._sampler.every:
            return (batch,)
        sample = self._sampler.take(batch, self.network, self.optimizer)
        self.history.record(sample)
        return (batch, sample)

    def _end_epoch(self) -> Iterator[Event]:
        validation = yield from self._evaluate(
            self.dataset.train_images, self.dataset.train_labels, self.batches.validation_indices
        )
        if validation is None:
            return
        self._check_weights(validation)
        best = self._is_best(validation)
        if best:
            self.best_weights = self.average.network.weights()
        losses, sizes = self.history.losses_since_epoch()
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
        self.history.record_confusion(validation.counts)
        self.control.epoch_ended()
        yield event
        yield from self._obey()

    def _check_weights(self, validation: Evaluation) -> None:
        """Raise if the last update spoilt the weights, which the loss before it does not show."""
        loss = loss_shown(validation, self.network)
        if not loss < EXPLODED_LOSS:
            raise TrainingDiverged(self.step, loss, self.settings.learning_rate)

    def _go_back_to_good_weights(self) -> None:
        """Leave a network that can be used."""
        self.network.load_weights(self._good_weights)
        self.average.reset()
        # The old one's averages hold the exploded gradients.
        self.optimizer = self._new_optimizer()

    def _is_best(self, validation: Evaluation) -> bool:
        """Whether the epoch beats all before; without validation images the last is the best."""
        score, best = validation.score, self._best_score
        if score is not None and best is not None and score <= best:
            return False
        self._best_score = score
        return True

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
        images: Bytes,
        labels: Bytes,
        indices: IntArray | None = None,
        network: Network | None = None,
    ) -> Generator[Event, None, Evaluation | None]:
        """Evaluate; None if a stop was requested on the way."""
        total = len(labels if indices is None else indices)
        evaluation = Evaluation()
        for answers in ask(network or self.average.network, images, labels, indices):
            evaluation.add(answers)
            yield EvaluationAdvanced(evaluation.images, total)
            yield from self._obey()
            if self.control.stopped:
                return None
        return evaluation

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
            if not self.control.wait(PAUSE_INTERVAL):
                yield StillPaused()
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

    # --- where it is -----------------------------------------------------------------------

    @property
    def position(self) -> Position:
        """How far it is; what else decides the numbers to come are arrays."""
        return Position(
            step=self.step,
            seconds=self._clock.seconds(),
            train_size=self.batches.size,
            best_score=self._best_score,
            epoch_correct=self._epoch_correct,
            sample_correct=self._sampler.correct,
            sample_images=self._sampler.images,
            dropout_rng=self._dropout_rng.bit_generator.state,
            augmentation_rng=self.batches.random_state,
            started=self.started,
            origin=self.history.origin,
            parent=self.parent,
        )

    def load_weights(self, weights: list[FloatArray], best_weights: list[FloatArray]) -> None:
        """Use other weights, now and for the best epoch's; ValueError if either do not fit."""
        self.network.load_weights(best_weights)  # checks the shapes of both
        self.best_weights = self._good_weights = self.network.weights()
        self.network.load_weights(weights)
        self.average.reset()

    def go_to(self, position: Position, history: History) -> None:
        """Go on from another position; weights and optimizer are loaded apart from it."""
        self.history = history
        self.started, self.parent = position.started, position.parent
        if self._length.complete(self.step, self.history.duration):
            self._length = RunLength(self.step)
        if self.step < self.total_steps:
            self.history.test = None  # trained further, it has to be measured again
        for change in self.history.changes:
            self._apply_change(change)
        self._best_score = position.best_score
        self._epoch_correct = position.epoch_correct
        self._sampler.add(position.sample_correct, position.sample_images)
        self._dropout_rng.bit_generator.state = position.dropout_rng
        self._augmentation_rng.bit_generator.state = position.augmentation_rng
        self._clock = Clock(position.seconds)
