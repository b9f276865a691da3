"""Programs under Administration: what they ask, with sources; changed from a day on."""

from __future__ import annotations

import pytest

from tests.web.people.desk import get, send, signed_in, text
from warmhandoff.programs.models import Contract, Criterion, ProgramTerms

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
PAGE = "/administration/programs/"
LATER = {"valid_from_month": "12", "valid_from_day": "7", "valid_from_year": "2026"}


@pytest.fixture(autouse=True)
def demo(settings):
    settings.DEMO = True


@pytest.fixture
def c(the_cast):
    return the_cast


def test_each_program_with_its_rules_and_their_sources(c):
    adam = signed_in(c, "adam")
    told = text(get(adam, PAGE))
    assert "SECTOR Expansion" in told and "Of another place: Chicago, Detroit" in told
    told = text(get(adam, PAGE + "sector/"))
    assert "For people aged 18 or older." in told and "The county's announcement of SECTOR" in told
    told = text(get(adam, PAGE + "sector-expansion/"))
    assert "Not verified yet." in told and "What it asked before (1)" in told and "tranche II" in told
    assert "Nothing is in force today." in text(get(adam, PAGE + "transitional-jobs/"))
    assert adam.get(PAGE + "nothing/").status_code == 404


def test_a_condition_changes_from_a_day_on_and_is_refused_for_the_past(c):
    adam = signed_in(c, "adam")
    row = Criterion.objects.get(program__slug="sector", code="justice")
    address = f"{PAGE}sector/asks/{row.pk}/"
    past = {"valid_from_month": "11", "valid_from_day": "2", "valid_from_year": "2026"}
    answer = send(adam, address, **past, methods="document")
    assert answer.status_code == 422 and b"stays as it was" in answer.content
    assert send(adam, address, **LATER, methods="document").status_code == 302
    assert "Begins later" in text(get(adam, PAGE + "sector/"))
    assert Criterion.objects.filter(program__slug="sector", code="justice").count() == 2


def test_a_name_and_a_contract_are_written_down(c):
    adam = signed_in(c, "adam")
    assert send(adam, PAGE + "sector/called/", name="SECTOR Next", **LATER).status_code == 302
    assert ProgramTerms.objects.filter(program__slug="sector", name="SECTOR Next").exists()
    codes = {key: c.organizations[key].code for key in ("harbor", "office")}
    answer = send(
        adam,
        PAGE + "sector/contract/",
        provider=codes["harbor"],
        agency=codes["office"],
        slots="20",
        areas="south",
        **LATER,
    )
    assert answer.status_code == 302, answer.content.decode()[:2000]
    made = Contract.objects.get()
    assert (made.slots, made.areas) == (20, ["south"])
    assert "South" in text(get(adam, PAGE + "sector/"))


def test_somebody_read_the_source(c):
    adam = signed_in(c, "adam")
    row = Criterion.objects.get(program__slug="sector-expansion", code="adult", valid_to=None)
    Criterion.objects.filter(pk=row.pk).update(verified_on=None)
    page = get(adam, PAGE + "sector-expansion/")
    key = page.select_one(f"form[action$='asks/{row.pk}/verified/'] input[name=form_key]")["value"]
    adam.post(f"{PAGE}sector-expansion/asks/{row.pk}/verified/", {"form_key": key})
    row.refresh_from_db()
    assert row.verified_on is not None


def test_only_who_looks_after_the_network_enters(c):
    for name in ("denise", "marcus", "luz", "grace"):
        assert signed_in(c, name).get(PAGE).status_code == 403, name
