"""Occupations and what they pay: the survey's file, as it is."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.apps import apps

from tests.database import ROOT
from warmhandoff.foundation.errors import NotYours
from warmhandoff.labor_market import reading
from warmhandoff.labor_market.loading import load_wages
from warmhandoff.labor_market.models import Occupation, TargetSector, Wage

pytestmark = pytest.mark.django_db
FILE = ROOT / "data" / "oews_may2025.csv"


def test_the_whole_survey_is_there_with_its_vintage_and_source():
    assert (Occupation.objects.count(), Wage.objects.count()) == (1104, 3460)
    assert set(Wage.objects.values_list("as_of", flat=True)) == {date(2025, 5, 1)}
    assert "Bureau of Labor Statistics" in Wage.objects.first().source
    near = Wage.objects.filter(area_code="31080")
    assert near.count() == 777 and near.filter(median__isnull=True).count() == 67


def test_a_solar_installer_by_number_and_by_name():
    solar = reading.occupation_or_404("47-2231")
    nearest, state, country = reading.wages_of(solar)
    assert (nearest.area, nearest.p10, nearest.median, nearest.p90) == (
        "Los Angeles-Long Beach-Anaheim, CA",
        Decimal("22.63"),
        Decimal("28.65"),
        Decimal("41.03"),
    )
    assert (state.area, country.area) == ("California", "National")
    assert list(reading.occupations("solar photo")) == [solar] == list(reading.occupations("47-2231"))
    assert [row.wage.median for row in reading.with_pay([solar])] == [Decimal("28.65")]
    with pytest.raises(NotYours):
        reading.occupation_or_404("99-9999")


def test_groups_of_occupations_are_nobodys_work():
    assert not reading.occupations("").filter(soc__in=["00-0000", "11-0000"]).exists()


def test_what_the_place_trains_for():
    assert [(s.slug, s.occupations.count()) for s in TargetSector.objects.all()] == [
        ("construction", 10), ("green", 4), ("manufacturing", 5), ("it", 4), ("health", 10), ("transport", 6), ("culinary", 4),
    ]  # fmt: skip
    assert reading.occupations("installer", sector="green").get().soc == "47-2231"


def test_the_same_file_again_adds_nothing(tmp_path):
    said = {"as_of": date(2025, 5, 1), "source": "again", "using": "default"}
    assert load_wages(apps, FILE, **said) == 0
    newer = tmp_path / "newer.csv"
    lines = FILE.read_text().splitlines()
    newer.write_text("\n".join([lines[0], *[line for line in lines if ",47-2231," in line]]))
    assert load_wages(apps, newer, **said | {"as_of": date(2026, 5, 1)}) == 3
    assert reading.wages_of(reading.occupation_or_404("47-2231"))[0].as_of == date(2026, 5, 1)
