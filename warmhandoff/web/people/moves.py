"""Who should hold someone: asking for them, offering them, answering; two files or two holders of one and the same person.

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
from django.views.decorators.http import require_http_methods, require_safe

from warmhandoff.custody import actions as custody
from warmhandoff.custody import moves
from warmhandoff.custody.models import CustodyEvent, Handover, HandoverParty, Link
from warmhandoff.custody.reading import (
    asked_about,
    duties_about,
    handover_of,
    links_of,
    notes_on,
    party_or_404,
)
from warmhandoff.custody.states import EXPIRED, OFFERED, STAFF_WORDS
from warmhandoff.foundation import terms
from warmhandoff.foundation.errors import BadValue, NotYours
from warmhandoff.network.models import Organization
from warmhandoff.network.reading import has_active_lead, members_of_the_network
from warmhandoff.network.roles import Permission
from warmhandoff.participants import actions as participants
from warmhandoff.participants.identity import alike, was_known_elsewhere
from warmhandoff.participants.models import Consent, Listing, Participant
from warmhandoff.referrals import actions as referrals
from warmhandoff.referrals.models import Referral
from warmhandoff.referrals.states import REFERRAL, SENT
from warmhandoff.web.forms import OneUseKeyForm
from warmhandoff.web.people.acts import shows_the_first_result
from warmhandoff.web.people.card import Card, card_for
from warmhandoff.web.people.forms import PressForm
from warmhandoff.web.people.moves_forms import (
    ASKED,
    ASKER,
    EITHER,
    AgreeForm,
    AskForm,
    ConsentFields,
    OfferForm,
    RefuseForm,
)
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
    return render(request, template, {"form": form, **context}, status=422 if form.is_bound else 200)


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
        says=_sentence(party),
        state=_state(party),
        page=move_page(party),
        waits=party.state == OFFERED,
        button=_("Answer") if party.side == HandoverParty.Side.ASKED else _("Open the question"),
    )


def other_name(party: HandoverParty) -> str:
    return party.other_organization.name if party.other_organization else _("a partner whom nobody names yet")


def _sentence(party: HandoverParty) -> str:
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


def _state(party: HandoverParty) -> str:
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


def _offered_by_referral(file: Participant, who: Who) -> list[Line]:
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


# --- Asking and offering ------------------------------------------------------------------------------------------


@require_http_methods(GET_OR_POST)
@requires(Permission.RELEASE)
@shows_the_first_result
def ask(request: HttpRequest, code: str) -> HttpResponse:
    """Ask whoever holds someone to hand them over to us."""
    who, card = who_of(request), card_for(code, who_of(request))
    holder = holder_elsewhere(card.file)
    if holder is None:
        raise custody.NotHeld(
            _("Nobody is known who could be asked."), mend=_("Ask the navigator who holds them.")
        )
    form = AskForm(request.POST or None)
    if form.is_bound and form.is_valid():
        answer = do_once(
            request,
            form,
            lambda: move_page(
                moves.request(
                    file=card.file, asked=holder, note=form.cleaned_data["note"], by=who.actor,
                    membership=who.membership,
                )
            ),
            _("Asked. Their answer comes up on Today."),
        )  # fmt: skip
        if answer:
            return answer
    return show(request, "people/moves/ask.html", form, card=card, code=code, holder=holder)


@require_http_methods(GET_OR_POST)
@requires(Permission.RELEASE)
@shows_the_first_result
def ask_partner(request: HttpRequest, code: str) -> HttpResponse:
    """A partner may know them: ask that partner, whoever it is, to connect."""
    who, card = who_of(request), card_for(code, who_of(request))
    custody.held(card.file.person_id)
    form = AskForm(request.POST or None)
    if form.is_bound and form.is_valid():
        answer = do_once(
            request,
            form,
            lambda: move_page(
                moves.request_known(
                    file=card.file, note=form.cleaned_data["note"], by=who.actor, membership=who.membership
                )
            ),
            _("Asked. Their answer comes up on Today."),
        )
        if answer:
            return answer
    return show(request, "people/moves/ask_partner.html", form, card=card, code=code)


@require_http_methods(GET_OR_POST)
@requires(Permission.RELEASE, Permission.REFER)
@shows_the_first_result
def offer(request: HttpRequest, code: str) -> HttpResponse:
    """Hand someone over as a whole, to an organization that accepts."""
    who, card = who_of(request), card_for(code, who_of(request))
    custody.held(card.file.person_id)
    if offered := _offered_by_referral(card.file, who):
        title = _("Hand over %(name)s") % {"name": card.name}
        says = _(
            "Not yet: they are offered to another organization already, by a referral. Wait for its answer, or take that referral back."
        )
        return not_yet(request, card.file, title, says, [InTheWay("", offered)])
    able = [
        each
        for each in members_of_the_network()
        if each.pk != who.organization.pk and has_active_lead(each.pk)
    ]
    form = OfferForm(request.POST or None, organizations=able, organization_id=who.organization.pk)
    if form.is_bound and form.is_valid():
        answer = do_once(
            request, form, lambda: _offer(card, form, who), _("Offered. You hold them until they accept.")
        )
        if answer:
            return answer
    return show(request, "people/moves/offer.html", form, card=card, code=code)


def _offer(card: Card, form: OfferForm, who: Who) -> str:
    to = form.chosen()
    classes = {"contact", "needs", *(need.data_class for need in card.shown.needs)}
    consent = _agreed(card.file, form, to.pk, "handover", sorted(classes), WHOLE, who)
    party = moves.offer(
        file=card.file, to=to, consent=consent, note=form.cleaned_data["note"], by=who.actor,
        membership=who.membership,
    )  # fmt: skip
    return move_page(party)


def _agreed(
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


# --- One handover: how it stands, and the answer ------------------------------------------------------------------


@require_http_methods(GET_OR_POST)
@requires(Permission.RELEASE)
@shows_the_first_result
def move(request: HttpRequest, code: str) -> HttpResponse:
    """What was asked; for whoever was asked, with the yes."""
    who, party = who_of(request), party_or_404(code)
    open_here = party.side == HandoverParty.Side.ASKED and party.state in (OFFERED, EXPIRED)
    yes = _yes(request, party, who) if open_here else Yes(None)
    if yes.form is not None and yes.form.is_bound and yes.form.is_valid():
        form = yes.form
        answer = do_once(request, form, lambda: _say_yes(party, form, who), _yes_said(party))
        if answer:
            return answer
    return show(
        request, "people/moves/move.html", yes.form or PressForm(), **_about(party), open_here=open_here, yes=yes
    )  # fmt: skip


@dataclass(frozen=True)
class Yes:
    """How a question can be answered with yes, and what of ours is in the way or keeps the person with us."""

    form: OneUseKeyForm | None
    open: list[Line] = field(default_factory=list)


def _yes(request: HttpRequest, party: HandoverParty, who: Who) -> Yes:
    data, file = request.POST or None, _own_file(party)
    if party.kind == TRANSFER or file is None:
        return Yes(PressForm(data))
    if party.kind == REQUEST:
        offered = _offered_by_referral(file, who)
        return Yes(
            None if offered else AgreeForm(data, keepers=[], organization_id=who.organization.pk), offered
        )
    ours = still_open(file, who, but=party.handover_id)
    keepers = [(ASKED, _("We do")), (ASKER, other_name(party))]
    # Whoever has something open for them can't let them go.
    able = [
        each for each in keepers if party.proposed in (EITHER, each[0]) and not (ours and each[0] == ASKER)
    ]
    if not able:
        return Yes(None, ours)
    initial = {"keeps": able[0][0]} if len(able) == 1 else {}
    return Yes(AgreeForm(data, keepers=able, organization_id=who.organization.pk, initial=initial), ours)


def _about(party: HandoverParty) -> dict[str, Any]:
    file = _own_file(party)
    return {
        "party": party,
        "other": other_name(party),
        "sentence": _sentence(party),
        "state": _state(party),
        "file": file,
        "name": file.listing.short_name if file else _("Someone new"),
        "notes": list(notes_on(party)),
        "can_withdraw": party.side == HandoverParty.Side.ASKER and party.state in (OFFERED, EXPIRED),
        "unnamed": party.other_organization is None,
    }


def _own_file(party: HandoverParty) -> Participant | None:
    return (
        Participant.objects.filter(person_id=party.person_id, organization_id=party.organization_id)
        .select_related("listing", "contact", "person")
        .first()
        if party.person_id
        else None
    )


def _yes_said(party: HandoverParty) -> str:
    return {
        TRANSFER: _("You hold them now, with all that is open for them."),
        REQUEST: _("Handed over, with all that is open for them. Your file stays with you."),
        LINK: _("Connected. Both files stay as they are."),
    }[Handover.Kind(party.kind)]


def _say_yes(party: HandoverParty, form: OneUseKeyForm, who: Who) -> str:
    handover = handover_of(party)
    if party.kind == TRANSFER:
        return page_of(referrals.take_on(handover=handover, by=who.actor))
    file = _own_file(party)
    if file is None or not isinstance(form, AgreeForm):
        raise NotYours()
    purpose, classes = ("handover", ["contact", "needs"]) if party.kind == REQUEST else ("link", ["contact"])
    consent = _agreed(file, form, handover.to_organization_id, purpose, classes, (), who)
    if party.kind == REQUEST:
        referrals.hand_over(handover=handover, consent=consent, by=who.actor)
    else:
        _link(handover, form.cleaned_data["keeps"], consent, who)
    return page_of(file)


def _link(handover: Handover, keeps: str, consent: Consent, who: Who) -> None:
    try:
        moves.link(handover=handover, keeps=keeps, consent=consent, by=who.actor)
    except moves.OtherSideOpen as error:
        raise BadValue("keeps", error.sentence, mend=error.mend) from error


@require_http_methods(GET_OR_POST)
@requires(Permission.RELEASE)
@shows_the_first_result
def refuse(request: HttpRequest, code: str) -> HttpResponse:
    """No, with the reason."""
    who, party = who_of(request), party_or_404(code)
    if party.side != HandoverParty.Side.ASKED or party.state != OFFERED:
        return redirect(move_page(party))
    form = RefuseForm(request.POST or None)
    if form.is_bound and form.is_valid():

        def act() -> str:
            moves.refuse(handover=handover_of(party), reason=form.cleaned_data["reason"], by=who.actor)
            return move_page(party)

        answer = do_once(request, form, act, _("Said no. Everything stays as it is."))
        if answer:
            return answer
    return show(request, "people/moves/refuse.html", form, **_about(party))


@require_http_methods(GET_OR_POST)
@requires(Permission.RELEASE)
@shows_the_first_result
def withdraw(request: HttpRequest, code: str) -> HttpResponse:
    """Take back what we asked."""
    who, party = who_of(request), party_or_404(code)
    if party.side != HandoverParty.Side.ASKER or party.state not in (OFFERED, EXPIRED):
        return redirect(move_page(party))
    form = PressForm(request.POST or None)
    if form.is_bound and form.is_valid():

        def act() -> str:
            moves.withdraw(party=party, by=who.actor)
            return move_page(party)

        answer = do_once(request, form, act, _("Taken back. Nobody has moved."))
        if answer:
            return answer
    return show(request, "people/moves/withdraw.html", form, **_about(party))
