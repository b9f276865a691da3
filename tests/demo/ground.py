"""What tests of a told demo stand on: a database marked as one, and the story of five people."""

from __future__ import annotations

from unittest.mock import patch

from tests import grounds
from tests.cast import MONDAY
from warmhandoff.demo import clock as demo_clock
from warmhandoff.demo import story
from warmhandoff.demo.acts import Stage
from warmhandoff.demo.lives import LIVES
from warmhandoff.foundation import clock
from warmhandoff.foundation.models import DatabaseMark

NAMES = ("Rosa Mendoza", "Maria Peralta", "Curtis Bell", "Andre Williams", "Teresa Quintanilla")
FEW = tuple(life for life in LIVES if life.name in NAMES)


def mark() -> None:
    """From now on it is Monday morning there."""
    moment = clock.now()
    DatabaseMark.objects.using("owner").update(kind="demo", clock_offset=MONDAY - moment, marked_at=moment)


def _told() -> Stage:
    mark()
    with patch.object(story, "LIVES", FEW):
        return story.build(demo_clock.now())


THE_STORY = grounds.Ground("the_story", _told)
