"""Referring: three parts on one page, consent, and a preview that tells the truth."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from bs4 import BeautifulSoup
from django.core.cache import cache
from django.test import Client

from tests import cast
from tests.cast import MONDAY
from tests.web.answer.behind import Behind
from tests.web.referrals.signed import Desk
from warmhandoff.custody.reading import custody_of
from warmhandoff.directory.models import Criterion, Service
from warmhandoff.participants.actions import open_need
from warmhandoff.participants.models import Consent, Need
from warmhandoff.referrals.models import AnswerLink, Disposition, Referral

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


@pytest.fixture
def rosa(c):
    with c.acting("denise") as denise:
        person = cast.told(availability="weekdays", pronouns="she/her", birth_date=date(1990, 4, 9))
        return cast.take_in(denise, person)


@pytest.fixture
def desk(c):
    return Desk(c, "denise")


def new(file, service=None, **more) -> str:
    query = "&".join(
        f"{k}={v}" for k, v in {**({"service": service.code} if service else {}), **more}.items()
    )
    return f"/referrals/new/{file.code}/{'?' if query else ''}{query}"


def yes(**more):
    return {
        "parts": ["reach", "sender"],
        "how": "screen",
        "days": "180",
        "agreed": "on",
        "say": "yes",
        **more,
    }


def sent(c) -> Referral:
    with c.acting("denise"):
        return Referral.objects.latest("pk")


# --- Who fits -----------------------------------------------------------------------------------------------------


def names(page: str) -> list[str]:
    return [tag.text for tag in BeautifulSoup(page, "lxml").select("label strong, .card--off h3")]


def test_who_fits_is_ordered_by_room_area_language_and_name(c, rosa, desk):
    has_room(c, "solar", as_of=date(2026, 11, 21))
    has_room(c, "it", as_of=date(2026, 11, 21))
    Service.objects.filter(pk=c.services["carpentry"].pk).update(
        room="full", seats=None, full_until=date(2027, 3, 3), room_as_of=date(2026, 11, 21)
    )
    Criterion.objects.create(service=c.services["it"], kind="diploma")
    Criterion.objects.create(
        service=c.services["solar"], kind="document", values=["photo_id"], can_follow=True
    )
    page = desk.page(new(rosa))
    assert names(page) == ["Sunrow Solar School", "Valley Trades", "Bright IT"]
    for words in (
        "Fits, 4 seats", "Room confirmed 2 days ago", "In their area: South", "Speaks Spanish", "Full until Mar 3, 2027",
        "Has room, ask them first", "Needs a high-school diploma or its equivalent.", "Needs a photo ID.",
        "It can be brought later.", "2 of 3 have room",
    ):  # fmt: skip
        assert words in page


def has_room(c, name: str, *, as_of: date) -> None:
    Service.objects.filter(pk=c.services[name].pk).update(room="open", room_as_of=as_of)


def test_the_first_twelve_are_shown_and_the_rest_is_one_press_away(c, rosa, desk):
    for number in range(14):
        Service.objects.create(
            organization=c.organizations["sunrow"], name=f"Course {number:02}", service_code="WRK-TRN",
            mailbox=c.services["solar"].mailbox,
        )  # fmt: skip
    page = BeautifulSoup(desk.page(new(rosa)), "lxml")
    more = page.find("a", string="Show 5 more services")
    assert len(page.select("input[name=service]")) == 12
    every = BeautifulSoup(desk.page(new(rosa) + more["href"].partition("#")[0]), "lxml")
    assert len(every.select("input[name=service]")) == 17
    assert not every.find("a", string=lambda words: words and "more service" in words)


def test_what_is_known_wrongly_can_be_mended(c, rosa, desk):
    Criterion.objects.create(service=c.services["it"], kind="age", at_least=18, at_most=25)
    page = BeautifulSoup(desk.page(new(rosa)), "lxml")
    assert page.find("a", string="Mend it")["href"] == f"/people/{rosa.code}/facts/"


def test_those_that_cannot_be_asked_say_why(c, rosa, desk):
    Service.objects.filter(pk=c.services["it"].pk).update(mailbox=None)
    c.organizations["sunrow"].standing = "listed"
    c.organizations["sunrow"].save()
    Criterion.objects.create(service=c.services["carpentry"], kind="age", at_least=18, at_most=25)
    page = desk.page(new(rosa))
    assert "Can&#x27;t be asked here" in page and "Listed in the directory only. Call them." in page
    assert "nobody there signs in" in page
    assert "Not eligible" in page and "They are 36." in page
    assert 'type="radio"' not in page
    assert Client is not None


def test_one_asked_already_is_not_asked_again(c, rosa, desk):
    with c.acting("denise") as denise:
        cast.refer(rosa, c.services["solar"], denise)
    assert "Asked already" in desk.page(new(rosa))
    assert 'id="part-3"' not in desk.page(new(rosa, c.services["solar"]))


def test_with_several_needs_the_need_is_chosen_first(c, rosa, desk):
    with c.acting("denise") as denise:
        need = open_need(file=rosa, code="HSG", by=denise.actor)
    page = desk.page(new(rosa))
    assert "Find a place" in page and "part-2" not in page
    assert "Harbor Reentry" in desk.page(new(rosa, need=need.pk))


# --- The preview --------------------------------------------------------------------------------------------------


def told(page: str, selector: str) -> list[tuple[str, str]]:
    rows = BeautifulSoup(page, "lxml").select(f"{selector} dl > div")
    return [(row.dt.text.strip(), row.dd.text.strip()) for row in rows]


def offered(page: str) -> dict[str, list[str]]:
    boxes = BeautifulSoup(page, "lxml").select("input[name=parts]")
    return {
        box["value"]: box.find_next("label").select_one(".usa-checkbox__label-description").text.split("; ")
        for box in boxes
    }


@pytest.mark.parametrize(
    ("parts", "note"),
    [
        ([], ""),
        (["reach"], ""),
        (["reach", "sender", "birth_date"], "She can start before summer."),
    ],
)
def test_the_preview_is_exactly_what_the_receiver_sees(c, rosa, desk, parts, note):
    cache.clear()
    page = desk.page(new(rosa, c.services["solar"]))
    before, always, choices = told(page, ".told-before"), told(page, ".told-after"), offered(page)
    assert desk.press(new(rosa, c.services["solar"]), **yes(parts=parts, note=note)).status_code == 302
    b = Behind(c, rosa, sent(c))
    client = Client()
    assert told(b.get(client=client).content.decode(), ".card") == before
    b.say_yes(client)
    b.give_code(client)
    seen = told(b.get(client=client).content.decode(), ".card")
    promised = (
        [value for _label, value in always]
        + [v for part in parts for v in choices[part]]
        + ([note] if note else [])
    )
    assert sorted(value for _label, value in seen) == sorted(promised)
    assert set(always) <= set(seen)


def test_a_receiver_who_signs_in_sees_the_same(c, rosa, desk):
    page = desk.page(new(rosa, c.services["carpentry"]))
    always, choices = told(page, ".told-after"), offered(page)
    desk.press(new(rosa, c.services["carpentry"]), **yes(parts=["reach"], mode="refer"))
    referral = sent(c)
    vera = Desk(c, "vera")
    vera.press(f"/referrals/{referral.code}/yes/", caller_name="Vera", contact_by="2026-11-25")
    seen = told(vera.page(f"/referrals/{referral.code}/"), ".card")
    assert sorted(v for _, v in seen) == sorted([v for _, v in always] + choices["reach"])


def test_never_part_of_it_leaves_out_the_needs_own_class(c, rosa, desk):
    assert "Never part of it: justice, health, supervision" in _flat(
        desk.page(new(rosa, c.services["solar"]))
    )
    Service.objects.filter(pk=c.services["solar"].pk).update(service_code="RCL")
    with c.acting("denise") as denise:
        need = open_need(file=rosa, code="RCL", by=denise.actor)
    page = _flat(desk.page(new(rosa, c.services["solar"], need=need.pk)))
    assert "Never part of it: health, supervision" in page


def _flat(page: str) -> str:
    return " ".join(BeautifulSoup(page, "lxml").text.split())


# --- Consent and sending ------------------------------------------------------------------------------------------


def test_consent_is_recorded_as_it_was_given(c, rosa, desk):
    colleague = c.members["marcus"]
    answer = desk.press(
        new(rosa, c.services["solar"]),
        **yes(
            how="spoken",
            witness=str(colleague.pk),
            days="90",
            alternatives=[str(c.services["it"].pk)],
            note="Mornings.",
        ),
    )
    assert answer.status_code == 302
    with c.acting("denise"):
        consent = Consent.objects.get(file=rosa)
        assert (consent.how, consent.witness_id, consent.language) == ("spoken", colleague.pk, "es")
        assert consent.recipients == [c.organizations["sunrow"].pk, c.organizations["bright"].pk]
        assert set(consent.parts) == {"name", "need", "reach", "sender", "note"}
        assert set(consent.data_classes) == {"contact", "needs", "narrative"}
        assert consent.expires_at == MONDAY + timedelta(days=90)
        referral = Referral.objects.get()
        assert referral.alternatives == [c.services["it"].pk]
        assert custody_of(rosa.person_id).membership_id == c.members["denise"].pk
    page = desk.page(answer.headers["Location"])
    assert "You go on holding Rosa" in page
    assert "Wed, Nov 25, 5 pm" in page and "they are reminded" in page
    assert "Thu, Nov 26" in page, "closed days are named"


def test_both_languages_stand_side_by_side(c, rosa, desk):
    page = desk.page(new(rosa, c.services["solar"]))
    assert 'lang="es"' in page and "Usted decide" in page and "You decide who may know" in page


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"agreed": ""}, "Tick this when they have said yes"),
        ({"how": "spoken"}, "Name the colleague who heard it"),
        ({"days": "999"}, "Select a valid choice"),
        ({"parts": ["justice"]}, "Select a valid choice"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_sent(c, rosa, desk, wrong, says):
    answer = desk.press(new(rosa, c.services["solar"]), **yes(**wrong))
    assert answer.status_code == 422 and says in answer.content.decode()
    with c.acting("denise"):
        assert not Consent.objects.exists() and not Referral.objects.exists()


def test_the_same_form_twice_is_one_referral(c, rosa, desk):
    url = new(rosa, c.services["solar"])
    data = {"form_key": desk.key(url), **yes()}
    first, second = desk.post(url, data), desk.post(url, data)
    assert first.headers["Location"] == second.headers["Location"]
    with c.acting("denise"):
        assert Referral.objects.count() == 1


def test_a_no_is_recorded_and_the_person_is_still_held(c, rosa, desk):
    url = new(rosa, c.services["solar"])
    data = {"form_key": desk.key(url), "say": "no"}
    for _ in range(2):
        answer = desk.post(url, data)
        # The place they were asked about goes along, so that a paper to it is one press away.
        assert (
            answer.headers["Location"] == f"/referrals/new/{rosa.code}/no/?service={c.services['solar'].code}"
        )
    page = desk.page(answer.headers["Location"])
    assert "said no, and that is fine" in page and "still held by Denise Carter" in page
    with c.acting("denise"):
        assert Consent.objects.get(file=rosa).refused
        assert not Referral.objects.exists()
        assert custody_of(rosa.person_id).next_step.kind == "find_place"


def test_a_transfer_is_offered_only_where_somebody_answers_for_the_queue(c, rosa, desk):
    assert "Transfer: Valley Trades holds them" in desk.page(new(rosa, c.services["carpentry"]))
    page = desk.page(new(rosa, c.services["solar"]))
    assert "Transfer:" not in page and "A transfer isn't possible" in page
    assert desk.press(new(rosa, c.services["carpentry"]), **yes(mode="transfer")).status_code == 302
    assert sent(c).mode == "transfer"


def test_a_colleague_of_another_organization_finds_nothing(c, rosa):
    assert Desk(c, "ines").get(new(rosa)).status_code == 404
    assert Desk(c, "grace").get(new(rosa)).status_code == 403
    assert Desk(c, "tavo").get(new(rosa)).status_code == 403


def test_whom_we_do_not_hold_we_do_not_refer(c, rosa, desk):
    desk.press(new(rosa, c.services["carpentry"]), **yes(mode="transfer"))
    vera = Desk(c, "vera")
    vera.press(f"/referrals/{sent(c).code}/yes/", caller_name="Vera", contact_by="2026-11-25")
    answer = desk.get(new(rosa))
    assert answer.status_code == 409 and "hold this person" in answer.content.decode()


# --- Asking another place -----------------------------------------------------------------------------------------


def test_a_place_named_at_the_start_needs_no_new_asking(c, rosa, desk):
    desk.press(
        new(rosa, c.services["solar"]),
        **yes(alternatives=[str(c.services["carpentry"].pk)], note="Before summer."),
    )
    first = sent(c)
    cache.clear()
    Behind(c, rosa, first).press("no/", why="full:full_open")
    settle = desk.page(f"/referrals/{first.code}/settle/")
    assert "Ask Valley Trades" in settle
    url = new(rosa, c.services["carpentry"], **{"from": first.code})
    page = desk.page(url)
    assert (
        "agreed to this too" in page
        and "Before summer." in page
        and "They said yes to exactly this" not in page
    )
    assert desk.press(url, say="yes", mode="refer").status_code == 302
    with c.acting("denise"):
        assert Consent.objects.count() == 1
        assert Disposition.objects.get(referral=first).outcome == "re_referred"
        again = Referral.objects.latest("pk")
        assert (again.service_id, again.re_referred_from_id) == (c.services["carpentry"].pk, first.pk)


def test_another_place_is_asked_for_anew(c, rosa, desk):
    desk.press(new(rosa, c.services["solar"]), **yes())
    first = sent(c)
    cache.clear()
    Behind(c, rosa, first).press("no/", why="full:full_open")
    url = new(rosa, c.services["it"], **{"from": first.code})
    page = desk.page(url)
    assert "They said yes to exactly this" in page and "Asked before: declined" in page
    assert desk.press(url, **yes()).status_code == 302
    with c.acting("denise"):
        assert Consent.objects.count() == 2
        assert Disposition.objects.get(referral=first).settled_at is not None
        assert AnswerLink.objects.count() == 2
        assert Need.objects.get(file=rosa).closed_on is None
