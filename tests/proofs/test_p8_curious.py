"""P8 as a curious employee tries it: a neighbor's name typed into the box, and codes of what is others'.

Denise works at Eastgate; her neighbor is held by Harbor. Whatever she types or presses, what comes back is what comes back for
somebody who doesn't exist: the same page, the same statements, the same refusal, after the same time.
"""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable
from datetime import date
from statistics import median, quantiles

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests import cast
from tests.cast import MONDAY
from tests.house.test_urls import ALL, SAMPLES
from tests.proofs.test_p8_reads import POLICIED, full_scene
from tests.web.people.test_intake import take
from warmhandoff.custody import actions as custody
from warmhandoff.custody import moves
from warmhandoff.foundation import clock
from warmhandoff.foundation.codes import ALPHABET, new_code
from warmhandoff.foundation.duties import Owner
from warmhandoff.participants import actions as participants
from warmhandoff.participants.identity import asking, keys
from warmhandoff.participants.models import Participant
from warmhandoff.web.site.access import Public

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])

BORN = date(1984, 11, 2)
NEIGHBOR = "Ximena", "Quisbertana"
# As long, heard as another name, and known to nobody.
NOBODY = "Yadira", "Zambombazos"
NEVER_WAS = "NXRTVYWQHX"
PHONE = "323-555-0177"
TOLD = {"birth_date_month": "11", "birth_date_day": "2", "birth_date_year": "1984"}
OTHER_DAY = TOLD | {"birth_date_month": "8", "birth_date_day": "19"}


@pytest.fixture(autouse=True)
def demo(settings):
    settings.DEMO = True


def signed_in(c: cast.Cast, name: str) -> Client:
    client = Client()
    client.force_login(c.members[name].user)
    return client


def taken_in(
    c: cast.Cast, first: str, last: str, *, who: str = "ines", phone: str = "", born: date | None = BORN
) -> None:
    with c.acting(who) as member:
        custody.take_in(
            told=cast.told(first, last, birth_date=born),
            reach=[participants.Way("voice", phone)] if phone else [],
            needs=(),
            holder=Owner(member.organization_id, membership_id=member.membership.pk),
            by=member.actor,
            is_adult=True,
        )


def said(answer, *typed: str) -> tuple[int, str]:
    """The status, and the page letter by letter without what was typed, and without keys and codes, which are drawn anew."""
    text = answer.content.decode()
    for each in typed:
        text = text.replace(each, "…")
    text = re.sub(rf"\b[{ALPHABET}]{{10}}\b", "…", text)
    text = re.sub(r'name="(csrfmiddlewaretoken|form_key)" value="[^"]*"', "", text)
    return answer.status_code, re.sub(r'"X-CSRFToken": "[^"]*"|value="\d+"', "", text)


# --- Names --------------------------------------------------------------------------------------------------------


def as_typed(first: str, last: str) -> list[str]:
    return [
        f"{first} {last}", f"{last}, {first}", last, first[:4], f"{last[:-1]} {first}", f"{first} {last} 11/2/1984",
        f"{last} 2/11/1984", f"{last} 1984",
    ]  # fmt: skip


SAME_FOR_ANYBODY = ["11/2/1984", "1984-11-02", "323 555 0177", "0177"]
BOXES = {"page": {}, "as one types": {"HX-Request": "true"}}


def asked(client: Client, typed: str, headers: dict[str, str]) -> tuple[object, list[str]]:
    """What the box answers, and the statements it took, without their values."""
    with clock.at(MONDAY), CaptureQueriesContext(connection) as took:
        answer = client.post("/people/", {"q": typed}, headers=headers)
    return answer, [re.sub(r"'[^']*'|\d+", "?", each["sql"]) for each in took]


@pytest.mark.parametrize("headers", BOXES.values(), ids=BOXES)
def test_the_box_answers_as_for_nobody(headers, the_cast):
    c = the_cast
    taken_in(c, "Andrea", "Zapata", who="denise", born=None)
    client = signed_in(c, "denise")
    anybody = [said(asked(client, typed, headers)[0], typed) for typed in SAME_FOR_ANYBODY]
    taken_in(c, *NEIGHBOR, phone=PHONE)
    for known, unknown in zip(as_typed(*NEIGHBOR), as_typed(*NOBODY), strict=True):
        (theirs, took), (nobodys, took_for_nobody) = (
            asked(client, typed, headers) for typed in (known, unknown)
        )
        assert said(theirs, known) == said(nobodys, unknown), known
        assert theirs.status_code == 200 and "Nobody of yours is like" in theirs.content.decode()
        assert [each[:60] for each in took] == [each[:60] for each in took_for_nobody], known
    assert anybody == [said(asked(client, typed, headers)[0], typed) for typed in SAME_FOR_ANYBODY]


def test_one_s_own_are_found_by_the_same_words(the_cast):
    """Else the test before this one proves nothing."""
    c = the_cast
    taken_in(c, *NEIGHBOR, who="denise", phone=PHONE)
    client = signed_in(c, "denise")
    for typed in (*as_typed(*NEIGHBOR), *SAME_FOR_ANYBODY):
        answer, _ = asked(client, typed, {})
        assert f"{NEIGHBOR[0]} {NEIGHBOR[1]}</a>" in answer.content.decode(), typed


@pytest.mark.parametrize("look", ["", "no"])
def test_taking_them_in_says_nothing_of_who_knows_them(look, the_cast):
    """Neither the intake nor the page after it; and the list of files that may be one person's stays empty."""
    c = the_cast
    taken_in(c, *NEIGHBOR, phone=PHONE)
    client = signed_in(c, "denise")
    pages = []
    # As old as the neighbor, but neither born that day nor with that phone: else they would be one of Eastgate's own by now.
    for (first, last), day, phone in ((NEIGHBOR, TOLD, PHONE), (NOBODY, OTHER_DAY, "323-555-0199")):
        answer = take(client, first_name=first, last_name=last, phone=phone, look=look, **day)
        assert answer.status_code == 302
        with clock.at(MONDAY):
            page = client.get(answer.headers["Location"])
        pages.append(said(page, f"{first} {last[0]}.", first, last, phone[-4:]))
    assert pages[0][1].splitlines() == pages[1][1].splitlines()
    with clock.at(MONDAY):
        assert "Harbor" not in client.get("/people/").content.decode()
        for lead in ("marcus", "paul"):
            assert "No two of your files" in signed_in(c, lead).get("/people/duplicates/").content.decode()


# --- Codes --------------------------------------------------------------------------------------------------------


def codes_of(organization: int) -> dict[str, str]:
    """One code of each kind of thing that is that organization's alone: (where it stands, code)."""
    found = {}
    for model in apps.get_models():
        names = {field.name: field for field in model._meta.concrete_fields}
        if model._meta.db_table not in POLICIED or "code" not in names:
            continue
        if not names.keys() & {"organization", "organization_id"}:
            continue
        if names["code"].default is not new_code:
            continue
        row = model.objects.using("owner").filter(organization_id=organization).order_by("pk").first()
        if row is not None:
            found[model._meta.label] = row.code
    return found


A_CODE = re.compile(rf"{SAMPLES['slug']}|<str:\w+>")
ADDRESSES = sorted(
    {address for address, _, rule in ALL if A_CODE.search(address) and rule and not isinstance(rule, Public)}
)


def test_a_code_that_is_others_is_refused_as_one_that_never_was():
    """At every address that takes a code, read and pressed, with each kind of code that Eastgate has."""
    here = full_scene()
    with here.cast.acting("denise") as denise:
        known = cast.take_in(denise, cast.told("Ana", birth_date=BORN))
        valley = here.cast.organizations["valley"]
        agreed = participants.Asked(
            recipients=[valley.pk], parts=[], data_classes=["contact", "needs"], purpose="handover"
        )
        consent = participants.record_consent(file=known, asked=agreed, by=denise.actor)
        moves.offer(
            file=known, to=valley, consent=consent, by=denise.actor, membership=denise.membership, note=""
        )
    codes = codes_of(here.eastgate)
    assert {"participants.Participant", "participants.Consent", "foundation.Duty"} <= codes.keys(), codes
    assert len(ADDRESSES) > 60
    client = signed_in(here.cast, "paul")
    for address in ADDRESSES:
        for press in (client.get, client.post):
            never = refused(press, address, NEVER_WAS)
            if never[0] in (403, 405):
                continue  # refused whatever code it is
            for kind, code in codes.items():
                assert refused(press, address, code) == never, (address, kind, press.__name__)


def refused(press: Callable, address: str, code: str) -> tuple[int, str, str]:
    with clock.at(MONDAY):
        answer = press(A_CODE.sub(code, address))
    assert answer.status_code in (302, 403, 404, 405), (address, answer.status_code)
    return *said(answer, code), answer.headers.get("Location", "").replace(code, "…")


def test_whose_code_it_is_does_open_it():
    """Else the test before this one proves nothing."""
    here = full_scene()
    codes = codes_of(here.eastgate)
    with clock.at(MONDAY):
        client = signed_in(here.cast, "denise")
        assert client.get(f"/people/{codes['participants.Participant']}/").status_code == 200
        assert client.get(f"/people/{NEVER_WAS}/").status_code == 404


# --- Time ---------------------------------------------------------------------------------------------------------

PEOPLE, ROUNDS = 16, 6
# Which of two takes longer is a toss: of 96, fewer than 24 or more than 72 come up heads once in a million times.
FAIR = 0.25


def names(dice: random.Random, number: int) -> list[tuple[str, str]]:
    """Made-up names of one shape, no two alike: each asks for as many keys as the next."""
    found: dict[str, tuple[str, str]] = {}
    while len(found) < number:
        first, last = (
            "".join(dice.choice("bdglmnprt") + dice.choice("aeiou") for _ in range(parts)).title()
            for parts in (3, 4)
        )
        if len(keys.keys_asked(asking.asked(f"{first} {last}").as_known())) == USUAL_KEYS:
            found.setdefault(last[:3], (first, last))
    return list(found.values())


USUAL_KEYS = len(keys.keys_asked(asking.asked("Bamola Tirudeno").as_known()))


def times(pairs: list[tuple[str, str]], press: Callable[[str], object]) -> tuple[list[float], list[float]]:
    """How long each of a pair takes: side by side, in an order that is drawn anew each time.

    The least of three: whatever else the machine does at that moment only makes it longer.
    """
    dice, taken = random.Random(7), ([], [])
    with clock.at(MONDAY):
        for pair in [*pairs[:4], *(pair for _ in range(ROUNDS) for pair in pairs)]:
            took: tuple[list[float], list[float]] = ([], [])
            for which in (each for _ in range(3) for each in dice.sample((0, 1), 2)):
                began = time.perf_counter()
                press(pair[which])
                took[which].append(time.perf_counter() - began)
            for one, several in zip(taken, took, strict=True):
                one.append(min(several))
    return taken[0][4:], taken[1][4:]


def longer(one: list[float], other: list[float]) -> float:
    """In which part of the pairs the first took longer."""
    return sum(a > b for a, b in zip(one, other, strict=True)) / len(one)


def assert_alike(one: list[float], other: list[float]) -> None:
    assert FAIR < longer(one, other) < 1 - FAIR, f"{longer(one, other):.2f} of the first take longer"
    quarter, _, three_quarters = quantiles(other, n=4)
    assert abs(median(one) - median(other)) <= three_quarters - quarter


@pytest.fixture
def three_kinds(the_cast):
    """(client, names held elsewhere, names of nobody, names of one's own), drawn from the same pot."""
    c = the_cast
    drawn = names(random.Random(31), 3 * PEOPLE)
    elsewhere, nobodys, own = drawn[:PEOPLE], drawn[PEOPLE : 2 * PEOPLE], drawn[2 * PEOPLE :]
    for whose, who in ((elsewhere, "ines"), (own, "denise")):
        for first, last in whose:
            taken_in(c, first, last, who=who)
    return signed_in(c, "denise"), *([f"{a} {b}" for a, b in each] for each in (elsewhere, nobodys, own))


def test_a_name_known_elsewhere_takes_no_longer_than_one_of_nobody(three_kinds):
    client, elsewhere, nobodys, own = three_kinds

    def press(typed: str) -> None:
        assert client.post("/people/", {"q": typed}, headers={"HX-Request": "true"}).status_code == 200

    assert_alike(*times(list(zip(elsewhere, nobodys, strict=True)), press))
    # One's own do take longer, and that is seen: the toss would come out for anything that isn't noise.
    assert longer(*times(list(zip(own, nobodys, strict=True)), press)) > 1 - FAIR


def test_a_code_of_others_takes_no_longer_than_one_that_never_was(three_kinds):
    client, *_ = three_kinds
    every = Participant.objects.using("owner")
    theirs = [one.code for one in every.filter(organization__name="Harbor Reentry")]
    own = [one.code for one in every.filter(organization__name="Eastgate Community Partners")]
    never = [new_code() for _ in range(PEOPLE)]

    def press(code: str) -> None:
        client.get(f"/people/{code}/")

    assert_alike(*times(list(zip(theirs, never, strict=True)), press))
    assert longer(*times(list(zip(own, never, strict=True)), press)) > 1 - FAIR
