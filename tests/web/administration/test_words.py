"""The network's own words: added, reworded, dated, ordered, and there for the next request of every process."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.cast import MONDAY
from tests.web.referrals.signed import Desk
from warmhandoff.foundation import terms, vocabularies
from warmhandoff.foundation.models import Term, TermChange

pytestmark = pytest.mark.django_db
STAGES = "/administration/words/stage/"
NEW = {"en": "Tools chosen", "es": "Herramientas elegidas", "told_en": "You chose your tools.", "told_es": "Elegiste tus herramientas.", "parent": "contacted"}  # fmt: skip


@pytest.fixture(autouse=True)
def demo(settings):
    settings.DEMO = True


@pytest.fixture
def c(the_cast):
    return the_cast


@pytest.fixture
def adam(c):
    return Desk(c, "adam")


def day(name, on):
    return {f"{name}_month": str(on.month), f"{name}_day": str(on.day), f"{name}_year": str(on.year)}


def labels(c, at=MONDAY):
    with c.acting("adam", at):
        return [term.en for term in terms.in_force("stage") if term.parent == "contacted"]


def test_every_list_is_there_with_its_choices(adam):
    page = adam.page("/administration/words/")
    for title in (
        "Stages between the yes and the end",
        "Why not",
        "Why it ended early",
        "Why somebody is released",
    ):
        assert title in page
    assert "Stages and reasons" in adam.page("/administration/")


def test_a_stage_is_added_in_two_languages_and_told_to_the_person(c, adam):
    assert adam.press(STAGES + "add/", **NEW).status_code == 302
    page = adam.page(STAGES)
    assert "Tools chosen" in page and "Herramientas elegidas" in page and "You chose your tools." in page
    assert "Adam Reyes added “Tools chosen”." in page
    assert labels(c)[-1] == "Tools chosen"
    assert Term.objects.get(vocabulary="stage_told", code="tools_chosen").es == "Elegiste tus herramientas."


def test_both_languages_are_asked_and_nothing_stands_twice(c, adam):
    assert adam.press(STAGES + "add/", **NEW | {"es": ""}).status_code == 422
    assert adam.press(STAGES + "add/", **NEW | {"parent": "nowhere"}).status_code == 422
    assert adam.press(STAGES + "add/", **NEW | {"en": "papers COMPLETE"}).status_code == 422
    assert adam.press(STAGES + "add/", **NEW | {"parent": ""}).status_code == 422
    assert not TermChange.objects.exists()


def test_it_is_reworded_and_what_was_said_with_it_reads_anew(c, adam):
    words = NEW | {"en": "Has all papers", "es": "Tiene todos los papeles"}
    assert adam.press(STAGES + "papers_complete/", **words).status_code == 302
    with c.acting("denise"):
        assert terms.word("stage", "papers_complete") == "Has all papers"
        assert terms.word("stage", "papers_complete", "es") == "Tiene todos los papeles"
    assert "reworded “Papers complete” to “Has all papers”" in adam.page(STAGES)


def test_it_begins_and_ends_on_a_day(c, adam):
    first, last = date(2026, 12, 1), date(2026, 12, 15)
    assert (
        adam.press(STAGES + "add/", **NEW, **day("valid_from", first), **day("valid_to", last)).status_code
        == 302
    )
    for on, there in (
        (MONDAY, False),
        (MONDAY + timedelta(days=8), True),
        (MONDAY + timedelta(days=23), False),
    ):
        assert ("Tools chosen" in labels(c, on)) is there, on
    with c.acting("denise", MONDAY + timedelta(days=60)):
        assert terms.word("stage", "tools_chosen") == "Tools chosen", "what was chosen keeps its words"


def test_a_network_may_do_without_stages(c, adam):
    for term in [*terms.in_force("stage")]:
        told = terms.known()["stage_told", term.code]
        words = {"en": term.en, "es": term.es, "told_en": told.en, "told_es": told.es, "parent": term.parent}
        answer = adam.press(f"{STAGES}{term.code}/", **words, **day("valid_to", date(2026, 12, 15)))
        assert answer.status_code == 302, answer.content.decode()
    with c.acting("vera", MONDAY + timedelta(days=60)):
        assert terms.in_force("stage") == []


def test_the_last_of_a_list_and_what_the_machine_writes_go_on(c, adam):
    ends = day("valid_to", date(2026, 12, 15))
    *others, last = [*terms.in_force("hold_reason")]
    for term in others:
        where = f"/administration/words/hold_reason/{term.code}/"
        assert adam.press(where, en=term.en, es=term.es, **ends).status_code == 302
    answer = adam.press(f"/administration/words/hold_reason/{last.code}/", en=last.en, es=last.es, **ends)
    assert answer.status_code == 422 and "must go on without an end" in answer.content.decode()
    machine = {"en": "The person changed their mind", "es": "La persona cambió de idea"}
    answer = adam.press("/administration/words/withdraw_reason/person_changed/", **machine, **ends)
    assert answer.status_code == 422 and "system itself writes" in answer.content.decode()
    past = day("valid_to", date(2026, 11, 1))
    assert adam.press(STAGES + "halfway/", **NEW | {"parent": "engaged"}, **past).status_code == 422


def test_it_is_moved_up_and_down(c, adam):
    before = labels(c)
    assert adam.post(STAGES + "papers_complete/up/", {"form_key": adam.key(STAGES)}).status_code == 302
    assert labels(c) == [before[1], before[0], *before[2:]]
    assert adam.post(STAGES + "papers_complete/down/", {"form_key": adam.key(STAGES)}).status_code == 302
    assert labels(c) == before


def test_a_reason_of_two_levels(c, adam):
    reasons = "/administration/words/decline_reason/"
    assert "No room now" in adam.page(reasons)
    assert (
        adam.press(reasons + "add/", en="No tools", es="Sin herramientas", parent="full").status_code == 302
    )
    with c.acting("vera"):
        assert terms.is_in_force("decline_reason", "no_tools", parent="full")
    answer = adam.press(reasons + "full/", en="No room now", es="No hay lugar", parent="other")
    assert answer.status_code == 422, "a heading with reasons under it stays one"


def test_nobody_else_shapes_them(c):
    for name in ("denise", "marcus", "luz", "grace", "tavo"):
        for address in ("", "stage/", "stage/add/", "stage/started/"):
            assert Desk(c, name).get(f"/administration/words/{address}").status_code == 403, (name, address)
    assert Desk(c, "adam").get("/administration/words/service_code/").status_code == 404
    assert Desk(c, "adam").get(STAGES + "nowhere/").status_code == 404


# --- Across processes ---------------------------------------------------------------------------------------------


def test_another_process_reads_it_with_its_next_request(c, monkeypatch):
    """What a process keeps is of a version; the next context says that there is another."""
    with c.acting("vera"):
        assert terms.word("stage", "started") == "Started"
    elsewhere = terms._kept
    with c.acting("adam") as adam:
        term = vocabularies.term_or_404("stage", "started")
        vocabularies.change(term=term, en="Began", es="Empezó", by=adam.actor)
    # The other process still keeps what it read before.
    monkeypatch.setattr(terms, "_kept", elsewhere)
    with c.acting("vera"):
        assert terms.word("stage", "started") == "Began"


def test_it_costs_no_statement_of_its_own(c, django_assert_num_queries):
    with c.acting("vera"):
        terms.known()
    with c.acting("vera"), django_assert_num_queries(0):
        assert terms.choices("stage")


def test_what_was_rolled_back_is_read_by_nobody(c):
    from django.db import transaction

    with c.acting("adam") as adam:
        term = vocabularies.term_or_404("stage", "started")
        with transaction.atomic():
            vocabularies.change(term=term, en="Never", es="Nunca", by=adam.actor)
            assert terms.word("stage", "started") == "Never"
            transaction.set_rollback(True)
    with c.acting("vera"):
        assert terms.word("stage", "started") == "Started"


def test_who_and_when_is_kept(c):
    with c.acting("adam") as adam:
        term = vocabularies.term_or_404("end_reason", "moved_away")
        vocabularies.change(term=term, en="They moved", es="Se mudó", by=adam.actor)
        vocabularies.change(term=term, en="They moved", es="Se mudó", by=adam.actor)
        found = TermChange.objects.get()
        assert (found.field, found.before, found.after) == ("en", "They moved away", "They moved")
        assert found.by == adam.actor and found.at == MONDAY
