"""What an entry of somebody's story is, and what it is told with: for `story`, and for each room's teller (`tellers`)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from itertools import groupby
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from warmhandoff.foundation.models import Actor, EventBase
from warmhandoff.network.models import Membership, Organization
from warmhandoff.participants.models import Consent, Need
from warmhandoff.referrals.models import ReferralEvent
from warmhandoff.web.people.card import Card
from warmhandoff.web.people.noted import Noted, Notes, words_of_reason
from warmhandoff.web.people.said_before import Changed
from warmhandoff.web.site.context import Who
from warmhandoff.web.today import said

STEPS, CONTACTS, REFERRALS, SHARING, FILE = "steps", "contacts", "referrals", "sharing", "file"
PROGRAM = "program"
FILTERS = {
    CONTACTS: gettext_lazy("Contacts"),
    STEPS: gettext_lazy("Holding and next steps"),
    REFERRALS: gettext_lazy("Referrals"),
    PROGRAM: gettext_lazy("Programs"),
    SHARING: gettext_lazy("Consents and sharing"),
    FILE: gettext_lazy("Needs and changes"),
}


# A sentence, or what puts it together once it is shown: a page shows few of the entries of years.
Sentence = str | Callable[[], str]


def spoken(sentence: Sentence) -> str:
    return sentence() if callable(sentence) else sentence


@dataclass
class Entry:
    """One thing that happened. `before` is what it corrects, oldest first; `says` is empty where nothing of that stands."""

    icon: str
    group: str
    sentence: Sentence
    at: datetime
    recorded_at: datetime
    notes: Sequence[Noted] = ()
    before: Sequence[str] = ()
    reason: str = ""
    by: str = ""
    changes: Sequence[Changed] = ()
    correction: Sentence = ""
    rank: int = 0

    @cached_property
    def says(self) -> str:
        return spoken(self.sentence)

    @cached_property
    def correct(self) -> str:
        """Where whoever looks can correct it."""
        return spoken(self.correction)

    @property
    def day(self) -> str:
        return said.weekday(self.at)

    @property
    def on(self) -> date:
        return said.day_of(self.at)

    @cached_property
    def written_later(self) -> str:
        """The day it was written down, where that was another one."""
        later = self.recorded_at != self.at and said.day_of(self.recorded_at) != said.day_of(self.at)
        return said.day(self.recorded_at) if later else ""


@dataclass(frozen=True)
class Day:
    """What happened on one day."""

    says: str
    on: date
    entries: list[Entry]


def by_day(entries: Iterable[Entry]) -> list[Day]:
    return [
        Day(same[0].day, on, same)
        for on, same in ((on, list(found)) for on, found in groupby(entries, lambda entry: entry.on))
    ]


@dataclass(frozen=True)
class Known:
    """What the sentences are filled with, each read once."""

    card: Card
    who: Who
    words: said.Words
    members: dict[int, Membership]
    organizations: dict[int, Organization]
    needs: dict[int, Need]
    consents: dict[int, Consent]
    notes: Notes
    writers: dict[int, Actor]
    how: dict[str, str]
    corrects: str  # where an entry is corrected, with a word in the place of its code
    # Who did it, in words, by actor: most of a story is by the same few.
    called: dict[tuple[int, int | None], str] = field(default_factory=dict)


def who_did(actor: Actor, known: Known, event: EventBase | None = None) -> str:
    """`You`, a colleague by name, another organization by its name."""
    # One who isn't of ours is told by the organization that the event is of.
    of = event.organization_id if isinstance(event, ReferralEvent) else None
    found = known.called.get((actor.pk, of))
    if found is None:
        found = known.called[actor.pk, of] = _called(actor, known, event)
    return found


def _called(actor: Actor, known: Known, event: EventBase | None) -> str:
    if actor == known.who.actor:
        return _("You")
    member = known.members.get(actor.subject_id or 0) if actor.kind == Actor.Kind.MEMBER else None
    if member is not None and member.organization_id == known.who.organization.pk:
        return member.user.name
    if isinstance(event, ReferralEvent):
        return event.organization.name
    if member is not None:
        return member.organization.name
    return {
        Actor.Kind.PARTICIPANT: known.card.first,
        Actor.Kind.OPERATOR: _("The network’s operator"),
    }.get(actor.kind, _("The system"))  # type: ignore[call-overload]


# --- What rooms above the referrals tell --------------------------------------------------------------------------


@dataclass(slots=True)
class Said:
    """How one event is told; empty where it says that what it corrects never happened."""

    says: Sentence
    icon: str = "info_outline"
    notes: tuple[Noted, ...] = ()


@dataclass(frozen=True)
class Teller:
    """What one subject adds to a story.

    `rows` are whole rows found by the number of the file, read for all tellers in one statement (`together.Prepared`): nothing
    in them depends on who asks or when; the row policies hold. Events among them come with `by`. `tells` makes entries of them,
    for whoever may read the rows, a peer mentor too.
    """

    rows: Callable[[int], tuple[QuerySet[Any], ...]]
    tells: Callable[[Sequence[list[Any]], Known], Iterable[Entry]]


def entries_of(
    events: Sequence[Any], tell: Callable[[Any], Said | None], known: Known, *, group: str = PROGRAM
) -> Iterator[Entry]:
    """An entry for each event that stands, with what it corrects struck out in it; none for what `tell` has no words for."""
    # Asked of each of a story's hundreds: `id` is there at once, where `pk` is looked for.
    gone = {of for event in events if (of := event.supersedes_id) is not None}
    by_id = {event.id: event for event in events} if gone else {}
    for event in events:
        now = tell(event) if event.id not in gone else None
        if now is None:
            continue
        entry = Entry(
            now.icon, group, now.says, event.happened_at, event.recorded_at, now.notes, rank=event.id
        )
        was = by_id.get(event.supersedes_id) if gone else None
        if was is not None:
            entry.icon, entry.reason, entry.by = (
                "edit",
                words_of_reason(event.reason),
                who_did(event.by, known),
            )
            entry.before = _before(was, by_id, tell)
        yield entry


def _before(was: Any, by_id: dict[int, Any], tell: Callable[[Any], Said | None]) -> list[str]:
    """What each said that was corrected, oldest first."""
    told: list[str] = []
    while was is not None:
        before = tell(was)
        told.insert(0, spoken(before.says) if before else "")
        was = by_id.get(was.supersedes_id)
    return told
