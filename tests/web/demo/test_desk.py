"""Being someone else, reading the mailbox, letting time pass."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup
from django.db import connections
from django.test import Client

from tests.demo.test_mailbox import send
from tests.mailbox import free_port
from warmhandoff.demo import clock as demo_clock
from warmhandoff.demo import mailbox, network
from warmhandoff.foundation.models import Timer
from warmhandoff.referrals import actions as referrals
from warmhandoff.web.demo.roles import ROLES

pytestmark = [
    pytest.mark.django_db(transaction=True, databases=["default", "owner"]),
    pytest.mark.urls("tests.web.demo.urls"),
    pytest.mark.usefixtures("in_the_demo"),
]
SUNROW = mailbox.code_of(network.mailbox_of("sunrow"))


@pytest.fixture(autouse=True)
def closed():
    yield
    connections["owner"].close()


def read(answer):
    return BeautifulSoup(answer.content, "lxml")


def words(element):
    return " ".join(element.get_text(" ").split())


def press(client, text, days="6"):
    """Post the clock page's own form."""
    form = read(client.get("/demo/clock/")).find("button", string=text).find_parent("form")
    fields = {each["name"]: each.get("value", "") for each in form.find_all("input")}
    return client.post("/demo/clock/", fields), fields


def test_one_press_makes_one_somebody_else(told):
    client = Client()
    assert client.get("/").headers["Location"] == "/demo/"
    page = read(client.get("/demo/"))
    assert len(page.select("main .card")) == len(ROLES) == 7
    shown = [words(each.h3) for each in page.select("main section > ul > .card")]
    assert shown == ["Case manager", "Partner without an account", "Navigator", "The county"]
    assert words(page.select_one(".demo")).startswith("Demo , made-up people . You are looking around")
    assert "3 wait. Maria P.: " in words(page.select_one("main .card"))

    for role, name in (("case-manager", "Denise Carter, case manager"), ("lead", "Marcus Webb, lead")):
        before = client.session.session_key
        answer = client.post("/demo/be/", {"role": role})
        assert answer.status_code == 302
        assert client.session.session_key != before
        bar = read(client.get("/demo/clock/")).select_one(".demo strong")
        assert words(bar) == name

    answer = client.post("/demo/be/", {"role": "partner"})
    assert answer.headers["Location"] == f"/demo/mailbox/{SUNROW}/"  # no mail has come yet
    answer = client.get(f"/demo/mailbox/{SUNROW}/")
    assert words(read(answer).select_one(".demo strong")) == "Sunrow Solar School, without an account"
    assert "_auth_user_id" not in client.session


def test_each_role_lands_on_its_work(told):
    for role in ROLES:
        answer = Client().post("/demo/be/", {"role": role.key}, follow=True)
        assert answer.status_code == 200, role.key
    assert Client().post("/demo/be/", {"role": "somebody"}).status_code == 404
    assert Client().get("/demo/be/").status_code == 405


def test_where_an_organization_closed_another_has_the_same_work(told):
    with told.network.acting("luz") as luz:
        closed = referrals.close_organization(organization=told.network.houses["eastgate"], by=luz.actor)
    assert closed.people == 2  # Rosa and Maria
    page = read(Client().get("/demo/"))
    assert "Inés Álvarez, Harbor Reentry" in words(page.select_one("main .card"))
    assert (
        words(page.select_one("main details")).count("Their organization is closed.") == 1
    )  # the peer mentor's
    client = Client()
    assert client.post("/demo/be/", {"role": "case-manager"}).headers["Location"] == "/"
    assert words(read(client.get("/demo/clock/")).select_one(".demo strong")).startswith("Inés Álvarez")
    client = Client()
    assert client.post("/demo/be/", {"role": "peer-mentor"}).headers["Location"] == "/demo/"
    assert "_auth_user_id" not in client.session


def test_the_mailbox_shows_what_the_server_received(told, settings):
    port = free_port()
    client = Client()
    assert "No mail has come here yet" in words(read(client.get(f"/demo/mailbox/{SUNROW}/")).main)
    with mailbox.running(host="127.0.0.1", port=port, folder=settings.DEMO_MAIL_DIR):
        text = "Answer: http://127.0.0.1:9999/a/1.2.x/ <script>alert(1)</script>\nhttps://elsewhere.example/"
        send(port, text=text, to=["referrals@sunrow.example"])
    listed = read(client.get("/demo/mailbox/"))
    (link,) = listed.select("main section .lines a")
    assert words(link) == "A referral waits"
    assert "referrals@" not in link["href"]
    shown = read(client.get(link["href"]))
    assert [a["href"] for a in shown.select(".card a")] == ["/a/1.2.x/", "https://elsewhere.example/"]
    assert shown.select(".card script") == []
    assert "<script>alert(1)</script>" in shown.select_one(".card").get_text()
    assert "Auto-Submitted" not in words(shown.select_one(".card"))
    for unknown in ("/demo/mailbox/nobody/", "/demo/mail/nothing/"):
        assert client.get(unknown).status_code == 404


def test_time_passes_once_a_press(told):
    client = Client()
    client.post("/demo/be/", {"role": "case-manager"})
    before = demo_clock.now()
    answer, fields = press(client, "Let six working days pass")
    assert answer.headers["Location"] == "/"
    after = demo_clock.now()
    assert (after - before).days == 10  # two closed days and two weekends on the way
    fired = Timer.objects.filter(fired_at__gt=before).count()
    assert fired
    assert f"Done: {fired} things fell due on the way" in words(read(client.get("/demo/clock/")).main)
    assert (
        client.post("/demo/clock/", fields).headers["Location"] == "/"
    )  # a second press shows the first's result
    assert (demo_clock.now() - after).days == 0

    answer, _ = press(Client(), "Let one business day pass")
    assert answer.headers["Location"] == "/demo/clock/"


def test_only_its_own_steps_are_taken(told):
    key = read(Client().get("/demo/clock/")).find("input", {"name": "form_key"})["value"]
    before = demo_clock.now()
    for days in ("", "-1", "365", "x"):
        assert Client().post("/demo/clock/", {"days": days, "form_key": key}).status_code == 422
    assert (demo_clock.now() - before).days == 0


def test_the_check_counts_and_shows_no_row(told):
    page = read(Client().get("/demo/check/"))
    assert words(page.h1) == "Every promise holds"
    assert [words(each)[:2] for each in page.select(".lines strong")] == [
        "P1",
        "P2",
        "P3",
        "P4",
        "P5",
        "P6",
        "P7",
        "P8",
    ]
    assert "Nobody is without a holder." in words(page.select_one(".lines"))
    with connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE custody_custody DISABLE TRIGGER USER")
        cursor.execute("DELETE FROM custody_custody WHERE id = (SELECT max(id) FROM custody_custody)")
        cursor.execute("ALTER TABLE custody_custody ENABLE TRIGGER USER")
    page = read(Client().get("/demo/check/"))
    assert "breaks a promise" in words(page.h1) or "break a promise" in words(page.h1)
    assert "broken" in words(page.select_one(".chip--late"))


def test_the_opening_page_counts_what_is_there(told):
    page = read(Client().get("/demo/"))
    assert words(page.h1) == (
        "5 people are being helped by 2 organizations . Every one of them has a name that answers for them."
        " 1 has waited too long ."
    )
    rows = {words(row.strong): row for row in page.select(".net li")}
    assert set(rows) == {"Eastgate Community Partners", "Harbor Reentry", "Sunrow Solar School"}
    eastgate = rows["Eastgate Community Partners"]
    assert "2 people, held by 1 staff, 1 late" in words(eastgate)
    assert [dot.get("class", [""])[0] for dot in eastgate.select(".dots i")] == ["rosa", "late", "served"]
    way = page.select_one("svg.way")
    assert "Harbor Reentry: 1 asked about at Sunrow Solar School" in way["aria-label"]
    assert len(way.select(".arc")) == len(way.select(".tip")) == 3
    assert not page.select("[style], style, script:not([src])")
