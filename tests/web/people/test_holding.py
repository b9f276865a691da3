"""Giving to a colleague, and releasing."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup

from tests import cast
from tests.web.people.desk import form_of, get, person, post, send, signed_in, text
from warmhandoff.custody.reading import custody_of
from warmhandoff.foundation import promises
from warmhandoff.participants.models import Person

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


def holder(c, file):
    with c.acting("denise"):
        return custody_of(file.person_id)


def test_to_a_colleague_with_all_that_is_open(c, rosa):
    page = get(signed_in(c, "marcus"), person(rosa, "assign"))
    assert page.select_one("input[checked][name=to]")["value"] == c.members["denise"].code
    assert "Gustavo" not in text(page, "form")  # a peer mentor holds nobody
    answer = send(signed_in(c, "marcus"), person(rosa, "assign"), to=c.members["marcus"].code)
    assert answer.headers["Location"] == person(rosa)
    assert holder(c, rosa).membership_id == c.members["marcus"].pk
    assert "Denise" not in text(get(signed_in(c, "marcus"), "/today/")) and "Rosa M." in text(
        get(signed_in(c, "marcus"), "/today/")
    )
    assert "Marcus Webb gave Rosa to Marcus Webb" in text(get(signed_in(c, "denise"), person(rosa)))


def test_to_the_queue(c, rosa):
    send(signed_in(c, "marcus"), person(rosa, "assign"), to=c.queues["eastgate"].code)
    assert holder(c, rosa).queue_id == c.queues["eastgate"].pk
    assert "The queue, since today Marcus Webb answers for it" in text(
        get(signed_in(c, "denise"), person(rosa)), "aside"
    )
    assert not [found for found in promises.run() if found.broken]


@pytest.mark.parametrize("to", ["", "nobody", "PEER", "OTHER"])
def test_to_nobody_else(c, rosa, to):
    chosen = {"PEER": c.members["tavo"].code, "OTHER": c.members["ines"].code}.get(to, to)
    assert send(signed_in(c, "marcus"), person(rosa, "assign"), to=chosen).status_code == 422
    assert holder(c, rosa).membership_id == c.members["denise"].pk


def test_only_who_may_assign(c, rosa):
    values = form_of(get(signed_in(c, "marcus"), person(rosa, "assign"))) | {"to": c.members["marcus"].code}
    for name, status in (("denise", 403), ("tavo", 403), ("grace", 403), ("paul", 404)):
        assert post(signed_in(c, name), person(rosa, "assign"), values).status_code == status
    assert "Give to a colleague" not in text(get(signed_in(c, "denise"), person(rosa)))


def test_release_with_the_reason(c, rosa):
    answer = send(signed_in(c, "denise"), person(rosa, "release"), reason="needs_met")
    assert answer.headers["Location"] == person(rosa)
    assert holder(c, rosa) is None
    assert Person.objects.using("owner").get(pk=rosa.person_id).close_reason == "needs_met"
    assert "You released Rosa: what they came for is done." in text(get(signed_in(c, "denise"), person(rosa)))


def test_release_is_refused_while_something_is_open_and_names_it(c, rosa):
    client = signed_in(c, "denise")
    values = form_of(get(client, person(rosa, "release"))) | {"reason": "needs_met"}
    with c.acting("denise") as denise:
        referral = cast.refer(rosa, c.services["solar"], denise)
    page = get(client, person(rosa, "release"))
    assert "Not yet: something is still open for Rosa." in text(page)
    assert "Sunrow Solar School has until Wednesday to answer" in text(page)
    assert page.select_one(f"a.usa-button[href='/referrals/{referral.code}/']")
    assert not page.select("main form")
    refused = post(client, person(rosa, "release"), values)
    assert refused.status_code == 422
    assert "Not yet" in text(BeautifulSoup(refused.content, "lxml"))
    assert holder(c, rosa) is not None


def test_release_twice_and_without_a_reason(c, rosa):
    client = signed_in(c, "denise")
    values = form_of(get(client, person(rosa, "release")))
    for reason in ("", "because"):
        assert post(client, person(rosa, "release"), values | {"reason": reason}).status_code == 422
    first = post(client, person(rosa, "release"), values | {"reason": "needs_met"})
    second = post(client, person(rosa, "release"), values | {"reason": "needs_met"})
    assert first.status_code == second.status_code == 302
    assert not [found for found in promises.run() if found.broken]


def test_only_who_may_release(c, rosa):
    values = form_of(get(signed_in(c, "denise"), person(rosa, "release"))) | {"reason": "needs_met"}
    for name, status in (("tavo", 403), ("grace", 403), ("ines", 404)):
        assert post(signed_in(c, name), person(rosa, "release"), values).status_code == status
    assert holder(c, rosa) is not None
