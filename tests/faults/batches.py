"""A million batches: what the memory grows by with each, in the training and in the window.

A batch is 12 bytes (loss, learning rate and seconds), kept twice: by the training, and by the
window, which draws it. Tables grow by a quarter at a time, so that up to a fifth of each is room
for what is to come: 24 to 30 bytes. While one grows, its old and its new rows are there together.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import numpy as np

from mnist_studio.training.control import TrainingControl
from mnist_studio.training.trainer import Trainer

from ..training.builders import small_blobs, small_run
from .memory import resident_bytes
from .table import Row

MOST_BYTES = 31  # a batch, at the end
INTERVAL = 2000  # batches between two signals to the window


def run(long: bool) -> Iterator[Row]:
    """Train so many batches of one image, and let a window's history follow."""
    count = 1_000_000 if long else 20_000
    row = Row(f"{count:,} batches of one image")
    with row.case():
        held, grown = train(count)
    row.faults = 1  # there is nothing to fail; the growth is the finding
    row.part += f": {held:.0f} bytes each, {grown:.0f} of the process"
    if held > MOST_BYTES or (long and grown > 2 * MOST_BYTES):
        row.lost.append(f"{held:.1f} bytes are kept of each batch, {grown:.1f} by the process")
    yield row


def train(count: int) -> tuple[float, float]:
    """Return the bytes of a batch in both histories, and those that the process grew by."""
    control = TrainingControl()
    config = small_run(hidden=(4,), batch_size=1, epochs=1000, learning_rate=1e-4)
    blobs = small_blobs()
    images, labels = np.tile(blobs.train_images, (5, 1)), np.tile(blobs.train_labels, 5)
    dataset = dataclasses.replace(blobs, train_images=images, train_labels=labels)
    trainer = Trainer(config, dataset, control)
    watched, sent = trainer.history.copy(), trainer.history.counts
    begun = resident_bytes()
    for _ in trainer.run():
        step = trainer.step
        if step - sent[0] >= INTERVAL:
            watched.append(trainer.history.part_since(sent))
            sent = trainer.history.counts
        if step >= count:
            control.request_stop()
    assert watched.step > 0.8 * trainer.step
    grown = resident_bytes() - begun
    kept = sum(history._batches._rows.nbytes for history in (trainer.history, watched))
    return kept / trainer.step, grown / trainer.step
