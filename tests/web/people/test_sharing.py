"""Who can see, on what ground; and stopping it."""

from __future__ import annotations

import re

import pytest

from tests import cast
from tests.web.people.desk import by_link, days, form_of, get, person, post, signed_in, text
from warmhandoff.participants.models import Consent, Participant, Share
from warmhandoff.referrals import actions as referrals

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


@pytest.fixture
def shared(c, rosa):
    """Sunrow said yes: it may read contact and need."""
    with c.acting("denise") as denise:
        referral = cast.refer(rosa, c.services["solar"], denise)
    with by_link(referral) as (seen, actor):
        referrals.accept(referral=seen, reply=referrals.Reply("Jo"), by=actor)
    return referral


def stop_page(page) -> str:
    return page.select_one("a[href$='/stop/']")["href"]


def test_nobody_is_said_too(c, rosa):
    assert "No other organization can see anything of this file." in text(
        get(signed_in(c, "denise"), person(rosa, "who_can_see"))
    )


def test_what_who_and_until_when(c, rosa, shared):
    told = text(get(signed_in(c, "denise"), person(rosa, "who_can_see")))
    assert "Sunrow Solar School Contact, need They agreed today. Shared since Mon, Nov 23" in told
    assert "Until May 22, 2027" in told


def answers(page) -> str:
    """The part with what the person said when they were asked."""
    heading = next(one for one in page.select("h2") if "What they said yes or no to" in one.get_text())
    return " ".join(heading.find_next_sibling("ul").get_text(" ").split())


def test_each_question_and_its_answer_newest_first(c, rosa, shared):
    client = signed_in(c, "denise")
    with c.acting("denise", days(1)) as denise:
        cast.consent(rosa, c.services["it"], denise, refused=True)
    told = answers(get(client, person(rosa, "who_can_see"), days(1)))
    assert told.index("Bright IT") < told.index("Sunrow Solar School")
    assert "They said no" in told and "Agreed until May 22, 2027" in told
    address = stop_page(get(client, person(rosa, "who_can_see"), days(1)))
    post(client, address, form_of(get(client, address, days(1))), days(1))
    assert "Taken back today" in answers(get(client, person(rosa, "who_can_see"), days(1)))
    assert "Taken back" not in answers(get(client, person(rosa, "who_can_see"), days(1))).split("Sunrow")[0]


def test_who_can_see_is_read_out_in_both_languages(c, rosa, shared):
    page = get(signed_in(c, "denise"), person(rosa, "who_can_see"))
    english, spanish = (text(page, f"details [lang={language}]") for language in ("en", "es"))
    assert "Sunrow Solar School can see: contact, until May 22, 2027, because you said yes." in english
    assert "You said yes to sharing with Sunrow Solar School" in english
    assert "Sunrow Solar School puede ver: contacto" in spanish and "porque usted dijo que sí" in spanish
    assert not re.search(r"\b(you|the|can|until|yes)\b", spanish, re.IGNORECASE)
    for name in ("Denise", "Carter", "Webb"):
        assert name not in english and name not in spanish


def test_nobody_can_see_is_read_out_too(c, rosa):
    page = get(signed_in(c, "denise"), person(rosa, "who_can_see"))
    assert "No other organization could see anything of your file." in text(page, "details [lang=en]")
    assert "Ninguna otra organización" in text(page, "details [lang=es]")
    assert "What they said yes or no to" not in text(page)


def test_what_stopping_means_is_said_in_both_languages(c, rosa, shared):
    client = signed_in(c, "denise")
    page = get(client, stop_page(get(client, person(rosa, "who_can_see"))))
    assert "We go on helping you." in text(page, "main [lang=en]")
    assert "Seguimos ayudándole." in text(page, "main [lang=es]")
    with_spanish = get(
        client, stop_page(get(client, person(rosa, "who_can_see"))), headers={"accept-language": "es"}
    )
    assert [one["lang"] for one in with_spanish.select("main .halves > [lang]")] == ["es", "en"]


def test_stopping_asks_once_more_and_then_stops_that_second(c, rosa, shared):
    client = signed_in(c, "denise")
    address = stop_page(get(client, person(rosa, "who_can_see")))
    page = get(client, address)
    assert "With Sunrow Solar School." in text(page)
    assert Share.objects.using("owner").filter(revoked_at__isnull=True).count() == 2  # asking changes nothing
    values = form_of(page)
    for _press in range(2):
        assert post(client, address, values).headers["Location"] == person(rosa, "who_can_see")
    assert not Share.objects.using("owner").filter(revoked_at__isnull=True).exists()
    told = text(get(client, person(rosa)))
    assert "Rosa took back the agreement to share with Sunrow Solar School." in told
    assert get(client, person(rosa, "who_can_see")).select("a[href$='/stop/']") == []


def test_stopping_takes_an_unanswered_question_back(c, rosa):
    with c.acting("denise") as denise:
        referral = cast.refer(rosa, c.services["carpentry"], denise)
    client = signed_in(c, "denise")
    address = stop_page(get(client, person(rosa, "who_can_see")))
    post(client, address, form_of(get(client, address)))
    referral = type(referral).objects.using("owner").get(pk=referral.pk)
    assert (referral.state, referral.end_reason) == ("withdrawn", "person_changed")
    assert "Decide what’s next" in text(get(client, person(rosa)), ".next")


def test_who_may_not(c, rosa, shared):
    client = signed_in(c, "denise")
    address = stop_page(get(client, person(rosa, "who_can_see")))
    values = form_of(get(client, address))
    for name, status in (("tavo", 403), ("grace", 403), ("ines", 404)):
        assert post(signed_in(c, name), address, values).status_code == status
    assert (
        post(client, address.replace(Consent.objects.using("owner").get().code, "NOSUCH"), values).status_code
        == 404
    )
    assert post(client, address, {"pressed": "1"}).status_code == 422
    assert Share.objects.using("owner").filter(revoked_at__isnull=True).count() == 2


def test_somebody_elses_consent_is_not_this_persons(c, rosa, shared):
    with c.acting("denise") as denise:
        other = cast.take_in(denise, cast.told("Andre", "Wilson"))
    consent = Consent.objects.using("owner").get()
    assert (
        signed_in(c, "denise").get(f"/people/{other.code}/who-can-see/{consent.code}/stop/").status_code
        == 404
    )
    assert Participant.objects.using("owner").count() == 3
