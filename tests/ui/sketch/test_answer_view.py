"""The big answer below the pad."""

from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from mnist_studio.ui.sketch.answer_view import AnswerView

from ..layout_requests import LayoutRequests

NAMES = tuple("0123456789")


def test_another_answer_has_nothing_laid_out_anew(qtbot):
    """Answers come several times a second while the network learns."""
    window = QWidget()
    view = AnswerView()
    QVBoxLayout(window).addWidget(view)
    qtbot.addWidget(window)
    window.show()
    qtbot.waitExposed(window)
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
