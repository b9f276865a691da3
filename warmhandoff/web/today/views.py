"""The Today page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.paginator import Page, Paginator
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from warmhandoff.foundation import clock
from warmhandoff.foundation.models import Duty
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.network.roles import Permission
from warmhandoff.participants.models import Listing
from warmhandoff.participants.reading import own_people
from warmhandoff.referrals.models import ReferralEvent
from warmhandoff.web.site.access import requires
from warmhandoff.web.site.context import Who
from warmhandoff.web.site.live import listens
from warmhandoff.web.today import away, said
from warmhandoff.web.today.lines import KINDS, Line, around, lines_of, owed_by, waiting_kinds
from warmhandoff.web.today.live import TODAY
from warmhandoff.web.today.news import heading, news_of

# More than anybody reads at once: the rest is on the next page.
MOST = 200
# Of what is coming up, those that come first; the rest is one press away.
COMING_AT_FIRST = 10


@dataclass(frozen=True)
class Groups:
    """One's lines, first what is late, then what is due soon, then what is coming up or waits for others."""

    late: list[Line]
    soon: list[Line]
    coming: list[Line]
    horizon: datetime
    # How many more are coming up, and by when the last of them all is due.
    more: int = 0
    coming_until: datetime | None = None

    @property
    def coming_number(self) -> int:
        return len(self.coming) + self.more

    @property
    def needing(self) -> int:
        return len(self.late) + len(self.soon)

    @property
    def soon_by(self) -> str:
        return said.day(self.horizon)

    @property
    def coming_by(self) -> str:
        return said.weekday(self.coming_until) if self.coming_until else ""


def shown_at_first(duties: Sequence[Duty], *, everything: bool = False) -> list[Duty]:
    """All that needs the reader, and what comes up first of the rest."""
    now, horizon = clock.now(), soon_until()
    coming = [duty for duty in duties if not _needs_reader(duty, now, horizon)]
    later = set() if everything else {duty.pk for duty in coming[COMING_AT_FIRST:]}
    return [duty for duty in duties if duty.pk not in later]


def _needs_reader(duty: Duty, now: datetime, horizon: datetime) -> bool:
    waits = duty.kind in KINDS and KINDS[duty.kind].waits
    return duty.due_at < now or (duty.due_at <= horizon and not waits)


def soon_until() -> datetime:
    return current_place().deadline("next_step", clock.now())


def grouped(lines: Sequence[Line], *, of: Sequence[Duty] = ()) -> Groups:
    """The groups of these lines, and what is not told of the duties that they are of."""
    horizon = soon_until()
    # First what somebody else promised and let go by: nobody but the reader will notice it. Each group as it fell due.
    late = sorted((line for line in lines if line.late), key=lambda line: not line.broken_promise)
    soon = [line for line in lines if not line.late and not line.waits and line.due_at <= horizon]
    taken = {line.duty.pk for line in (*late, *soon)}
    coming = [line for line in lines if line.duty.pk not in taken]
    last = of[-1].due_at if of else coming[-1].due_at if coming else None
    return Groups(late, soon, coming, horizon, max(len(of) - len(lines), 0), last if coming else None)


@require_safe
@requires(Permission.SEE_TODAY)
@listens(TODAY)
def home(request: HttpRequest) -> HttpResponse:
    """What needs this member now."""
    who: Who = request.who  # type: ignore[attr-defined]
    absences = away.read(who)
    owed = owed_by(who, absences)
    duties, page = page_of(owed, request.GET.get("page"))
    heard: list[ReferralEvent] = request.live.read  # type: ignore[attr-defined]
    told = shown_at_first(duties, everything=request.GET.get("coming") == "all")
    facts = around(told, who, also=[event.referral_id for event in heard], away=absences)
    groups = grouped(lines_of(told, facts), of=duties)
    news = news_of(heard, who, facts.referrals, facts.names)
    late, soon = counted(owed) if page else (len(groups.late), len(groups.soon))
    context = {
        "today": said.weekday(said.today()),
        "lead": lead_of(late + soon, late),
        "groups": groups,
        "page": page,
        "nobody_waits": not late + soon,
        "news": news,
        "away": away.own(absences, who),
        "covering": away.covering(absences, who),
        "colleagues_away": away.colleagues(absences, who),
        "news_heading": heading(news),
        "with_you": "" if late + soon else with_you(who, groups),
        "may_take_in": who.may(Permission.TAKE_IN),
        "everything": "coming" in request.GET,
        "narrow_view": not who.may(Permission.CHANGE_FILE),
    }
    return render(request, "today/home.html", context)


def page_of(owed: QuerySet[Duty], number: str | None) -> tuple[list[Duty], Page | None]:
    """What one owes; where it is more than anybody reads at once, one page of it."""
    duties = list(owed[: MOST + 1])
    if len(duties) <= MOST:
        return duties, None
    page = Paginator(owed, MOST).get_page(number)
    return list(page.object_list), page


def counted(owed: QuerySet[Duty]) -> tuple[int, int]:
    """How many are late, and how many are due soon, on all pages together."""
    late = Q(due_at__lt=clock.now())
    soon = ~late & Q(due_at__lte=soon_until()) & ~Q(kind__in=waiting_kinds())
    found = owed.order_by().aggregate(late=Count("pk", filter=late), soon=Count("pk", filter=soon))
    return found["late"], found["soon"]


def lead_of(number: int, late: int) -> str:
    """`4 need you. 1 of them is late.`"""
    if not number:
        return _("Nobody is waiting for you.")
    need = ngettext("%(number)s needs you.", "%(number)s need you.", number) % {"number": number}
    if not late:
        return need
    if late == number:
        return f"{need} " + ngettext("It is late.", "All of them are late.", number)
    return f"{need} " + ngettext("%(number)s of them is late.", "%(number)s of them are late.", late) % {
        "number": late
    }


def with_you(who: Who, groups: Groups) -> str:
    """What an empty list still tells: `41 people are with you; the next date is Wednesday.`"""
    people = own_people(standing=Listing.Standing.HELD).filter(membership_id=who.membership.pk).count()
    if not people:
        return _("No one is with you yet.")
    said_people = ngettext("%(number)s person is with you", "%(number)s people are with you", people)
    told = said_people % {"number": people}
    if not groups.coming:
        return f"{told}."
    return _("%(people)s; the next date is %(day)s.") % {
        "people": told,
        "day": said.day(groups.coming[0].due_at),
    }
