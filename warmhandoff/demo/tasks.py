"""Background jobs of the demo."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from procrastinate.contrib.django import app

from warmhandoff.demo import earlier
from warmhandoff.foundation.tasks import with_a_living_connection
from warmhandoff.referrals import answering_time, board

AT_A_TIME: Final = 5  # then whatever else waits has its turn


def begin(until: datetime) -> None:
    """Let the worker tell the earlier months. The job stays in the queue until it is done, so one beginning is enough."""
    tell_earlier.configure(queueing_lock="tell_earlier").defer(life_id=0, timestamp=int(until.timestamp()))


@app.task(queue="demo", queueing_lock="tell_earlier", retry=3)
@with_a_living_connection
def tell_earlier(*, life_id: int, timestamp: int) -> None:
    """Some lives or a group, then the next job: the number of the first of them, and when the story ends."""
    following = life_id + (AT_A_TIME if life_id + AT_A_TIME <= len(earlier.lives()) else 1)
    until = datetime.fromtimestamp(timestamp, UTC)
    earlier.tell(range(life_id, min(following, earlier.units())), until=until)
    if following < earlier.units():
        tell_earlier.configure(queueing_lock="tell_earlier").defer(life_id=following, timestamp=timestamp)
    else:
        answering_time.tell()
        board.check_holders()
