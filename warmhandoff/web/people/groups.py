"""The groups that somebody belongs to: how much of each they have had, session by session and why, and who talks with who missed it.

Nobody types that a curriculum is complete. Whoever doesn't agree says so, and whoever holds the person answers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from warmhandoff.custody import said_wrong
from warmhandoff.foundation import clock
from warmhandoff.foundation.errors import BadValue, NotYours
from warmhandoff.network.roles import Permission
from warmhandoff.participants import actions as participants
from warmhandoff.participants.own_page import SaidWrong
from warmhandoff.programs.actions import attendance as verbs
from warmhandoff.programs.models import Attendance, CohortMember
from warmhandoff.programs.reading import groups as reading
from warmhandoff.programs.reading.attendance import missed_in_a_row
from warmhandoff.programs.reading.dosage import Dosage, Session, dosages
from warmhandoff.web.forms import OneUseKeyForm
from warmhandoff.web.people.acts import GET_OR_POST, do_once, shows_the_first_result
from warmhandoff.web.people.card import Card, card_for
from warmhandoff.web.people.forms import HOW, OUTCOME
from warmhandoff.web.people.person import frame
from warmhandoff.web.programs import groups_said as told
from warmhandoff.web.site.access import requires
from warmhandoff.web.site.context import Who
from warmhandoff.web.today import said


class TalkedForm(OneUseKeyForm):
    """How, and whether they were reached."""

    how = forms.ChoiceField(label=gettext_lazy("How?"), choices=HOW, widget=forms.RadioSelect)
    outcome = forms.ChoiceField(
        label=gettext_lazy("Did you reach them?"), choices=OUTCOME, widget=forms.RadioSelect
    )


class ContestForm(OneUseKeyForm):
    """In their words."""

    words = forms.CharField(
        label=gettext_lazy("What is wrong with it, in their words?"),
        max_length=said_wrong.LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


@dataclass(frozen=True)
class SessionLine:
    name: str
    says: str
    icon: str
    required: bool


@dataclass(frozen=True)
class GroupOf:
    """One group as its part of the page tells it."""

    member: CohortMember
    name: str
    about: str
    says: str
    more: str
    is_complete: bool
    is_over: bool
    in_a_row: int
    next_at: str
    sessions: list[SessionLine]
    to_come: str


@require_safe
@requires(Permission.SEE_PEOPLE, Permission.RUN_GROUPS)
def groups(request: HttpRequest, code: str) -> HttpResponse:
    """Each group, newest first, with what is had and what is missing."""
    who: Who = request.who  # type: ignore[attr-defined]
    card = card_for(code, who)
    members = reading.groups_of_a_file(card.file)
    had = dosages(members)
    missed = missed_in_a_row([one.pk for one in members], said.today())
    context = {
        "groups": [_group(one, had[one.pk], missed.get(one.pk, 0)) for one in members],
        "may_contest": who.may(Permission.CHANGE_FILE),
    }
    return render(request, "people/groups.html", frame(card, "program", who) | context)


def _group(member: CohortMember, had: Dosage, in_a_row: int) -> GroupOf:
    is_over = member.left_on is not None or member.cohort.ended_on is not None
    following = None if is_over else reading.next_meeting_of(member.cohort, clock.now())
    words = said.words_of("absence_why", "left_group_why")
    return GroupOf(
        member=member,
        name=member.cohort.name,
        about=told.curriculum_name(member.cohort.version.curriculum),
        says=dosage_said(had),
        more=optional_said(had),
        is_complete=had.is_complete,
        is_over=is_over,
        in_a_row=in_a_row if not is_over else 0,
        next_at=f"{told.session_name(following.template)}, {told.at_said(following)}" if following else "",
        sessions=[session_line(one, words) for one in had.sessions if one.had or one.missed],
        to_come=to_come_said(had),
    )


def dosage_said(had: Dosage) -> str:
    """`18 of 20: sessions 7 and 12 missing.`"""
    facts = {"had": had.had, "of": had.of, "missing": said.together([str(number) for number in had.missing])}
    if had.is_complete:
        return _("%(had)s of %(of)s: complete.") % facts
    if had.missing and not had.to_come:
        words = ngettext(
            "%(had)s of %(of)s: session %(missing)s missing.",
            "%(had)s of %(of)s: sessions %(missing)s missing.",
            len(had.missing),
        )
    elif had.missing:
        words = ngettext(
            "%(had)s of %(of)s so far: session %(missing)s missing.",
            "%(had)s of %(of)s so far: sessions %(missing)s missing.",
            len(had.missing),
        )
    else:
        words = _("%(had)s of %(of)s so far: none missing.")
    return words % facts


def to_come_said(had: Dosage) -> str:
    """What nobody has said anything of yet, of what is required."""
    number = len(had.to_come)
    if not number:
        return ""
    return ngettext(
        "%(number)s required session is still to come.",
        "%(number)s required sessions are still to come.",
        number,
    ) % {"number": number}


def optional_said(had: Dosage) -> str:
    if not had.optional:
        return ""
    return ngettext("And %(number)s that is optional.", "And %(number)s that are optional.", had.optional) % {
        "number": had.optional
    }


def session_line(one: Session, words: said.Words) -> SessionLine:
    name = told.session_name(one.template)
    if one.had is not None:
        says = _("made up %(day)s") if one.had.made_up else _("came %(day)s")
        return SessionLine(name, says % {"day": said.on_day(one.had.on)}, "check", one.template.required)
    if one.missed is None:  # still to come
        return SessionLine(name, "", "schedule", one.template.required)
    day = {"day": said.on_day(one.missed.on)}
    if one.missed.mark == Attendance.Mark.LEFT_EARLY:
        return SessionLine(
            name,
            _("left before the end %(day)s; a make-up counts") % day,
            "info_outline",
            one.template.required,
        )
    says = _("missed %(day)s: %(why)s") if one.missed.excused else _("missed %(day)s: %(why)s; not excused")
    why = words.inside("absence_why", one.missed.absence)
    return SessionLine(name, says % {**day, "why": why}, "info_outline", one.template.required)


def _member(card: Card, code: str) -> CohortMember:
    member = reading.member_or_404(code)
    if member.file_id != card.file.pk:
        raise NotYours()
    return member


@require_http_methods(GET_OR_POST)
@requires(Permission.SEE_PEOPLE, Permission.RUN_GROUPS, Permission.RECORD_CONTACT)
@shows_the_first_result
def missed(request: HttpRequest, code: str, member: str) -> HttpResponse:
    """Two in a row: talk with them. Who was reached is off the list until they miss the next one too."""
    who: Who = request.who  # type: ignore[attr-defined]
    card = card_for(code, who)
    found = _member(card, member)
    usual = next((point.channel for point in card.shown.reach if point.stopped_at is None), "voice")
    form = TalkedForm(request.POST or None, initial={"how": usual})
    if form.is_bound and form.is_valid():
        reached = form.cleaned_data["outcome"] == "reached"

        def act() -> None:
            participants.log_contact(
                file=card.file, how=form.cleaned_data["how"], reached=reached, by=who.actor
            )
            if reached:
                verbs.talked(member=found, by=who.actor)

        says = (
            _("Written down.") if reached else _("Written down. It stays on the list until they are reached.")
        )
        if done := do_once(request, form, act, to=reverse("people:groups", args=[code]), says=says):
            return done
    had = dosages([found])[found.pk]
    context = {
        "card": card,
        "code": code,
        "form": form,
        "group": found.cohort.name,
        "in_a_row": missed_in_a_row([found.pk], said.today()).get(found.pk, 0),
        "missed": [
            session_line(one, said.words_of("absence_why"))
            for one in reversed(had.sessions)
            if one.missed is not None and one.had is None
        ][:3],
    }
    return render(request, "people/missed.html", context, status=422 if form.is_bound else 200)


@require_http_methods(GET_OR_POST)
@requires(Permission.SEE_PEOPLE, Permission.CHANGE_FILE)
@shows_the_first_result
def contest(request: HttpRequest, code: str) -> HttpResponse:
    """The person says that it is wrong. It is answered like what they say on their own page, and shown there."""
    who: Who = request.who  # type: ignore[attr-defined]
    card = card_for(code, who)
    if not reading.groups_of_a_file(card.file):
        raise NotYours()
    form = ContestForm(request.POST or None)
    if form.is_bound and form.is_valid():

        def act() -> str:
            one = said_wrong.say(
                file=card.file, about=SaidWrong.About.PROGRAM, words=form.cleaned_data["words"], by=who.actor
            )
            messages.success(request, _("Written down. Whoever holds them answers it."))
            return reverse("people:heard", args=[code, one.code])

        try:
            return redirect(form.once(by=who.actor, act=act))
        except BadValue as error:
            form.refuse(error)
    context: dict[str, Any] = {"card": card, "code": code, "form": form}
    return render(request, "people/contest.html", context, status=422 if form.is_bound else 200)
