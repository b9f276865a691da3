"""What moves or is called off is told by mail: to who leads it, to who comes and may be written to; one mail a person."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from django.core import mail
from django.db import transaction
from icalendar import Calendar

from tests import cast
from tests.cast import MONDAY
from tests.programs.groups import STARTS, group, joined
from warmhandoff.foundation import messages
from warmhandoff.foundation.errors import BadValue, NotYours
from warmhandoff.foundation.models import ContactPoint, Duty, Message
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.participants import actions as participants
from warmhandoff.participants.models import Contact
from warmhandoff.programs.actions import groups, meetings
from warmhandoff.programs.models import Meeting
from warmhandoff.programs.notices import LeaderTold, MemberTold

IN_HOURS = MONDAY + timedelta(hours=1)
WEDNESDAY = date(2026, 11, 25)


@pytest.fixture
def cohort(c):
    """Denise leads it; Rosa has a mail, Ana has none."""
    with c.acting("marcus") as marcus:
        cast.program(c)
        made = group(c, marcus)
        meetings.schedule(cohort=made, by=marcus.actor)
        rosa, _ana = joined(c, marcus, made, "Rosaura", "Ana", on=STARTS - timedelta(days=1))
        way = participants.Way("email", "someone@mail.example")
        participants.add_reach(file=rosa.file, way=way, position=1, language="es")
        return made


@pytest.fixture
def planned(c, cohort):
    with c.acting("marcus"):
        return list(cohort.meetings.order_by("starts_at"))


def move(c, meeting, on=WEDNESDAY, begins=time(18), at=MONDAY):
    with c.acting("marcus", at=at) as marcus:
        return meetings.move(meeting=meeting, on=on, begins=begins, why="other", by=marcus.actor)


def deliver(c, notice, at=IN_HOURS):
    mail.outbox.clear()
    with c.acting("denise", at=at):
        for message in Message.objects.filter(notice=notice.name, state="queued").order_by("id"):
            messages.deliver(message.pk)
    return list(mail.outbox)


def calendar_of(letter):
    (part,) = [part for part in letter.message().walk() if part.get_content_type() == "text/calendar"]
    calendar = Calendar.from_ical(part.get_payload(decode=True))
    assert part.get_param("method") == calendar["METHOD"]
    return calendar["METHOD"], calendar.walk("VEVENT")


def test_one_that_moves_is_an_update_to_who_comes_and_to_who_leads(c, cohort, planned):
    first = planned[0]
    moved = move(c, first)
    (letter,) = deliver(c, MemberTold)
    assert letter.to == ["someone@mail.example"] and letter.subject == "Su cita ha cambiado: mié 25 nov, 6 pm"
    method, (event,) = calendar_of(letter)
    assert (method, event["DTSTART"].dt, int(event["SEQUENCE"])) == ("REQUEST", moved.starts_at, 1)
    assert str(event["UID"]).startswith(f"{first.code}@")
    (letter,) = deliver(c, LeaderTold)
    assert letter.to == ["denise@eastgate.example"] and "Meeting moved: Wed, Nov 25, 6 pm" in letter.subject
    assert f"/programs/groups/{cohort.code}/" in letter.body and "Tue, Nov 24, 4 pm" in letter.body
    method, (event,) = calendar_of(letter)
    assert (method, int(event["SEQUENCE"])) == ("REQUEST", 1)


def test_called_off_it_is_a_cancelation_under_the_same_uid(c, cohort, planned):
    first = planned[0]
    move(c, first)
    (letter,) = deliver(c, MemberTold)
    _method, (before,) = calendar_of(letter)
    with c.acting("marcus", at=IN_HOURS) as marcus:
        meetings.cancel(meeting=first, why="other", by=marcus.actor)
    (letter,) = deliver(c, MemberTold)
    assert letter.subject == "Cancelada: su cita del mié 25 nov, 6 pm"
    method, (event,) = calendar_of(letter)
    assert method == "CANCEL" and str(event["STATUS"]) == "CANCELLED"
    assert (event["UID"], int(event["SEQUENCE"])) == (before["UID"], 2)


def plan_anew(c, meeting, on=WEDNESDAY, begins=time(18), at=IN_HOURS):
    with c.acting("marcus", at=at) as marcus:
        return meetings.plan(
            cohort=meeting.cohort, session=meeting.template, on=on, begins=begins, by=marcus.actor
        )


def call_off(c, meeting, at=MONDAY):
    with c.acting("marcus", at=at) as marcus:
        meetings.cancel(meeting=meeting, why="other", by=marcus.actor)


def test_what_was_called_off_and_is_planned_anew_is_a_new_appointment(c, cohort, planned):
    call_off(c, planned[0])
    assert len(deliver(c, MemberTold)) == len(deliver(c, LeaderTold)) == 1
    anew = plan_anew(c, planned[0])
    (letter,) = deliver(c, MemberTold)
    assert letter.subject == "Una nueva cita para usted: mié 25 nov, 6 pm"
    assert "mié 25 nov, 6 pm: una nueva fecha" in letter.body
    method, (event,) = calendar_of(letter)
    assert (method, event["DTSTART"].dt, int(event["SEQUENCE"])) == ("REQUEST", anew.starts_at, 0)
    assert str(event["UID"]).startswith(f"{anew.code}@")
    (letter,) = deliver(c, LeaderTold)
    assert letter.subject.endswith("One more meeting: Wed, Nov 25, 6 pm")


def test_called_off_and_planned_anew_before_the_mail_goes_are_told_together(c, cohort, planned):
    call_off(c, planned[0])
    plan_anew(c, planned[0], at=MONDAY + timedelta(minutes=5))
    (letter,) = deliver(c, MemberTold)
    assert letter.subject == "2 citas suyas han cambiado"
    method, events = calendar_of(letter)
    assert method == "PUBLISH" and sorted(str(event["STATUS"]) for event in events) == [
        "CANCELLED",
        "CONFIRMED",
    ]


def test_what_was_planned_and_called_off_again_is_no_news(c, cohort, planned):
    call_off(c, planned[0])
    deliver(c, MemberTold)
    call_off(c, plan_anew(c, planned[0]), at=IN_HOURS + timedelta(minutes=5))
    with c.acting("denise"):
        assert Message.objects.filter(notice=MemberTold.name, state="queued").count() == 1
    assert deliver(c, MemberTold, at=IN_HOURS + timedelta(hours=1)) == []


def test_what_is_scheduled_a_second_time_is_told_and_the_first_time_is_not(c, cohort, planned):
    assert deliver(c, MemberTold) == []
    call_off(c, planned[0])
    deliver(c, MemberTold)
    with c.acting("marcus", at=IN_HOURS) as marcus:
        (anew,) = meetings.schedule(cohort=cohort, by=marcus.actor)
    (letter,) = deliver(c, MemberTold)
    _method, (event,) = calendar_of(letter)
    assert event["DTSTART"].dt == anew.starts_at and letter.subject.startswith("Una nueva cita para usted")


def test_what_is_planned_and_refused_tells_nobody(c, cohort, planned):
    call_off(c, planned[0])
    deliver(c, MemberTold)
    with pytest.raises(BadValue, match=r"Thanksgiving|closed"):
        plan_anew(c, planned[0], on=date(2026, 11, 26))
    assert deliver(c, MemberTold) == []


def test_all_that_are_pushed_on_are_one_mail_and_one_publication(c, cohort, planned):
    with c.acting("marcus") as marcus:
        later = meetings.push_on(meeting=planned[0], why="other", by=marcus.actor)
    assert len(later) == 31
    (letter,) = deliver(c, MemberTold)
    assert letter.subject == "31 citas suyas han cambiado"
    method, events = calendar_of(letter)
    assert method == "PUBLISH" and len({str(event["UID"]) for event in events}) == 31
    assert not any("ATTENDEE" in event for event in events)
    assert {int(event["SEQUENCE"]) for event in events} == {1}
    assert letter.body.count(", y no ") == 31
    (letter,) = deliver(c, LeaderTold)
    assert letter.subject == "31 meetings that you lead have changed"


def test_other_hours_are_told_too(c, cohort):
    with c.acting("marcus") as marcus:
        slots = [groups.Slot(1, time(17), 90), groups.Slot(3, time(17), 90)]
        groups.change_hours(cohort=cohort, slots=slots, since=MONDAY.date(), by=marcus.actor)
    assert len(deliver(c, MemberTold)) == len(deliver(c, LeaderTold)) == 1


def test_what_waits_already_tells_the_next_change_as_well(c, cohort, planned):
    first, second, *_ = planned
    move(c, first)
    move(c, second, on=date(2026, 12, 2))
    move(c, first, begins=time(19))
    with c.acting("denise"):
        assert Message.objects.filter(notice=MemberTold.name).count() == 1
    (letter,) = deliver(c, MemberTold)
    assert letter.subject == "2 citas suyas han cambiado"
    _method, events = calendar_of(letter)
    assert [int(event["SEQUENCE"]) for event in events] == [2, 1]
    # From when it was before the first of them, to when it is now.
    assert "mié 25 nov, 7 pm, y no mar 24 nov, 4 pm" in letter.body
    # What went out is not told again.
    move(c, second, on=date(2026, 12, 4), at=IN_HOURS)
    (letter,) = deliver(c, MemberTold)
    assert letter.subject.startswith("Su cita ha cambiado: vie 4 dic")


def test_what_moved_back_is_no_news(c, cohort, planned):
    first = planned[0]
    move(c, first)
    move(c, first, on=STARTS, begins=time(16))
    assert deliver(c, MemberTold) == deliver(c, LeaderTold) == []


def test_neither_says_what_meets_nor_where_nor_who(c, cohort, planned):
    with c.acting("marcus") as marcus:
        groups.change_group(cohort=cohort, name="SECTOR circle", room="The SECTOR room", by=marcus.actor)
        meetings.push_on(meeting=planned[0], why="other", by=marcus.actor)
    names = current_place().names
    never = [
        "SECTOR", "Tuesdays", "Room", "Pathways", "Camino", "Rosaura", "Made-up", "Ana ", "Denise", "Eastgate",
        "session", "sesión", "group", "grupo", "marker", names.employers,
    ]  # fmt: skip
    (letter,) = deliver(c, MemberTold)
    sent = [letter.subject, letter.body, letter.alternatives[0].content, letter.from_email]
    _method, events = calendar_of(letter)
    sent += [event.to_ical().decode() for event in events]
    for text in sent:
        known = text.replace(names.participants, "")
        assert not [name for name in [*never, names.network] if name in known], text
    (letter,) = deliver(c, LeaderTold)
    _method, events = calendar_of(letter)
    for event in events:
        said = event.to_ical().decode().replace(f"/programs/groups/{cohort.code}/", "")
        assert not [name for name in never if name in said], said


def test_what_is_kept_of_a_mail_says_not_when(c, cohort, planned):
    move(c, planned[0])
    deliver(c, MemberTold)
    with c.acting("denise"):
        kept = Message.objects.get(notice=MemberTold.name)
    assert "[when]" in kept.kept_subject and "[when]" in kept.kept_text and "25" not in kept.kept_text


def test_who_wants_quiet_or_whose_address_stopped_gets_none(c, cohort, planned):
    with c.acting("denise"):
        ContactPoint.objects.filter(value="someone@mail.example").update(
            stopped_at=MONDAY, stopped_why="bounced"
        )
    move(c, planned[0])
    with c.acting("denise"):
        assert not Message.objects.filter(notice=MemberTold.name).exists()
        ContactPoint.objects.filter(value="someone@mail.example").update(stopped_at=None, stopped_why="")
    move(c, planned[0], begins=time(19))
    with c.acting("denise"):
        Contact.objects.update(do_not_contact=True)
    assert deliver(c, MemberTold) == []


def test_it_waits_for_the_end_of_their_quiet_hours(c, cohort, planned):
    with c.acting("denise"):
        ContactPoint.objects.filter(value="someone@mail.example").update(
            quiet_from=time(8), quiet_to=time(15)
        )
    move(c, planned[0])
    assert deliver(c, MemberTold) == []
    with c.acting("denise"):
        assert Message.objects.get(notice=MemberTold.name).state == "queued"
    assert len(deliver(c, MemberTold, at=MONDAY + timedelta(hours=5))) == 1


def test_who_has_left_and_what_is_over_are_not_told(c, cohort, planned):
    move(c, planned[0])
    with c.acting("marcus") as marcus:
        (member,) = cohort.members.filter(file__contact__first_name="Rosaura")
        groups.leave(member=member, why="finished", by=marcus.actor)
    assert deliver(c, MemberTold) == []
    # On Thursday the Wednesday is over.
    assert deliver(c, LeaderTold, at=MONDAY + timedelta(days=3)) == []


def test_who_makes_up_for_something_there_is_told_that_it_is_off(c, cohort, planned):
    with c.acting("marcus") as marcus:
        (member,) = cohort.members.filter(file__contact__first_name="Rosaura")
        made = meetings.plan_make_up(cohort=cohort, on=WEDNESDAY, begins=time(12), by=marcus.actor)
        session = planned[0].template
        meetings.ask_to_make_up(meeting=made, member=member, session=session, by=marcus.actor)
        meetings.cancel(meeting=made, why="other", by=marcus.actor)
    (letter,) = deliver(c, MemberTold)
    method, (event,) = calendar_of(letter)
    assert method == "CANCEL" and str(event["UID"]).startswith(made.code)


def test_of_a_make_up_only_its_guests_are_told(c, cohort):
    with c.acting("marcus") as marcus:
        made = meetings.plan_make_up(cohort=cohort, on=WEDNESDAY, begins=time(12), by=marcus.actor)
    move(c, made, begins=time(13))
    with c.acting("denise"):
        assert not Message.objects.filter(notice=MemberTold.name).exists()
    assert len(deliver(c, LeaderTold)) == 1


def test_who_stands_in_is_told_of_that_one_alone(c, cohort, planned):
    second = planned[1]
    with c.acting("marcus") as marcus:
        meetings.cover(meeting=second, membership=c.members["tavo"], by=marcus.actor)
        meetings.push_on(meeting=planned[0], why="other", by=marcus.actor)
    letters = {letter.to[0]: letter.subject for letter in deliver(c, LeaderTold)}
    assert letters["denise@eastgate.example"].startswith("30 meetings")
    assert letters["tavo@eastgate.example"].startswith("Meeting moved")


def test_a_mail_that_comes_back_is_a_call_for_whoever_holds_them(c, cohort, planned):
    moved = move(c, planned[0])
    with c.acting("denise"):
        message = Message.objects.get(notice=MemberTold.name)
        messages.note_failure(message.pk, last=True)
        (member,) = cohort.members.filter(file__contact__first_name="Rosaura")
        call = Duty.objects.get(person_id=member.file.person_id, kind="call", closed_at__isnull=True)
        assert call.due_at <= moved.starts_at


def test_what_is_refused_or_rolled_back_tells_nobody(c, cohort, planned):
    first = planned[0]
    with c.acting("paul") as paul, pytest.raises(NotYours):
        meetings.cancel(meeting=first, why="other", by=paul.actor)
    with c.acting("marcus") as marcus:
        with pytest.raises(RuntimeError), transaction.atomic():
            meetings.cancel(meeting=first, why="other", by=marcus.actor)
            raise RuntimeError
        assert not Message.objects.filter(notice__in=(MemberTold.name, LeaderTold.name)).exists()
        assert Meeting.objects.get(pk=first.pk).state == "planned"
