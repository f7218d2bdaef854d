"""How far a run is: all of its state that is not an array."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .history import Origin
from .values import any_real, moment, real, text, whole


@dataclass(frozen=True)
class Position:
    """Where a run goes on.

    Attributes
    ----------
    step : int
        Updates made.
    seconds : float
        Training time.
    train_size : int
        Images in the training part.
    best_score : tuple of float, optional
        Validation accuracy and negative validation loss of the best epoch; None before the first
        epoch's end and without a validation part.
    epoch_correct : int
        Right answers since the last epoch's end.
    sample_correct, sample_images : int
        Right answers and images since the last sample of the accuracy.
    dropout_rng, augmentation_rng : dict
        States of the random generators, as NumPy gives them.
    started : float
        When the run began, in seconds since 1970; 0 if it is not known.
    origin : Origin
        Where the run began, if it was forked.
    parent : str
        Name of the run that it was forked from, or empty.
    """

    step: int
    seconds: float
    train_size: int
    best_score: tuple[float, float] | None
    epoch_correct: int
    sample_correct: int
    sample_images: int
    dropout_rng: Mapping[str, Any]
    augmentation_rng: Mapping[str, Any]
    started: float = 0.0
    origin: Origin = field(default_factory=Origin)
    parent: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return the position as plain JSON values."""
        return dataclasses.asdict(self)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Position:
        """Return the position that :meth:`to_json` wrote, in this or the first format.

        Raises
        ------
        AttributeError, LookupError, TypeError, ValueError
            If a part is missing, of another kind, or out of its range.
        """
        best_score = None
        if values["best_score"] is not None:
            accuracy, negative_loss = values["best_score"]
            best_score = real(accuracy, most=1.0), any_real(negative_loss)
        # Not in the first format: when a run began, and where.
        batches, images, epochs, seconds = values.get("origin", Origin())
        train_size = whole(values["train_size"], least=1)
        return cls(
            step=whole(values["step"]),
            seconds=real(values["seconds"]),
            train_size=train_size,
            best_score=best_score,
            epoch_correct=whole(values["epoch_correct"], most=train_size),
            sample_correct=whole(values["sample_correct"]),
            sample_images=whole(values["sample_images"]),
            dropout_rng=_random_state(values["dropout_rng"]),
            augmentation_rng=_random_state(values["augmentation_rng"]),
            started=moment(values.get("started", 0.0)),
            origin=Origin(whole(batches), whole(images), real(epochs), real(seconds)),
            parent=text(values.get("parent", "")),
        )


def _random_state(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the state of a random generator, as NumPy gives it, if it is one."""
    if values["bit_generator"] != "PCG64":
        raise ValueError("the state is of another random generator")
    inner = values["state"]
    return {
        "bit_generator": "PCG64",
        "state": {name: whole(inner[name], most=2**128 - 1) for name in ("state", "inc")},
        "has_uint32": whole(values["has_uint32"], most=1),
        "uinteger": whole(values["uinteger"], most=2**32 - 1),
    }
