"""The next step: set, changed, finished; never none."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup

from tests import cast
from tests.web.people.desk import date_of, days, form_of, get, person, post, send, signed_in, text
from warmhandoff.custody import actions as custody
from warmhandoff.custody.reading import custody_of, duties_about

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


def kinds(c, file) -> list[str]:
    with c.acting("denise"):
        return [duty.kind for duty in duties_about(file.person_id)]


def step_of(c, file):
    with c.acting("denise"):
        return custody_of(file.person_id).next_step


def test_a_step_is_added(c, rosa):
    send(
        signed_in(c, "denise"),
        person(rosa, "step"),
        kind="call",
        note="About orientation.",
        **date_of(days(1)),
    )
    assert kinds(c, rosa) == ["call", "find_place"]
    page = get(signed_in(c, "denise"), person(rosa))
    assert "Next: Call them." in text(page, "#nx") and "About orientation." in text(page, ".next")
    assert "1 more is open" in text(page, ".next")


def test_a_step_is_changed(c, rosa):
    address = f"{person(rosa, 'step')}?step={step_of(c, rosa).code}"
    assert "Instead of: find a place" in text(get(signed_in(c, "denise"), address))
    send(signed_in(c, "denise"), address, kind="meet")
    assert kinds(c, rosa) == ["meet"]


def test_setting_a_step_decides_what_is_next(c):
    with c.acting("denise") as denise:
        file = cast.take_in(denise, needs=())
    assert kinds(c, file) == ["plan"]
    send(signed_in(c, "denise"), person(file, "step"), kind="call")
    assert kinds(c, file) == ["call"]


def test_done_leaves_something_to_decide(c, rosa):
    with c.acting("denise") as denise:
        custody.add_step(
            person_id=rosa.person_id,
            kind="documents",
            due_at=days(1),
            by=denise.actor,
            instead_of=custody_of(rosa.person_id).next_step,
        )
    client = signed_in(c, "denise")
    page = get(client, person(rosa))
    action = page.select_one("form[action$='/done/']")["action"]
    values = form_of(page, "/done/")
    assert post(client, action, values).headers["Location"] == person(rosa)
    assert kinds(c, rosa) == ["plan"]
    assert "Done: get papers in order." in text(get(client, person(rosa)))
    assert post(client, action, values).status_code == 302  # the second press
    assert kinds(c, rosa) == ["plan"]


def test_what_a_referral_asks_for_is_not_ticked_off_or_replaced_here(c, rosa):
    with c.acting("denise") as denise:
        cast.refer(rosa, c.services["solar"], denise)
    client = signed_in(c, "denise")
    waits = step_of(c, rosa)
    page = get(client, person(rosa))
    assert not page.select("form[action$='/done/']")
    address = f"/people/{rosa.code}/step/{waits.code}/done/"
    form_key = form_of(get(client, person(rosa, "record")))["form_key"]
    assert post(client, address, {"form_key": form_key}).status_code in (409, 422)
    send(client, f"{person(rosa, 'step')}?step={waits.code}", kind="call")
    assert kinds(c, rosa) == ["await_answer", "call"] or kinds(c, rosa) == ["call", "await_answer"]


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"kind": None}, "Choose one."),
        ({"kind": "settle"}, "Select a valid choice"),
        (date_of(days(-1)), "This day has passed."),
        (date_of(days(31)), "at most 30 days ahead"),
        ({"due_month": "2", "due_day": "29", "due_year": "2027"}, "is not a day on the calendar"),
        ({"due_day": ""}, "The date needs its day too."),
        ({"note": "n" * 2001}, "at most 2000"),
    ],
)
def test_bad_input_changes_nothing(c, rosa, changed, says):
    answer = send(signed_in(c, "denise"), person(rosa, "step"), **({"kind": "call"} | changed))
    assert answer.status_code == 422
    assert says in text(BeautifulSoup(answer.content, "lxml"), ".summary")
    assert kinds(c, rosa) == ["find_place"]


def test_twice_makes_one(c, rosa):
    client = signed_in(c, "denise")
    values = form_of(get(client, person(rosa, "step"))) | {"kind": "call"}
    post(client, person(rosa, "step"), values)
    post(client, person(rosa, "step"), values)
    assert sorted(kinds(c, rosa)) == ["call", "find_place"]


def test_who_may_not(c, rosa):
    values = form_of(get(signed_in(c, "denise"), person(rosa, "step"))) | {"kind": "call"}
    for name, status in (("ines", 404), ("tavo", 403), ("grace", 403)):
        assert post(signed_in(c, name), person(rosa, "step"), values).status_code == status
        done = f"/people/{rosa.code}/step/{step_of(c, rosa).code}/done/"
        assert post(signed_in(c, name), done, values).status_code == status
    assert kinds(c, rosa) == ["find_place"]


def test_nobody_sets_steps_for_whom_they_do_not_hold(c, rosa):
    values = form_of(get(signed_in(c, "denise"), person(rosa, "step"))) | {"kind": "call"}
    with c.acting("denise") as denise:
        custody.release(person_id=rosa.person_id, reason="needs_met", by=denise.actor)
    answer = post(signed_in(c, "denise"), person(rosa, "step"), values)
    assert answer.status_code == 409
    assert "Your organization doesn't hold this person now." in answer.content.decode().replace("&#x27;", "'")
