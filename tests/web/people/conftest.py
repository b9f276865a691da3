"""The cast's network, and no second step: the demo asks for none."""

import pytest

from tests import cast


@pytest.fixture(autouse=True)
def demo(settings):
    settings.DEMO = True


@pytest.fixture
def c(the_cast):
    return the_cast


@pytest.fixture
def rosa(c):
    """Held by Denise since this morning, with one need."""
    with c.acting("denise") as denise:
        return cast.take_in(denise)
