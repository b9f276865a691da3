"""The least wage: which one holds where and on which day, and that none is changed for a day that has passed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from warmhandoff.foundation.errors import BadValue
from warmhandoff.jurisdictions.place import load
from warmhandoff.labor_market import actions, reading
from warmhandoff.labor_market.loading import load_place
from warmhandoff.labor_market.models import Locality, WageFloor
from warmhandoff.labor_market.reading import NoFloorKnown, UnderTheFloor

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 23)


def place(code):
    return Locality.objects.get(code=code)


@pytest.fixture
def adam(the_cast):
    c = the_cast
    with c.acting("adam") as member:
        yield member.actor


def rise(by, rate="18.40", on=date(2027, 7, 1), where="los_angeles_city", **more):
    return actions.set_floor(
        locality=place(where), rate=Decimal(rate), valid_from=on, source="the city's own page", by=by, **more
    )


@pytest.mark.parametrize(
    ("where", "day", "industry", "rate"),
    [
        ("los_angeles_city", date(2025, 6, 30), "", "17.28"),
        ("los_angeles_city", date(2025, 7, 1), "", "17.87"),
        ("unincorporated", TODAY, "", "17.81"),
        ("other_city", date(2025, 12, 31), "", "16.50"),  # the state's holds where a city has none
        ("other_city", date(2026, 1, 1), "", "16.90"),
        ("los_angeles_city", TODAY, "hotel", "22.50"),  # the highest of those that hold
        ("los_angeles_city", TODAY, "fast_food", "20.00"),
        ("unincorporated", TODAY, "hotel", "17.81"),
        ("los_angeles_city", date(2023, 2, 1), "", "16.04"),
    ],
)
def test_the_highest_that_holds_there_on_that_day(where, day, industry, rate):
    assert reading.floor_at(place(where), day, industry=industry).rate == Decimal(rate)


def test_a_wage_under_it_is_refused_with_the_floor_its_day_and_its_source():
    where = place("los_angeles_city")
    with pytest.raises(UnderTheFloor) as refused:
        reading.check_wage(Decimal("17.86"), locality=where, day=TODAY)
    assert refused.value.field == "wage"
    for said in (
        "$17.87",
        "City of Los Angeles",
        "November 23, 2026",
        "July 1, 2025",
        "californiaemploymentlawreport.com",
        "not verified yet",
    ):
        assert said in refused.value.sentence
    assert reading.check_wage(Decimal("17.87"), locality=where, day=TODAY).rate == Decimal("17.87")


def test_where_nobody_wrote_one_down_nothing_is_held_against_it():
    with pytest.raises(NoFloorKnown, match="City of Los Angeles on January 5, 2022"):
        reading.check_wage(Decimal(50), locality=place("los_angeles_city"), day=date(2022, 1, 5))


def test_a_new_one_follows_the_one_before(adam):
    new = rise(adam, verified_on=TODAY)
    where = place("los_angeles_city")
    assert reading.floor_at(where, date(2027, 6, 30)).rate == Decimal("17.87")
    assert reading.floor_at(where, date(2027, 7, 1)) == new
    assert WageFloor.objects.get(locality=where, industry="", rate=Decimal("17.87")).valid_to == date(
        2027, 6, 30
    )


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"on": date(2026, 11, 22)}, "hours were paid by it"),
        ({"on": date(2025, 7, 1)}, "hours were paid by it"),
        ({"rate": "0"}, "can’t be an hour’s least wage"),
        ({"rate": "1787"}, "can’t be an hour’s least wage"),
        ({"industry": "circus"}, "no such industry"),
        ({"verified_on": date(2026, 11, 24)}, "still to come"),
    ],
)
def test_what_is_refused_changes_nothing(adam, change, says):
    before = list(WageFloor.objects.order_by("pk").values())
    with pytest.raises(BadValue, match=says):
        rise(adam, **change)
    assert list(WageFloor.objects.order_by("pk").values()) == before


def test_the_same_day_twice_is_refused(adam):
    rise(adam)
    with pytest.raises(BadValue, match=r"\$18.40 is already written down from July 1, 2027"):
        rise(adam, rate="18.50")


def test_the_past_can_be_written_down_where_nothing_stood(adam):
    first = rise(adam, rate="17.00", on=date(2026, 1, 1), where="other_city")
    assert reading.floor_at(place("other_city"), date(2026, 2, 1)) == first


def test_somebody_says_that_it_was_read(adam):
    floor = reading.floor_at(place("pasadena"), TODAY)
    actions.verify_floor(floor=floor, by=adam)
    floor.refresh_from_db()
    assert floor.verified_on == TODAY


@pytest.mark.parametrize(
    "change",
    [
        {"rate": Decimal(1)},
        {"valid_from": date(2020, 1, 1)},
        {"source": "hearsay"},
        {"valid_to": date(2026, 1, 1)},
        {"industry": "hotel"},
    ],
)
def test_the_database_changes_none_for_the_past(adam, change):
    floor = reading.floor_at(place("unincorporated"), TODAY)
    with pytest.raises(IntegrityError, match="a least wage of a day that has passed"), transaction.atomic():
        WageFloor.objects.filter(pk=floor.pk).update(**change)


def test_the_database_holds_no_two_on_one_day(adam):
    with pytest.raises(IntegrityError, match="two least wages on one day"), transaction.atomic():
        WageFloor.objects.create(
            locality=place("unincorporated"), rate=Decimal(20), valid_from=date(2027, 1, 1), valid_to=date(2027, 2, 1), source="x"
        )  # fmt: skip
    with pytest.raises(IntegrityError, match="a day that has passed"), transaction.atomic():
        WageFloor.objects.create(
            locality=place("unincorporated"), rate=Decimal(9), valid_from=date(2020, 1, 1), valid_to=date(2020, 2, 1), source="x"
        )  # fmt: skip


@pytest.mark.django_db(databases=["default", "owner"])
def test_loading_the_places_file_again_changes_nothing():
    from django.apps import apps

    before = [list(model.objects.order_by("pk").values()) for model in (Locality, WageFloor)]
    load_place(apps, load("los_angeles"), using="default")
    assert [list(model.objects.order_by("pk").values()) for model in (Locality, WageFloor)] == before
    assert (
        WageFloor.objects.filter(verified_on__isnull=False).count() == 0
    )  # nobody has held one against the law yet
