"""The ladder's page: read by stage, changed for all services or for some, shown before it is saved."""

from __future__ import annotations

import pytest
from django.test import Client

from tests import cast
from tests.house.pages import assert_page_ok
from tests.web.referrals.signed import Desk
from tests.web.test_look import photograph
from warmhandoff.referrals.models import LadderNumber

pytestmark = pytest.mark.django_db
LADDER, CHANGE = "/administration/ladder/", "/administration/ladder/change/"


@pytest.fixture(autouse=True)
def demo(settings):
    settings.DEMO = True


@pytest.fixture
def c(the_cast):
    found = the_cast
    with found.acting("denise") as denise:
        cast.refer(cast.take_in(denise), found.services["carpentry"], denise)
    return found


@pytest.fixture
def adam(c):
    return Desk(c, "adam")


def test_every_stage_stands_there_with_its_days(adam):
    page = adam.page(LADDER)
    assert "usa-error-message" not in page, "whoever only looks has done nothing wrong"
    for said in (
        "Has it arrived?",
        "Yes or no?",
        "First contact",
        "Still there?",
        "What is next?",
        "after 10 business days",
        "after 35 days",
    ):
        assert said in page
    assert "Nothing yet: it is as the place" in page
    assert "When nobody answers" in adam.page("/administration/")


def test_it_is_shown_before_it_is_saved_and_then_holds(c, adam):
    shown = adam.press(CHANGE, answer_expires="12", answer_person="6")
    assert shown.status_code == 200
    page = shown.content.decode()
    for said in (
        "Nothing is saved yet",
        "after 10 business days",
        "after 12 business days",
        "last thirty days",
        "1 referral",
    ):
        assert said in page
    assert not LadderNumber.objects.exists()
    assert adam.press(CHANGE, answer_expires="12", answer_person="6", save="1").status_code == 302
    page = adam.page(LADDER)
    assert "after 12 business days" in page and "Adam Reyes: Yes or no?" in page and "from now on" in page
    assert adam.press(CHANGE, answer_expires="12", answer_person="6", save="1").status_code == 422, (
        "nothing is changed"
    )


def test_for_one_kind_and_for_one_service(c, adam):
    of_kind = f"{CHANGE}?scope=kind%3AWRK-TRN"
    assert adam.press(of_kind, answer_lead="4", save="1").status_code == 302
    one = f"?scope=one%3A{c.services['carpentry'].code}"
    assert adam.press(CHANGE + one, seen="2", save="1").status_code == 302
    assert "after 4 business days" in adam.page(f"{LADDER}{one}") and "Said for these alone" in adam.page(
        f"{LADDER}{one}"
    )
    assert "Nothing yet" in adam.page(LADDER)
    assert [(row.name, row.service_code, row.service_id) for row in LadderNumber.objects.order_by("id")] == [
        ("answer_lead", "WRK-TRN", None),
        ("seen", "", c.services["carpentry"].pk),
    ]
    assert adam.get(f"{LADDER}?scope=one%3Anowhere").status_code == 404


def test_what_cannot_be_is_said_at_its_field(adam):
    refused = adam.press(CHANGE, answer_lead="1")
    assert refused.status_code == 422 and "before an earlier one" in refused.content.decode()
    refused = adam.press(CHANGE, answer="99")
    assert refused.status_code == 422
    assert not LadderNumber.objects.exists()


def test_nobody_else_reads_or_changes_it(c):
    for who in ("denise", "marcus", "grace"):
        assert Desk(c, who).get(LADDER).status_code == 403
        assert Desk(c, who).post(CHANGE, {"answer": "3", "save": "1"}).status_code == 403
    assert Client().get(LADDER).status_code == 302


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_it_is_read_and_changed_on_any_screen(c, adam, page, live_server):
    """The refused form too: each error stands at its field."""
    session = adam.client.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(f"{live_server.url}{LADDER}")
        assert_page_ok(page)
        page.goto(f"{live_server.url}{CHANGE}")
        for days, name in (("1", "refused"), ("12", "preview")):
            page.fill("[name=answer_expires]", days)
            page.get_by_role("button", name="Show what it changes").click()
            page.wait_for_selector(".usa-error-message" if name == "refused" else "#month")
            assert_page_ok(page)
            photograph(page, f"ladder-{name}")
            page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{live_server.url}{LADDER}")
    photograph(page, "ladder")
