"""How long each rung of the ladder waits: numbers that the network's administrator sets, for all services, for a kind, or for one.

A number is said once and never changed: a newer one of the same scope takes its place, and one without a value takes it back, to
the next wider scope and at last to the place's file. So it can be told at any time who said what, and when.

What a number says holds for waits that begin from then on. A wait that has begun keeps the dates that were promised when it
did: nobody's deadline moves under them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING, ClassVar

from django.db import models, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext

from warmhandoff.directory.models import Service
from warmhandoff.foundation import clock, terms, versions
from warmhandoff.foundation.database import WhNow
from warmhandoff.foundation.errors import BadValue
from warmhandoff.foundation.models import Actor
from warmhandoff.foundation.rows import APPENDING, open_table
from warmhandoff.jurisdictions.place import CHECK_INS, LONGEST_CHECK_IN, Place, current_place
from warmhandoff.referrals import protocol as p

if TYPE_CHECKING:
    from warmhandoff.referrals.models import Referral

# These also date a duty, which nobody may owe for longer (P2).
DATES_A_DUTY = frozenset(ladder[0].after for ladder in p.STAGES.values() if ladder[0].after)
LONGEST_OWED = 15
LONGEST = 60


class LadderNumber(models.Model):
    """One number, as it was said: for a kind of service, for one service, or (neither) for all."""

    name = models.CharField(max_length=30)
    service_code = models.CharField(max_length=20, blank=True, default="")
    service = models.ForeignKey(
        "directory.Service", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    # None: from here on, what is said more widely.
    days = models.PositiveSmallIntegerField(null=True, blank=True)
    said_at = models.DateTimeField(db_default=WhNow())
    said_by = models.ForeignKey("foundation.Actor", on_delete=models.PROTECT, related_name="+")

    class Meta:
        app_label = "referrals"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(service__isnull=True) | Q(service_code=""), name="laddernumber_one_scope"
            ),
            models.CheckConstraint(
                condition=Q(days__isnull=True) | Q(days__gte=1, days__lte=LONGEST),
                name="laddernumber_from_one_to_sixty",
            ),
        ]

    class Rows:
        rule = open_table(
            "numbers of days, the same for everyone; a newer row takes the place of an older",
            grants=APPENDING,
        )


# --- Which number holds -------------------------------------------------------------------------------------------

Said = Mapping[tuple[str, str, int | None], int]


@dataclass(frozen=True)
class Pace:
    """The numbers that hold for one service: its own, else its kind's, else those for all, else the place's."""

    said: Said
    place: Place
    service_code: str = ""
    service_id: int | None = None

    def number(self, name: str) -> int:
        scopes = ((name, "", self.service_id), (name, self.service_code, None), (name, "", None))
        return next((self.said[scope] for scope in scopes if scope in self.said), self.place.waits[name])

    def due(self, name: str, since: datetime) -> datetime:
        return self.place.end_of_waiting(name, since, self.number(name))

    def due_of_rung(self, rung: p.Rung, since: datetime) -> datetime:
        """So long after; the first look at a waitlist on the morning of its day."""
        return self.due(rung.after, since) if rung.after else self.place.start_of(self.place.day_of(since))


@dataclass(frozen=True)
class _Kept:
    """What this process keeps, and of which version it is."""

    version: int | None = None
    said: Said = field(default_factory=dict)


_kept = _Kept()


def of(service: Service) -> Pace:
    """What holds for this service now."""
    return Pace(said_now(), current_place(), service.service_code, service.pk)


def of_referral(referral: Referral) -> Pace:
    """What holds for a referral's service now. The service itself is read where something is said for kinds of service alone."""
    said = said_now()
    if any(service_code for _name, service_code, _service in said):
        return of(referral.service)
    return Pace(said, current_place(), service_id=referral.service_id)


def said_now() -> Said:
    """What is said, by name and scope. Kept by each process like the texts that are data, and told anew with their version."""
    global _kept
    version = versions.of_terms()
    if version is None:
        version = terms.current_version()
    kept = _kept
    if kept.version != version:
        # Read after the version was heard: what is kept may be newer than it says, and never older.
        _kept = kept = _Kept(version, _standing(LadderNumber.objects.order_by("id")))
    return kept.said


def _forget() -> None:
    """This transaction said something: it reads its own."""
    global _kept
    _kept = _Kept()


def _standing(rows: Iterable[LadderNumber]) -> Said:
    """The newest of each name and scope; one without a value takes back what was said before."""
    newest = {(row.name, row.service_code, row.service_id): row.days for row in rows}
    return {scope: days for scope, days in newest.items() if days is not None}


# --- Saying one ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Scope:
    """For which services a number is said: one, a kind of them, or (neither) all."""

    service_code: str = ""
    service: Service | None = None

    @property
    def service_id(self) -> int | None:
        return self.service.pk if self.service else None

    @property
    def kind(self) -> str:
        return self.service.service_code if self.service else self.service_code

    def own(self, said: Said) -> dict[str, int]:
        """What is said for this scope itself."""
        return {
            name: days
            for (name, code, service_id), days in said.items()
            if (code, service_id) == (self.service_code, self.service_id)
        }

    def without_own(self, said: Said) -> Pace:
        """What would hold if nothing were said for it."""
        wider = {
            scope: days for scope, days in said.items() if scope[1:] != (self.service_code, self.service_id)
        }
        return self.pace(wider)

    def pace(self, said: Said) -> Pace:
        return Pace(said, current_place(), self.kind, self.service_id)

    def saying(self, said: Said, numbers: Mapping[str, int | None]) -> Said:
        """What would be said with these, None taking one back."""
        changed = dict(said)
        for name, days in numbers.items():
            scope = (name, self.service_code, self.service_id)
            changed.pop(scope, None)
            if days is not None:
                changed[scope] = days
        return changed


def longest(name: str) -> int:
    """The most that may be said: what dates a duty keeps it within the thirty days of a next step, holidays included."""
    if name in CHECK_INS:
        return LONGEST_CHECK_IN if name in DATES_A_DUTY else LONGEST
    return LONGEST_OWED if name in DATES_A_DUTY else LONGEST


def require_in_order(pace: Pace, names: Iterable[str]) -> None:
    """Nobody is told before whoever is told first; a stage's last rung comes last. `names`: what was changed."""
    changed = set(names)
    for ladder in p.STAGES.values():
        rungs = [rung for rung in ladder if rung.after]
        for before, after in pairwise(rungs):
            if {before.after, after.after} & changed and pace.number(after.after) < pace.number(before.after):
                wrong = after.after if after.after in changed else before.after
                raise BadValue(
                    wrong,
                    gettext("Then a later step would come before an earlier one."),
                    mend=gettext("The days of a stage stay the same or grow from line to line."),
                )


@transaction.atomic
def say(*, scope: Scope, numbers: Mapping[str, int | None], by: Actor) -> list[LadderNumber]:
    """Say these numbers for a scope; None takes one back. They hold for what begins to wait from now on."""
    own, said = scope.own(said_now()), said_now()
    changed = {name: days for name, days in numbers.items() if own.get(name) != days}
    if not changed:
        raise BadValue("", gettext("Nothing is changed."), mend=gettext("Change a number, or go back."))
    for name, days in changed.items():
        if name not in p.NAMES or (days is not None and not 1 <= days <= longest(name)):
            raise BadValue(
                name,
                gettext("This is not a number of days that can be promised."),
                mend=gettext("From 1 to %(most)s.") % {"most": longest(name)},
            )
    require_in_order(scope.pace(scope.saying(said, changed)), changed)
    rows = LadderNumber.objects.bulk_create(
        LadderNumber(
            name=name,
            service_code=scope.service_code,
            service=scope.service,
            days=days,
            said_at=clock.now(),
            said_by=by,
        )
        for name, days in changed.items()
    )
    _forget()
    terms.changed()
    return rows


def history(scope: Scope) -> QuerySet[LadderNumber]:
    """What was said for this scope, newest first."""
    of_service = Q(service=scope.service) if scope.service else Q(service__isnull=True)
    rows = LadderNumber.objects.filter(of_service, service_code=scope.service_code)
    return rows.select_related("said_by").order_by("-id")
