"""Noes that the network's office looks at once more: by code; whoever holds the person goes on meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from warmhandoff.foundation import terms
from warmhandoff.foundation.errors import BadValue
from warmhandoff.network.models import Organization
from warmhandoff.network.roles import Permission
from warmhandoff.referrals import actions, board, declines
from warmhandoff.referrals.actions.watching import LONGEST_NOTE
from warmhandoff.referrals.declines import Review, Verdict
from warmhandoff.referrals.looking import SecondLook
from warmhandoff.referrals.states import MOST_ROUNDS
from warmhandoff.web.forms import OneUseKeyForm
from warmhandoff.web.network.forms import SuggestForm
from warmhandoff.web.network.lines import Line, days_said, lines_of, reason_of
from warmhandoff.web.network.views import those_with_room_first
from warmhandoff.web.organization.forms import PressForm
from warmhandoff.web.organization.views import FORM, who_of
from warmhandoff.web.referrals.story import times_said
from warmhandoff.web.site.access import requires

DESK = "network:declines"


class SendBackForm(OneUseKeyForm):
    note = forms.CharField(
        label=gettext_lazy("What should they look at again?"),
        help_text=gettext_lazy(
            "They read it before they answer, and so does whoever referred the person. Write of the service and what it asks"
            " for, never of the person: no name, nothing that tells who it is."
        ),
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


@dataclass(frozen=True)
class Said:
    """One no, told: what the board says of its referral, and what the look adds."""

    review: Review
    line: Line
    days: str
    reason: str
    asks: str
    times: str

    @property
    def code(self) -> str:
        return self.review.row.code

    @property
    def receiver(self) -> Organization:
        return self.review.row.other_organization

    @property
    def sender(self) -> Organization:
        return self.review.row.from_organization or self.review.row.other_organization


def _said(reviews: Sequence[Review]) -> list[Said]:
    lines = lines_of([review.row for review in reviews])
    return [_one(review, line) for review, line in zip(reviews, lines, strict=True)]


def _one(review: Review, line: Line) -> Said:
    look, row = review.look, review.row
    return Said(
        review=review,
        line=line,
        days=_age(board.business_days_since(look.opened_at)),
        reason=reason_of(row),
        asks=terms.word("look_reason", look.why) if look.because == SecondLook.Because.SENDER else "",
        times=times_said(look.round) if look.round > 1 else "",
    )


def _age(days: int) -> str:
    return days_said(days) if days else _("New")


@require_safe
@requires(Permission.WATCH_NETWORK)
def desk(request: HttpRequest) -> HttpResponse:
    """What waits for a second look, oldest first."""
    is_office = Organization.Kind.NETWORK_OFFICE in who_of(request).organization.kinds
    noes = _said(declines.to_review()) if is_office else []
    return render(request, "network_board/declines.html", {"noes": noes, "is_office": is_office})


@require_safe
@requires(Permission.WATCH_NETWORK)
def decline(request: HttpRequest, code: str) -> HttpResponse:
    """One no: what is known of it, and the three ways on."""
    review = declines.review_or_404(code)
    (said,) = _said([review])
    context = {
        "no": said,
        "ended": "" if review.waits else verdict_words(review.look.verdict),
        "earlier": [(look, verdict_words(look.verdict)) for look in declines.earlier_than(review.look)],
        "left": MOST_ROUNDS - review.look.round,
        "press": PressForm(),
    }
    return render(request, "network_board/decline.html", context)


def verdict_words(verdict: str) -> str:
    return {
        Verdict.CONFIRMED.value: _("The no stands."),
        Verdict.SENT_BACK.value: _("They were asked once more."),
        Verdict.REROUTED.value: _("The no stands, and another place was suggested."),
        Verdict.MOOT.value: _("It was decided otherwise meanwhile, so nobody needs to look any more."),
    }[verdict]


@require_POST
@requires(Permission.WATCH_NETWORK)
def stands(request: HttpRequest, code: str) -> HttpResponse:
    who, form = who_of(request), PressForm(request.POST)

    def act() -> str:
        actions.let_stand(party=declines.review_or_404(code).row, by=who.actor)
        return _back(request, _("The no stands. Both sides hear it."))

    return redirect(form.once(by=who.actor, act=act) if form.is_valid() else DESK)


@require_http_methods(FORM)
@requires(Permission.WATCH_NETWORK)
def send_back(request: HttpRequest, code: str) -> HttpResponse:
    who, review = who_of(request), declines.review_or_404(code)
    form = SendBackForm(request.POST or None)

    def act() -> str:
        actions.send_back(party=review.row, note=form.cleaned_data["note"], by=who.actor)
        told = _("%(name)s is asked once more. Whoever referred the person hears it too.")
        return _back(request, told % {"name": review.row.other_organization.name})

    return _form_page(request, review, form, "network_board/send_back.html", act)


@require_http_methods(FORM)
@requires(Permission.WATCH_NETWORK)
def elsewhere(request: HttpRequest, code: str) -> HttpResponse:
    """The no stands, and another place is named."""
    who, review = who_of(request), declines.review_or_404(code)
    places = those_with_room_first(board.places_to_suggest(review.row))
    form = SuggestForm(request.POST or None, places=places)

    def act() -> str:
        note = form.cleaned_data["note"]
        actions.reroute(party=review.row, service=form.chosen, note=note, by=who.actor)
        told = _("The no stands. Suggested: %(place)s. Whoever holds the person decides.")
        return _back(request, told % {"place": form.chosen.organization.name})

    return _form_page(request, review, form, "network_board/suggest.html", act)


def _form_page(
    request: HttpRequest,
    review: Review,
    form: SendBackForm | SuggestForm,
    template: str,
    act: Callable[[], str],
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            return redirect(form.once(by=who_of(request).actor, act=act))
        except BadValue as error:
            form.refuse(error)
    if request.method != "POST" and not review.waits:
        return redirect("network:decline", code=review.row.code)
    (said,) = _said([review])
    context = {
        "form": form,
        "no": said,
        "line": said.line,
        "back": reverse("network:decline", args=[review.row.code]),
        "left": MOST_ROUNDS - review.look.round,
    }
    return render(request, template, context, status=422 if form.is_bound else 200)


def _back(request: HttpRequest, told: str) -> str:
    messages.success(request, told)
    return reverse(DESK)
