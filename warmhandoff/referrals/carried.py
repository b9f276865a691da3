"""The hand-carried referral: for whoever wants help and wants nothing about them shared.

The person carries a code to the service, on paper or as a picture. It sends nothing about them and names nobody: behind it stand
a service and a holder. The holder goes on holding them and has the date; it closes by the receiver's word, who types the code,
or by the person's. Where they had not gone, the receiver's late word counts, as a late yes does. Who is held by someone else from
now on takes it along (migration 0017). Refusal never stops help.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from warmhandoff.custody import actions as custody
from warmhandoff.custody.protocol import AFTER_INTAKE
from warmhandoff.directory.models import Service
from warmhandoff.foundation import clock, codes, duties
from warmhandoff.foundation.errors import BadValue, WrongState
from warmhandoff.foundation.models import Actor, Duty
from warmhandoff.foundation.scoping import current_organization
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.network.models import Organization
from warmhandoff.participants import actions as participants
from warmhandoff.participants.models import FileEvent, Participant
from warmhandoff.participants.reading import file_of
from warmhandoff.referrals.slips import CarriedReferral, Slip

SUBJECT = "carried"
FOLLOW = "follow_carried"
CODE_LENGTH = 8
LIVES_DAYS = 60
Outcome = CarriedReferral.Outcome
# What the receiver can say: whether somebody came is all they know.
RECEIVER_SAYS = (Outcome.ARRIVED, Outcome.TURNED_AWAY)
CHECK_IN = "check_in"

duties.name({FOLLOW: duties.Kind(_("Ask about a referral on paper"))})


# --- The code -----------------------------------------------------------------------------------------------------


def code_of(slip: Slip) -> str:
    """What stands on the paper: eight characters in two groups, made of the row's number under a key kept elsewhere."""
    digest = hmac.new(_key(), f"slip:{slip.pk}".encode(), hashlib.sha256).digest()
    return codes.in_groups(codes.code_of(digest, CODE_LENGTH))


def slip_with(typed: str) -> Slip | None:
    """The slip whose code was typed, in any spelling of it; None where there is none, or it is too old."""
    code = codes.typed(typed)
    if len(code) != CODE_LENGTH:
        return None
    found = Slip.objects.filter(digest=_digest(code), dies_at__gt=clock.now())
    return found.select_related("service__organization", "organization").first()


def _digest(code: str) -> str:
    return hmac.new(_key(), f"code:{code}".encode(), hashlib.sha256).hexdigest()


def _key() -> bytes:
    return b"carried:" + str(settings.LINK_KEY).encode()


# --- Verbs --------------------------------------------------------------------------------------------------------


@transaction.atomic
def hand(
    *, file: Participant, service: Service, language: str, by: Actor, due_at: datetime | None = None
) -> CarriedReferral:
    """Give someone a code to carry there. They stay with the holder, who asks by `due_at` whether they got there."""
    held = custody.held(file.person_id)
    _require_open(service)
    if open_of(file).filter(slip__service=service).exists():
        raise WrongState("They carry a code for this service already.", mend="Print it again.")
    now = clock.now()
    slip = Slip.objects.create(
        organization_id=current_organization(),
        service=service,
        made_at=now,
        dies_at=now + timedelta(days=LIVES_DAYS),
    )
    Slip.objects.filter(pk=slip.pk).update(digest=_digest(code_of(slip).replace("-", "")))
    carried = CarriedReferral.objects.create(
        person_id=file.person_id,
        organization_id=current_organization(),
        slip=slip,
        language=language,
        handed_at=now,
        handed_by=by,
    )
    participants.write_event(file, FileEvent.Kind.CARRIED, by=by, subject=(SUBJECT, carried.pk))
    custody.close_planning(file.person_id, by=by)
    _require_near(due_at, now)
    duties.open_duty(
        owner=custody.owner_of(held),
        kind=FOLLOW,
        due_at=due_at or current_place().deadline("first_contact", now),
        by=by,
        person_id=file.person_id,
        subject=(SUBJECT, carried.pk),
        detail=carried.code,
        holds_release=True,
    )
    custody.point(file.person_id, by=by, custody=held)
    return carried


def _require_open(service: Service) -> None:
    if service.organization_id == current_organization():
        raise BadValue("service", "This is your own organization.", mend="Serve them yourself.")
    if not service.active or service.organization.state != Organization.State.ACTIVE:
        raise BadValue("service", "This service is no longer offered.", mend="Choose another one.")


def _require_near(due_at: datetime | None, now: datetime) -> None:
    if due_at is not None and not now < due_at <= now + timedelta(days=31):
        raise BadValue("due", "Ask within thirty days, from today on.", mend="Choose another day.")


@transaction.atomic
def tell(*, slip: Slip, outcome: str, by: Actor) -> bool:
    """The receiver's word, from the public page: they came. Acts as the slip, for the holder. True the first time."""
    if outcome not in RECEIVER_SAYS:
        raise BadValue("outcome", "There is no such answer.", mend="Choose one of the two.")
    carried = CarriedReferral.objects.filter(slip=slip).first()
    told = CarriedReferral.Told.RECEIVER
    if carried is None or not (
        _close(carried, outcome, told, by=by) or _came_after_all(carried, outcome, told, by=by)
    ):
        return False
    Slip.objects.filter(pk=slip.pk).update(used_at=clock.now())
    return True


@transaction.atomic
def settle(*, carried: CarriedReferral, outcome: str, by: Actor) -> bool:
    """The person's word, as the holder heard it. True the first time."""
    if outcome not in Outcome.values:
        raise BadValue("outcome", "There is no such answer.", mend="Choose one from the list.")
    return _close(carried, outcome, CarriedReferral.Told.PERSON, by=by)


def _close(carried: CarriedReferral, outcome: str, told_by: str, *, by: Actor) -> bool:
    closed = CarriedReferral.objects.filter(pk=carried.pk, closed_at__isnull=True).update(
        outcome=outcome, told_by=told_by, closed_at=clock.now(), closed_by=by
    )
    if not closed:
        return False
    _tell_file(carried, outcome, by=by)
    duties.close(duties.open_about((SUBJECT, carried.pk)), how=Duty.Closed.DONE, by=by)
    # Somebody else may hold them by now: then what is next is theirs to say.
    if custody.holds(carried.person_id):
        _next(carried, outcome, by=by)
    return True


def _came_after_all(carried: CarriedReferral, outcome: str, told_by: str, *, by: Actor) -> bool:
    """They had not gone when we asked, and went later: the row says so now, and the story tells both."""
    if not CarriedReferral.objects.filter(pk=carried.pk, outcome=Outcome.DID_NOT_GO).update(
        outcome=outcome, told_by=told_by, closed_at=clock.now(), closed_by=by
    ):
        return False
    _tell_file(carried, outcome, by=by)
    if outcome == Outcome.ARRIVED and custody.holds(carried.person_id):
        custody.close_planning(carried.person_id, by=by)
        _next(carried, outcome, by=by)
    return True


def _tell_file(carried: CarriedReferral, outcome: str, *, by: Actor) -> None:
    file = file_of(carried.person_id)
    if file is not None:
        participants.write_event(
            file, FileEvent.Kind.CARRIED_CLOSED, by=by, detail=outcome, subject=(SUBJECT, carried.pk)
        )


def _next(carried: CarriedReferral, outcome: str, *, by: Actor) -> None:
    """No end without a next step (P2): ask how it goes, look for another place, or decide."""
    kind = {
        Outcome.ARRIVED: CHECK_IN,
        Outcome.TURNED_AWAY: AFTER_INTAKE,
        Outcome.DID_NOT_GO: AFTER_INTAKE,
    }.get(outcome)  # type: ignore[call-overload]
    if kind is None:
        custody.point(carried.person_id, by=by)
        return
    due_at = current_place().deadline("next_step", clock.now())
    custody.add_step(person_id=carried.person_id, kind=kind, due_at=due_at, by=by)


# --- Reading ------------------------------------------------------------------------------------------------------


def carried_of(file: Participant) -> QuerySet[CarriedReferral]:
    """What somebody was given to carry by this organization, newest first."""
    return CarriedReferral.objects.filter(
        person_id=file.person_id, organization_id=current_organization()
    ).select_related("slip__service__organization")


def closed_by(slip: Slip) -> str:
    """By whose word it closed (`Told`); empty while the receiver's counts. Read for the slip's holder, who alone has that row."""
    counts = CarriedReferral.objects.filter(slip=slip).exclude(outcome=Outcome.DID_NOT_GO)
    return counts.values_list("told_by", flat=True).first() or ""


def open_of(file: Participant) -> QuerySet[CarriedReferral]:
    return carried_of(file).filter(closed_at__isnull=True)
