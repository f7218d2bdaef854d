"""What was asked of the networks, and one that can answer nothing."""

import pytest

from ...training.builders import save_spoilt_run


@pytest.fixture
def asked(studio):
    """Who was answered so far."""
    asked = []
    studio.inquirer.answered.connect(lambda asker, _answer: asked.append(asker))
    return asked


@pytest.fixture
def open_spoilt(qtbot, studio, tmp_path):
    """Open a run whose weights are no numbers any more."""

    def open_spoilt():
        studio.session.data.load("mnist-10k")
        qtbot.waitUntil(lambda: studio.session.data.dataset is not None)
        path = tmp_path / "spoilt.npz"
        save_spoilt_run(path, studio.session.data.dataset)
        with qtbot.waitSignal(studio.session.opener.opened):
            studio.session.opener.open(path)

    return open_spoilt
