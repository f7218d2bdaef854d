"""The big answer below the pad."""

import pytest
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from mnist_studio.data.registry import DATASETS
from mnist_studio.ui.sketch.answer_view import AnswerView

from ..layout_requests import LayoutRequests
from ..windows import show_widget

NAMES = tuple("0123456789")
CLOTHES = DATASETS["fashion-mnist"].class_names
SURE = [0.04] * 9 + [0.64]


@pytest.fixture
def view(qtbot):
    return show_widget(qtbot, AnswerView(), 160, 90)


def places(view):
    QApplication.processEvents()
    labels = (view.digit, view.verdict)
    return [(label.geometry(), label.font()) for label in labels]


def test_the_name_of_a_class_is_the_answer_with_what_is_right_below_it(view):
    view.show_probabilities(SURE, CLOTHES, "T-shirt/top")
    (name, _), (verdict, _) = places(view)
    assert view.digit.text() == "Ankle boot"
    assert view.verdict.text() == "✗ T-shirt/top"
    assert view.line.text() == "64.0 % sure"
    assert verdict.top() >= name.bottom()


def test_a_right_name_is_not_said_twice(view):
    view.show_probabilities(SURE, CLOTHES, "Ankle boot")
    assert view.verdict.text() == "✓"


@pytest.mark.parametrize("points", [28, 60])
@pytest.mark.parametrize("width", [120, 160, 260])
def test_names_fit_and_are_as_large_as_they_can_be(view, points, width):
    view.show_probabilities(SURE, CLOTHES, "T-shirt/top")
    view.enlarge(points)
    view.resize(width, 140)
    assert view.width() == width
    for label in (view.digit, view.verdict):
        needed = label.fontMetrics().size(0, label.text())
        assert needed.width() <= width
        assert needed.height() <= label.height() + 1
        assert needed.width() > 0.85 * width or needed.height() > 0.85 * label.height()


def test_names_take_the_height_of_a_digit_which_stands_as_before_afterwards(view):
    view.show_probabilities(SURE, NAMES, "4")
    before, height = places(view), view.sizeHint().height()
    view.show_probabilities(SURE, CLOTHES, "Coat")
    assert places(view) != before
    assert view.sizeHint().height() == height
    view.show_probabilities(SURE, NAMES, "4")
    assert places(view) == before


def test_another_answer_has_nothing_laid_out_anew(qtbot):
    """Answers come several times a second while the network learns."""
    window = QWidget()
    view = AnswerView()
    QVBoxLayout(window).addWidget(view)
    show_widget(qtbot, window)
    requests = None
    for digit, share in enumerate((0.55, 0.65, 0.75, 0.85)):
        probabilities = [(1 - share) / 9] * 10
        probabilities[digit] = share
        view.show_probabilities(probabilities, NAMES, truth="2")
        QApplication.processEvents()
        assert view.line.text() == f"{100 * share:.1f} % sure"
        assert view.digit.text() == str(digit)
        assert view.digit.height() >= view.digit.fontMetrics().height()
        requests = requests or LayoutRequests(window)
    assert view.line.height() >= 2 * view.line.fontMetrics().lineSpacing()
    assert requests.count == 0
