"""A database marked as a demo, standing on a Monday morning; and a story short enough for each test to tell it."""

from __future__ import annotations

import pytest
from django.db import connections

from tests.cast import MONDAY
from tests.demo import ground
from warmhandoff.demo import counts, story

__all__ = ["MONDAY"]


@pytest.fixture
def demo_database(transactional_db):
    """As `warmhandoff demo` marks it, but for the moment at which it stands."""
    ground.mark()
    counts.install()
    yield
    counts.uninstall()
    connections["owner"].close()


@pytest.fixture
def few_people(monkeypatch):
    monkeypatch.setattr(story, "LIVES", ground.FEW)


@pytest.fixture
def told(demo_database, few_people, the_story):
    """The six organizations, and five of the people."""
    return the_story
