"""Services, the scale, the plan, coaching and caseloads as a browser shows them: wide, narrow, filled, empty, refused."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from playwright.sync_api import Page

from tests.cast import MONDAY
from tests.web.people.desk import person
from tests.web.people.test_pages_browser import chromium, enter, let_it_be, look, page  # noqa: F401
from warmhandoff.casework.actions import coaching, plan, services, standing
from warmhandoff.casework.models import HopedOutcome
from warmhandoff.casework.reading.plans import open_plan

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, databases=["default", "owner"])]
TODAY = MONDAY.date()
NEXT = TODAY + timedelta(days=30)


@pytest.fixture
def told(c, rosa):
    """A plan that ended and one that is open; services of all kinds, one of them corrected; a session of coaching."""
    with c.acting("denise") as denise:
        by = denise.actor
        standing.rate(file=rosa, levels={"work": 2, "housing": 1, "money": 3, "law": "prefers_not"}, by=by)
        standing.mark_ready(file=rosa, standings={"resume": "has", "photo_id": "on_the_way"}, by=by)
        first = plan.begin_plan(file=rosa, review_on=NEXT, by=by)
        plan.set_goal(plan=first, domain="papers", words="My ID back.", outcomes=["id_received"], by=by)
        plan.end_plan(plan=first, scores={HopedOutcome.objects.get().pk: "achieved"}, by=by)
        second = plan.begin_plan(file=rosa, review_on=NEXT, by=by)
        plan.set_goal(
            plan=second,
            domain="work",
            words="I want to build houses, like my uncle did, and be home when the children come from school.",
            outcomes=["job_started", "job_ninety_days", "better_pay"],
            by_when=NEXT,
            by=by,
        )
        gave = services.Gave("case_management", denise.membership, TODAY, Decimal("1.5"))
        given = services.give(file=rosa, gave=gave, by=by)
        services.correct(
            service=given,
            gave=services.Gave("job_search", denise.membership, TODAY, Decimal("0.5")),
            reason="mistyped",
            by=by,
        )
        services.give(file=rosa, gave=services.Gave("covid_referral", denise.membership, TODAY), by=by)
        coaching.coach(
            file=rosa,
            parts=["clarify_goals", "connect_work"],
            minutes=60,
            on=TODAY,
            staff=denise.membership,
            by=by,
            note="Calls the union hall on Monday.",
        )
        return open_plan(rosa)


PAGES = ("services", "scale", "ready", "plan", "coaching", "end_plan", "program", "person")


def test_each_page_filled(page: Page, live_server, c, rosa, told):  # noqa: F811
    let_it_be(MONDAY)
    enter(page, live_server, c, "denise")
    for name in PAGES:
        page.goto(live_server.url + person(rosa, name))
        look(page, f"casework-{name}")
    page.goto(live_server.url + person(rosa, "scale"))
    page.click("#domain-housing summary")
    look(page, "casework-scale-open")
    page.goto(f"{live_server.url}{person(rosa, 'goal')}?domain=work")
    page.click("text=Set this goal")
    look(page, "casework-goal-refused")
    page.goto(live_server.url + person(rosa, "services"))
    page.click(".lines a:has-text('Correct')")
    look(page, "casework-correct-service")
    page.goto(live_server.url + reverse("people:give_many"))
    look(page, "casework-give-many")
    page.click("text=Write it down for all")
    look(page, "casework-give-many-refused")
    for asked, name in (("ro", "found"), ("zz", "none")):
        page.goto(f"{live_server.url}{reverse('people:give_many')}?q={asked}")
        look(page, f"casework-give-many-{name}")


def test_a_leads_caseloads(page: Page, live_server, c, rosa, told):  # noqa: F811
    let_it_be(MONDAY + timedelta(days=70))
    enter(page, live_server, c, "marcus")
    page.goto(live_server.url + reverse("organization:caseloads"))
    look(page, "casework-caseloads")
    page.click(".lines strong a")
    look(page, "casework-caseload-of")


def test_each_page_empty_and_a_peer_mentors(page: Page, live_server, c, rosa):  # noqa: F811
    let_it_be(MONDAY)
    enter(page, live_server, c, "denise")
    for name in ("services", "scale", "plan", "coaching"):
        page.goto(live_server.url + person(rosa, name))
        look(page, f"casework-{name}-empty")
    enter(page, live_server, c, "tavo")
    page.goto(live_server.url + person(rosa, "services"))
    look(page, "casework-services-mentor")
    page.click("text=Ride or fare")
    page.wait_for_selector("text=Written down")
    look(page, "casework-services-written")
