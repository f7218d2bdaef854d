"""How the page shares its room."""

import pytest
from PySide6.QtWidgets import QWidget

from mnist_studio.ui.train.view import TrainView

from ..fakes import FakeSession


@pytest.fixture
def view(qtbot):
    session = FakeSession()
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(1900, 1000)
    view = TrainView(session, window)
    view.resize(900, 600)
    with qtbot.waitExposed(window):
        window.show()
    view.load_plots()
    yield view
    window.close()
    session.deleteLater()


@pytest.mark.layout
@pytest.mark.parametrize("width", [420, 640, 1300])
def test_the_loss_leads_and_gets_all_the_room_where_there_is_little(view, width):
    loss, accuracy, gradient = view.plots
    for height, smaller in ((340, False), (500, True), (940, True)):
        view.resize(width, height)
        view.layout().activate()
        assert accuracy.isVisible() is smaller
        assert gradient.isVisible() is smaller
        if smaller:
            assert accuracy.graph.height() >= 90  # or its axis cannot be read
            assert loss.height() > 1.4 * accuracy.height()
            assert loss.geometry().bottom() < accuracy.mapTo(view, accuracy.rect().topLeft()).y()
        assert loss.geometry().top() > view.tiles.geometry().bottom()
        assert view.story.isVisible()


@pytest.mark.layout
def test_what_the_window_has_more_the_plots_get(view):
    loss, accuracy, _ = view.plots
    view.resize(900, 500)
    view.layout().activate()
    before = loss.height() + accuracy.height()
    view.resize(900, 900)
    view.layout().activate()
    assert loss.height() + accuracy.height() == before + 400
