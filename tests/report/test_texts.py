"""What reports call things."""

import pytest

from mnist_studio.report.aggregate import group_runs
from mnist_studio.report.phrases import phrases
from mnist_studio.report.texts import (
    failure_text,
    status_text,
    untranslated,
)
from mnist_studio.training.status import Failure, FailureKind, RunStatus

from .builders import record


def test_every_state_of_a_run_has_a_word():
    words = {status: status_text(status) for status in RunStatus}
    assert all(words.values())
    # A run that was killed says it runs; in a report it is no longer alive.
    assert words[RunStatus.RUNNING] == words[RunStatus.PAUSED] == "unfinished"


# --- how sentences speak of settings -------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value", "named", "place", "more"),
    [
        ("batch_size", 20, "batch size 20", "at batch 20", "Larger batches"),
        ("learning_rate", 0.05, "learning rate 0.05", "at 0.05", "Higher learning rates"),
        ("epochs", 3, "number of epochs 3", "after 3 epochs", "More epochs"),
        ("dropout", 0.25, "dropout 0.25", "at 0.25", "More dropout"),
        ("l2", 0.001, "L2 penalty 0.001", "at 0.001", "Stronger L2 penalties"),
    ],
)
def test_settings_have_their_own_words(name, value, named, place, more):
    (group,) = group_runs([record(**{name: value})])
    words = phrases(name, untranslated)
    assert words.named(group) == named
    assert words.at(group) == place
    assert words.more == more


def test_a_setting_without_words_of_its_own_is_named_as_in_the_form():
    (group,) = group_runs([record(warmup=0.1)])
    words = phrases("warmup", untranslated)
    assert (words.noun, words.more) == ("warm-up", "Larger values (Warm-up)")
    assert (words.value(group), words.at(group)) == ("0.1", "at 0.1")


def test_a_setting_without_effect_has_a_dash():
    (group,) = group_runs([record(optimizer="sgd")])
    assert phrases("momentum", untranslated).value(group) == "–"


# --- failures ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("failure", "sentence"),
    [
        (None, ""),
        (
            Failure(FailureKind.DIVERGED, "", 7, 2047.9, 0.25),
            "The loss exploded to 2\u202f048 at batch 7: steps with a learning rate of 0.25 are "
            "too large here. Try a learning rate ten times smaller.",
        ),
        (
            Failure(FailureKind.DIVERGED, "", 12, 1957895680.0, 0.5),
            "The loss exploded to over a million at batch 12: steps with a learning rate of 0.5 "
            "are too large here. Try a learning rate ten times smaller.",
        ),
        (
            Failure(FailureKind.DIVERGED, "", 7, None, 10.0),
            "The loss is no longer a number at batch 7: steps with a learning rate of 10 are too "
            "large here. Try a learning rate ten times smaller.",
        ),
        (
            Failure(FailureKind.PROGRAM_ERROR, "KeyError: '{odd}'"),
            "The training broke off by an error in the program (KeyError: '{odd}').",
        ),
        (Failure(FailureKind.OTHER, "It was {cold}."), "It was {cold}."),
    ],
)
def test_why_a_run_failed_is_one_sentence(failure, sentence):
    assert failure_text(failure) == sentence


@pytest.mark.parametrize("kind", [kind for kind in FailureKind if kind is not FailureKind.OTHER])
def test_the_sentence_on_a_failure_is_made_in_the_readers_language(kind):
    def translate(context, text):
        assert context == "report"
        return f"[{text}]"

    text = failure_text(Failure(kind), translate)
    assert text.startswith("[")
    assert text.endswith("]")
