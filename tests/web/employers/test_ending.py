"""Nobody is asked there any more, or sent there; and somebody else says that hours are right."""

from __future__ import annotations

import re

import pytest

from tests.cast import MONDAY
from tests.programs import paid_work
from tests.programs.paid_work import written
from tests.web.people.test_work import Desk
from warmhandoff.employers import actions as employers
from warmhandoff.employers.models import EmployerContact, Site
from warmhandoff.foundation import clock
from warmhandoff.foundation.errors import NotYours, WrongState

pytestmark = pytest.mark.django_db


@pytest.fixture
def c(settings, the_cast):
    settings.DEMO = True
    return the_cast


@pytest.fixture
def found(c):
    with c.acting("denise") as denise:
        work = paid_work.begun(c, denise)
        written(work, denise)
        assert work.file.code
        return work


@pytest.fixture
def sam(c, found):
    with c.acting("denise") as denise:
        told = employers.Asked("Sam Ito", "Floor lead", "555-0178", "sam@ocampo.example")
        return employers.add_contact(employer=found.site.employer, told=told, by=denise.actor)


def test_asked_no_more_is_said_once_and_kept(c, found):
    desk, path = Desk(c), f"/employers/{found.site.employer.code}/"
    end = f"{path}contacts/{found.supervisor.code}/end/"
    page = desk.get(end)
    assert "Joan Ocampo says now whether these hours are right" in page and "Rosa M." in page
    assert f"/people/{found.file.code}/work/{found.code}/?say=change_supervisor" in page
    assert "Ask them no more" in desk.get(path)
    desk.send(end)
    page = desk.get(path)
    assert "They are asked no more. Their links have stopped." in page
    assert re.search(r"Asked there, until today, Denise Carter", page)
    desk.get(end, 404)
    with c.acting("denise") as denise:
        kept = EmployerContact.objects.get()
        assert (kept.active, kept.ended_at, kept.ended_by) == (False, MONDAY, denise.actor)
        with pytest.raises(WrongState, match="ended already"):
            employers.end_contact(contact=kept, by=denise.actor)
    # The work asks who oversees it from now on, and there is nobody else yet.
    page = desk.get(f"/people/{found.file.code}/work/{found.code}/")
    assert "Joan Ocampo is asked no more" in page and "You ask nobody else at Ocampo Print Works" in page


def test_a_worksite_is_ended_and_its_work_goes_on(c, found):
    desk, path = Desk(c), f"/employers/{found.site.employer.code}/"
    end = f"{path}worksites/{found.site.code}/end/"
    assert "Who works there goes on" in desk.get(end)
    desk.send(end)
    page = desk.get(path)
    assert "No worksite is written down yet" in page and "Worksite, until today, Denise Carter" in page
    desk.get(end, 404)
    assert "Ocampo Print Works" in desk.get(f"/people/{found.file.code}/work/{found.code}/")
    assert "Ocampo Print Works: " not in desk.get(f"/people/{found.file.code}/work/new/")
    with c.acting("marcus") as marcus, pytest.raises(WrongState):
        employers.end_site(site=Site.objects.get(), by=marcus.actor)


def test_somebody_else_says_that_hours_are_right(c, found, sam):
    desk, one = Desk(c), f"/people/{found.file.code}/work/{found.code}/"
    page = desk.get(one)
    assert "Somebody else says that hours are right" in page and "Before:" not in page
    desk.send(one + "?say=change_supervisor", 422)
    desk.send(one + "?say=change_supervisor", supervisor=sam.code)
    page = desk.get(one)
    assert "Ask them whether they may be introduced there" in page and "May they be introduced there?" in page
    assert "Sam Ito, Floor lead" in page and "Before: Joan Ocampo, from Mon, Nov 23" in page
    desk.send(one + "?say=introduce", agrees="yes", name="Rosa M.", how="spoken")
    assert "Rosa M." in desk.get(one)


def test_a_second_press_changes_nothing_twice(c, found, sam):
    desk, one = Desk(c), f"/people/{found.file.code}/work/{found.code}/?say=change_supervisor"
    key = re.search(r'name="form_key" value="([^"]+)"', desk.get(one))[1]
    for _press in range(2):
        with clock.at(MONDAY):
            assert desk.client.post(one, {"form_key": key, "supervisor": sam.code}).status_code == 302
    with c.acting("denise"):
        assert found.events.filter(kind="supervisor").count() == 1


def test_whom_another_organization_asks_is_not_theirs_to_end(c, found):
    path = f"/employers/{found.site.employer.code}/contacts/{found.supervisor.code}/end/"
    Desk(c, "ines").get(path, 404)
    Desk(c, "tavo").get(path, 403)
    Desk(c, "grace").get(f"/employers/{found.site.employer.code}/worksites/{found.site.code}/end/", 403)
    with c.acting("ines") as ines, pytest.raises(NotYours):
        employers.end_contact(contact=found.supervisor, by=ines.actor)
