"""Two people on one form: each is told of the other, and who saves second sees both versions; nothing is lost."""

from __future__ import annotations

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup

from tests import cast
from tests.cast import MONDAY
from tests.web.live.test_live import ask, lines, opened
from tests.web.people.desk import days, form_of, get, person, post, send, signed_in, text
from warmhandoff.directory.models import Service
from warmhandoff.foundation import open_forms
from warmhandoff.foundation.models import OpenForm
from warmhandoff.participants.models import Contact

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])

LATER = days(2 / 1440)


@pytest.fixture
def rosa(c):
    with c.acting("denise") as denise:
        return cast.take_in(denise)


def others(page):
    return text(page, ".live-other")


def contact_of(c, file):
    with c.acting("denise"):
        return Contact.objects.get(file=file)


# --- Who has it open ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["contact", "facts"])
def test_who_opens_it_second_is_told_who_has_it(c, rosa, form):
    address = person(rosa, form)
    assert others(get(signed_in(c, "denise"), address)) == ""
    assert (
        others(get(signed_in(c, "marcus"), address, days(1 / 1440)))
        == "Denise Carter has this open since 10:40 am."
    )


def test_who_had_it_first_hears_of_the_second_and_that_they_left(c, rosa):
    address = person(rosa, "contact")
    denise = signed_in(c, "denise")
    since = opened(denise, address)
    get(signed_in(c, "marcus"), address, days(10 / 86400))
    answer = ask(denise, address, since)
    assert "Marcus Webb has this open since" in answer.content.decode()
    again = ask(denise, address, answer["X-Live"], days(40 / 86400))
    assert again.status_code == 204, "said once"
    left = ask(denise, address, answer["X-Live"], days(10 / 86400) + open_forms.KEEPS + timedelta(seconds=1))
    assert left.status_code == 200 and "Marcus" not in left.content.decode()


def test_asking_keeps_it_open_and_saving_ends_it(c, rosa):
    address = person(rosa, "contact")
    denise, marcus = signed_in(c, "denise"), signed_in(c, "marcus")
    since = opened(denise, address)
    for seconds in (40, 80, 120):
        ask(denise, address, since, days(seconds / 86400))
    assert "Denise Carter" in others(get(marcus, address, days(150 / 86400)))
    assert send(denise, address, days(151 / 86400), pronouns="she/her").status_code == 302
    assert others(get(marcus, address, days(152 / 86400))) == ""


def test_another_organization_is_told_nothing(c, rosa):
    get(signed_in(c, "denise"), person(rosa, "contact"))
    assert signed_in(c, "paul").get(person(rosa, "contact")).status_code == 404
    with c.acting("paul"):
        assert not OpenForm.objects.exists()
    with c.acting("denise") as denise:
        assert OpenForm.objects.get().membership_id == denise.membership.pk
    columns = {f.name for f in OpenForm._meta.concrete_fields}
    assert columns == {
        "id",
        "organization_id",
        "membership_id",
        "subject_kind",
        "subject_id",
        "opened_at",
        "until",
    }


def test_what_was_left_long_ago_is_swept_away(c, rosa):
    get(signed_in(c, "denise"), person(rosa, "contact"))
    get(signed_in(c, "marcus"), person(rosa, "contact"), days(1))
    with c.acting("denise", days(1)):
        assert OpenForm.objects.count() == 1


def test_a_referral_s_act_and_a_service_are_told_too(c):
    with c.acting("denise") as denise:
        referral = cast.refer(cast.take_in(denise, needs=("HSG",)), c.services["housing"], denise)
    address = f"/referrals/{referral.code}/yes/"
    get(signed_in(c, "paul"), address)
    assert others(get(signed_in(c, "ines"), address)).startswith("Paul Okafor has this open")
    # Another act of the same referral would change the same thing.
    assert others(get(signed_in(c, "ines"), f"/referrals/{referral.code}/no/")).startswith("Paul Okafor")


# --- Who saves second ---------------------------------------------------------------------------------------------


def both(page):
    return {
        row.th.get_text(): [cell.get_text(" ").strip() for cell in row.select("td")]
        for row in page.select(".both tbody tr")
    }


def test_both_versions_stand_side_by_side_and_nothing_is_lost(c, rosa):
    address = person(rosa, "contact")
    marcus = signed_in(c, "marcus")
    typed = form_of(get(marcus, address)) | {"last_name": "Mendosa", "street": "12 Elm Street"}
    assert (
        send(
            signed_in(c, "denise"), address, days(1 / 1440), last_name="Mendoza Ruiz", pronouns="she/her"
        ).status_code
        == 302
    )
    answer = post(marcus, address, typed, LATER)
    page = BeautifulSoup(answer.content, "lxml")
    assert answer.status_code == 422
    assert contact_of(c, rosa).last_name == "Mendoza Ruiz", "nothing is saved yet"
    assert both(page) == {
        "Last name": ["Mendoza Ruiz", "Mendosa"],
        "Pronouns": ["she/her", "you left it alone"],
    }
    assert "Denise Carter changed the contact details. 10:41 am" in text(page, ".next")
    again = form_of(page)
    assert (again["last_name"], again["street"], again["pronouns"]) == ("Mendosa", "12 Elm Street", "she/her")
    assert post(marcus, address, again, LATER).status_code == 302
    saved = contact_of(c, rosa)
    assert (saved.last_name, saved.street, saved.pronouns) == ("Mendosa", "12 Elm Street", "she/her")


def test_the_same_written_twice_is_no_quarrel(c, rosa):
    address = person(rosa, "contact")
    marcus = signed_in(c, "marcus")
    typed = form_of(get(marcus, address)) | {"last_name": "Mendoza Ruiz"}
    assert send(signed_in(c, "denise"), address, last_name="Mendoza Ruiz").status_code == 302
    assert post(marcus, address, typed, LATER).status_code == 302


def test_a_third_change_is_told_again(c, rosa):
    address = person(rosa, "contact")
    denise, marcus = signed_in(c, "denise"), signed_in(c, "marcus")
    typed = form_of(get(marcus, address)) | {"last_name": "Mendosa"}
    send(denise, address, last_name="Ruiz")
    typed = form_of(BeautifulSoup(post(marcus, address, typed, LATER).content, "lxml"))
    send(denise, address, last_name="Ruiz Mendoza")
    page = BeautifulSoup(post(marcus, address, typed, LATER).content, "lxml")
    assert both(page) == {"Last name": ["Ruiz Mendoza", "Mendosa"]}


def test_birth_dates_ticks_and_lists_stand_side_by_side(c, rosa):
    address = person(rosa, "contact")
    marcus = signed_in(c, "marcus")
    typed = form_of(get(marcus, address)) | {"street": "12 Elm Street"}
    born = {"birth_date_month": "5", "birth_date_day": "09", "birth_date_year": "1990"}
    assert send(signed_in(c, "denise"), address, do_not_contact="on", speaks="en", **born).status_code == 302
    answer = post(marcus, address, typed, LATER)
    page = BeautifulSoup(answer.content, "lxml")
    found = both(page)
    assert found["Birth date"] == ["May 9, 1990", "you left it alone"]
    assert found["Do not contact them for now"] == ["Yes", "you left it alone"]
    assert post(marcus, address, form_of(page), LATER).status_code == 302
    saved = contact_of(c, rosa)
    assert (
        saved.do_not_contact
        and saved.birth_date.isoformat() == "1990-05-09"
        and saved.street == "12 Elm Street"
    )


def test_papers_and_facts_too(c, rosa):
    address = person(rosa, "facts")
    marcus = signed_in(c, "marcus")
    typed = form_of(get(marcus, address)) | {"diploma": "no"}
    assert send(signed_in(c, "denise"), address, diploma="yes").status_code == 302
    page = BeautifulSoup(post(marcus, address, typed, LATER).content, "lxml")
    assert len(both(page)) == 1 and "Denise Carter" in text(page, ".next")
    assert post(marcus, address, form_of(page), LATER).status_code == 302


def test_a_service_s_words_at_the_desk(c):
    service = c.services["carpentry"]
    address = f"/organization/services/{service.code}/words/"
    vera = signed_in(c, "vera")
    assert vera.get(address).status_code == 200
    typed = form_of(get(vera, address)) | {"cost_note": "Ask us"}
    assert send(vera, address, days(1 / 1440), cost="free").status_code == 302
    page = BeautifulSoup(post(vera, address, typed, LATER).content, "lxml")
    assert both(page) == {"What it costs": ["Free", "you left it alone"]}
    assert "Vera Lindqvist changed what stands here." in text(page, ".next")
    assert post(vera, address, form_of(page), LATER).status_code == 302
    saved = Service.objects.get(pk=service.pk)
    assert (saved.cost, saved.cost_note) == ("free", "Ask us")


@pytest.mark.parametrize(
    "garbled", ["", "x", "[]", '{"stood": 1}', '{"stood": {"last_name": "x"}, "at": "y"}', "null", "5"]
)
def test_a_garbled_version_breaks_nothing(c, rosa, garbled):
    values = form_of(get(signed_in(c, "denise"), person(rosa, "contact"))) | {
        "stood": garbled,
        "pronouns": "she/her",
    }
    assert post(signed_in(c, "denise"), person(rosa, "contact"), values, MONDAY).status_code in (302, 422)


def test_a_colleague_s_save_is_heard_while_the_form_is_open(c, rosa):
    address = person(rosa, "contact")
    marcus = signed_in(c, "marcus")
    since = opened(marcus, address)
    send(signed_in(c, "denise"), address, days(10 / 86400), pronouns="she/her")
    assert "Denise Carter changed the contact details." in lines(ask(marcus, address, since))[0]


def test_who_is_second_at_a_referral_s_act_sees_who_was_first_and_what_they_typed(c):
    with c.acting("denise") as denise:
        referral = cast.refer(cast.take_in(denise, needs=("HSG",)), c.services["housing"], denise)
    address = f"/referrals/{referral.code}/yes/"
    ines = signed_in(c, "ines")
    typed = form_of(get(ines, address)) | {"caller_name": "Inés herself"}
    paul = signed_in(c, "paul")
    first = form_of(get(paul, address)) | {"caller_name": "Paul"}
    assert post(paul, address, first, days(1 / 1440)).status_code == 302
    answer = post(ines, address, typed, LATER)
    page = BeautifulSoup(answer.content, "lxml")
    assert answer.status_code == 409
    assert "Harbor Reentry said yes. Paul calls by" in text(page) and "10:41 am" in text(page)
    assert "Inés herself" in text(page, ".card")
    assert post(paul, address, first, LATER).status_code == 302, (
        "his own second press shows the first's result"
    )
