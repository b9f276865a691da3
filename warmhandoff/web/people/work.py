"""Paid work of somebody: where they are to work, what they said about being introduced, and the hours of each week."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from warmhandoff.employers.models import EmployerContact, Site
from warmhandoff.employers.reading import contacts_of
from warmhandoff.foundation import terms
from warmhandoff.foundation.errors import NotYours, WrongState
from warmhandoff.jurisdictions.dates import full_day, short_day
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.labor_market.reading import dollars
from warmhandoff.network.roles import Permission
from warmhandoff.participants.models import Participant
from warmhandoff.programs.actions import hours as hours_verbs
from warmhandoff.programs.actions import work as verbs
from warmhandoff.programs.models import Enrollment, Introduction, PaidWork, Timesheet
from warmhandoff.programs.reading import work as reading
from warmhandoff.programs.states import (
    COMPLETED,
    PAID_WORK,
    PAID_WORK_STAFF_WORDS,
    PLANNED,
    TAKES_PART,
    UNDER_WAY,
    WORK_OPEN,
)
from warmhandoff.web.forms import OneUseKeyForm
from warmhandoff.web.people.acts import GET_OR_POST, do_once, shows_the_first_result
from warmhandoff.web.people.card import Card, card_for
from warmhandoff.web.people.person import frame
from warmhandoff.web.people.work_forms import (
    CallOffForm,
    DayForm,
    EndedForm,
    HoursForm,
    IntroduceForm,
    PaperForm,
    PlanForm,
    SupervisorForm,
    WageForm,
)
from warmhandoff.web.site.access import requires
from warmhandoff.web.site.context import Who
from warmhandoff.web.today import said
from warmhandoff.web.week import Week, number, week_of

CHANGE_SUPERVISOR = "change_supervisor"
SHOWN = {PLANNED: ("", "event"), UNDER_WAY: ("good", "flag"), COMPLETED: ("good", "check")}


@dataclass(frozen=True)
class Line:
    """Paid work as pages tell it: where, how it stands, and its hours against the plan."""

    work: PaidWork
    says: str
    kind: str
    icon: str
    about: str
    days: str
    total: reading.Total
    wage: str

    @property
    def hours(self) -> str:
        return _("%(approved)s of %(planned)s planned hours approved") % {
            "approved": number(self.total.approved),
            "planned": self.total.planned,
        }

    @property
    def more(self) -> str:
        parts = []
        if self.total.waiting:
            parts.append(_("%(hours)s wait for the worksite") % {"hours": number(self.total.waiting)})
        if self.total.sent_back:
            parts.append(_("%(hours)s were sent back") % {"hours": number(self.total.sent_back)})
        if self.total.earned:
            parts.append(_("%(dollars)s earned") % {"dollars": dollars(self.total.earned)})
        return ", ".join(parts)


def _line(work: PaidWork) -> Line:
    kind, icon = SHOWN.get(work.state, ("", "info_outline"))
    state = str(PAID_WORK_STAFF_WORDS[work.state])
    if work.end_reason:
        state = f"{state}: {said.inside(terms.word('work_end_reason', work.end_reason))}"
    about = [terms.word("work_kind", work.kind)]
    if work.occupation is not None:
        about.append(work.occupation.title)
    if work.employer_of_record_id != work.site.employer_id:
        about.append(_("paid by %(employer)s") % {"employer": work.employer_of_record.name})
    wages = list(work.wages.all())
    sheets = list(reading.standing_sheets([work]))
    wage = reading.wage_on(wages, said.today()) or (wages[0] if wages else None)
    return Line(
        work=work,
        says=state[:1].upper() + state[1:],
        kind=kind,
        icon=icon,
        about=", ".join(about),
        days=_days(work),
        total=reading.total_of(work, sheets, wages),
        wage=_("%(rate)s an hour") % {"rate": dollars(wage.hourly)} if wage else "",
    )


def _days(work: PaidWork) -> str:
    planned = _("planned %(begins)s to %(ends)s") % {
        "begins": full_day(work.planned_from),
        "ends": full_day(work.planned_to),
    }
    if work.started_on is None:
        return planned
    facts = {"day": full_day(work.started_on), "planned": planned}
    if work.ended_on is None:
        return _("since %(day)s, %(planned)s") % facts
    return _("%(begins)s to %(ends)s, %(planned)s") % {
        "begins": full_day(work.started_on),
        "ends": full_day(work.ended_on),
        "planned": planned,
    }


def _home(code: str, work: PaidWork | None = None) -> str:
    return reverse("people:one_work", args=[code, work.code]) if work else reverse("people:work", args=[code])


def _taking_part(file: Participant) -> Enrollment | None:
    return Enrollment.objects.filter(file=file, state__in=TAKES_PART).order_by("-enrolled_on", "-id").first()


@require_safe
@requires(Permission.SEE_PEOPLE, Permission.CHANGE_FILE)
def work(request: HttpRequest, code: str) -> HttpResponse:
    """What is planned and under way, and what was before."""
    who: Who = request.who  # type: ignore[attr-defined]
    card = card_for(code, who)
    lines = [_line(one) for one in reading.works_of(card.file)]
    context = {
        "open": [one for one in lines if one.work.state in WORK_OPEN],
        "over": [one for one in lines if one.work.state not in WORK_OPEN],
        "may_plan": _taking_part(card.file) is not None,
    }
    return render(request, "people/work.html", frame(card, "program", who) | context)


@require_http_methods(GET_OR_POST)
@requires(Permission.SEE_PEOPLE, Permission.CHANGE_FILE)
@shows_the_first_result
def plan_work(request: HttpRequest, code: str) -> HttpResponse:
    """Somebody who takes part is to work somewhere."""
    who: Who = request.who  # type: ignore[attr-defined]
    card = card_for(code, who)
    enrollment = _taking_part(card.file)
    if enrollment is None:
        raise WrongState(_("They don’t take part in a program now."), mend=_("Enroll them first."))
    sites = list(
        Site.objects.filter(active=True)
        .select_related("employer", "locality")
        .order_by("employer__name_sort", "id")
    )
    contacts = list(EmployerContact.objects.filter(active=True).select_related("employer", "mailbox"))
    form = PlanForm(request.POST or None, sites=sites, contacts=contacts)
    if form.is_bound and form.is_valid():
        done = do_once(
            request,
            form,
            lambda: verbs.plan_work(
                enrollment=enrollment,
                place=form.place,
                planned=form.planned,
                hourly=form.cleaned_data["wage"],
                by=who.actor,
            ),
            to=_home(code),
            says=_("Planned. Now ask them whether they may be introduced there."),
        )
        if done:
            return done
    context = {"card": card, "code": code, "form": form, "may_choose": bool(sites and contacts)}
    return render(request, "people/plan_work.html", context, status=422 if form.is_bound else 200)


@dataclass(frozen=True)
class Verb:
    """What can be said of paid work: the form for it, its heading, and what it does."""

    form: type[OneUseKeyForm]
    heading: Any
    act: Callable[..., object]


VERBS: dict[str, Verb] = {
    "introduce": Verb(IntroduceForm, gettext_lazy("May they be introduced there?"), verbs.introduce),
    CHANGE_SUPERVISOR: Verb(
        SupervisorForm, gettext_lazy("Somebody else says that hours are right"), verbs.change_supervisor
    ),
    "start": Verb(DayForm, gettext_lazy("They have begun to work"), verbs.start_work),
    "complete": Verb(DayForm, gettext_lazy("They worked as it was planned"), verbs.complete_work),
    "leave": Verb(EndedForm, gettext_lazy("It ended before its time"), verbs.leave_work),
    "call_off": Verb(CallOffForm, gettext_lazy("It doesn’t begin"), verbs.call_off_work),
    "pay": Verb(WageForm, gettext_lazy("Another wage"), verbs.pay),
}


def _able(one: PaidWork, yes: Introduction | None) -> list[str]:
    """What can be said now, what moves it on first."""
    able = [*PAID_WORK.verbs(one.state, "provider"), *PAID_WORK.besides(one.state, "provider")]
    known = [verb for verb in able if verb in VERBS]
    agreed = yes is not None and yes.agrees
    if one.state == PLANNED and not agreed:
        known = ["introduce", *(verb for verb in known if verb not in ("introduce", "start"))]
    return known


@require_http_methods(GET_OR_POST)
@requires(Permission.SEE_PEOPLE, Permission.CHANGE_FILE)
@shows_the_first_result
def one_work(request: HttpRequest, code: str, work: str) -> HttpResponse:
    """One of them: the next thing first, then its weeks; what else can be said stands behind links (`?say=`)."""
    who: Who = request.who  # type: ignore[attr-defined]
    card = card_for(code, who)
    found = reading.work_or_404(card.file, work)
    yes = reading.introduction_of(found)
    able, weeks = _able(found, yes), _weeks(found)
    missing = reading.weeks_missing(found, [sheet for sheet, _week in weeks], said.today())
    asked = request.GET.get("say", "")
    chosen = asked if asked in able else _first(found, yes, able, is_missing=bool(missing))
    others = list(contacts_of(found.site.employer).exclude(pk=found.supervisor_id))
    form = None
    if chosen and (chosen != CHANGE_SUPERVISOR or others):
        form = _form_for(chosen, found, request, others)
        if form.is_bound and form.is_valid():
            done = do_once(
                request,
                form,
                lambda: VERBS[chosen].act(work=found, by=who.actor, **_values(form)),
                to=_home(code, found),
                says=_("Changed. Ask them whether they may be introduced there.")
                if chosen == CHANGE_SUPERVISOR
                else _("Written down."),
            )
            if done:
                return done
    overseen = reading.supervisors_of(found)
    context = {
        "card": card,
        "code": code,
        "line": _line(found),
        "yes": yes,
        "before": [(event.supervisor, short_day(event.on)) for event in overseen[-2::-1]],
        "since": short_day(overseen[-1].on) if len(overseen) > 1 else "",
        "weeks": [week for _sheet, week in weeks],
        "missing": [(week, short_day(week)) for week in missing],
        "form": form,
        "chosen": chosen,
        "heading": VERBS[chosen].heading if chosen else "",
        "us": current_place().names.employers,
        "others": [(each, VERBS[each].heading) for each in able if each != chosen],
    }
    return render(
        request, "people/one_work.html", context, status=422 if form is not None and form.is_bound else 200
    )


def _first(found: PaidWork, yes: Introduction | None, able: list[str], *, is_missing: bool) -> str:
    """What the page asks by itself: who oversees it, where nobody does any more; the person's word, where they were not asked."""
    if not found.supervisor.active and CHANGE_SUPERVISOR in able:
        return CHANGE_SUPERVISOR
    if yes is None and "introduce" in able:
        return "introduce"
    return "" if is_missing or found.state == UNDER_WAY or not able else able[0]


def _form_for(
    chosen: str, found: PaidWork, request: HttpRequest, others: list[EmployerContact]
) -> OneUseKeyForm:
    if chosen == CHANGE_SUPERVISOR:
        return SupervisorForm(request.POST or None, contacts=others)
    on = found.planned_from if chosen == "start" else found.planned_to
    return VERBS[chosen].form(request.POST or None, initial={"on": min(on, said.today())})


def _values(form: Any) -> dict[str, Any]:
    if hasattr(form, "values"):
        return dict(form.values)
    return {key: value for key, value in form.cleaned_data.items() if key != "form_key"}


def _weeks(found: PaidWork) -> list[tuple[Timesheet, Week]]:
    """Newest first."""
    sheets = reading.standing_sheets([found]).order_by("-week")
    return [(sheet, week_of(sheet)) for sheet in sheets]


# --- Hours --------------------------------------------------------------------------------------------------------


@require_http_methods(GET_OR_POST)
@requires(Permission.SEE_PEOPLE, Permission.CHANGE_FILE)
@shows_the_first_result
def write_hours(request: HttpRequest, code: str, work: str) -> HttpResponse:
    """The hours of a week: `?week=` is its Monday, else the first that nobody wrote down."""
    who: Who = request.who  # type: ignore[attr-defined]
    card = card_for(code, who)
    found = reading.work_or_404(card.file, work)
    week = _asked_week(request, found)
    form = HoursForm(request.POST or None, week=week)
    if form.is_bound and form.is_valid():
        done = do_once(
            request,
            form,
            lambda: hours_verbs.write_hours(work=found, week=week, hours=form.hours, by=who.actor),
            to=_home(code, found),
            says=_("Written down."),
        )
        if done:
            return done
    return _hours_page(request, card, found, week, form, _("Hours of a week"))


def _asked_week(request: HttpRequest, found: PaidWork) -> date:
    missing = reading.weeks_missing(found, reading.standing_sheets([found]), said.today())
    try:
        asked = date.fromisoformat(request.GET.get("week", ""))
    except ValueError:
        asked = missing[0] if missing else said.today()
    return reading.monday_of(asked)


@require_http_methods(GET_OR_POST)
@requires(Permission.SEE_PEOPLE, Permission.CHANGE_FILE)
@shows_the_first_result
def correct_hours(request: HttpRequest, code: str, work: str, sheet: str) -> HttpResponse:
    """A week said right: what stood there is kept, and it is approved anew."""
    who: Who = request.who  # type: ignore[attr-defined]
    card = card_for(code, who)
    found = reading.work_or_404(card.file, work)
    stood = _sheet_or_404(found, sheet)
    initial: dict[str, Any] = {f"day_{n}": number(each) for n, each in enumerate(stood.hours) if each}
    if reading.is_sent_back(stood):
        initial["reason"] = "sent_back"
    form = HoursForm(request.POST or None, week=stood.week, corrects=True, initial=initial)
    if form.is_bound and form.is_valid():
        done = do_once(
            request,
            form,
            lambda: hours_verbs.correct_hours(
                sheet=stood, hours=form.hours, reason=form.cleaned_data["reason"], by=who.actor
            ),
            to=_home(code, found),
            says=_("Written down. The worksite is asked again."),
        )
        if done:
            return done
    return _hours_page(request, card, found, stood.week, form, _("Say a week right"), stood=stood)


@require_http_methods(GET_OR_POST)
@requires(Permission.SEE_PEOPLE, Permission.CHANGE_FILE)
@shows_the_first_result
def approve_hours(request: HttpRequest, code: str, work: str, sheet: str) -> HttpResponse:
    """Where the supervisor can't: somebody who saw the signed paper, and didn't write the hours, says that they are right."""
    who: Who = request.who  # type: ignore[attr-defined]
    card = card_for(code, who)
    found = reading.work_or_404(card.file, work)
    stood = _sheet_or_404(found, sheet)
    form = PaperForm(request.POST or None)
    if form.is_bound and form.is_valid():
        done = do_once(
            request,
            form,
            lambda: hours_verbs.approve(sheet=stood, by=who.actor),
            to=_home(code, found),
            says=_("Approved, by the signed paper."),
        )
        if done:
            return done
    context = {
        "card": card,
        "code": code,
        "work": found,
        "week": week_of(stood),
        "form": form,
        "is_own": stood.by_id == who.actor.pk,
    }
    return render(request, "people/approve_hours.html", context, status=422 if form.is_bound else 200)


def _sheet_or_404(found: PaidWork, code: str) -> Timesheet:
    sheet = reading.standing_sheets([found]).filter(code=code).select_related("work__site__locality").first()
    if sheet is None:
        raise NotYours()
    return sheet


def _hours_page(
    request: HttpRequest,
    card: Card,
    found: PaidWork,
    week: date,
    form: HoursForm,
    title: str,
    stood: Timesheet | None = None,
) -> HttpResponse:
    context = {
        "card": card,
        "code": card.file.code,
        "work": found,
        "form": form,
        "title": title,
        "begins": short_day(week),
        "ends": short_day(week + timedelta(days=6)),
        "week": week_of(stood) if stood else None,
    }
    return render(request, "people/hours.html", context, status=422 if form.is_bound else 200)
