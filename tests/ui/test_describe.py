"""Runs, states and errors in a few words."""

from mnist_studio.data.errors import DataError
from mnist_studio.training.checkpoint import CheckpointError
from mnist_studio.ui.describe import describe_error


def test_a_sentence_made_for_people_stays_as_it_is():
    sentence = "The run cannot go on: it was trained on other images than these. Train anew."
    assert describe_error(CheckpointError(sentence)) == sentence
    assert describe_error(DataError(sentence)) == sentence


def test_an_error_that_nobody_foresaw_is_told_with_the_way_to_its_details():
    assert describe_error(RuntimeError("odd")) == (
        "The training broke off: odd. The log has the details."
    )


def test_without_an_error_there_is_nothing_to_say():
    assert describe_error(None) == ""
