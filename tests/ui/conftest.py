"""What lives as long as a window, for tests of its parts."""

import pytest

from mnist_studio.session.studio import Studio


@pytest.fixture
def studio(qapp, tmp_path):
    """Session, runs and sweeps in a folder of their own."""
    studio = Studio(tmp_path / "runs")
    yield studio
    studio.shut_down()
    studio.deleteLater()  # not by whichever thread collects the garbage
