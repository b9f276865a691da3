"""Training somebody takes part in, and what they earned: planned, begun, ended; each with the one thing to say next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from warmhandoff.foundation import terms
from warmhandoff.foundation.errors import NotYours, WrongState
from warmhandoff.labor_market.models import Occupation
from warmhandoff.labor_market.reading import occupations
from warmhandoff.network.models import Organization
from warmhandoff.network.reading import organizations
from warmhandoff.network.roles import Permission
from warmhandoff.participants.correcting import Reason
from warmhandoff.participants.models import Participant
from warmhandoff.programs.actions import training as verbs
from warmhandoff.programs.actions.training import LONGEST, Course, Earned
from warmhandoff.programs.models import Credential, Enrollment, Training
from warmhandoff.programs.states import (
    COMPLETED,
    PLANNED,
    TAKES_PART,
    TRAINING,
    TRAINING_OPEN,
    TRAINING_STAFF_WORDS,
    UNDER_WAY,
)
from warmhandoff.web.forms import MemorableDateField, OneUseKeyForm
from warmhandoff.web.people.acts import GET_OR_POST, do_once, shows_the_first_result
from warmhandoff.web.people.card import card_for
from warmhandoff.web.people.person import frame
from warmhandoff.web.site.access import requires
from warmhandoff.web.site.context import Who
from warmhandoff.web.today import said

MOST_NAMED = 6
LONG_AGO = timedelta(days=50 * 365)
SHOWN = {PLANNED: ("", "event"), UNDER_WAY: ("good", "flag"), COMPLETED: ("good", "check")}


def _past(label: Any, **more: Any) -> MemorableDateField:
    return MemorableDateField(
        label=label, earliest=lambda: said.today() - LONG_AGO, latest=said.today, **more
    )


def _to_come(label: Any, **more: Any) -> MemorableDateField:
    return MemorableDateField(
        label=label, earliest=lambda: said.today() - LONG_AGO, latest=lambda: said.today() + LONGEST, **more
    )


class CourseForm(OneUseKeyForm):
    """What is learned, where, toward what, and when."""

    provider = forms.ChoiceField(label=gettext_lazy("Where?"))
    course = forms.CharField(
        label=gettext_lazy("What is the training called?"),
        help_text=gettext_lazy("As its provider calls it."),
        max_length=120,
    )
    kind = forms.ChoiceField(label=gettext_lazy("What kind of training is it?"), widget=forms.RadioSelect)
    occupation = forms.CharField(
        label=gettext_lazy("Toward which occupation?"),
        help_text=gettext_lazy(
            "A part of its name, like solar, or its number. Empty: toward none of its own."
        ),
        required=False,
        max_length=160,
    )
    planned_from = _to_come(gettext_lazy("When is it to begin?"))
    planned_to = _to_come(gettext_lazy("When is it to end?"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.providers = {one.code: one for one in _providers()}
        self.offer("provider", [("", ""), *((code, one.name) for code, one in self.providers.items())])
        self.offer("kind", terms.choices("training_kind"))

    def clean_occupation(self) -> Occupation | None:
        typed = self.cleaned_data["occupation"].strip()
        if not typed:
            return None
        found = list(occupations(typed)[: MOST_NAMED + 1])
        exact = [one for one in found if typed.casefold() in (one.title.casefold(), one.soc)]
        if len(exact or found) == 1:
            return (exact or found)[0]
        if not found:
            raise forms.ValidationError(_("No occupation is called that. Try one word of it."))
        named = "; ".join(f"{one.title} ({one.soc})" for one in found[:MOST_NAMED])
        raise forms.ValidationError(
            _("Which one? Write its number: %(named)s.") % {"named": named}
            if len(found) <= MOST_NAMED
            else _("More than %(number)s are called that, like %(named)s. Write more of its name.")
            % {"number": MOST_NAMED, "named": named}
        )

    @property
    def says(self) -> Course:
        data = self.cleaned_data
        return Course(self.providers[data["provider"]], data["course"], data["kind"], data["occupation"])


def _providers() -> list[Organization]:
    """Whoever trains comes first."""
    trains = Organization.Kind.TRAINING_PROVIDER
    return sorted(organizations(), key=lambda one: trains not in one.kinds)


class DayForm(OneUseKeyForm):
    on = _past(gettext_lazy("On which day?"))


class EndedForm(DayForm):
    reason = forms.ChoiceField(label=gettext_lazy("Why?"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("reason", terms.choices("training_end_reason"))


class CallOffForm(EndedForm):
    on = None  # type: ignore[assignment]


class PutOffForm(OneUseKeyForm):
    planned_from = _to_come(gettext_lazy("When does it begin?"))
    planned_to = _to_come(gettext_lazy("When does it end?"))


class StillForm(OneUseKeyForm):
    planned_to = _to_come(gettext_lazy("When does it end?"))


class CredentialForm(OneUseKeyForm):
    """As the paper says it, and how we know."""

    kind = forms.ChoiceField(label=gettext_lazy("What kind of credential?"), widget=forms.RadioSelect)
    name = forms.CharField(
        label=gettext_lazy("What is it called?"),
        help_text=gettext_lazy("As the paper calls it."),
        max_length=120,
    )
    issuer = forms.CharField(label=gettext_lazy("Who gives it?"), max_length=120)
    issued_on = _past(gettext_lazy("Since which day?"))
    ends_on = MemorableDateField(
        label=gettext_lazy("Until when is it good?"),
        required=False,
        earliest=lambda: said.today() - LONG_AGO,
        latest=lambda: said.today() + LONG_AGO,
    )
    evidence = forms.ChoiceField(label=gettext_lazy("How do we know?"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("kind", terms.choices("credential_kind"))
        self.offer("evidence", terms.choices("credential_evidence"))

    @property
    def says(self) -> Earned:
        fields = ("kind", "name", "issuer", "issued_on", "evidence", "ends_on")
        return Earned(**{name: self.cleaned_data[name] for name in fields})


class CorrectCredentialForm(CredentialForm):
    """The same, said right; or that it never was."""

    reason = forms.ChoiceField(
        label=gettext_lazy("What was wrong?"),
        choices=[
            (Reason.MISTYPED.value, gettext_lazy("Something was mistyped")),
            (Reason.WRONG_DAY.value, gettext_lazy("The day was another one")),
            (Reason.WRONG_PERSON.value, gettext_lazy("It is somebody else’s: take it away")),
            (Reason.MISTAKE.value, gettext_lazy("It never was: take it away")),
        ],
        widget=forms.RadioSelect,
    )

    @property
    def goes(self) -> bool:
        return self.cleaned_data["reason"] in (Reason.WRONG_PERSON, Reason.MISTAKE)


@dataclass(frozen=True)
class Verb:
    """What can be said of a training: the form for it, its heading, its button, and what it does."""

    form: type[OneUseKeyForm]
    heading: Any
    button: Any
    act: Any


VERBS: dict[str, Verb] = {
    "start": Verb(
        DayForm, gettext_lazy("They have begun"), gettext_lazy("They have begun"), verbs.start_training
    ),
    "complete": Verb(
        DayForm, gettext_lazy("They completed it"), gettext_lazy("They completed it"), verbs.complete_training
    ),
    "leave": Verb(
        EndedForm,
        gettext_lazy("They left before its end"),
        gettext_lazy("Write it down"),
        verbs.leave_training,
    ),
    "call_off": Verb(
        CallOffForm,
        gettext_lazy("They don’t begin it"),
        gettext_lazy("Write it down"),
        verbs.call_off_training,
    ),
    "put_off": Verb(
        PutOffForm, gettext_lazy("It is on other days"), gettext_lazy("Save the days"), verbs.put_off_training
    ),
}


@dataclass(frozen=True)
class Line:
    """A training as the page tells it."""

    training: Training
    says: str
    kind: str
    icon: str
    toward: str
    days: str
    is_open: bool


def _line(one: Training, words: said.Words) -> Line:
    kind, icon = SHOWN.get(one.state, ("", "info_outline"))
    state = str(TRAINING_STAFF_WORDS[one.state])
    if one.end_reason:
        state = f"{state}: {words.inside('training_end_reason', one.end_reason)}"
    toward = [words.of("training_kind", one.kind)]
    if one.occupation is not None:
        toward.append(f"{one.occupation.title} ({one.occupation.soc})")
    return Line(one, state, kind, icon, ", ".join(toward), _days(one), one.state in TRAINING_OPEN)


def _days(one: Training) -> str:
    planned = _("planned %(begins)s to %(ends)s") % {
        "begins": said.full_day(one.planned_from),
        "ends": said.full_day(one.planned_to),
    }
    if one.started_on is None:
        return planned
    if one.ended_on is None:
        return _("since %(day)s, %(planned)s") % {"day": said.full_day(one.started_on), "planned": planned}
    begins, ends = said.full_day(one.started_on), said.full_day(one.ended_on)
    return _("%(begins)s to %(ends)s, %(planned)s") % {"begins": begins, "ends": ends, "planned": planned}


@dataclass(frozen=True)
class EarnedLine:
    credential: Credential
    kind: str
    evidence: str
    is_over: bool
    may_correct: bool


def _earned(one: Credential, words: said.Words, who: Who) -> EarnedLine:
    return EarnedLine(
        one,
        words.of("credential_kind", one.kind),
        words.of("credential_evidence", one.evidence),
        one.ends_on is not None and one.ends_on < said.today(),
        one.by_id == who.actor.pk or who.may(Permission.CORRECT),
    )


def _taking_part(file: Participant) -> Enrollment | None:
    """The enrollment that a new training stands under: the one that is open."""
    return Enrollment.objects.filter(file=file, state__in=TAKES_PART).order_by("-enrolled_on", "-id").first()


def _enrolled_once(file: Participant) -> Enrollment | None:
    """The enrollment that a credential stands under: it may be earned after it has ended."""
    found = Enrollment.objects.filter(file=file, enrolled_on__isnull=False)
    return found.order_by("-enrolled_on", "-id").first()


def _home(code: str) -> str:
    return reverse("people:training", args=[code])


@require_safe
@requires(Permission.SEE_PEOPLE, Permission.CHANGE_FILE)
def training(request: HttpRequest, code: str) -> HttpResponse:
    """What is planned and under way, what was before, and what they earned."""
    who: Who = request.who  # type: ignore[attr-defined]
    card = card_for(code, who)
    words = said.words_of("training_kind", "training_end_reason", "credential_kind", "credential_evidence")
    found = Training.objects.filter(file=card.file).select_related("provider", "occupation")
    lines = [_line(one, words) for one in found.order_by("-planned_from", "-id")]
    said_of = Credential.objects.filter(file=card.file)
    gone = set(said_of.values_list("supersedes_id", flat=True))
    credentials = [
        _earned(one, words, who)
        for one in said_of.order_by("-issued_on", "-id")
        if one.pk not in gone and not one.struck
    ]
    context = {
        "open": [one for one in lines if one.is_open],
        "over": [one for one in lines if not one.is_open],
        "credentials": credentials,
        "may_plan": _taking_part(card.file) is not None,
        "may_earn": _enrolled_once(card.file) is not None,
    }
    return render(request, "people/training.html", frame(card, "program", who) | context)


@require_http_methods(GET_OR_POST)
@requires(Permission.SEE_PEOPLE, Permission.CHANGE_FILE)
@shows_the_first_result
def plan_training(request: HttpRequest, code: str) -> HttpResponse:
    """Somebody who takes part is to learn something."""
    who: Who = request.who  # type: ignore[attr-defined]
    card = card_for(code, who)
    enrollment = _taking_part(card.file)
    if enrollment is None:
        raise WrongState(_("They don’t take part in a program now."), mend=_("Enroll them first."))
    form = CourseForm(request.POST or None)
    if form.is_bound and form.is_valid():
        data = form.cleaned_data
        done = do_once(
            request,
            form,
            lambda: verbs.plan_training(
                enrollment=enrollment,
                course=form.says,
                planned_from=data["planned_from"],
                planned_to=data["planned_to"],
                by=who.actor,
            ),
            to=_home(code),
            says=_("Planned. It comes up on Today when it is to begin."),
        )
        if done:
            return done
    context = {"card": card, "code": code, "form": form, "title": _("A training for %(name)s")}
    return _act(request, context, button=_("Plan it"))


@require_http_methods(GET_OR_POST)
@requires(Permission.SEE_PEOPLE, Permission.CHANGE_FILE)
@shows_the_first_result
def one_training(request: HttpRequest, code: str, training: str) -> HttpResponse:
    """One of them: the usual next thing to say, and the others behind links (`?say=`)."""
    who: Who = request.who  # type: ignore[attr-defined]
    card = card_for(code, who)
    found = (
        Training.objects.filter(code=training, file=card.file)
        .select_related("provider", "occupation", "enrollment")
        .first()
    )
    if found is None:
        raise NotYours()
    able = [*TRAINING.verbs(found.state, "provider"), *TRAINING.besides(found.state, "provider")]
    words = said.words_of("training_kind", "training_end_reason")
    context: dict[str, Any] = {"card": card, "code": code, "line": _line(found, words), "form": None}
    if able:
        asked = request.GET.get("say", "")
        chosen = asked if asked in able else able[0]
        verb = VERBS[chosen]
        form = _form_for(chosen, verb, found, request)
        if form.is_bound and form.is_valid():
            values = {key: value for key, value in form.cleaned_data.items() if key != "form_key"}
            if chosen == "put_off":
                values.setdefault("planned_from", found.planned_from)
            done = do_once(
                request,
                form,
                lambda: verb.act(training=found, by=who.actor, **values),
                to=_home(code),
                says=_("Written down."),
            )
            if done:
                return done
        context |= {
            "form": form,
            "heading": verb.heading,
            "button": verb.button,
            "others": [(each, VERBS[each].heading) for each in able if each != chosen],
        }
    form = context["form"]
    return render(
        request,
        "people/one_training.html",
        context,
        status=422 if form is not None and form.is_bound else 200,
    )


def _form_for(chosen: str, verb: Verb, found: Training, request: HttpRequest) -> OneUseKeyForm:
    under_way = chosen == "put_off" and found.state == UNDER_WAY
    form = StillForm if under_way else verb.form
    first: date = found.planned_from if chosen == "start" else found.planned_to
    return form(
        request.POST or None,
        initial={
            "on": min(first, said.today()),
            "planned_from": found.planned_from,
            "planned_to": found.planned_to,
        },
    )


@require_http_methods(GET_OR_POST)
@requires(Permission.SEE_PEOPLE, Permission.CHANGE_FILE)
@shows_the_first_result
def credential(request: HttpRequest, code: str) -> HttpResponse:
    """They earned something. `?training=` says by which of their trainings."""
    who: Who = request.who  # type: ignore[attr-defined]
    card = card_for(code, who)
    enrollment = _enrolled_once(card.file)
    if enrollment is None:
        raise WrongState(_("They were never enrolled in a program here."), mend=_("Enroll them first."))
    by_it = (
        Training.objects.filter(file=card.file, code=request.GET.get("training", ""))
        .select_related("provider", "enrollment")
        .first()
    )
    form = CredentialForm(
        request.POST or None,
        initial={"issuer": by_it.provider.name, "issued_on": by_it.ended_on} if by_it else {},
    )
    if form.is_bound and form.is_valid():
        done = do_once(
            request,
            form,
            lambda: verbs.record_credential(
                enrollment=by_it.enrollment if by_it else enrollment,
                earned=form.says,
                training=by_it,
                by=who.actor,
            ),
            to=_home(code),
            says=_("Written down."),
        )
        if done:
            return done
    context = {"card": card, "code": code, "form": form, "title": _("What %(name)s earned")}
    return _act(request, context, button=_("Write it down"))


@require_http_methods(GET_OR_POST)
@requires(Permission.SEE_PEOPLE, Permission.CHANGE_FILE)
@shows_the_first_result
def correct_credential(request: HttpRequest, code: str, credential: str) -> HttpResponse:
    """It was otherwise, or never was. What stood there is kept."""
    who: Who = request.who  # type: ignore[attr-defined]
    card = card_for(code, who)
    found = Credential.objects.filter(code=credential, file=card.file, struck=False).first()
    if found is None:
        raise NotYours()
    form = CorrectCredentialForm(
        request.POST or None,
        initial={
            name: getattr(found, name)
            for name in ("kind", "name", "issuer", "issued_on", "ends_on", "evidence")
        },
    )
    if form.is_bound and form.is_valid():
        reason = form.cleaned_data["reason"]

        def act() -> None:
            if form.goes:
                verbs.strike_credential(credential=found, reason=reason, by=who.actor)
            else:
                verbs.correct_credential(credential=found, earned=form.says, reason=reason, by=who.actor)

        if done := do_once(
            request, form, act, to=_home(code), says=_("Corrected. What stood there is kept.")
        ):
            return done
    context = {"card": card, "code": code, "form": form, "title": _("What %(name)s earned, said right")}
    return _act(request, context, button=_("Save"))


def _act(request: HttpRequest, context: dict[str, Any], *, button: str) -> HttpResponse:
    context["title"] %= {"name": context["card"].name}
    return render(
        request,
        "people/training_act.html",
        context | {"button": button},
        status=422 if context["form"].is_bound else 200,
    )
