"""A person's hours of paid work, handed in from their phone: by the same verbs as staff, and with the same refusals.

A look reads what the owner's function gives them. A press enters the one organization whose work it is, for that press alone, and
the database lets them write hours of theirs and no others.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from warmhandoff.foundation import terms
from warmhandoff.foundation.errors import BadValue, NotYours, WrongState
from warmhandoff.foundation.models import Actor
from warmhandoff.foundation.scoping import current_organization
from warmhandoff.jurisdictions.dates import short_day
from warmhandoff.labor_market.reading import dollars
from warmhandoff.programs import own_page
from warmhandoff.programs.actions import hours as verbs
from warmhandoff.programs.models import PaidWork, Timesheet
from warmhandoff.programs.own_page import OwnWork
from warmhandoff.programs.reading.work import is_approved, is_sent_back, monday_of, total_of
from warmhandoff.programs.states import PLANNED
from warmhandoff.web.own.acts import once
from warmhandoff.web.own.door import Visit, behind_the_link, frame
from warmhandoff.web.people.work_forms import HoursForm
from warmhandoff.web.site.mail_door import LOOKS
from warmhandoff.web.today import said
from warmhandoff.web.week import Week, number, week_of

# The name that they agreed to be known by there is of the class contact; all else of a work is of the class program.
CLASSES = ("contact", "program")
REASON, SENT_BACK = "hours_reason", "sent_back"
DONE: dict[str, Any] = {
    "handed_in": gettext_lazy("Handed in. Thank you."),
    "said_right": gettext_lazy("Said right, and handed in again. Thank you."),
}


class OwnHoursForm(HoursForm):
    """Seven days, without a word at each that it may stay empty: it is said once above them."""

    marks_optional = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.fields:
            self.fields[name].label = capfirst(self.fields[name].label or "")

    def why(self, *, sent_back: bool) -> None:
        """What the worksite sent back says why by itself; else it is asked what was wrong."""
        if sent_back:
            del self.fields["reason"]
        else:
            self.offer(
                "reason", [(code, words) for code, words in terms.choices(REASON) if code != SENT_BACK]
            )


@dataclass(frozen=True)
class WeekLine:
    """A week as it stands. `url`: where they can say it right."""

    week: Week
    says: str
    icon: str
    kind: str
    wrote: str
    url: str = ""


@dataclass(frozen=True)
class Next:
    says: str
    url: str
    more: str = ""


@dataclass(frozen=True)
class Line:
    """One work, with what is to be handed in first."""

    employer: str
    days: str
    says: str
    more: str
    percent: int
    next: Next | None
    others: list[Next]
    weeks: list[WeekLine]
    organization: str
    phone: str
    wrong: str


@behind_the_link(methods=LOOKS)
def hours(request: HttpRequest, visit: Visit) -> HttpResponseBase:
    """Week by week, and what is to be handed in next."""
    return _show(request, visit)


def _show(request: HttpRequest, visit: Visit, refused: WrongState | None = None) -> HttpResponse:
    context = frame(visit) | {
        "works": [_line(one, visit) for one in own_page.works()],
        "done": DONE.get(request.GET.get("done", "")),
        "refused": refused,
    }
    return render(request, "own/hours.html", context, status=refused.status if refused else 200)


def _line(one: OwnWork, visit: Visit) -> Line:
    total = total_of(one.work, one.sheets, one.wages)
    to_do = [*(_mend(sheet, visit) for sheet in one.to_mend()), *_to_write(one, visit)]
    return Line(
        employer=one.employer,
        days=_days(one),
        says=_("%(approved)s of %(planned)s planned hours approved")
        % {"approved": number(total.approved), "planned": total.planned},
        more=_("You earned %(dollars)s.") % {"dollars": dollars(total.earned)} if total.earned else "",
        percent=total.percent,
        next=to_do[0] if to_do else None,
        others=to_do[1:],
        weeks=[_week(sheet, one, visit) for sheet in one.sheets],
        organization=one.organization,
        phone=one.phone,
        wrong=visit.url("program_wrong", one.enrollment),
    )


def _days(one: OwnWork) -> str:
    work = one.work
    if work.state == PLANNED or work.started_on is None:
        return _("It is to begin on %(day)s.") % {"day": short_day(work.planned_from)}
    if work.ended_on is not None:
        return _("It ended on %(day)s.") % {"day": short_day(work.ended_on)}
    return _("Since %(day)s.") % {"day": short_day(work.started_on)}


def _mend(sheet: Timesheet, visit: Visit) -> Next:
    week = week_of(sheet)
    return Next(
        _("The week of %(begins)s was sent back") % {"begins": week.begins_said},
        visit.url("correct_hours", sheet.code),
        week.reason,
    )


def _to_write(one: OwnWork, visit: Visit) -> list[Next]:
    return [
        Next(
            _("Hand in the week of %(begins)s") % {"begins": short_day(week)},
            visit.url("write_hours", one.work.code, week.isoformat()),
        )
        for week in one.to_write(said.today())
    ]


def _week(sheet: Timesheet, one: OwnWork, visit: Visit) -> WeekLine:
    week = week_of(sheet)
    if week.approved:
        says, icon, kind = _("Approved, %(day)s") % {"day": week.said_on}, "check", "good"
    elif week.waits:
        asked = one.supervisor if one.is_asked_there else one.organization
        says, icon, kind = _("%(name)s looks at it") % {"name": asked}, "schedule", ""
    else:
        says, icon, kind = _("Sent back, %(day)s") % {"day": week.said_on}, "undo", ""
    wrote = _("You wrote it.") if week.by_themself else _("%(name)s wrote it.") % {"name": one.organization}
    url = "" if week.approved else visit.url("correct_hours", sheet.code)
    return WeekLine(week, says, icon, kind, wrote, url)


# --- Handing in ---------------------------------------------------------------------------------------------------


@behind_the_link()
def write(request: HttpRequest, visit: Visit, work: str, week: str) -> HttpResponseBase:
    """A week that nobody wrote down yet."""
    one = next((each for each in own_page.works() if each.work.code == work), None)
    monday = _monday(week)
    if one is None or monday is None:
        raise NotYours()
    if request.method != "POST" and any(sheet.week == monday for sheet in one.sheets):
        return redirect(visit.url("hours"))
    form = OwnHoursForm(request.POST or None, week=monday)

    def act(by: Actor) -> str:
        verbs.write_hours(work=_own(work), week=monday, hours=form.hours, by=by)
        return "handed_in"

    return _hand_in(request, visit, one, monday, form, act)


@behind_the_link()
def correct(request: HttpRequest, visit: Visit, sheet: str) -> HttpResponseBase:
    """A week that was written otherwise, or sent back. What is approved stands: who sees it otherwise says so."""
    found = [
        (one, each)
        for one in own_page.works()
        for each in (*one.sheets, *one.superseded)
        if each.code == sheet
    ]
    if not found:
        raise NotYours()
    one, stood = found[0]
    if request.method != "POST" and (is_approved(stood) or stood in one.superseded):
        return redirect(visit.url("hours"))
    initial: dict[str, Any] = {f"day_{n}": number(each) for n, each in enumerate(stood.hours) if each}
    form = OwnHoursForm(request.POST or None, week=stood.week, corrects=True, initial=initial)
    form.why(sent_back=is_sent_back(stood))

    def act(by: Actor) -> str:
        standing = Timesheet.objects.select_related("work__enrollment", "work__site__locality").get(
            code=sheet, organization_id=current_organization()
        )
        reason = form.cleaned_data.get("reason", SENT_BACK)
        verbs.correct_hours(sheet=standing, hours=form.hours, reason=reason, by=by)
        return "said_right"

    return _hand_in(request, visit, one, stood.week, form, act, stood=stood)


def _own(code: str) -> PaidWork:
    """A work that the owner's function said is theirs, in the organization that is entered for it."""
    return PaidWork.objects.select_related("enrollment", "site__locality").get(
        code=code, organization_id=current_organization()
    )


def _monday(week: str) -> date | None:
    try:
        day = date.fromisoformat(week)
    except ValueError:
        return None
    return day if day == monday_of(day) else None


def _hand_in(
    request: HttpRequest,
    visit: Visit,
    one: OwnWork,
    week: date,
    form: OwnHoursForm,
    act: Callable[[Actor], str],
    *,
    stood: Timesheet | None = None,
) -> HttpResponseBase:
    if form.is_bound and form.is_valid():
        try:
            done = once(form, visit, one.organization_id, act, classes=CLASSES)
            return redirect(visit.url("hours", done=done))
        except BadValue as error:
            form.refuse(error)
        except WrongState as error:
            return _show(request, visit, refused=error)
    context = frame(visit) | {
        "form": form,
        "work": one,
        "begins": short_day(week),
        "ends": short_day(week + timedelta(days=6)),
        "week": week_of(stood) if stood else None,
        "hours": visit.url("hours"),
    }
    return render(request, "own/write_hours.html", context, status=422 if form.is_bound else 200)
