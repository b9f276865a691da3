"""The network's board: who waits longer than promised, where, and since when. By code: it reads no person and no referral.

All of it stands on the office's own rows (`ReferralParty`, side network), which the database writes with each change.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection, transaction
from django.db.models import QuerySet

from warmhandoff.custody.models import HandoverParty
from warmhandoff.custody.states import EXPIRED as NO_ANSWER
from warmhandoff.custody.states import WITHDRAWN as TAKEN_BACK
from warmhandoff.directory.models import Service
from warmhandoff.foundation import clock
from warmhandoff.foundation.errors import NotYours
from warmhandoff.foundation.scoping import current_organization
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.network.models import Organization
from warmhandoff.referrals.checked import HolderCheck
from warmhandoff.referrals.models import ReferralParty
from warmhandoff.referrals.states import ACCEPTED, DECLINED, EXPIRED, SENT

# The morning count is of six o'clock, in the place's own time.
CHECKED_AT_HOUR = 6
LATELY = timedelta(days=30)
COMES_DUE_WITHIN = timedelta(days=14)
# The third "no" of a place in a month is no accident.
OFTEN = 3


# --- Who has no holder --------------------------------------------------------------------------------------------


def last_check() -> HolderCheck | None:
    return HolderCheck.objects.order_by("-checked_at").first()


def check_holders() -> None:
    """Count now. The owner's function sees all rows, and keeps two numbers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT wh_check_holders()")


@transaction.atomic
def check_holders_if_due() -> bool:
    """Count where nobody has since this morning's hour, or ever."""
    place, now = current_place(), clock.now()
    today = place.local(now)
    morning = today.replace(hour=CHECKED_AT_HOUR, minute=0, second=0, microsecond=0)
    due_since = morning if today >= morning else morning - timedelta(days=1)
    newest = last_check()
    if newest is not None and newest.checked_at >= due_since:
        return False
    check_holders()
    return True


# --- Who waits ----------------------------------------------------------------------------------------------------


def rows() -> QuerySet[ReferralParty]:
    """The office's own rows."""
    return ReferralParty.objects.filter(
        organization_id=current_organization(), side=ReferralParty.Side.NETWORK
    ).select_related("service", "other_organization", "from_organization", "at_organization")


def waits_longer_than_promised() -> QuerySet[ReferralParty]:
    """What is past its date, longest first. What is on hold is nobody's to hurry."""
    return rows().filter(due_at__lt=clock.now()).exclude(waits_for="hold").order_by("since", "id")


def row_or_404(code: str) -> ReferralParty:
    found = rows().filter(code=code).first()
    if found is None:
        raise NotYours()
    return found


def may_remind(row: ReferralParty) -> bool:
    """Whether a reminder helps: someone owes an answer, a first contact, a reply or a look, and heard nothing from us today."""
    owed = row.waits_for in ("reply", "review") or (row.waits_for == "" and row.state in (SENT, ACCEPTED))
    return owed and not reminded_today(row)


def reminded_today(row: ReferralParty) -> bool:
    place = current_place()
    return row.reminded_at is not None and place.day_of(row.reminded_at) == place.day_of(clock.now())


def may_suggest(row: ReferralParty) -> bool:
    """Whether another place helps: while nobody has said yes, or whoever holds the person decides what is next."""
    return row.state == SENT or row.waits_for == "decision"


def may_ask_to_take_over(row: ReferralParty, asked: HandoverParty | None) -> bool:
    """Whether the office may ask to take the person over: of what is late, once at a time, and not again after a no."""
    late = row.due_at is not None and row.due_at < clock.now() and row.waits_for != "hold"
    return late and (asked is None or asked.state in (NO_ANSWER, TAKEN_BACK))


def code_of_asked(handover_id: int) -> str:
    """The code by which the office asked to take someone over."""
    return rows().filter(take_over_id=handover_id).values_list("code", flat=True).first() or ""


def places_to_suggest(row: ReferralParty) -> list[Service]:
    """Other services of the same kind that can be asked here, by name. Whether one fits the person, their holder sees."""
    return list(
        Service.objects.filter(
            service_code=row.service.service_code,
            active=True,
            organization__standing=Organization.Standing.MEMBER,
            organization__state=Organization.State.ACTIVE,
        )
        .exclude(pk=row.service_id)
        .exclude(organization_id=row.from_organization_id or 0)
        .select_related("organization")
        .order_by("organization__name_sort", "name_sort", "id")
    )


# --- What to look at ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Silence:
    """One organization that lets referrals wait: how many, and since when."""

    organization: Organization
    number: int
    since: datetime


def silent_organizations() -> list[Silence]:
    """Who has not answered in time: what still waits for them, and what ended so lately."""
    waiting = rows().filter(state=SENT, waits_for="", due_at__lt=clock.now())
    ended = rows().filter(state=EXPIRED, ended_at__gte=clock.now() - LATELY)
    found: dict[int, list[ReferralParty]] = {}
    for row in [*waiting, *ended]:
        found.setdefault(row.other_organization_id, []).append(row)
    silent = [
        Silence(theirs[0].other_organization, len(theirs), min(row.sent_at for row in theirs))
        for theirs in found.values()
    ]
    return sorted(silent, key=lambda each: (-each.number, each.since, each.organization.pk))


@dataclass(frozen=True)
class Declines:
    """Refusals of one service for one reason in the last thirty days."""

    row: ReferralParty
    number: int

    @property
    def reason(self) -> str:
        return self.row.decline_reason

    @property
    def is_often(self) -> bool:
        return self.number >= OFTEN


def declines_lately() -> list[Declines]:
    """By service and reason, the most frequent first."""
    found: dict[tuple[int, str], list[ReferralParty]] = {}
    for row in rows().filter(state=DECLINED, ended_at__gte=clock.now() - LATELY).order_by("-ended_at", "-id"):
        found.setdefault((row.service_id, row.decline_reason), []).append(row)
    counted = [Declines(theirs[0], len(theirs)) for theirs in found.values()]
    return sorted(counted, key=lambda each: (-each.number, each.row.pk))


@dataclass(frozen=True)
class ComesDue:
    """Waits of one kind at one service that come due soon: how many, and when the first does."""

    row: ReferralParty
    number: int
    by: datetime


def coming_due() -> list[ComesDue]:
    """Waitlists and holds whose date comes within two weeks, the next first."""
    now = clock.now()
    soon = rows().filter(
        waits_for__in=("review", "hold"), due_at__gte=now, due_at__lte=now + COMES_DUE_WITHIN
    )
    return _by_service(soon.order_by("due_at", "id"))


def _by_service(found: Iterable[ReferralParty]) -> list[ComesDue]:
    grouped: dict[tuple[int, str], list[ReferralParty]] = {}
    for row in found:
        grouped.setdefault((row.service_id, row.waits_for), []).append(row)
    return [
        ComesDue(theirs[0], len(theirs), theirs[0].due_at)
        for theirs in grouped.values()
        if theirs[0].due_at is not None
    ]


def business_days_since(moment: datetime) -> int:
    place = current_place()
    return place.business_days_between(place.day_of(moment), _today())


def _today() -> date:
    return clock.today(current_place().zone)
