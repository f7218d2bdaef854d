"""A sweep: the same training again and again with one or two hyperparameters varied."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..training.config import DataConfig, RunConfig, TrainingConfig
from ..training.hyperparameter import ConfigError, Hyperparameter
from ..training.hyperparameter import hyperparameters as declared
from ..training.presets import PRESETS
from ..training.values import one_line
from ..training.variation import parse_value, value_names, with_value

MOST_SEEDS = 10
MOST_RUNS = 500
BUDGETS = {"epochs": "epochs", "images": "max_images", "seconds": "max_seconds"}
# What a budget or the repetition decides is not to be varied beside it.
FIXED = ("seed", "max_images", "max_seconds")


@dataclass(frozen=True)
class Budget:
    """How long each run trains: the same for all.

    Parameters
    ----------
    kind : str
        ``epochs``, ``images`` or ``seconds``.
    amount : float
        So many of them.

    Raises
    ------
    ConfigError
        If there is no such budget or nobody could train so little or so long.
    """

    kind: str
    amount: float

    def __post_init__(self) -> None:
        Hyperparameter(str, choices=tuple(BUDGETS)).check("budget", self.kind)
        if self.kind != "seconds" and self.amount % 1 != 0:  # so is infinity
            raise ConfigError("budget", f"{self.amount:g} {self.kind} is not a whole number.")
        if self.amount <= 0:
            raise ConfigError("budget", f"The budget must be above 0 {self.kind}.")
        self.apply(TrainingConfig())

    def apply(self, training: TrainingConfig) -> TrainingConfig:
        """Return hyperparameters that train for this budget."""
        name = BUDGETS[self.kind]
        kind = declared(TrainingConfig)[name].kind
        values: dict[str, Any] = {"max_images": 0, "max_seconds": 0.0, name: kind(self.amount)}
        if self.kind != "epochs":
            values["epochs"] = int(declared(TrainingConfig)["epochs"].maximum or 1)
        return dataclasses.replace(training, **values)


def budget_of(training: TrainingConfig) -> Budget:
    """Return the budget that hyperparameters already have."""
    if training.max_images:
        return Budget("images", training.max_images)
    if training.max_seconds:
        return Budget("seconds", training.max_seconds)
    return Budget("epochs", training.epochs)


@dataclass(frozen=True)
class Sweep:
    """What to train.

    Runs of the same seed begin with the same weights (where the layers are the same) and see the
    images in the same order (unless they skip easy ones), so that their curves differ by the varied
    values alone.

    Parameters
    ----------
    title : str
        What people call it, in one line; may be empty.
    base : RunConfig
        Everything that is not varied.
    vary : tuple of (str, tuple)
        One or two hyperparameters, each with its values.
    repeat : int
        How many seeds, from the base's on.
    budget : Budget, optional
        How long each run trains; as the base says by default.

    Raises
    ------
    ConfigError
        If something cannot be varied like this; every configuration is checked.
    """

    title: str
    base: RunConfig
    vary: tuple[tuple[str, tuple[Any, ...]], ...]
    repeat: int = 1
    budget: Budget | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "title", one_line(self.title))
        names = [name for name, _ in self.vary]
        if not 1 <= len(names) <= 2 or len(set(names)) < len(names):
            raise ConfigError("vary", "Vary one hyperparameter, or two different ones.")
        for name, values in self.vary:
            if name not in value_names():
                raise ConfigError(name, f"There is no hyperparameter {name}.")
            if name in FIXED or (self.budget and name == "epochs"):
                raise ConfigError(name, f"{name} cannot be varied; it is the same for all runs.")
            if not values:
                raise ConfigError(name, f"{name} has no values to try.")
        Hyperparameter(int, 1, MOST_SEEDS).check("repeat", self.repeat)
        if self.count > MOST_RUNS:
            raise ConfigError("vary", f"These are {self.count} runs; at most {MOST_RUNS} fit.")
        self.configs()

    @property
    def names(self) -> tuple[str, ...]:
        """The varied hyperparameters."""
        return tuple(name for name, _ in self.vary)

    @property
    def count(self) -> int:
        """How many runs there are."""
        product = self.repeat
        for _, values in self.vary:
            product *= len(values)
        return product

    def configs(self) -> list[RunConfig]:
        """Return the configuration of each run: value by value, the seeds of one together."""
        base = self.base
        if self.budget:
            base = dataclasses.replace(base, training=self.budget.apply(base.training))
        seeds = range(base.training.seed, base.training.seed + self.repeat)
        found = []
        for combination in itertools.product(*(values for _, values in self.vary)):
            config = base
            for name, value in zip(self.names, combination, strict=True):
                config = with_value(config, name, value)
            found += [with_value(config, "seed", seed) for seed in seeds]
        return found

    def to_json(self) -> dict[str, Any]:
        """Return the sweep as plain JSON values."""
        return {
            "title": self.title,
            "base": self.base.to_json(),
            "vary": [[name, list(values)] for name, values in self.vary],
            "repeat": self.repeat,
            "budget": [self.budget.kind, self.budget.amount] if self.budget else None,
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Sweep:
        """Return the sweep that :meth:`to_json` wrote.

        Raises
        ------
        ConfigError
            If a part is missing, unknown or has a value that cannot be used.
        """
        try:
            budget = values["budget"]
            return cls(
                str(values["title"]),
                RunConfig.from_json(values["base"]),
                tuple(
                    (name, tuple(parse_value(name, str(each)) for each in tried))
                    for name, tried in values["vary"]
                ),
                values["repeat"],
                Budget(*budget) if budget else None,
            )
        except ConfigError:
            raise
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            raise ConfigError("sweep", f"The sweep is incomplete: {error}.") from error


def check_images(sweep: Sweep, folder: Path | None) -> None:
    """Raise DataError, as loading them would, if a sweep's images are not on this computer."""
    from ..data.loading import load
    from ..data.locations import locate

    for name in sorted({config.data.dataset for config in sweep.configs()}):
        if locate(name, folder) is None:
            load(name, folder)


def _lab_note(title: str, name: str, values: tuple[Any, ...]) -> Callable[[str], Sweep]:
    preset = PRESETS["lab-note"]

    def make(dataset: str) -> Sweep:
        base = RunConfig(DataConfig(dataset), preset.model, preset.training)
        return Sweep(title, base, ((name, values),))

    return make


SWEEP_PRESETS: dict[str, Callable[[str], Sweep]] = {
    "lab-note-batch-size": _lab_note(
        "Lab note: batch size", "batch_size", (10, 20, 50, 100, 200, 500)
    ),
    "lab-note-learning-rate": _lab_note(
        "Lab note: learning rate", "learning_rate", (0.01, 0.05, 0.1, 0.5, 1.0)
    ),
}
"""The experiments of the lab note, made for the data set of a name."""
