"""Who should hold someone: asking for them, offering them, answering; two files or two holders of one and the same person.

Everything a page does here is said before it is done: what moves, what stays, and how it is undone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from warmhandoff.custody import actions as custody
from warmhandoff.custody import merging, moves
from warmhandoff.custody.models import CustodyEvent, Handover, HandoverParty, Link
from warmhandoff.custody.reading import (
    asked_about,
    handover_of,
    links_of,
    notes_on,
    party_or_404,
    shown_instead,
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
from warmhandoff.participants.reading import file_or_404
from warmhandoff.referrals import actions as referrals
from warmhandoff.referrals.models import Referral
from warmhandoff.web.forms import ChoiceLabel, OneUseKeyForm
from warmhandoff.web.people.acts import shows_the_first_result
from warmhandoff.web.people.card import Card, card_for
from warmhandoff.web.people.forms import PressForm
from warmhandoff.web.people.moves_forms import (
    ASKED,
    ASKER,
    AgreeForm,
    AskForm,
    AskToLinkForm,
    ConsentFields,
    MergeForm,
    OfferForm,
    RefuseForm,
)
from warmhandoff.web.site.access import requires
from warmhandoff.web.site.context import Who
from warmhandoff.web.today import said

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
class Option:
    """One thing that can be done about who holds someone."""

    title: str
    says: str
    page: str
    button: str


def _page_of(file: Participant) -> str:
    return reverse("people:person", args=[file.code])


def _hub(file: Participant) -> str:
    return reverse("people:moves", args=[file.code])


def _move(party: HandoverParty) -> str:
    return reverse("people:move", args=[party.code])


def _who(request: HttpRequest) -> Who:
    return request.who  # type: ignore[attr-defined]


def _do(request: HttpRequest, form: OneUseKeyForm, act: Callable[[], str], says: str) -> HttpResponse | None:
    """Do it once and go where it says; None where a value was refused, which the form then shows."""

    def do() -> str:
        where = act()
        messages.success(request, says)
        return where

    try:
        return redirect(form.once(by=_who(request).actor, act=do))
    except BadValue as error:
        form.refuse(error)
        return None


def _show(request: HttpRequest, template: str, form: OneUseKeyForm, **context: Any) -> HttpResponse:
    return render(request, template, {"form": form, **context}, status=422 if form.is_bound else 200)


# --- What can be done about who holds someone ---------------------------------------------------------------------


@require_safe
@requires(Permission.RELEASE)
def overview(request: HttpRequest, code: str) -> HttpResponse:
    """What waits, what is linked, and what can be asked."""
    who = _who(request)
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
        page=_move(party),
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
    day = {"day": said.day(link.known_from)}
    if link.basis == Link.Basis.MERGE:
        says = (
            _("Another file is shown for them since %(day)s.")
            if behind
            else _("This file is shown for two since %(day)s.")
        )
    elif behind:
        says = _("Connected since %(day)s: another organization goes on holding them.")
    else:
        says = _("Connected with %(other)s since %(day)s: you go on holding them.")
        day["other"] = link.organization.name
    page = reverse("people:unlink", args=[file.code, link.code])
    return {"says": says % day, "page": page, "button": _("Undo it")}


def _options(card: Card, who: Who) -> list[Option]:
    file = card.file
    if shown_instead(file.person_id):
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
    return [listing for listing in found if listing.file_id != card.file.pk][:3]


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


# --- Asking and offering ------------------------------------------------------------------------------------------


@require_http_methods(GET_OR_POST)
@requires(Permission.RELEASE)
@shows_the_first_result
def ask(request: HttpRequest, code: str) -> HttpResponse:
    """Ask whoever holds someone to hand them over to us."""
    who, card = _who(request), card_for(code, _who(request))
    holder = holder_elsewhere(card.file)
    if holder is None:
        raise custody.NotHeld(
            _("Nobody is known who could be asked."), mend=_("Ask the navigator who holds them.")
        )
    form = AskForm(request.POST or None)
    if form.is_bound and form.is_valid():
        answer = _do(
            request,
            form,
            lambda: _move(
                moves.request(
                    file=card.file, asked=holder, note=form.cleaned_data["note"], by=who.actor,
                    membership=who.membership,
                )
            ),
            _("Asked. Their answer comes up on Today."),
        )  # fmt: skip
        if answer:
            return answer
    return _show(request, "people/moves/ask.html", form, card=card, code=code, holder=holder)


@require_http_methods(GET_OR_POST)
@requires(Permission.RELEASE)
@shows_the_first_result
def ask_partner(request: HttpRequest, code: str) -> HttpResponse:
    """A partner may know them: ask that partner, whoever it is, to connect."""
    who, card = _who(request), card_for(code, _who(request))
    custody.held(card.file.person_id)
    form = AskForm(request.POST or None)
    if form.is_bound and form.is_valid():
        answer = _do(
            request,
            form,
            lambda: _move(
                moves.request_known(
                    file=card.file, note=form.cleaned_data["note"], by=who.actor, membership=who.membership
                )
            ),
            _("Asked. Their answer comes up on Today."),
        )
        if answer:
            return answer
    return _show(request, "people/moves/ask_partner.html", form, card=card, code=code)


@require_http_methods(GET_OR_POST)
@requires(Permission.RELEASE, Permission.REFER)
@shows_the_first_result
def offer(request: HttpRequest, code: str) -> HttpResponse:
    """Hand someone over as a whole, to an organization that accepts."""
    who, card = _who(request), card_for(code, _who(request))
    custody.held(card.file.person_id)
    able = [
        each
        for each in members_of_the_network()
        if each.pk != who.organization.pk and has_active_lead(each.pk)
    ]
    form = OfferForm(request.POST or None, organizations=able, organization_id=who.organization.pk)
    if form.is_bound and form.is_valid():
        answer = _do(
            request, form, lambda: _offer(card, form, who), _("Offered. You hold them until they accept.")
        )
        if answer:
            return answer
    return _show(request, "people/moves/offer.html", form, card=card, code=code)


def _offer(card: Card, form: OfferForm, who: Who) -> str:
    to = form.chosen()
    classes = {"contact", "needs", *(need.data_class for need in card.shown.needs)}
    consent = _agreed(card.file, form, to.pk, "handover", sorted(classes), WHOLE, who)
    party = moves.offer(
        file=card.file, to=to, consent=consent, note=form.cleaned_data["note"], by=who.actor,
        membership=who.membership,
    )  # fmt: skip
    return _move(party)


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
    who, party = _who(request), party_or_404(code)
    open_here = party.side == HandoverParty.Side.ASKED and party.state in (OFFERED, EXPIRED)
    form = _yes_form(request, party, who) if open_here else PressForm()
    if open_here and form.is_bound and form.is_valid():
        answer = _do(request, form, lambda: _say_yes(party, form, who), _yes_said(party))
        if answer:
            return answer
    return _show(request, "people/moves/move.html", form, **_about(party), open_here=open_here)


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


def _yes_form(request: HttpRequest, party: HandoverParty, who: Who) -> OneUseKeyForm:
    if party.kind == TRANSFER:
        return PressForm(request.POST or None)
    keepers = [(ASKED, _("We do")), (ASKER, other_name(party))] if party.kind == LINK else []
    allowed = [each for each in keepers if party.proposed in ("either", each[0])]
    return AgreeForm(
        request.POST or None,
        keepers=allowed,
        organization_id=who.organization.pk,
        initial={"keeps": allowed[0][0]} if len(allowed) == 1 else {},
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
        return _page_of(referrals.take_on(handover=handover, by=who.actor))
    file = _own_file(party)
    if file is None or not isinstance(form, AgreeForm):
        raise NotYours()
    purpose, classes = ("handover", ["contact", "needs"]) if party.kind == REQUEST else ("link", ["contact"])
    consent = _agreed(file, form, handover.to_organization_id, purpose, classes, (), who)
    if party.kind == REQUEST:
        referrals.hand_over(handover=handover, consent=consent, by=who.actor)
    else:
        moves.link(handover=handover, keeps=form.cleaned_data["keeps"], consent=consent, by=who.actor)
    return _page_of(file)


@require_http_methods(GET_OR_POST)
@requires(Permission.RELEASE)
@shows_the_first_result
def refuse(request: HttpRequest, code: str) -> HttpResponse:
    """No, with the reason."""
    who, party = _who(request), party_or_404(code)
    if party.side != HandoverParty.Side.ASKED or party.state != OFFERED:
        return redirect(_move(party))
    form = RefuseForm(request.POST or None)
    if form.is_bound and form.is_valid():

        def act() -> str:
            moves.refuse(handover=handover_of(party), reason=form.cleaned_data["reason"], by=who.actor)
            return _move(party)

        answer = _do(request, form, act, _("Said no. Everything stays as it is."))
        if answer:
            return answer
    return _show(request, "people/moves/refuse.html", form, **_about(party))


@require_http_methods(GET_OR_POST)
@requires(Permission.RELEASE)
@shows_the_first_result
def withdraw(request: HttpRequest, code: str) -> HttpResponse:
    """Take back what we asked."""
    who, party = _who(request), party_or_404(code)
    if party.side != HandoverParty.Side.ASKER or party.state not in (OFFERED, EXPIRED):
        return redirect(_move(party))
    form = PressForm(request.POST or None)
    if form.is_bound and form.is_valid():

        def act() -> str:
            moves.withdraw(party=party, by=who.actor)
            return _move(party)

        answer = _do(request, form, act, _("Taken back. Nobody has moved."))
        if answer:
            return answer
    return _show(request, "people/moves/withdraw.html", form, **_about(party))


# --- Two files, or two holders, of one person ---------------------------------------------------------------------


@require_http_methods(GET_OR_POST)
@requires(Permission.RELEASE, Permission.CHANGE_FILE)
@shows_the_first_result
def same(request: HttpRequest, code: str, other: str) -> HttpResponse:
    """Two of our files on one person: put them together, or, where another organization holds one, ask it to connect."""
    one, two = file_or_404(code), file_or_404(other)
    if one.pk == two.pk:
        raise NotYours()
    holds = {file.pk: custody.holds(file.person_id) for file in (one, two)}
    elsewhere = [file for file in (one, two) if not holds[file.pk] and file.person.closed_at is None]
    if elsewhere:
        ours = next((file for file in (one, two) if holds[file.pk]), None)
        holder = holder_elsewhere(elsewhere[0])
        if ours is None or holder is None:
            raise merging.HeldElsewhere()
        return _ask_to_link(request, ours, elsewhere[0], holder)
    return _merge(request, one, two, holds)


def _ask_to_link(
    request: HttpRequest, ours: Participant, theirs: Participant, holder: Organization
) -> HttpResponse:
    who = _who(request)
    form = AskToLinkForm(request.POST or None, other=holder.name)
    if form.is_bound and form.is_valid():
        answer = _do(
            request,
            form,
            lambda: _move(
                moves.ask_to_link(
                    file=ours, same_as=theirs, asked=holder, proposed=form.cleaned_data["proposed"],
                    note=form.cleaned_data["note"], by=who.actor, membership=who.membership,
                )
            ),
            _("Asked. Their answer comes up on Today."),
        )  # fmt: skip
        if answer:
            return answer
    return _show(
        request, "people/moves/ask_to_link.html", form, file=ours, holder=holder, names=_names(ours, theirs)
    )


def _merge(request: HttpRequest, one: Participant, two: Participant, holds: dict[int, bool]) -> HttpResponse:
    who = _who(request)
    able = [file for file in (one, two) if holds[file.pk]] or [one, two]
    form = MergeForm(
        request.POST or None,
        files=[(file.code, _label(file, held=holds[file.pk])) for file in able],
        initial={"keep": able[0].code},
    )
    if form.is_bound and form.is_valid():
        keep, gone = (one, two) if form.cleaned_data["keep"] == one.code else (two, one)

        def act() -> str:
            merging.merge(keep=keep, other=gone, by=who.actor)
            return _page_of(keep)

        try:
            answer = _do(request, form, act, _("Put together. You can undo it under “Who holds them”."))
        except custody.SomethingOpen as error:
            sentence = _("Something is still open in the other file that only it can settle.")
            form.refuse(BadValue("keep", sentence, mend=_("Show that file instead, or settle it first.")))
            answer = None
            del error
        if answer:
            return answer
    return _show(request, "people/moves/merge.html", form, file=one, names=_names(one, two))


def _label(file: Participant, *, held: bool) -> ChoiceLabel:
    opened = _("opened %(day)s") % {"day": said.on_day(file.opened_at)}
    return ChoiceLabel(file.listing.name, f"{opened}; {_('you hold them') if held else _('released')}")


def _names(*files: Participant) -> str:
    return said.together([file.listing.name for file in files])


@require_http_methods(GET_OR_POST)
@requires(Permission.RELEASE, Permission.CHANGE_FILE)
@shows_the_first_result
def unlink(request: HttpRequest, code: str, link: str) -> HttpResponse:
    """Two after all: undo a merge, or end a working link."""
    who, file = _who(request), file_or_404(code)
    found = links_of(file.person_id).filter(code=link).first()
    if found is None:
        raise NotYours()
    merged = found.basis == Link.Basis.MERGE
    form = PressForm(request.POST or None)
    if form.is_bound and form.is_valid():

        def act() -> str:
            (merging.unmerge if merged else moves.unlink)(link=found, by=who.actor)
            return _hub(file)

        says = _("Two files again, each as it was.") if merged else _("No longer connected.")
        answer = _do(request, form, act, says)
        if answer:
            return answer
    return _show(
        request,
        "people/moves/unlink.html",
        form,
        file=file,
        name=file.listing.short_name,
        merged=merged,
        comes_back_here=found.organization_id == who.organization.pk,
        other=found.organization.name,
    )
