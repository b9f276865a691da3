"""What Today and the list of referrals hear while they are open: what the other side does, and what comes to be owed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from warmhandoff.casework.models import Appointment, AppointmentEvent
from warmhandoff.casework.states import CANCELLED
from warmhandoff.foundation import together
from warmhandoff.foundation.models import Actor, Duty
from warmhandoff.jurisdictions import dates
from warmhandoff.network.models import Membership, Queue
from warmhandoff.network.reading import covered_by, name_of
from warmhandoff.network.roles import Permission
from warmhandoff.participants.models import Listing
from warmhandoff.referrals.models import ReferralEvent
from warmhandoff.web.site.context import Who
from warmhandoff.web.site.live import Heard, Line, Source
from warmhandoff.web.today import said
from warmhandoff.web.today.lines import around, lines_of, seen_by, waiting_kinds
from warmhandoff.web.today.news import News, events_since, news_of, since_when

MOST = 10


def _owed(member: int, organization: int, actor: int, since: datetime, on: date) -> QuerySet[Duty]:
    """What others left to this member since: to them, to the queues they lead, and to whoever they cover for on that day."""
    me = Membership(pk=member, organization_id=organization)
    covered = covered_by(me, on).order_by().values("membership_id")
    led = Queue.objects.filter(Q(lead=me) | Q(lead_id__in=covered), organization_id=organization).values("id")
    return (
        Duty.objects.filter(Q(membership_id=member) | Q(membership_id__in=covered) | Q(queue_id__in=led))
        .filter(organization_id=organization, closed_at__isnull=True, opened_at__gte=since)
        .exclude(kind__in=waiting_kinds())
        .exclude(opened_by_id=actor)
        .order_by("-opened_at", "-id")[:MOST]
    )


def _called_off(member: int, organization: int, actor: int, since: datetime) -> QuerySet[AppointmentEvent]:
    """Appointments of this member that somebody else called off: what is agreed on or moved comes to be owed, and is heard so."""
    mine = AppointmentEvent.objects.filter(
        organization_id=organization,
        appointment__membership_id=member,
        kind=CANCELLED,
        recorded_at__gte=since,
    )
    return mine.exclude(by_id=actor).order_by("-recorded_at", "-id")[:MOST]


_TODAY = together.Prepared(
    lambda member, organization, actor, since, told_since, on: (
        _owed(member, organization, actor, since, on),
        events_since(told_since, Membership(pk=member, organization_id=organization)),
        _called_off(member, organization, actor, since),
    )
)
_ALL = together.Prepared(
    lambda organization, since: (events_since(since, Membership(organization_id=organization), of_all=True),)
)


def _heard(who: Who, since: datetime) -> list[Heard]:
    duties, events, off = _read(who, since, since)
    return [*_told_once(who, duties, events), *off]


def _of_the_page(who: Who, since: datetime) -> tuple[list[Heard], list[ReferralEvent]]:
    """The same; and what the other side did since the last working day, newest first, which the page tells itself."""
    duties, events, off = _read(who, since, since_when())
    heard = _told_once(who, duties, [event for event in events if event.recorded_at >= since])
    return [*heard, *off], events


def _read(
    who: Who, since: datetime, told_since: datetime
) -> tuple[list[Duty], list[ReferralEvent], list[Heard]]:
    """One statement: what others left to the reader, what the other side did, and which appointment of theirs is off."""
    duties, events, off = _TODAY.read(
        member=who.membership.pk,
        organization=who.organization.pk,
        actor=who.actor.pk,
        since=since,
        told_since=told_since,
        on=said.today(),
    )
    heard = [Heard(f"appointment:{event.pk}", event.recorded_at, event) for event in off]
    return duties, events if who.may(Permission.SEE_REFERRALS) else [], heard


def _told_once(who: Who, duties: Sequence[Duty], events: Sequence[ReferralEvent]) -> list[Heard]:
    """What somebody else did that leaves the reader a duty is told once, as what was done."""
    told = {event.referral_id for event in events}
    return [
        *_of(events),
        *(
            Heard(f"duty:{duty.pk}", duty.opened_at, duty)
            for duty in seen_by(duties, who)
            if not (duty.subject_kind == "referral" and duty.subject_id in told)
        ),
    ]


def _heard_by_all(who: Who, since: datetime) -> list[Heard]:
    (events,) = _ALL.read(organization=who.organization.pk, since=since)
    return _of(events)


def _of(events: Sequence[ReferralEvent]) -> list[Heard]:
    return [Heard(f"event:{event.pk}", event.recorded_at, event) for event in events]


def _told(who: Who, heard: Sequence[Heard]) -> list[Line]:
    events = [each.row for each in heard if isinstance(each.row, ReferralEvent)]
    duties = [each.row for each in heard if isinstance(each.row, Duty)]
    facts = around(duties, who, also=[event.referral_id for event in events])
    return [
        *(_line(news) for news in news_of(events, who, facts.referrals, facts.names)),
        *(Line(line.why, line.duty.opened_at, line.page, line.name) for line in lines_of(duties, facts)),
        *(_off(each.row) for each in heard if isinstance(each.row, AppointmentEvent)),
    ]


def _off(event: AppointmentEvent) -> Line:
    appointment = Appointment.objects.select_related("file").get(pk=event.appointment_id)
    listed = Listing.objects.filter(file_id=appointment.file_id).first()
    facts = {
        "who": name_of(Actor.objects.get(pk=event.by_id)),
        "when": dates.moment(event.starts_at),
    }
    says = _("%(who)s called off your appointment of %(when)s.") % facts
    page = reverse("people:appointment", args=[appointment.code])
    return Line(says, event.recorded_at, page, listed.short_name if listed else "")


def _line(news: News) -> Line:
    return Line(news.says, news.at, news.page, news.name)


TODAY = Source(_heard, _told, page=_of_the_page)
REFERRALS = Source(_heard_by_all, _told)
