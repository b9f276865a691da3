"""An appointment that a colleague makes, moves or calls off is heard on the pages that are open."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests import cast
from tests.web.live.test_live import ask, lines, opened
from tests.web.people.desk import days, get, signed_in, text
from warmhandoff.casework.actions import appointments
from warmhandoff.casework.actions.appointments import When

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
SOON = days(30 / 86400)
HALF_AN_HOUR = timedelta(minutes=30)
AT = days(2)


@pytest.fixture
def rosa(c):
    with c.acting("denise") as denise:
        return cast.take_in(denise)


def make(c, rosa, name="marcus", with_="denise", at=SOON):
    with c.acting(name, at=at) as member:
        return appointments.make(
            file=rosa, when=When(AT, HALF_AN_HOUR, how="phone"), about="plan", with_=c.members[with_], by=member.actor
        )  # fmt: skip


def test_the_persons_page_hears_what_a_colleague_agrees_on_and_calls_off(c, rosa):
    client, address = signed_in(c, "denise"), f"/people/{rosa.code}/"
    since = opened(client, address)
    made = make(c, rosa)
    (line,) = [each for each in lines(ask(client, address, since)) if "appointment" in each]
    assert "Marcus Webb and Rosa agreed on an appointment" in line
    with c.acting("marcus", at=SOON) as marcus:
        appointments.cancel(appointment=made, reason="we_cannot", by=marcus.actor)
    told = lines(ask(client, address, since))
    assert any("Marcus Webb called off the appointment" in each for each in told)
    for name in ("ines", "tavo"):  # a page that somebody else opened
        answer = ask(signed_in(c, name), address, since)
        assert answer.status_code == 409 and b"called off" not in answer.content


def test_whom_it_is_with_hears_on_today_that_it_is_off_once(c, rosa):
    made = make(c, rosa, at=days(-1))
    client = signed_in(c, "denise")
    since = opened(client, "/today/")
    with c.acting("marcus", at=SOON) as marcus:
        appointments.cancel(appointment=made, reason="we_cannot", by=marcus.actor)
    answer = ask(client, "/today/", since)
    (line,) = [each for each in lines(answer) if "appointment" in each]
    assert "Marcus Webb called off your appointment of" in line and "Rosa M." in line
    assert "called off" not in str(ask(client, "/today/", answer["X-Live"]).content)
    assert "called off your appointment" in text(get(client, f"/today/?since={since}", at=SOON))


def test_what_one_calls_off_oneself_or_a_colleagues_is_no_news_there(c, rosa):
    made, other = make(c, rosa, at=days(-1)), None
    with c.acting("denise", at=days(-1)) as denise:
        other = appointments.make(
            file=rosa, when=When(AT + timedelta(days=7), HALF_AN_HOUR, how="phone"), about="plan",
            with_=c.members["tavo"], by=denise.actor,
        )  # fmt: skip
    client = signed_in(c, "denise")
    since = opened(client, "/today/")
    with c.acting("denise", at=SOON) as denise:
        appointments.cancel(appointment=made, reason="we_cannot", by=denise.actor)
    with c.acting("marcus", at=SOON) as marcus:
        appointments.cancel(appointment=other, reason="we_cannot", by=marcus.actor)
    assert b"called off" not in ask(client, "/today/", since).content
