"""Finding and showing people. Lists read the projection; a person's page reads the classes; nothing here writes but the log."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from warmhandoff.foundation import clock, privacy, together
from warmhandoff.foundation.codes import sort_key
from warmhandoff.foundation.errors import NotYours
from warmhandoff.foundation.models import Actor, ContactPoint
from warmhandoff.foundation.scoping import current, current_organization
from warmhandoff.network.models import Organization
from warmhandoff.participants.models import (
    Consent,
    ConsentText,
    Contact,
    FileChange,
    FileEvent,
    Listing,
    Narrative,
    Need,
    Participant,
    Person,
    Reach,
    Schooling,
    Share,
)
from warmhandoff.participants.profile import LOGGED as OPENED_APART
from warmhandoff.participants.profile import facts_of, known_of, may_look, said_before, unanswered

__all__ = ["facts_of", "known_of", "may_look", "said_before", "unanswered"]

PAGE = 25
# Classes whose opening is written down; contact and needs are what everyone at the desk works with.
LOGGED = frozenset({"health", "substance_use", "justice", "supervision", "violence_prevention"})


# Free text by what it is about.
Notes = dict[tuple[str, int], list[Narrative]]


@dataclass(frozen=True)
class Shown:
    """What the viewer may see of a file: classes that they can't read are simply not there."""

    file: Participant
    contact: Contact | None
    reach: list[ContactPoint] = field(default_factory=list)
    needs: list[Need] = field(default_factory=list)
    closed_needs: list[Need] = field(default_factory=list)
    consents: list[Consent] = field(default_factory=list)
    # What is said now; `superseded` by the note that took its place, `struck` what says that nothing should stand there.
    notes: Notes = field(default_factory=dict)
    superseded: dict[int, Narrative] = field(default_factory=dict)
    struck: Notes = field(default_factory=dict)
    changes: list[FileChange] = field(default_factory=list)


def _own_file(code: str, organization: int) -> tuple[QuerySet[Any], ...]:
    files = Participant.objects.filter(code=code, organization_id=organization)
    return (
        files,
        Organization.objects.filter(pk=organization),
        Person.objects.filter(pk__in=files.values("person_id")),
        Contact.objects.filter(file_id__in=files.values("pk")),
        Listing.objects.filter(file_id__in=files.values("pk")),
    )


_OWN_FILE = together.Prepared(_own_file)
_CONTACT_OF: Any = Participant._meta.get_field("contact")
_LISTING_OF: Any = Participant._meta.get_field("listing")


def file_or_404(code: str) -> Participant:
    """This organization's own file with this code, with its contact (for who reads that class) and listing."""
    files, organizations, people, contacts, listings = _OWN_FILE.read(
        code=code, organization=current_organization()
    )
    if not files:
        raise NotYours()
    file: Participant = files[0]
    file.organization, file.person = organizations[0], people[0]
    for part, found in ((_CONTACT_OF, contacts), (_LISTING_OF, listings)):
        # As a join leaves it: what isn't there is known not to be, and isn't asked for again.
        part.set_cached_value(file, found[0] if found else None)
        for one in found:
            one.file = file
    return file


def file_of(person_id: uuid.UUID) -> Participant | None:
    return Participant.objects.filter(person_id=person_id, organization_id=current_organization()).first()


def _index_card(file: int) -> tuple[QuerySet[Any], ...]:
    reaches = Reach.objects.filter(file_id=file).order_by("position", "id")
    return (
        reaches,
        ContactPoint.objects.filter(pk__in=reaches.values("contact_point_id")),
        Need.objects.filter(file_id=file).order_by("opened_on", "id"),
        Consent.objects.filter(file_id=file).order_by("-given_at", "-id"),
        Narrative.objects.filter(file_id=file).order_by("recorded_at", "id"),
        # Of a class whose opening is written down, what was said before is opened on a page of its own (`said_before`).
        FileChange.objects.filter(file_id=file)
        .exclude(data_class__in=OPENED_APART)
        .order_by("changed_at", "id"),
    )


_INDEX_CARD = together.Prepared(_index_card)


def show(file: Participant, *, by: Actor) -> Shown:
    """The index card of a file from `file_or_404`. Opening a class that is logged writes the log."""
    ways, points, found, consents, notes, changes = _INDEX_CARD.read(file=file.pk)
    point_of = {point.pk: point for point in points}
    reach = [point_of[way.contact_point_id] for way in ways if way.contact_point_id in point_of]
    needs = [need for need in found if need.closed_on is None]
    sensitive = {need.data_class for need in needs} & LOGGED
    if sensitive:
        privacy.opened(person_id=file.person_id, subject=("file", file.pk), classes=sensitive, by=by)
    return Shown(
        file=file,
        contact=getattr(file, "contact", None),  # not there for who doesn't read the class
        reach=reach,
        needs=needs,
        closed_needs=[need for need in found if need.closed_on is not None],
        consents=consents,
        **said_now(notes),
        changes=changes,
    )


def said_now(narratives: list[Narrative]) -> dict[str, Any]:
    """What of all that was ever noted stands, what each correction corrected, and what was struck altogether."""
    by_id = {note.pk: note for note in narratives}
    gone = {note.supersedes_id for note in narratives}
    last = [note for note in narratives if note.pk not in gone]
    return {
        "notes": by_subject([note for note in last if note.text]),
        "superseded": {
            note.pk: by_id[note.supersedes_id] for note in narratives if note.supersedes_id in by_id
        },
        "struck": by_subject([note for note in last if not note.text]),
    }


def has_diploma(file_id: int) -> bool | None:
    """None where nobody asked, and for who doesn't read the class."""
    return Schooling.objects.filter(file_id=file_id).values_list("diploma", flat=True).first()


def own_people(search: str = "", *, standing: str = "") -> QuerySet[Listing]:
    """The organization's own people whose first or last name begins with what was typed, by last name."""
    people = Listing.objects.filter(organization_id=current_organization())
    if standing:
        people = people.filter(standing=standing)
    else:
        people = people.exclude(standing=Listing.Standing.MERGED)  # another file of theirs is shown
    wanted = sort_key(search.replace(",", " "))
    if wanted:
        people = people.filter(
            Q(last_sort__begins=wanted) | Q(first_sort__begins=wanted) | Q(code=search.strip().upper())
        )
    return people.order_by("last_sort", "id")


def names_of(person_ids: list[uuid.UUID]) -> dict[uuid.UUID, Listing]:
    """The listing of each of these people that this organization has a file on; read by whoever reads contact."""
    if "contact" not in current().classes:
        return {}
    found = Listing.objects.filter(organization_id=current_organization(), person_id__among=person_ids)
    return {row.person_id: row for row in found}


def mail_of(person_id: uuid.UUID) -> ContactPoint | None:
    """The mail address at which this organization may write to someone: one they gave, not stopped; none where they want no contact."""
    ways = _mail_ways().filter(file__person_id=person_id)
    first = ways.select_related("contact_point").order_by("position", "id").first()
    return first.contact_point if first else None


def mails_of(person_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, ContactPoint]:
    """The same of several people, in one statement; those without one are not in it."""
    found: dict[uuid.UUID, ContactPoint] = {}
    ways = _mail_ways().filter(file__person_id__in=person_ids).select_related("contact_point", "file")
    for way in ways.order_by("position", "id"):
        found.setdefault(way.file.person_id, way.contact_point)
    return found


def _mail_ways() -> QuerySet[Reach]:
    return Reach.objects.filter(
        file__organization_id=current_organization(),
        file__contact__do_not_contact=False,
        contact_point__channel=ContactPoint.Channel.EMAIL,
        contact_point__stopped_at__isnull=True,
    )


def events_of(file: Participant) -> QuerySet[FileEvent]:
    return FileEvent.objects.filter(file=file).select_related("by").order_by("-happened_at", "-id")


def notes_of(file: Participant) -> Notes:
    """Free text by what it is about; empty for who doesn't read the narrative class."""
    return by_subject(list(Narrative.standing.filter(file=file).order_by("recorded_at", "id")))


def by_subject(narratives: list[Narrative]) -> Notes:
    notes: Notes = {}
    for note in narratives:
        notes.setdefault((note.about_kind, note.about_id), []).append(note)
    return notes


def live_shares(file: Participant) -> QuerySet[Share]:
    """What we share of this file now: our part of "who can see"."""
    found = shares_of(file.pk, current_organization(), clock.now())
    return found.select_related("recipient", "consent")


def shares_of(file: int, organization: int, now: datetime) -> QuerySet[Share]:
    """The same, by what it is asked with."""
    live = Share.objects.filter(
        file_id=file, organization_id=organization, revoked_at__isnull=True, until__gt=now
    )
    return live.order_by("recipient__name_sort", "data_class")


def consent_text(language: str) -> ConsentText | None:
    today = clock.now().date()
    texts = ConsentText.objects.filter(valid_from__lte=today).order_by("-valid_from")
    return texts.filter(language=language).first() or texts.filter(language="en").first()
