"""The programs that ship: rules and names by the day, each with its source."""

from __future__ import annotations

from datetime import date

import pytest

from warmhandoff.programs.eligibility import conditions_of
from warmhandoff.programs.models import Criterion, Funding, Program, ProgramTerms
from warmhandoff.programs.reading.terms import terms_on

pytestmark = pytest.mark.django_db


def in_force(slug, on):
    program = Program.objects.get(slug=slug)
    return {each.code: each for each in conditions_of(program) if each.in_force(on)}


def test_sector_is_for_adults_with_a_justice_and_a_health_history():
    asked = in_force("sector", date(2026, 11, 23))
    assert list(asked) == ["adult", "justice", "health"]
    assert asked["adult"].rule.at_least == 18
    assert asked["health"].methods == ("self",)


def test_the_expansion_asks_other_things_in_its_second_tranche():
    first, second = (
        in_force("sector-expansion", date(2023, 12, 31)),
        in_force("sector-expansion", date(2024, 1, 1)),
    )
    assert first["adult"].rule.at_least == 16
    assert second["adult"].rule.at_least == 18
    assert {each.code for each in second.values() if each.either == "involved"} == {
        "gun_violence",
        "impacted",
    }
    assert second["compton"].is_focus
    tranches = Funding.objects.filter(program__slug="sector-expansion").values_list("tranche", flat=True)
    assert list(tranches) == ["I", "II"]


def test_a_program_of_other_places_asks_other_things_by_the_same_rows():
    assert Program.objects.get(slug="transitional-jobs").elsewhere
    asked = in_force("transitional-jobs", date(2008, 1, 1))
    assert list(asked) == ["adult", "men", "came_home"]
    assert asked["came_home"].holds_days == 90
    assert in_force("transitional-jobs", date(2026, 11, 23)) == {}


def test_each_row_names_its_source_and_what_it_asks_has_a_class():
    for row in Criterion.objects.all():
        assert row.source, row.code
    for program in Program.objects.all():
        assert all(each.data_class for each in conditions_of(program) if each.shown_by), program
    assert not ProgramTerms.objects.filter(source="").exists()


def test_a_name_goes_by_the_day():
    sector = Program.objects.get(slug="sector")
    ProgramTerms.objects.filter(program=sector).update(valid_to=date(2026, 12, 31))
    ProgramTerms.objects.create(
        program=sector, valid_from=date(2027, 1, 1), name="SECTOR Next", name_es="SECTOR", source="-"
    )
    assert terms_on([sector.pk], date(2026, 12, 31))[sector.pk].name.startswith("SECTOR: Skills")
    assert terms_on([sector.pk], date(2027, 1, 1))[sector.pk].name == "SECTOR Next"
