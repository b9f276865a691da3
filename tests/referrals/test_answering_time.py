"""What the order is made of: services, what is known of a person, and how long organizations usually take to answer.

Committed, since the owner's function counts over what everybody sees.
"""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import ProgrammingError, connection, connections, transaction

from tests import cast
from tests.cast import MONDAY
from warmhandoff.directory.models import Criterion, Service
from warmhandoff.foundation import clock
from warmhandoff.referrals import answering_time
from warmhandoff.referrals.answering_time import AnswerTime
from warmhandoff.referrals.fit import Standing, offers_for
from warmhandoff.referrals.models import Referral

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
TODAY = date(2026, 11, 23)


@pytest.fixture
def c(the_cast):
    return the_cast


def test_the_offers_of_a_need(c):
    Service.objects.update(room="open", room_as_of=TODAY)
    Criterion.objects.create(service=c.services["it"], kind="diploma")
    with c.acting("denise") as denise:
        file = cast.take_in(denise)
        cast.refer(file, c.services["solar"], denise)
        found = offers_for(file=file, contact=file.contact, need_code="WRK-TRN")
    assert [(each.service, each.standing) for each in found] == [
        (c.services["carpentry"], Standing.FITS),
        (c.services["it"], Standing.ASK_FIRST),
        (c.services["solar"], Standing.ASKED_ALREADY),
    ]


# --- How long they usually take -----------------------------------------------------------------------------------


def asked(c, people: int, *, days: float | None, name: str = "R") -> list[Referral]:
    """So many people referred to Sunrow two weeks ago, and answered after so many days."""
    at = MONDAY - timedelta(days=14)
    sent = []
    for number in range(people):
        with c.acting("denise", at=at) as denise:
            file = cast.take_in(denise, cast.told(f"{name}{number}", "Answered"))
            sent.append(cast.refer(file, c.services["solar"], denise))
    for referral in sent:
        if days is not None:
            with connections["owner"].cursor() as cursor:
                cursor.execute("ALTER TABLE referrals_referral DISABLE TRIGGER USER")
                cursor.execute(
                    "UPDATE referrals_referral SET answered_at = %s WHERE id = %s",
                    [at + timedelta(days=days), referral.pk],
                )
                cursor.execute("ALTER TABLE referrals_referral ENABLE TRIGGER USER")
    return sent


def told_on(day: int = 0) -> dict[int, int | None]:
    with clock.at(MONDAY + timedelta(days=day)), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT set_config('wh.now', %s, true)", [(MONDAY + timedelta(days=day)).isoformat()]
            )
        answering_time.tell()
    return dict(AnswerTime.objects.values_list("organization_id", "days"))


def test_of_fewer_than_five_people_nothing_is_told(c):
    sunrow = c.organizations["sunrow"].pk
    asked(c, 4, days=0.5)
    assert told_on() == {}
    asked(c, 1, days=0.5, name="S")
    assert told_on() == {sunrow: 1}


def test_it_is_the_day_by_which_half_had_an_answer(c):
    sunrow = c.organizations["sunrow"].pk
    asked(c, 3, days=1.5)
    asked(c, 2, days=6, name="S")
    assert told_on() == {sunrow: 2}


def test_who_still_waits_has_waited_so_long(c):
    """Three quick answers among eight: the others are not forgotten, and half had none."""
    sunrow = c.organizations["sunrow"].pk
    asked(c, 3, days=1)
    asked(c, 5, days=None, name="S")
    assert told_on() == {sunrow: None}


def test_it_is_told_once_a_day(c):
    sunrow = c.organizations["sunrow"].pk
    asked(c, 5, days=1)
    assert told_on() == {sunrow: 1}
    asked(c, 6, days=9, name="S")
    assert told_on() == {sunrow: 1}
    assert told_on(day=1) == {sunrow: 9}


def test_nobody_but_the_database_writes_it(c):
    for statement in (
        "INSERT INTO referrals_answertime (organization_id, days, as_of) VALUES (1, 1, '2026-11-23')",
        "UPDATE referrals_answertime SET days = 1",
        "DELETE FROM referrals_answertime",
    ):
        refused = pytest.raises(ProgrammingError, match="permission denied")
        with refused, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    columns = {field.attname for field in AnswerTime._meta.concrete_fields}
    assert columns == {"organization_id", "days", "as_of"}, "neither who asked, nor about whom, nor how many"
