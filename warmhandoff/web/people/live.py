"""What a person's page hears while it is open, and the forms that change what is known about them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from warmhandoff.casework.models import AppointmentEvent
from warmhandoff.custody.models import CustodyEvent
from warmhandoff.foundation import together
from warmhandoff.foundation.models import Actor
from warmhandoff.foundation.open_forms import Thing
from warmhandoff.network.reading import name_of
from warmhandoff.network.roles import Permission
from warmhandoff.participants.models import FileEvent, Participant
from warmhandoff.participants.reading import file_or_404
from warmhandoff.referrals.models import Referral, ReferralEvent
from warmhandoff.web.people.forms import HOW
from warmhandoff.web.people.story import TELLINGS, UNSAID
from warmhandoff.web.people.tellers import appointments
from warmhandoff.web.referrals.live import worth_telling
from warmhandoff.web.referrals.story import sentence
from warmhandoff.web.site.context import Who
from warmhandoff.web.site.live import Heard, Line, Source
from warmhandoff.web.today.addresses import referral_page

# What changes a file itself: whoever has one of its forms open is told.
CHANGES = ("contact_changed", "contact_corrected", "learned")


def _heard(who: Who, since: datetime, code: str) -> list[Heard]:
    """What others did for them. Two statements: whether the file is ours, and what happened; who reads contact alone hears of contacts."""
    return _heard_of(file_or_404(code), who, since)


def _of_the_page(who: Who, since: datetime, code: str) -> tuple[list[Heard], Participant]:
    """The same, and the file, which the page then needn't read again."""
    file = file_or_404(code)
    return _heard_of(file, who, since), file


def _heard_of(file: Participant, who: Who, since: datetime) -> list[Heard]:
    events, moved, referred, agreed = _LATELY.read(
        file=file.pk, person=file.person_id, organization=who.organization.pk, actor=who.actor.pk, since=since
    )
    if not who.may(Permission.CHANGE_FILE):
        events, moved = [event for event in events if event.kind == FileEvent.Kind.CONTACTED], []
    if not who.may(Permission.SEE_REFERRALS):
        referred = []
    told = [
        *_of("file", events, file),
        *_of("custody", moved, file),
        *_of("referral", worth_telling(referred), file),
        *_of("appointment", agreed, file),
    ]
    return [each for each in told if each.row[0] not in UNSAID]


def _lately(
    file: int, person: uuid.UUID, organization: int, actor: int, since: datetime
) -> tuple[QuerySet[Any], ...]:
    found = (
        FileEvent.objects.filter(file_id=file),
        CustodyEvent.objects.filter(person_id=person, organization_id=organization),
        ReferralEvent.objects.filter(referral__person_id=person),
        AppointmentEvent.objects.filter(file_id=file),
    )
    return tuple(each.filter(recorded_at__gte=since).exclude(by_id=actor) for each in found)


_LATELY = together.Prepared(_lately)


def _of(room: str, events: Sequence[Any], file: Participant) -> list[Heard]:
    return [
        Heard(f"{room}:{event.pk}", event.recorded_at, (f"{room}.{event.kind}", event, file))
        for event in events
    ]


def _told(who: Who, heard: Sequence[Heard], code: str) -> list[Line]:
    return [_line(each) for each in heard]


def _line(heard: Heard) -> Line:
    kind, event, file = heard.row
    if isinstance(event, ReferralEvent):
        referral = Referral.objects.select_related("service", "sender", "receiver").get(pk=event.referral_id)
        return Line(sentence(referral, event), heard.at, referral_page(referral.code))
    if isinstance(event, AppointmentEvent):
        who = name_of(Actor.objects.get(pk=event.by_id))
        page = reverse("people:appointments", args=[file.code])
        return Line(appointments.sentence(event, who=who, name=file.contact.first_name), heard.at, page)
    return Line(_says(kind, event, file), heard.at)


def _says(kind: str, event: FileEvent | CustodyEvent, file: Participant) -> str:
    """As the story says it, where that takes no more than who and whom; else that there is something to read."""
    facts = {
        "who": name_of(Actor.objects.get(pk=event.by_id)),
        "name": file.contact.first_name,
        "how": str(dict(HOW).get(event.detail.split(":")[0], "")),
    }
    try:
        return str(TELLINGS[kind].says) % facts
    except KeyError:
        return _("%(who)s wrote something down about %(name)s.") % facts


PERSON = Source(_heard, _told, page=_of_the_page)


# --- Forms of a file ----------------------------------------------------------------------------------------------


def _changed(who: Who, since: datetime, code: str) -> list[Heard]:
    file = file_or_404(code)
    events = FileEvent.objects.filter(file=file, recorded_at__gte=since, kind__in=CHANGES)
    return _of("file", list(events.exclude(by=who.actor)), file)


def _opens(who: Who, code: str) -> Thing:
    return Thing("file", file_or_404(code).pk)


FORM = Source(_changed, _told, _opens)


def changed_since(who: Who, at: datetime, code: str) -> list[Line]:
    """Who changed the file since a form of it was opened, the newest last."""
    return _told(who, _changed(who, at, code), code)
