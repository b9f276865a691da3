"""Who is away: whose lines stand on somebody else's Today, who covers for oneself, and who of one's colleagues is away this week."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from warmhandoff.foundation.models import Duty
from warmhandoff.network.models import Absence, Queue
from warmhandoff.network.reading import absences_between, covered_by, today
from warmhandoff.network.roles import Permission
from warmhandoff.web.site.context import Who
from warmhandoff.web.today import said


def for_whom(duties: Sequence[Duty], who: Who) -> dict[int, str]:
    """`For Denise Carter, away until Friday`: of the duties that are somebody else's, by their number."""
    mine = who.membership.pk
    others = [
        duty for duty in duties if duty.membership_id != mine and duty.organization_id == who.organization.pk
    ]
    if not others:
        return {}
    away = {each.membership_id: _for(each) for each in covered_by(who.membership, today())}
    if not away:
        return {}
    leads = dict(Queue.objects.filter(organization_id=who.organization.pk).values_list("pk", "lead_id"))
    owed = {duty.pk: duty.membership_id or leads.get(duty.queue_id or 0) for duty in others}
    return {pk: away[owner] for pk, owner in owed.items() if owner in away}


def _for(absence: Absence) -> str:
    return _("For %(name)s, away until %(day)s") % {
        "name": absence.membership.user.name,
        "day": said.day(absence.until_day),
    }


@dataclass(frozen=True)
class Away:
    """One absence, as its line tells it."""

    name: str
    days: str
    cover: str
    page: str


def own(who: Who) -> Away | None:
    """One's own absence, while it lasts or where it begins this week."""
    mine = _this_week(who).filter(membership=who.membership).first()
    return _told(mine) if mine else None


def covering(who: Who) -> list[Away]:
    """For whom one is asked to stand in by name today, also while nothing of theirs is due."""
    return [_told(each) for each in covered_by(who.membership, today()) if each.cover_id == who.membership.pk]


def colleagues(who: Who) -> list[Away]:
    """Who else is away this week, for whoever gives people to colleagues."""
    if not who.may(Permission.ASSIGN):
        return []
    return [_told(each) for each in _this_week(who).exclude(membership=who.membership)]


def _this_week(who: Who) -> QuerySet[Absence]:
    """From today until Sunday."""
    first = today()
    return absences_between(who.organization.pk, first, first + timedelta(days=6 - first.weekday()))


def _told(absence: Absence) -> Away:
    begins = absence.from_day > today()
    words = _("from %(from)s until %(until)s") if begins else _("until %(until)s")
    return Away(
        name=absence.membership.user.name,
        days=words % {"from": said.day(absence.from_day), "until": said.day(absence.until_day)},
        cover=absence.cover.user.name if absence.cover else "",
        page=reverse("organization:absence", args=[absence.code]),
    )
