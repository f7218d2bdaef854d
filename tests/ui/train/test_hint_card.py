"""The card says what went wrong and does something about it, in the real window."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QToolButton, QWidget

from mnist_studio.insight.hints import Cause, HintKind
from mnist_studio.training.config import HiddenLayer, ModelConfig, RunConfig, TrainingConfig
from mnist_studio.training.status import RunStatus
from mnist_studio.ui.train.hint_card import HintCard

# The offscreen platform says so of every window with a smallest size.
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")

LEFT = Qt.MouseButton.LeftButton


def config_of(*widths, initializer="normal", **training):
    values = {"learning_rate": 10.0, "batch_size": 20, "epochs": 1} | training
    return RunConfig(
        model=ModelConfig(
            tuple(HiddenLayer(width) for width in widths or (64,)), initializer=initializer
        ),
        training=TrainingConfig(**values),
    )


GUESSES = config_of()
DIVERGES = config_of(
    256, 128, initializer="he", batch_size=128, optimizer="nesterov", warmup=0.1, epochs=4
)


@pytest.fixture
def window(qtbot, open_window):
    window = open_window()
    qtbot.waitUntil(lambda: window.studio.session.data.dataset is not None)
    return window


def card_of(window):
    return window.findChild(QWidget, "hintCard")


def train_to_the_end(qtbot, window, config):
    window.settings.set_config(config)
    with qtbot.waitSignal(window.studio.session.run_ended):
        QTest.mouseClick(window.findChild(QToolButton, "trainButton"), LEFT)
    qtbot.waitUntil(lambda: card_of(window).isVisible())


def test_a_network_that_learned_nothing_gets_other_settings_by_a_click(qtbot, window):
    train_to_the_end(qtbot, window, GUESSES)
    card = card_of(window)
    assert window.studio.session.status is RunStatus.COMPLETED
    qtbot.waitUntil(lambda: card.hint.ended)
    assert (card.hint.kind, card.hint.cause) == (HintKind.GUESSING, Cause.UNITS_DEAD)
    assert card.label.text().startswith("The network learned nothing: ")
    assert card.take.text() == "Use learning rate 1"
    QTest.mouseClick(card.take, LEFT)
    assert window.settings.config() == config_of(learning_rate=1.0)
    assert not window.studio.session.active


def test_a_run_that_diverged_is_told_with_the_rate_that_was_typed_and_tried_with_another(
    qtbot, window
):
    train_to_the_end(qtbot, window, DIVERGES)
    session, card = window.studio.session, card_of(window)
    assert session.status is RunStatus.FAILED
    qtbot.waitUntil(lambda: card.hint.kind is HintKind.DIVERGED)
    assert "with a learning rate of 10 are too large" in card.label.text()
    with qtbot.waitSignal(session.run_started):
        QTest.mouseClick(card.attempt, LEFT)
    assert session.run.config.training.learning_rate == 1.0
    assert window.settings.config().training.learning_rate == 1.0
    session.stop()
    qtbot.waitUntil(lambda: not session.active)


def test_while_it_trains_a_click_stops_it_and_trains_with_what_is_offered(qtbot, window):
    session, card = window.studio.session, card_of(window)
    window.settings.set_config(config_of(epochs=1000))
    QTest.mouseClick(window.findChild(QToolButton, "trainButton"), LEFT)
    qtbot.waitUntil(card.isVisible)
    assert session.active
    assert card.label.text().startswith("So far no better than guessing: ")
    assert not card.take.isVisible()  # the settings are in use
    assert card.attempt.text() == "Stop, train with learning rate 1"
    with qtbot.waitSignal(session.run_started):
        QTest.mouseClick(card.attempt, LEFT)
    assert session.run.config == config_of(epochs=1000, learning_rate=1.0)
    session.stop()
    qtbot.waitUntil(lambda: not session.active)


def test_that_nothing_reaches_the_first_layer_is_told_after_a_few_batches(qtbot, window):
    session, card = window.studio.session, card_of(window)
    window.settings.set_config(config_of(*[64] * 6, learning_rate=0.1))
    session.start(window.settings.config(), first="batch")
    for step in range(1, 8):  # the third look at the layers is at batch 8
        qtbot.waitUntil(lambda: session.run.history.step == step)  # noqa: B023
        qtbot.waitUntil(lambda: session.status is RunStatus.PAUSED)
        session.step()
    qtbot.waitUntil(card.isVisible)
    assert card.label.text() == (
        "Hardly any gradient reaches the first layer: its weights do not move."
    )
    assert card.attempt.text() == "Stop, train with initialization He"
    session.stop()
    qtbot.waitUntil(lambda: not session.active)


def test_a_run_that_diverges_while_another_page_is_looked_at_is_told_there_with_the_way_to_it(
    qtbot, window
):
    window.settings.set_config(DIVERGES)
    with qtbot.waitSignal(window.studio.session.run_ended):
        QTest.mouseClick(window.findChild(QToolButton, "trainButton"), LEFT)
        window.findChild(QWidget, "tabs").setCurrentIndex(len(window.pages) - 1)
    qtbot.waitUntil(lambda: any("learning rate" in text for text in window.messages.texts))
    show = next(each for each in window.messages.findChildren(QToolButton) if each.text() == "Show")
    QTest.mouseClick(show, LEFT)
    qtbot.waitUntil(card_of(window).isVisible)


def test_what_was_told_elsewhere_is_not_told_a_second_time_beside_the_card(qtbot, window):
    tabs = window.findChild(QWidget, "tabs")
    window.settings.set_config(DIVERGES)
    with qtbot.waitSignal(window.studio.session.run_ended):
        QTest.mouseClick(window.findChild(QToolButton, "trainButton"), LEFT)
        tabs.setCurrentIndex(len(window.pages) - 1)
    qtbot.waitUntil(lambda: any("learning rate" in text for text in window.messages.texts))
    tabs.setCurrentIndex(0)
    assert not any("learning rate" in text for text in window.messages.texts)
    qtbot.waitUntil(card_of(window).isVisible)


def test_an_opened_run_that_diverged_still_says_so(qtbot, window):
    train_to_the_end(qtbot, window, DIVERGES)
    session = window.studio.session
    with qtbot.waitSignal(session.opener.opened):
        session.opener.open(session.run.path)
    qtbot.waitUntil(lambda: card_of(window).hint.kind is HintKind.DIVERGED)


@pytest.mark.layout
@pytest.mark.parametrize("width", range(380, 1000, 20))
def test_sentence_and_buttons_are_whole_at_any_width(qtbot, width):
    from mnist_studio.insight.hints import Hint, Remedy

    outer = QWidget()
    qtbot.addWidget(outer)
    card = HintCard(outer)
    remedy = Remedy("learning_rate", 0.1, config_of(learning_rate=0.1))
    hint = Hint(HintKind.GUESSING, Cause.UNITS_DEAD, remedy, 1.0, 0.1124, 0.1124, ended=True)
    outer.show()
    card.resize(width, 60)
    card.show_hint(hint, training=False)
    card.resize(width, card.heightForWidth(width))
    card.layout().activate()
    widgets = [card.findChild(QLabel), card.take, card.attempt]
    for each in widgets:
        place = each.rect().translated(each.mapTo(card, each.rect().topLeft()))
        assert card.rect().contains(place)
        assert each is widgets[0] or each.width() >= each.sizeHint().width()
    label = widgets[0]
    assert label.height() >= label.heightForWidth(label.width())
    outer.close()
