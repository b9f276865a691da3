"""The paper to carry, the receiver's page, and what is known beyond contact and needs: on pages, with scripts off."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup
from django.core.cache import cache
from django.test import Client

from tests import cast
from tests.web.people.desk import date_of, days, form_of, get, person, post, send, signed_in, text
from warmhandoff.directory.models import Hours, Location
from warmhandoff.foundation import scoping
from warmhandoff.foundation.actors import operator_actor
from warmhandoff.foundation.models import AccessLog, Message
from warmhandoff.participants import profile
from warmhandoff.participants.models import FileEvent, Paper, Share
from warmhandoff.referrals import carried
from warmhandoff.referrals.models import CarriedReferral, Referral

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


@pytest.fixture(autouse=True)
def patience():
    cache.clear()


@pytest.fixture
def solar(c):
    with scoping.acting_as(operator_actor(c.organizations["sunrow"].pk)):
        place = Location.objects.create(service=c.services["solar"], address="12 Sun St", phone="555-0100")
        Hours.objects.bulk_create(
            Hours(location=place, weekday=day, opens="09:00", closes="17:00") for day in range(5)
        )
    return c.services["solar"]


def given(c, rosa, solar) -> CarriedReferral:
    answer = send(signed_in(c, "denise"), person(rosa, "carry"), service=solar.code)
    one = CarriedReferral.objects.using("owner").select_related("slip").get()
    assert answer.headers["Location"] == f"{person(rosa)}carry/{one.code}/"
    return one


def test_the_paper_says_where_and_when_in_their_language_and_nothing_about_them(c, rosa, solar):
    one = given(c, rosa, solar)
    page = get(signed_in(c, "denise"), f"{person(rosa)}carry/{one.code}/")
    paper = page.select_one("article.paper")
    said = text(page, "article.paper")
    assert paper["lang"] == "es" and "Curso de instalación solar" in said and "Sunrow Solar School" in said
    assert "12 Sun St" in said and "lunes" in said.lower() and carried.code_of(one.slip) in said
    assert paper.select_one("svg.qr path")
    for secret in ("Rosa", "Mendoza", "555-0123", "Eastgate", rosa.code, one.code):
        assert secret not in str(paper), secret
    assert not Share.objects.using("owner").exists() and not Referral.objects.using("owner").exists()
    assert not Message.objects.using("owner").exists()


def test_today_has_the_date_and_the_story_tells_it(c, rosa, solar):
    one = given(c, rosa, solar)
    client = signed_in(c, "denise")
    page = get(client, person(rosa))
    assert "Next: Carries a referral on paper. Ask whether they got there." in text(page)
    assert page.select_one("section.next a.usa-button")["href"] == f"{person(rosa)}carry/{one.code}/"
    assert "You gave Rosa a referral on paper. Nothing was sent." in text(page)


def test_the_receiver_types_the_code_and_says_they_came(c, rosa, solar):
    one = given(c, rosa, solar)
    code, visitor = carried.code_of(one.slip), Client()
    answer = post(visitor, "/c/", {"code": code.lower().replace("-", " ")})
    assert answer.headers["Location"] == f"/c/{code}/"
    page = get(visitor, f"/c/{code}/")
    told = text(page)
    assert "Solar Installer training" in told and "Eastgate Community Partners" in told
    for secret in ("Rosa", "Mendoza", "555-0123", rosa.code):
        assert secret not in str(page)
    assert CarriedReferral.objects.using("owner").get().closed_at is None, "a look changes nothing"
    for _press in range(2):
        assert post(visitor, f"/c/{code}/", {"outcome": "arrived"}).status_code == 302
    assert "Thank you" in text(get(visitor, f"/c/{code}/"))
    denise = signed_in(c, "denise")
    assert "Next: Check in with them." in text(get(denise, person(rosa)))
    assert "Sunrow Solar School says: They went, and are being helped" in text(
        get(denise, f"{person(rosa)}carry/{one.code}/")
    )
    assert FileEvent.objects.using("owner").filter(kind="carried_closed").count() == 1


def test_the_place_reads_in_either_language_what_it_is_asked(c, rosa, solar):
    one = given(c, rosa, solar)
    paper = get(signed_in(c, "denise"), f"{person(rosa)}carry/{one.code}/").select_one("article.paper")
    asked = [(each["lang"], each.get_text()) for each in paper.select("p.small[lang]")]
    assert [language for language, _words in asked] == ["es", "en"], "the person's language first"
    assert "For the place" in asked[1][1] and "For the place" not in asked[0][1]
    code = carried.code_of(one.slip)
    spanish = get(Client(), f"/c/{code}/", headers={"accept-language": "es"})
    assert spanish.html["lang"] == "es" and "Curso de instalación solar" in text(spanish)
    assert "Did they come?" not in text(spanish)


def test_after_the_persons_word_the_place_is_told_so(c, rosa, solar):
    one = given(c, rosa, solar)
    with c.acting("denise") as denise:
        carried.settle(carried=one, outcome="no_longer", by=denise.actor)
    code = carried.code_of(one.slip)
    assert post(Client(), f"/c/{code}/", {"outcome": "arrived"}).status_code == 302
    told = text(get(Client(), f"/c/{code}/"))
    assert "This paper was settled already" in told and "Eastgate Community Partners" in told
    assert "Thank you" not in told and "Rosa" not in told
    assert CarriedReferral.objects.using("owner").get().outcome == "no_longer"


def test_a_late_arrival_counts_and_nobody_is_told_that_they_had_not_come(c, rosa, solar):
    one = given(c, rosa, solar)
    address = f"/c/{carried.code_of(one.slip)}/"
    as_it_was = text(get(Client(), address))
    with c.acting("denise") as denise:
        carried.settle(carried=one, outcome="did_not_go", by=denise.actor)
    assert text(get(Client(), address)) == as_it_was
    assert post(Client(), address, {"outcome": "arrived"}).status_code == 302
    assert "Thank you" in text(get(Client(), address))
    assert CarriedReferral.objects.using("owner").get().outcome == "arrived"


@pytest.mark.parametrize("wrong", ["CCCC-CCCC", "x", "12345678", "a" * 20])
def test_a_code_that_is_none_says_so_kindly(c, wrong):
    assert "We know no such code" in post(Client(), "/c/", {"code": wrong}).content.decode()
    assert "We know no such code" in text(get(Client(), f"/c/{wrong}/", status=404))


def test_nobody_tries_out_codes(c):
    visitor = Client()
    answers = [visitor.get("/c/CCCC-CCCC/").status_code for _ in range(32)]
    assert answers[0] == 404 and answers[-1] == 429


def test_a_forged_answer_changes_nothing(c, rosa, solar):
    code = carried.code_of(given(c, rosa, solar).slip)
    for outcome in ("no_longer", "did_not_go", "x"):
        assert post(Client(), f"/c/{code}/", {"outcome": outcome}).status_code == 200
    assert CarriedReferral.objects.using("owner").get().closed_at is None
    strict = Client(enforce_csrf_checks=True)
    assert post(strict, f"/c/{code}/", {"outcome": "arrived"}).status_code == 403


def test_the_persons_word_closes_it(c, rosa, solar):
    one = given(c, rosa, solar)
    client, address = signed_in(c, "denise"), f"{person(rosa)}carry/{one.code}/"
    values = form_of(get(client, address)) | {"outcome": "did_not_go"}
    for _press in range(2):
        assert post(client, f"{address}settle/", values).headers["Location"] == person(rosa)
    assert "Nobody has been asked yet" in text(get(client, person(rosa)))
    assert post(client, f"{address}settle/", {"outcome": "x"}).status_code in (400, 409)


@pytest.mark.parametrize(
    "changed", [{"service": ""}, {"service": "x"}, date_of(days(31)), date_of(days(-1)), {"language": "tlh"}]
)
def test_bad_choices_make_no_paper(c, rosa, solar, changed):
    values = {"service": solar.code} | changed
    assert send(signed_in(c, "denise"), person(rosa, "carry"), **values).status_code == 422
    assert not CarriedReferral.objects.using("owner").exists()


def test_who_may_not(c, rosa, solar):
    one = given(c, rosa, solar)
    for name, status in (("tavo", 403), ("grace", 403), ("ines", 404)):
        client = signed_in(c, name)
        for address in (person(rosa, "carry"), f"{person(rosa)}carry/{one.code}/", person(rosa, "facts")):
            assert client.get(address).status_code == status, (name, address)
        assert (
            client.post(f"{person(rosa)}carry/{one.code}/settle/", {"outcome": "arrived"}).status_code
            == status
        )
    with c.acting("denise") as denise:
        ana = cast.take_in(denise, cast.told("Ana", "Ruiz"))
    assert signed_in(c, "denise").get(f"{person(ana)}carry/{one.code}/").status_code == 404


# --- More about them ----------------------------------------------------------------------------------------------


def test_what_was_not_asked_at_first_is_asked_later(c, rosa):
    client = signed_in(c, "denise")
    answer = send(client, person(rosa, "facts"), paper_photo_id="on_the_way", housing="interim", look="yes")
    assert answer.headers["Location"] == person(rosa)
    page = get(client, person(rosa, "facts"))
    assert page.select_one("select[name=paper_photo_id] option[selected]")["value"] == "on_the_way"
    assert page.select_one("input[name=look][value=yes]").has_attr("checked")
    assert AccessLog.objects.using("owner").get().data_classes == ["right_to_work"], (
        "opening it is written down"
    )
    send(client, person(rosa, "facts"), paper_photo_id="prefers_not")
    assert Paper.objects.using("owner").get().standing_unknown == "prefers_not"
    assert "You wrote down more about Rosa." in text(get(client, person(rosa)))


@pytest.mark.parametrize(
    "changed", [{"paper_photo_id": "A1234567"}, {"justice": "theft"}, {"races": "x"}, {"gender": "y" * 4001}]
)
def test_bad_answers_change_nothing(c, rosa, changed):
    answer = send(signed_in(c, "denise"), person(rosa, "facts"), **changed)
    assert answer.status_code == 422
    assert text(BeautifulSoup(answer.content, "lxml"), ".summary")
    with c.acting("denise") as denise:
        assert profile.known_of(rosa, by=denise.actor).is_empty
