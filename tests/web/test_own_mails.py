"""Your mails: chosen by oneself, kept, and never so that something late or due stays untold."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup

from tests.house.pages import assert_page_ok
from tests.web.staff import signed_in
from tests.web.test_look import photograph
from warmhandoff.foundation import scoping
from warmhandoff.foundation.actors import member_actor
from warmhandoff.network import digests
from warmhandoff.network.models import MailChoice, Membership

pytestmark = pytest.mark.django_db
PAGE = "/account/mails/"


@pytest.fixture(autouse=True)
def demo(settings):
    settings.DEMO = True  # no second step is asked for


@pytest.fixture
def denise(the_cast) -> Membership:
    return the_cast.members["denise"]


def key(client) -> str:
    return BeautifulSoup(client.get(PAGE).content, "lxml").find("input", {"name": "form_key"})["value"]


def chosen(member: Membership) -> list[str]:
    with scoping.acting_as(member_actor(member.pk, member.organization_id)):
        return [each.digest for each in digests.choices_of(member)]


def test_it_is_chosen_and_kept(denise):
    client = signed_in(denise)
    page = client.get(PAGE).content.decode()
    assert "Nothing yet" in page and "denise@eastgate.example" in page
    form_key = key(client)
    for _ in range(2):  # the second press shows the first's result
        answer = client.post(PAGE, {"digest": "pressing", "form_key": form_key}, follow=True)
    assert chosen(denise) == ["pressing"]
    page = answer.content.decode()
    assert "Nothing yet" not in page
    read = BeautifulSoup(page, "lxml")
    assert read.find("input", {"value": "pressing"}).has_attr("checked")
    assert len(read.select("section:last-of-type .lines li")) == 1


def test_a_choice_that_is_not_there_is_refused(denise):
    client = signed_in(denise)
    answer = client.post(PAGE, {"digest": "never", "form_key": key(client)})
    assert answer.status_code == 422 and chosen(denise) == []


def test_who_has_no_today_has_no_digest_to_choose(denise):
    adam = Membership.objects.select_related("user").get(user__email="adam@office.example")
    client = signed_in(adam)
    assert client.get(PAGE).status_code == 403
    assert PAGE not in client.get("/administration/").content.decode()


def test_no_page_of_somebody_else_tells_it(denise):
    client = signed_in(denise)
    client.post(PAGE, {"digest": "duties", "form_key": key(client)})
    marcus = Membership.objects.select_related("user").get(user__email="marcus@eastgate.example")
    page = signed_in(marcus).get(PAGE).content.decode()
    assert "Nothing yet" in page
    with scoping.acting_as(member_actor(marcus.pk, marcus.organization_id)):
        assert not MailChoice.objects.exists()


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_it_looks_well_and_is_read_by_everybody(page, live_server, the_cast):
    member = the_cast.members["denise"]
    client = signed_in(member)
    page.context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}]
    )
    page.goto(live_server.url + PAGE)
    assert_page_ok(page)
    page.get_by_text("Only on days with something late or due").click()
    page.get_by_role("button", name="Keep this").click()
    page.wait_for_selector("text=From tomorrow on")
    assert_page_ok(page)
    photograph(page, "your-mails")
