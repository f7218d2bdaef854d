"""Training without Qt: configuration, events, trainer, history and checkpoints."""
