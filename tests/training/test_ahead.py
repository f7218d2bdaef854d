"""Work done ahead: in order, no further than wished, with its errors, and never left running."""

import threading

import pytest

from mnist_studio.training.ahead import work_ahead

from ..polling import PATIENCE


def workers():
    return [each for each in threading.enumerate() if each.name.startswith("ahead")]


def test_results_come_in_order_from_one_other_thread():
    results = list(work_ahead(lambda x: (x, threading.get_ident()), range(20), 2))
    assert [x for x, _ in results] == list(range(20))
    assert len({thread for _, thread in results} - {threading.get_ident()}) == 1
    assert workers() == []


def test_there_is_nothing_of_nothing():
    assert list(work_ahead(str, [], 2)) == []


@pytest.mark.parametrize("distance", [0, 1, 3])
def test_no_more_is_made_ahead_than_wished(distance):
    begun, asked = [], threading.Semaphore(0)

    def work(x):
        begun.append(x)
        asked.release()
        return x

    results = work_ahead(work, range(100), distance)
    for used in range(5):
        assert next(results) == used
        while len(begun) < used + 1 + distance:
            asked.acquire(timeout=PATIENCE)
        assert begun == list(range(used + 1 + distance))
    results.close()
    assert workers() == []


def test_what_is_made_while_a_result_is_used_does_not_wait_for_it():
    made = threading.Event()

    def work(x):
        if x == 1:
            made.set()
        return x

    results = work_ahead(work, range(3), 1)
    assert next(results) == 0
    assert made.wait(PATIENCE)
    assert list(results) == [1, 2]


def test_an_error_arrives_where_its_result_was_asked_for_and_the_thread_ends():
    results = work_ahead(lambda x: 1 // (x - 2), range(9), 2)
    assert [next(results), next(results)] == [-1, -1]
    with pytest.raises(ZeroDivisionError):
        next(results)
    assert workers() == []


def test_closing_ends_the_thread_after_the_item_in_work():
    begun, go_on, ended = threading.Event(), threading.Event(), []

    def work(x):
        if x == 1:
            begun.set()
            assert go_on.wait(PATIENCE)
        ended.append(x)
        return x

    results = work_ahead(work, range(9), 3)
    assert next(results) == 0
    assert begun.wait(PATIENCE)
    threading.Timer(0.01, go_on.set).start()
    results.close()
    assert ended == [0, 1]
    assert workers() == []
