"""Ready-made settings, one click or one option each."""

from __future__ import annotations

from dataclasses import dataclass

from .config import HiddenLayer, ModelConfig, RunConfig, TrainingConfig


@dataclass(frozen=True)
class Preset:
    """A model and its hyperparameters; the data set stays as chosen."""

    model: ModelConfig
    training: TrainingConfig


PRESETS = {
    "lab-note": Preset(
        ModelConfig((HiddenLayer(256),), initializer="normal"),
        TrainingConfig(optimizer="sgd", learning_rate=0.1, batch_size=20, epochs=20),
    ),
    "fast-98": Preset(
        ModelConfig((HiddenLayer(256), HiddenLayer(128))),
        TrainingConfig(
            optimizer="nesterov",
            learning_rate=0.2,
            batch_size=128,
            epochs=4,
            schedule="linear",
            warmup=0.1,
            shift=1.0,
        ),
    ),
    "accurate-99": Preset(
        ModelConfig((HiddenLayer(400), HiddenLayer(200))),
        TrainingConfig(
            optimizer="adam",
            learning_rate=0.005,
            batch_size=256,
            skip_easy=0.9,
            epochs=8,
            schedule="linear",
            warmup=0.03,
            averaging=0.1,
            shift=1.0,
            rotation=10.0,
            scale=0.1,
            shear=0.1,
            elastic=0.5,
        ),
    ),
    "best-for-drawing": Preset(
        ModelConfig((HiddenLayer(512), HiddenLayer(256))),
        TrainingConfig(
            optimizer="adam",
            learning_rate=0.002,
            batch_size=128,
            skip_easy=0.9,
            epochs=40,
            schedule="linear",
            warmup=0.1,
            shift=1.0,
            rotation=17.0,
            scale=0.1,
            aspect=0.5,
            shear=0.25,
            elastic=0.5,
            written=0.25,
            non_digits=0.1,
        ),
    ),
}

# What a newcomer's first press of Train shows: the lab note that everything began with.
FIRST_CONFIG = RunConfig(model=PRESETS["lab-note"].model, training=PRESETS["lab-note"].training)
