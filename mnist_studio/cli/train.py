"""Train a network, or go on with a saved run."""

from __future__ import annotations

import argparse
import sys
from contextlib import AbstractContextManager, closing
from pathlib import Path
from typing import TYPE_CHECKING

from .. import paths
from ..data.registry import DATASETS
from ..training.config import ConfigError, DataConfig
from ..training.status import RunStatus
from .common import CommandError, add_folder_option, interrupt_calls, load_dataset, print_json
from .options import add_config_options, refuse_new_settings, run_config

if TYPE_CHECKING:
    from ..training.control import TrainingControl
    from ..training.events import EpochEnded
    from ..training.trainer import Trainer

SUMMARY = "train a network"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    add_folder_option(parser)
    parser.add_argument(
        "--dataset", choices=DATASETS, help=f"what to train on ({DataConfig.dataset} by default)"
    )
    parser.add_argument("--save", type=Path, metavar="FILE", help="where to save the run (.npz)")
    parser.add_argument("--resume", type=Path, metavar="FILE", help="go on with a saved run")
    parser.add_argument(
        "--blas-threads", type=int, default=1, metavar="N", help="threads per matrix product (1)"
    )
    add_config_options(parser)


def run(chosen: argparse.Namespace) -> int:
    """Train, save at every epoch and at the end."""
    from ..training.control import TrainingControl

    control = TrainingControl()
    trainer = _resumed(chosen, control) if chosen.resume else _fresh(chosen, control)
    path = chosen.save or chosen.resume or _default_run_path()
    reporter = _JsonReporter() if chosen.json else _TextReporter(trainer)
    with interrupt_calls(control.request_stop), _blas_threads(chosen.blas_threads):
        error_message = _iterate(trainer, path, reporter)
    saved = _save(trainer, path)
    reporter.ended(trainer, path if saved else None, error_message)
    return 1 if error_message or not saved else 0


def _blas_threads(count: int) -> AbstractContextManager[object]:
    from threadpoolctl import threadpool_limits

    if count < 1:
        raise ConfigError("blas_threads", f"blas_threads is {count}, but must be at least 1.")
    limits: AbstractContextManager[object] = threadpool_limits(count, user_api="blas")
    return limits


def _fresh(chosen: argparse.Namespace, control: TrainingControl) -> Trainer:
    from ..training.trainer import Trainer

    config = run_config(chosen)
    return Trainer(config, load_dataset(config.data.dataset, chosen.folder), control)


def _resumed(chosen: argparse.Namespace, control: TrainingControl) -> Trainer:
    from ..training.checkpoint import CheckpointError, read_checkpoint
    from ..training.trainer import Trainer

    refuse_new_settings(chosen)
    try:
        checkpoint = read_checkpoint(chosen.resume)
        dataset = load_dataset(checkpoint.config.data.dataset, chosen.folder)
        return Trainer.restore(checkpoint, dataset, control, chosen.epochs)
    except CheckpointError as error:
        raise CommandError(str(error)) from error


def _iterate(trainer: Trainer, path: Path, reporter: _JsonReporter | _TextReporter) -> str:
    """Train, save at every epoch, and return the sentence of a failure (or an empty string)."""
    from ..training.events import BatchEnded, EpochEnded
    from ..training.failures import failure_sentence

    try:
        # Closed, so that the trainer has ended too when reporting is what fails.
        with closing(trainer.run()) as events:
            for event in events:
                if isinstance(event, BatchEnded):
                    reporter.batch_ended(event.loss)
                elif isinstance(event, EpochEnded):
                    _save(trainer, path)
                    reporter.epoch_ended(event)
    except BrokenPipeError:
        raise
    except Exception as error:  # what was trained so far is to be saved all the same
        return failure_sentence(error)
    return ""


def _save(trainer: Trainer, path: Path) -> bool:
    from ..training.checkpoint import CheckpointError, write_checkpoint

    try:
        write_checkpoint(path, trainer.checkpoint())
    except CheckpointError as error:
        print(f"mnist-studio: {error}", file=sys.stderr)
        return False
    return True


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
            f"validation {event.validation_accuracy:.2%}   {event.seconds:.1f} s",
            file=sys.stdout,
        )

    def ended(self, trainer: Trainer, path: Path | None, error: str) -> None:
        self._bar.close()
        if error:
            print(f"mnist-studio: {error}", file=sys.stderr)
        test = trainer.history.test
        if test:
            print(f"test accuracy {test.accuracy:.2%} after {trainer.seconds:.1f} s")
        if trainer.status is RunStatus.STOPPED:
            print(f"Stopped after {trainer.step} of {trainer.total_steps} batches.")
        if path:
            print(f"The run is saved in {path}")


def _default_run_path() -> Path:
    from ..training.checkpoint import CheckpointError
    from ..training.run_store import RunStore

    try:
        return RunStore(paths.runs_folder()).reserve()
    except CheckpointError as error:
        raise CommandError(str(error)) from error
