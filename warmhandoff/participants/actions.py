"""What changes a file: opening it, what is known, consent, shares, and the copy that a receiver is given."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import connection, transaction

from warmhandoff.foundation import clock, terms, together
from warmhandoff.foundation.codes import sort_key
from warmhandoff.foundation.errors import BadValue, DomainError
from warmhandoff.foundation.models import Actor, ContactPoint
from warmhandoff.foundation.scoping import current_organization
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.network.models import Agreement, Membership
from warmhandoff.participants import telling
from warmhandoff.participants.identity import keeping
from warmhandoff.participants.models import (
    Consent,
    ConsentText,
    Contact,
    FileEvent,
    Listing,
    Narrative,
    Need,
    Participant,
    Person,
    Reach,
    Schooling,
    Share,
    Unknown,
)

ADULT = 18
CONSENT_DAYS = 180
COMES_BACK = ("answered", "met", "how_it_ended")


class ConsentMissing(DomainError):
    code = "consent_missing"
    sentence = "The person has not agreed to this."
    mend = "Ask them, and record what they say."


@dataclass(frozen=True)
class Told:
    """What someone told about themselves at intake; whatever wasn't asked says so."""

    first_name: str
    last_name: str = ""
    language: str = "en"
    pronouns: str = ""
    birth_date: date | None = None
    birth_date_unknown: str = Unknown.NOT_ASKED
    area: str = ""
    area_unknown: str = Unknown.NOT_ASKED
    availability: str = ""
    do_not_contact: bool = False
    speaks: tuple[str, ...] = ()
    street: str = ""
    zip_code: str = ""


@dataclass(frozen=True)
class Way:
    """One way to reach someone."""

    channel: str
    value: str
    leave_message: bool = False
    language: str = ""  # where it isn't the person's own
    quiet_from: time | None = None
    quiet_to: time | None = None


@dataclass(frozen=True)
class Asked:
    """What is to be told to whom, and what the person said to that."""

    recipients: Sequence[int]
    parts: Sequence[str]
    data_classes: Sequence[str]
    how: str = Consent.How.SCREEN
    language: str = "en"
    purpose: str = "service"
    witness_id: int | None = None
    days: int = CONSENT_DAYS
    refused: bool = False
    comes_back: Sequence[str] = field(default=COMES_BACK)


@transaction.atomic
def open_file(
    *, told: Told, reach: Sequence[Way], needs: Sequence[str], by: Actor, person_id: uuid.UUID | None = None
) -> Participant:
    """Open this organization's file on a new person, or on one it knows nothing about yet."""
    told = checked(told)
    person_id, is_new = person_id or uuid.uuid4(), person_id is None
    file = Participant.objects.create(
        person_id=person_id, organization_id=current_organization(), opened_by=by
    )
    if is_new:
        # After the file: a person is visible to organizations that have a file on them.
        Person.objects.create(id=person_id)
    contact = Contact.objects.create(file=file, organization_id=file.organization_id, **_fields(told))
    reaches = _add_reaches(file, reach, language=told.language)
    together.write(keeping.first_keys(file, contact=contact, reaches=reaches))
    write_event(file, FileEvent.Kind.TAKEN_IN, by=by)
    _open_needs(file, needs, by=by)
    Listing.objects.create(file=file, standing=Listing.Standing.HELD, **_listed(file, contact))
    return file


def checked(told: Told) -> Told:
    """The same, trimmed and consistent; raises naming the field."""
    told = replace(told, first_name=told.first_name.strip(), last_name=told.last_name.strip())
    if not told.first_name:
        raise BadValue("first_name", "A first name is needed.", mend="Any name they go by will do.")
    today = clock.today(current_place().zone)
    if told.birth_date and not (date(1900, 1, 1) <= told.birth_date <= today):
        raise BadValue("birth_date", "This birth date can't be.", mend="Check day, month and year.")
    zip_code = told.zip_code.strip()
    if zip_code and not re.fullmatch(r"[0-9]{5}(-[0-9]{4})?", zip_code):
        raise BadValue("zip_code", "A ZIP code has five digits.", mend="Check it, or leave it out.")
    area = told.area or current_place().area_of_zip(zip_code)
    return replace(
        told,
        street=told.street.strip(),
        zip_code=zip_code,
        area=area,
        birth_date_unknown="" if told.birth_date else (told.birth_date_unknown or Unknown.NOT_ASKED),
        area_unknown="" if area else (told.area_unknown or Unknown.NOT_ASKED),
    )


def _fields(told: Told) -> dict[str, object]:
    fields = {name: getattr(told, name) for name in told.__dataclass_fields__}
    return fields | {"speaks": list(told.speaks)}


@transaction.atomic
def change_contact(*, file: Participant, told: Told, by: Actor) -> None:
    """What someone is called, speaks, lives: as they say it now."""
    write_contact(file, told)
    write_event(file, FileEvent.Kind.CONTACT_CHANGED, by=by)


def write_contact(file: Participant, told: Told) -> None:
    """Put this in the contact's place, and in what is made of it; the verb tells why. A trigger keeps what stood there."""
    Contact.objects.filter(file=file).update(**_fields(checked(told)))
    file.__dict__.pop("contact", None)
    file._state.fields_cache.pop("contact", None)
    keeping.keep(file)
    list_file(file)


@transaction.atomic
def learn_schooling(*, file: Participant, diploma: bool | None) -> None:
    """Whether they have a high-school diploma or its equivalent; None where nobody asked. The verb that asked tells of it."""
    known = Schooling.objects.filter(file=file)
    if diploma is not None:
        values = {"organization_id": file.organization_id, "diploma": diploma, "diploma_unknown": ""}
        Schooling.objects.update_or_create(file=file, defaults=values)
    else:
        known.update(diploma=None, diploma_unknown=Unknown.NOT_ASKED)


def add_reach(*, file: Participant, way: Way, position: int = 0, language: str = "en") -> Reach:
    (reach,) = _add_reaches(file, [way], language=language, position=position)
    keeping.keep(file)
    return reach


def _add_reaches(
    file: Participant, ways: Sequence[Way], *, language: str, position: int = 0, share: Share | None = None
) -> list[Reach]:
    """These ways, in this order, beginning at `position`; with `share`, copied under it."""
    return Reach.objects.bulk_create(_reaches(file, ways, language=language, position=position, share=share))


def contact_points(file: Participant, ways: Sequence[Way], *, language: str) -> list[ContactPoint]:
    """A contact point for each of these ways; its language is the person's where the way has none of its own."""
    if not all(way.value.strip() for way in ways):
        raise BadValue("reach", "A phone number or an address is needed.", mend="Or leave this way out.")
    return ContactPoint.objects.bulk_create(
        ContactPoint(
            organization_id=file.organization_id,
            channel=way.channel,
            value=way.value.strip(),
            language=way.language or language,
            leave_message=way.leave_message,
            quiet_from=way.quiet_from,
            quiet_to=way.quiet_to,
        )
        for way in ways
    )


def _reaches(
    file: Participant, ways: Sequence[Way], *, language: str, position: int = 0, share: Share | None = None
) -> list[Reach]:
    """The same, not written yet; their contact points are."""
    points = contact_points(file, ways, language=language)
    return [
        Reach(
            file=file,
            organization_id=file.organization_id,
            contact_point=point,
            position=position + offset,
            copied=share is not None,
            share=share,
        )
        for offset, point in enumerate(points)
    ]


@transaction.atomic
def add_way(*, file: Participant, way: Way, by: Actor) -> Reach:
    """One more way to reach someone, after those that are known. One that was stopped is used again, by its own new row."""
    contact = Contact.objects.get(file=file)
    last = Reach.objects.filter(file=file).order_by("-position").values_list("position", flat=True).first()
    reach = add_reach(file=file, way=way, position=0 if last is None else last + 1, language=contact.language)
    write_event(file, FileEvent.Kind.CONTACT_CHANGED, by=by)
    return reach


@transaction.atomic
def stop_reach(*, reach: Reach, by: Actor, why: str = "not_safe") -> None:
    """This way is no longer to be used. The row stays, so that nobody writes it down again by mistake."""
    stopped = ContactPoint.objects.filter(pk=reach.contact_point_id, stopped_at__isnull=True).update(
        stopped_at=clock.now(), stopped_why=why
    )
    if stopped:
        write_event(reach.file, FileEvent.Kind.CONTACT_CHANGED, by=by)


def add_new_ways(*, file: Participant, reach: Sequence[Way], language: str) -> None:
    """What someone who comes back tells of how to reach them, after what is known and still used."""
    used = Reach.objects.filter(file=file, contact_point__stopped_at__isnull=True)
    have = set(used.values_list("contact_point__channel", "contact_point__value"))
    position = Reach.objects.filter(file=file).count()
    for way in reach:
        if (way.channel, way.value.strip()) not in have:
            add_reach(file=file, way=way, position=position, language=language)
            have.add((way.channel, way.value.strip()))
            position += 1


def class_of_need(code: str) -> str:
    """The data class that a need of this kind has."""
    return _classes_of_needs([code])[code]


def _classes_of_needs(codes: Sequence[str]) -> dict[str, str]:
    found = [terms.known().get(("service_code", code)) for code in codes]
    if None in found:
        raise BadValue("needs", "There is no such kind of need.", mend="Choose one from the list.")
    return {term.code: term.data_class for term in found if term is not None}


def _open_needs(file: Participant, codes: Sequence[str], *, by: Actor) -> None:
    """The needs that a new file begins with."""
    if not codes:
        return
    codes = list(dict.fromkeys(codes))
    classes, today = _classes_of_needs(codes), clock.today(current_place().zone)
    needs = Need.objects.bulk_create(
        Need(
            file=file,
            organization_id=file.organization_id,
            code=code,
            data_class=classes[code],
            opened_on=today,
        )
        for code in codes
    )
    FileEvent.objects.bulk_create(
        _event(file, FileEvent.Kind.NEED_OPENED, by=by, subject=("need", need.pk)) for need in needs
    )


@transaction.atomic
def open_need(*, file: Participant, code: str, by: Actor) -> Need:
    data_class = class_of_need(code)
    existing = Need.objects.filter(file=file, code=code, closed_on__isnull=True).first()
    if existing:
        return existing
    need = Need.objects.create(
        file=file,
        organization_id=file.organization_id,
        code=code,
        data_class=data_class,
        opened_on=clock.today(current_place().zone),
    )
    # The event names the need's row and not its kind: a need's kind may be of a sensitive class.
    write_event(file, FileEvent.Kind.NEED_OPENED, by=by, subject=("need", need.pk))
    return need


@transaction.atomic
def close_need(*, need: Need, outcome: str, by: Actor) -> None:
    changed = Need.objects.filter(pk=need.pk, closed_on__isnull=True).update(
        closed_on=clock.today(current_place().zone), outcome=outcome
    )
    if changed:
        write_event(need.file, FileEvent.Kind.NEED_CLOSED, by=by, subject=("need", need.pk), detail=outcome)


def write_down(*, file: Participant, about: tuple[str, int], text: str, by: Actor) -> Narrative | None:
    """Keep a sentence about something; nothing for an empty one."""
    if not text.strip():
        return None
    return Narrative.objects.create(
        file=file,
        organization_id=file.organization_id,
        about_kind=about[0],
        about_id=about[1],
        text=text.strip(),
        written_by=by,
    )


@transaction.atomic
def log_contact(
    *,
    file: Participant,
    how: str,
    by: Actor,
    note: str = "",
    reached: bool = True,
    happened_at: datetime | None = None,
    tell: Sequence[Membership] = (),
) -> FileEvent:
    """A contact with someone: one line, whoever made it. A note stands in the narrative class; `tell` are colleagues to read it."""
    event = write_event(
        file,
        FileEvent.Kind.CONTACTED,
        by=by,
        detail=f"{how}:{'reached' if reached else 'tried'}",
        happened_at=happened_at,
    )
    write_down(file=file, about=("file_event", event.pk), text=note, by=by)
    telling.tell(event, tell, by=by)
    return event


@transaction.atomic
def note(*, file: Participant, text: str, by: Actor, tell: Sequence[Membership] = ()) -> FileEvent:
    """Something to remember of someone, without a contact; `tell` are colleagues who read it now."""
    if not text.strip():
        raise BadValue("text", "Write a few words.", mend="")
    event = write_event(file, FileEvent.Kind.NOTED, by=by)
    write_down(file=file, about=("file_event", event.pk), text=text, by=by)
    telling.tell(event, tell, by=by)
    return event


def write_event(
    file: Participant,
    kind: str,
    *,
    by: Actor,
    detail: str = "",
    subject: tuple[str, int] = ("", 0),
    happened_at: datetime | None = None,
) -> FileEvent:
    event = _event(file, kind, by=by, detail=detail, subject=subject, happened_at=happened_at)
    event.save(force_insert=True)
    return event


def _event(
    file: Participant,
    kind: str,
    *,
    by: Actor,
    detail: str = "",
    subject: tuple[str, int] = ("", 0),
    happened_at: datetime | None = None,
) -> FileEvent:
    moment = clock.now()
    if happened_at and happened_at > moment:
        raise BadValue("happened_at", "This can't have happened yet.", mend="Give a time up to now.")
    return FileEvent(
        file=file,
        organization_id=file.organization_id,
        person_id=file.person_id,
        kind=kind,
        detail=detail,
        subject_kind=subject[0],
        subject_id=subject[1] or None,
        by=by,
        happened_at=happened_at or moment,
    )


def list_file(file: Participant, *, standing: str | None = None) -> None:
    """Bring the projection of a file up to date."""
    values = _listed(file, Contact.objects.get(file=file))
    if standing:
        values["standing"] = standing
    if not Listing.objects.filter(file=file).update(**values):
        Listing.objects.create(file=file, **values)


def _listed(file: Participant, contact: Contact) -> dict[str, Any]:
    """What lists show of a file."""
    first, last = sort_key(contact.first_name), sort_key(contact.last_name)
    return {
        "organization_id": file.organization_id,
        "person_id": file.person_id,
        "code": file.code,
        "name": contact.name,
        "short_name": contact.short_name,
        "first_sort": f"{first} {last}".strip(),
        "last_sort": f"{last} {first}".strip(),
    }


# --- Consent ------------------------------------------------------------------------------------------------------


@transaction.atomic
def record_consent(*, file: Participant, asked: Asked, by: Actor) -> Consent:
    """Record what the person said: yes to these recipients and classes, or no. A refusal is kept, and stops no help."""
    if asked.how == Consent.How.SPOKEN and asked.witness_id is None:
        raise BadValue(
            "witness", "A spoken consent needs a witness.", mend="Name the colleague who heard it."
        )
    moment = clock.now()
    consent = Consent.objects.create(
        person_id=file.person_id,
        file=file,
        organization_id=file.organization_id,
        form_version=consent_version(moment.date()),
        language=asked.language,
        purpose=asked.purpose,
        recipients=list(asked.recipients),
        data_classes=sorted(set(asked.data_classes)),
        parts=list(asked.parts),
        comes_back=list(asked.comes_back),
        how=asked.how,
        witness_id=asked.witness_id,
        given_at=moment,
        recorded_by=by,
        refused=asked.refused,
        expires_at=moment + timedelta(days=asked.days),
    )
    kind = FileEvent.Kind.CONSENT_REFUSED if asked.refused else FileEvent.Kind.CONSENT_GIVEN
    write_event(file, kind, by=by, subject=("consent", consent.pk))
    return consent


def is_under_age(born: date) -> bool:
    """Whether someone born on this day is under 18 today, where the place is."""
    today = clock.today(current_place().zone)
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day)) < ADULT


def consent_version(day: date) -> str:
    return (
        ConsentText.objects.filter(valid_from__lte=day)
        .order_by("-valid_from")
        .values_list("version", flat=True)
        .first()
        or ConsentText.objects.order_by("valid_from").values_list("version", flat=True)[0]
    )


@transaction.atomic
def revoke_consent(*, consent: Consent, by: Actor) -> int:
    """Stop all further flow that second. Returns how many shares ended."""
    moment = clock.now()
    if not Consent.objects.filter(pk=consent.pk, revoked_at__isnull=True, refused=False).update(
        revoked_at=moment
    ):
        return 0
    ended = Share.objects.filter(consent=consent, revoked_at__isnull=True).update(revoked_at=moment)
    write_event(consent.file, FileEvent.Kind.CONSENT_REVOKED, by=by, subject=("consent", consent.pk))
    return ended


def share(
    *,
    consent: Consent,
    recipient_id: int,
    classes: Iterable[str],
    about: tuple[str, int],
    basis: str = Share.Basis.CONSENT,
) -> list[Share]:
    """Write the share that the policies read: each class that the consent covers, to this recipient, until it ends.

    `basis` is the program where the consent was given to take part in one: then the contract says who reads it.
    """
    moment = clock.now()
    if not consent.is_live(moment) or recipient_id not in consent.recipients:
        raise ConsentMissing()
    missing = sorted(set(classes) - set(consent.data_classes))
    if missing:
        raise ConsentMissing(f"The person did not agree to share: {', '.join(missing)}.")
    return Share.objects.bulk_create(
        Share(
            person_id=consent.person_id,
            file_id=consent.file_id,
            organization_id=consent.organization_id,
            recipient_id=recipient_id,
            data_class=data_class,
            basis=basis,
            consent=consent,
            about_kind=about[0],
            about_id=about[1],
            since=moment,
            until=consent.expires_at,
        )
        for data_class in sorted(set(classes))
    )


def end_shares(*, about: tuple[str, int], recipient_id: int) -> int:
    """What was shared about this with them is shared no more, that second. Returns how many shares ended."""
    live = Share.objects.filter(
        organization_id=current_organization(),
        recipient_id=recipient_id,
        about_kind=about[0],
        about_id=about[1],
        revoked_at__isnull=True,
    )
    return live.update(revoked_at=clock.now())


def share_by_agreement(*, file: Participant, agreement: Agreement) -> Share:
    """When an organization closes, its agreement lets the taking organization read how to reach the person, and no more."""
    moment = clock.now()
    return Share.objects.create(
        person_id=file.person_id,
        file=file,
        organization_id=file.organization_id,
        recipient_id=agreement.escheat_queue.organization_id,
        data_class="contact",
        basis=Share.Basis.ESCHEAT,
        agreement=agreement,
        since=moment,
        until=moment + timedelta(days=CONSENT_DAYS),
    )


# --- The receiver's own file --------------------------------------------------------------------------------------


@transaction.atomic
def receive(
    *,
    source_file_id: int,
    person_id: uuid.UUID,
    shares: Sequence[Share],
    parts: Sequence[str],
    need_code: str,
    note_about: tuple[str, int],
    standing: str,
    origin: str,
    by: Actor,
) -> Participant:
    """Make this organization's own file of exactly what it was shown. What it already knows itself stays as it is."""
    by_class = {s.data_class: s for s in shares}
    own, contacts, needs = together.read(
        Participant.objects.filter(person_id=person_id, organization_id=current_organization()),
        Contact.objects.filter(file_id=source_file_id),
        Need.objects.filter(file_id=source_file_id, code=need_code, closed_on__isnull=True),
    )
    if own:
        existing: Participant = own[0]
        write_event(existing, FileEvent.Kind.RECEIVED, by=by)
        if not Need.objects.filter(file=existing, code=need_code, closed_on__isnull=True).exists():
            together.write(_copied_needs(existing, needs, by_class))
        list_file(existing, standing=standing)
        return existing
    file = Participant.objects.create(
        person_id=person_id, organization_id=current_organization(), origin=origin, opened_by=by
    )
    contact = _copied_contact(file, contacts[0], by_class["contact"], parts)
    reaches = _copied_reaches(file, source_file_id, by_class["contact"]) if "reach" in parts else []
    if "note" in parts and "narrative" in by_class:
        for narrative in Narrative.standing.filter(
            file_id=source_file_id, about_kind=note_about[0], about_id=note_about[1]
        ):
            Narrative.objects.create(
                file=file,
                organization_id=file.organization_id,
                about_kind=note_about[0],
                about_id=note_about[1],
                text=narrative.text,
                written_by=narrative.written_by,
                copied=True,
                share=by_class["narrative"],
            )
    together.write(
        [
            contact,
            *reaches,
            *_copied_needs(file, needs, by_class),
            _event(file, FileEvent.Kind.RECEIVED, by=by),
            Listing(file=file, standing=standing, **_listed(file, contact)),
            *keeping.first_keys(file, contact=contact, reaches=reaches),
        ]
    )
    return file


@transaction.atomic
def receive_needs(*, file: Participant, source_file_id: int, shares: Sequence[Share]) -> None:
    """With someone who is handed over as a whole come all needs that were shared and that we don't know of yet."""
    by_class = {s.data_class: s for s in shares}
    ours = set(Need.objects.filter(file=file, closed_on__isnull=True).values_list("code", flat=True))
    needs = Need.objects.filter(file_id=source_file_id, closed_on__isnull=True).exclude(code__in=ours)
    together.write([copy for need in needs.order_by("id") for copy in _copied_needs(file, [need], by_class)])


def _copied_contact(file: Participant, source: Contact, by_share: Share, parts: Sequence[str]) -> Contact:
    keep_birth_date = "birth_date" in parts and source.birth_date is not None
    return Contact(
        file=file,
        organization_id=file.organization_id,
        copied=True,
        share=by_share,
        first_name=source.first_name,
        last_name=source.last_name,
        pronouns=source.pronouns,
        language=source.language,
        birth_date=source.birth_date if keep_birth_date else None,
        birth_date_unknown="" if keep_birth_date else Unknown.NOT_ASKED,
        area=source.area,
        area_unknown=source.area_unknown,
        availability=source.availability,
        do_not_contact=source.do_not_contact,
    )


def _copied_reaches(file: Participant, source_file_id: int, by_share: Share) -> list[Reach]:
    # The sender's contact point is the sender's alone: its value comes through the owner's function, under the same share.
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT v.channel, v.value, v.leave_message, v.language"
            " FROM participants_reach r, LATERAL wh_reach_value(r.id) v WHERE r.file_id = %s ORDER BY r.position, r.id",
            [source_file_id],
        )
        ways = [Way(*row) for row in cursor.fetchall()]
    return _reaches(file, ways, language="", share=by_share)


def _copied_needs(file: Participant, sources: Sequence[Need], by_class: dict[str, Share]) -> list[Need]:
    return [
        Need(
            file=file,
            organization_id=file.organization_id,
            code=source.code,
            data_class=source.data_class,
            opened_on=source.opened_on,
            copied=True,
            share=by_class[source.data_class],
        )
        for source in sources[:1]
        if source.data_class in by_class
    ]


def shared_contact_points(reach_id: int) -> list[tuple[str, str, str, bool]]:
    """(channel, value, language, leave a message) of a reach that this organization may read by its own file or a share."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT channel, value, language, leave_message FROM wh_reach_value(%s)", [reach_id])
        return list(cursor.fetchall())
