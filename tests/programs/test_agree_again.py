"""What somebody agreed to when they enrolled is asked for again in time: yes, no, over, taken back; and what the agency reads by then."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module

import pytest
from django.db import connection

from tests import cast
from tests.cast import MONDAY
from tests.standing import leaves_nothing
from warmhandoff.custody.reading import custody_of
from warmhandoff.foundation import clock, timers
from warmhandoff.foundation.errors import DomainError, NotYours, WrongState
from warmhandoff.foundation.models import Duty, Timer
from warmhandoff.participants import actions as participants
from warmhandoff.participants.actions import ConsentMissing
from warmhandoff.participants.models import Share
from warmhandoff.programs.actions import enrollment as verbs
from warmhandoff.programs.actions.consents import RENEW_CONSENT, SUBJECT
from warmhandoff.programs.models import Enrollment, EnrollmentEvent

ENDS = MONDAY + timedelta(days=730)
ASKED = ENDS - timedelta(days=28)


@pytest.fixture
def one(c):
    cast.program(c)
    with c.acting("denise") as denise:
        made = cast.enrolled(c, denise, active=True)
        return Enrollment.objects.select_related("file").get(pk=made.pk)


def fire(at):
    """What is due about consents by then."""
    with clock.at(at):
        for timer in Timer.objects.filter(
            subject_kind=SUBJECT, due_at__lte=at, called_off_at=None, fired_at=None
        ):
            timers.fire(timer.pk)


def owed(c, one, at):
    with c.acting("denise", at):
        return list(Duty.objects.filter(subject_kind=SUBJECT, subject_id=one.pk, closed_at=None))


def say(c, one, at, *, refused=False, name="denise"):
    with c.acting(name, at) as member:
        fresh = Enrollment.objects.select_related("file", "contract").get(pk=one.pk)
        asked = verbs.asked_of(fresh.contract, language="es", refused=refused)
        consent = participants.record_consent(file=fresh.file, asked=asked, by=member.actor)
        verb = verbs.say_no_again if refused else verbs.agree_again
        return verb(enrollment=fresh, consent=consent, by=member.actor), consent


def agency_reads(c, at):
    with c.acting("luz", at):
        return Enrollment.objects.exists()


def kinds(c, one):
    with c.acting("denise"):
        return list(EnrollmentEvent.objects.filter(enrollment=one).values_list("kind", flat=True))


def test_it_comes_up_in_time_on_the_holders_list(c, one):
    fire(ASKED - timedelta(days=2))
    assert owed(c, one, ASKED) == []
    fire(ASKED)
    (duty,) = owed(c, one, ASKED)
    assert (duty.kind, duty.membership_id, duty.person_id) == (
        RENEW_CONSENT, c.members["denise"].pk, one.file.person_id,
    )  # fmt: skip
    assert ENDS - timedelta(days=2) < duty.due_at <= ENDS
    # Twice is once.
    fire(ASKED + timedelta(days=1))
    assert len(owed(c, one, ASKED)) == 1


def test_a_yes_goes_on_from_that_second_and_comes_up_again(c, one):
    fire(ASKED)
    say(c, one, ASKED)
    assert owed(c, one, ASKED) == [] and agency_reads(c, ASKED)
    assert agency_reads(c, ENDS + timedelta(days=1))
    with c.acting("denise", ASKED):
        shares = Share.objects.filter(file=one.file).order_by("id")
        assert [share.revoked_at for share in shares] == [ASKED, None]
        assert shares.last().until == ASKED + timedelta(days=730)
        assert custody_of(one.file.person_id).next_step.closed_at is None
    assert kinds(c, one)[-1] == "agreed_again"
    fire(ASKED + timedelta(days=730 - 28))
    assert len(owed(c, one, ASKED + timedelta(days=702))) == 1


def test_a_no_lets_it_run_out_and_they_go_on(c, one):
    fire(ASKED)
    say(c, one, ASKED, refused=True)
    assert owed(c, one, ASKED) == [] and agency_reads(c, ASKED)
    assert not agency_reads(c, ENDS + timedelta(seconds=1))
    with c.acting("denise", ENDS):
        assert Enrollment.objects.get(pk=one.pk).state == "active"
    assert kinds(c, one)[-1] == "not_agreed_again"


def test_after_it_is_over_or_taken_back_they_can_say_yes_again(c, one):
    with c.acting("denise", ASKED) as denise:
        participants.revoke_consent(consent=Enrollment.objects.get(pk=one.pk).consent, by=denise.actor)
    assert not agency_reads(c, ASKED)
    fire(ASKED)
    assert owed(c, one, ASKED) == [], "whoever took it back is not pressed"
    say(c, one, ENDS)
    assert agency_reads(c, ENDS)


def test_whoever_has_left_is_not_asked(c, one):
    with c.acting("denise", ASKED - timedelta(days=3)) as denise:
        verbs.complete(enrollment=Enrollment.objects.get(pk=one.pk), by=denise.actor)
    fire(ASKED)
    assert owed(c, one, ASKED) == []
    with pytest.raises(WrongState):
        say(c, one, ASKED)


def test_an_end_that_was_a_mistake_brings_the_date_back(c, one):
    with c.acting("denise", MONDAY + timedelta(hours=1)) as denise:
        fresh = Enrollment.objects.get(pk=one.pk)
        verbs.complete(enrollment=fresh, by=denise.actor)
        verbs.take_back(enrollment=fresh, reason="mistake", by=denise.actor)
    fire(ASKED)
    assert len(owed(c, one, ASKED)) == 1


def test_the_same_word_twice_somebody_elses_and_a_wrong_one(c, one):
    fire(ASKED)
    _, consent = say(c, one, ASKED)
    with c.acting("denise", ASKED) as denise:
        fresh = Enrollment.objects.select_related("file", "contract").get(pk=one.pk)
        with pytest.raises(WrongState):
            verbs.agree_again(enrollment=fresh, consent=consent, by=denise.actor)
        other = cast.take_in(denise, cast.told("Ana"))
        theirs = cast.agreed_to(other, fresh.contract, denise)
        with pytest.raises(NotYours):
            verbs.agree_again(enrollment=fresh, consent=theirs, by=denise.actor)
    with c.acting("denise", ASKED + timedelta(days=1)) as denise:
        refused = participants.record_consent(
            file=fresh.file,
            asked=verbs.asked_of(fresh.contract, language="es", refused=True),
            by=denise.actor,
        )
        with pytest.raises(ConsentMissing):
            verbs.agree_again(enrollment=fresh, consent=refused, by=denise.actor)
        with pytest.raises(DomainError):
            verbs.say_no_again(
                enrollment=fresh, consent=cast.agreed_to(fresh.file, fresh.contract, denise), by=denise.actor
            )


@pytest.mark.parametrize("name", ["ines", "luz"])
def test_neither_a_stranger_nor_the_agency_says_it_for_them(c, one, name):
    with c.acting("denise", ASKED) as denise:
        fresh = Enrollment.objects.select_related("file", "contract").get(pk=one.pk)
        consent = cast.agreed_to(fresh.file, fresh.contract, denise)
    with c.acting(name, ASKED) as member, pytest.raises(NotYours):
        verbs.agree_again(enrollment=fresh, consent=consent, by=member.actor)


def test_a_failure_leaves_what_stood(c, one):
    fire(ASKED)
    leaves_nothing(c, lambda: say(c, one, ASKED), at=ASKED)
    leaves_nothing(c, lambda: say(c, one, ASKED, refused=True), at=ASKED)


def test_who_enrolled_before_this_was_watched_is_asked_in_time_too(c, one):
    """Migration 0027 sets what no verb had set; where it waits, came up, or nobody need ask, it sets nothing."""
    mend = import_module("warmhandoff.programs.migrations.0027_consents_come_up").MEND

    def mended(at=MONDAY):
        with c.acting("denise", at), connection.cursor() as cursor:
            cursor.execute(mend)

    def waiting():
        return list(
            Timer.objects.filter(subject_kind=SUBJECT, called_off_at=None).values_list(
                "subject_id", "fired_at"
            )
        )

    mended()
    assert waiting() == [(one.pk, None)], "it waits already"
    Timer.objects.filter(subject_kind=SUBJECT).update(called_off_at=MONDAY)
    mended()
    assert waiting() == [(one.pk, None)]
    fire(ASKED - timedelta(days=2))
    assert owed(c, one, ASKED) == []
    fire(ASKED + timedelta(hours=20))
    assert [duty.kind for duty in owed(c, one, ASKED + timedelta(days=1))] == [RENEW_CONSENT]
    mended(ASKED + timedelta(days=1))
    assert len(waiting()) == 1, "it came up"
    Timer.objects.filter(subject_kind=SUBJECT).update(called_off_at=MONDAY)
    mended(ENDS + timedelta(days=1))
    assert waiting() == [], "it has run out: there is nothing to be asked again in time"
