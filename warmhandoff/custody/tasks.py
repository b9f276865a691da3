"""What happens when nobody answers a question about a person: the waiting ends, and nothing else. And who is told by rounds."""

from __future__ import annotations

from procrastinate.contrib.django import app

from warmhandoff.custody import actions, moves
from warmhandoff.custody.protocol import CALL
from warmhandoff.foundation import actors, clock, messages, timers
from warmhandoff.foundation.models import Actor, Timer
from warmhandoff.foundation.scoping import acting_as
from warmhandoff.foundation.tasks import with_a_living_connection
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.network.reading import queues
from warmhandoff.participants.notices import OwnPageNotice
from warmhandoff.participants.own_page import OwnAccess


@timers.on_step(moves.SUBJECT)
def waiting_ends(timer: Timer, by: Actor) -> None:
    moves.expire(party=moves.party_of(timer.subject_id), by=by)


@messages.on_undeliverable(OwnPageNotice)
def page_not_delivered(notice: OwnPageNotice, by: Actor) -> None:
    """The mail with somebody's own page came back: whoever holds them calls, and gives them a card."""
    access = OwnAccess.objects.get(link_id=notice.message.subject_id)
    if actions.holds(access.person_id):
        due_at = current_place().deadline("next_step", clock.now())
        actions.add_step(person_id=access.person_id, kind=CALL, due_at=due_at, by=by)


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
