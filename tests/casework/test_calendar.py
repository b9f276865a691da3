"""What a calendar gets: one UID, a SEQUENCE that grows, the method of the part its own; and no name of anybody."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from icalendar import Calendar

from tests import cast
from tests.cast import MONDAY
from warmhandoff.casework import notices
from warmhandoff.casework.actions import appointments
from warmhandoff.casework.actions.appointments import When
from warmhandoff.casework.models import Appointment
from warmhandoff.casework.tasks import person_not_reached
from warmhandoff.directory.models import Location
from warmhandoff.foundation import messages
from warmhandoff.foundation.models import Duty, Message
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.participants import actions as participants
from warmhandoff.participants.models import Contact

SOON, LATER = MONDAY + timedelta(days=2, hours=3), MONDAY + timedelta(days=9)
HALF_AN_HOUR = timedelta(minutes=30)
HOURS_OF_MAILS = MONDAY + timedelta(hours=1)


@pytest.fixture
def rosa(c):
    with c.acting("denise") as denise:
        file = cast.take_in(denise, cast.told("Rosaura", "Quetzalcalli"))
        way = participants.Way("email", "someone@mail.example")
        participants.add_reach(file=file, way=way, position=1, language="es")
        return file


@pytest.fixture
def made(c, rosa):
    with c.acting("denise") as denise:
        when = When(SOON, HALF_AN_HOUR, how="phone")
        return appointments.make(
            file=rosa, when=when, about="plan", with_=denise.membership, by=denise.actor, by_mail=True
        )


def deliver(c, notice, at=HOURS_OF_MAILS):
    """Send what waits of this kind, and say what the calendar part of the last one is."""
    mail.outbox.clear()
    with c.acting("denise", at=at):
        for message in Message.objects.filter(notice=notice.name, state="queued").order_by("id"):
            messages.deliver(message.pk)
    return mail.outbox


def calendar_of(letter):
    """(method in the part's type, the calendar)."""
    parts = [part for part in letter.message().walk() if part.get_content_type() == "text/calendar"]
    (part,) = parts
    return part.get_param("method"), Calendar.from_ical(part.get_payload(decode=True))


def event_of(calendar):
    (event,) = calendar.walk("VEVENT")
    return event


def test_a_request_its_update_and_its_cancelation_are_one_appointment(c, made):
    (letter,) = deliver(c, notices.PersonInvited)
    method, first = calendar_of(letter)
    assert method == first["METHOD"] == "REQUEST"
    assert letter.to == ["someone@mail.example"]
    one = event_of(first)
    assert (one["DTSTART"].dt, one["DTEND"].dt) == (SOON, SOON + HALF_AN_HOUR)
    assert (int(one["SEQUENCE"]), str(one["STATUS"])) == (0, "CONFIRMED")
    assert str(one["ATTENDEE"]) == "mailto:someone@mail.example"
    with c.acting("denise", at=HOURS_OF_MAILS) as denise:
        appointments.move(
            appointment=Appointment.objects.get(pk=made.pk), when=When(LATER, HALF_AN_HOUR, how="phone"), by=denise.actor
        )  # fmt: skip
    (letter,) = deliver(c, notices.PersonInvited)
    method, second = calendar_of(letter)
    two = event_of(second)
    assert method == second["METHOD"] == "REQUEST"
    assert (two["UID"], int(two["SEQUENCE"]), two["DTSTART"].dt) == (one["UID"], 1, LATER)
    with c.acting("denise", at=HOURS_OF_MAILS) as denise:
        appointments.cancel(
            appointment=Appointment.objects.get(pk=made.pk), reason="we_cannot", by=denise.actor
        )
    (letter,) = deliver(c, notices.PersonCalledOff)
    method, third = calendar_of(letter)
    off = event_of(third)
    assert method == third["METHOD"] == "CANCEL"
    assert (off["UID"], int(off["SEQUENCE"]), str(off["STATUS"])) == (one["UID"], 2, "CANCELLED")
    # The demo's mailbox and each mail program read the alternatives: text and HTML stand first.
    assert [part.get_content_type() for part in letter.message().get_payload()] == [
        "text/plain",
        "text/html",
        "text/calendar",
    ]


def test_it_names_nobody_no_house_no_program_and_no_network(c, made):
    with c.acting("denise", at=HOURS_OF_MAILS) as denise:
        appointments.move(
            appointment=Appointment.objects.get(pk=made.pk), when=When(LATER, HALF_AN_HOUR, how="phone"), by=denise.actor
        )  # fmt: skip
    names = current_place().names
    nobody = [
        "Rosaura", "Quetzalcalli", "Denise", "Carter", "Eastgate", "marker", "SECTOR", "Warm Handoff", "warmhandoff", "reentry",
        "Plan", names.network, names.employers,
    ]  # fmt: skip
    letters = [*deliver(c, notices.PersonInvited), *deliver(c, notices.StaffInvited)]
    assert letters
    for letter in letters:
        _method, calendar = calendar_of(letter)
        text = calendar.to_ical().decode()
        assert not [name for name in [*nobody, names.participants] if name in text], text
    for text in (letters[0].subject, letters[0].body, letters[0].alternatives[0].content):
        known = text.replace(names.participants, "")
        assert not [name for name in nobody if name in known], text


def test_where_one_meets_is_an_address_written_as_calendars_write_it(c, rosa):
    with c.acting("denise") as denise:
        service = c.services["housing"]
        there = Location.objects.create(
            service=service, name="SECTOR room", address="100 Main St; Suite 2, Compton\nCA"
        )
        made = appointments.make(
            file=rosa, when=When(SOON, HALF_AN_HOUR, how="phone"), about="plan", with_=denise.membership, by=denise.actor,
            by_mail=True,
        )  # fmt: skip
        Appointment.objects.filter(pk=made.pk).update(location=there)
    (letter,) = deliver(c, notices.PersonInvited)
    _method, calendar = calendar_of(letter)
    assert str(event_of(calendar)["LOCATION"]) == there.address
    assert "SECTOR" not in letter.message().as_string()


def test_what_is_kept_of_a_mail_says_neither_when_nor_where(c, made):
    deliver(c, notices.PersonInvited)
    with c.acting("denise"):
        kept = Message.objects.get(notice=notices.PersonInvited.name)
    assert kept.state == "sent" and "[when]" in kept.kept_subject and "[when]" in kept.kept_text
    assert "pm" not in kept.kept_text and "11" not in kept.kept_text


def test_what_nobody_was_told_of_is_not_called_off_by_mail(c, made):
    with c.acting("denise") as denise:
        appointments.cancel(
            appointment=Appointment.objects.get(pk=made.pk), reason="mistake", by=denise.actor
        )
    assert deliver(c, notices.PersonInvited) == [] and deliver(c, notices.PersonCalledOff) == []


def test_who_wants_quiet_gets_none(c, rosa, made):
    with c.acting("denise"):
        Contact.objects.filter(file=rosa).update(do_not_contact=True)
    assert deliver(c, notices.PersonInvited) == []


def test_the_reminder_says_tomorrow_in_their_language(c, made):
    with c.acting("denise", at=SOON - timedelta(days=1)):
        appointments.remind(made.pk)
        message = Message.objects.get(notice=notices.Reminder.name)
        messages.deliver(message.pk)
    letter = mail.outbox[-1]
    assert "mañana" in letter.body.lower()
    assert not [part for part in letter.message().walk() if part.get_content_type() == "text/calendar"]


def test_of_one_that_was_called_off_nobody_is_reminded(c, made):
    with c.acting("denise") as denise:
        appointments.cancel(
            appointment=Appointment.objects.get(pk=made.pk), reason="mistake", by=denise.actor
        )
        appointments.remind(made.pk)
        assert not Message.objects.filter(notice=notices.Reminder.name).exists()


def test_a_mail_that_comes_back_is_a_call_for_the_holder(c, made):
    with c.acting("denise") as denise:
        notice = messages.notice_of(Message.objects.get(notice=notices.PersonInvited.name))
        person_not_reached(notice, denise.actor)
        call = Duty.objects.get(person_id=made.file.person_id, kind="call", closed_at__isnull=True)
        assert call.due_at <= made.starts_at
