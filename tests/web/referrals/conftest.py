"""The cast's network, and no second step: the demo asks for none."""

import pytest


@pytest.fixture(autouse=True)
def demo(settings):
    settings.DEMO = True


@pytest.fixture
def c(the_cast):
    return the_cast
