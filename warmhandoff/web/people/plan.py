"""The pages of a plan: goals in their own words, the next look at it, and its end with a score for each outcome."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from warmhandoff.casework.actions import plan as verbs
from warmhandoff.casework.models import Plan
from warmhandoff.casework.reading.plans import Hoped, Planned, open_plan, plans_of
from warmhandoff.casework.reading.standing import scale_of
from warmhandoff.foundation import terms
from warmhandoff.foundation.errors import NotYours, WrongState
from warmhandoff.network.roles import Permission
from warmhandoff.participants.correcting import Reason
from warmhandoff.participants.models import Participant
from warmhandoff.web.people.acts import GET_OR_POST, do_once, shows_the_first_result
from warmhandoff.web.people.card import Card, card_for
from warmhandoff.web.people.casework_forms import (
    RESULTS,
    CorrectScoreForm,
    EndPlanForm,
    GoalForm,
    ReviewForm,
    in_a_month,
    said_of,
)
from warmhandoff.web.people.noted import code_of
from warmhandoff.web.people.person import frame
from warmhandoff.web.people.standing import rating_said
from warmhandoff.web.site.access import requires
from warmhandoff.web.site.context import Who

ICONS = {"achieved": ("good", "check"), "partly": ("", "info_outline"), "not": ("", "close")}


@require_http_methods(GET_OR_POST)
@requires(Permission.SEE_PEOPLE, Permission.CHANGE_FILE)
@shows_the_first_result
def plan(request: HttpRequest, code: str) -> HttpResponse:
    """The plan, what comes next with it, and the plans that ended. A post says that it was looked at again."""
    who: Who = request.who  # type: ignore[attr-defined]
    card = card_for(code, who)
    now = open_plan(card.file)
    form = ReviewForm(request.POST or None, initial={"review_on": in_a_month()})
    if form.is_bound and now is None:
        raise WrongState(_("This plan has ended."), mend=_("Open the page again."))
    if form.is_bound and form.is_valid() and now is not None:
        answer = do_once(
            request,
            form,
            lambda: verbs.review_plan(plan=now, review_on=form.cleaned_data["review_on"], by=who.actor),
            to=reverse("people:plan", args=[code]),
            says=_("Looked at again."),
        )
        if answer:
            return answer
    plans = [_told(one, who, code) for one in plans_of(card.file, by=who.actor)]
    context = {
        "form": form,
        "now": next((one for one in plans if one["plan"].ended_on is None), None),
        "over": [one for one in plans if one["plan"].ended_on is not None],
        "domains": _domains(card, who, code),
    }
    status = 422 if form.is_bound else 200
    return render(request, "people/plan.html", frame(card, "program", who) | context, status=status)


def _domains(card: Card, who: Who, code: str) -> list[dict[str, Any]]:
    """Where a goal could be set: first where they stand lowest."""
    found = [(stands, stands.now) for stands in scale_of(card.file, by=who.actor)]
    found.sort(key=lambda one: one[1].level if one[1] and one[1].level else 9)
    return [
        {
            "words": said_of(stands.domain),
            "now": rating_said(now) if now and now.level else "",
            "page": f"{reverse('people:goal', args=[code])}?domain={stands.domain.code}",
        }
        for stands, now in found
    ]


def _told(planned: Planned, who: Who, code: str) -> dict[str, Any]:
    return {
        "plan": planned.plan,
        "aims": [
            {
                "domain": terms.word("scale_domain", aim.goal.domain),
                "words": aim.words,
                "by_when": aim.goal.by_when,
                "set_on": aim.goal.set_on,
                "outcomes": [_outcome(hoped, who, code) for hoped in aim.outcomes],
            }
            for aim in planned.aims
        ],
        "achieved": sum(1 for hoped in planned.outcomes if hoped.score and hoped.score.result == "achieved"),
        "number": len(planned.outcomes),
    }


def _outcome(hoped: Hoped, who: Who, code: str) -> dict[str, Any]:
    score = hoped.score
    mine = score is not None and (score.by_id == who.actor.pk or who.may(Permission.CORRECT))
    kind, icon = ICONS[score.result] if score else ("", "")
    return {
        "words": terms.word("plan_outcome", hoped.outcome.outcome),
        "result": RESULTS[score.result] if score else "",  # type: ignore[index]
        "kind": kind,
        "icon": icon,
        "before": [RESULTS[was.result] for was in hoped.before],  # type: ignore[index]
        "correct": reverse("people:correct_score", args=[code, code_of("score", score.pk)])
        if mine and score
        else "",
    }


@require_http_methods(GET_OR_POST)
@requires(Permission.SEE_PEOPLE, Permission.CHANGE_FILE)
@shows_the_first_result
def goal(request: HttpRequest, code: str) -> HttpResponse:
    """One goal of the domain in `?domain=`; the first one begins the plan."""
    who: Who = request.who  # type: ignore[attr-defined]
    card = card_for(code, who)
    domain = request.GET.get("domain", "")
    if not terms.is_in_force("scale_domain", domain):
        return redirect("people:plan", code)
    now = open_plan(card.file)
    form = GoalForm(
        request.POST or None, domain=domain, begins=now is None, initial={"review_on": in_a_month()}
    )
    if form.is_bound and form.is_valid():
        answer = do_once(
            request,
            form,
            lambda: _set_goal(card.file, now, domain, form, who),
            to=reverse("people:plan", args=[code]),
            says=_("The goal stands in the plan."),
        )
        if answer:
            return answer
    context = {"card": card, "code": code, "form": form, "domain": terms.word("scale_domain", domain)}
    return render(request, "people/goal.html", context, status=422 if form.is_bound else 200)


def _set_goal(file: Participant, now: Plan | None, domain: str, form: GoalForm, who: Who) -> None:
    data = form.cleaned_data
    plan = now or verbs.begin_plan(file=file, review_on=data["review_on"], by=who.actor)
    verbs.set_goal(
        plan=plan,
        domain=domain,
        words=data["words"],
        outcomes=data["outcomes"],
        by_when=data["by_when"],
        by=who.actor,
    )


@require_http_methods(GET_OR_POST)
@requires(Permission.SEE_PEOPLE, Permission.CHANGE_FILE)
@shows_the_first_result
def end_plan(request: HttpRequest, code: str) -> HttpResponse:
    """How each outcome came out."""
    who: Who = request.who  # type: ignore[attr-defined]
    card = card_for(code, who)
    planned = next((one for one in plans_of(card.file, by=who.actor) if one.plan.ended_on is None), None)
    if planned is None:
        return redirect("people:plan", code)
    outcomes = [
        (hoped.outcome.pk, terms.word("plan_outcome", hoped.outcome.outcome)) for hoped in planned.outcomes
    ]
    form = EndPlanForm(request.POST or None, outcomes=outcomes)
    if form.is_bound and form.is_valid():
        answer = do_once(
            request,
            form,
            lambda: verbs.end_plan(plan=planned.plan, scores=form.scores(), by=who.actor),
            to=reverse("people:plan", args=[code]),
            says=_("The plan has ended. What was reached stays here."),
        )
        if answer:
            return answer
    goals = [
        {
            "domain": terms.word("scale_domain", aim.goal.domain),
            "words": aim.words,
            "fields": [form[form.name_of[hoped.outcome.pk]] for hoped in aim.outcomes],
        }
        for aim in planned.aims
    ]
    context = {"card": card, "code": code, "form": form, "goals": goals}
    return render(request, "people/end_plan.html", context, status=422 if form.is_bound else 200)


@require_http_methods(GET_OR_POST)
@requires(Permission.SEE_PEOPLE, Permission.CHANGE_FILE)
@shows_the_first_result
def correct_score(request: HttpRequest, code: str, entry: str) -> HttpResponse:
    """An outcome came out otherwise than was said."""
    who: Who = request.who  # type: ignore[attr-defined]
    card = card_for(code, who)
    hoped = [one for planned in plans_of(card.file, by=who.actor) for one in planned.outcomes]
    scores = [one.score for one in hoped if one.score]
    score = next((one for one in scores if code_of("score", one.pk) == entry), None)
    if score is None or not (score.by_id == who.actor.pk or who.may(Permission.CORRECT)):
        raise NotYours()
    form = CorrectScoreForm(request.POST or None, initial={"result": score.result})
    if form.is_bound and form.is_valid():
        answer = do_once(
            request,
            form,
            lambda: verbs.correct_score(
                score=score, result=form.cleaned_data["result"], reason=Reason.WRONG_OUTCOME, by=who.actor
            ),
            to=reverse("people:plan", args=[code]),
            says=_("Corrected. What stood there stays readable, struck through."),
        )
        if answer:
            return answer
    words = terms.word("plan_outcome", score.outcome.outcome)
    context = {"card": card, "code": code, "form": form, "outcome": words}
    return render(request, "people/correct_score.html", context, status=422 if form.is_bound else 200)
