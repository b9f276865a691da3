"""Asking for someone, and offering them."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from warmhandoff.custody import actions as custody
from warmhandoff.custody import moves
from warmhandoff.network.reading import has_active_lead, members_of_the_network
from warmhandoff.network.roles import Permission
from warmhandoff.web.people.acts import shows_the_first_result
from warmhandoff.web.people.card import Card, card_for
from warmhandoff.web.people.moves import (
    GET_OR_POST,
    WHOLE,
    InTheWay,
    agreed,
    as_a_whole,
    do_once,
    holder_elsewhere,
    move_page,
    not_yet,
    offered_by_referral,
    show,
    who_of,
)
from warmhandoff.web.people.moves_forms import AskForm, OfferForm
from warmhandoff.web.site.access import requires
from warmhandoff.web.site.context import Who


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
    if offered := offered_by_referral(card.file, who):
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
    consent = agreed(card.file, form, to.pk, "handover", as_a_whole(card), WHOLE, who)
    party = moves.offer(
        file=card.file, to=to, consent=consent, note=form.cleaned_data["note"], by=who.actor,
        membership=who.membership,
    )  # fmt: skip
    return move_page(party)
