"""Appointments: made, moved, called off, kept or missed; a date of whom it is with, whoever holds the person."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connections, transaction

from tests import cast
from tests.cast import MONDAY
from tests.standing import leaves_nothing
from warmhandoff.casework.actions import appointments
from warmhandoff.casework.actions.appointments import When
from warmhandoff.casework.models import Appointment, AppointmentEvent
from warmhandoff.casework.reading import next_planned, next_planned_of, planned
from warmhandoff.custody import actions as custody
from warmhandoff.custody.reading import custody_of
from warmhandoff.directory.models import Location
from warmhandoff.foundation.errors import BadValue, NotAllowed, NotYours, WrongState
from warmhandoff.foundation.models import Duty, Message, Timer
from warmhandoff.participants import actions as participants
from warmhandoff.participants.models import Listing, Participant

SOON, LATER = MONDAY + timedelta(days=2), MONDAY + timedelta(days=9)
HALF_AN_HOUR = timedelta(minutes=30)


def make(member, file, at=SOON, with_=None, **more):
    when = When(at, HALF_AN_HOUR, **{key: more.pop(key) for key in ("how", "location") if key in more})
    return appointments.make(
        file=file, when=when, about=more.pop("about", "plan"), with_=with_ or member.membership, by=member.actor, **more
    )  # fmt: skip


def the_duty(appointment):
    return Duty.objects.get(kind="appointment", detail=appointment.code, closed_at__isnull=True)


def test_it_is_a_date_of_whom_it_is_with_and_a_step_of_the_person(c, rosa):
    with c.acting("denise") as denise:
        made = make(denise, rosa, with_=c.members["tavo"])
        duty = the_duty(made)
        assert (duty.membership_id, duty.due_at, duty.holds_release) == (c.members["tavo"].pk, SOON, True)
        assert next_planned(rosa) == SOON.date()
        assert next_planned_of([rosa.pk]) == {rosa.pk: SOON.date()}
        assert [event.kind for event in made.events.all()] == ["made"]
        assert Listing.objects.get(file=rosa).next_due_at == min(
            SOON, custody_of(rosa.person_id).next_step.due_at
        )


def test_deciding_what_is_next_is_done_by_it(c, rosa):
    with c.acting("denise") as denise:
        custody.finish_step(duty=custody_of(rosa.person_id).next_step, by=denise.actor)
        assert custody_of(rosa.person_id).next_step.kind == "plan"
        made = make(denise, rosa)
        assert custody_of(rosa.person_id).next_step == the_duty(made)


def test_it_moves_under_a_higher_sequence(c, rosa):
    with c.acting("denise") as denise:
        made = make(denise, rosa)
        moved = appointments.move(
            appointment=made, when=When(LATER, HALF_AN_HOUR, how="phone"), by=denise.actor
        )
        assert (moved.code, moved.sequence, moved.starts_at, moved.how) == (made.code, 1, LATER, "phone")
        assert the_duty(made).due_at == LATER
        assert [e.kind for e in made.events.all()] == ["made", "moved"]
        with pytest.raises(BadValue, match="says the same"):
            appointments.move(appointment=made, when=When(LATER, HALF_AN_HOUR, how="phone"), by=denise.actor)


def test_called_off_with_a_reason_and_somebody_decides_what_is_next(c, rosa):
    with c.acting("denise") as denise:
        custody.finish_step(duty=custody_of(rosa.person_id).next_step, by=denise.actor)
        made = make(denise, rosa)
        off = appointments.cancel(appointment=made, reason="person_asked", by=denise.actor)
        assert (off.state, off.sequence) == ("cancelled", 1)
        assert made.events.get(kind="cancelled").detail == "person_asked"
        assert next_planned(rosa) is None and not planned(rosa).exists()
        assert custody_of(rosa.person_id).next_step.kind == "plan"
        for again in (
            lambda: appointments.cancel(appointment=made, reason="person_asked", by=denise.actor),
            lambda: appointments.move(appointment=made, when=When(LATER, HALF_AN_HOUR), by=denise.actor),
        ):
            with pytest.raises(WrongState):
                again()


def test_why_it_is_called_off_is_a_word_of_the_list(c, rosa):
    with c.acting("denise") as denise:
        made = make(denise, rosa)
        with pytest.raises(BadValue):
            appointments.cancel(appointment=made, reason="because", by=denise.actor)


def test_how_it_went_is_said_from_its_day_on_and_once(c, rosa):
    with c.acting("denise") as denise:
        made = make(denise, rosa)
        with pytest.raises(WrongState, match="still to come"):
            appointments.keep(appointment=made, by=denise.actor)
    with c.acting("denise", at=SOON) as denise:
        kept = appointments.keep(appointment=made, by=denise.actor)
        assert kept.state == "kept"
        assert not Duty.objects.filter(kind="appointment", closed_at__isnull=True).exists()
        with pytest.raises(WrongState):
            appointments.miss(appointment=made, by=denise.actor)


def test_who_did_not_come_is_called_by_whoever_holds_them(c, rosa):
    with c.acting("denise") as denise:
        made = make(denise, rosa, with_=c.members["tavo"])
    with c.acting("tavo", at=SOON + HALF_AN_HOUR) as tavo:
        appointments.miss(appointment=Appointment.objects.get(pk=made.pk), by=tavo.actor)
        call = Duty.objects.get(person_id=rosa.person_id, kind="call", closed_at__isnull=True)
        assert call.membership_id == c.members["denise"].pk


def test_said_wrong_is_said_right_with_a_reason_by_who_wrote_it_or_a_lead(c, rosa):
    with c.acting("denise") as denise:
        made = make(denise, rosa)
    with c.acting("denise", at=SOON) as denise:
        appointments.miss(appointment=made, by=denise.actor)
    with c.acting("tavo", at=LATER) as tavo, pytest.raises(NotAllowed):
        appointments.set_right(
            appointment=Appointment.objects.get(pk=made.pk), reason="mistake", by=tavo.actor
        )
    with c.acting("marcus", at=LATER) as marcus:
        right = appointments.set_right(
            appointment=Appointment.objects.get(pk=made.pk), reason="mistake", by=marcus.actor
        )
        assert right.state == "kept"
        first, wrong, said = right.events.order_by("id")
        assert (first.kind, wrong.kind, said.kind, said.supersedes, said.reason) == (
            "made",
            "missed",
            "kept",
            wrong,
            "mistake",
        )
        assert said.happened_at == wrong.happened_at and said.recorded_at > wrong.recorded_at


def test_nobody_is_in_two_places(c, rosa):
    with c.acting("denise") as denise:
        other = cast.take_in(denise, cast.told("Omar", "Diaz"))
        make(denise, rosa)
        with pytest.raises(BadValue, match="Denise Carter has another"):
            make(denise, other, at=SOON + timedelta(minutes=15))
        with pytest.raises(BadValue, match="They have another"):
            make(denise, rosa, at=SOON + timedelta(minutes=15), with_=c.members["tavo"])
        make(denise, other, at=SOON + HALF_AN_HOUR)


@pytest.mark.parametrize(
    ("when", "says"),
    [
        (When(MONDAY - timedelta(minutes=1), HALF_AN_HOUR), "has passed"),
        (When(MONDAY + timedelta(days=91), HALF_AN_HOUR), "at most 90 days"),
        (When(SOON, timedelta(hours=9)), "5 minutes to 8 hours"),
        (When(SOON, timedelta(0)), "5 minutes to 8 hours"),
        (When(SOON, HALF_AN_HOUR, how="by_pigeon"), "how you meet"),
    ],
)
def test_what_cannot_be_is_refused_and_leaves_nothing(c, rosa, when, says):
    with c.acting("denise") as denise, pytest.raises(BadValue, match=says):
        appointments.make(file=rosa, when=when, about="plan", with_=denise.membership, by=denise.actor)


def test_ninety_days_ahead_is_possible(c, rosa):
    with c.acting("denise") as denise:
        made = make(denise, rosa, at=MONDAY + timedelta(days=90))
        assert the_duty(made).max_days == 90


def test_one_meets_at_ones_own_addresses(c, rosa):
    with c.acting("denise") as denise:
        theirs = Location.objects.create(service=c.services["housing"], address="1 Harbor St")
        with pytest.raises(BadValue, match="don’t meet there"):
            make(denise, rosa, location=theirs)


def test_of_another_organization_nothing_is_there(c, rosa):
    with c.acting("denise") as denise:
        made = make(denise, rosa)
    with c.acting("ines") as ines:
        assert not Appointment.objects.filter(pk=made.pk).exists()
        assert not AppointmentEvent.objects.exists()
        for act in (
            lambda: appointments.cancel(appointment=made, reason="person_asked", by=ines.actor),
            lambda: appointments.move(appointment=made, when=When(LATER, HALF_AN_HOUR), by=ines.actor),
            lambda: make(ines, rosa),
            lambda: make(ines, rosa, with_=c.members["denise"]),
        ):
            with pytest.raises(NotYours):
                act()
    with c.acting("denise"):
        assert [(one.state, one.sequence) for one in Appointment.objects.all()] == [("planned", 0)]


def test_a_member_of_another_house_is_not_met_here(c, rosa):
    with c.acting("denise") as denise, pytest.raises(NotYours):
        make(denise, rosa, with_=c.members["ines"])


def test_it_stays_with_whom_it_was_made_when_the_person_is_given_over(c, rosa):
    with c.acting("denise") as denise:
        made = make(denise, rosa, with_=c.members["tavo"])
    with c.acting("marcus") as marcus:
        custody.assign(person_id=rosa.person_id, to=c.members["marcus"], by=marcus.actor)
        assert the_duty(made).membership_id == c.members["tavo"].pk


def test_nobody_is_released_with_one_open(c, rosa):
    with c.acting("denise") as denise:
        made = make(denise, rosa)
        with pytest.raises(custody.SomethingOpen):
            custody.release(person_id=rosa.person_id, reason="needs_met", by=denise.actor)
        appointments.cancel(appointment=made, reason="not_needed", by=denise.actor)
        custody.release(person_id=rosa.person_id, reason="needs_met", by=denise.actor)


# --- Mails and the reminder ---------------------------------------------------------------------------------------


def with_mail(rosa):
    participants.add_reach(
        file=rosa, way=participants.Way("email", "rosa@mail.example"), position=1, language="es"
    )


def test_by_mail_only_where_there_is_one_that_may_be_used(c, rosa):
    with c.acting("denise") as denise:
        with pytest.raises(BadValue, match="no mail address"):
            make(denise, rosa, by_mail=True)
        with_mail(rosa)
        made = make(denise, rosa, by_mail=True)
        assert made.mailbox.value == "rosa@mail.example"
        assert set(Message.objects.filter(subject_kind="appointment").values_list("notice", flat=True)) == {
            "casework.appointment"
        } | ({"casework.appointment_staff"} if denise.membership.mail_id else set())


def test_a_reminder_waits_for_the_morning_before(c, rosa):
    with c.acting("denise") as denise:
        with_mail(rosa)
        made = make(denise, rosa, by_mail=True)
        timer = Timer.objects.get(subject_kind="appointment", subject_id=made.pk)
        assert MONDAY < timer.due_at < SOON - timedelta(hours=12)
        appointments.move(appointment=made, when=When(LATER, HALF_AN_HOUR), by=denise.actor)
        waiting = Timer.objects.get(
            subject_kind="appointment", subject_id=made.pk, called_off_at__isnull=True
        )
        assert waiting.due_at > timer.due_at
        appointments.cancel(appointment=made, reason="not_needed", by=denise.actor)
        assert not Timer.objects.filter(subject_kind="appointment", called_off_at__isnull=True).exists()


def test_without_mail_nothing_is_to_be_reminded_of(c, rosa):
    with c.acting("denise") as denise:
        make(denise, rosa)
        assert not Timer.objects.filter(subject_kind="appointment").exists()


# --- What the database keeps --------------------------------------------------------------------------------------


def test_half_of_it_never_stays(c, rosa):
    with c.acting("denise") as denise:
        with_mail(rosa)
        assert leaves_nothing(c, lambda: make(denise, rosa, by_mail=True), every=2)


def test_what_was_said_is_not_rewritten(c, rosa):
    with c.acting("denise") as denise:
        make(denise, rosa)
        for statement in (
            "UPDATE casework_appointmentevent SET kind = 'kept'",
            "DELETE FROM casework_appointmentevent",
            "DELETE FROM casework_appointment",
        ):
            with (
                pytest.raises(Exception, match="permission denied"),
                connections["default"].cursor() as cursor,
                transaction.atomic(),
            ):
                cursor.execute(statement)


def test_a_county_and_whoever_reads_no_program_sees_none(c, rosa):
    with c.acting("denise") as denise:
        make(denise, rosa)
    with c.acting("grace"):
        assert not Appointment.objects.exists()
        assert not Participant.objects.filter(pk=rosa.pk).exists()
