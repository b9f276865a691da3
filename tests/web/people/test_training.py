"""The pages about training: planned, begun, ended, earned; on Today when its day has come; told in the story."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests import cast
from tests.cast import Cast
from tests.web.desk import Desk
from warmhandoff.labor_market.models import Occupation
from warmhandoff.programs.models import Credential, Training

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
TODAY = cast.MONDAY.date()
WEEK = timedelta(days=7)


def day(name: str, on: date) -> dict[str, str]:
    return {f"{name}_0": str(on.month), f"{name}_1": str(on.day), f"{name}_2": str(on.year)} | {
        f"{name}_month": str(on.month), f"{name}_day": str(on.day), f"{name}_year": str(on.year),
    }  # fmt: skip


@pytest.fixture
def enrolled(c: Cast, rosa):
    cast.program(c)
    with c.acting("denise") as denise:
        return cast.enrolled(c, denise, file=rosa)


def where(enrolled, more: str = "") -> str:
    return f"/people/{enrolled.file.code}/training/{more}"


def plan(c: Cast, enrolled, **more: object) -> str:
    fields = {"provider": c.organizations["sunrow"].code, "course": "Solar Installer", "kind": "occupational"}
    days = day("planned_from", TODAY) | day("planned_to", TODAY + 5 * WEEK)
    return Desk(c, "denise").send(where(enrolled, "new/"), **(fields | days | more))


def test_from_planned_to_a_credential(c, enrolled):
    with c.acting("denise"):
        occupation = Occupation.objects.filter(title__startswith="Solar Photovoltaic").first()
    typed = {"occupation": occupation.title} if occupation else {}
    assert "Planned. It comes up on Today when it is to begin." in plan(c, enrolled, **typed)
    denise = Desk(c, "denise")
    assert "Solar Installer at Sunrow Solar School is planned to begin today. Did it?" in denise.get(
        "/today/"
    )
    with c.acting("denise"):
        training = Training.objects.get()
    page = where(enrolled, f"{training.code}/")
    denise.send(page, **day("on", TODAY))
    denise.at = cast.MONDAY + 5 * WEEK
    assert "under way" in denise.get(where(enrolled))
    denise.send(page, **day("on", TODAY + 5 * WEEK))
    with c.acting("denise"):
        training.refresh_from_db()
        assert (training.state, training.ended_on) == ("completed", TODAY + 5 * WEEK)
        assert training.occupation == occupation
    earned = where(enrolled, f"earned/?training={training.code}")
    says = {"kind": "certificate", "name": "Solar Installer I", "evidence": "seen"}
    assert "Solar Installer I" in denise.send(earned, **says)
    story = denise.get(f"/people/{enrolled.file.code}/")
    for sentence in (
        "You planned a training with Rosa: Solar Installer at Sunrow Solar School.",
        "Rosa began Solar Installer at Sunrow Solar School",
        "Rosa completed Solar Installer at Sunrow Solar School",
        "Rosa earned Solar Installer I, given by Sunrow Solar School",
    ):
        assert sentence in story, sentence


def test_an_occupation_is_found_by_a_part_of_its_name_or_named(c, enrolled):
    refused = Desk(c, "denise")
    fields = {"provider": c.organizations["sunrow"].code, "course": "X", "kind": "occupational"}
    days = day("planned_from", TODAY) | day("planned_to", TODAY + WEEK)
    says = refused.send(where(enrolled, "new/"), 422, **fields, **days, occupation="zzzz")
    assert "No occupation is called that. Try one word of it." in says


def test_who_left_says_why_and_what_is_put_off_comes_up_later(c, enrolled):
    plan(c, enrolled)
    with c.acting("denise"):
        training = Training.objects.get()
    denise = Desk(c, "denise")
    later = day("planned_from", TODAY + WEEK) | day("planned_to", TODAY + 6 * WEEK)
    denise.send(where(enrolled, f"{training.code}/?say=put_off"), **later)
    assert "Did it?" not in denise.get("/today/").split("Coming up")[0].split("Due today")[0]
    denise.send(where(enrolled, f"{training.code}/?say=call_off"), reason="provider")
    assert "never begun: the provider called it off" in denise.get(where(enrolled))
    assert "It is over." in denise.get(where(enrolled, f"{training.code}/"))


def test_a_day_that_cannot_be_is_refused_at_its_field(c, enrolled):
    assert "It ends before it begins." in plan_refused(c, enrolled, day("planned_to", TODAY - WEEK))
    assert "They were not enrolled in the program yet on that day." in plan_refused(
        c, enrolled, day("planned_from", TODAY - WEEK)
    )


def plan_refused(c: Cast, enrolled, days: dict[str, str]) -> str:
    return plan(c, enrolled, status=422, **days)


def test_what_was_earned_is_said_right_and_taken_back(c, enrolled):
    denise = Desk(c, "denise")
    says = {"kind": "certification", "name": "OSHA 10", "issuer": "OSHA", "evidence": "told"} | day(
        "issued_on", TODAY
    )
    denise.send(where(enrolled, "earned/"), **says)
    with c.acting("denise"):
        code = Credential.objects.get().code
    denise.send(where(enrolled, f"earned/{code}/correct/"), name="OSHA 30", reason="mistyped")
    assert "OSHA 30" in denise.get(where(enrolled)) and "OSHA 10" not in denise.get(where(enrolled))
    with c.acting("denise"):
        code = Credential.objects.get(name="OSHA 30").code
    Desk(c, "marcus").send(where(enrolled, f"earned/{code}/correct/"), reason="mistake")
    assert "No credential is written down." in denise.get(where(enrolled))


def test_who_takes_part_in_nothing_and_who_may_not(c, rosa, enrolled):
    with c.acting("denise") as denise:
        nora = cast.take_in(denise, cast.told("Nora"))
    desk = Desk(c, "denise")
    assert "Somebody who takes part in a program can have one." in desk.get(f"/people/{nora.code}/training/")
    desk.get(f"/people/{nora.code}/training/new/", 409)
    Desk(c, "ines").get(where(enrolled), 404)
    Desk(c, "tavo").get(where(enrolled), 403)
