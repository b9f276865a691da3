"""What the network's office does about a referral that waits, without taking part in it: it reminds, names other places, and asks
whether it may take the person over, without learning who it is."""

from __future__ import annotations

from django.db import connection, transaction
from procrastinate.contrib.django import app

from warmhandoff.custody import moves
from warmhandoff.custody.models import HandoverParty
from warmhandoff.directory.models import Service
from warmhandoff.foundation import clock
from warmhandoff.foundation.errors import BadValue, WrongState
from warmhandoff.foundation.models import Actor
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.network.models import Membership
from warmhandoff.referrals.models import ReferralParty

# By its name: the job calls back into the actions.
_REMIND = "warmhandoff.referrals.tasks.remind_for_network"


@transaction.atomic
def remind(*, party: ReferralParty, by: Actor) -> None:
    """Remind whoever is late, once a day. Both sides read that the network's office did; the mail goes through the queue."""
    day_began = current_place().local(clock.now()).replace(hour=0, minute=0, second=0, microsecond=0)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT referral, organization FROM wh_remind_for_network(%s, %s)",
            [party.pk, day_began],
        )
        found = cursor.fetchone()
    if found is None:
        raise WrongState(
            "They were reminded today already, or it isn't late any more.",
            mend="Call them, or look again tomorrow.",
        )
    app.configure_task(_REMIND, queue="messages").defer(referral_id=found[0], organization_id=found[1])


LONGEST_NOTE = 500


@transaction.atomic
def suggest(*, party: ReferralParty, service: Service, note: str = "", by: Actor) -> None:
    """Name another place to whoever holds the person: it stands on their Today, on the referral, and where they decide."""
    note = note.strip()
    if len(note) > LONGEST_NOTE:
        raise BadValue("note", "This is too long for a note.", mend="Shorten it, or call them.")
    with connection.cursor() as cursor:
        cursor.execute("SELECT wh_suggest_for_network(%s, %s, %s)", [party.pk, service.pk, note])
        told = cursor.fetchone()[0]
    if not told:
        raise WrongState(
            "It was suggested already, can't be asked, or it doesn't wait any more.",
            mend="Open the board again to see how it stands now.",
        )


@transaction.atomic
def ask_to_take_over(
    *, party: ReferralParty, note: str = "", by: Actor, membership: Membership
) -> HandoverParty:
    """Ask whoever holds the person, by code, to hand them over to the office's queue. The holder decides, and the person.

    With their yes custody moves as with every request (`moving.hand_over`), and the office learns who it is; not before.
    """
    note = note.strip()
    if len(note) > LONGEST_NOTE:
        raise BadValue("note", "This is too long for a note.", mend="Shorten it, or call them.")
    asked = moves.ask_whoever_holds("wh_ask_take_over", party.pk, by=by, membership=membership, note=note)
    if asked is None:
        raise WrongState(
            "It was asked already, they are with you, or it isn't late any more.",
            mend="Open the board again to see how it stands now.",
        )
    return asked
