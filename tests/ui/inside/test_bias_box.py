"""The field for a bias writes numbers as the window does and reads what people type."""

import pytest
from PySide6.QtCore import QLocale, Qt
from PySide6.QtTest import QTest

from mnist_studio.ui.inside.bias_box import BiasBox


@pytest.fixture(params=["en_US", "de_DE", "ar_EG"])
def box(qtbot, request):
    before = QLocale()
    QLocale.setDefault(QLocale(request.param))
    box = BiasBox()
    qtbot.addWidget(box)
    yield box
    QLocale.setDefault(before)


def test_a_bias_is_written_in_the_same_way_in_every_country(box):
    box.setValue(-0.25)
    assert box.text() == "−0.250"
    box.show_name(True)
    assert box.text() == "bias −0.250"
    box.setValue(-0.0002)
    assert box.text() == "bias 0.000"


@pytest.mark.parametrize("typed", ["-0.5", "-0,5", "−0.5"])
def test_a_bias_is_read_however_it_is_typed(box, typed):
    box.show_name(True)
    box.selectAll()
    box.lineEdit().insert(typed)
    assert box.text().endswith(typed)
    QTest.keyClick(box, Qt.Key.Key_Return)
    assert box.value() == -0.5
    assert box.text() == "bias −0.500"


def test_what_is_no_number_cannot_be_typed(box):
    box.selectAll()
    QTest.keyClicks(box, "1x2.5y")
    QTest.keyClick(box, Qt.Key.Key_Return)
    assert box.value() == 12.5
