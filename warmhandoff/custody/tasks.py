"""What happens when nobody answers a question about a person: the waiting ends, and nothing else. And who is told by rounds."""

from __future__ import annotations

from procrastinate.contrib.django import app

from warmhandoff.custody import moves
from warmhandoff.foundation import actors, timers
from warmhandoff.foundation.models import Actor, Timer
from warmhandoff.foundation.scoping import acting_as
from warmhandoff.foundation.tasks import with_a_living_connection
from warmhandoff.network.reading import queues


@timers.on_step(moves.SUBJECT)
def waiting_ends(timer: Timer, by: Actor) -> None:
    moves.expire(party=moves.party_of(timer.subject_id), by=by)


@app.periodic(cron="40 * * * *")
@app.task(queue="timers", queueing_lock="tell_unnamed", lock="tell_unnamed", pass_context=False)
@with_a_living_connection
def tell_unnamed(timestamp: int = 0) -> None:
    """Once an hour, for all at one time: the hour of a mail must not tell whom somebody asked."""
    tell_all_unnamed()


def tell_all_unnamed() -> int:
    """Each organization looks for itself whether a partner asks it something. How many were told."""
    with acting_as(None, purpose="protocol"):
        asked = dict.fromkeys(queues().values_list("organization_id", flat=True))
    told = 0
    for organization_id in asked:
        actor = actors.system_actor(organization_id)
        with acting_as(actor, purpose="protocol", classes=timers.CLASSES_OF_THE_SYSTEM):
            told += moves.tell_unnamed()
    return told
