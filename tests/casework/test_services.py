"""Services given: recorded, to one or many; corrected, struck; when the last one was; and who reads which."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import ProgrammingError

from tests import cast
from tests.cast import MONDAY, told
from tests.standing import leaves_nothing
from warmhandoff.casework import reading
from warmhandoff.casework.actions.services import Gave, correct, give, give_many, strike
from warmhandoff.casework.models import ServiceGiven
from warmhandoff.foundation.errors import BadValue, NotAllowed, NotYours, WrongState
from warmhandoff.foundation.models import AccessLog
from warmhandoff.participants.correcting import Reason

TODAY = date(2026, 11, 23)
LATER = MONDAY + timedelta(days=30)


def gave(member, code="transport", on=TODAY, **more):
    return Gave(code, member.membership, on, **more)


def given(c, rosa, name="denise", at=None, **more):
    with c.acting(name, at) as member:
        return give(file=rosa, gave=gave(member, **more), by=member.actor)


def test_what_was_given_says_what_how_much_when_and_by_whom(c, rosa):
    service = given(c, rosa, code="case_management", units=Decimal("0.5"))
    assert (service.code, service.units, service.on, service.staff_id) == (
        "case_management",
        Decimal("0.5"),
        TODAY,
        c.members["denise"].pk,
    )
    assert service.data_class == "program" and service.organization_id == rosa.organization_id


def test_a_colleague_can_have_given_it(c, rosa):
    with c.acting("denise") as denise:
        service = give(
            file=rosa, gave=Gave("peer_support", c.members["tavo"], TODAY, Decimal(1)), by=denise.actor
        )
    assert service.staff_id == c.members["tavo"].pk and service.by_id != service.staff_id


def test_to_many_at_once_all_or_none(c, rosa):
    with c.acting("denise") as denise:
        other = cast.take_in(denise, told("Maria", "Pineda"))
        rows = give_many(files=[rosa, other, rosa], gave=gave(denise), by=denise.actor)
        assert [row.file_id for row in rows] == [rosa.pk, other.pk]


@pytest.mark.parametrize(
    "wrong",
    [
        {"code": "no_such"},
        {"units": Decimal(0)},
        {"code": "case_management", "units": Decimal(25)},
        {"on": TODAY + timedelta(days=1)},
        {"on": TODAY - timedelta(days=1)},
    ],
)
def test_what_cannot_be_is_refused(c, rosa, wrong):
    """No such service, nothing of it, more hours than a day has, tomorrow, and before we knew them."""
    with pytest.raises(BadValue):
        given(c, rosa, **wrong)


def test_nobody_chosen_is_refused(c):
    with c.acting("denise") as denise, pytest.raises(BadValue):
        give_many(files=[], gave=gave(denise), by=denise.actor)


def test_a_stranger_gives_nothing_and_reads_nothing(c, rosa):
    given(c, rosa)
    with c.acting("ines") as ines:
        with pytest.raises(NotYours):
            give(file=rosa, gave=gave(ines), by=ines.actor)
        assert not ServiceGiven.objects.exists()
        assert reading.last_service(rosa) is None


def test_a_stranger_of_ours_cannot_be_named_as_who_gave(c, rosa):
    with c.acting("denise") as denise, pytest.raises(NotYours):
        give(file=rosa, gave=Gave("transport", c.members["ines"], TODAY), by=denise.actor)


def test_a_service_of_health_is_of_the_class_health(c, rosa):
    assert given(c, rosa, code="covid_referral").data_class == "health"
    given(c, rosa)
    with c.acting("tavo") as tavo:
        assert [row.code for row in reading.given_to(rosa, by=tavo.actor).services] == ["transport"]
        assert not AccessLog.objects.exists()
    with c.acting("denise") as denise:
        assert len(reading.given_to(rosa, by=denise.actor).services) == 2
        assert AccessLog.objects.get().data_classes == ["health"]


def test_the_last_service_is_the_same_for_who_does_not_read_its_kind(c, rosa):
    given(c, rosa)
    given(c, rosa, at=LATER, code="covid_referral", on=date(2026, 12, 20))
    for name in ("denise", "tavo"):
        with c.acting(name, LATER):
            assert reading.last_service(rosa) == date(2026, 12, 20)
    with c.acting("denise", LATER) as denise:
        other = cast.take_in(denise, told("Maria", "Pineda"))
        assert reading.last_services([rosa.pk, other.pk]) == {rosa.pk: date(2026, 12, 20)}
    with c.acting("grace", LATER):
        assert reading.last_service(rosa) is None


def test_it_is_said_right_and_what_stood_there_stays(c, rosa):
    service = given(c, rosa)
    with c.acting("denise") as denise:
        right = correct(
            service=service, gave=gave(denise, code="food"), reason=Reason.MISTYPED, by=denise.actor
        )
        found = reading.given_to(rosa, by=denise.actor)
        assert [row.code for row in found.services] == ["food"]
        assert found.before[right.pk].code == "transport"
        with pytest.raises(WrongState):
            correct(service=service, gave=gave(denise), reason=Reason.MISTYPED, by=denise.actor)
        again = correct(
            service=right, gave=gave(denise, units=Decimal(2)), reason=Reason.MISTYPED, by=denise.actor
        )
        assert found.first_of(right) == service
        assert reading.given_to(rosa, by=denise.actor).first_of(again) == service


def test_saying_the_same_is_refused_and_so_is_no_reason(c, rosa):
    service = given(c, rosa)
    with c.acting("denise") as denise:
        with pytest.raises(BadValue):
            correct(service=service, gave=gave(denise), reason=Reason.MISTYPED, by=denise.actor)
        with pytest.raises(BadValue):
            strike(service=service, reason="because", by=denise.actor)


def test_what_was_struck_counts_nowhere_and_stays_struck(c, rosa):
    service = given(c, rosa)
    with c.acting("denise") as denise:
        struck = strike(service=service, reason=Reason.WRONG_PERSON, by=denise.actor)
        assert reading.last_service(rosa) is None
        assert reading.given_to(rosa, by=denise.actor).services == []
        assert not ServiceGiven.objects.standing().exists()
        with pytest.raises(WrongState):
            strike(service=struck, reason=Reason.MISTAKE, by=denise.actor)


def test_a_colleague_may_not_correct_and_a_lead_may(c, rosa):
    with c.acting("marcus") as marcus:
        service = give(file=rosa, gave=gave(marcus), by=marcus.actor)
    with c.acting("denise") as denise, pytest.raises(NotAllowed):
        strike(service=service, reason=Reason.MISTAKE, by=denise.actor)
    mine = given(c, rosa)
    with c.acting("marcus") as marcus:
        strike(service=mine, reason=Reason.MISTAKE, by=marcus.actor)


def test_the_database_keeps_what_was_recorded(c, rosa):
    """SQL as the app's login: no change, no deletion, no correction in another's name, none of a stranger's row."""
    service = given(c, rosa)
    with c.acting("denise"):
        for statement in (
            "UPDATE casework_servicegiven SET units = 2",
            "DELETE FROM casework_servicegiven",
        ):
            with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement)
    with c.acting("denise") as denise, pytest.raises(IntegrityError), transaction.atomic():
        with c.acting("marcus") as marcus:
            other = marcus.actor
        ServiceGiven.objects.create(
            file=rosa, organization_id=rosa.organization_id, code="transport", data_class="program", on=TODAY,
            staff=denise.membership, by=other, supersedes=service, reason="mistake", struck=True,
        )  # fmt: skip


def test_rolled_back_leaves_nothing(c, rosa):
    def act():
        with c.acting("denise") as denise:
            service = give(file=rosa, gave=gave(denise), by=denise.actor)
            strike(service=service, reason=Reason.MISTAKE, by=denise.actor)

    assert leaves_nothing(c, act) == 2
