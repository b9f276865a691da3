"""P8 attacked at the pages of one's own program: theirs to a person, to anybody else nothing; and hours of theirs alone to write."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal

import psycopg
import pytest
from django.db import IntegrityError, connections, transaction

from tests import cast
from tests.cast import MONDAY
from tests.programs import paid_work
from tests.programs.groups import group
from tests.programs.paid_work import LAST_WEEK
from tests.proofs.test_p8_reads import EVERY_CLASS, plainly
from tests.web.own.themself import Themself
from warmhandoff.foundation import clock, scoping
from warmhandoff.foundation.actors import participant_actor
from warmhandoff.foundation.models import Actor
from warmhandoff.participants import own_links
from warmhandoff.programs import own_page
from warmhandoff.programs.actions import groups, hours
from warmhandoff.programs.models import Timesheet, TimesheetAnswer

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
FUNCTIONS = ("wh_own_programs", "wh_own_sessions", "wh_own_work", "wh_own_eligibility", "wh_own_groups")
CLASSES = ("contact", "program")
EIGHTS = [Decimal(8)] * 5 + [Decimal(0)] * 2


@pytest.fixture
def c(settings, the_cast):
    settings.DEMO = True
    return the_cast


@pytest.fixture
def rosa(c):
    return Themself(c, card=True)


def works(c, file, name: str):
    """Paid work of somebody at this worksite, and a group that they belong to."""
    with c.acting("denise") as denise:
        enrollment = cast.enrolled(c, denise, file=file, on=LAST_WEEK)
        at = paid_work.worksite(denise, name=name, email=f"{name.split()[0].lower()}@work.example")
        found = paid_work.begun(c, denise, enrollment=enrollment, at=at)
    with c.acting("marcus") as marcus:
        cohort = group(c, marcus, name=f"Group of {name}", starts_on=MONDAY.date())
        groups.join(cohort=cohort, enrollment=enrollment, by=marcus.actor)
    return found


@pytest.fixture
def hers(c, rosa):
    return works(c, rosa.file, "Ocampo Print Works")


@pytest.fixture
def sams(c):
    with c.acting("denise") as denise:
        file = cast.take_in(denise, cast.told("Samuel", "Osgood"))
    return works(c, file, "Night Bakery")


def as_herself(link, organization_id=None, at=MONDAY):
    with clock.at(at), scoping.acting_as(None):
        actor = participant_actor(link.pk, organization_id)
    return clock.at(at), scoping.acting_as(actor, classes=CLASSES), actor


def told(link, at=MONDAY) -> str:
    when, acting, _actor = as_herself(link, at=at)
    with when, acting, connections["default"].cursor() as cursor:
        found = []
        for function in FUNCTIONS:
            cursor.execute(f"SELECT {function}()::text")
            found.append(cursor.fetchone()[0])
    return json.dumps(found)


def test_they_give_theirs_and_nothing_of_anybody_else(c, rosa, hers, sams):
    said = told(rosa.link)
    assert "Ocampo" in said and "Group of Ocampo" in said and hers.code in said
    for other in ("Bakery", "Samuel", sams.code):
        assert other not in said


@pytest.mark.parametrize("name", ["denise", "marcus", "ines", "luz", "grace"])
def test_to_staff_they_give_nothing(c, hers, name):
    with c.acting(name):
        assert own_page.programs() == [] and own_page.groups() == []
        assert own_page.works() == [] and own_page.asked(MONDAY.date()) == []


def test_to_the_system_to_a_link_and_to_nobody_they_give_nothing(c, rosa, hers):
    told(rosa.link)
    with plainly() as connection:
        actors = connection.execute("SELECT id, kind, subject_id FROM foundation_actor").fetchall()
        for number, kind, _subject in [*actors, (0, "none", 0)]:
            for organization in ("", str(rosa.file.organization_id)):
                connection.execute(
                    "SELECT wh_enter(%s, %s, %s, 'service', '')", [organization, str(number), EVERY_CLASS]
                )
                for function in ("wh_own_work", "wh_own_eligibility", "wh_own_programs"):
                    found = connection.execute(f"SELECT {function}()").fetchone()[0]
                    assert bool(found) == (kind == "participant"), (kind, function)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("SELECT wh_guard_own_hours()")
        connection.rollback()


def test_after_the_way_in_has_died_they_give_nothing(c, rosa, hers):
    assert "Ocampo" not in told(rosa.link, at=MONDAY + timedelta(days=181))
    with c.acting("denise") as denise:
        own_links.stop(access=own_links.of_file(rosa.file).get(), by=denise.actor)
    assert "Ocampo" not in told(rosa.link)


# --- Hours --------------------------------------------------------------------------------------------------------


def test_the_verb_and_the_table_let_them_write_their_own(c, rosa, hers):
    when, acting, actor = as_herself(rosa.link, rosa.file.organization_id)
    with when, acting:
        sheet = hours.write_hours(work=hers, week=LAST_WEEK, hours=EIGHTS, by=actor)
        hours.correct_hours(sheet=sheet, hours=EIGHTS, reason="more", by=actor)
    with c.acting("denise"):
        assert Timesheet.objects.count() == 2


def insert(work, by, **more):
    with transaction.atomic():
        return Timesheet.objects.create(
            file_id=work.file_id, organization_id=work.organization_id, work=work, week=LAST_WEEK,
            hours=EIGHTS, by=by, happened_at=MONDAY, **more,
        )  # fmt: skip


def test_hours_of_another_person_can_not_be_written_by_any_way(c, rosa, hers, sams):
    """By the verb with another's work, past the verb, as staff's hand, and with their own hand from nobody's context."""
    when, acting, actor = as_herself(rosa.link, rosa.file.organization_id)
    denises = c.members["denise"].pk
    with when, acting:
        for attempt in (
            lambda: hours.write_hours(work=sams, week=LAST_WEEK, hours=EIGHTS, by=actor),
            lambda: insert(sams, actor),
            lambda: insert(hers, actor_of(denises)),
        ):
            with pytest.raises(IntegrityError, match="not theirs to write"), transaction.atomic():
                attempt()
    with c.acting("denise"):
        with pytest.raises(IntegrityError, match="not theirs to write"):
            insert(hers, actor)  # staff write as themselves, never as the person
        assert not Timesheet.objects.exists()


def actor_of(membership_id):
    return Actor.objects.get(kind="member", subject_id=membership_id)


def test_a_way_in_that_died_meanwhile_writes_nothing(c, rosa, hers):
    when, acting, actor = as_herself(rosa.link, rosa.file.organization_id)
    with c.acting("denise") as denise:
        own_links.stop(access=own_links.of_file(rosa.file).get(), by=denise.actor)
    with when, acting, pytest.raises(IntegrityError, match="not theirs to write"):
        hours.write_hours(work=hers, week=LAST_WEEK, hours=EIGHTS, by=actor)
    with c.acting("denise"):
        assert not Timesheet.objects.exists()


def test_what_is_approved_they_do_not_write_over(c, rosa, hers):
    with c.acting("denise") as denise:
        sheet = paid_work.written(hers, denise)
    with c.acting("marcus") as marcus:
        hours.approve(sheet=sheet, by=marcus.actor)
    when, acting, actor = as_herself(rosa.link, rosa.file.organization_id)
    with when, acting, pytest.raises(IntegrityError, match="not theirs to write"):
        insert(hers, actor, supersedes=sheet, reason="more")


def test_they_never_approve(c, rosa, hers):
    with c.acting("denise") as denise:
        sheet = paid_work.written(hers, denise)
    when, acting, actor = as_herself(rosa.link, rosa.file.organization_id)
    with when, acting:
        with pytest.raises(hours.OwnTimesheet):
            hours.approve(sheet=sheet, by=actor)
        with pytest.raises(IntegrityError, match="somebody else than who wrote"), transaction.atomic():
            TimesheetAnswer.objects.create(
                file_id=hers.file_id, organization_id=hers.organization_id, timesheet=sheet, approved=True,
                seen="link", by=actor, happened_at=MONDAY,
            )  # fmt: skip


def test_at_another_organization_there_is_nothing_to_write_to(c, rosa, hers):
    """Entering an organization that keeps no file on them: neither verb nor row."""
    harbor = c.organizations["harbor"].pk
    when, acting, actor = as_herself(rosa.link, harbor)
    with when, acting:
        with pytest.raises(Exception, match="not_found"):
            hours.write_hours(work=hers, week=LAST_WEEK, hours=EIGHTS, by=actor)
        with pytest.raises(Exception, match="row-level security"), transaction.atomic():
            insert(hers, actor)
