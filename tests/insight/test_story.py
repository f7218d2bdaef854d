"""Moments are told when the figures say so, at their batch, and not before."""

import math

import numpy as np
import pytest

from mnist_studio.insight.story import Moment, MomentKind, Reading, moments_of, steps_to_keep
from mnist_studio.training.events import BatchEnded, EpochEnded, ProgressSampled
from mnist_studio.training.history import History, Origin

GUESSING, REACHED, BEST, LAST, MEMORIZES, WORSENS, READ_AS = (
    MomentKind.GUESSING,
    MomentKind.REACHED,
    MomentKind.BEST,
    MomentKind.LAST,
    MomentKind.MEMORIZES,
    MomentKind.WORSENS,
    MomentKind.READ_AS,
)


def history_of(steps, first_loss=2.31, accuracy=None, epochs=(), origin=None):
    """Return a history with 10 batches of 200 images an epoch.

    Parameters
    ----------
    accuracy : callable, optional
        Of what is sampled at each step.
    epochs : sequence of tuple of float
        Training loss, validation loss and validation accuracy of each.
    """
    history = History(2000, 200, origin or Origin())
    best = -1.0
    for step in range(1, steps + 1):
        history.record(BatchEnded(step, first_loss if step == 1 else 1.0, 0.1, step / 10))
        if accuracy is not None:
            history.record(ProgressSampled(step, accuracy(step), (1.0,), (1e-3,)))
        if step % 10 == 0 and step // 10 <= len(epochs):
            number = step // 10
            training, loss, share = epochs[number - 1]
            is_best, best = share > best, max(share, best)
            history.record(
                EpochEnded(number, step, training, 0.9, loss, share, 0.0, step / 10, is_best)
            )
    return history


def told(history, kind, *, ended=False, **options):
    moments = moments_of(history, 10, ended=ended, **options)
    return [each for each in moments if each.kind is kind]


def test_nothing_is_told_before_the_first_batch():
    assert moments_of(History(2000, 200), 10, ended=False) == ()


@pytest.mark.parametrize(("loss", "moments"), [(2.31, 1), (2.7, 1), (1.5, 0), (4.0, 0)])
def test_a_run_begins_by_guessing_if_its_first_loss_says_so(loss, moments):
    found = told(history_of(1, loss), GUESSING)
    assert found == [Moment(GUESSING, 0, pytest.approx(loss))][:moments]


def test_a_run_that_goes_on_with_weights_of_another_does_not_begin_by_guessing():
    assert told(history_of(1, origin=Origin(batches=100)), GUESSING) == []


def test_an_accuracy_is_reached_when_the_last_two_thousand_images_have_it():
    history = history_of(40, accuracy=lambda step: 0.92 if step > 20 else 0.6)
    assert told(history, REACHED) == [Moment(REACHED, 30, 0.9, 2000)]
    early = history_of(29, accuracy=lambda step: 0.92 if step > 20 else 0.6)
    assert told(early, REACHED) == []  # one of the last ten has 0.6: their mean is 0.888


def test_of_accuracies_that_are_reached_at_once_the_highest_is_told():
    assert told(history_of(12, accuracy=lambda _: 1.0), REACHED) == [
        Moment(REACHED, 10, 0.99, 2000)
    ]


def test_too_few_images_reach_nothing():
    assert told(history_of(9, accuracy=lambda _: 1.0), REACHED) == []


def test_a_few_lucky_batches_reach_nothing():
    history = history_of(60, accuracy=lambda step: 0.99 if step % 10 < 3 else 0.92)
    assert [moment.value for moment in told(history, REACHED)] == [0.9]


def test_an_accuracy_is_reached_once_though_it_is_lost_again():
    history = history_of(60, accuracy=lambda step: 0.93 if step % 20 < 10 else 0.2)
    assert [moment.value for moment in told(history, REACHED)] == [0.9]


def test_one_epoch_is_not_the_best_of_any():
    assert told(history_of(10, epochs=[(0.5, 0.4, 0.9)]), BEST) == []


def test_the_best_epoch_is_told_and_at_the_end_the_last_one_if_it_is_another():
    epochs = [(0.5, 0.4, 0.9), (0.4, 0.35, 0.95), (0.3, 0.36, 0.94)]
    history = history_of(30, epochs=epochs)
    assert told(history, BEST) == [Moment(BEST, 20, 0.95)]
    assert told(history, LAST) == []
    assert told(history, LAST, ended=True) == [Moment(LAST, 30, 0.94)]
    assert told(history_of(20, epochs=epochs[:2]), LAST, ended=True) == []


def test_a_run_without_validation_has_no_best_epoch():
    nan = math.nan
    history = history_of(30, epochs=[(0.5, nan, nan)] * 3)
    assert [each.kind for each in moments_of(history, 10, ended=True)] == [GUESSING]
    assert steps_to_keep(history, ()) == set()


RISING = [(0.5, 0.40, 0.9), (0.3, 0.30, 0.9), (0.2, 0.31, 0.9), (0.1, 0.33, 0.9), (0.05, 0.35, 0.9)]


def test_memorizing_begins_where_the_validation_loss_was_lowest_three_epochs_ago():
    assert told(history_of(40, epochs=RISING[:4]), MEMORIZES) == []
    assert told(history_of(50, epochs=RISING), MEMORIZES) == [Moment(MEMORIZES, 20, 0.30)]


def test_a_run_that_skips_easy_images_is_not_said_to_memorize_by_its_training_loss():
    history = history_of(50, epochs=RISING)
    assert told(history, MEMORIZES, skips_easy=True) == []
    assert told(history, WORSENS, skips_easy=True) == [Moment(WORSENS, 20, 0.30)]
    assert told(history, WORSENS) == []
    harder = [*RISING[:2], *((0.4, loss, share) for _, loss, share in RISING[2:])]
    assert told(history_of(50, epochs=harder), MEMORIZES) == []
    assert told(history_of(50, epochs=harder), WORSENS, skips_easy=True)


def test_a_validation_loss_that_stays_is_not_memorizing():
    flat = [*RISING[:2], (0.2, 0.301, 0.9), (0.1, 0.302, 0.9), (0.05, 0.302, 0.9)]
    assert told(history_of(50, epochs=flat), MEMORIZES) == []


def test_a_training_loss_that_rises_too_is_not_memorizing():
    worse = [*RISING[:2], (0.4, 0.5, 0.9), (0.5, 0.6, 0.9), (0.6, 0.7, 0.9)]
    assert told(history_of(50, epochs=worse), MEMORIZES) == []


def test_who_only_guesses_memorizes_nothing():
    guessed = [(2.4, 2.33, 0.1), (2.4, 2.31, 0.1), (2.38, 2.4, 0.1), (2.38, 2.4, 0.1)]
    history = history_of(50, epochs=[*guessed, (2.2, 2.4, 0.1)])
    assert told(history, MEMORIZES) == []


def test_moments_come_in_order_and_the_weights_of_one_that_may_come_are_kept():
    history = history_of(40, accuracy=lambda _: 0.91, epochs=RISING[:4])
    moments = moments_of(history, 10, ended=True)
    assert [(each.kind, each.step) for each in moments] == [
        (GUESSING, 0),
        (REACHED, 10),
        (BEST, 10),
        (LAST, 40),
    ]
    assert steps_to_keep(history, moments) == {0, 10, 20, 40}


# --- the drawing ---------------------------------------------------------------------------

ONE, OTHER = np.uint8([[1, 2]]), np.uint8([[1, 3]])


def test_a_drawing_is_read_as_something_since_the_answer_changed():
    reading = Reading()
    reading.hear(0, ONE, 7)
    reading.hear(100, ONE.copy(), 7)
    assert reading.since is None  # nobody knows since when
    reading.hear(212, ONE, 3)
    reading.hear(300, ONE, 3)
    assert reading.since == Moment(READ_AS, 212, 3)
    reading.hear(400, ONE, 5)
    assert reading.since == Moment(READ_AS, 400, 5)


def test_a_drawing_without_an_answer_is_read_as_nothing():
    reading = Reading()
    reading.hear(0, ONE, 7)
    reading.hear(100, ONE, 3)
    reading.hear(200, ONE, None)
    assert reading.since is None
    reading.hear(300, ONE, 3)
    assert reading.since == Moment(READ_AS, 300, 3)


def test_another_drawing_or_none_begins_anew():
    reading = Reading()
    reading.hear(0, ONE, 7)
    reading.hear(10, ONE, 3)
    reading.hear(20, OTHER, 4)
    assert reading.since is None
    assert reading.shows(OTHER)
    assert not reading.shows(ONE)
    reading.hear(30, None, 0)
    assert not reading.shows(None)
    assert not reading.shows(OTHER)


def test_weights_of_an_earlier_batch_are_no_news_but_may_answer_otherwise():
    reading = Reading()
    reading.hear(0, ONE, 7)
    reading.hear(100, ONE, 3)
    reading.hear(80, ONE, 3)
    assert reading.since == Moment(READ_AS, 100, 3)
    reading.hear(80, ONE, 7)
    assert reading.since is None
