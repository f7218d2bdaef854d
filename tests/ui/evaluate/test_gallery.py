"""The gallery of images, whatever room it has."""

import pytest

from mnist_studio.ui.evaluate.gallery import Gallery

from ..windows import show_widget


@pytest.mark.parametrize(("width", "side"), [(400, 56), (700, 84), (1200, 112)])
def test_images_are_larger_where_many_of_them_fit_into_a_row(qtbot, width, side):
    gallery = Gallery()
    show_widget(qtbot, gallery, 300, 300)
    gallery.resize(width, 300)
    assert gallery.side == side
    assert side == 56 or 7 * side < width
