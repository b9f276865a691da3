"""What a ladder would have sent lately: last month's real events, climbed by the code that sets the timers.

The office reads no referral. The database tells it what happened to each, under a number that means nothing elsewhere, and what
is told here are counts. What people did stays as they did it: other numbers move the clocks alone, and what followed a clock
(that somebody had to decide) is counted as it came.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby

from django.db import connection

from warmhandoff.directory.models import Service
from warmhandoff.foundation import clock
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.referrals import pace
from warmhandoff.referrals import protocol as p
from warmhandoff.referrals.states import ACCEPTED, CONTACTED, ENGAGED, SENT, TAKES_BACK

LATELY = timedelta(days=30)
# So many referrals are counted, the newest; a page says so where there are more.
AT_MOST = 20_000

# What a rung does, as the administrator reads it.
REMINDER, LEAD, SENDER, PERSON, OFFICE, OVER = "reminder", "lead", "sender", "person", "office", "over"
COLUMNS = (REMINDER, LEAD, SENDER, OFFICE, PERSON, OVER)


def column_of(rung: p.Rung) -> str:
    if rung.then in (p.EXPIRES, p.HOLDER_DECIDES):
        return OVER
    if any(rung is ladder[0] for ladder in p.STAGES.values()):
        return REMINDER
    if "person" in rung.tells:
        return PERSON
    if "sender" in rung.tells:
        return SENDER
    return OFFICE if rung.tells == ("navigators",) else LEAD


@dataclass(frozen=True)
class Happened:
    """One event of one referral."""

    referral: int
    service: int
    is_led: bool
    kind: str
    detail: str
    at: datetime
    due: datetime | None


@dataclass
class Wait:
    """Somebody waited for something: since when, until when (None: still), and when the clock stood meanwhile."""

    ladder: Sequence[p.Rung]
    since: datetime
    until: datetime | None = None
    stood: list[tuple[datetime, datetime | None]] = field(default_factory=list)

    def stop(self, at: datetime) -> None:
        if self.until is None and not (self.stood and self.stood[-1][1] is None):
            self.stood.append((at, None))

    def go_on(self, at: datetime) -> None:
        if self.stood and self.stood[-1][1] is None:
            self.stood[-1] = (self.stood[-1][0], at)

    def climbed(self, numbers: pace.Pace, now: datetime) -> Iterator[tuple[p.Rung, datetime]]:
        """The rungs that were reached while it lasted, and when."""
        for rung in self.ladder:
            due = self._due(rung, numbers)
            if due is not None and due <= (self.until or now):
                yield rung, due

    def _due(self, rung: p.Rung, numbers: pace.Pace) -> datetime | None:
        due = numbers.due_of_rung(rung, self.since)
        for stopped, again in self.stood:
            if due <= stopped:
                return due
            if again is None:
                return None
            due = numbers.place.goes_on(due, stopped=stopped, now=again)
        return due


_BEGINS = {
    "accepted": ACCEPTED,
    "contacted": CONTACTED,
    "engaged": ENGAGED,
    "sent": SENT,
    "asked_again": SENT,
}


@dataclass
class _Reader:
    """Follows one referral: what it waits for in its state (`state`), and what stands beside that."""

    found: list[Wait] = field(default_factory=list)
    open_now: dict[str, Wait] = field(default_factory=dict)
    state: str = ""

    def read(self, event: Happened) -> None:
        kind = event.kind
        if kind == "struck":
            kind = next(iter(TAKES_BACK.get(event.detail, ())), "")
        if kind in _BEGINS:
            self._stands(_BEGINS[kind], event)
        elif kind in ("completed", "settled"):
            self._end(event.at)
        elif handle := getattr(self, f"_{kind}", None):
            handle(event)

    def _begin(self, name: str, ladder: Sequence[p.Rung], at: datetime) -> None:
        self.open_now[name] = Wait(ladder, at)
        self.found.append(self.open_now[name])

    def _end(self, at: datetime, *names: str) -> None:
        for name in names or tuple(self.open_now):
            if name in self.open_now:
                self.open_now.pop(name).until = at

    def _stands(self, state: str, event: Happened) -> None:
        self.state = state
        self._end(event.at)
        self._begin("state", [r for r in p.CLIMBED_IN[state] if r not in p.WAITING_TO_BE_SEEN], event.at)
        if event.kind == "sent":
            self._begin("seen", p.WAITING_TO_BE_SEEN, event.at)

    def _seen(self, event: Happened) -> None:
        self._end(event.at, "seen")

    def _asked(self, event: Happened) -> None:
        if self.state == SENT and "review" not in self.open_now and "reply" not in self.open_now:
            self.open_now["state"].stop(event.at)
            self._begin("reply", p.WAITING_FOR_REPLY, event.at)

    def _answered_question(self, event: Happened) -> None:
        if "reply" in self.open_now:
            self._end(event.at, "reply")
            self.open_now["state"].go_on(event.at)

    def _waitlisted(self, event: Happened) -> None:
        if event.due is not None:
            place = current_place()
            self._end(event.at, "state", "reply", "review")
            self._begin("review", p.WAITING_FOR_REVIEW, place.start_of(place.day_of(event.due)))

    def _held(self, event: Happened) -> None:
        for wait in self.open_now.values():
            wait.stop(event.at)

    def _resumed(self, event: Happened) -> None:
        for wait in self.open_now.values():
            wait.go_on(event.at)

    def _stage(self, event: Happened) -> None:
        """Somebody has said how it goes: it is waited for anew."""
        if self.state in (CONTACTED, ENGAGED):
            self._end(event.at, "state")
            self._begin("state", p.CLIMBED_IN[self.state], event.at)

    _confirmed = _stage

    def _disposition_opened(self, event: Happened) -> None:
        self.state = ""
        self._end(event.at)
        self._begin("state", p.WAITING_FOR_DECISION, event.at)


def waits_of(events: Iterable[Happened]) -> list[Wait]:
    """What one referral waited for, by its events in their order."""
    reader = _Reader()
    for event in events:
        reader.read(event)
    return reader.found


def happened_lately(scope: pace.Scope) -> list[list[Happened]]:
    """What happened to each referral of this scope that waited for something in the last thirty days."""
    since = clock.now() - LATELY
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT * FROM wh_waited_lately(%s, %s, %s, %s)",
            [since, scope.service_code, scope.service_id, AT_MOST],
        )
        rows = [Happened(*row) for row in cursor.fetchall()]
    return [list(events) for _, events in groupby(rows, key=lambda event: event.referral)]


def would_have_sent(told: Iterable[Sequence[Happened]], *numbers: pace.Said) -> list[Counter[str]]:
    """How often each column's rung would have been reached in the last thirty days, by each of these numbers."""
    now = clock.now()
    since, place = now - LATELY, current_place()
    services = dict(Service.objects.values_list("pk", "service_code"))
    counted: list[Counter[str]] = [Counter() for _ in numbers]
    for events in told:
        first, waits = events[0], waits_of(events)
        for counts, said in zip(counted, numbers, strict=True):
            here = pace.Pace(said, place, services[first.service], first.service)
            for wait in waits:
                for rung, due in wait.climbed(here, now):
                    if since < due <= now and (first.is_led or rung.tells != ("receivers_lead",)):
                        counts[column_of(rung)] += 1
    return counted
