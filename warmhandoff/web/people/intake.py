"""Taking somebody in: five questions, read out in their language, and a next step with its date.

The first question stands alone: whoever is under 18 gets a named person to go to, and nothing is stored.
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from warmhandoff.custody import actions as custody
from warmhandoff.foundation.codes import sort_key
from warmhandoff.foundation.duties import Owner
from warmhandoff.foundation.errors import BadValue
from warmhandoff.network.models import Membership, Queue
from warmhandoff.network.reading import navigators
from warmhandoff.network.roles import Permission
from warmhandoff.participants import actions as participants
from warmhandoff.participants.models import Listing, Participant
from warmhandoff.participants.reading import file_or_404, own_people
from warmhandoff.web.people.acts import shows_the_first_result
from warmhandoff.web.people.forms import IntakeForm, due_moment, next_step_day
from warmhandoff.web.people.questions import QUESTIONS
from warmhandoff.web.site.access import requires
from warmhandoff.web.site.context import Who
from warmhandoff.web.today import said

MOST_CANDIDATES = 8


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.TAKE_IN)
@shows_the_first_result  # before names are compared: a second press would find the first one's person
def intake(request: HttpRequest) -> HttpResponse:
    """The first question, then the other four and the next step on one page, saved at the end in one transaction."""
    who: Who = request.who  # type: ignore[attr-defined]
    asked = request.POST if request.method == "POST" else request.GET
    if asked.get("adult") != "yes":
        return render(request, "people/adult.html", {"question": QUESTIONS["adult"]})
    if request.method != "POST":
        return _page(request, IntakeForm(initial=_initial(request)))
    form = IntakeForm(request.POST, candidates=candidates(request.POST))
    if form.is_valid():
        known = form.cleaned_data["known"]
        if known not in ("", "new") and not _may_come_back(file_or_404(known)):
            return redirect("people:person", known)
        try:
            return redirect(form.once(by=who.actor, act=lambda: _take_in(request, form, who)))
        except (BadValue, custody.TooYoung) as error:
            form.refuse(
                error if isinstance(error, BadValue) else BadValue("adult", error.sentence, mend=error.mend)
            )
    return _page(request, form)


def _page(request: HttpRequest, form: IntakeForm) -> HttpResponse:
    context = {
        "form": form,
        "questions": QUESTIONS,
        "candidates": [_candidate(one) for one in form.candidates],
    }
    return render(request, "people/intake.html", context, status=422 if form.is_bound else 200)


def _initial(request: HttpRequest) -> dict[str, Any]:
    """What is usual: a place is looked for within two business days. Somebody who came back is known already."""
    usual: dict[str, Any] = {
        "adult": "yes",
        "next_step": "find_place",
        "due": next_step_day(),
        "language": "en",
    }
    code = request.GET.get("again", "")
    if not code:
        return usual
    contact = file_or_404(code).contact
    return usual | {
        "first_name": contact.first_name,
        "last_name": contact.last_name,
        "language": contact.language,
        "area": contact.area,
    }


def candidates(sent: Any) -> list[Listing]:
    """Own people called so: the same first name, and a last name with the same first letter."""
    first, last = sort_key(sent.get("first_name", "")), sort_key(sent.get("last_name", ""))
    if not first or "\x00" in first + last:
        return []
    return list(own_people(f"{first[:80]} {last[:1]}".strip())[:MOST_CANDIDATES])


def _candidate(listing: Listing) -> dict[str, Any]:
    """One of them, and what choosing them would do."""
    file = Participant.objects.select_related("person").get(pk=listing.file_id)
    if _may_come_back(file):
        does = _("Released %(day)s. They are taken in again: the same file.") % {
            "day": said.day(file.person.closed_at)  # type: ignore[arg-type]
        }
    elif listing.standing == Listing.Standing.HELD:
        does = _("With you already. Their page opens; nothing new is made.")
    else:
        does = _("Known here, held by another organization. Their page opens; nothing new is made.")
    return {"code": listing.code, "name": listing.name, "does": does}


def _may_come_back(file: Participant) -> bool:
    return file.person.closed_at is not None


def _take_in(request: HttpRequest, form: IntakeForm, who: Who) -> str:
    known = form.cleaned_data["known"]
    file = custody.take_in(
        told=form.told(),
        reach=form.ways(),
        needs=form.cleaned_data["needs"],
        holder=Owner(who.organization.pk, membership_id=who.membership.pk),
        by=who.actor,
        is_adult=form.cleaned_data["adult"] == "yes",
        next_step=form.step(),
        due_at=due_moment(form.cleaned_data["due"]),
        again=file_or_404(known) if known not in ("", "new") else None,
    )
    if known in ("", "new") or form.cleaned_data["diploma"] is not None:
        participants.learn_schooling(file=file, diploma=form.cleaned_data["diploma"])
    messages.success(
        request,
        _("%(name)s is with you now. What you didn’t ask stands as “not asked yet”.")
        % {"name": form.cleaned_data["first_name"]},
    )
    return reverse("people:person", args=[file.code])


@require_safe
@requires(Permission.TAKE_IN)
def too_young(request: HttpRequest) -> HttpResponse:
    """Whom to go to with somebody under 18: by name, with a phone. No file is made."""
    who: Who = request.who  # type: ignore[attr-defined]
    return render(request, "people/under_18.html", {"contacts": warm_contacts(who)})


def warm_contacts(who: Who) -> list[Membership]:
    """The lead who answers for this organization's queue, then the navigators."""
    leads = Queue.objects.filter(
        organization_id=who.organization.pk, lead__state=Membership.State.ACTIVE
    ).select_related("lead__user", "lead__organization")
    found = [queue.lead for queue in leads.order_by("id")[:1] if queue.lead]
    return [*found, *navigators().exclude(pk__in=[one.pk for one in found]).order_by("user__name", "id")[:2]]
