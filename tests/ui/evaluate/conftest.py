"""What was asked of the networks."""

import pytest


@pytest.fixture
def asked(studio):
    """Who was answered so far."""
    asked = []
    studio.inquirer.answered.connect(lambda asker, _answer: asked.append(asker))
    return asked
