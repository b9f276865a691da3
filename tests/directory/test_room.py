"""A word about room: only added to, the newest counts, it lapses by the place's days, and its mailbox, or else its lead, is asked before."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError

from tests.cast import MONDAY
from warmhandoff.directory import actions
from warmhandoff.directory.actions.room import ask_the_lead
from warmhandoff.directory.capacity import Standing, capacity_of
from warmhandoff.directory.models import CapacityStatement, Service, ServiceLink
from warmhandoff.foundation import clock, messages, timers
from warmhandoff.foundation.errors import BadValue, NotAllowed, WrongState
from warmhandoff.foundation.models import Duty, Message, Timer
from warmhandoff.network.models import Queue

pytestmark = pytest.mark.django_db
TODAY = MONDAY.date()


@pytest.fixture
def cast(the_cast):
    return the_cast


def say(cast, room="open", who="paul", service="housing", days=0, **more) -> CapacityStatement:
    with cast.acting(who, at=MONDAY + timedelta(days=days)) as member:
        found = Service.objects.select_related("organization").get(pk=cast.services[service].pk)
        return actions.say_room(service=found, room=room, by=member.actor, **more)


def housing(cast) -> Service:
    return Service.objects.get(pk=cast.services["housing"].pk)


@pytest.mark.parametrize(
    ("room", "more", "standing", "words"),
    [
        ("open", {"seats": 1}, Standing.OPEN, "Open, 1 seat"),
        ("open", {}, Standing.OPEN, "Open"),
        ("waitlist", {}, Standing.WAITLIST, "Waitlist only"),
        ("full", {}, Standing.FULL, "Full, no date yet"),
        ("full", {"full_until": date(2027, 3, 3)}, Standing.FULL, "Full until Mar 3, 2027"),
    ],
)
def test_what_is_said_stands_at_once(cast, room, more, standing, words):
    say(cast, room, **more)
    with clock.at(MONDAY):
        known = capacity_of(housing(cast), TODAY)
        assert (known.standing, known.words, known.as_of, known.said_by) == (
            standing,
            words,
            TODAY,
            "Paul Okafor",
        )


@pytest.mark.parametrize(
    ("days", "standing"), [(0, Standing.OPEN), (30, Standing.OPEN), (31, Standing.LAPSED)]
)
def test_a_word_holds_thirty_days(cast, days, standing):
    say(cast, seats=3)
    with clock.at(MONDAY):
        known = capacity_of(housing(cast), TODAY + timedelta(days=days))
    assert known.standing is standing
    if standing is Standing.LAPSED:
        assert (known.words, known.said, known.seats) == (
            "Room not confirmed since Mon, Nov 23",
            "Open, 3 seats",
            3,
        )


def test_full_until_a_day_that_has_come_is_no_longer_known(cast):
    say(cast, "full", full_until=TODAY + timedelta(days=5))
    assert capacity_of(housing(cast), TODAY + timedelta(days=4)).standing is Standing.FULL
    assert capacity_of(housing(cast), TODAY + timedelta(days=5)).standing is Standing.LAPSED


def test_nothing_said_is_not_known(cast):
    with clock.at(MONDAY):
        assert capacity_of(Service(name="x"), TODAY).words == "Room not known"


@pytest.mark.parametrize(
    ("room", "more", "field"),
    [
        ("", {}, "room"),
        ("maybe", {}, "room"),
        ("open", {"seats": 0}, "seats"),
        ("open", {"seats": 1000}, "seats"),
        ("waitlist", {"seats": 2}, "seats"),
        ("open", {"full_until": date(2027, 3, 3)}, "full_until"),
        ("full", {"full_until": TODAY}, "full_until"),
        ("full", {"full_until": date(2031, 1, 1)}, "full_until"),
    ],
)
def test_what_can_not_be(cast, room, more, field):
    with pytest.raises(BadValue) as refused:
        say(cast, room, **more)
    assert refused.value.field == field and refused.value.mend
    assert not CapacityStatement.objects.exists() and housing(cast).seats == 4


def test_only_its_own_organization_says_it(cast):
    with pytest.raises(NotAllowed):
        say(cast, "full", who="marcus")
    assert housing(cast).room == "open"


def test_not_of_what_is_out_of_the_directory(cast):
    with cast.acting("paul") as paul:
        actions.end_service(service=housing(cast), by=paul.actor)
    with pytest.raises(WrongState):
        say(cast)


def test_the_newest_counts_and_the_old_ones_stay(cast):
    first, second = say(cast, seats=3), say(cast, "full", days=1)
    assert housing(cast).room == "full"
    assert list(housing(cast).statements.all()) == [second, first]


def test_a_statement_is_never_changed_or_taken_away(cast):
    statement = say(cast, seats=3)
    for attempt in (
        f"UPDATE directory_capacitystatement SET seats = 9 WHERE id = {statement.pk}",
        f"DELETE FROM directory_capacitystatement WHERE id = {statement.pk}",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(attempt)


def waiting() -> list[Timer]:
    return list(
        Timer.objects.filter(subject_kind="room_statement", fired_at__isnull=True, called_off_at__isnull=True)
    )


def test_the_mailbox_is_asked_before_it_lapses(cast):
    say(cast, seats=3)
    timer = waiting()[0]
    asks = clock_day(timer)
    assert asks == TODAY + timedelta(days=25), "five days before the thirty are over"
    with clock.at(timer.due_at):
        assert timers.fire(timer.pk)
        assert not timers.fire(timer.pk), "once"
    assert [each.notice for each in Message.objects.all()] == ["directory.still_true"]
    assert housing(cast).room == "open", "asking changes nothing"


def clock_day(timer: Timer) -> date:
    from warmhandoff.jurisdictions.place import current_place

    return current_place().day_of(timer.due_at)


def test_what_was_said_anew_is_not_asked_about_the_old_day(cast):
    say(cast, seats=3)
    say(cast, seats=2, days=3)
    assert [clock_day(each) for each in waiting()] == [TODAY + timedelta(days=28)]


def without_mailbox(cast) -> None:
    Service.objects.filter(pk=cast.services["housing"].pk).update(mailbox=None)


def fire(timer: Timer) -> None:
    with clock.at(timer.due_at):
        assert timers.fire(timer.pk)


def owed(cast, *, is_open: bool = True) -> list[Duty]:
    """What whoever leads Harbor Reentry's queue owes about its room."""
    with cast.acting("paul"):
        return list(Duty.objects.filter(kind="say_room", closed_at__isnull=is_open))


def test_where_there_is_no_mailbox_the_lead_is_asked_and_no_mail_goes_out(cast):
    say(cast, seats=3)
    without_mailbox(cast)
    timer = waiting()[0]
    fire(timer)
    (duty,) = owed(cast)
    assert (duty.subject_id, duty.detail) == (housing(cast).pk, housing(cast).code)
    with cast.acting("paul") as paul:
        assert paul.membership.leads.filter(pk=duty.queue_id).exists()
    with cast.acting("marcus"):
        assert not Duty.objects.filter(kind="say_room").exists(), "nobody else's"
    assert timer.due_at < duty.due_at < timer.due_at + timedelta(days=5), "before the word lapses"
    assert not Message.objects.exists() and not ServiceLink.objects.exists()


def test_a_word_about_room_is_all_that_was_owed(cast):
    say(cast, seats=3)
    without_mailbox(cast)
    fire(waiting()[0])
    say(cast, "full", days=26)
    assert owed(cast) == [] and [each.closed_how for each in owed(cast, is_open=False)] == ["done"]


def test_confirming_is_a_word_too_and_so_is_taking_it_out(cast):
    for ends in ("confirm", "end"):
        say(cast, seats=3)
        without_mailbox(cast)
        fire(waiting()[0])
        assert len(owed(cast)) == 1
        with cast.acting("paul", at=MONDAY + timedelta(days=26)) as paul:
            act = actions.confirm_service if ends == "confirm" else actions.end_service
            act(service=housing(cast), by=paul.actor)
        assert owed(cast) == []


def test_the_lead_is_asked_once_about_one_service(cast):
    without_mailbox(cast)
    with cast.acting("paul") as paul:
        for _ in range(2):
            ask_the_lead(service=housing(cast), by=paul.actor)
    assert len(owed(cast)) == 1


def test_where_nobody_leads_the_queue_nobody_can_be_asked(cast):
    say(cast, seats=3)
    without_mailbox(cast)
    with cast.acting("paul"):
        Queue.objects.filter(organization=cast.organizations["harbor"]).update(lead=None)
    fire(waiting()[0])
    assert owed(cast) == []


def test_a_mailbox_that_is_not_theirs_is_the_leads_to_mend(cast):
    with cast.acting("paul"):
        link = actions.ask_the_mailbox(service=housing(cast))
    with cast.acting("paul") as paul:
        assert actions.mailbox_is_wrong(link=link, by=paul.actor)
        assert not actions.mailbox_is_wrong(link=link, by=paul.actor), "once"
    assert len(owed(cast)) == 1


def test_a_mail_that_nobody_gets_is_the_leads_to_mend(cast):
    with cast.acting("paul"):
        actions.ask_the_mailbox(service=housing(cast))
    message = Message.objects.get()
    messages.note_failure(message.pk, last=False)
    assert owed(cast) == [], "it is tried again"
    messages.note_failure(message.pk, last=True)
    assert len(owed(cast)) == 1


def test_who_is_out_of_the_directory_is_not_asked(cast):
    say(cast, seats=3)
    timer = waiting()[0]
    with cast.acting("paul") as paul:
        actions.end_service(service=housing(cast), by=paul.actor)
    fire(timer)
    assert not Message.objects.exists() and owed(cast) == []


def test_confirming_says_the_room_anew(cast):
    say(cast, seats=3)
    with cast.acting("paul", at=MONDAY + timedelta(days=40)) as paul:
        actions.confirm_service(service=housing(cast), by=paul.actor)
    service = housing(cast)
    assert (service.room_as_of, service.seats, service.verified_by) == (
        TODAY + timedelta(days=40), 3, "Paul Okafor",
    )  # fmt: skip


def test_confirming_after_a_day_that_has_come_says_nothing_of_room(cast):
    say(cast, "full", full_until=TODAY + timedelta(days=5))
    with cast.acting("paul", at=MONDAY + timedelta(days=7)) as paul:
        actions.confirm_service(service=housing(cast), by=paul.actor)
    assert housing(cast).room_as_of == TODAY
    assert housing(cast).verified_on == TODAY + timedelta(days=7)
