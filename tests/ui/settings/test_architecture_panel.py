"""Hidden layers are added, removed, moved and edited, and nothing unbuildable gets through."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QToolButton, QWidget

from mnist_studio.training.config import ACTIVATIONS, INITIALIZERS, HiddenLayer, ModelConfig
from mnist_studio.training.hyperparameter import ConfigError
from mnist_studio.ui.network_drawing import NetworkDrawing
from mnist_studio.ui.settings.architecture_panel import ArchitecturePanel, memory_text
from mnist_studio.ui.settings.layer_row import LayerRow

from ..children import child
from ..windows import show_widget

LEFT = Qt.MouseButton.LeftButton
THREE = ModelConfig((HiddenLayer(64), HiddenLayer(32, "tanh"), HiddenLayer(16, "sigmoid")))


@pytest.fixture
def panel(qtbot):
    panel = ArchitecturePanel()
    return show_widget(qtbot, panel, 290, 400)


def widths(panel):
    return [layer.width for layer in panel.model().hidden]


layers = st.lists(
    st.builds(HiddenLayer, st.integers(1, 8192), st.sampled_from(ACTIVATIONS)), max_size=6
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(hidden=layers, initializer=st.sampled_from(INITIALIZERS))
def test_every_network_comes_back_as_it_went_in(panel, hidden, initializer):
    try:
        model = ModelConfig(tuple(hidden), initializer)
    except ConfigError:
        return
    panel.set_model(model)
    assert panel.model() == model
    assert tuple(row.layer() for row in panel.findChildren(LayerRow)) == model.hidden
    assert panel.valid


def test_a_layer_is_added_below_half_as_wide_and_ready_to_edit(qtbot, panel):
    with qtbot.waitSignal(panel.changed):
        qtbot.mouseClick(child(panel, QToolButton, "addLayerButton"), LEFT)
    assert widths(panel) == [256, 128]
    assert child(panel, QLineEdit, "layer2Width").hasFocus()


def test_a_layer_is_removed_and_softmax_regression_remains(qtbot, panel):
    with qtbot.waitSignal(panel.changed):
        qtbot.mouseClick(child(panel, QToolButton, "layer1Remove"), LEFT)
    assert panel.model().sizes == (784, 10)
    assert child(panel, QLabel, "parameterCount").text() == "7\u202f850 parameters"
    qtbot.mouseClick(child(panel, QToolButton, "addLayerButton"), LEFT)
    assert widths(panel) == [256]


def test_the_keyboard_alone_removes_layer_after_layer(qtbot, panel):
    panel.set_model(THREE)
    child(panel, QToolButton, "layer2Remove").setFocus()
    for expected in ([64, 16], [64], []):
        focused = panel.focusWidget()
        qtbot.keyClick(focused, Qt.Key.Key_Space)
        assert widths(panel) == expected
    assert panel.focusWidget().objectName() == "addLayerButton"


def test_the_drawing_and_the_figures_follow_every_key(qtbot, panel):
    editor = child(panel, QLineEdit, "layer1Width")
    editor.selectAll()
    qtbot.keyClicks(editor, "30")
    assert panel.model().sizes == (784, 30, 10)
    assert child(panel, QLabel, "parameterCount").text() == "23\u202f860 parameters"
    assert "30" in child(panel, NetworkDrawing, "networkDrawing").accessibleName()


def test_the_memory_depends_on_the_optimizer(panel):
    label = child(panel, QLabel, "memoryLabel")
    assert label.text() == "1.6 MB"
    panel.set_optimizer("adam")
    assert label.text() == "3.3 MB"
    assert memory_text(95_440) == "95 KB"
    assert memory_text(400e6) == "400 MB"


def test_an_activation_is_chosen_per_layer(qtbot, panel):
    panel.set_model(THREE)
    qtbot.keyClick(child(panel, QComboBox, "layer2Activation"), Qt.Key.Key_Home)
    assert [layer.activation for layer in panel.model().hidden] == ["relu", "relu", "sigmoid"]


@pytest.mark.parametrize("text", ["0", "99999", "x", "1.5", "-3", ""])
def test_an_impossible_width_is_refused_at_its_field_and_the_network_kept(qtbot, panel, text):
    editor = child(panel, QLineEdit, "layer1Width")
    editor.selectAll()
    qtbot.keyClick(editor, Qt.Key.Key_Delete)
    qtbot.keyClicks(editor, text + "\r")
    message = child(panel, QLabel, "architectureMessage")
    assert message.isVisible()
    assert message.text().startswith("Layer width must be")
    assert widths(panel) == [256]
    assert panel.first_invalid() is editor


def test_a_network_that_is_too_large_is_refused_in_one_sentence(qtbot, panel):
    panel.set_model(ModelConfig((HiddenLayer(8192), HiddenLayer(5000))))
    editor = child(panel, QLineEdit, "layer2Width")
    editor.selectAll()
    with qtbot.assertNotEmitted(panel.changed):
        editor.setText("6000")
    assert "at most 50 million" in panel.message
    assert widths(panel) == [8192, 5000]
    assert panel.first_invalid() is child(panel, QLineEdit, "layer1Width")
    editor.setText("100")
    assert panel.valid


def test_a_layer_is_dragged_to_another_place(qtbot, panel):
    panel.set_model(THREE)
    panel.layout().activate()
    handle = child(panel, QWidget, "layer1Handle")
    last = child(panel, QWidget, "layer3Handle")
    target = handle.mapFromGlobal(last.mapToGlobal(QPoint(5, 20)))
    qtbot.mousePress(handle, LEFT, pos=QPoint(5, 10))
    qtbot.mouseMove(handle, target)
    qtbot.mouseRelease(handle, LEFT, pos=target)
    assert widths(panel) == [32, 16, 64]
    assert panel.model().hidden[2].activation == "relu"


def test_a_layer_is_moved_by_arrow_keys_and_keeps_the_focus(qtbot, panel):
    panel.set_model(THREE)
    handle = child(panel, QWidget, "layer1Handle")
    handle.setFocus()
    for expected in ([32, 64, 16], [32, 16, 64], [32, 16, 64]):
        qtbot.keyClick(handle, Qt.Key.Key_Down)
        assert widths(panel) == expected
    assert handle.hasFocus()
    qtbot.keyClick(handle, Qt.Key.Key_Up)
    assert widths(panel) == [32, 64, 16]


def test_tab_goes_through_the_rows_in_their_order_on_screen(qtbot, panel):
    panel.set_model(THREE)
    qtbot.mouseClick(child(panel, QToolButton, "layer1Remove"), LEFT)
    qtbot.mouseClick(child(panel, QToolButton, "addLayerButton"), LEFT)
    qtbot.keyClick(child(panel, QWidget, "layer3Handle"), Qt.Key.Key_Up)
    child(panel, QWidget, "layer1Handle").setFocus()
    visited = []
    for _ in range(12):
        visited.append(panel.focusWidget().objectName())
        qtbot.keyClick(panel.focusWidget(), Qt.Key.Key_Tab)
    parts = ("Handle", "Width", "Activation", "Remove")
    assert visited == [f"layer{number}{part}" for number in (1, 2, 3) for part in parts]


def test_nothing_can_be_changed_while_running(panel):
    panel.set_running(True)
    for name in ("layer1Width", "layer1Activation", "layer1Remove", "layer1Handle"):
        assert not child(panel, QWidget, name).isEnabled()
    assert not child(panel, QWidget, "addLayerButton").isEnabled()
    assert "stop the training" in child(panel, QWidget, "layer1Width").toolTip()
    panel.set_model(THREE)
    assert not child(panel, QWidget, "layer3Width").isEnabled()
    panel.set_running(False)
    assert child(panel, QWidget, "layer3Width").isEnabled()
