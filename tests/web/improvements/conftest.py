"""The cast's network, and no second step: the demo asks for none."""

import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def demo(settings):
    settings.DEMO = True
    cache.clear()


@pytest.fixture
def c(the_cast):
    return the_cast
