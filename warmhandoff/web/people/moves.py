"""Who should hold someone: what waits, what is linked, what can be asked; and what the pages that ask and answer have in common.

Everything a page does here is said before it is done: what moves, what stays, and how it is undone.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from warmhandoff.custody import moves
from warmhandoff.custody.models import CustodyEvent, Handover, HandoverParty, Link
from warmhandoff.custody.reading import (
    asked_about,
    duties_about,
    handover_of,
    links_of,
)
from warmhandoff.custody.states import OFFERED, STAFF_WORDS
from warmhandoff.foundation import terms
from warmhandoff.foundation.errors import BadValue
from warmhandoff.network.models import Organization
from warmhandoff.network.roles import Permission
from warmhandoff.participants import actions as participants
from warmhandoff.participants.identity import alike, was_known_elsewhere
from warmhandoff.participants.models import Consent, Listing, Participant
from warmhandoff.referrals import actions as referrals
from warmhandoff.referrals.models import Referral, ReferralParty
from warmhandoff.referrals.states import REFERRAL, SENT
from warmhandoff.web.forms import OneUseKeyForm
from warmhandoff.web.people.card import Card, card_for
from warmhandoff.web.people.moves_forms import ConsentFields
from warmhandoff.web.people.questions import both_languages
from warmhandoff.web.site.access import requires
from warmhandoff.web.site.context import Who
from warmhandoff.web.today import said
from warmhandoff.web.today.lines import Line, lines_for

GET_OR_POST = ["GET", "HEAD", "POST"]
# What goes along with someone who is handed over as a whole.
WHOLE = ("name", "reach", "need", "birth_date")
TRANSFER, REQUEST, LINK = Handover.Kind.TRANSFER, Handover.Kind.REQUEST, Handover.Kind.WORKING_LINK


@dataclass(frozen=True)
class Told:
    """One handover as a line: what, how it stands, and its page."""

    says: str
    state: str
    page: str
    waits: bool
    button: str


@dataclass(frozen=True)
class InTheWay:
    """What must be settled first, of one file."""

    heading: str
    lines: list[Line]
    # What goes on in it besides: (what is to be done, where).
    goes_on: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Option:
    """One thing that can be done about who holds someone."""

    title: str
    says: str
    page: str
    button: str


def page_of(file: Participant) -> str:
    return reverse("people:person", args=[file.code])


def hub(file: Participant) -> str:
    return reverse("people:moves", args=[file.code])


def move_page(party: HandoverParty) -> str:
    return reverse("people:move", args=[party.code])


def who_of(request: HttpRequest) -> Who:
    return request.who  # type: ignore[attr-defined]


def do_once(
    request: HttpRequest, form: OneUseKeyForm, act: Callable[[], str], says: str
) -> HttpResponse | None:
    """Do it once and go where it says; None where a value was refused, which the form then shows."""

    def do() -> str:
        where = act()
        messages.success(request, says)
        return where

    try:
        return redirect(form.once(by=who_of(request).actor, act=do))
    except BadValue as error:
        form.refuse(error)
        return None


def show(request: HttpRequest, template: str, form: OneUseKeyForm, **context: Any) -> HttpResponse:
    """The page, with what is read out to the person in both languages."""
    context |= {"form": form, "languages": both_languages()}
    return render(request, template, context, status=422 if form.is_bound else 200)


def agreed(
    file: Participant,
    form: ConsentFields,
    recipient: int,
    purpose: str,
    classes: list[str],
    parts: tuple[str, ...],
    who: Who,
) -> Consent:
    asked = form.asked(
        recipient=recipient, purpose=purpose, classes=classes, parts=parts, language=file.contact.language
    )
    return participants.record_consent(file=file, asked=asked, by=who.actor)


def as_a_whole(card: Card) -> list[str]:
    """The data classes of what goes along with someone who is handed over as a whole."""
    return sorted({"contact", "needs", *(need.data_class for need in card.shown.needs)})


# --- What can be done about who holds someone ---------------------------------------------------------------------


@require_safe
@requires(Permission.RELEASE)
def overview(request: HttpRequest, code: str) -> HttpResponse:
    """What waits, what is linked, and what can be asked."""
    who = who_of(request)
    card = card_for(code, who)
    told = [_told(party) for party in asked_about(card.file.person_id)]
    context = {
        "card": card,
        "code": code,
        "waiting": [one for one in told if one.waits],
        "settled": [one for one in told if not one.waits],
        "options": _options(card, who),
        "links": [_linked(link, card.file) for link in links_of(card.file.person_id)],
    }
    return render(request, "people/moves/overview.html", context)


def _told(party: HandoverParty) -> Told:
    return Told(
        says=sentence_of(party),
        state=state_of(party),
        page=move_page(party),
        waits=party.state == OFFERED,
        button=_("Answer") if party.side == HandoverParty.Side.ASKED else _("Open the question"),
    )


def is_by_code(party: HandoverParty) -> bool:
    """Whether the network's office asks to take over whom it knows by code alone; a request names both sides otherwise."""
    if party.kind != REQUEST:
        return False
    if party.side == HandoverParty.Side.ASKER:
        return ReferralParty.objects.filter(take_over_id=party.handover_id).exists()
    return handover_of(party).unnamed


def other_name(party: HandoverParty) -> str:
    if party.other_organization:
        return party.other_organization.name
    return _("whoever holds them") if party.kind == REQUEST else _("a partner whom nobody names yet")


def sentence_of(party: HandoverParty) -> str:
    """What was asked, by whom, of whom."""
    other = {"other": other_name(party)}
    if party.side == HandoverParty.Side.ASKER:
        return {
            TRANSFER: _("You offered them to %(other)s."),
            REQUEST: _("You asked %(other)s to hand them over to you."),
            LINK: _("You asked %(other)s to connect."),
        }[Handover.Kind(party.kind)] % other
    return {
        TRANSFER: _("%(other)s offers to hand them over to you."),
        REQUEST: _("%(other)s asks you to hand them over."),
        LINK: _("%(other)s asks whether you know the same person."),
    }[Handover.Kind(party.kind)] % other


def state_of(party: HandoverParty) -> str:
    words = str(STAFF_WORDS[party.state])
    if party.state == "declined":
        return f"{words}: {said.inside(terms.word('refusal_reason', party.reason))}"
    if party.state == OFFERED:
        return _("waiting for an answer until %(day)s") % {"day": said.day(party.answer_due_at)}
    return words


def _linked(link: Link, file: Participant) -> dict[str, str]:
    behind = link.closed_id == file.person_id
    day, other = {"day": said.day(link.known_from)}, ""
    if link.basis == Link.Basis.MERGE:
        says = (
            _("Another file is shown for them since %(day)s.")
            if behind
            else _("This file is shown for two since %(day)s.")
        )
        other = "" if behind else _ownpage_of(link.closed_id, file)
    elif behind:
        says = _("Connected since %(day)s: another organization goes on holding them.")
    else:
        says = _("Connected with %(other)s since %(day)s: you go on holding them.")
        day["other"] = link.organization.name
    page = reverse("people:unlink", args=[file.code, link.code])
    return {"says": says % day, "page": page, "button": _("Undo it"), "other": other}


def _ownpage_of(person_id: uuid.UUID, beside: Participant) -> str:
    """Where the file that isn't shown can be read as it was written."""
    listing = Listing.objects.get(person_id=person_id, organization_id=beside.organization_id)
    return reverse("people:person", args=[listing.code]) + "?file=own"


def _options(card: Card, who: Who) -> list[Option]:
    file = card.file
    if _behind([file.person_id]):
        return []
    waits = asked_about(file.person_id).filter(state=OFFERED).exists()
    found: list[Option] = []
    if card.custody is not None and not waits:
        found.append(
            Option(
                _("Hand them over to another organization"),
                _("They move when, and only when, that organization accepts. Until then you hold them."),
                reverse("people:offer", args=[file.code]),
                _("Hand over"),
            )
        )
        if was_known_elsewhere(file):
            found.append(
                Option(
                    _("Ask a partner to connect"),
                    _("A partner may know them already. You learn who it is with their yes, and not before."),
                    reverse("people:ask_partner", args=[file.code]),
                    _("Ask that partner"),
                )
            )
    holder = holder_elsewhere(file) if card.custody is None else None
    if holder is not None and not waits and file.person.closed_at is None:
        found.append(
            Option(
                _("Ask to take them over"),
                _("%(holder)s holds them, and decides.") % {"holder": holder.name},
                reverse("people:ask", args=[file.code]),
                _("Ask %(holder)s") % {"holder": holder.name},
            )
        )
    return found + [_same(file, other) for other in _alike(card)]


def _alike(card: Card) -> list[Listing]:
    """Our own other files that may be the same person's."""
    contact = card.shown.contact
    if contact is None:
        return []
    told = participants.Told(
        first_name=contact.first_name,
        last_name=contact.last_name,
        birth_date=contact.birth_date,
        area=contact.area,
    )
    reach = [participants.Way(point.channel, point.value) for point in card.shown.reach]
    found = [one.listing for one in alike(told=told, reach=reach) if one.likely]
    behind = _behind([listing.person_id for listing in found])
    return [one for one in found if one.file_id != card.file.pk and one.person_id not in behind][:3]


def _behind(people: list[uuid.UUID]) -> set[uuid.UUID]:
    """Which of them stand behind somebody: nothing is asked about them until that ends."""
    live = Link.objects.filter(closed_id__in=people, known_to__isnull=True)
    return set(live.values_list("closed_id", flat=True))


def _same(file: Participant, other: Listing) -> Option:
    return Option(
        _("The same person as %(name)s?") % {"name": other.name},
        _("Two of your files look alike. Nothing of either is lost when they are put together."),
        reverse("people:same", args=[file.code, other.code]),
        _("Compare the two"),
    )


def holder_elsewhere(file: Participant) -> Organization | None:
    """Which organization holds them, where we may know: through a referral that we take part in, or because we gave them over."""
    referral = Referral.objects.filter(person_id=file.person_id).order_by("-sent_at", "-id").first()
    holder_id = referrals.holder_of(referral) if referral else None
    if holder_id is None and file.person.closed_at is None:
        moved = CustodyEvent.objects.filter(
            person_id=file.person_id, organization_id=file.organization_id, kind="moved_out"
        )
        holder_id = (
            moved.order_by("-happened_at", "-id").values_list("other_organization_id", flat=True).first()
        )
    if holder_id is None or holder_id == file.organization_id:
        return None
    return Organization.objects.filter(pk=holder_id).first()


def still_open(file: Participant, who: Who, *, but: int = 0) -> list[Line]:
    """What is open for them here that only this file can settle, with the button that leads to it; `but` for one handover."""
    found = duties_about(file.person_id).filter(holds_release=True)
    return lines_for(list(found.exclude(subject_kind=moves.SUBJECT, subject_id=but)), who)


def offered_by_referral(file: Participant, who: Who) -> list[Line]:
    """A transfer that somebody has not answered yet: nobody is offered to two at once."""
    asked = Referral.objects.filter(
        person_id=file.person_id, mode=Referral.Mode.TRANSFER, state=SENT, sender_id=file.organization_id
    )
    about = duties_about(file.person_id).filter(subject_kind=REFERRAL.name, subject_id__in=asked.values("pk"))
    return lines_for(list(about), who)


def not_yet(
    request: HttpRequest, file: Participant, title: str, says: str, in_the_way: list[InTheWay]
) -> HttpResponse:
    """What is asked for can't be done while these are open: each is named, with its button."""
    context = {"title": title, "says": says, "in_the_way": in_the_way, "file": file}
    return render(request, "people/moves/not_yet.html", context)
