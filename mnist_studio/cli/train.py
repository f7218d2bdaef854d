"""Train a network, or go on with a saved run."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from contextlib import AbstractContextManager, ExitStack, closing
from pathlib import Path
from typing import TYPE_CHECKING

from .. import paths
from ..report.texts import failure_text
from ..training.config import BLAS_THREADS
from ..training.hyperparameter import ConfigError
from ..training.status import FailureKind, RunStatus
from .common import (
    CommandError,
    add_folder_option,
    file_argument,
    interrupt_calls,
    load_dataset,
    print_json,
    refuse_vain_folder,
    tell_ignored,
    validation_text,
)
from .options import add_config_options, refuse_new_settings, run_config

if TYPE_CHECKING:
    from ..runs.checkpoint import Checkpoint
    from ..runs.recorder import RunRecorder
    from ..training.control import TrainingControl
    from ..training.events import EpochEnded
    from ..training.trainer import Trainer

HOLDER = "a terminal"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    add_folder_option(parser)
    parser.add_argument(
        "--save", type=file_argument, metavar="FILE", help="where to save the run (.npz)"
    )
    parser.add_argument(
        "--resume", type=file_argument, metavar="FILE", help="go on with a saved run"
    )
    parser.add_argument(
        "--blas-threads", type=int, default=1, metavar="N", help="threads per matrix product (1)"
    )
    add_config_options(parser)


def run(chosen: argparse.Namespace) -> int:
    """Train and save."""
    from ..runs.lock import hold_run
    from ..runs.recorder import RunRecorder
    from ..sweeps.workers import usable_cores
    from ..training.control import TrainingControl

    control = TrainingControl()
    with _blas_threads(chosen.blas_threads), ExitStack() as held:
        if chosen.resume:
            held.enter_context(hold_run(chosen.resume, HOLDER))
        trainer = _resumed(chosen, control) if chosen.resume else _fresh(chosen, control)
        trainer.batches.ahead = usable_cores() > chosen.blas_threads
        path = chosen.save or chosen.resume or _default_run_path()
        if path != chosen.resume:
            _check_place(path)
            held.enter_context(hold_run(path, HOLDER))
        reporter = _JsonReporter() if chosen.json else _TextReporter(trainer)
        with interrupt_calls(control.request_stop):
            recorder = RunRecorder(trainer, path, _print_error)
            try:
                error_message = _iterate(trainer, recorder, reporter)
            finally:
                state = recorder.finish()
    place = path if recorder.saved else _save_elsewhere(path, state)
    reporter.ended(trainer, place, error_message)
    return 1 if error_message or not recorder.saved else 0


def _blas_threads(count: int) -> AbstractContextManager[object]:
    from threadpoolctl import threadpool_limits

    BLAS_THREADS.check("blas_threads", count)
    limits: AbstractContextManager[object] = threadpool_limits(count, user_api="blas")
    return limits


def _fresh(chosen: argparse.Namespace, control: TrainingControl) -> Trainer:
    from ..training.trainer import Trainer

    config = run_config(chosen)
    refuse_vain_folder(chosen.folder, [config.data.dataset])
    return Trainer(config, load_dataset(config.data.dataset, chosen.folder), control)


def _resumed(chosen: argparse.Namespace, control: TrainingControl) -> Trainer:
    from ..runs.checkpoint import read_checkpoint
    from ..runs.restore import restore

    refuse_new_settings(chosen)
    checkpoint = read_checkpoint(chosen.resume)
    failure = checkpoint.failure
    if failure is not None and failure.kind is FailureKind.DIVERGED:
        raise CommandError(f"{chosen.resume.name} cannot go on. {failure_text(failure)}")
    refuse_vain_folder(chosen.folder, [checkpoint.config.data.dataset])
    tell_ignored(chosen.resume, checkpoint.ignored, ", so that it goes on with other numbers")
    dataset = load_dataset(checkpoint.config.data.dataset, chosen.folder)
    trainer = restore(checkpoint, dataset, control, chosen.epochs)
    trained = trainer.step / trainer.history.batches_per_epoch
    if chosen.epochs is not None and chosen.epochs < trained:
        raise ConfigError(
            "epochs",
            f"epochs is {chosen.epochs}, but the run has been trained for {trained:.3g} already.",
        )
    return trainer


def _iterate(
    trainer: Trainer, recorder: RunRecorder, reporter: _JsonReporter | _TextReporter
) -> str:
    """Train and return the sentence of a failure (or an empty string)."""
    from ..training.events import BatchEnded, EpochEnded
    from ..training.failures import failure_of

    try:
        # Closed, so that the trainer has ended too when reporting is what fails.
        with closing(trainer.run()) as events:
            for event in events:
                recorder.follow(event)
                if isinstance(event, BatchEnded):
                    reporter.batch_ended(event.loss)
                elif isinstance(event, EpochEnded):
                    reporter.epoch_ended(event)
    except BrokenPipeError:
        raise
    except Exception as error:  # what was trained so far is to be saved all the same
        return failure_text(failure_of(error))
    return ""


def _save_elsewhere(path: Path, state: Checkpoint) -> Path | None:
    """Write a run whose place is full or gone where it is safe for now; hours may be in it."""
    from ..runs.checkpoint import CheckpointError, write_checkpoint

    other = Path(tempfile.gettempdir(), f"{path.stem}-{os.urandom(4).hex()}.npz")
    try:
        write_checkpoint(other, state)
    except CheckpointError as error:
        _print_error(str(error))
        return None
    _print_error(f"Its last state is in {other} instead; move it before that folder is emptied.")
    return other


def _print_error(sentence: str) -> None:
    print(f"mnist-studio: {sentence}", file=sys.stderr)


class _JsonReporter:
    """One JSON object per line on standard output."""

    def batch_ended(self, loss: float) -> None:
        pass

    def epoch_ended(self, event: EpochEnded) -> None:
        print_json({"event": "epoch_ended", **event._asdict()})

    def ended(self, trainer: Trainer, path: Path | None, error: str) -> None:
        test = trainer.history.test
        print_json(
            {
                "event": "run_ended",
                "status": trainer.status.value,
                "error": error,
                "epochs": len(trainer.history.epochs),
                "test_accuracy": test.accuracy if test else None,
                "test_loss": test.loss if test else None,
                "seconds": trainer.seconds,
                "path": str(path) if path else None,
            }
        )


class _TextReporter:
    """A progress bar while training and a line per epoch."""

    def __init__(self, trainer: Trainer) -> None:
        from tqdm import tqdm

        self._bar = tqdm(
            total=trainer.total_steps,
            initial=trainer.step,
            unit="batch",
            disable=not sys.stderr.isatty(),
            leave=False,
            dynamic_ncols=True,
            mininterval=0.2,
        )
        self._bar.set_description("training")

    def batch_ended(self, loss: float) -> None:
        self._bar.update()

    def epoch_ended(self, event: EpochEnded) -> None:
        self._bar.write(
            f"epoch {event.epoch:3d}   loss {event.train_loss:.4f}   "
            f"{validation_text(event.validation_accuracy)}{event.seconds:.1f} s",
            file=sys.stdout,
        )

    def ended(self, trainer: Trainer, path: Path | None, error: str) -> None:
        self._bar.close()
        if error:
            _print_error(error)
        test = trainer.history.test
        if test:
            print(f"test accuracy {test.accuracy:.2%} after {trainer.seconds:.1f} s")
        if not error:
            _print_hints(trainer)
        if trainer.status is RunStatus.STOPPED:
            print(f"Stopped after {trainer.step} of {trainer.total_steps} batches.")
        if path:
            print(f"The run is saved in {path}")


def _print_hints(trainer: Trainer) -> None:
    """Say what the figures tell: that nothing was learned, why, and what to try."""
    from ..insight.hints import class_shares, hints_of
    from ..report.hint_texts import hint_text, remedy_text

    dataset = trainer.dataset
    shares = class_shares(dataset.train_labels, len(dataset.class_names))
    for hint in hints_of(trainer.config, trainer.history, shares):
        advice = f" Try: {remedy_text(hint.remedy)}." if hint.remedy else ""
        print(hint_text(hint) + advice)


def _check_place(path: Path) -> None:
    """Refuse to write a run over a file that is something else; an older run is replaced."""
    from ..files import open_file
    from ..runs.checkpoint import CheckpointError
    from ..runs.header import read_header

    try:
        with open_file(path) as file:
            if not file.read(1):
                return
    except OSError:  # there is none, or whoever writes it says what is wrong
        return
    try:
        read_header(path)
    except CheckpointError as error:
        sentence = f"{path} holds no run that could be read; choose another name for the run."
        raise CommandError(sentence) from error


def _default_run_path() -> Path:
    from ..runs.store import RunStore

    return RunStore(paths.runs_folder()).reserve()
