"""Record clearance: how far it has come, one step at a time. Whoever doesn't read the class justice has no such page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from warmhandoff.casework.actions import clearance as verbs
from warmhandoff.casework.actions.clearance import BEGIN, SET_HEARING, TAKEN_BACK
from warmhandoff.casework.models import Clearance, ClearanceEvent
from warmhandoff.casework.reading.clearance import clearances_of
from warmhandoff.casework.states import CLEARANCE, CLEARANCE_OPEN, CLEARANCE_WORDS, HEARING
from warmhandoff.foundation import terms
from warmhandoff.foundation.errors import NotYours
from warmhandoff.jurisdictions.dates import short_day
from warmhandoff.network.roles import Permission
from warmhandoff.participants.correcting import Reason, may_correct
from warmhandoff.web.forms import MemorableDateField, OneUseKeyForm
from warmhandoff.web.people.acts import GET_OR_POST, do_once, shows_the_first_result
from warmhandoff.web.people.card import Card, card_for
from warmhandoff.web.people.noted import words_of_reason
from warmhandoff.web.people.person import frame
from warmhandoff.web.site.access import requires
from warmhandoff.web.site.context import Who
from warmhandoff.web.today import said

VERBS: dict[str, Any] = {
    "obtain_records": gettext_lazy("Records obtained"),
    "file_petition": gettext_lazy("Petition filed"),
    "set_hearing": gettext_lazy("Hearing set"),
    "grant": gettext_lazy("Granted"),
    "deny": gettext_lazy("Denied"),
    "clear": gettext_lazy("Cleared: the record shows it"),
    "stop": gettext_lazy("Stopped"),
}
BEGUN = gettext_lazy("Begun")
ANOTHER_DAY = gettext_lazy("Another day of the hearing")


class BeginForm(OneUseKeyForm):
    """What is asked for, in a word."""

    relief = forms.ChoiceField(
        label=gettext_lazy("What do you ask for with them?"),
        choices=lambda: [("", _("Choose")), *terms.choices("relief")],
        help_text=gettext_lazy("A word. There is no place for what it was about, here or anywhere."),
    )


class StepForm(OneUseKeyForm):
    """One step, on its day."""

    on = MemorableDateField(
        label=gettext_lazy("When was that?"),
        latest=said.today,
        error_messages={"too_late": gettext_lazy("This can’t have happened yet. Give a day up to today.")},
    )
    hearing_on = MemorableDateField(label=gettext_lazy("When is the hearing?"), earliest=said.today)

    def __init__(self, *args: Any, verb: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if verb != SET_HEARING:
            del self.fields["hearing_on"]


class TakeBackForm(OneUseKeyForm):
    """What was wrong about the last step."""

    reason = forms.ChoiceField(
        label=gettext_lazy("What was wrong?"),
        choices=lambda: [
            (one.value, words_of_reason(one))
            for one in (Reason.MISTYPED, Reason.WRONG_DAY, Reason.WRONG_PERSON)
        ],
        widget=forms.RadioSelect,
    )


@dataclass(frozen=True)
class Step:
    says: str
    day: str
    # It was taken back: why.
    struck: str = ""


@dataclass(frozen=True)
class Told:
    """One clearance as the page shows it."""

    clearance: Clearance
    relief: str
    says: str
    hearing: str
    steps: list[Step]
    next: list[tuple[str, str]]
    take_back: str


def told(clearance: Clearance, code: str, who: Who) -> Told:
    events = list(clearance.events.all())
    struck = {event.supersedes_id: words_of_reason(event.reason) for event in events if event.supersedes_id}
    last = [event for event in events if event.kind != TAKEN_BACK and event.pk not in struck][-1]
    return Told(
        clearance=clearance,
        relief=terms.word("relief", clearance.relief),
        says=str(CLEARANCE_WORDS[clearance.state]),
        hearing=short_day(clearance.hearing_on)
        if clearance.hearing_on and clearance.state == "hearing"
        else "",
        steps=[_step(event, struck) for event in events if event.kind != TAKEN_BACK],
        next=[(words, _url(code, clearance, verb)) for verb, words in _may_come(clearance)],
        take_back=_url(code, clearance, TAKEN_BACK)
        if last.kind != BEGIN and may_correct(last.by_id, by=who.actor)
        else "",
    )


def _may_come(clearance: Clearance) -> list[tuple[str, str]]:
    """What may come next; another day of a hearing that stands comes last."""
    may = CLEARANCE.verbs(clearance.state, "staff")
    if clearance.state == HEARING:
        may = [*(verb for verb in may if verb != SET_HEARING), SET_HEARING]
        return [(verb, str(ANOTHER_DAY if verb == SET_HEARING else VERBS[verb])) for verb in may]
    return [(verb, str(VERBS[verb])) for verb in may]


def _step(event: ClearanceEvent, struck: dict[int, str]) -> Step:
    words = BEGUN if event.kind == BEGIN else VERBS[event.kind]
    return Step(str(words), short_day(event.on), struck.get(event.pk, ""))


def _url(code: str, clearance: Clearance, verb: str) -> str:
    return reverse("people:clearance_step", args=[code, clearance.code, verb])


@require_http_methods(GET_OR_POST)
@requires(Permission.CHANGE_FILE)
@shows_the_first_result
def clearance(request: HttpRequest, code: str) -> HttpResponse:
    """What is under way, with what may come next; and what is over."""
    who: Who = request.who  # type: ignore[attr-defined]
    card = card_for(code, who)
    form = BeginForm(request.POST or None)
    if form.is_bound and form.is_valid():
        answer = do_once(
            request,
            form,
            lambda: verbs.begin(file=card.file, relief=form.cleaned_data["relief"], by=who.actor),
            to=_page_of(code),
            says=_("Begun."),
        )
        if answer:
            return answer
    found = [told(one, code, who) for one in clearances_of(card.file, by=who.actor)]
    context = {
        "form": form,
        "open": [one for one in found if one.clearance.state in CLEARANCE_OPEN],
        "over": [one for one in found if one.clearance.state not in CLEARANCE_OPEN],
    }
    status = 422 if form.is_bound else 200
    return render(request, "people/clearance.html", frame(card, "program", who) | context, status=status)


@require_http_methods(GET_OR_POST)
@requires(Permission.CHANGE_FILE)
@shows_the_first_result
def step(request: HttpRequest, code: str, clearance: str, verb: str) -> HttpResponse:
    """One step of it, or taking the last one back."""
    who: Who = request.who  # type: ignore[attr-defined]
    card = card_for(code, who)
    found = _one_of(card, clearance, who)
    takes_back = verb == TAKEN_BACK
    if not takes_back and verb not in VERBS:
        raise NotYours()
    form: OneUseKeyForm
    if takes_back:
        form = TakeBackForm(request.POST or None)
    else:
        form = StepForm(request.POST or None, verb=verb, initial={"on": said.today()})
    if form.is_bound and form.is_valid():
        data = form.cleaned_data

        def act() -> object:
            if takes_back:
                return verbs.take_back(clearance=found, reason=data["reason"], by=who.actor)
            hearing = data.get("hearing_on")
            return verbs.step(clearance=found, verb=verb, on=data["on"], hearing_on=hearing, by=who.actor)

        answer = do_once(request, form, act, to=_page_of(code), says=_("Written down."))
        if answer:
            return answer
    title = _("Take the last step back") if takes_back else str(VERBS[verb])
    context = {"card": card, "code": code, "form": form, "title": title, "one": told(found, code, who)}
    return render(request, "people/clearance_step.html", context, status=422 if form.is_bound else 200)


def _one_of(card: Card, code: str, who: Who) -> Clearance:
    found = [one for one in clearances_of(card.file, by=who.actor) if one.code == code]
    if not found:
        raise NotYours()
    return found[0]


def _page_of(code: str) -> str:
    return reverse("people:clearance", args=[code])
