"""What was given to somebody, how they stood, what they set out to do and how it came out.

Only what is of no class whose opening is written down: a story is no reason to open one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import groupby
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from warmhandoff.casework.models import (
    CoachingSession,
    Goal,
    HopedOutcome,
    PlanEvent,
    Rating,
    Score,
    ServiceGiven,
)
from warmhandoff.foundation import terms
from warmhandoff.web.people.casework_forms import RESULTS, says
from warmhandoff.web.people.telling import PROGRAM, Entry, Known, Said, Teller, entries_of, who_did
from warmhandoff.web.today import said

PLAIN = ("program", "needs", "work_education", "housing_family")


def _rows(file: int) -> tuple[QuerySet[Any], ...]:
    """Of what is rated and scored, only what no log asks for."""
    plain = {"file_id": file, "data_class__in": PLAIN}
    return (
        ServiceGiven.objects.filter(**plain).order_by("on", "id"),
        CoachingSession.objects.filter(file_id=file).order_by("id"),
        Rating.objects.filter(**plain).order_by("recorded_at", "id"),
        PlanEvent.objects.filter(file_id=file).order_by("on", "id"),
        Goal.objects.filter(**plain).order_by("id"),
        HopedOutcome.objects.filter(**plain).order_by("id"),
        Score.objects.filter(**plain).order_by("on", "id"),
    )


def _tells(rows: Sequence[list[Any]], known: Known) -> Iterable[Entry]:
    services, sessions, ratings, events, goals, hoped, scores = rows
    yield from _services(services, sessions, known)
    yield from _ratings(ratings, known)
    yield from _plans(events, known)
    yield from _goals(goals, known)
    outcomes = {one.pk: terms.word("plan_outcome", one.outcome) for one in hoped}

    def score(one: Score) -> Said:
        facts = {"outcome": outcomes[one.outcome_id], "result": said.inside(str(RESULTS[one.result]))}  # type: ignore[index]
        return Said(_("Came out of the plan: %(outcome)s: %(result)s.") % facts, "flag")

    yield from entries_of(scores, score, known)


def _services(services: list[ServiceGiven], sessions: list[CoachingSession], known: Known) -> Iterator[Entry]:
    session_of = {session.service_id: session for session in sessions}

    def tell(service: ServiceGiven) -> Said:
        if service.struck:
            return Said("")
        session = session_of.get(service.pk)
        if session is None:
            return Said(partial(_given, service, known), "check")
        notes = tuple(known.notes.about("coaching", [session.pk]))
        return Said(partial(_coached, service, session, known), "chat", notes)

    return entries_of(services, tell, known)


def _given(service: ServiceGiven, known: Known) -> str:
    return _("%(who)s gave %(name)s: %(what)s.") % {**_who_gave(service, known), "what": says(service)}


def _coached(service: ServiceGiven, session: CoachingSession, known: Known) -> str:
    parts = said.together([said.inside(terms.word("coach_guide", part)) for part in session.parts])
    return _("%(who)s coached %(name)s: %(parts)s.") % {**_who_gave(service, known), "parts": parts}


def _who_gave(service: ServiceGiven, known: Known) -> dict[str, str]:
    member = known.members.get(service.staff_id)
    wrote_it_down = member is None or service.staff_id == service.by.subject_id
    who = member.user.name if member and not wrote_it_down else who_did(service.by, known, service)
    return {"who": who, "name": known.card.first}


def _ratings(ratings: list[Rating], known: Known) -> Iterator[Entry]:
    """One entry each time that the scale was filled in together."""
    asked = [rating for rating in ratings if rating.supersedes_id is None]
    for (at, _by), found in groupby(asked, key=lambda rating: (rating.recorded_at, rating.by_id)):
        together = list(found)
        facts = {
            "who": who_did(together[0].by, known, together[0]),
            "name": known.card.first,
            "number": len(together),
        }
        told = ngettext(
            "%(who)s and %(name)s looked at where %(name)s stands in %(number)s domain.",
            "%(who)s and %(name)s looked at where %(name)s stands in %(number)s domains.",
            len(together),
        )
        yield Entry("visibility", PROGRAM, told % facts, together[0].happened_at, at, rank=together[0].pk)


def _plans(events: list[PlanEvent], known: Known) -> Iterator[Entry]:
    def tell(event: PlanEvent) -> Said:
        facts = {"who": who_did(event.by, known, event), "name": known.card.first}
        told = {
            "begun": _("%(who)s and %(name)s began a plan."),
            "reviewed": _("%(who)s and %(name)s looked at the plan again."),
            "ended": _("%(who)s and %(name)s ended the plan."),
        }
        return Said(told[event.kind] % facts, "flag")

    return entries_of(events, tell, known)


def _goals(goals: list[Goal], known: Known) -> Iterator[Entry]:
    for goal in goals:
        told = _("%(name)s set a goal: %(domain)s.") % {
            "name": known.card.first,
            "domain": said.inside(terms.word("scale_domain", goal.domain)),
        }
        notes = known.notes.about("goal", [goal.pk])
        yield Entry(
            "add_circle_outline", PROGRAM, told, goal.recorded_at, goal.recorded_at, notes, rank=goal.pk
        )


TELLER = Teller(_rows, _tells)
