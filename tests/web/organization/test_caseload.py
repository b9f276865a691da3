"""Handing a caseload over, on the pages: all or some, with note and checklist; the receiver's word; an account opened again."""

from __future__ import annotations

import pytest

from tests.cast import Cast, refer, take_in, told
from tests.web.desk import Desk
from warmhandoff.custody.models import Custody, Given
from warmhandoff.network import actions
from warmhandoff.network.models import Queue, User
from warmhandoff.network.roles import Role
from warmhandoff.referrals import actions as referrals

pytestmark = pytest.mark.django_db


@pytest.fixture
def c(settings, the_cast) -> Cast:
    settings.DEMO = True
    c = the_cast
    user = User.objects.create_user("nora@eastgate.example", "Nora Ibáñez")
    with c.acting("marcus") as marcus:
        c.members["nora"] = actions.add_member(
            user=user, organization=c.organizations["eastgate"], role=Role.CASE_MANAGER, by=marcus.actor
        )
    return c


@pytest.fixture
def people(c):
    with c.acting("denise") as denise:
        rosa = take_in(denise)
        refer(rosa, c.services["solar"], denise)
        return [rosa, take_in(denise, told("Ana", "Zapata")), take_in(denise, told("Sam", "Ortiz"))]


def page_of(c: Cast, who: str = "denise") -> str:
    return f"/organization/people/{c.members[who].code}/caseload/"


def holder(c: Cast, file) -> str:
    with c.acting("marcus"):
        held = Custody.objects.select_related("membership__user", "queue").get(
            person_id=file.person_id, until=None
        )
        return held.membership.user.first_name if held.membership else "queue"


def test_the_list_says_what_is_next_and_by_when(c, people):
    seen = Desk(c, "marcus").get(page_of(c))
    assert "3 people, by their next step." in seen
    assert (
        "Sunrow Solar School has until tomorrow to answer" in seen or "Sunrow Solar School has until" in seen
    )
    assert "1 open referral" in seen


def test_everybody_to_one_colleague(c, people):
    said = Desk(c, "marcus").send(page_of(c), everyone=c.members["nora"].code, seen_all=["told"])
    assert "3 people are with whom you chose." in said
    assert {holder(c, each) for each in people} == {"Nora"}
    seen = Desk(c, "nora").get("/today/")
    assert "Marcus Webb Gave you 3 people. Read what was noted, and say that you have them." in seen


def test_some_today_and_the_rest_another_day(c, people):
    rosa, ana, sam = people
    desk = Desk(c, "marcus")
    said = desk.send(
        page_of(c), **{f"person_{ana.code}": c.members["nora"].code, f"note_{ana.code}": "Call late."}
    )
    assert "1 person is with whom you chose. 2 are still with Denise Carter." in said
    assert (holder(c, rosa), holder(c, ana), holder(c, sam)) == ("Denise", "Nora", "Denise")
    assert "Ana Zapata" not in desk.soup(page_of(c)).select_one(".lines--caseload").get_text()
    said = desk.send(page_of(c), everyone="queue", **{f"person_{sam.code}": "stays"})
    assert "1 is still with Denise Carter." in said
    assert (holder(c, rosa), holder(c, sam)) == ("queue", "Denise")


def test_nobody_named_is_said(c, people):
    said = Desk(c, "marcus").send(page_of(c), 422)
    assert "Choose to whom at least one of them goes." in said
    assert {holder(c, each) for each in people} == {"Denise"}


def test_a_second_press_shows_the_first_s_result(c, people):
    desk = Desk(c, "marcus")
    page = desk.soup(page_of(c))
    fields = {each["name"]: each.get("value", "") for each in page.select("main input[type=hidden]")}
    fields |= {each["name"]: "" for each in page.select("main select, main textarea")}
    fields["everyone"] = c.members["nora"].code
    desk.post(page_of(c), **fields)
    desk.post(page_of(c), **fields)
    with c.acting("nora"):
        assert Given.objects.count() == 3


def test_whoever_came_since_the_page_was_opened_stays(c, people):
    """What a form didn't show it doesn't move."""
    desk = Desk(c, "marcus")
    page = desk.soup(page_of(c))
    fields = {each["name"]: each.get("value", "") for each in page.select("main input[type=hidden]")}
    fields |= {each["name"]: "" for each in page.select("main select, main textarea")}
    with c.acting("denise") as denise:
        new = take_in(denise, told("Zed", "Adler"))
    said = desk.post(page_of(c), **fields, everyone=c.members["nora"].code)
    assert "1 is still with Denise Carter." in said
    assert holder(c, new) == "Denise"


def test_a_queue_without_a_lead_is_not_offered_and_refused_with_the_mend(c, people):
    desk = Desk(c, "marcus")
    page = desk.soup(page_of(c))
    fields = {each["name"]: each.get("value", "") for each in page.select("main input[type=hidden]")}
    fields |= {each["name"]: "" for each in page.select("main select, main textarea")}
    Queue.objects.filter(pk=c.queues["eastgate"].pk).update(lead=None)
    offered = {each["value"] for each in desk.soup(page_of(c)).select("[name=everyone]")}
    assert "queue" not in offered
    assert "Select a valid choice" in desk.post(page_of(c), 422, **fields, everyone="queue")
    assert "Appoint one under My organization first." in desk.get("/organization/queue/caseload/", 409)


def test_only_who_gives_people_to_colleagues(c, people):
    for who, status in (("denise", 403), ("tavo", 403), ("ines", 403), ("paul", 404)):
        Desk(c, who).get(page_of(c), status)


def test_the_receiver_reads_and_confirms_one_by_one_or_all(c, people):
    rosa = people[0]
    Desk(c, "marcus").send(
        page_of(c),
        everyone=c.members["nora"].code,
        **{f"note_{rosa.code}": "Prefers mornings.", f"seen_{rosa.code}": ["told", "papers"]},
    )
    desk = Desk(c, "nora")
    seen = desk.get("/organization/given/")
    assert "You hold 3 people more." in seen
    assert "Given by Marcus Webb today" in seen
    assert "Prefers mornings." in seen
    assert "The person knows who is there for them now" in seen
    assert "2 things are yours to see to" in seen
    one = desk.soup("/organization/given/").select_one("button[name=one]")
    assert "You have 1 person." in desk.send("/organization/given/", one=one["value"], shown=[])
    shown = [each["value"] for each in desk.soup("/organization/given/").select("[name=shown]")]
    said = desk.send("/organization/given/", shown=shown)
    assert "You have 2 people." in said
    assert "Gave you" not in desk.get("/today/")
    assert "Nobody waits for your word." in desk.get("/organization/given/")


def test_the_note_stays_in_the_story(c, people):
    rosa = people[0]
    Desk(c, "marcus").send(
        page_of(c), everyone=c.members["nora"].code, **{f"note_{rosa.code}": "Prefers mornings."}
    )
    seen = Desk(c, "nora").get(f"/people/{rosa.code}/")
    assert "Marcus Webb gave Rosa to you" in seen or "Marcus Webb gave Rosa to Nora" in seen
    assert "Prefers mornings." in seen


def test_nobody_reads_what_was_given_to_others(c, people):
    Desk(c, "marcus").send(page_of(c), everyone=c.members["nora"].code)
    for who in ("denise", "ines"):
        seen = Desk(c, who).get("/organization/given/")
        assert "Rosa" not in seen and "Nobody waits for your word." in seen
    Desk(c, "tavo").get("/organization/given/", 403)


def test_closing_an_account_uses_the_same_list(c, people):
    rosa, ana, _sam = people
    address = f"/organization/people/{c.members['denise'].code}/close/"
    desk = Desk(c, "marcus")
    said = desk.send(
        address, everyone="queue",
        **{f"person_{ana.code}": c.members["nora"].code, f"note_{ana.code}": "Call late.", "seen_all": ["papers"]},
    )  # fmt: skip
    assert "Closed. The 3 people Denise Carter held are with whom you chose: 0 lost." in said
    assert (holder(c, rosa), holder(c, ana)) == ("queue", "Nora")
    seen = Desk(c, "nora").get("/organization/given/")
    assert "Call late." in seen and "Their papers are handed over" in seen
    assert "Gave you" not in desk.get("/today/"), "whoever answers for the queue closed it"


# --- Opened again -------------------------------------------------------------------------------------------------


def test_the_page_says_that_nothing_came_back_and_offers_the_queue(c, people):
    with c.acting("marcus") as marcus:
        referrals.close_membership(membership=c.members["denise"], by=marcus.actor)
        actions.add_member(
            user=c.members["denise"].user, organization=c.organizations["eastgate"], role=Role.CASE_MANAGER,
            by=marcus.actor,
        )  # fmt: skip
    desk = Desk(c, "marcus")
    seen = desk.get("/organization/")
    assert "Opened again. Nothing of before came back by itself" in seen
    assert "Opened again" not in Desk(c, "nora").get("/organization/")
    link = desk.soup("/organization/").find("a", string="Give them people from the queue")
    again = c.members["denise"].user.memberships.get(state="active")
    said = desk.send(str(link["href"]), everyone=again.code)
    assert "3 people are with whom you chose." in said
    assert {holder(c, each) for each in people} == {"Denise"}
