"""Confusion matrices put into words."""

import pytest

from mnist_studio.ui.confusion_text import describe_cell, describe_class, describe_matrix

from ..insight.builders import FASHION, matrix


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "a 4 taken for a 9: never"),
        (1, "a 4 taken for a 9: once"),
        (12, "a 4 taken for a 9: 12 times"),
    ],
)
def test_a_mistake_is_put_into_words(count, text):
    assert describe_cell(matrix(from4to9=count), 4, 9) == text


def test_articles_are_right():
    assert describe_cell(matrix(from8to3=2), 8, 3) == "an 8 taken for a 3: 2 times"
    named = matrix(names=FASHION, from9to7=3)
    assert describe_cell(named, 9, 7) == "Ankle boot taken for Sneaker: 3 times"


def test_what_is_recognized_is_put_into_words():
    assert describe_cell(matrix(from4to9=12), 4, 4) == "a 4 recognized: 88 of 100 times"


def test_a_matrix_is_summed_up():
    found = describe_matrix(matrix(from4to9=12, from3to5=8))
    assert found == "20 of 1\u202f000 wrong (2.00 %); most often a 4 taken for a 9: 12 times"
    tied = describe_matrix(matrix(from4to9=3, from3to5=3))
    assert tied == "6 of 1\u202f000 wrong (0.60 %); no mistake more often than 3×"
    assert describe_matrix(matrix()) == "All of 1\u202f000 images recognized"


def test_the_figures_of_a_class_are_put_into_words():
    assert describe_class(matrix(from4to9=12, from3to9=4), 9).splitlines() == [
        "9",
        "recall 100.00 %: 100 of 100 images recognized",
        "precision 86.21 %: 100 of 116 such answers right",
        "F1 92.59 %: the harmonic mean of both",
    ]
    assert describe_class(matrix(size=0), 2).splitlines()[1].startswith("recall –: 0 of 0")
