"""The training loop, which knows no file: configuration, events, trainer, history."""
