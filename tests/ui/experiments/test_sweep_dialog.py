"""A new sweep by mouse and keyboard: values, ranges, choices, budget, and a line that sums up."""

import dataclasses

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QLabel,
    QLineEdit,
    QPushButton,
    QToolButton,
    QWidget,
)

from mnist_studio.sweeps.sweep import Budget, Sweep
from mnist_studio.training.config import DataConfig, RunConfig, TrainingConfig
from mnist_studio.training.presets import PRESETS
from mnist_studio.training.variation import parse_values, values_of
from mnist_studio.ui import theme
from mnist_studio.ui.experiments.sweep_dialog import SweepDialog
from mnist_studio.ui.experiments.sweep_pace import Pace
from mnist_studio.ui.experiments.sweep_summary import expected_seconds, rough_duration, summary
from mnist_studio.ui.experiments.sweep_values import names_to_vary, usual_values

from ..children import child

LAB_NOTE = RunConfig(DataConfig(), PRESETS["lab-note"].model, PRESETS["lab-note"].training)


@pytest.fixture
def open_dialog(qtbot):
    def open_one(config=LAB_NOTE, **arguments):
        dialog = SweepDialog(config, **({"jobs": 2} | arguments))
        qtbot.addWidget(dialog)
        dialog.show()
        return dialog

    return open_one


def write(line, text):
    line.setFocus()
    line.selectAll()
    QTest.keyClick(line, Qt.Key.Key_Delete)
    QTest.keyClicks(line, text)


def choose(box, data):
    """Choose an item of a box by the arrow keys."""
    box.setFocus()
    wanted = box.findData(data)
    assert wanted >= 0, data
    while box.currentIndex() != wanted:
        down = box.currentIndex() < wanted
        QTest.keyClick(box, Qt.Key.Key_Down if down else Qt.Key.Key_Up)


def message(dialog, prefix="sweepFirst"):
    label = child(dialog, QLabel, f"{prefix}Message")
    return label.text() if label.isVisible() else ""


def summary_of(dialog):
    return child(dialog, QLabel, "sweepSummary").text()


def start(dialog):
    return child(dialog, QPushButton, "sweepStart")


def press(button):
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


# --- what is varied ------------------------------------------------------------------------


def test_a_sweep_is_proposed_that_begins_with_the_current_settings(open_dialog):
    sweep = open_dialog().sweep()
    assert sweep.names == ("batch_size",)
    assert LAB_NOTE.training.batch_size in sweep.vary[0][1]
    assert sweep.base == LAB_NOTE
    assert sweep.budget == Budget("epochs", LAB_NOTE.training.epochs)
    assert sweep.repeat == 1


def test_typed_values_of_two_hyperparameters_are_combined(open_dialog, qtbot):
    dialog = open_dialog()
    write(dialog.first.text, "10, 20, 50")
    choose(dialog.second.name_box, "learning_rate")
    write(dialog.second.text, "0.05, 0.1")
    write(dialog.repeat, "2")
    assert summary_of(dialog) == "12 runs: 3 batch sizes × 2 learning rates × 2 seeds."
    with qtbot.waitSignal(dialog.start_requested) as asked:
        press(start(dialog))
    sweep, jobs = asked.args
    assert sweep.vary == (("batch_size", (10, 20, 50)), ("learning_rate", (0.05, 0.1)))
    assert (sweep.repeat, jobs) == (2, 2)
    assert sweep.title == "Batch size × Learning rate"
    assert not dialog.isVisible()


def test_enter_starts_from_any_field(open_dialog, qtbot):
    dialog = open_dialog()
    write(dialog.first.text, "10, 20")
    with qtbot.waitSignal(dialog.start_requested):
        QTest.keyClick(dialog.first.text, Qt.Key.Key_Return)


def test_escape_starts_nothing(open_dialog, qtbot):
    dialog = open_dialog()
    with qtbot.assertNotEmitted(dialog.start_requested):
        QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_a_value_that_cannot_be_used_is_told_at_its_field_while_typing(open_dialog):
    dialog = open_dialog()
    write(dialog.first.text, "10, 0")
    assert message(dialog) == "Batch size is 0, but must be between 1 and 10000."
    assert not start(dialog).isEnabled()
    assert summary_of(dialog) == ""
    write(dialog.first.text, "10, x")
    assert "not a whole number" in message(dialog)
    write(dialog.first.text, "10, 20")
    assert message(dialog) == ""
    assert start(dialog).isEnabled()


def test_too_many_runs_are_refused(open_dialog):
    dialog = open_dialog()
    write(dialog.first.text, "1..100:100:linear")
    choose(dialog.second.name_box, "learning_rate")
    write(dialog.second.text, "0.1..1:6")
    assert "at most 500" in child(dialog, QLabel, "sweepError").text()
    assert not start(dialog).isEnabled()


def test_the_same_hyperparameter_twice_is_refused(open_dialog):
    dialog = open_dialog()
    choose(dialog.second.name_box, "batch_size")
    assert "two different ones" in child(dialog, QLabel, "sweepError").text()
    assert not start(dialog).isEnabled()


def test_a_hyperparameter_without_effect_is_refused(open_dialog):
    dialog = open_dialog()
    choose(dialog.first.name_box, "momentum")
    assert "Momentum has no effect" in child(dialog, QLabel, "sweepError").text()
    choose(dialog.second.name_box, "optimizer")
    press(child(dialog, QPushButton, "sweepSecondChoice_momentum"))
    assert not child(dialog, QLabel, "sweepError").isVisible()
    assert start(dialog).isEnabled()


def test_choices_are_ticked(open_dialog):
    dialog = open_dialog()
    choose(dialog.first.name_box, "optimizer")
    assert not dialog.first.text.isVisible()
    adam = child(dialog, QPushButton, "sweepFirstChoice_adam")
    adam.setFocus()
    QTest.keyClick(adam, Qt.Key.Key_Space)
    assert dialog.sweep().vary == (("optimizer", ("sgd", "adam")),)
    press(adam)
    press(child(dialog, QPushButton, "sweepFirstChoice_sgd"))
    assert message(dialog) == "Tick at least one."
    choose(dialog.first.name_box, "hidden")
    assert dialog.first.text.isVisible()
    write(dialog.first.text, "64, 256-128")
    assert dialog.sweep().vary == (("hidden", ("64", "256-128")),)


# --- the range helper ----------------------------------------------------------------------


def test_a_range_fills_in_the_values(open_dialog):
    dialog = open_dialog()
    choose(dialog.first.name_box, "learning_rate")
    press(child(dialog, QToolButton, "sweepFirstRangeButton"))
    write(child(dialog, QLineEdit, "sweepFirstLow"), "0.001")
    write(child(dialog, QLineEdit, "sweepFirstHigh"), "1")
    write(child(dialog, QLineEdit, "sweepFirstCount"), "4")
    assert dialog.first.text.text() == "0.001, 0.01, 0.1, 1"
    choose(child(dialog, QComboBox, "sweepFirstScale"), "linear")
    assert dialog.first.values[0] == 0.001
    assert dialog.first.values[2] == pytest.approx(0.667, abs=0.01)


@pytest.mark.layout
@pytest.mark.parametrize("scale", [1.0, 1.5])
def test_all_of_a_range_is_seen_in_text_of_any_size(open_dialog, qtbot, scale):
    theme.set_scale(scale)
    dialog = open_dialog()
    button = child(dialog, QToolButton, "sweepFirstRangeButton")
    values = child(dialog, QLineEdit, "sweepFirstValues")
    first, second = (child(dialog, QComboBox, f"sweep{each}Name") for each in ("First", "Second"))
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    steps = child(dialog, QComboBox, "sweepFirstScale")
    qtbot.waitUntil(lambda: steps.mapTo(dialog, steps.rect().bottomRight()).y() > 0)
    assert steps.isVisible()
    assert steps.width() >= steps.sizeHint().width()
    for box in (first, second):
        assert box.width() >= box.minimumSizeHint().width()
    card = first.parentWidget()
    assert steps.mapTo(card, steps.rect().topRight()).x() < card.width()
    assert button.x() > values.geometry().right() + 4
    assert first.mapTo(dialog, QPoint()).x() == second.mapTo(dialog, QPoint()).x()


def test_a_range_that_is_none_is_told_at_the_values(open_dialog):
    dialog = open_dialog()
    press(child(dialog, QToolButton, "sweepFirstRangeButton"))
    write(child(dialog, QLineEdit, "sweepFirstLow"), "50")
    write(child(dialog, QLineEdit, "sweepFirstHigh"), "10")
    assert "is not a range" in message(dialog)
    assert not start(dialog).isEnabled()


def test_the_helper_is_gone_where_there_is_no_range(open_dialog):
    dialog = open_dialog()
    press(child(dialog, QToolButton, "sweepFirstRangeButton"))
    assert child(dialog, QLineEdit, "sweepFirstLow").isVisible()
    choose(dialog.first.name_box, "hidden")
    assert not child(dialog, QLineEdit, "sweepFirstLow").isVisible()
    assert not child(dialog, QToolButton, "sweepFirstRangeButton").isVisible()


# --- any text ------------------------------------------------------------------------------

texts = st.text(st.sampled_from("0123456789.,- e:loginarx"), max_size=24) | st.lists(
    st.integers(1, 12_000) | st.floats(1e-6, 20), max_size=6
).map(lambda values: ", ".join(f"{value:g}" for value in values))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=80)
@given(texts, st.sampled_from(["batch_size", "learning_rate", "hidden", "dropout"]))
def test_whatever_is_typed_is_either_used_as_read_or_explained(open_one_dialog, text, name):
    dialog = open_one_dialog
    dialog.first.choose(name)
    dialog.first.text.setText(text)
    found = message(dialog) or child(dialog, QLabel, "sweepError").text()
    if dialog.sweep() is None:
        assert found.endswith(".")
        assert not start(dialog).isEnabled()
    else:
        assert not found
        assert dialog.sweep().vary == ((name, parse_values(name, text)),)


@pytest.fixture
def open_one_dialog(open_dialog):
    return open_dialog()


@pytest.mark.parametrize("preset", sorted(PRESETS))
@pytest.mark.parametrize("name", names_to_vary())
def test_the_proposed_values_can_be_used(name, preset):
    config = RunConfig(DataConfig(), PRESETS[preset].model, PRESETS[preset].training)
    values = parse_values(name, usual_values(name, config))
    Sweep("", config, ((name, values),))
    if name not in ("hidden", "l2", "dropout"):
        assert values_of(config)[name] in values


# --- the budget ----------------------------------------------------------------------------


def test_the_budget_can_be_images_or_seconds(open_dialog):
    dialog = open_dialog()
    choose(dialog.budget_kind, "images")
    assert dialog.sweep().budget == Budget("images", 20 * 7200)
    choose(dialog.budget_kind, "seconds")
    write(child(dialog, QLineEdit, "sweepBudget_seconds"), "2.5")
    assert dialog.sweep().budget == Budget("seconds", 2.5)
    assert {c.training.max_seconds for c in dialog.sweep().configs()} == {2.5}


def test_a_budget_that_is_set_already_is_proposed(open_dialog):
    config = RunConfig(training=TrainingConfig(max_images=5000))
    assert open_dialog(config).sweep().budget == Budget("images", 5000)


def test_a_budget_of_nothing_is_refused(open_dialog):
    dialog = open_dialog()
    write(child(dialog, QLineEdit, "sweepBudget_epochs"), "9999")
    assert "between" in child(dialog, QLabel, "sweepError").text()
    assert not start(dialog).isEnabled()


def test_a_title_of_ones_own_is_kept(open_dialog):
    dialog = open_dialog()
    write(dialog.title_line, "  Which batch? ")
    assert dialog.sweep().title == "Which batch?"


# --- the summary ---------------------------------------------------------------------------


def sweep_of(values, repeat=1, budget=None, name="batch_size"):
    return Sweep("", LAB_NOTE, ((name, values),), repeat, budget)


def test_the_summary_tells_the_time_if_the_pace_is_known(qapp):
    sweep = sweep_of((20,), repeat=2, budget=Budget("images", 72_000))
    assert summary(sweep, 2, Pace(10_000, guessed=False)) == (
        "2 runs: 1 value of Batch size × 2 seeds, about 7 s on 2 cores."
    )
    assert summary(sweep, 1, Pace(10_000, guessed=False)).endswith("about 15 s one after another.")
    assert summary(sweep, 2) == "2 runs: 1 value of Batch size × 2 seeds."
    assert summary(sweep_of((20,)), 2, None) == "1 run."


def test_a_budget_of_seconds_needs_no_pace():
    sweep = sweep_of((10, 20, 50), budget=Budget("seconds", 10))
    assert expected_seconds(sweep, 2) == 20
    assert expected_seconds(sweep, 3) == 10


def test_small_batches_take_longer():
    small, large = (expected_seconds(sweep_of((n,)), 1, 10_000) for n in (10, 500))
    assert small > 1.2 * large


def test_other_hyperparameters_are_counted_by_their_name(qapp):
    sweep = sweep_of((0.0, 0.1), name="dropout")
    assert summary(sweep, 1) == "2 runs: 2 values of Dropout."


@given(st.floats(0.01, 1e6))
def test_a_rough_duration_is_close(seconds):
    text = rough_duration(seconds)
    number, unit = text.split()
    told = float(number) * {"s": 1, "min": 60, "h": 3600}[unit]
    assert told == pytest.approx(seconds, rel=0.35, abs=1)


# --- for everybody -------------------------------------------------------------------------


def test_every_control_has_a_tooltip_and_a_name(open_dialog):
    dialog = open_dialog()
    choose(dialog.second.name_box, "schedule")
    press(child(dialog, QToolButton, "sweepFirstRangeButton"))
    for kind in (QLineEdit, QComboBox, QAbstractButton):
        for control in dialog.findChildren(kind):
            if control.isVisible():
                assert control.toolTip(), control.objectName()
                assert control.objectName()
                text = control.text() if isinstance(control, QAbstractButton) else ""
                assert control.accessibleName() or text, control.objectName()


def test_tab_visits_the_fields_from_above(open_dialog, qtbot):
    dialog = open_dialog()
    qtbot.waitUntil(dialog.isActiveWindow)
    visited = []
    for _ in range(12):
        focused = dialog.focusWidget()
        assert isinstance(focused, QWidget)
        visited.append(focused.objectName())
        QTest.keyClick(focused, Qt.Key.Key_Tab)
    wanted = ["sweepFirstName", "sweepFirstValues", "sweepFirstRangeButton", "sweepSecondName"]
    assert visited[:4] == wanted
    assert visited.index("sweepBudget_epochs") < visited.index("sweep_seeds")
    assert visited.index("sweepTitle") < visited.index("sweepStart")


def test_the_settings_that_are_given_are_not_touched(open_dialog):
    before = dataclasses.replace(LAB_NOTE)
    dialog = open_dialog()
    write(dialog.first.text, "1, 2")
    assert before == LAB_NOTE == dialog.sweep().base
