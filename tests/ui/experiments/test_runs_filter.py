"""The few words that stand for runs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnist_studio.training.status import RunStatus
from mnist_studio.ui.experiments.runs_filter import matches

from .listed_runs import run

RUN = run(
    7,
    RunStatus.STOPPED,
    name="Große Schritte 二",
    note="too fast?",
    sweep="sweep-0003",
    dataset="fashion-mnist",
    hidden="512-256",
    optimizer="adam",
    batch_size=20,
    learning_rate=0.05,
)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "große",
        "GROSSE schritte",
        "二",
        "fast",
        "sweep-0003",
        "fashion",
        "512-256",
        "adam stopped",
        "batch=20",
        "batch_size=20",
        "rate=0.05",
        "learning_rate=0.05",
        "l=0.05",
        "optimizer=adam batch=20 fast",
        "hidden=512-256",
        "data=fashion-mnist",
    ],
)
def test_runs_are_found_by_words_and_values(text):
    assert matches(RUN, text)


@pytest.mark.parametrize(
    "text",
    [
        "huge",
        "fast huge",
        "batch=2",
        "batch=200",
        "rate=0.5",
        "momentum=0.9",  # Adam has none, whatever its field holds
        "nonsense=20",
        "batch=",
        "finished",
    ],
)
def test_runs_that_lack_a_word_are_left_out(text):
    assert not matches(RUN, text)


@given(st.text(max_size=40))
def test_any_text_can_be_typed(text):
    assert matches(RUN, text) in (True, False)


@given(st.lists(st.sampled_from(["große", "fast", "batch=20", "adam", "huge", "rate=1"])))
def test_all_words_must_be_there_in_any_order(words):
    found = matches(RUN, " ".join(words))
    assert found == all(matches(RUN, word) for word in words)
    assert found == matches(RUN, "  ".join(reversed(words)))
