"""One meeting of a group: who comes to it; moved, called off, led by somebody else; and make-ups beside the plan."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from warmhandoff.foundation import clock
from warmhandoff.foundation.errors import BadValue, DomainError, NotYours
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.network.roles import Permission
from warmhandoff.programs.actions import meetings as verbs
from warmhandoff.programs.models import CohortMember, Meeting, SessionTemplate
from warmhandoff.programs.reading import groups as reading
from warmhandoff.programs.reading.dosage import dosages
from warmhandoff.web.forms import ChoiceLabel
from warmhandoff.web.people.acts import do_once, shows_the_first_result
from warmhandoff.web.programs import groups_forms as forms
from warmhandoff.web.programs import groups_said as told
from warmhandoff.web.programs.groups import GET_OR_POST, group_page, refuse_above, show, who_of
from warmhandoff.web.site.access import requires

SEVERAL = "several"


def meeting_page(meeting: Meeting) -> str:
    return reverse("programs:meeting", args=[meeting.code])


@require_safe
@requires(Permission.RUN_GROUPS)
def meeting(request: HttpRequest, code: str) -> HttpResponse:
    """When and where, which session, who leads it, who is to come."""
    found = reading.meeting_or_404(code)
    expected = reading.expected_at(found)
    names = told.names_for([member.file for member, _session in expected])
    people: dict[int, dict[str, Any]] = {}
    for member, session in expected:
        one = people.setdefault(
            member.pk,
            {
                "name": told.name_in(names, member.file),
                "code": member.file.code,
                "guest": member.cohort_id != found.cohort_id,
                "sessions": [],
            },
        )
        if found.make_up or one["guest"]:
            one["sessions"].append(told.session_name(session))
    (line,) = told.meeting_lines([found])
    return show(
        request,
        "programs/meeting.html",
        meeting=found,
        line=line,
        leads=[found.cover] if found.cover else reading.leaders_of(found),
        people=sorted(people.values(), key=lambda each: each["name"]),
        is_planned=found.state == Meeting.State.PLANNED,
        has_begun=found.starts_at <= clock.now(),
    )


@require_http_methods(GET_OR_POST)
@requires(Permission.RUN_GROUPS)
@shows_the_first_result
def move(request: HttpRequest, code: str) -> HttpResponse:
    """This one to another day, or this and all that follow to the next time; never onto a holiday."""
    found, who = reading.meeting_or_404(code), who_of(request)
    local = current_place().local(found.starts_at)
    form = forms.MoveForm(
        request.POST or None,
        whole=not found.make_up,
        initial={"on": local.date(), "begins": local.time(), "room": found.room},
    )
    if form.is_bound and form.is_valid():
        data = form.cleaned_data

        def act() -> None:
            if data["which"] == forms.ALL:
                verbs.push_on(meeting=found, why=data["why"], by=who.actor)
            else:
                verbs.move(
                    meeting=found, on=data["on"], begins=data["begins"], room=data["room"], why=data["why"],
                    by=who.actor,
                )  # fmt: skip

        says = (
            _(
                "Moved, with all that follow, past the holidays. Who may be written to is told by mail; tell the others."
            )
            if data["which"] == forms.ALL
            else _("Moved. Who may be written to is told by mail; tell the others.")
        )
        done = do_once(request, form, act, to=group_page(found.cohort), says=says)
        if done:
            return done
    return show(
        request, "programs/meeting_move.html", form, meeting=found, line=told.meeting_lines([found])[0]
    )


@require_http_methods(GET_OR_POST)
@requires(Permission.RUN_GROUPS)
@shows_the_first_result
def cancel(request: HttpRequest, code: str) -> HttpResponse:
    """It isn't held; its session can be planned anew."""
    found, who = reading.meeting_or_404(code), who_of(request)
    form = forms.WhyMovedForm(request.POST or None)
    if form.is_bound and form.is_valid():
        done = do_once(
            request,
            form,
            lambda: verbs.cancel(meeting=found, why=form.cleaned_data["why"], by=who.actor),
            to=group_page(found.cohort),
            says=_(
                "Called off; who may be written to is told by mail. Plan its session anew when you know the day."
            ),
        )
        if done:
            return done
    return show(
        request, "programs/meeting_cancel.html", form, meeting=found, line=told.meeting_lines([found])[0]
    )


@require_http_methods(GET_OR_POST)
@requires(Permission.RUN_GROUPS)
@shows_the_first_result
def cover(request: HttpRequest, code: str) -> HttpResponse:
    """Somebody stands in for this one; those who are named as covers first."""
    found, who = reading.meeting_or_404(code), who_of(request)
    parts = {row.membership_id: row.part for row in reading.staff_on(found.cohort)}
    able = [one for one in reading.may_lead() if parts.get(one.pk) != "facilitator"]
    able.sort(key=lambda one: one.pk not in parts)
    form = forms.CoverForm(
        request.POST or None, colleagues=able, initial={"who": found.cover.code if found.cover else ""}
    )
    if form.is_bound and form.is_valid():
        done = do_once(
            request,
            form,
            lambda: verbs.cover(meeting=found, membership=form.chosen, by=who.actor),
            to=meeting_page(found),
            says=_("Saved. It stands on their list for that day."),
        )
        if done:
            return done
    return show(
        request, "programs/meeting_cover.html", form, meeting=found, line=told.meeting_lines([found])[0]
    )


# --- Beside the plan ----------------------------------------------------------------------------------------------


@require_http_methods(GET_OR_POST)
@requires(Permission.RUN_GROUPS)
@shows_the_first_result
def plan(request: HttpRequest, code: str) -> HttpResponse:
    """Plan one session, that was called off or is further, on a day of one's own choice."""
    cohort, who = reading.cohort_or_404(code), who_of(request)
    sessions = reading.sessions_to_plan(cohort)
    if not sessions:
        raise NotYours()
    form = _plan_form(request, sessions)
    if form.is_bound and form.is_valid():
        data = form.cleaned_data
        by_number = {str(one.number): one for one in sessions}
        done = do_once(
            request,
            form,
            lambda: verbs.plan(
                cohort=cohort, session=by_number[data["session"]], on=data["on"], begins=data["begins"],
                room=data["room"], by=who.actor,
            ),
            to=group_page(cohort),
            says=_("Planned."),
        )  # fmt: skip
        if done:
            return done
    return show(request, "programs/meeting_plan.html", form, cohort=cohort, make_up=False)


@require_http_methods(GET_OR_POST)
@requires(Permission.RUN_GROUPS)
@shows_the_first_result
def plan_make_up(request: HttpRequest, code: str) -> HttpResponse:
    """A meeting beside the plan, for what people missed."""
    cohort, who = reading.cohort_or_404(code), who_of(request)
    sessions = list(cohort.version.sessions.all())
    form = _plan_form(request, sessions, several=True)
    if form.is_bound and form.is_valid():
        data = form.cleaned_data
        by_number = {str(one.number): one for one in sessions}

        def act() -> str:
            made = verbs.plan_make_up(
                cohort=cohort, session=by_number.get(data["session"]), on=data["on"],
                begins=data["begins"], room=data["room"], by=who.actor,
            )  # fmt: skip
            return reverse("programs:make_ups", args=[made.code])

        done = _once_leading_on(request, form, act)
        if done:
            return done
    return show(request, "programs/meeting_plan.html", form, cohort=cohort, make_up=True)


def _once_leading_on(request: HttpRequest, form: forms.PlanForm, act: Any) -> HttpResponse | None:
    """Do it once, and go on to where that leads."""
    try:
        return redirect(form.once(by=who_of(request).actor, act=act))
    except BadValue as error:
        form.refuse(error)
        return None


def _plan_form(
    request: HttpRequest, sessions: list[SessionTemplate], *, several: bool = False
) -> forms.PlanForm:
    first = [(SEVERAL, _("Several: whatever each of them missed"))] if several else []
    return forms.PlanForm(request.POST or None, sessions=[*first, *(told.choice_of(one) for one in sessions)])


@require_http_methods(GET_OR_POST)
@requires(Permission.RUN_GROUPS)
@shows_the_first_result
def make_ups(request: HttpRequest, code: str) -> HttpResponse:
    """Who comes to a make-up: whoever missed what it is for, of this group and, for who puts people into groups, of others."""
    found, who = reading.meeting_or_404(code), who_of(request)
    if not found.make_up or found.state != Meeting.State.PLANNED:
        raise NotYours()
    missed = _missed(found, everybody=who.may(Permission.PLAN_GROUPS))
    names = told.names_for([member.file for member, _session in missed.values()])
    form = forms.MakeUpForm(
        request.POST or None,
        choices=[
            (
                key,
                ChoiceLabel(
                    told.name_in(names, member.file),
                    told.session_name(session)
                    if member.cohort_id == found.cohort_id
                    else _("%(session)s, from %(group)s")
                    % {"session": told.session_name(session), "group": member.cohort.name},
                ),
            )
            for key, (member, session) in missed.items()
        ],
    )
    if form.is_bound and form.is_valid():
        chosen = form.cleaned_data["missed"]

        def act() -> None:
            for key in chosen:
                member, session = missed[key]
                verbs.ask_to_make_up(meeting=found, member=member, session=session, by=who.actor)

        says = ngettext("%(number)s make-up is planned.", "%(number)s make-ups are planned.", len(chosen))
        try:
            done = do_once(request, form, act, to=meeting_page(found), says=says % {"number": len(chosen)})
            if done:
                return done
        except DomainError as error:
            if isinstance(error, NotYours):
                raise
            refuse_above(form, error)
    return show(
        request,
        "programs/meeting_make_ups.html",
        form,
        meeting=found,
        line=told.meeting_lines([found])[0],
        able=bool(missed),
    )


def _missed(found: Meeting, *, everybody: bool) -> dict[str, tuple[CohortMember, SessionTemplate]]:
    """Who missed what this make-up is for and has no make-up for it yet, by member and number; one's own group first."""
    members = list(reading.members_of(found.cohort).select_related("cohort__version"))
    if everybody:
        members += reading.members_elsewhere(found.cohort)
    planned = reading.make_ups_planned(members)
    pairs: dict[str, tuple[CohortMember, SessionTemplate]] = {}
    had = dosages(members)
    for member in members:
        for session in had[member.pk].sessions:
            wanted = found.template is None or session.template.number == found.template.number
            if (
                wanted
                and session.missed
                and not session.had
                and (member.pk, session.template.pk) not in planned
            ):
                pairs[f"{member.code}-{session.template.number}"] = (member, session.template)
    return pairs
