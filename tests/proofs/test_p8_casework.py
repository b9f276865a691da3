"""Services, ratings, goals: each of the class of its word and of the file it belongs to, whoever writes it, and the check sees it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, connections, transaction

from tests import cast
from tests.cast import MONDAY, told
from tests.proofs.test_check_finds import LOOSE
from warmhandoff.casework.actions.coaching import coach
from warmhandoff.casework.actions.plan import begin_plan, end_plan, set_goal
from warmhandoff.casework.actions.services import Gave, give
from warmhandoff.casework.actions.standing import mark_ready, rate
from warmhandoff.casework.models import HopedOutcome, ServiceGiven
from warmhandoff.foundation import promises

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
TODAY = MONDAY.date()


@pytest.fixture
def c(the_cast):
    return the_cast


@pytest.fixture
def two(c):
    """Rosa, of whom everything is written down, and Maria, of whom nothing is."""
    with c.acting("denise") as denise:
        rosa, maria = cast.take_in(denise), cast.take_in(denise, told("Maria", "Pineda"))
        by = denise.actor
        give(file=rosa, gave=Gave("legal", denise.membership, TODAY), by=by)
        coach(file=rosa, parts=["clarify_goals"], minutes=30, on=TODAY, staff=denise.membership, by=by)
        rate(file=rosa, levels={"health": 2}, by=by)
        mark_ready(file=rosa, standings={"disclosure_letter": "has"}, by=by)
        plan = begin_plan(file=rosa, review_on=TODAY + timedelta(days=9), by=by)
        set_goal(plan=plan, domain="law", words="Fines.", outcomes=["fines_settled"], by=by)
        end_plan(plan=plan, scores={HopedOutcome.objects.get().pk: "achieved"}, by=by)
    return rosa, maria


BREAKAGES = (
    "UPDATE casework_servicegiven SET data_class = 'program' WHERE code = 'legal'",
    "UPDATE casework_rating SET data_class = 'program'",
    "UPDATE casework_ready SET data_class = 'program'",
    "UPDATE casework_goal SET data_class = 'program'",
    "UPDATE casework_hopedoutcome SET data_class = 'program'",
    "UPDATE casework_score SET data_class = 'program'",
    "UPDATE casework_coachingsession SET file_id = {maria}",
    "UPDATE casework_planevent SET file_id = {maria}",
    "UPDATE casework_goal SET file_id = {maria}",
    "UPDATE casework_score SET file_id = {maria}",
)


def test_the_check_finds_each_that_is_of_another_class_or_file(two):
    def broken():
        return sum(each.broken for each in promises.run() if each.promise == "P8")

    assert broken() == 0
    for statement in BREAKAGES:
        with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
            cursor.execute(LOOSE)
            cursor.execute(statement.format(maria=two[1].pk))
            assert broken() >= 1, statement
            transaction.set_rollback(True, using="owner")


def test_a_legal_service_is_never_written_as_one_that_everybody_reads(c, two):
    """SQL as the app's login: what would show it to a peer mentor is refused."""
    with c.acting("denise") as denise, pytest.raises(IntegrityError), transaction.atomic():
        ServiceGiven.objects.create(
            file=two[0], organization_id=two[0].organization_id, code="legal", data_class="program",
            on=TODAY, staff=denise.membership, by=denise.actor,
        )  # fmt: skip


def test_a_peer_mentors_sql_returns_no_row_of_justice_or_health(c, two):
    with c.acting("tavo"), connections["default"].cursor() as cursor:
        for table in ("servicegiven", "rating", "ready", "goal", "hopedoutcome", "score"):
            cursor.execute(f"SELECT DISTINCT data_class FROM casework_{table}")
            assert {row[0] for row in cursor.fetchall()} <= {"program"}, table
        cursor.execute("SELECT count(*) FROM casework_plan")
        assert cursor.fetchone()[0] == 0
