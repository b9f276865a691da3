"""One question about who holds someone: how it stands, and the answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from warmhandoff.custody import moves
from warmhandoff.custody.models import Handover, HandoverParty
from warmhandoff.custody.reading import handover_of, notes_on, party_or_404
from warmhandoff.custody.states import EXPIRED, OFFERED
from warmhandoff.foundation.errors import BadValue, NotYours
from warmhandoff.network.roles import Permission
from warmhandoff.participants.models import Consent, Participant
from warmhandoff.referrals import actions as referrals
from warmhandoff.referrals import board
from warmhandoff.web.forms import OneUseKeyForm
from warmhandoff.web.people.acts import shows_the_first_result
from warmhandoff.web.people.card import card_for
from warmhandoff.web.people.forms import PressForm
from warmhandoff.web.people.moves import (
    GET_OR_POST,
    LINK,
    REQUEST,
    TRANSFER,
    WHOLE,
    agreed,
    as_a_whole,
    do_once,
    is_by_code,
    move_page,
    offered_by_referral,
    other_name,
    page_of,
    sentence_of,
    show,
    state_of,
    still_open,
    who_of,
)
from warmhandoff.web.people.moves_forms import ASKED, ASKER, EITHER, AgreeForm, RefuseForm
from warmhandoff.web.site.access import requires
from warmhandoff.web.site.context import Who
from warmhandoff.web.today.lines import Line


@require_http_methods(GET_OR_POST)
@requires(Permission.RELEASE)
@shows_the_first_result
def move(request: HttpRequest, code: str) -> HttpResponse:
    """What was asked; for whoever was asked, with the yes."""
    who, party = who_of(request), party_or_404(code)
    open_here = _is_asked(party) and party.state in (OFFERED, EXPIRED)
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
        offered = offered_by_referral(file, who)
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
    by_code = is_by_code(party)
    return {
        "party": party,
        # The office asked by code: the holder may also offer them to somebody else, and the person hears what is shown.
        "by_code": by_code,
        "elsewhere": reverse("people:offer", args=[file.code])
        if by_code and file and _is_asked(party)
        else "",
        "other": other_name(party),
        "sentence": sentence_of(party),
        "state": state_of(party),
        "file": file,
        "name": file.listing.short_name if file else _unknown(party, by_code=by_code),
        "notes": list(notes_on(party)),
        "can_withdraw": party.side == HandoverParty.Side.ASKER and party.state in (OFFERED, EXPIRED),
        "unnamed": party.other_organization is None,
    }


def _is_asked(party: HandoverParty) -> bool:
    return party.side == HandoverParty.Side.ASKED


def _unknown(party: HandoverParty, *, by_code: bool) -> str:
    """How someone is called whose name isn't known here: by the code of the referral on the board, where that was asked about."""
    if by_code and not _is_asked(party):
        return _("Referral %(code)s") % {"code": board.code_of_asked(party.handover_id)}
    return _("Someone new")


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
    consent = agreed(file, form, handover.to_organization_id, *_goes_along(handover, file, who), who)
    if party.kind == REQUEST:
        referrals.hand_over(handover=handover, consent=consent, by=who.actor)
    else:
        _link(handover, form.cleaned_data["keeps"], consent, who)
    return page_of(file)


def _goes_along(handover: Handover, file: Participant, who: Who) -> tuple[str, list[str], tuple[str, ...]]:
    """What the person's yes is for, and what it covers. Whoever asked by code has no file of their own yet."""
    if handover.kind == LINK:
        return "link", ["contact"], ()
    if handover.unnamed:
        return "handover", as_a_whole(card_for(file.code, who)), WHOLE
    return "handover", ["contact", "needs"], ()


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
