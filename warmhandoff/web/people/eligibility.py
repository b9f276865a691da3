"""Is a program for somebody? What it asks, what was shown, by whom, how, until when; what is passed over, and by which two people."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from warmhandoff.directory.eligibility import Standing
from warmhandoff.foundation import terms
from warmhandoff.foundation.duties import open_about
from warmhandoff.foundation.errors import NotYours
from warmhandoff.foundation.models import Actor
from warmhandoff.network.reading import name_of
from warmhandoff.network.roles import Permission
from warmhandoff.participants.models import Narrative, Participant
from warmhandoff.programs import eligibility as reading
from warmhandoff.programs.actions import co_enrollment
from warmhandoff.programs.actions import eligibility as verbs
from warmhandoff.programs.models import CoEnrollment, Enrollment, Program, Proof, Waiver
from warmhandoff.programs.reading.enrollments import contracts_of
from warmhandoff.programs.reading.terms import called, terms_on
from warmhandoff.programs.spans import Found, Span, Verdict
from warmhandoff.programs.states import OPEN
from warmhandoff.web.people.acts import GET_OR_POST, do_once, shows_the_first_result
from warmhandoff.web.people.card import Card, card_for
from warmhandoff.web.people.eligibility_forms import ANSWERS, SOURCES, OtherProgramForm, ProofForm, WaiverForm
from warmhandoff.web.people.forms import PressForm
from warmhandoff.web.people.person import frame
from warmhandoff.web.site.access import requires
from warmhandoff.web.site.context import Who
from warmhandoff.web.today import said

CHIPS = {
    Standing.MET: ("good", "check"),
    Standing.MISSING: ("", "help_outline"),
    Standing.NOT_MET: ("", "close"),
}


@dataclass(frozen=True)
class Line:
    """One condition as the page tells it."""

    found: Found
    proof: Proof | None = None
    told: str = ""  # by whom, how, on which day
    # What is enough in its place.
    instead: str = ""
    may_show: bool = True
    may_waive: bool = False
    needs_birth_date: bool = False

    @property
    def chip(self) -> tuple[str, str, str]:
        if self.found.condition.is_focus:
            words = _("comes first") if self.found.is_met else _("not known to come first")
        elif self.found.waiver:
            words = _("passed over")
        elif self.found.has_lapsed:
            words = _("lapsed")
        else:
            words = {
                Standing.MET: _("shown"),
                Standing.MISSING: _("not shown yet"),
                Standing.NOT_MET: _("not met"),
            }[self.found.standing]
        return (words, *CHIPS[self.found.standing])


@dataclass(frozen=True)
class One:
    """One program for one person, as the page tells it."""

    program: Program
    name: str
    verdict: Verdict
    lines: list[Line]
    waits: list[Asked] = field(default_factory=list)
    # They take part in it, or ask to.
    is_asked_for: bool = False

    @property
    def first(self) -> Line | None:
        """What to do next: the first condition in the way that somebody can show."""
        in_the_way = self.verdict.in_the_way
        return next((line for line in self.lines if line.found in in_the_way and line.may_show), None)

    @property
    def chip(self) -> tuple[str, str, str]:
        if self.verdict.is_met:
            return (_("Eligible"), "good", "check")
        if self.verdict.was_met:
            return (_("Was eligible, and is not now"), "", "info_outline")
        if self.verdict.is_not_met:
            return (_("Not eligible"), "", "close")
        return (_("Not eligible yet"), "", "help_outline")

    @property
    def says(self) -> str:
        if self.verdict.is_met and self.verdict.span:
            facts = {"since": said.day(self.verdict.span.since)}
            if self.verdict.lapses_on is None:
                return _("All of it is met since %(since)s.") % facts
            facts["until"] = said.day(self.verdict.lapses_on)
            return _("All of it is met since %(since)s, and lapses on %(until)s.") % facts
        if not self.verdict.is_offered:
            return _("It has no rules in force today.")
        was = self.verdict.was_met
        if was and was.until:
            return _("All of it was met from %(since)s until %(until)s.") % {
                "since": said.day(was.since),
                "until": said.day(was.until),
            }
        return ""

    @property
    def history(self) -> list[tuple[str, str]]:
        """(days, what they came to), the newest first."""
        return [(_days(span), _came_to(span)) for span in reversed(self.verdict.spans)]


@dataclass(frozen=True)
class Asked:
    """A waiver that waits to be decided."""

    waiver: Waiver
    condition: str
    by: str
    reason: str
    may_decide: bool


def _days(span: Span) -> str:
    facts = {"since": said.day(span.since), "until": said.day(span.until) if span.until else ""}
    return (_("%(since)s to %(until)s") if span.until else _("since %(since)s")) % facts


def _came_to(span: Span) -> str:
    return {
        Standing.MET: _("eligible"),
        Standing.MISSING: _("not all of it was shown"),
        Standing.NOT_MET: _("not eligible"),
    }[span.standing]


@require_safe
@requires(Permission.SEE_PEOPLE, Permission.CHANGE_FILE)
def eligibility(request: HttpRequest, code: str) -> HttpResponse:
    """Each program that we deliver, and each that they ask for here: condition by condition, and span by span."""
    who: Who = request.who  # type: ignore[attr-defined]
    card = card_for(code, who)
    today = said.today()
    told = [_one(card.file, program, name, today, who) for program, name in programs_here(card.file, today)]
    told.sort(key=lambda one: (not one.is_asked_for, not one.verdict.is_met, one.verdict.was_met is None))
    context = {"programs": told, "others": _others(card.file, by=who.actor), "today": today}
    return render(request, "people/eligibility.html", frame(card, "program", who) | context)


def programs_here(file: Participant, today: date) -> list[tuple[Program, str]]:
    """(program, what it is called): what we deliver today, and what they ask for or take part in here besides."""
    ids = {one.program_id for one in contracts_of(today)}
    ids |= set(Enrollment.objects.filter(file=file, state__in=OPEN).values_list("program_id", flat=True))
    names, language = terms_on(ids, today), get_language() or "en"
    found = [
        (each, called(names[each.pk], language))
        for each in Program.objects.filter(pk__in=ids)
        if each.pk in names
    ]
    return sorted(found, key=lambda one: one[1])


def _one(file: Participant, program: Program, name: str, today: date, who: Who) -> One:
    verdict = reading.shown_to(file, program, today, by=who.actor)
    shown = [found.proof.code for found in verdict.findings if found.proof]
    proofs = {
        proof.code: proof for proof in Proof.objects.filter(code__in=shown).select_related("by", "agency")
    }
    waits = list(
        Waiver.objects.filter(file=file, program=program, decided_at__isnull=True).select_related("asked_by")
    )
    lines = [
        _line(found, verdict, proofs, {one.criterion for one in waits}, who) for found in verdict.findings
    ]
    asks = {found.condition.code: found.asks for found in verdict.findings}
    asked = [_asked(one, asks.get(one.criterion, ""), who) for one in waits]
    is_asked_for = Enrollment.objects.filter(file=file, program=program, state__in=OPEN).exists()
    return One(program, name, verdict, lines, asked, is_asked_for)


def _line(found: Found, verdict: Verdict, proofs: dict[str, Proof], waits: set[str], who: Who) -> Line:
    condition = found.condition
    same = [
        each for each in verdict.findings if each.condition.either == condition.either and each is not found
    ]
    proof = proofs.get(found.proof.code) if found.proof else None
    readable = not condition.data_class or condition.data_class in who.classes
    waivable = condition.can_be_waived and not condition.is_focus and not found.is_met
    return Line(
        found,
        proof,
        told_of(proof) if proof else "",
        instead=" ".join(each.asks for each in same) if condition.either else "",
        may_show=bool(condition.shown_by) and readable,
        may_waive=waivable and readable and condition.code not in waits,
        needs_birth_date=readable and found.needs_birth_date,
    )


def told_of(proof: Proof) -> str:
    """`Denise Carter, November 23: a paper that we saw. Charged.`"""
    way = terms.word("proof_method", proof.method)
    if proof.agency:
        way = _("the word of %(agency)s") % {"agency": proof.agency.name}
    facts = {"who": name_of(proof.by), "day": said.day(proof.shown_on), "way": way}
    answer = "" if proof.holds else _("The answer was no.")
    limb = terms.word(verbs.LIMB, proof.limb) + "." if proof.limb else ""
    return " ".join(filter(None, [_("%(who)s, %(day)s: %(way)s.") % facts, limb, answer]))


def _asked(waiver: Waiver, condition: str, who: Who) -> Asked:
    return Asked(
        waiver,
        condition,
        name_of(waiver.asked_by),
        terms.word("waiver_reason", waiver.reason),
        who.may(Permission.DECIDE_WAIVERS) and waiver.asked_by_id != who.actor.pk,
    )


def _others(file: Participant, *, by: Actor) -> Iterable[dict[str, Any]]:
    """Whether they take part in another program too: to whoever reads that class."""
    found = co_enrollment.last_of(file, by=by)
    for code, label in terms.choices(co_enrollment.OTHER_PROGRAM):
        one = found.get(code)
        yield {"code": code, "label": label, "says": _other_says(one) if one else _("Nobody has asked.")}


def _other_says(one: CoEnrollment) -> str:
    source = str(dict(SOURCES)[CoEnrollment.Source(one.source)])
    facts = {"source": said.inside(source), "who": name_of(one.by), "day": said.day(one.on)}
    says = _("Takes part in it") if one.takes_part else _("Doesn’t take part in it")
    return f"{says}: " + _("%(source)s (%(who)s, %(day)s).") % facts


# --- A proof ------------------------------------------------------------------------------------------------------


@require_http_methods(GET_OR_POST)
@requires(Permission.SEE_PEOPLE, Permission.CHANGE_FILE)
@shows_the_first_result
def show_proof(request: HttpRequest, code: str, shown: str) -> HttpResponse:
    """Write down what was shown: yes or no, how, until when."""
    who: Who = request.who  # type: ignore[attr-defined]
    card = card_for(code, who)
    asks = _asks(shown, who)
    form = ProofForm(request.POST or None, shown=shown)
    if form.is_bound and form.is_valid():
        answer = do_once(
            request,
            form,
            lambda: verbs.verify(file=card.file, shown=shown, said=form.said, by=who.actor),
            to=_page(card),
            says=_("Written down."),
        )
        if answer:
            return answer
    return _form(request, "people/proof.html", card, form, asks=asks)


@require_http_methods(GET_OR_POST)
@requires(Permission.SEE_PEOPLE, Permission.CHANGE_FILE)
@shows_the_first_result
def correct_proof(request: HttpRequest, code: str, proof: str) -> HttpResponse:
    """What was written down wrongly; the wrong one is kept."""
    who: Who = request.who  # type: ignore[attr-defined]
    card = card_for(code, who)
    wrong = Proof.objects.filter(file=card.file, code=proof).select_related("file", "by", "agency").first()
    if wrong is None:
        raise NotYours()
    if wrong.by_id != who.actor.pk:
        who.member.require(Permission.CORRECT)
    asks = _asks(wrong.shown, who)
    form = ProofForm(request.POST or None, shown=wrong.shown, proof=wrong)
    if form.is_bound and form.is_valid():
        answer = do_once(
            request,
            form,
            lambda: verbs.correct(
                proof=wrong, said=form.said, reason=form.cleaned_data["reason"], by=who.actor
            ),
            to=_page(card),
            says=_("Said right. What stood there before is kept."),
        )
        if answer:
            return answer
    return _form(request, "people/proof.html", card, form, asks=asks, before=told_of(wrong))


def _asks(shown: str, who: Who) -> str:
    """What is asked, in words; nothing is here for whoever doesn't read its class."""
    data_class = reading.class_of(shown)
    if not data_class or not verbs.methods_taken(shown, said.today()):
        raise NotYours()
    if data_class not in who.classes:
        raise verbs.Unreadable()
    return terms.word(reading.PROOF, shown)


# --- A waiver -----------------------------------------------------------------------------------------------------


@require_http_methods(GET_OR_POST)
@requires(Permission.SEE_PEOPLE, Permission.CHANGE_FILE)
@shows_the_first_result
def ask_waiver(request: HttpRequest, code: str, program: str, criterion: str) -> HttpResponse:
    """Ask that one condition be passed over. Somebody else decides."""
    who: Who = request.who  # type: ignore[attr-defined]
    card = card_for(code, who)
    found = next(
        ((each, name) for each, name in programs_here(card.file, said.today()) if each.slug == program), None
    )
    if found is None:
        raise NotYours()
    one = found[0]
    asked = [c for c in reading.conditions_of(one) if c.code == criterion and c.in_force(said.today())]
    if not asked:
        raise NotYours()
    form = WaiverForm(request.POST or None)
    if form.is_bound and form.is_valid():
        data = {name: form.cleaned_data[name] for name in ("reason", "why", "lapses_on")}
        answer = do_once(
            request,
            form,
            lambda: verbs.ask_waiver(file=card.file, program=one, criterion=criterion, by=who.actor, **data),
            to=_page(card),
            says=_("Asked. Somebody else decides it, and it is on their list."),
        )
        if answer:
            return answer
    return _form(request, "people/waiver.html", card, form, asks=asked[0].rule.asks, name=found[1])


@require_http_methods(GET_OR_POST)
@requires(Permission.SEE_PEOPLE, Permission.DECIDE_WAIVERS)
@shows_the_first_result
def decide_waiver(request: HttpRequest, code: str, waiver: str) -> HttpResponse:
    """The second person reads why, and says yes or no."""
    who: Who = request.who  # type: ignore[attr-defined]
    card = card_for(code, who)
    one = _waiver_or_404(card, waiver)
    form = PressForm(request.POST or None)
    if form.is_bound and form.is_valid():
        granted = request.POST.get("decision") == "yes"
        answer = do_once(
            request,
            form,
            lambda: verbs.decide_waiver(waiver=one, granted=granted, by=who.actor),
            to=_page(card),
            says=_("Passed over, until the day that was asked for.") if granted else _("Not passed over."),
        )
        if answer:
            return answer
    return _waiver_page(request, "people/decide_waiver.html", card, form, one)


@require_http_methods(GET_OR_POST)
@requires(Permission.SEE_PEOPLE, Permission.CHANGE_FILE)
@shows_the_first_result
def read_waiver(request: HttpRequest, code: str, waiver: str) -> HttpResponse:
    """Whoever asked reads how it was decided; one press takes it off their list."""
    who: Who = request.who  # type: ignore[attr-defined]
    card = card_for(code, who)
    one = _waiver_or_404(card, waiver)
    if one.asked_by_id != who.actor.pk or one.decided_at is None:
        raise NotYours()
    form = PressForm(request.POST or None)
    if form.is_bound and form.is_valid():
        answer = do_once(
            request,
            form,
            lambda: verbs.read_waiver(waiver=one, by=who.actor),
            to=reverse("today:home"),
            says=_("Read."),
        )
        if answer:
            return answer
    return _waiver_page(
        request,
        "people/read_waiver.html",
        card,
        form,
        one,
        decided_by=name_of(one.decided_by) if one.decided_by else "",
        is_open=open_about((verbs.WAIVER, one.pk), verbs.READ_WAIVER).exists(),
    )


def _waiver_or_404(card: Card, code: str) -> Waiver:
    found = Waiver.objects.filter(file=card.file, code=code)
    one = found.select_related("file", "program", "asked_by", "decided_by").first()
    if one is None:
        raise NotYours()
    return one


def _waiver_page(
    request: HttpRequest, template: str, card: Card, form: PressForm, one: Waiver, **more: Any
) -> HttpResponse:
    who: Who = request.who  # type: ignore[attr-defined]
    asks = {c.code: c.rule.asks for c in reading.conditions_of(one.program) if c.in_force(one.valid_from)}
    note = Narrative.standing.filter(about_kind=verbs.WAIVER, about_id=one.pk).first()
    names = terms_on([one.program_id])
    context = {
        "waiver": one,
        "asks": asks.get(one.criterion, ""),
        "name": called(names[one.program_id], get_language() or "en") if names else "",
        "asked_by": name_of(one.asked_by),
        "reason": terms.word("waiver_reason", one.reason),
        "why": note.text if note else "",
        "is_mine": one.asked_by_id == who.actor.pk,
        **more,
    }
    return _form(request, template, card, form, **context)


# --- Another program ----------------------------------------------------------------------------------------------


@require_http_methods(GET_OR_POST)
@requires(Permission.SEE_PEOPLE, Permission.CHANGE_FILE)
@shows_the_first_result
def other_program(request: HttpRequest, code: str, other: str) -> HttpResponse:
    """Whether they take part in another program too, and who says so."""
    who: Who = request.who  # type: ignore[attr-defined]
    card = card_for(code, who)
    if co_enrollment.DATA_CLASS not in who.classes or not terms.is_in_force(
        co_enrollment.OTHER_PROGRAM, other
    ):
        raise NotYours()
    form = OtherProgramForm(request.POST or None)
    if form.is_bound and form.is_valid():
        data = form.cleaned_data
        answer = do_once(
            request,
            form,
            lambda: co_enrollment.say(
                file=card.file,
                other_program=other,
                takes_part=ANSWERS[data["takes_part"]],
                source=data["source"],
                on=data["on"],
                by=who.actor,
            ),
            to=_page(card),
            says=_("Written down."),
        )
        if answer:
            return answer
    return _form(
        request, "people/other_program.html", card, form, label=terms.word(co_enrollment.OTHER_PROGRAM, other)
    )


def _page(card: Card) -> str:
    return reverse("people:eligibility", args=[card.file.code])


def _form(request: HttpRequest, template: str, card: Card, form: Any, **more: Any) -> HttpResponse:
    context = {"card": card, "code": card.file.code, "form": form, **more}
    return render(request, template, context, status=422 if form.is_bound else 200)
