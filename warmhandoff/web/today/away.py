"""Who is away: whose lines stand on somebody else's Today, who covers for oneself, and who of one's colleagues is away this week."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from warmhandoff.foundation import together
from warmhandoff.foundation.models import Duty
from warmhandoff.network.models import Absence, Membership, Queue, User
from warmhandoff.network.reading import absences_between, covered_by, today
from warmhandoff.network.roles import Permission
from warmhandoff.web.site.context import Who
from warmhandoff.web.today import said


@dataclass(frozen=True)
class Away:
    """Who of the reader's organization is away from today until Sunday, and whose duties the reader sees to today."""

    this_week: list[Absence]
    covered: list[Absence]
    leads: dict[int, int | None]


def read(who: Who) -> Away:
    """All of it in one statement."""
    first = today()
    this_week, covered, queues, members, users = _PARTS.read(
        member=who.membership.pk,
        organization=who.organization.pk,
        first=first,
        last=first + timedelta(days=6 - first.weekday()),
    )
    user_of = {user.pk: user for user in users}
    member_of = {member.pk: member for member in members}
    for member in members:
        member.user = user_of[member.user_id]
    for absence in (*this_week, *covered):
        absence.membership = member_of[absence.membership_id]
        absence.cover = member_of[absence.cover_id] if absence.cover_id else None
    return Away(this_week, covered, {queue.pk: queue.lead_id for queue in queues})


def _parts(member: int, organization: int, first: date, last: date) -> tuple[QuerySet[Any], ...]:
    week = absences_between(organization, first, last)
    named = week.order_by()
    members = Membership.objects.filter(organization_id=organization).filter(
        Q(pk__in=named.values("membership_id")) | Q(pk__in=named.values("cover_id"))
    )
    return (
        week,
        covered_by(Membership(pk=member, organization_id=organization), first),
        Queue.objects.filter(organization_id=organization),
        members,
        User.objects.filter(pk__in=members.values("user_id")),
    )


_PARTS = together.Prepared(_parts)


def for_whom(duties: Sequence[Duty], who: Who, away: Away | None = None) -> dict[int, str]:
    """`For Denise Carter, away until Friday`: of the duties that are somebody else's, by their number."""
    mine = who.membership.pk
    others = [
        duty for duty in duties if duty.membership_id != mine and duty.organization_id == who.organization.pk
    ]
    if not others:
        return {}
    away = away or read(who)
    says = {each.membership_id: _for(each) for each in away.covered}
    owed = {duty.pk: duty.membership_id or away.leads.get(duty.queue_id or 0) for duty in others}
    return {pk: says[owner] for pk, owner in owed.items() if owner in says}


def _for(absence: Absence) -> str:
    return _("For %(name)s, away until %(day)s") % {
        "name": absence.membership.user.name,
        "day": said.day(absence.until_day),
    }


@dataclass(frozen=True)
class Told:
    """One absence, as its line tells it."""

    name: str
    days: str
    cover: str
    page: str


def own(away: Away, who: Who) -> Told | None:
    """One's own absence, while it lasts or where it begins this week."""
    return next((_told(each) for each in away.this_week if each.membership_id == who.membership.pk), None)


def covering(away: Away, who: Who) -> list[Told]:
    """For whom one is asked to stand in by name today, also while nothing of theirs is due."""
    return [_told(each) for each in away.covered if each.cover_id == who.membership.pk]


def colleagues(away: Away, who: Who) -> list[Told]:
    """Who else is away this week, for whoever gives people to colleagues."""
    if not who.may(Permission.ASSIGN):
        return []
    return [_told(each) for each in away.this_week if each.membership_id != who.membership.pk]


def _told(absence: Absence) -> Told:
    begins = absence.from_day > today()
    words = _("from %(from)s until %(until)s") if begins else _("until %(until)s")
    return Told(
        name=absence.membership.user.name,
        days=words % {"from": said.day(absence.from_day), "until": said.day(absence.until_day)},
        cover=absence.cover.user.name if absence.cover else "",
        page=reverse("organization:absence", args=[absence.code]),
    )
