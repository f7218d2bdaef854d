"""A long computation in short questions, between which others are answered."""

import threading

import pytest

from mnist_studio.cancel import check
from mnist_studio.session.step_by_step import Step, StepByStep


@pytest.fixture
def steps(session, inquirer):
    steps = StepByStep(session, inquirer, "steps")
    yield steps
    steps.stop()


@pytest.fixture
def told(steps, inquirer):
    told = []
    steps.answered.connect(lambda key, answer: told.append((key, answer)))
    steps.failed.connect(lambda key: told.append((key, "failed")))
    steps.ended.connect(lambda: told.append("ended"))
    inquirer.answered.connect(lambda asker, _answer: told.append(asker))
    return told


class Gate:
    """Work that ends when it is let."""

    def __init__(self):
        self.begun = threading.Event()
        self.open = threading.Event()

    def __call__(self, cancelled):
        self.begun.set()
        while not self.open.wait(0.001):
            check(cancelled)
        return "gate"


def step(key):
    return Step(key, lambda _cancelled: 10 * key)


def answers(told):
    return [each for each in told if isinstance(each, tuple)]


def test_steps_are_answered_one_after_another_in_their_order(qtbot, steps, told):
    steps.begin(map(step, (1, 2, 3)))
    assert steps.busy
    qtbot.waitUntil(lambda: "ended" in told)
    assert answers(told) == [(1, 10), (2, 20), (3, 30)]
    assert told.count("ended") == 1
    assert not steps.busy


def test_another_question_comes_before_the_next_step(qtbot, steps, told, inquirer):
    gate = Gate()
    steps.begin([Step("first", gate), step(2), step(3)])
    qtbot.waitUntil(gate.begun.is_set)
    inquirer.ask("other", lambda _cancelled: None)
    gate.open.set()
    qtbot.waitUntil(lambda: "ended" in told)
    assert told.index("other") < told.index((2, 20))


def test_others_steps_may_take_the_place_of_those_that_wait(qtbot, steps, told):
    gate = Gate()
    steps.begin([Step("first", gate), step(2)])
    qtbot.waitUntil(gate.begun.is_set)
    steps.begin([step(5), Step("first", gate)])  # what is in work is not begun again
    gate.open.set()
    qtbot.waitUntil(lambda: "ended" in told)
    assert answers(told) == [("first", "gate"), (5, 50)]


def test_what_is_in_work_is_given_up_if_nobody_wants_it_any_more(qtbot, steps, told):
    gate = Gate()
    steps.begin([Step("first", gate)])
    qtbot.waitUntil(gate.begun.is_set)
    steps.begin([step(7)])
    qtbot.waitUntil(lambda: "ended" in told)
    assert answers(told) == [(7, 70)]
    assert not gate.open.is_set()


def test_after_a_stop_nothing_follows(qtbot, steps, told, inquirer):
    gate = Gate()
    steps.begin([Step("first", gate), step(2)])
    qtbot.waitUntil(gate.begun.is_set)
    steps.stop()
    assert not steps.busy
    inquirer.ask("other", lambda _cancelled: None)
    qtbot.waitUntil(lambda: "other" in told)
    assert answers(told) == []
    steps.begin([step(3)])
    qtbot.waitUntil(lambda: "ended" in told)
    assert answers(told) == [(3, 30)]


def test_a_step_that_fails_does_not_keep_the_others_from_their_answers(qtbot, steps, told):
    steps.begin([Step("bad", lambda _cancelled: 1 / 0), step(2)])
    qtbot.waitUntil(lambda: "ended" in told)
    assert answers(told) == [("bad", "failed"), (2, 20)]


def test_an_answer_to_somebody_else_is_none_of_these(qtbot, steps, told, inquirer):
    inquirer.ask("other", lambda _cancelled: None)
    qtbot.waitUntil(lambda: "other" in told)
    assert answers(told) == []
