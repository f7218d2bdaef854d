"""The views' thread: one question at a time, the newest first."""

import threading

import pytest

from mnist_studio.cancel import check
from mnist_studio.session.inquirer import Inquirer


@pytest.fixture
def heard(inquirer):
    heard = []
    inquirer.answered.connect(lambda asker, answer: heard.append((asker, answer)))
    return heard


class Gate:
    """Work that ends when it is let."""

    def __init__(self, answer):
        self.answer = answer
        self.begun = threading.Event()
        self.open = threading.Event()

    def __call__(self, cancelled):
        self.begun.set()
        while not self.open.wait(0.001):
            check(cancelled)
        return self.answer


def test_a_question_is_answered_in_another_thread(qtbot, inquirer, heard):
    inquirer.ask("matrix", lambda _cancelled: threading.current_thread())
    qtbot.waitUntil(lambda: bool(heard))
    ((asker, thread),) = heard
    assert asker == "matrix"
    assert thread is not threading.current_thread()
    assert not inquirer.awaits("matrix")


def test_the_newest_of_those_that_wait_is_the_next(qtbot, inquirer, heard):
    gate = Gate(0)
    inquirer.ask("first", gate)
    for number, asker in enumerate("abc", start=1):
        inquirer.ask(asker, lambda _cancelled, number=number: number)
    assert all(map(inquirer.awaits, ("first", "a", "b", "c")))
    gate.open.set()
    qtbot.waitUntil(lambda: len(heard) == 4)
    assert heard == [("first", 0), ("c", 3), ("b", 2), ("a", 1)]


def test_a_newer_question_replaces_one_that_waits(qtbot, inquirer, heard):
    gate = Gate("old")
    inquirer.ask("a", gate)
    for answer in ("never heard", "new"):
        inquirer.ask("a", lambda _cancelled, answer=answer: answer)
    gate.open.set()
    qtbot.waitUntil(lambda: len(heard) == 2)
    assert heard == [("a", "old"), ("a", "new")]


def test_a_question_that_was_withdrawn_is_not_answered(qtbot, inquirer, heard):
    gate = Gate("in work")
    inquirer.ask("a", gate)
    inquirer.ask("b", Gate("waiting"))
    qtbot.waitUntil(gate.begun.is_set)
    inquirer.withdraw("a")
    inquirer.withdraw("b")
    assert not inquirer.awaits("a")
    inquirer.ask("c", lambda _cancelled: "seen")
    qtbot.waitUntil(lambda: bool(heard))
    assert heard == [("c", "seen")]


def test_what_fails_is_told_and_the_next_one_is_answered(qtbot, inquirer, heard, caplog):
    def fail(_cancelled):
        raise ZeroDivisionError

    with qtbot.waitSignal(inquirer.failed) as failure:
        inquirer.ask("a", fail)
    assert failure.args == ["a"]
    assert "the a cannot be computed" in caplog.text
    inquirer.ask("a", lambda _cancelled: 1)
    qtbot.waitUntil(lambda: bool(heard))


def test_shutting_down_does_not_wait_for_an_answer(qtbot, qapp):
    inquirer = Inquirer()
    gate = Gate(0)
    inquirer.ask("a", gate)
    qtbot.waitUntil(gate.begun.is_set)
    inquirer.shut_down()
    inquirer.shut_down()
