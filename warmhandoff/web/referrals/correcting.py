"""Saying right what the receiver recorded: the same form behind the sign-in and behind the mail's link."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from warmhandoff.foundation import clock, terms
from warmhandoff.foundation.errors import BadValue, NotYours
from warmhandoff.foundation.models import Actor
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.network.roles import Permission
from warmhandoff.participants.correcting import Reason
from warmhandoff.referrals import actions, reading
from warmhandoff.referrals.models import Referral, ReferralEvent
from warmhandoff.referrals.states import CHANNEL_WORDS
from warmhandoff.web.answer.forms import WhenForm
from warmhandoff.web.people.acts import shows_the_first_result
from warmhandoff.web.people.noted import code_of
from warmhandoff.web.referrals.story import sentence
from warmhandoff.web.site.access import requires

Kind = ReferralEvent.Kind
Mine = Callable[[ReferralEvent], bool]

SPOKEN = (Kind.ATTEMPTED, Kind.CONTACTED)
# What is said with it goes too: how the referral then stands is said by its page.
NEVER_WAS = {
    Kind.ATTEMPTED: gettext_lazy("We didn’t try: it goes"),
    Kind.CONTACTED: gettext_lazy("We haven’t talked with each other yet: take it back"),
    Kind.ENGAGED: gettext_lazy("It hasn’t begun yet: take it back"),
    Kind.COMPLETED: gettext_lazy("They haven’t completed it: take it back"),
    Kind.DECLINED: gettext_lazy("We didn’t mean to say no: take it back"),
    Kind.ENDED_EARLY: gettext_lazy("It hasn’t ended: take it back"),
    Kind.LOST_CONTACT: gettext_lazy("They are reached again: take it back"),
}


class CorrectForm(WhenForm):
    """What was wrong with one entry, and how it was."""

    reason = forms.ChoiceField(
        label=gettext_lazy("What was wrong?"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Say what was wrong.")},
    )
    channel = forms.ChoiceField(label=gettext_lazy("How?"), widget=forms.RadioSelect)
    why = forms.ChoiceField(label=gettext_lazy("Why did it end?"), widget=forms.RadioSelect)
    field_order = ("reason", "happened_on", "channel", "why")

    def __init__(self, *args: Any, event: ReferralEvent, referral: Referral, **kwargs: Any) -> None:
        super().__init__(*args, referral=referral, **kwargs)
        self.event = event
        self.offer("reason", list(self._what_was_wrong()))
        self.offer("channel", [(code, capfirst(words)) for code, words in CHANNEL_WORDS.items()])
        self.offer("why", terms.choices("end_reason"))
        self.initial.update(
            happened_on=current_place().day_of(event.happened_at), channel=event.detail, why=event.detail
        )
        for name, kinds in (
            ("happened_on", actions.SAID_RIGHT), ("channel", SPOKEN), ("why", (Kind.ENDED_EARLY,)),
        ):  # fmt: skip
            if event.kind not in kinds:
                del self.fields[name]
        if len(self.fields["reason"].choices) == 1:  # type: ignore[attr-defined]
            self.initial["reason"] = Reason.MISTAKE

    def _what_was_wrong(self) -> Any:
        kind = self.event.kind
        if kind in actions.SAID_RIGHT:
            yield Reason.WRONG_DAY, gettext_lazy("It was another day")
        if kind in SPOKEN:
            yield Reason.WRONG_WAY, gettext_lazy("It was another way")
        if kind == Kind.ENDED_EARLY:
            yield Reason.WRONG_OUTCOME, gettext_lazy("It ended for another reason")
        if actions.can_take_back(self.event, self.referral):
            yield Reason.MISTAKE, NEVER_WAS[Kind(kind)]

    def do(self, by: Actor) -> str:
        reason = self.cleaned_data["reason"]
        if reason == Reason.MISTAKE:
            actions.take_back(event=self.event, reason=reason, by=by)
            return str(reason)
        detail = self.cleaned_data.get("channel") or self.cleaned_data.get("why") or ""
        happened_at = self.happened_at or clock.now()
        actions.correct(event=self.event, happened_at=happened_at, detail=detail, reason=reason, by=by)
        return str(reason)


def entry_code(event: ReferralEvent) -> str:
    return code_of("referral_event", event.pk)


def can_correct(event: ReferralEvent, referral: Referral, mine: Mine) -> bool:
    """An entry of the receiver's own that stands, by who wrote it down or whoever leads there."""
    kind_fits = event.kind in actions.SAID_RIGHT or actions.can_take_back(event, referral)
    return kind_fits and event.organization_id == referral.receiver_id and mine(event)


def entry_or_404(referral: Referral, code: str, mine: Mine) -> ReferralEvent:
    for event in reading.standing_events(referral).select_related("by", "organization"):
        if entry_code(event) == code and can_correct(event, referral, mine):
            event.referral = referral
            return event
    raise NotYours()


def written_by(who: Any) -> Mine:
    """What a member may correct: their own, and as a lead their colleagues' too."""
    leads = who.may(Permission.CORRECT)
    here = who.organization.pk
    return lambda event: event.by_id == who.actor.pk or (leads and event.organization_id == here)


def pages_to_correct(found: Referral, who: Any) -> Callable[[ReferralEvent], str]:
    """The address at which an entry of the story is corrected; none where that isn't the viewer's."""
    mine = written_by(who) if who.may(Permission.ANSWER) else lambda event: False

    def page(event: ReferralEvent) -> str:
        if not can_correct(event, found, mine):
            return ""
        return reverse("referrals:correct", args=[found.code, entry_code(event)])

    return page


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.ANSWER)
@shows_the_first_result
def correct(request: HttpRequest, code: str, entry: str) -> HttpResponse:
    """One entry of the receiver's own: said right, or taken back."""
    found = reading.referral_or_404(code)
    who = request.who  # type: ignore[attr-defined]
    event = entry_or_404(found, entry, written_by(who))
    form = CorrectForm(request.POST or None, event=event, referral=found)
    back = reverse("referrals:referral", args=[found.code])

    def act() -> str:
        form.do(who.actor)
        messages.success(request, _("Corrected. What stood there stays readable, struck through."))
        return back

    if request.method == "POST" and form.is_valid():
        try:
            return redirect(form.once(by=who.actor, act=act))
        except BadValue as error:
            form.refuse(error)
    context = {"form": form, "says": sentence(found, event), "event": event, "back": back}
    return render(request, "referrals/correct.html", context, status=422 if form.is_bound else 200)
