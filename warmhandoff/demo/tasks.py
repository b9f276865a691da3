"""Background jobs of the demo."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from procrastinate.contrib.django import app

from warmhandoff.demo import earlier
from warmhandoff.foundation.tasks import with_a_living_connection

AT_A_TIME: Final = 5  # then whatever else waits has its turn


def begin(until: datetime) -> None:
    """Let the worker tell the earlier months. The job stays in the queue until it is done, so one beginning is enough."""
    tell_earlier.configure(queueing_lock="tell_earlier").defer(first=0, until=until.isoformat())


@app.task(queue="demo", queueing_lock="tell_earlier", retry=3)
@with_a_living_connection
def tell_earlier(*, first: int, until: str) -> None:
    """Some lives, then the next job: `first` is where they begin, `until` where the story ends."""
    following = first + AT_A_TIME
    earlier.tell(range(first, min(following, len(earlier.lives()))), until=datetime.fromisoformat(until))
    if following < len(earlier.lives()):
        tell_earlier.configure(queueing_lock="tell_earlier").defer(first=following, until=until)
