"""What a person takes part in, on their own page: theirs alone, in both languages."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection

from tests import cast as made_up
from tests.cast import MONDAY, Cast, program
from tests.web.own.themself import Themself
from warmhandoff.programs import own_page
from warmhandoff.programs.actions import enrollment as verbs

pytestmark = pytest.mark.django_db
TODAY = MONDAY.date()


@pytest.fixture
def c(settings, the_cast) -> Cast:
    settings.DEMO = True
    found = the_cast
    program(found)
    return found


def test_from_the_list_to_a_place_to_the_end(c: Cast) -> None:
    rosa = Themself(c)
    contract = program(c, slug="second")
    with c.acting("denise") as denise:
        one = verbs.apply(file=rosa.file, contract=contract, by=denise.actor)
        verbs.waitlist(enrollment=one, review_on=TODAY + timedelta(days=10), by=denise.actor)
    rosa.come_in()
    assert (
        "My program Pathways to Work , Eastgate Community Partners You are on the list for a place"
        " They look at the list again on Thu, Dec 3" in rosa.text()
    )
    with c.acting("denise") as denise:
        one.refresh_from_db()
        agreed = made_up.agreed_to(rosa.file, contract, denise)
        verbs.enroll(enrollment=one, consent=agreed, by=denise.actor)
    assert "You have a place Since Mon, Nov 23" in rosa.text()
    spanish = rosa.text(lang="es")
    assert "Mi programa Camino al trabajo , Eastgate Community Partners Usted tiene un lugar Desde" in spanish
    with c.acting("denise") as denise:
        verbs.exit(enrollment=one, reason="work", by=denise.actor)
    assert "You left Since Mon, Nov 23" in rosa.text()


def test_who_takes_part_in_nothing_reads_nothing_of_it(c: Cast) -> None:
    rosa = Themself(c)
    with c.acting("denise") as denise:
        made_up.enrolled(c, denise, file=made_up.take_in(denise, made_up.told("Omar", "Reed")))
    rosa.come_in()
    assert "My program" not in rosa.text()


@pytest.mark.parametrize("name", ["denise", "luz", "paul"])
def test_the_function_gives_staff_nothing(c: Cast, name: str) -> None:
    with c.acting("denise") as denise:
        made_up.enrolled(c, denise)
    with c.acting(name), connection.cursor() as cursor:
        assert own_page.programs() == []
        cursor.execute("SELECT wh_own_programs()::text")
        assert cursor.fetchone() == ("[]",)
