"""The terminal: train, evaluate, predict, data and bench, with the engine of the window."""

from __future__ import annotations

import argparse
import dataclasses
import json
import logging
import math
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import paths
from .data.errors import DataError, DownloadCancelled
from .data.registry import DATASETS
from .options import add_config_options, refuse_new_settings, run_config
from .training.config import ConfigError, DataConfig
from .training.status import RunStatus

if TYPE_CHECKING:
    from .data.dataset import Dataset
    from .training.control import TrainingControl
    from .training.events import EpochEnded
    from .training.trainer import Trainer

logger = logging.getLogger(__name__)


class CommandError(Exception):
    """A command failed; the message is one sentence for people."""


def main(arguments: Sequence[str]) -> int:
    """Run one subcommand and return its exit code: 0 done, 1 failed, 2 wrong usage."""
    chosen = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.CRITICAL, stream=sys.stderr)
    try:
        code: int = chosen.run(chosen)
    except ConfigError as error:
        print(f"mnist-studio: {error}", file=sys.stderr)
        return 2
    except (CommandError, DataError) as error:
        print(f"mnist-studio: {error}", file=sys.stderr)
        return 1
    except (DownloadCancelled, KeyboardInterrupt):
        print("mnist-studio: cancelled.", file=sys.stderr)
        return 1
    except BrokenPipeError:
        # Whoever read our lines has gone, e.g. "| head"; Python must not complain at exit.
        sys.stdout = None
        return 1
    return code


# --- train ---------------------------------------------------------------------------------


def _train(chosen: argparse.Namespace) -> int:
    from .training.control import TrainingControl

    control = TrainingControl()
    trainer = _resumed(chosen, control) if chosen.resume else _fresh(chosen, control)
    path = chosen.save or chosen.resume or _default_run_path()
    reporter = _JsonReporter() if chosen.json else _TextReporter(trainer)
    with _interrupt_calls(control.request_stop), _blas_threads(chosen.blas_threads):
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
    from .training.trainer import Trainer

    config = run_config(chosen)
    return Trainer(config, _load(config.data.dataset, chosen.folder), control)


def _resumed(chosen: argparse.Namespace, control: TrainingControl) -> Trainer:
    from .training.checkpoint import CheckpointError, read_checkpoint
    from .training.trainer import Trainer

    refuse_new_settings(chosen)
    try:
        checkpoint = read_checkpoint(chosen.resume)
        dataset = _load(checkpoint.config.data.dataset, chosen.folder)
        return Trainer.restore(checkpoint, dataset, control, chosen.epochs)
    except CheckpointError as error:
        raise CommandError(str(error)) from error


def _iterate(trainer: Trainer, path: Path, reporter: _JsonReporter | _TextReporter) -> str:
    """Train, save at every epoch, and return the sentence of a failure (or an empty string)."""
    from .training.events import BatchEnded, EpochEnded
    from .training.failures import failure_sentence

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
    from .training.checkpoint import CheckpointError, write_checkpoint

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
        _print_json({"event": "epoch_ended", **event._asdict()})

    def ended(self, trainer: Trainer, path: Path | None, error: str) -> None:
        test = trainer.history.test
        _print_json(
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


@contextmanager
def _interrupt_calls(action: Callable[[], None]) -> Iterator[None]:
    """Let Ctrl+C call `action` instead of breaking off wherever the program is."""
    before = signal.signal(signal.SIGINT, lambda *_: action())
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _default_run_path() -> Path:
    from .training.files import new_run_path

    return new_run_path(paths.runs_folder())


# --- evaluate, predict, data, bench --------------------------------------------------------


def _evaluate(chosen: argparse.Namespace) -> int:
    from .training.evaluation import evaluate_at_once

    opened = _open(chosen.run_file)
    trained_on = opened.checkpoint.config.data.dataset
    name = chosen.dataset or trained_on
    if (trained_on, name) == ("mnist", "mnist-10k"):
        print(
            "mnist-studio: the images of mnist-10k are among those that this run was trained on, "
            "so its accuracy on them says little; evaluate it on mnist.",
            file=sys.stderr,
        )
    dataset = _load(name, chosen.folder)
    result = evaluate_at_once(opened.network, dataset.test_images, dataset.test_labels)
    if chosen.json:
        _print_json(
            {
                "event": "evaluated",
                "dataset": name,
                "images": len(dataset.test_labels),
                "test_accuracy": result.accuracy,
                "test_loss": result.loss,
            }
        )
    else:
        images = len(dataset.test_labels)
        print(
            f"{name}: test accuracy {result.accuracy:.2%}, loss {result.loss:.4f}, {images} images"
        )
    return 0


def _predict(chosen: argparse.Namespace) -> int:
    import numpy as np

    from .data.preprocess import prepare_image

    opened = _open(chosen.run_file)
    image = prepare_image(_read_image(chosen.image))
    if image is None:
        raise CommandError(f"{chosen.image} is empty: nothing is drawn on it.")
    pixels = image.reshape(1, -1) * np.float32(1 / 255)
    probabilities = opened.network.predict_probabilities(pixels)[0].tolist()
    best = max(range(len(probabilities)), key=probabilities.__getitem__)
    name = DATASETS[opened.checkpoint.config.data.dataset].class_names[best]
    if chosen.json:
        _print_json(
            {
                "event": "predicted",
                "prediction": best,
                "class_name": name,
                "probability": probabilities[best],
                "probabilities": probabilities,
            }
        )
    else:
        print(f"{name}   {probabilities[best]:.1%}")
    return 0


def _read_image(path: Path) -> Any:
    """Return an image file as gray levels, shape (height, width), dtype uint8."""
    import numpy as np
    from PIL import Image, ImageOps

    try:
        with Image.open(path) as file:
            upright = ImageOps.exif_transpose(file).convert("RGBA")
    except FileNotFoundError as error:
        raise CommandError(f"There is no file {path}.") from error
    except Exception as error:  # whatever a damaged file makes Pillow's readers raise
        raise CommandError(f"{path} is not an image that can be read.") from error
    paper = Image.new("RGBA", upright.size, "white")
    return np.asarray(Image.alpha_composite(paper, upright).convert("L"))


def _data(chosen: argparse.Namespace) -> int:
    from .data.locations import locate

    if chosen.download:
        if chosen.name is None:
            raise ConfigError("name", "Say which data set to download, e.g. mnist.")
        _download(chosen.name)
    for name, spec in DATASETS.items():
        if chosen.name in (None, name):
            place = locate(name)
            row = {
                "event": "dataset",
                "name": name,
                "title": spec.title,
                "train_size": spec.train_size,
                "test_size": spec.test_size,
                "path": str(place) if place else None,
            }
            _print_json(row) if chosen.json else print(_data_line(row, embedded=spec.embedded))
    return 0


def _data_line(row: dict[str, Any], *, embedded: bool) -> str:
    if embedded:
        where = "comes with the app"
    elif row["path"]:
        where = f"in {row['path']}"
    else:
        where = f"not here: mnist-studio data {row['name']} --download"
    return f"{row['name']:14} {row['train_size']:6} + {row['test_size']:6} images   {where}"


def _download(name: str) -> None:
    from tqdm import tqdm

    from .data.download import download

    with tqdm(
        unit="B", unit_scale=True, unit_divisor=1024, disable=not sys.stderr.isatty(), leave=False
    ) as bar:

        def advance(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        cancelled: list[bool] = []
        with _interrupt_calls(lambda: cancelled.append(True)):
            download(name, advance, lambda: bool(cancelled))


def _open(path: Path) -> Any:
    from .training.checkpoint import CheckpointError
    from .training.opened import open_run

    try:
        return open_run(path)
    except CheckpointError as error:
        raise CommandError(str(error)) from error


def _load(name: str, folder: Path | None) -> Dataset:
    from .data.loading import load

    return load(name, folder)


def _print_json(values: dict[str, Any]) -> None:
    """Print one line; a number that is not finite becomes null, since JSON has no word for it."""
    finite = {
        key: None if isinstance(value, float) and not math.isfinite(value) else value
        for key, value in values.items()
    }
    print(json.dumps(finite), flush=True)


# --- options -------------------------------------------------------------------------------


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="mnist-studio")
    commands = parser.add_subparsers(required=True, metavar="|".join(COMMANDS))
    for name, (function, description, add_options) in COMMANDS.items():
        command = commands.add_parser(name, help=description, description=description)
        command.set_defaults(run=function)
        add_options(command)
        command.add_argument("--json", action="store_true", help="print one JSON object per line")
    return parser


def _add_train_options(parser: argparse.ArgumentParser) -> None:
    _add_folder(parser)
    parser.add_argument(
        "--dataset", choices=DATASETS, help=f"what to train on ({DataConfig.dataset} by default)"
    )
    parser.add_argument("--save", type=Path, metavar="FILE", help="where to save the run (.npz)")
    parser.add_argument("--resume", type=Path, metavar="FILE", help="go on with a saved run")
    parser.add_argument(
        "--blas-threads", type=int, default=1, metavar="N", help="threads per matrix product (1)"
    )
    add_config_options(parser)


def _add_evaluate_options(parser: argparse.ArgumentParser) -> None:
    _add_folder(parser)
    parser.add_argument("run_file", type=Path, metavar="RUN", help="a saved run (.npz)")
    parser.add_argument("--dataset", choices=DATASETS, help="another data set than the run's")


def _add_predict_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("run_file", type=Path, metavar="RUN", help="a saved run (.npz)")
    parser.add_argument("image", type=Path, metavar="IMAGE", help="an image file of one digit")


def _add_data_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", nargs="?", choices=DATASETS)
    parser.add_argument("--download", action="store_true", help="download it into the cache")


def _add_bench_options(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(dataset=None)  # the images do not matter for the speed
    add_config_options(parser)


def _add_folder(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--folder", type=Path, metavar="FOLDER", help="where the data set's four IDX files are"
    )


def _bench(chosen: argparse.Namespace) -> int:
    from .training.benchmark import run_benchmark

    config = run_config(chosen)
    result = run_benchmark(config, _load(config.data.dataset, None))
    if chosen.json:
        _print_json({"event": "benchmarked", **dataclasses.asdict(result)})
    else:
        for threads, speed in result.images_per_second_by_threads.items():
            print(f"{speed:9,.0f} images/s with {threads} BLAS thread{'s' * (threads > 1)}")
        print(f"A step takes {result.ratio_to_floor:.2f} times as long as its matrix products.")
        print(f"Fastest just now: {result.best_threads} BLAS thread(s).")
    return 0


COMMANDS: dict[
    str,
    tuple[Callable[[argparse.Namespace], int], str, Callable[[argparse.ArgumentParser], None]],
] = {
    "train": (_train, "train a network", _add_train_options),
    "evaluate": (_evaluate, "measure a saved run on the test part", _add_evaluate_options),
    "predict": (_predict, "classify an image file with a saved run", _add_predict_options),
    "data": (_data, "list or download data sets", _add_data_options),
    "bench": (_bench, "measure the training speed of these settings", _add_bench_options),
}
