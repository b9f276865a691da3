"""The organization's groups: which there are, who is in each, when it meets; opened and changed by whoever plans them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from warmhandoff.foundation import clock
from warmhandoff.foundation.errors import BadValue, DomainError, NotYours
from warmhandoff.network.roles import Permission
from warmhandoff.programs.actions import groups as verbs
from warmhandoff.programs.actions import meetings
from warmhandoff.programs.models import Cohort, Contract, Curriculum
from warmhandoff.programs.reading import groups as reading
from warmhandoff.programs.reading.terms import called, terms_on
from warmhandoff.web.forms import ChoiceLabel, OneUseKeyForm
from warmhandoff.web.people.acts import do_once, shows_the_first_result
from warmhandoff.web.people.forms import PressForm
from warmhandoff.web.programs import groups_forms as forms
from warmhandoff.web.programs import groups_said as told
from warmhandoff.web.site.access import requires
from warmhandoff.web.site.context import Who
from warmhandoff.web.today import said

GET_OR_POST = ["GET", "HEAD", "POST"]
# So many of the meetings to come are told; the rest is one press away.
AT_FIRST = 6


def who_of(request: HttpRequest) -> Who:
    who: Who = request.who  # type: ignore[attr-defined]
    return who


def group_page(cohort: Cohort) -> str:
    return reverse("programs:group", args=[cohort.code])


def show(request: HttpRequest, template: str, form: OneUseKeyForm | None = None, **more: Any) -> HttpResponse:
    refused = form is not None and form.is_bound
    return render(request, template, {"form": form, **more}, status=422 if refused else 200)


def refuse_above(form: OneUseKeyForm, error: DomainError) -> None:
    """A refusal that is of no field, above the form: what was filled in stays."""
    form.add_error(None, " ".join(filter(None, [error.sentence, error.mend])))


@require_safe
@requires(Permission.RUN_GROUPS)
def home(request: HttpRequest) -> HttpResponse:
    """Which groups there are; one's own first."""
    who = who_of(request)
    ended = "ended" in request.GET
    context = {
        "lines": told.group_lines(reading.groups_of(ended=ended), who.membership.pk),
        "ended": ended,
        "may_plan": who.may(Permission.PLAN_GROUPS),
    }
    return render(request, "programs/groups.html", context)


@require_safe
@requires(Permission.RUN_GROUPS)
def group(request: HttpRequest, code: str) -> HttpResponse:
    """One group: what comes next, who belongs to it, its whole plan."""
    who = who_of(request)
    cohort = reading.cohort_or_404(code)
    lines = told.meeting_lines(reading.meetings_of(cohort), reading.clashes(cohort))
    now = clock.now()
    waiting = [one for one in lines if one.state == "planned"]
    to_plan = reading.sessions_to_plan(cohort) if cohort.ended_on is None else []
    to_come = [one for one in lines if not one.is_past and one.state != "cancelled"]
    context = {
        "cohort": cohort,
        "about": told.curriculum_name(cohort.version.curriculum),
        "slots": told.slots_said(reading.slots_of(cohort)),
        "staff": reading.staff_on(cohort),
        "members": told.member_lines(list(reading.members_of(cohort))),
        "next": next((one for one in waiting if one.meeting.ends_at >= now), None),
        "unsaid": [one for one in waiting if one.is_past],
        "to_come": to_come,
        "later": to_come[AT_FIRST:],
        "until": to_come[-1].day if to_come else "",
        "past": [one for one in lines if one.is_past or one.state == "cancelled"],
        "on_holidays": [one for one in waiting if one.on_holiday],
        "to_plan": to_plan,
        "is_full": cohort.max_size <= reading.members_of(cohort).count(),
        "may_plan": who.may(Permission.PLAN_GROUPS) and cohort.ended_on is None,
        "press": PressForm(),
    }
    return render(request, "programs/group.html", context)


@require_http_methods(GET_OR_POST)
@requires(Permission.PLAN_GROUPS)
@shows_the_first_result
def new(request: HttpRequest) -> HttpResponse:
    """Open a group; its whole plan is made at once."""
    who = who_of(request)
    contracts = {one.code: one for one in reading.contracts_here(said.today())}
    curricula = {one.code: one for one in reading.curricula()}
    if not contracts:
        return render(request, "programs/group_without_contract.html")
    form = forms.NewGroupForm(
        request.POST or None,
        colleagues=reading.may_lead(),
        initial={"contract": next(iter(contracts)), "curriculum": next(iter(curricula), "")},
    )
    form.offer("contract", _contract_choices(list(contracts.values())))
    form.offer("curriculum", _curriculum_choices(list(curricula.values())))
    if form.is_bound and form.is_valid():

        def act() -> str:
            cohort = _open(form, contracts, curricula, who)
            planned = meetings.schedule(cohort=cohort, optional=form.cleaned_data["optional"], by=who.actor)
            if planned:
                messages.success(request, told.planned_said(planned))
            return group_page(cohort)

        try:
            return redirect(form.once(by=who.actor, act=act))
        except BadValue as error:
            form.refuse(error)
    return show(request, "programs/group_new.html", form)


def _open(
    form: forms.NewGroupForm, contracts: dict[str, Contract], curricula: dict[str, Curriculum], who: Who
) -> Cohort:
    data = form.cleaned_data
    version = reading.version_on(curricula[data["curriculum"]], data["starts_on"])
    if version is None:
        raise BadValue("starts_on", _("No version of it holds on that day."), mend=_("Choose a later day."))
    return verbs.open_group(
        contract=contracts[data["contract"]],
        version=version,
        name=data["name"],
        room=data["room"],
        starts_on=data["starts_on"],
        sizes=form.sizes,
        slots=form.slots(),
        facilitators=form.chosen("facilitators"),
        covers=form.chosen("covers"),
        by=who.actor,
    )


def _contract_choices(contracts: list[Contract]) -> list[tuple[str, Any]]:
    terms, language = terms_on({one.program_id for one in contracts}), get_language() or "en"
    return [
        (
            one.code,
            ChoiceLabel(
                called(terms[one.program_id], language) if one.program_id in terms else one.program.slug,
                one.funding.grant
                if not one.funding.tranche
                else f"{one.funding.grant}, {one.funding.tranche}",
            ),
        )
        for one in contracts
    ]


def _curriculum_choices(curricula: list[Curriculum]) -> list[tuple[str, Any]]:
    found = []
    for one in curricula:
        version = reading.version_on(one, said.today())
        if version is not None:
            number = reading.counted(version.sessions.all())
            words = _("%(all)s sessions, %(required)s of them required") % {
                "all": number.all,
                "required": number.required,
            }
            found.append((one.code, ChoiceLabel(told.curriculum_name(one), words)))
    return found


# --- Changing one -------------------------------------------------------------------------------------------------


@require_http_methods(GET_OR_POST)
@requires(Permission.PLAN_GROUPS)
@shows_the_first_result
def change(request: HttpRequest, code: str) -> HttpResponse:
    """Its name, room and size; and ending it."""
    cohort, who = reading.cohort_or_404(code), who_of(request)
    form = forms.ChangeGroupForm(
        request.POST or None,
        initial={
            "name": cohort.name,
            "room": cohort.room,
            "least": cohort.min_size,
            "most": cohort.max_size,
        },
    )
    if form.is_bound and form.is_valid():
        data = form.cleaned_data
        done = do_once(
            request,
            form,
            lambda: verbs.change_group(
                cohort=cohort, name=data["name"], room=data["room"], sizes=form.sizes, by=who.actor
            ),
            to=group_page(cohort),
            says=_("Saved."),
        )
        if done:
            return done
    return show(request, "programs/group_change.html", form, cohort=cohort, press=PressForm())


@require_http_methods(GET_OR_POST)
@requires(Permission.PLAN_GROUPS)
@shows_the_first_result
def hours(request: HttpRequest, code: str) -> HttpResponse:
    """Other hours, from a day on: what is planned moves into them."""
    cohort, who = reading.cohort_or_404(code), who_of(request)
    slots = reading.slots_of(cohort)
    form = forms.HoursForm(request.POST or None, initial=forms.HoursForm.said_of(slots))
    if form.is_bound and form.is_valid():
        done = do_once(
            request,
            form,
            lambda: verbs.change_hours(
                cohort=cohort, slots=form.slots(), since=form.cleaned_data["since"], by=who.actor
            ),
            to=group_page(cohort),
            says=_("Saved. What is planned has moved into the new hours, past the holidays."),
        )
        if done:
            return done
    return show(request, "programs/group_hours.html", form, cohort=cohort, slots=told.slots_said(slots))


@require_http_methods(GET_OR_POST)
@requires(Permission.PLAN_GROUPS)
@shows_the_first_result
def staff(request: HttpRequest, code: str) -> HttpResponse:
    """Who leads it, and who stands in."""
    cohort, who = reading.cohort_or_404(code), who_of(request)
    rows = reading.staff_on(cohort)
    form = forms.StaffForm(
        request.POST or None,
        colleagues=reading.may_lead(),
        initial={
            "facilitators": [row.membership.code for row in rows if row.part == "facilitator"],
            "covers": [row.membership.code for row in rows if row.part == "cover"],
        },
    )
    if form.is_bound and form.is_valid():
        done = do_once(
            request,
            form,
            lambda: verbs.staff(
                cohort=cohort,
                facilitators=form.chosen("facilitators"),
                covers=form.chosen("covers"),
                by=who.actor,
            ),
            to=group_page(cohort),
            says=_("Saved."),
        )
        if done:
            return done
    return show(request, "programs/group_staff.html", form, cohort=cohort)


@require_POST
@requires(Permission.PLAN_GROUPS)
@shows_the_first_result
def plan_missing(request: HttpRequest, code: str) -> HttpResponse:
    """Plan what no meeting stands for, after the last."""
    cohort, who = reading.cohort_or_404(code), who_of(request)
    form = PressForm(request.POST)
    if not form.is_valid():
        return redirect(group_page(cohort))

    def act() -> str:
        planned = meetings.schedule(cohort=cohort, by=who.actor)
        if planned:
            messages.success(request, told.planned_said(planned))
        return group_page(cohort)

    return redirect(form.once(by=who.actor, act=act))


@require_POST
@requires(Permission.PLAN_GROUPS)
@shows_the_first_result
def end(request: HttpRequest, code: str) -> HttpResponse:
    """The group is over."""
    cohort, who = reading.cohort_or_404(code), who_of(request)
    form = PressForm(request.POST)
    to = reverse("programs:groups")
    if form.is_valid():
        done = do_once(
            request,
            form,
            lambda: verbs.end_group(cohort=cohort, by=who.actor),
            to=to,
            says=_("%(group)s has ended.") % {"group": cohort.name},
        )
        if done:
            return done
    return redirect(group_page(cohort))


# --- Who belongs to it --------------------------------------------------------------------------------------------


@require_http_methods(GET_OR_POST)
@requires(Permission.PLAN_GROUPS)
@shows_the_first_result
def join(request: HttpRequest, code: str) -> HttpResponse:
    """Who joins, of those who take part in the program; who is kept apart from somebody there can't be chosen."""
    cohort, who = reading.cohort_or_404(code), who_of(request)
    members = list(reading.members_of(cohort))
    candidates = reading.may_join(cohort)
    names = told.names_for([one.file for one in (*candidates, *members)])
    here = {one.file_id: told.name_in(names, one.file) for one in members}
    apart = reading.apart_from([one.file_id for one in candidates])
    able = {one.code: one for one in candidates if not apart.get(one.file_id, set()) & here.keys()}
    form = forms.JoinForm(request.POST or None, initial={"on": max(said.today(), cohort.starts_on)})
    form.offer(
        "people",
        sorted(
            (
                (
                    one.code,
                    ChoiceLabel(
                        told.name_in(names, one.file),
                        _("enrolled %(day)s") % {"day": said.on_day(one.enrolled_on)}
                        if one.enrolled_on
                        else "",
                    ),
                )
                for one in able.values()
            ),
            key=lambda choice: str(choice[1]),
        ),
    )
    if form.is_bound and form.is_valid():
        data = form.cleaned_data

        def act() -> None:
            for one in data["people"]:
                verbs.join(cohort=cohort, enrollment=able[one], on=data["on"], by=who.actor)

        try:
            done = do_once(request, form, act, to=group_page(cohort), says=_("Saved."))
            if done:
                return done
        except DomainError as error:
            if error.status >= 500 or isinstance(error, NotYours):
                raise
            refuse_above(form, error)
    kept = [
        (
            told.name_in(names, one.file),
            said.together(sorted(here[each] for each in apart[one.file_id] & here.keys())),
        )
        for one in candidates
        if one.code not in able
    ]
    free = cohort.max_size - len(members)
    return show(
        request, "programs/group_join.html", form, cohort=cohort, able=len(able), kept=kept, free=free
    )


@require_http_methods(GET_OR_POST)
@requires(Permission.PLAN_GROUPS)
@shows_the_first_result
def leave(request: HttpRequest, code: str) -> HttpResponse:
    """Somebody leaves a group."""
    member, who = reading.member_or_404(code), who_of(request)
    form = forms.LeaveGroupForm(request.POST or None, initial={"on": said.today()})
    if form.is_bound and form.is_valid():
        data = form.cleaned_data
        on = None if data["on"] == said.today() else data["on"]
        done = do_once(
            request,
            form,
            lambda: verbs.leave(member=member, why=data["why"], on=on, by=who.actor),
            to=group_page(member.cohort),
            says=_("Saved. What they came to stays."),
        )
        if done:
            return done
    name = told.name_in(told.names_for([member.file]), member.file)
    return show(request, "programs/group_leave.html", form, member=member, name=name)


# --- Who is kept apart --------------------------------------------------------------------------------------------


@require_http_methods(GET_OR_POST)
@requires(Permission.PLAN_GROUPS)
@shows_the_first_result
def apart(request: HttpRequest) -> HttpResponse:
    """Who is never in one group. No reason is asked, and none is kept."""
    who = who_of(request)
    people = reading.takes_part_here()
    pairs = reading.pairs()
    names = told.names_for([*people, *(file for pair in pairs for file in (pair.file, pair.other))])
    choices = sorted(((file.code, told.name_in(names, file)) for file in people), key=lambda one: one[1])
    form = forms.ApartForm(request.POST or None, people=choices)
    if form.is_bound and form.is_valid():
        by_code = {file.code: file for file in people}
        data = form.cleaned_data
        try:
            done = do_once(
                request,
                form,
                lambda: verbs.keep_apart(
                    one=by_code[data["one"]], other=by_code[data["other"]], by=who.actor
                ),
                to=reverse("programs:apart"),
                says=_("Saved. They are never put into one group."),
            )
            if done:
                return done
        except verbs.TogetherNow as error:
            refuse_above(form, error)
    told_pairs = [
        (pair, told.name_in(names, pair.file), told.name_in(names, pair.other), PressForm()) for pair in pairs
    ]
    return show(request, "programs/groups_apart.html", form, pairs=told_pairs, able=len(people) > 1)


@require_POST
@requires(Permission.PLAN_GROUPS)
@shows_the_first_result
def together(request: HttpRequest, code: str) -> HttpResponse:
    """They may be in one group again."""
    pair, who = reading.pair_or_404(code), who_of(request)
    form = PressForm(request.POST)
    to = reverse("programs:apart")
    if form.is_valid():
        done = do_once(
            request,
            form,
            lambda: verbs.end_apart(pair=pair, by=who.actor),
            to=to,
            says=_("Saved. They may be in one group again."),
        )
        if done:
            return done
    return redirect(to)
