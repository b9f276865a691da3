"""The part of a person's page that says what they take part in, and what the story tells of it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests import cast
from tests.web.people.desk import get, person, signed_in, text
from warmhandoff.programs.actions import enrollment as verbs

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


def test_what_they_take_part_in_and_how_they_came_to_it(c, rosa):
    contract = cast.program(c)
    with c.acting("denise") as denise:
        cast.enrolled(c, denise, contract=contract, file=rosa, on=cast.MONDAY.date() - timedelta(days=3))
    for name in ("denise", "tavo"):
        page = get(signed_in(c, name), person(rosa, "program"))
        assert "Pathways to Work for Network Office" in text(page, "main .lines"), name
        assert "Enrolled" in text(page, "main .lines")
        assert "Friday, November 20, written down today Rosa has a place in Pathways to Work." in text(
            get(signed_in(c, name), person(rosa)), ".story"
        )


def test_who_left_and_who_never_began(c, rosa):
    contract = cast.program(c)
    with c.acting("denise") as denise:
        one = verbs.apply(file=rosa, contract=contract, by=denise.actor)
        verbs.exit(enrollment=one, reason="no_place", by=denise.actor)
    told = text(get(signed_in(c, "denise"), person(rosa)), ".story")
    assert "Rosa doesn’t take part in Pathways to Work: no place came free." in told
    page = get(signed_in(c, "denise"), person(rosa, "program"))
    assert "Rosa takes part in nothing here now." in text(page)
    assert "Over" in text(page)


def test_another_house_reads_nothing_of_it(c, rosa):
    cast.program(c)
    with c.acting("denise") as denise:
        cast.enrolled(c, denise, file=rosa)
    assert signed_in(c, "ines").get(person(rosa, "program")).status_code == 404
