"""One enrollment: how it stands, and each act on it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from warmhandoff.foundation import clock
from warmhandoff.foundation.errors import BadValue
from warmhandoff.foundation.scoping import current_organization
from warmhandoff.network.reading import name_of
from warmhandoff.network.roles import Permission
from warmhandoff.participants import actions as participants
from warmhandoff.participants.reading import file_or_404
from warmhandoff.programs.actions import enrollment as verbs
from warmhandoff.programs.actions.co_enrollment import DATA_CLASS as CO_ENROLLMENT
from warmhandoff.programs.actions.consents import ASKS_AGAIN_BEFORE_DAYS
from warmhandoff.programs.eligibility import shown_to
from warmhandoff.programs.models import Contract, Enrollment, EnrollmentEvent
from warmhandoff.programs.reading.enrollments import contracts_of, our_enrollment, places_taken
from warmhandoff.programs.reading.terms import called, terms_on
from warmhandoff.programs.states import OPEN, TAKES_PART, WAITLISTED
from warmhandoff.referrals.models import Referral
from warmhandoff.referrals.states import UNDER_WAY
from warmhandoff.web.forms import ChoiceLabel, OneUseKeyForm
from warmhandoff.web.people.acts import do_once, shows_the_first_result
from warmhandoff.web.people.noted import words_of_reason
from warmhandoff.web.people.program import pages_for
from warmhandoff.web.people.questions import both_languages
from warmhandoff.web.people.taking_part import taking_part
from warmhandoff.web.people.tellers.enrollment import told
from warmhandoff.web.programs.forms import (
    AgreeAgainForm,
    ApplyForm,
    DayForm,
    EnrollForm,
    LeaveForm,
    ListForm,
    TakeBackForm,
)
from warmhandoff.web.site.access import requires
from warmhandoff.web.site.context import Who
from warmhandoff.web.today import said

GET_OR_POST = ["GET", "HEAD", "POST"]
# Said beside the form, so that nothing of what was typed is lost.
REFUSED = (
    verbs.Overlaps,
    verbs.AlreadyTakesPart,
    verbs.NoPlaceFree,
    verbs.NotEligible,
    verbs.NotOutYet,
)


def page_of(enrollment: Enrollment) -> str:
    return reverse("programs:enrollment", args=[enrollment.code])


def _acted(
    request: HttpRequest, form: OneUseKeyForm, act: Callable[[], object], *, to: str, says: str
) -> HttpResponse | None:
    """Do it once; None where it was refused, which the form then shows."""
    if not (form.is_bound and form.is_valid()):
        return None
    try:
        return do_once(request, form, act, to=to, says=says)
    except REFUSED as error:
        form.refuse(BadValue("", error.sentence, mend=error.mend))
        return None


def _show(
    request: HttpRequest,
    form: OneUseKeyForm,
    enrollment: Enrollment,
    *,
    template: str = "programs/act.html",
    **more: Any,
) -> HttpResponse:
    one = taking_part([enrollment])[0]
    context = {
        "form": form,
        "one": one,
        "name": enrollment.file.listing.short_name,
        "back": page_of(enrollment),
        **more,
    }
    return render(request, template, context, status=422 if form.is_bound else 200)


# --- How it stands ------------------------------------------------------------------------------------------------


@require_safe
@requires(Permission.SEE_PEOPLE)
def enrollment(request: HttpRequest, code: str) -> HttpResponse:
    """What is next, the days, what it stands on, and the pages about what they do there."""
    who: Who = request.who  # type: ignore[attr-defined]
    found = our_enrollment(code)
    one = taking_part([found])[0]
    file = found.file
    context = {
        "one": one,
        "name": file.listing.short_name,
        "file_code": file.code,
        "may": who.may(Permission.CHANGE_FILE),
        "is_near": one.standing is not None and one.standing.is_near(said.today()),
        "is_out": one.standing is not None and one.standing.is_out(said.today()),
        "reason": verbs.words_of_reason(found) if found.exit_reason else "",
        "can_take_back": verbs.can_take_back(found),
        "pages": pages_for(file.code, who),
        "story": _story(found, who, one.program),
        "agreed": found.consent,
        "consent_over": found.consent is not None and found.consent.revoked_at is not None,
        "consent_ran_out": found.consent is not None and found.consent.expires_at <= clock.now(),
        "may_ask_again": found.state in TAKES_PART and _is_near_its_end(found),
    }
    return render(request, "programs/enrollment.html", context)


def _story(found: Enrollment, who: Who, program: str) -> list[dict[str, Any]]:
    """What happened to this one, newest first."""
    events = list(found.events.select_related("by").order_by("happened_at", "id"))
    gone = {event.supersedes_id: event for event in events if event.supersedes_id}
    return [
        {
            "on": event.on,
            "day": said.weekday(event.on),
            "icon": (entry := told(event, found, _facts(event, found, who, program))).icon,
            "says": entry.says,
            "struck": event.pk in gone,
            "why": words_of_reason(gone[event.pk].reason) if event.pk in gone else "",
        }
        for event in reversed(events)
        if event.supersedes_id is None
    ]


def _facts(event: EnrollmentEvent, found: Enrollment, who: Who, program: str) -> dict[str, str]:
    did = _("You") if event.by == who.actor else name_of(event.by)
    return {"who": did, "name": found.file.listing.short_name.split(" ")[0], "program": program}


# --- Asking to take part ------------------------------------------------------------------------------------------


@require_http_methods(GET_OR_POST)
@requires(Permission.SEE_PEOPLE, Permission.CHANGE_FILE)
@shows_the_first_result
def apply(request: HttpRequest, code: str) -> HttpResponse:
    """Somebody asks to take part in what this organization delivers."""
    who: Who = request.who  # type: ignore[attr-defined]
    file = file_or_404(code)
    form = ApplyForm(request.POST or None, contracts=_offered(file.pk), referrals=_led_here(file.person_id))
    back = reverse("people:program", args=[code])
    answer = None
    if form.is_bound and form.is_valid():

        def act() -> str:
            made = verbs.apply(file=file, by=who.actor, **form.chosen())
            return page_of(made)

        answer = _applied(request, form, act)
    if answer:
        return answer
    context = {"form": form, "name": file.listing.short_name, "back": back}
    return render(request, "programs/apply.html", context, status=422 if form.is_bound else 200)


def _applied(request: HttpRequest, form: OneUseKeyForm, act: Callable[[], str]) -> HttpResponse | None:
    """On to the new enrollment's own page, which is not known before."""
    who: Who = request.who  # type: ignore[attr-defined]
    try:
        where = form.once(by=who.actor, act=act)
    except BadValue as error:
        form.refuse(error)
        return None
    except REFUSED as error:
        form.refuse(BadValue("", error.sentence, mend=error.mend))
        return None
    messages.success(request, _("Written down. Decide now, or from Today."))
    return redirect(where)


def _offered(file_id: int) -> list[tuple[Contract, ChoiceLabel]]:
    """What can be asked for: each contract with whom it is for and how many places it has; not what they take part in."""
    language = get_language() or "en"
    taken = Enrollment.objects.filter(file_id=file_id, state__in=OPEN).values("program_id")
    contracts = list(contracts_of(said.today()).exclude(program_id__in=taken))
    terms, full = terms_on({one.program_id for one in contracts}), places_taken(contracts)
    return [
        (
            one,
            ChoiceLabel(
                called(terms[one.program_id], language),
                _("%(funding)s, for %(agency)s. %(taken)s of %(slots)s places are taken.")
                % {
                    "funding": " ".join(part for part in (one.funding.grant, one.funding.tranche) if part),
                    "agency": one.agency.name,
                    "taken": full.get(one.pk, 0),
                    "slots": one.slots,
                },
            ),
        )
        for one in contracts
        if one.program_id in terms
    ]


def _led_here(person_id: Any) -> list[Referral]:
    """Referrals to us that go on, the newest first."""
    found = Referral.objects.filter(
        person_id=person_id, receiver_id=current_organization(), state__in=UNDER_WAY
    )
    return list(found.select_related("service", "sender").order_by("-sent_at", "-id"))


# --- The acts -----------------------------------------------------------------------------------------------------


@require_http_methods(GET_OR_POST)
@requires(Permission.SEE_PEOPLE, Permission.CHANGE_FILE)
@shows_the_first_result
def enroll(request: HttpRequest, code: str) -> HttpResponse:
    """They have a place: with their yes to what the agency learns."""
    who: Who = request.who  # type: ignore[attr-defined]
    found = our_enrollment(code)
    verdict = shown_to(found.file, found.program, said.today(), by=who.actor)
    asks_of_others = any(each.condition.data_class == CO_ENROLLMENT for each in verdict.findings)
    form = EnrollForm(
        request.POST or None, organization_id=found.organization_id, asks_of_others=asks_of_others
    )

    def act() -> None:
        also = [CO_ENROLLMENT] if form.cleaned_data.get("also") else []
        asked = verbs.asked_of(found.contract, also=also, language=found.file.contact.language, **form.said())
        consent = participants.record_consent(file=found.file, asked=asked, by=who.actor)
        verbs.enroll(enrollment=found, consent=consent, by=who.actor, on=form.cleaned_data["on"])

    answer = _acted(request, form, act, to=page_of(found), says=_("They have a place."))
    more = {"languages": both_languages(), "referral": found.referral, "verdict": verdict}
    return answer or _show(request, form, found, template="programs/enroll.html", **more)


@require_http_methods(GET_OR_POST)
@requires(Permission.SEE_PEOPLE, Permission.CHANGE_FILE)
@shows_the_first_result
def agree(request: HttpRequest, code: str) -> HttpResponse:
    """What they agreed to runs out, or is over: their yes once more, or their no."""
    who: Who = request.who  # type: ignore[attr-defined]
    found = our_enrollment(code)
    if found.state not in TAKES_PART:
        return redirect(page_of(found))
    asks_of_others = CO_ENROLLMENT in (found.consent.data_classes if found.consent else ())
    form = AgreeAgainForm(
        request.POST or None, organization_id=found.organization_id, asks_of_others=asks_of_others
    )

    def act() -> None:
        no = form.cleaned_data["answer"] == "no"
        also = [CO_ENROLLMENT] if form.cleaned_data.get("also") else []
        said_so = {**form.said(), "refused": no, "language": found.file.contact.language}
        asked = verbs.asked_of(found.contract, also=also, **said_so)
        consent = participants.record_consent(file=found.file, asked=asked, by=who.actor)
        verb = verbs.say_no_again if no else verbs.agree_again
        verb(enrollment=found, consent=consent, by=who.actor)

    answer = _acted(request, form, act, to=page_of(found), says=_("Written down."))
    more = {"languages": both_languages(), "until": _stands(found)}
    return answer or _show(request, form, found, template="programs/agree.html", **more)


def _is_near_its_end(found: Enrollment) -> bool:
    """What they agreed to ends soon, or holds no more."""
    soon = clock.now() + timedelta(days=ASKS_AGAIN_BEFORE_DAYS)
    return found.consent is None or not found.consent.is_live(soon)


def _stands(found: Enrollment) -> str:
    """How what they agreed to stands."""
    consent = found.consent
    if consent is None or consent.revoked_at is not None:
        return _("They took their yes back.")
    day = {"day": said.full_day(said.day_of(consent.expires_at))}
    over = consent.expires_at <= clock.now()
    return (_("Their yes ended on %(day)s.") if over else _("Their yes ends on %(day)s.")) % day


@require_http_methods(GET_OR_POST)
@requires(Permission.SEE_PEOPLE, Permission.CHANGE_FILE)
@shows_the_first_result
def put_on_list(request: HttpRequest, code: str) -> HttpResponse:
    """No place now: on the list, with the day on which somebody looks again; or there for longer."""
    who: Who = request.who  # type: ignore[attr-defined]
    found = our_enrollment(code)
    form = ListForm(request.POST or None)
    waits = found.state == WAITLISTED
    verb = verbs.keep_waiting if waits else verbs.waitlist
    answer = _acted(
        request,
        form,
        lambda: verb(enrollment=found, review_on=form.cleaned_data["review_on"], by=who.actor),
        to=page_of(found),
        says=_("On the list. It comes up on Today on that day."),
    )
    title = _("Keep them on the list") if waits else _("Put them on the list")
    return answer or _show(request, form, found, title=title, button=title)


@require_http_methods(GET_OR_POST)
@requires(Permission.SEE_PEOPLE, Permission.CHANGE_FILE)
@shows_the_first_result
def begin(request: HttpRequest, code: str) -> HttpResponse:
    """Their first service."""
    return _on_a_day(request, code, verbs.begin, _("They have begun"), _("They are active now."))


@require_http_methods(GET_OR_POST)
@requires(Permission.SEE_PEOPLE, Permission.CHANGE_FILE)
@shows_the_first_result
def complete(request: HttpRequest, code: str) -> HttpResponse:
    """They did what the program is for."""
    return _on_a_day(request, code, verbs.complete, _("They completed it"), _("Completed."))


def _on_a_day(
    request: HttpRequest, code: str, verb: Callable[..., Enrollment], title: str, says: str
) -> HttpResponse:
    who: Who = request.who  # type: ignore[attr-defined]
    found = our_enrollment(code)
    form = DayForm(request.POST or None)
    answer = _acted(
        request,
        form,
        lambda: verb(enrollment=found, by=who.actor, on=form.cleaned_data["on"]),
        to=page_of(found),
        says=says,
    )
    return answer or _show(request, form, found, title=title, button=title)


@require_http_methods(GET_OR_POST)
@requires(Permission.SEE_PEOPLE, Permission.CHANGE_FILE)
@shows_the_first_result
def leave(request: HttpRequest, code: str) -> HttpResponse:
    """They leave, or never began, with the reason. Where the program's rule says so, the day is worked out."""
    who: Who = request.who  # type: ignore[attr-defined]
    found = our_enrollment(code)
    form = LeaveForm(request.POST or None, reasons=_reasons(found))
    answer = _acted(
        request,
        form,
        lambda: verbs.exit(
            enrollment=found, reason=form.cleaned_data["reason"], by=who.actor, on=form.cleaned_data["on"]
        ),
        to=page_of(found),
        says=_("Written down."),
    )
    title = _("They leave") if found.enrolled_on else _("They don’t take part")
    return answer or _show(request, form, found, title=title, button=title)


@require_http_methods(GET_OR_POST)
@requires(Permission.SEE_PEOPLE, Permission.CHANGE_FILE)
@shows_the_first_result
def take_back(request: HttpRequest, code: str) -> HttpResponse:
    """What was said last was a mistake."""
    who: Who = request.who  # type: ignore[attr-defined]
    found = our_enrollment(code)
    form = TakeBackForm(request.POST or None)
    answer = _acted(
        request,
        form,
        lambda: verbs.take_back(enrollment=found, reason=form.cleaned_data["reason"], by=who.actor),
        to=page_of(found),
        says=_("Taken back. It stands as it did before."),
    )
    title = _("Take back what was said last")
    return answer or _show(request, form, found, title=title, button=_("Take it back"))


def _reasons(found: Enrollment) -> list[tuple[str, Any]]:
    """Where the rule counts them as out, that comes first, with the day it gives."""
    reasons: list[tuple[str, Any]] = [one for one in verbs.reasons_for(found) if one[0] != verbs.NO_SERVICE]
    since = verbs.out_since(found)
    if since is None:
        return reasons
    words = dict(verbs.reasons_for(found))[verbs.NO_SERVICE]
    says = _("The day is %(day)s, their last service: the day below isn’t used.") % {
        "day": said.full_day(since)
    }
    return [(verbs.NO_SERVICE, ChoiceLabel(words, says)), *reasons]
