"""Away with dates: who says so, who covers meanwhile, and being back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from warmhandoff.foundation.errors import BadValue, DomainError
from warmhandoff.jurisdictions.dates import short_day
from warmhandoff.network import absence as away
from warmhandoff.network import reading
from warmhandoff.network.models import Absence, Membership
from warmhandoff.network.roles import Permission
from warmhandoff.web.organization.forms import AwayForm, CoverForm, PressForm
from warmhandoff.web.site.access import requires
from warmhandoff.web.site.context import Who

FORM = ("GET", "HEAD", "POST")
HOME = "organization:home"
# What the form itself can say: days, and who can't cover then.
SAID_AT_THE_FORM = (BadValue, away.AwayAlready, away.CannotCover, away.NeedsCover)


def _who(request: HttpRequest) -> Who:
    who: Who = request.who  # type: ignore[attr-defined]
    return who


@require_http_methods(FORM)
@requires(Permission.SEE_TODAY)
def say(request: HttpRequest, code: str) -> HttpResponse:
    """Someone is away from one day to another: oneself, or, said by a lead, a colleague."""
    who = _who(request)
    membership = reading.colleague_or_404(code, who.organization.pk)
    away.require_may_say(membership, who.actor)
    able = _able(membership)
    form = AwayForm(
        request.POST or None,
        able=able,
        lead=_lead_instead(membership),
        initial={"from_day": reading.today() + timedelta(days=1), "until_day": None},
    )

    def act() -> str:
        cover = next((each for each in able if each.code == form.cleaned_data["cover"]), None)
        found = away.say_away(
            membership=membership,
            from_day=form.cleaned_data["from_day"],
            until_day=form.cleaned_data["until_day"],
            cover=cover,
            by=who.actor,
        )
        messages.success(request, said_of(found))
        return reverse(HOME)

    answer = _press(request, form, act)
    return answer or render(
        request,
        "organization/away.html",
        {"form": form, "membership": membership, "is_me": membership.pk == who.membership.pk, "able": able},
        status=422 if form.is_bound else 200,
    )


@require_http_methods(FORM)
@requires(Permission.SEE_TODAY)
def absence(request: HttpRequest, code: str) -> HttpResponse:
    """One absence: who covers, somebody else from now on, or being back."""
    who = _who(request)
    found = reading.absence_or_404(code, who.organization.pk)
    away.require_may_say(found.membership, who.actor)
    able = [each for each in _able(found.membership) if each.pk != found.cover_id]
    form = CoverForm(request.POST or None, able=able)

    def act() -> str:
        cover = next(each for each in able if each.code == form.cleaned_data["cover"])
        fresh = away.cover_by(absence=found, cover=cover, by=who.actor)
        messages.success(request, said_of(fresh))
        return reverse(HOME)

    answer = _press(request, form, act)
    return answer or render(
        request,
        "organization/absence.html",
        {
            "absence": found,
            "is_over": away.is_over(found),
            "has_begun": found.from_day <= reading.today(),
            "is_me": found.membership_id == who.membership.pk,
            "form": form,
            "able": able,
            "press": PressForm(),
        },
        status=422 if form.is_bound else 200,
    )


@require_POST
@requires(Permission.SEE_TODAY)
def back(request: HttpRequest, code: str) -> HttpResponse:
    """Back early, or not going at all; and where that is over already, nobody need be found."""
    who, form = _who(request), PressForm(request.POST)

    def act() -> str:
        found = reading.absence_or_404(code, who.organization.pk)
        if away.is_over(found):
            away.close_finding(absence=found, by=who.actor)
        else:
            away.end(absence=found, by=who.actor)
        messages.success(request, _("%(name)s is here.") % {"name": found.membership.user.name})
        return reverse(HOME)

    return redirect(form.once(by=who.actor, act=act) if form.is_valid() else HOME)


def _press(request: HttpRequest, form: AwayForm | CoverForm, act: Callable[[], str]) -> HttpResponse | None:
    """Where it leads, done; None where the form says what is in the way."""
    if request.method != "POST" or not form.is_valid():
        return None
    try:
        return redirect(form.once(by=_who(request).actor, act=act))
    except SAID_AT_THE_FORM as error:
        form.refuse(error if isinstance(error, BadValue) else _at_the_cover(error))
    return None


def _at_the_cover(error: DomainError) -> BadValue:
    return BadValue("cover", error.sentence, mend=error.mend)


def _able(membership: Membership) -> list[Membership]:
    return away.can_cover(membership, reading.staff_of(membership.organization_id))


def _lead_instead(membership: Membership) -> str:
    """Who sees to it where nobody is named; nobody where it is they who answer for the queue."""
    queue = reading.led_queue_of(membership.organization_id)
    if queue is None or queue.lead is None or membership.leads.exists():
        return ""
    return queue.lead.user.name


def said_of(found: Absence) -> str:
    facts = {
        "name": found.membership.user.name,
        "from": short_day(found.from_day),
        "until": short_day(found.until_day),
        "cover": found.cover.user.name if found.cover else "",
    }
    if found.cover is None:
        return _("%(name)s is away from %(from)s until %(until)s. Nobody covers in particular.") % facts
    return _("%(name)s is away from %(from)s until %(until)s. %(cover)s covers.") % facts
