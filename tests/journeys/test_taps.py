"""From somebody at the door to a sent referral, by hand alone: every tap and every key is read from the browser's own record.

The letters of a name and the digits of a number are counted apart: they are the person's, and no page can save them.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils import translation

from tests.journeys.world import NARROW, WIDE, Person, World
from warmhandoff.participants.models import Consent, Contact
from warmhandoff.web.people.questions import QUESTIONS

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, databases=["default", "owner"])]

TRACES = settings.VAR_DIR / "traces"
NAMES = {"en": ("Ruth", "Castle"), "es": ("Rosa", "Mendoza")}
PHONE = "213-555-0123"
MOST_FOR_FIVE_QUESTIONS = 12
MOST_TO_SENT = 16
# What a record calls a press of the pointer, a press of one key, and typing.
TAPS, KEY, TYPING = {"click", "tap", "check"}, "keyboardPress", "keyboardType"


@dataclass(frozen=True)
class Effort:
    """What somebody did, and how long it took a hand that never hesitates."""

    taps: int
    keys: int
    letters: int
    seconds: float


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "plain"])
@pytest.mark.parametrize(("page", "person"), [("en", "en"), ("en", "es"), ("es", "es")])
def test_from_the_door_to_a_sent_referral(world: World, page: str, person: str, scripts: bool):
    denise = world.member("denise", scripts=scripts)
    denise.page.set_viewport_size({"width": NARROW if person == "es" else WIDE, "height": 900})
    speaks(denise, page)
    denise.goes_to("/people/new/")
    name = f"{page}-{person}-{'scripts' if scripts else 'plain'}"

    taken_in = recorded(denise, name, partial(takes_in, denise, page, person))
    sent = recorded(denise, f"{name}-refers", partial(refers, denise, page))
    print(json.dumps({"page": page, "person": person, "scripts": scripts} | figures(taken_in, sent)))

    assert 0 < taken_in.taps + taken_in.keys <= MOST_FOR_FIVE_QUESTIONS, taken_in
    assert taken_in.letters == len("".join(NAMES[person]) + PHONE)
    assert taken_in.taps + taken_in.keys + sent.taps + sent.keys <= MOST_TO_SENT, sent
    assert sent.letters == 0, "whom they ask and what is told needs no typing"
    assert world.events() == ["sent"]
    assert Contact.objects.using("owner").get().language == person
    assert Consent.objects.using("owner").get().language == person


def figures(taken_in: Effort, sent: Effort) -> dict[str, Any]:
    return {
        "five_questions": taken_in.taps + taken_in.keys,
        "letters": taken_in.letters,
        "to_sent": sum((taken_in.taps, taken_in.keys, sent.taps, sent.keys)),
        "seconds": round(taken_in.seconds + sent.seconds, 1),
    }


# --- By hand ------------------------------------------------------------------------------------------------------


def takes_in(denise: Person, page: str, person: str) -> None:
    """The five questions, each read out in the person's language before it is answered."""
    say = partial(in_language, page)
    first, last = NAMES[person]
    reads_out(denise, page, person, "adult")
    denise.chooses(say("Yes, 18 or older"))
    reads_out(denise, page, person, "name")
    denise.page.locator("[name=first_name]").click()
    denise.page.keyboard.type(first)
    denise.page.keyboard.press("Tab")
    denise.page.keyboard.type(last)
    reads_out(denise, page, person, "language")
    if person != "en":
        denise.chooses(say("Spanish"))
    reads_out(denise, page, person, "reach")
    denise.chooses(say("Text message"))
    denise.page.locator("[name=phone]").click()
    denise.page.keyboard.type(PHONE)
    reads_out(denise, page, person, "needs")
    denise.chooses("Job training")  # in both languages beside the box
    denise.presses(say("Take them in"))
    denise.sees(
        say("%(name)s is with you now. What you didn’t ask stands as “not asked yet”.") % {"name": first}
    )


def reads_out(denise: Person, page: str, person: str, question: str) -> None:
    """It stands beside the answer in the other language of the two; in the page's own it is the label itself."""
    asked = QUESTIONS[question]
    words = asked.es if page == "en" else asked.en
    beside = denise.page.locator(f".spoken-aside[lang={'es' if page == 'en' else 'en'}]", has_text=words)
    assert beside.first.is_visible(), (page, person, words)


def refers(denise: Person, page: str) -> None:
    """One of those who fit, told after a yes that was asked for in the person's own words."""
    say, chosen = partial(in_language, page), {"organization": "Sunrow Solar School"}
    denise.follows(say("Find a place"))
    denise.chooses(chosen["organization"])
    denise.presses(say("See what they will be told"))
    denise.chooses(say("They said yes to exactly this"))
    denise.presses(say("Send to %(organization)s") % chosen)
    denise.sees(say("Sent to %(organization)s.") % chosen)


def speaks(denise: Person, language: str) -> None:
    denise.context.add_cookies([{"name": "django_language", "value": language, "url": denise.world.url}])


def in_language(language: str, words: str) -> str:
    with translation.override(language):
        return translation.gettext(words)


# --- The browser's own record -------------------------------------------------------------------------------------


def recorded(somebody: Person, name: str, do: Any) -> Effort:
    """Do it while the browser writes down what is done; the record stays under var/traces."""
    TRACES.mkdir(parents=True, exist_ok=True)
    path = TRACES / f"{name}.zip"
    somebody.context.tracing.start()
    try:
        do()
    finally:
        somebody.context.tracing.stop(path=path)
    return effort(list(lines_of(path)))


def lines_of(path: Path) -> Iterable[dict[str, Any]]:
    with zipfile.ZipFile(path) as record:
        for name in record.namelist():
            if name.endswith(".trace"):
                yield from map(json.loads, record.read(name).decode().splitlines())


def effort(lines: list[dict[str, Any]]) -> Effort:
    done = [line for line in lines if line["type"] == "before"]
    ended = [line["endTime"] for line in lines if line["type"] == "after"]
    hands = [line for line in done if line["method"] in {*TAPS, KEY, TYPING}]
    assert not [line for line in done if line["method"] in {"fill", "selectOption", "setInputFiles"}], (
        "by hand"
    )
    return Effort(
        taps=sum(line["method"] in TAPS for line in hands),
        keys=sum(line["method"] == KEY for line in hands),
        letters=sum(len(line["params"]["text"]) for line in hands if line["method"] == TYPING),
        seconds=(max(ended) - hands[0]["startTime"]) / 1000,
    )
