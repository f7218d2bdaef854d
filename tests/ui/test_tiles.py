import numpy as np
import pytest
from PySide6.QtWidgets import QWidget

from mnist_studio.training.events import FinalEvaluation
from mnist_studio.training.status import RunStatus
from mnist_studio.ui import theme
from mnist_studio.ui.number_text import duration, grouped, loss_text, percentage
from mnist_studio.ui.tiles import TileRow

from .plot_fakes import FakeSession


@pytest.fixture
def session(qapp):
    session = FakeSession()
    yield session
    session.deleteLater()


@pytest.fixture
def row(qtbot):
    theme.choose("light")
    window = QWidget()
    qtbot.addWidget(window)
    yield TileRow(window)
    window.close()


def show(row, session):
    row.show_run(session.history, session.run_config, session.status)


def test_tiles_have_dashes_before_the_first_run(row, session):
    show(row, session)
    assert {tile.text() for tile in row.tiles} == {"–"}


def test_tiles_tell_where_the_run_is(row, session):
    session.start(train_size=2000, batch_size=20, epochs=5)
    session.train(150, np.full(150, 0.25))
    show(row, session)
    assert row.epoch.text() == "2 / 5"
    assert row.batch.text() == "50 / 100"
    assert row.loss.text() == "0.2500"
    assert row.validation.text() == "91.00 %"
    assert row.best.text() == "91.00 %"
    assert row.test.text() == "–"
    # 100 batches a second, 20 images each; 350 batches are left.
    assert row.speed.text().replace("\u2009", "") == "2000"
    assert row.time.caption == "Time left"
    assert row.time.text() == "0:04"


def test_an_epoch_that_is_just_done_is_still_the_one_shown(row, session):
    session.start(epochs=2)
    session.train(200)
    show(row, session)
    assert row.epoch.text() == "2 / 2"
    assert row.batch.text() == "100 / 100"


def test_the_end_brings_the_test_accuracy_and_the_time_taken(row, session):
    session.start(epochs=2)
    session.train(200)
    session.history.record(FinalEvaluation(0.1, 0.9781))
    session.set_status(RunStatus.COMPLETED)
    show(row, session)
    assert row.test.text() == "97.81 %"
    assert row.time.caption == "Time taken"
    assert row.time.text() == "0:02"


def test_a_run_without_validation_or_with_a_broken_loss_has_dashes_for_them(row, session):
    session.start()
    session.train(3, [2.0, np.inf, np.nan])
    show(row, session)
    assert row.loss.text() == "–"
    assert row.validation.text() == "–"


def test_the_first_batch_makes_no_figure_that_is_not_known(row, session):
    session.start()
    show(row, session)
    assert row.epoch.text() == "1 / 5"
    session.train(1)
    show(row, session)
    assert row.batch.text() == "1 / 100"
    assert row.speed.text() == "–"
    assert row.time.text() == "–"


@pytest.mark.parametrize(("width", "rows"), [(660, 2), (1300, 1)])
def test_all_tiles_are_inside_whatever_the_width(row, width, rows):
    row.window().show()
    row.resize(width, 100)
    assert len({tile.y() for tile in row.tiles}) == rows
    for tile in row.tiles:
        assert row.rect().contains(tile.geometry())
    assert row.tiles[-1].geometry().right() == width - 1
    row.grab()


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.0, "0:00"), (20.2, "0:21"), (61, "1:01"), (3723, "1:02:03"), (float("inf"), "–")],
)
def test_durations_read_like_a_clock(seconds, text):
    assert duration(seconds) == text


def test_numbers_read_well():
    assert grouped(41200.4) == "41\u2009200"
    assert percentage(0.97623) == "97.62 %"
    assert percentage(float("nan")) == "–"
    assert loss_text(0.08123) == "0.0812"
    assert loss_text(123.456) == "123.5"
