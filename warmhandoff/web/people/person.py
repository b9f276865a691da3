"""The page of one person: the card, the next step, and one part at a time."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from warmhandoff.custody.reading import links_of
from warmhandoff.foundation import plans
from warmhandoff.foundation.errors import BadValue
from warmhandoff.network.models import Membership
from warmhandoff.network.roles import Permission
from warmhandoff.participants import actions as participants
from warmhandoff.participants.models import Listing, Need
from warmhandoff.referrals.models import Referral
from warmhandoff.referrals.reading import state_words
from warmhandoff.referrals.states import OPEN
from warmhandoff.web.people.acts import shows_the_first_result
from warmhandoff.web.people.card import Card, card_for
from warmhandoff.web.people.forms import CloseNeedForm, NeedForm, PressForm
from warmhandoff.web.people.live import PERSON
from warmhandoff.web.people.story import OUTCOMES, just_done, story_of
from warmhandoff.web.people.telling import FILTERS, by_day
from warmhandoff.web.site.access import requires
from warmhandoff.web.site.context import Who
from warmhandoff.web.site.live import listens
from warmhandoff.web.today import said
from warmhandoff.web.today.addresses import refer_page, referral_page
from warmhandoff.web.today.lines import Line, referral_facts

ENTRIES = 25
TABS = (
    ("person", gettext_lazy("Story")),
    ("referrals", gettext_lazy("Referrals")),
    ("needs", gettext_lazy("Needs")),
    ("program", gettext_lazy("Program")),
    ("who_can_see", gettext_lazy("Who can see")),
)
# Of these, what whoever doesn't work on the file may open: how somebody takes part, and what was talked about.
FOR_MENTORS = ("person", "program")


def frame(card: Card, tab: str, who: Who) -> dict[str, Any]:
    """What every part of a person's page shows around itself."""
    tabs = [
        {"label": label, "url": reverse(f"people:{name}", args=[card.file.code]), "current": name == tab}
        for name, label in TABS
        if card.works or name in FOR_MENTORS
    ]
    return {
        "card": card,
        "code": card.file.code,
        "tabs": tabs,
        "press": PressForm(auto_id="press_%s"),
        "refer_page": refer_page(card.file.code),
        "next_says": next_says(card.next, who) if card.next else "",
    }


def next_says(step: Line, who: Who) -> str:
    """`Yours to do, due Friday, November 20.`"""
    due = {"day": said.weekday(step.due_at)}
    if step.waits:
        return _("Theirs to do, by %(day)s. It comes up on Today if they don’t.") % due
    owner = step.duty.membership_id
    if owner == who.membership.pk:
        return _("Yours to do, due %(day)s.") % due
    if owner is None:
        return _("In the queue, due %(day)s.") % due
    return _("For %(name)s to do, due %(day)s.") % {"name": Membership.objects.get(pk=owner).user.name, **due}


@require_safe
@requires(Permission.SEE_PEOPLE)
@listens(PERSON)
def story(request: HttpRequest, code: str) -> HttpResponse:
    """What happened, newest first."""
    who: Who = request.who  # type: ignore[attr-defined]
    plans.go_by_kept_plans()
    card = card_for(code, who, file=request.live.read)  # type: ignore[attr-defined]
    if card.listing.standing == Listing.Standing.MERGED and not request.GET:
        return _to_the_one_shown(request, card, who)
    only = request.GET.get("only", "") if request.GET.get("only", "") in FILTERS else ""
    entries = story_of(card, who, only=only)
    page = Paginator(entries, ENTRIES).get_page(request.GET.get("page"))
    filters = [{"code": key, "label": label, "current": key == only} for key, label in FILTERS.items()]
    context = {
        "page": page,
        "days": by_day(page.object_list),
        "number": len(entries),
        "only": FILTERS.get(only, ""),
        "filters": filters,
        "undo": what_can_be_undone(card, who),
        "undo_press": PressForm(auto_id="undo_%s"),
    }
    return render(request, "people/story.html", frame(card, "person", who) | context)


def _to_the_one_shown(request: HttpRequest, card: Card, who: Who) -> HttpResponse:
    """Two files were put together: on to the one that is shown, with what happened. The other one's own address has a query."""
    link = links_of(card.file.person_id).get(closed_id=card.file.person_id)
    kept = Listing.objects.get(person_id=link.kept_id, organization_id=card.file.organization_id)
    says = _("Two files of one person were put together %(day)s. This is the one that is shown.")
    if who.may(Permission.RELEASE):
        says += " " + _("The other can be read, and parted again, under “Hand over, ask or connect”.")
    messages.info(request, says % {"day": said.on_day(link.known_from)})
    return redirect("people:person", kept.code)


def what_can_be_undone(card: Card, who: Who) -> str:
    """A sentence on what was just done, for a minute."""
    done = just_done(card, who)
    if not done:
        return ""
    if {event.kind for event in done} == {"contacted"}:
        return _("You have just written down this contact.")
    return _("You have just marked a step as done.")


@require_safe
@requires(Permission.SEE_PEOPLE, Permission.SEE_REFERRALS)
def referrals(request: HttpRequest, code: str) -> HttpResponse:
    """Their referrals that we take part in, open ones first."""
    who: Who = request.who  # type: ignore[attr-defined]
    card = card_for(code, who)
    words = said.words_of("decline_reason", "end_reason", "withdraw_reason")
    found = (
        Referral.objects.filter(person_id=card.file.person_id)
        .select_related("service", "sender", "receiver")
        .order_by("-sent_at", "-id")
    )
    told = [_referral(one, words, card) for one in found]
    context = {"open": [one for one in told if one["open"]], "over": [one for one in told if not one["open"]]}
    return render(request, "people/referrals.html", frame(card, "referrals", who) | context)


def _referral(referral: Referral, words: said.Words, card: Card) -> dict[str, Any]:
    facts = referral_facts(referral, words)
    ours = referral.sender_id == card.file.organization_id
    return {
        "referral": referral,
        "open": referral.state in OPEN,
        "heading": facts["service"],
        "where": facts["receiver"] if ours else _("asked by %(name)s") % {"name": facts["sender"]},
        "state": state_words(referral),
        "sent": referral.sent_at,
        "reason": facts["reason"] if referral.state not in OPEN else "",
        "page": referral_page(referral.code),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.SEE_PEOPLE, Permission.CHANGE_FILE)
@shows_the_first_result
def needs(request: HttpRequest, code: str) -> HttpResponse:
    """What they need: open, with what to do about it, and closed, with how it ended. One more can be added."""
    who: Who = request.who  # type: ignore[attr-defined]
    card = card_for(code, who)
    open_needs = card.shown.needs
    form = NeedForm(request.POST or None, open_codes=[need.code for need in open_needs])
    if request.method == "POST" and form.is_valid():

        def act() -> str:
            participants.open_need(file=card.file, code=form.cleaned_data["code"], by=who.actor)
            return reverse("people:needs", args=[code])

        try:
            return redirect(form.once(by=who.actor, act=act))
        except BadValue as error:
            form.refuse(error)
    words = said.words_of("service_code")
    closed = Need.objects.filter(file=card.file, closed_on__isnull=False).order_by("-closed_on", "-id")
    context = {
        "form": form,
        "open": [_open_need(need, words) for need in open_needs],
        "closed": [
            {
                "need": need,
                "words": words.of("service_code", need.code),
                "outcome": OUTCOMES.get(need.outcome, ""),
            }
            for need in closed
        ],
    }
    return render(
        request,
        "people/needs.html",
        frame(card, "needs", who) | context,
        status=422 if form.is_bound else 200,
    )


def _open_need(need: Need, words: said.Words) -> dict[str, Any]:
    close = CloseNeedForm(initial={"need": need.pk}, auto_id=f"close_{need.pk}_%s")
    return {"need": need, "words": words.of("service_code", need.code), "close": close}
