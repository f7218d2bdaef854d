import itertools

import numpy as np
import pytest
from PySide6.QtGui import QFont, QFontMetrics
from PySide6.QtWidgets import QWidget

from mnist_studio.number_text import duration, grouped, loss_text, percentage
from mnist_studio.training.events import FinalEvaluation
from mnist_studio.training.status import RunStatus
from mnist_studio.ui import theme
from mnist_studio.ui.train.tiles import TileRow
from mnist_studio.ui.widgets import SPACING

from ..fakes import FakeSession


@pytest.fixture
def session(qapp):
    session = FakeSession()
    yield session
    session.deleteLater()


@pytest.fixture
def row(qtbot):
    window = QWidget()
    qtbot.addWidget(window)
    yield TileRow(window)
    window.close()


def show(row, session):
    row.show_run(session.run)


def test_tiles_have_dashes_before_the_first_run(row, session):
    show(row, session)
    assert {tile.text() for tile in row.tiles} == {"–"}


def test_tiles_tell_what_matters_and_their_tooltips_the_rest(row, session):
    session.start(train_size=2000, batch_size=20, epochs=5)
    session.train(150, np.full(150, 0.25))
    show(row, session)
    assert row.loss.text() == "0.2500"
    assert row.accuracy.text() == "91.00 %"
    # 100 batches a second, 20 images each; 350 batches are left.
    assert row.speed.text().replace("\u202f", "") == "2000"
    assert (row.time.caption, row.time.text()) == ("Time left", "0:04")
    assert row.loss.toolTip().splitlines()[-2:] == ["Epoch: 2 of 5", "Batch: 50 of 100"]
    assert row.loss.accessibleDescription() == "Epoch: 2 of 5, Batch: 50 of 100"
    session.train(100, np.full(100, 0.2))
    show(row, session)
    assert row.accuracy.toolTip().splitlines()[-2:] == [
        "Validation, best epoch: 92.00 %",
        "Validation, last epoch: 92.00 %",
    ]
    assert row.time.toolTip().endswith("Trained for: 0:03")


@pytest.mark.parametrize(("share", "said"), [(0.0, False), (0.9, True)])
def test_of_a_run_that_skips_easy_images_it_is_said_that_they_do_not_count(
    row, session, share, said
):
    session.start(skip_easy=share)
    session.train(3)
    show(row, session)
    assert ("left out as easy" in row.loss.toolTip()) is said


@pytest.mark.parametrize(
    ("limit", "left"), [({"max_images": 2 * 3000}, "0:01"), ({"max_seconds": 4.0}, "0:02")]
)
def test_a_limit_that_ends_the_run_bounds_the_time_left(row, session, limit, left):
    session.start(train_size=2000, batch_size=20, epochs=5, **limit)
    session.train(200)
    show(row, session)
    assert row.time.text() == left


def test_epochs_are_counted_to_the_one_that_a_limit_ends(row, session):
    session.start(train_size=2000, batch_size=20, epochs=5, max_images=3000)
    session.train(100)
    show(row, session)
    assert "Epoch: 1 of 2" in row.loss.toolTip()


def test_an_epoch_that_is_just_done_is_still_the_one_shown(row, session):
    session.start(epochs=2)
    session.train(200)
    show(row, session)
    assert row.loss.toolTip().splitlines()[-2:] == ["Epoch: 2 of 2", "Batch: 100 of 100"]


def test_the_end_brings_the_test_accuracy_and_the_time_taken(row, session):
    session.start(epochs=2)
    session.train(200)
    session.run.history.record(FinalEvaluation(0.1, 0.9781))
    session.set_status(RunStatus.COMPLETED)
    show(row, session)
    assert (row.accuracy.caption, row.accuracy.text()) == ("Test", "97.81 %")
    assert "Validation, best epoch: 92.00 %" in row.accuracy.toolTip()
    assert (row.time.caption, row.time.text()) == ("Time taken", "0:02")
    session.start()
    show(row, session)
    assert (row.accuracy.caption, row.time.caption) == ("Validation", "Time left")


def test_a_run_without_validation_or_with_a_broken_loss_has_dashes_for_them(row, session):
    session.start()
    session.train(3, [2.0, np.inf, np.nan])
    show(row, session)
    assert row.loss.text() == "–"
    assert row.accuracy.text() == "–"


def test_the_first_batch_makes_no_figure_that_is_not_known(row, session):
    session.start()
    show(row, session)
    session.train(1)
    show(row, session)
    assert "Batch: 1 of 100" in row.loss.toolTip()
    assert row.speed.text() == "–"
    assert row.time.text() == "–"


@pytest.mark.layout
@pytest.mark.parametrize("width", [*range(376, 700, 6), 900, 1300, 1900])
def test_no_tile_overlaps_another_and_no_number_its_caption(row, session, width):
    session.start()
    session.train(150, np.full(150, 0.25))
    show(row, session)
    row.window().show()
    row.resize(width, 42)
    shown = [tile for tile in row.tiles if not tile.isHidden()]
    assert shown == list(row.tiles)
    for tile in shown:
        assert row.rect().contains(tile.geometry())
        tile.setText({"Time left": "1:02:03", "Images / s": "512 000"}.get(tile.caption, "97.25 %"))
        caption = QFontMetrics(theme.number_font(9, QFont.Weight.Normal))
        number = QFontMetrics(theme.number_font(8))
        needs = [caption.horizontalAdvance(tile.caption), number.horizontalAdvance(tile.text())]
        beside = tile.width() >= 150
        assert (sum(needs) + 6 if beside else max(needs)) <= tile.width() - 20
    for one, other in itertools.pairwise(shown):
        assert one.geometry().right() + SPACING == other.geometry().left() - 1
    assert shown[-1].geometry().right() == width - 1
    row.grab()


@pytest.mark.parametrize(
    ("width", "names"),
    [(300, ["loss", "accuracy", "time"]), (200, ["loss", "accuracy"]), (90, ["loss"])],
)
def test_the_least_important_tiles_give_way(row, width, names):
    row.window().show()
    row.resize(width, 42)
    shown = [tile for tile in row.tiles if not tile.isHidden()]
    assert shown == [getattr(row, name) for name in names]


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.0, "0:00"), (20.2, "0:21"), (61, "1:01"), (3723, "1:02:03"), (float("inf"), "–")],
)
def test_durations_read_like_a_clock(seconds, text):
    assert duration(seconds) == text


def test_numbers_read_well():
    assert grouped(41200.4) == "41\u202f200"
    assert percentage(0.97623) == "97.62 %"
    assert percentage(float("nan")) == "–"
    assert loss_text(0.08123) == "0.0812"
    assert loss_text(123.456) == "123.5"
