"""What the person reads of themself on their own page: all of it from the owner's function, which is bound to their way in.

It is read while acting for no organization, so nothing else can be read there, by whatever mistake.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any, TypeVar

from django.db import connection

from warmhandoff.foundation import clock
from warmhandoff.participants.models import Listing

T = TypeVar("T")
HELD = str(Listing.Standing.HELD)


@dataclass(frozen=True)
class House:
    """An organization, as one calls it."""

    id: int
    name: str
    phone: str


@dataclass(frozen=True)
class NextStep:
    kind: str
    due_at: datetime
    subject_kind: str
    subject_id: int | None


@dataclass(frozen=True)
class Holder:
    """Who answers for the person. `who` is the member who holds them, or the lead of the queue that does."""

    id: int
    name: str
    phone: str
    who: str
    is_queue: bool
    since: datetime
    next: NextStep


@dataclass(frozen=True)
class Step:
    kind: str
    due_at: datetime
    organization: str


@dataclass(frozen=True)
class File:
    """One organization's own file on them."""

    id: int
    person: str
    organization_id: int
    organization: str
    phone: str
    origin: str
    opened_at: datetime
    standing: str


@dataclass(frozen=True)
class Place:
    """A place that was asked for them, and how that stands."""

    id: int
    state: str
    stage: str
    asked_times: int
    sender: str
    receiver: str
    phone: str
    service: str
    service_es: str
    sent_at: datetime
    answer_due_at: datetime
    caller_name: str
    contact_due_at: datetime | None
    engaged_at: datetime | None
    ended_at: datetime | None
    question_due_at: datetime | None
    held_until: datetime | None
    review_due_at: datetime | None
    list_position: int | None
    address: str | None
    getting_there: str | None
    getting_there_es: str | None

    @property
    def waits_for(self) -> str:
        if self.question_due_at is not None:
            return "reply"
        return "hold" if self.held_until else "review" if self.review_due_at else ""


@dataclass(frozen=True)
class Shared:
    """One class of what one organization knows, as another one may read it or could."""

    organization: str
    recipient: str
    data_class: str
    basis: str
    since: datetime
    until: datetime
    consent: str | None


@dataclass(frozen=True)
class Said:
    """A yes or a no of theirs."""

    code: str
    organization_id: int
    organization: str
    recipients: list[str]
    data_classes: list[str]
    parts: list[str]
    how: str
    language: str
    form_version: str
    given_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    refused: bool
    waits: bool

    @property
    def is_live(self) -> bool:
        return not self.refused and self.revoked_at is None and self.expires_at > clock.now()


@dataclass(frozen=True)
class Paper:
    """A paper with a code that they carry somewhere."""

    slip: int
    organization: str
    to: str
    service: str
    service_es: str
    handed_at: datetime
    dies_at: datetime


@dataclass(frozen=True)
class Question:
    """Something that waits for their yes or no."""

    code: str
    organization_id: int
    organization: str
    service: str
    service_es: str
    receiver: str
    recipients: list[str]
    parts: list[str]
    data_classes: list[str]
    days: int
    mode: str
    asked_at: datetime
    note: str | None


@dataclass(frozen=True)
class Wrong:
    """What they said is wrong, and what became of it."""

    about: str
    organization: str
    said_at: datetime
    answered_at: datetime | None
    outcome: str
    words: str | None
    answer: str | None


@dataclass(frozen=True)
class OwnPage:
    """All that the page may show."""

    first_name: str
    quiet: bool
    home: House
    holder: Holder | None
    steps: list[Step] = field(default_factory=list)
    files: list[File] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    shares: list[Shared] = field(default_factory=list)
    consents: list[Said] = field(default_factory=list)
    papers: list[Paper] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    wrongs: list[Wrong] = field(default_factory=list)

    def file_at(self, organization_id: int) -> File | None:
        return next((one for one in self.files if one.organization_id == organization_id), None)

    @property
    def file_held(self) -> File | None:
        """The file of whoever holds them: on the person whom they hold."""
        holder = self.holder
        if holder is None:
            return None
        theirs = [one for one in self.files if one.organization_id == holder.id]
        return next((one for one in theirs if one.standing == HELD), None)


def read() -> OwnPage | None:
    """The page of whoever acts; None for anybody but a person behind their own live way in."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT wh_own_page()::text")
        (found,) = cursor.fetchone()
    return _page(json.loads(found)) if found else None


def _page(told: dict[str, Any]) -> OwnPage:
    me = told["me"] or {"first_name": "", "quiet": False}
    holder = told["holder"]
    shares = [
        {"organization": each.pop("from"), "recipient": each.pop("to"), **each} for each in told["shares"]
    ]
    return OwnPage(
        first_name=me["first_name"],
        quiet=me["quiet"],
        home=_made(House, told["home"]),
        holder=_made(Holder, holder | {"next": _made(NextStep, holder["next"])}) if holder else None,
        steps=[_made(Step, each) for each in told["steps"]],
        files=[_made(File, each) for each in told["files"]],
        places=[_made(Place, each) for each in told["referrals"]],
        shares=[_made(Shared, each) for each in shares],
        consents=[_made(Said, each) for each in told["consents"]],
        papers=[_made(Paper, each) for each in told["papers"]],
        # Whoever no longer holds them can't ask for them either.
        questions=[
            _made(Question, each)
            for each in told["questions"]
            if holder and each["organization_id"] == holder["id"]
        ],
        wrongs=[_made(Wrong, each) for each in told["wrongs"]],
    )


def _made(kind: type[T], told: dict[str, Any]) -> T:
    """One row; what is a moment there is one here."""
    moments = {each.name for each in fields(kind) if str(each.type).startswith("datetime")}  # type: ignore[arg-type]
    return kind(
        **{
            name: datetime.fromisoformat(value) if name in moments and value else value
            for name, value in told.items()
        }
    )
