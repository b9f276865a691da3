"""The second look at a no: begun with it or by whoever holds the person, decided at the network's office, which knows a code.

Whoever holds the person decides meanwhile as after any no, and is never made to wait: once they have, the database ends the look
in the same transaction. So of a look and a decision at once one is first, and the other is told that it moved on.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connection, transaction

from warmhandoff.directory.models import Service
from warmhandoff.foundation import clock, terms, timers
from warmhandoff.foundation.errors import BadValue, DomainError, NotAllowed, WrongState
from warmhandoff.foundation.models import Actor
from warmhandoff.foundation.scoping import Because, on_behalf_of
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.network.reading import office
from warmhandoff.participants.models import Consent
from warmhandoff.referrals import declines, notices, pace
from warmhandoff.referrals.actions import ending, sending, steps, waiting, watching
from warmhandoff.referrals.looking import REMINDER, SUBJECT, SecondLook
from warmhandoff.referrals.models import AnswerLink, Disposition, Referral, ReferralParty
from warmhandoff.referrals.states import OPEN

Verdict = SecondLook.Verdict
LONGEST_NOTE = watching.LONGEST_NOTE


class CannotAskAgain(DomainError):
    """Whatever the cause is: the office is told no more about a person than that."""

    code = "cannot_ask_again"
    sentence = "They can't be asked once more about this referral."
    mend = "Let the no stand, or suggest another place."


# --- Beginning ----------------------------------------------------------------------------------------------------


def look_where_wanted(referral: Referral, *, by: Actor) -> None:
    """With a no for one of the reasons at which the network looks once more."""
    said = referral.end_detail or referral.end_reason
    if said in current_place().second_looks.reasons and declines.may_look(referral):
        _begin(referral, SecondLook.Because.REASON, by=by)


@transaction.atomic
def ask_for_look(*, referral: Referral, why: str, by: Actor) -> SecondLook:
    """Whoever holds the person asks the network's office to look at the no, and says why in one tap."""
    referral = steps.fresh(referral, "sender", by=by)
    if by.kind != Actor.Kind.MEMBER:
        raise NotAllowed(
            "Only someone who works here can ask for this.", mend="Ask whoever holds the person."
        )
    if not terms.is_in_force("look_reason", why):
        raise BadValue("why", "Say why they should look again.", mend="Choose what is nearest.")
    undecided = Disposition.objects.filter(referral=referral, settled_at__isnull=True).exists()
    if not (undecided and declines.may_look(referral)):
        raise WrongState(
            "There is nothing to look at once more.", mend="Open the referral to see how it stands."
        )
    return _begin(referral, SecondLook.Because.SENDER, why, by=by)


def _begin(referral: Referral, because: str, why: str = "", *, by: Actor) -> SecondLook:
    place, now = current_place(), clock.now()
    look = SecondLook.objects.create(
        referral=referral,
        round=referral.asked_times,
        because=because,
        why=why,
        opened_at=now,
        due_at=place.business_days_after(now, place.second_looks.due),
    )
    steps.record(referral, steps.Kind.SECOND_LOOK, by=by, detail=why, due_at=look.due_at)
    home = office()
    if home is not None:
        timers.set_timers((SUBJECT, look.pk), {REMINDER: timers.Due(home.pk, look.due_at)}, is_new=True)
    return look


# --- Deciding -----------------------------------------------------------------------------------------------------


@transaction.atomic
def let_stand(*, party: ReferralParty, by: Actor) -> None:
    """The no stands; both sides hear it."""
    with _both_sides(_decide(party, Verdict.CONFIRMED), by=by) as referral:
        _tell_both(referral, notices.LookOver)


@transaction.atomic
def reroute(*, party: ReferralParty, service: Service, note: str = "", by: Actor) -> None:
    """The no stands, and another place is named to whoever holds the person: they decide."""
    decided = _decide(party, Verdict.REROUTED)
    watching.suggest(party=party, service=service, note=note, by=by)
    with _both_sides(decided, by=by) as referral:
        _tell_both(referral, notices.LookOver)


@transaction.atomic
def send_back(*, party: ReferralParty, note: str, by: Actor) -> Referral:
    """They are asked once more, with what the office writes; their time for an answer begins anew."""
    note = note.strip()
    if not note:
        raise BadValue("note", "Write what they should look at again.", mend="One sentence is enough.")
    if len(note) > LONGEST_NOTE:
        raise BadValue("note", "This is too long for a note.", mend="Shorten it, or call them.")
    with _both_sides(_decide(party, Verdict.SENT_BACK, note), by=by) as referral:
        _require_can_be_asked(referral)
        asked = _ask_again(referral, by=by)
        _tell_both(asked, notices.AskedAgain)
        return asked


@dataclass(frozen=True)
class _Decided:
    look_id: int
    referral_id: int
    sender_id: int


def _decide(party: ReferralParty, verdict: str, note: str = "") -> _Decided:
    """By the office's own row: it locks the referral, ends the look, and writes what both sides read."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT look, referral, sender FROM wh_decide_look(%s, %s, %s)", [party.pk, verdict, note]
        )
        found = cursor.fetchone()
    if found is None:
        raise WrongState(
            "This was decided already, by a colleague or by whoever holds the person.",
            mend="Open the list again to see what still waits.",
        )
    return _Decided(*found)


@contextmanager
def _both_sides(decided: _Decided, *, by: Actor) -> Iterator[Referral]:
    """Act for the sender, as the database lets the office in this one transaction."""
    with on_behalf_of(decided.sender_id, because=Because("second_look", decided.look_id)):
        yield Referral.objects.select_related(
            "service__organization", "receiver", "sender_membership", "receiver_membership"
        ).get(pk=decided.referral_id)


def _tell_both(referral: Referral, to_mailbox: type[notices.LinkNotice]) -> None:
    waiting.mail_links(referral, to_mailbox)
    steps.tell_sender(referral, notices.LookDecided)


def _require_can_be_asked(referral: Referral) -> None:
    """Whoever can still be asked, about somebody who still agrees, and who was not referred there anew meanwhile."""
    sending.require_can_receive(referral.service, referral.mode)
    asked_anew = Referral.objects.filter(
        person_id=referral.person_id,
        service_id=referral.service_id,
        sender_id=referral.sender_id,
        state__in=OPEN,
    )
    agreed = Consent.objects.get(pk=referral.consent_id)
    if asked_anew.exists() or not agreed.is_live(clock.now()):
        raise CannotAskAgain()


def _ask_again(referral: Referral, *, by: Actor) -> Referral:
    """The decision that waited is needed no more; the receiver's clock begins anew, and the holder waits for the answer."""
    now = clock.now()
    ending.call_off_decision(referral, Disposition.Outcome.ASKED_AGAIN, by=by)
    with steps.holder_side(referral):
        steps.record(referral, steps.Kind.SETTLED, by=by, detail=Disposition.Outcome.ASKED_AGAIN)
    referral = steps.move(
        referral, "ask_again", side="network", by=by, asked_times=referral.asked_times + 1, asked_again_at=now,
        answered_at=None, ended_at=None, end_reason="", end_detail="", full_until=None, tell_person=True,
        answer_due_at=steps.due_of("answer", referral),
    )  # fmt: skip
    AnswerLink.objects.filter(referral=referral).update(dies_at=None)
    numbers = pace.of(referral.service)
    rungs = {
        rung.step: timers.Due(steps.who_climbs(rung, referral), numbers.due_of_rung(rung, now))
        for rung in waiting.ladder_now(referral)
    }
    waiting.run(referral, rungs, by=by)
    return referral
