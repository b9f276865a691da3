"""How long each rung of the ladder waits: numbers that the network's administrator sets, for all services, for a kind, or for one.

A number is said once and never changed: a newer one of the same scope takes its place, and one without a value takes it back, to
the next wider scope and at last to the place's file. So it can be told at any time who said what, and when.

What a number says holds for waits that begin from then on. A wait that has begun keeps the dates that were promised when it
did: nobody's deadline moves under them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import Q

from warmhandoff.directory.models import Service
from warmhandoff.foundation import terms, versions
from warmhandoff.foundation.database import WhNow
from warmhandoff.foundation.rows import APPENDING, open_table
from warmhandoff.jurisdictions.place import Place, current_place
from warmhandoff.referrals import protocol as p

# These also date a duty, which nobody may owe for longer (P2).
DATES_A_DUTY = frozenset(ladder[0].after for ladder in p.STAGES.values() if ladder[0].after)
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
        rule = open_table("numbers of days, the same for everyone; a newer row takes the place of an older", grants=APPENDING)


# --- Which number holds -------------------------------------------------------------------------------------------

_Said = Mapping[tuple[str, str, int | None], int]


@dataclass(frozen=True)
class Pace:
    """The numbers that hold for one service: its own, else its kind's, else those for all, else the place's."""

    said: _Said
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
    said: _Said | None = None


_kept = _Kept()


def of(service: Service) -> Pace:
    """What holds for this service now."""
    return Pace(said_now(), current_place(), service.service_code, service.pk)


def said_now() -> _Said:
    """What is said, by name and scope. Kept by each process like the texts that are data, and told anew with their version."""
    global _kept
    version = versions.of_terms()
    if version is None:
        version = terms.current_version()
    if _kept.version != version or _kept.said is None:
        _kept = _Kept(version, _standing(LadderNumber.objects.order_by("id")))
    assert _kept.said is not None
    return _kept.said


def _standing(rows: Iterable[LadderNumber]) -> _Said:
    """The newest of each name and scope; one without a value takes back what was said before."""
    newest = {(row.name, row.service_code, row.service_id): row.days for row in rows}
    return {scope: days for scope, days in newest.items() if days is not None}
