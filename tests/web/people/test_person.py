"""The page of one person: what is next, who holds them, what happened; by who looks."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests import cast
from tests.cast import MONDAY
from tests.web.people.desk import by_link, days, get, let_pass, person, post, signed_in, text
from warmhandoff.cli.benchmark import statements
from warmhandoff.custody import actions as custody
from warmhandoff.foundation.models import AccessLog
from warmhandoff.network import absence
from warmhandoff.network.reading import today
from warmhandoff.participants import actions as participants
from warmhandoff.participants.models import FileEvent, Need, Participant
from warmhandoff.referrals import actions as referrals
from warmhandoff.referrals.models import Referral

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])

PARTS = ("person", "referrals", "needs", "who_can_see")
ACTS = ("record", "step", "contact", "add_way", "assign", "release")


def story(page) -> list[str]:
    return [" ".join(one.get_text(" ").split()) for one in page.select(".story > li > div")]


def test_who_they_are_what_is_next_and_the_card(c, rosa):
    page = get(signed_in(c, "denise"), person(rosa))
    assert text(page, "h1") == "Rosa M."
    assert text(page, ".lead") == "Prefers Spanish. Text, not voice."
    assert text(page, "#nx") == "Next: Wants job training. Nobody has been asked yet."
    assert "Yours to do, due Wednesday, November 25." in text(page, ".next")
    card = text(page, "aside .facts")
    assert "Held by You, since today" in card
    assert "Text 555-0123" in card and "Job training" in card and "We share with Nobody" in card
    assert story(page) == [
        "Monday, November 23 You wrote down a need: job training.",
        "You took Rosa in. Next: find a place for what they asked for, due Wednesday, November 25.",
    ]


def test_several_needs_of_one_moment_are_one_entry(c):
    with c.acting("denise") as denise:
        file = cast.take_in(denise, needs=("ID", "HSG", "FOD"))
    told = story(get(signed_in(c, "denise"), person(file)))
    assert told[0].endswith(
        "You wrote down what is needed: ID and documents, housing and food and basic needs."
    )
    assert len(told) == 2


def test_a_late_step_is_amber_and_says_who_knows(c, rosa):
    with c.acting("denise") as denise:
        cast.refer(rosa, c.services["carpentry"], denise)
    let_pass(days(9))
    page = get(signed_in(c, "denise"), person(rosa), days(9))
    assert page.select_one(".next--late .chip--late")
    assert "Valley Trades has not answered your referral for 5 business days." in text(page, "#nx")
    assert "Their lead and the navigator, Luz Ortega, know." in text(page, ".next")
    told = story(page)
    assert told[0].endswith("Still no answer from Valley Trades. You and the navigators were told.")
    assert (
        "We share with 1 organization Valley Trades Nothing until they say yes Agreed until May 22, 2027"
        in text(page, "aside")
    )


def test_the_story_is_told_from_the_viewers_side(c, rosa):
    with c.acting("denise") as denise:
        participants.log_contact(
            file=rosa, how="voice", by=denise.actor, note="Wants mornings.", reached=False
        )
        referral = cast.refer(rosa, c.services["carpentry"], denise)
    with c.acting("vera") as vera:
        referrals.accept(
            referral=Referral.objects.get(pk=referral.pk), reply=referrals.Reply("Vera"), by=vera.actor
        )
        theirs = Participant.objects.get(person_id=rosa.person_id, organization_id=vera.organization_id)
    mine = " | ".join(story(get(signed_in(c, "denise"), person(rosa))))
    assert "You tried to reach Rosa. Phone call. Correct Wants mornings." in mine
    assert "Valley Trades said yes: Carpentry basics. Vera will reach Rosa by November 30." in mine
    assert "has the referral and will answer" not in mine
    page = get(signed_in(c, "vera"), person(theirs))
    told = " | ".join(story(page))
    assert "Eastgate Community Partners referred Rosa to Valley Trades, Carpentry basics." in told
    assert "Wants mornings" not in told and "tried to reach" not in told and "took Rosa in" not in told
    assert "Held by Eastgate Community Partners" in text(page, "aside")
    assert "First contact, after you accepted them today." in text(page, "#nx")
    assert not page.select("a[href$='/release/'], a[href$='/step/'], a[href$='/assign/']")


def test_who_serves_sees_the_case_manager_where_that_was_shared(c, rosa):
    with c.acting("denise") as denise:
        need = Need.objects.get(file=rosa)
        parts = ("name", "reach", "need", "sender")
        agreed = cast.consent(rosa, c.services["carpentry"], denise, parts)
        from warmhandoff.directory.models import Service

        service = Service.objects.select_related("organization").get(pk=c.services["carpentry"].pk)
        referral = referrals.send(
            file=rosa,
            service=service,
            need=need,
            consent=agreed,
            by=denise.actor,
            membership=denise.membership,
        )
    with c.acting("vera") as vera:
        referrals.accept(
            referral=Referral.objects.get(pk=referral.pk), reply=referrals.Reply("Vera"), by=vera.actor
        )
        theirs = Participant.objects.get(person_id=rosa.person_id, organization_id=vera.organization_id)
    assert "Denise Carter, 555-0142" in text(get(signed_in(c, "vera"), person(theirs)), "aside")


def test_after_a_transfer_the_giver_sees_who_holds_them(c, rosa):
    with c.acting("denise") as denise:
        referral = cast.refer(rosa, c.services["carpentry"], denise, mode="transfer")
    with c.acting("vera") as vera:
        referrals.accept(
            referral=Referral.objects.get(pk=referral.pk), reply=referrals.Reply("Vera"), by=vera.actor
        )
    page = get(signed_in(c, "denise"), person(rosa))
    assert "Held by Valley Trades" in text(page, "aside")
    assert "Valley Trades took Rosa over. They hold them now." in text(page)
    assert not page.select("#nx")


def test_a_peer_mentor_sees_contact_and_log_and_no_hint_of_the_rest(c):
    with c.acting("denise") as denise:
        file = cast.take_in(denise, needs=("WRK-TRN", "MH"))
        cast.refer(file, c.services["carpentry"], denise)
        participants.log_contact(file=file, how="text", by=denise.actor, note="About her medication.")
    client = signed_in(c, "tavo")
    page = get(client, person(file))
    told = text(page)
    assert "Text 555-0123" in told and "Denise Carter talked with Rosa. Text message." in told
    for hidden in ("need", "training", "Valley", "referr", "medication", "Next", "share", "due"):
        assert hidden.lower() not in told.lower(), hidden
    assert [tab.text for tab in page.select("nav.tabs a")] == ["Story", "Program"] and len(story(page)) == 1
    for part in (*PARTS[1:], "step", "contact", "add_way", "assign", "release"):
        assert client.get(person(file, part)).status_code == 403, part


def test_opening_a_sensitive_need_is_logged_and_only_then(c, rosa):
    get(signed_in(c, "denise"), person(rosa))
    assert AccessLog.objects.using("owner").count() == 0
    with c.acting("denise") as denise:
        participants.open_need(file=rosa, code="MH", by=denise.actor)
    get(signed_in(c, "denise"), person(rosa))
    assert [row.data_classes for row in AccessLog.objects.using("owner").all()] == [["health"]]
    with c.acting("denise") as denise:
        participants.close_need(need=Need.objects.get(file=rosa, code="MH"), outcome="met", by=denise.actor)
    get(signed_in(c, "denise"), person(rosa))
    assert AccessLog.objects.using("owner").count() == 2
    get(signed_in(c, "tavo"), person(rosa))
    assert AccessLog.objects.using("owner").count() == 2


def test_a_correction_shows_both_and_why(c, rosa):
    with c.acting("denise") as denise:
        wrong = participants.log_contact(file=rosa, how="voice", by=denise.actor)
        FileEvent.objects.create(
            file=rosa, organization_id=rosa.organization_id, person_id=rosa.person_id, kind="contacted",
            detail="text:reached", by=denise.actor, happened_at=MONDAY, supersedes=wrong, reason="it was a text",
        )  # fmt: skip
    page = get(signed_in(c, "denise"), person(rosa))
    assert text(page, "del") == "You talked with Rosa. Phone call."
    assert text(page, "ins") == "You talked with Rosa. Text message."
    assert "Corrected by you: it was a text." in text(page)
    assert text(page).count("Phone call") == 1


def test_only_some_of_the_story(c, rosa):
    with c.acting("denise") as denise:
        participants.log_contact(file=rosa, how="text", by=denise.actor)
    client = signed_in(c, "denise")
    assert len(story(get(client, f"{person(rosa)}?only=contacts"))) == 1
    assert "Nothing of this kind has happened." in text(get(client, f"{person(rosa)}?only=sharing"))
    assert len(story(get(client, f"{person(rosa)}?only=spoiled&page=999"))) == 3


def test_a_long_story_comes_in_pages(c, rosa):
    with c.acting("denise") as denise:
        for minute in range(40):
            participants.log_contact(
                file=rosa, how="text", by=denise.actor, happened_at=MONDAY - timedelta(minutes=minute)
            )
    client = signed_in(c, "denise")
    assert len(story(get(client, person(rosa)))) == 25
    assert len(story(get(client, f"{person(rosa)}?page=2"))) == 17


def test_what_was_written_down_later_says_so(c, rosa):
    with c.acting("denise") as denise:
        participants.log_contact(
            file=rosa, how="text", by=denise.actor, happened_at=MONDAY - timedelta(days=3)
        )
    assert "Friday, November 20, written down today You talked with Rosa." in " ".join(
        story(get(signed_in(c, "denise"), person(rosa)))
    )


def test_referrals_open_and_over(c, rosa):
    with c.acting("denise") as denise:
        first = cast.refer(rosa, c.services["solar"], denise)
    with by_link(first) as (seen, actor):
        referrals.decline(referral=seen, reason="full", detail="full_open", by=actor)
    with c.acting("denise") as denise:
        cast.refer(rosa, c.services["carpentry"], denise)
    told = text(get(signed_in(c, "denise"), person(rosa, "referrals")))
    assert (
        "Open referrals 1 Carpentry basics Valley Trades" in told and "waiting for an answer" in told.lower()
    )
    assert "Over 1 Solar Installer training Sunrow Solar School" in told and "Full, no date yet" in told


@pytest.mark.parametrize("part", [*PARTS, *ACTS])
def test_another_organization_and_whoever_sees_no_person(c, rosa, part):
    assert signed_in(c, "paul").get(person(rosa, part)).status_code == 404
    for name in ("grace", "adam"):
        assert signed_in(c, name).get(person(rosa, part)).status_code == 403


def test_a_code_that_never_was(c):
    client = signed_in(c, "denise")
    for code, status in (("NOSUCHCODE", 404), ("x" * 500, 404), ("%00", 400)):
        assert client.get(f"/people/{code}/").status_code == status
    assert post(client, "/people/NOSUCHCODE/release/", {}).status_code == 404


def test_released_people_can_come_back(c, rosa):
    with c.acting("denise") as denise:
        custody.release(person_id=rosa.person_id, reason="needs_met", by=denise.actor)
    page = get(signed_in(c, "denise"), person(rosa))
    assert "Rosa is not with you now." in text(page, ".next")
    assert "No one: released today What they came for is done" in text(page, "aside")
    again = page.select_one(".next a")["href"]
    assert get(signed_in(c, "denise"), again).select_one("#id_first_name")["value"] == "Rosa"


def test_a_note_stands_with_what_it_was_written_for(c, rosa):
    with c.acting("denise") as denise:
        custody.add_step(
            person_id=rosa.person_id, kind="call", due_at=days(1), by=denise.actor, note="About orientation."
        )
    told = story(get(signed_in(c, "denise"), person(rosa)))
    assert "set the next step: call them, due Tuesday, November 24. About orientation." in told[0]
    assert " ".join(told).count("About orientation.") == 1


def test_a_note_that_came_with_a_referral_names_who_wrote_it(c, rosa):
    with c.acting("denise") as denise:
        from warmhandoff.directory.models import Service

        service = Service.objects.select_related("organization").get(pk=c.services["carpentry"].pk)
        agreed = cast.consent(rosa, service, denise, ("name", "reach", "need", "note"))
        referral = referrals.send(
            file=rosa, service=service, need=Need.objects.get(file=rosa), consent=agreed, by=denise.actor,
            membership=denise.membership, note="She has tools of her own.",
        )  # fmt: skip
    with c.acting("vera") as vera:
        referrals.accept(
            referral=Referral.objects.get(pk=referral.pk), reply=referrals.Reply("Vera"), by=vera.actor
        )
        theirs = Participant.objects.get(person_id=rosa.person_id, organization_id=vera.organization_id)
    told = " ".join(story(get(signed_in(c, "vera"), person(theirs))))
    assert "She has tools of her own." in told and "The system" not in told


def test_a_long_story_costs_what_a_short_one_costs(c, rosa):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = signed_in(c, "denise")
    get(client, person(rosa))
    with CaptureQueriesContext(connection) as short:
        get(client, person(rosa))
    with c.acting("denise") as denise:
        for number in range(12):
            participants.log_contact(file=rosa, how="text", by=denise.actor, note=f"Note {number}.")
    with CaptureQueriesContext(connection) as long:
        get(client, person(rosa))
    assert len(long) <= len(short) + 1
    assert len(long) <= 45


def test_the_page_takes_twelve_statements_at_most(c, rosa):
    with c.acting("denise") as denise:
        cast.refer(rosa, c.services["carpentry"], denise)
    client = signed_in(c, "denise")
    get(client, person(rosa))
    with statements.heard() as said:
        get(client, person(rosa))
    assert 6 < statements.counted(said) <= 12


def test_who_sees_to_them_while_their_holder_is_away(c, rosa):
    def held(name):
        return text(get(signed_in(c, name), person(rosa)), "dl.facts")

    assert "Away" not in held("marcus")
    with c.acting("denise") as denise:
        absence.say_away(
            membership=denise.membership, from_day=today(), until_day=today() + timedelta(days=4), by=denise.actor,
            cover=None,
        )  # fmt: skip
    assert "Denise Carter, since today" in held("marcus")
    assert "Away until Friday. You cover." in held("marcus"), "the lead, where nobody was named"
    assert "Away until Friday. Marcus Webb covers." in held("denise")
