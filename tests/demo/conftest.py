"""A database marked as a demo, standing on a Monday morning; and a story short enough for each test to tell it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import connections

from warmhandoff.demo import clock as demo_clock
from warmhandoff.demo import counts, story
from warmhandoff.demo.lives import LIVES
from warmhandoff.foundation import clock
from warmhandoff.foundation.models import DatabaseMark

MONDAY = datetime(2026, 11, 23, 18, 40, tzinfo=UTC)
FEW = ("Rosa Mendoza", "Maria Peralta", "Curtis Bell", "Andre Williams", "Teresa Quintanilla")


@pytest.fixture
def demo_database(transactional_db):
    """As `warmhandoff demo` marks it, but for the moment at which it stands."""
    moment = clock.now()
    DatabaseMark.objects.using("owner").update(kind="demo", clock_offset=MONDAY - moment, marked_at=moment)
    counts.install()
    yield
    counts.uninstall()
    connections["owner"].close()


@pytest.fixture
def few_people(monkeypatch):
    monkeypatch.setattr(story, "LIVES", tuple(life for life in LIVES if life.name in FEW))


@pytest.fixture
def told(demo_database, few_people):
    """The six organizations, and five of the people."""
    return story.build(demo_clock.now())
