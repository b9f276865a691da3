"""Two files of one person: the page names what goes on in each, and the copy for the person tells both."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from tests import cast
from tests.cast import MONDAY
from tests.web.desk import Desk
from tests.web.people.test_handout import given, words
from warmhandoff.casework.actions import plan
from warmhandoff.custody import merging
from warmhandoff.foundation.models import AccessLog
from warmhandoff.participants import actions
from warmhandoff.programs.actions import enrollment as enrolling
from warmhandoff.web import letters
from warmhandoff.web.people import handout

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


@pytest.fixture
def twice(c):
    with c.acting("denise") as denise:
        return cast.take_in(denise, cast.told("Rossa", "Mendosa"))


def begin_plan(c, file):
    with c.acting("denise") as denise:
        plan.begin_plan(file=file, review_on=MONDAY.date() + timedelta(days=30), by=denise.actor)


def test_the_file_in_which_something_goes_on_is_the_one_that_is_shown(c, rosa, twice):
    begin_plan(c, twice)
    desk = Desk(c, "denise")
    page = desk.soup(reverse("people:same", args=[rosa.code, twice.code]))
    assert [one["value"] for one in page.select("input[name=keep]")] == [twice.code]
    said = page.select_one("main").get_text(" ", strip=True)
    assert "so it is the one that is shown:" in said and "Their plan is open" in said
    assert page.select(f"main a[href='{reverse('people:end_plan', args=[twice.code])}']")


def test_where_something_goes_on_in_both_each_is_named_with_its_page(c, rosa, twice):
    begin_plan(c, twice)
    with c.acting("denise") as denise:
        enrollment = cast.enrolled(c, denise, file=rosa)
    desk = Desk(c, "denise")
    address = reverse("people:same", args=[rosa.code, twice.code])
    page = desk.soup(address)
    said = page.select_one("main").get_text(" ", strip=True)
    assert "Not yet: something is open in both files." in said
    assert "Pathways to Work: complete it, or say that they leave" in said
    assert not page.select("main input[name=keep]")
    assert page.select(f"main a[href='{reverse('programs:enrollment', args=[enrollment.code])}']")
    with c.acting("denise") as denise:
        enrolling.complete(enrollment=enrollment, by=denise.actor)
    assert [one["value"] for one in desk.soup(address).select("input[name=keep]")] == [twice.code]


def test_their_copy_tells_both_files_and_logs_both(c, rosa, twice, monkeypatch):
    with c.acting("denise") as denise:
        enrollment = cast.enrolled(c, denise, file=twice)
        enrolling.complete(enrollment=enrollment, by=denise.actor)
        actions.log_contact(file=twice, how="voice", by=denise.actor, note="About the bus.")
        actions.log_contact(file=rosa, how="voice", by=denise.actor, note="About a room.")
        merging.merge(keep=rosa, other=twice, by=denise.actor)
    made = []
    monkeypatch.setattr(
        handout.letters, "pdf", lambda name, letter: made.append(letter) or b"%PDF", raising=True
    )
    given(c, rosa, language="en")
    says = words(made[0])
    for part in (
        "Your other file",
        "Rossa Mendosa",
        "You completed Pathways to Work.",
        "About the bus.",
        "About a room.",
    ):
        assert part in says, part  # fmt: skip
    with c.acting("denise"):
        logged = set(AccessLog.objects.filter(subject_kind="handed_out").values_list("person_id", flat=True))
    assert logged == {rosa.person_id, twice.person_id}
    assert letters.pdf is handout.letters.pdf
