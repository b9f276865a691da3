"""Today: who, why, by when, and the one button."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import cast
from tests.web.people.desk import by_link, days, get, let_pass, person, signed_in, text
from warmhandoff.cli.benchmark import statements
from warmhandoff.custody import actions as custody
from warmhandoff.foundation import clock
from warmhandoff.referrals import actions as referrals
from warmhandoff.referrals.models import Referral

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


def line(page, name):
    """The line about somebody, in whichever group."""
    return next(one for one in page.select("ul.lines > li") if name in one.get_text())


def test_the_start_page_sends_each_role_to_a_page_it_may_see(c):
    assert signed_in(c, "denise").get("/").headers["Location"] == "/today/"
    for name in ("grace", "adam"):
        client = signed_in(c, name)
        where = client.get("/").headers["Location"]
        assert where not in ("/today/", "/people/")
        assert client.get(where).status_code == 200
        assert client.get("/today/").status_code == 403


def test_an_empty_day_says_so(c):
    page = get(signed_in(c, "denise"), "/today/")
    assert text(page, "h1") == "Today, Monday, November 23"
    assert "Nobody is waiting for you." in text(page)
    assert "No one is with you yet." in text(page)
    assert "Take someone in" in text(page)


def test_somebody_who_was_just_taken_in_needs_a_place(c):
    with c.acting("denise") as denise:
        file = cast.take_in(denise)
    page = get(signed_in(c, "denise"), "/today/")
    assert "1 needs you." in text(page, ".lead")
    assert text(page, "h2").startswith("Due by Wednesday 1")
    rosa = line(page, "Rosa M.")
    assert "Wants job training. Nobody has been asked yet." in rosa.get_text()
    assert rosa.select_one("strong a")["href"] == person(file)
    assert rosa.select_one("a.usa-button").get_text() == "Find a place"
    assert file.code in rosa.select_one("a.usa-button")["href"]


def test_a_need_that_somewhere_was_asked_about_is_not_said_to_be_unasked(c):
    """Named are the needs that a place is looked for: neither those that somebody was asked about nor those that are met."""
    with c.acting("denise") as denise:
        file = cast.take_in(denise, needs=("WRK-TRN", "HSG"))
        asked = cast.refer(file, c.services["solar"], denise)
        due_at = clock.now() + timedelta(days=2)
        custody.add_step(person_id=file.person_id, kind="find_place", due_at=due_at, by=denise.actor)
    page = get(signed_in(c, "denise"), "/today/")
    assert "Wants housing. Look for one more place." in line(page, "Rosa M.").get_text()
    with c.acting("denise") as denise:
        referrals.withdraw(referral=asked, reason="found_other", by=denise.actor)
    page = get(signed_in(c, "denise"), "/today/")
    assert "Wants job training and housing. Look for one more place." in text(page), (
        "a place that was asked in vain"
    )


def filled(page) -> list[str]:
    buttons = page.select("main a.usa-button, main button.usa-button")
    return [each.get_text().strip() for each in buttons if "usa-button--outline" not in each["class"]]


def test_one_button_is_filled_with_and_without_late_lines_and_on_an_empty_day(c):
    assert filled(get(signed_in(c, "denise"), "/today/")) == ["Take someone in"]
    with c.acting("denise") as denise:
        cast.take_in(denise)
        cast.take_in(denise, cast.told("Andre", "Wells"))
    assert filled(get(signed_in(c, "denise"), "/today/")) == ["Find a place"]


def test_a_sensitive_need_is_not_named_in_a_list(c):
    with c.acting("denise") as denise:
        cast.take_in(denise, needs=("MH", "RCL"))
    page = get(signed_in(c, "denise"), "/today/")
    assert "Looks for a place." in text(page)
    assert "health" not in text(page).lower() and "clearance" not in text(page).lower()


def test_what_waits_for_others_comes_up_and_does_not_need_you(c):
    with c.acting("denise") as denise:
        file = cast.take_in(denise)
        cast.refer(file, c.services["solar"], denise)
    page = get(signed_in(c, "denise"), "/today/")
    assert "Nobody is waiting for you." in text(page, ".lead")
    assert "1 person is with you; the next date is Wednesday." in text(page)
    assert "Coming up: 1 by Wednesday, November 25" in text(page, "summary")
    assert "Sunrow Solar School has until Wednesday to answer about Solar Installer training." in text(page)


def test_a_yes_is_news_at_once(c):
    with c.acting("denise") as denise:
        file = cast.take_in(denise)
        referral = cast.refer(file, c.services["solar"], denise)
    at = days(40 / 86400)
    with by_link(referral, at) as (seen, actor):
        referrals.accept(referral=seen, reply=referrals.Reply("Jo"), by=actor)
    page = get(signed_in(c, "denise"), "/today/", at)
    assert text(page, "#news").startswith("Just now")
    assert "Rosa M. : Sunrow Solar School said yes, 40 seconds after you asked." in text(page, ".news")
    assert "Jo at Sunrow Solar School will reach Rosa by Tuesday" not in text(page)
    assert "said yes" not in text(get(signed_in(c, "marcus"), "/today/", at))
    assert "said yes" not in text(get(signed_in(c, "denise"), "/today/", days(9)))


def test_a_contact_that_is_late_says_who_knows(c):
    with c.acting("denise") as denise:
        file = cast.take_in(denise)
        referral = cast.refer(file, c.services["solar"], denise)
    with by_link(referral) as (seen, actor):
        referrals.accept(referral=seen, reply=referrals.Reply("Jo"), by=actor)
    later = days(10)
    let_pass(later)
    page = get(signed_in(c, "denise"), "/today/", later)
    assert "2 need you. 1 of them is late." in text(page, ".lead")
    assert "Tell Rosa that you are still asking" in text(page)  # no mail may reach her
    rosa = line(page, "Rosa M.")
    told = " ".join(rosa.get_text(" ").split())
    assert "Sunrow Solar School has not reached Rosa. Due Monday." in told
    assert "They were reminded, and the navigator, Luz Ortega, knows." in told  # Sunrow has no lead who could
    assert "Late, 3 days" in told
    assert "usa-button--outline" not in rosa.select_one("a.usa-button")["class"]


def test_a_promise_that_others_broke_stands_before_what_is_late_here(c):
    with c.acting("denise") as denise:
        cast.take_in(denise, cast.told("Ana", "Alvarado"))  # a place was to be found for her long before
        referral = cast.refer(cast.take_in(denise), c.services["solar"], denise)
    with by_link(referral) as (seen, actor):
        referrals.accept(referral=seen, reply=referrals.Reply("Jo"), by=actor)
    later = days(10)
    let_pass(later)
    page = get(signed_in(c, "denise"), "/today/", later)
    assert [words(each) for each in page.select(".lines--late strong")] == ["Rosa M.", "Ana A."]


def test_whom_a_closed_organization_left_comes_with_the_reason(c):
    with c.acting("denise") as denise:
        cast.take_in(denise)
    with c.acting("luz") as luz:
        referrals.close_organization(organization=c.organizations["eastgate"], by=luz.actor)
    client = signed_in(c, "luz")
    page = get(client, "/today/")
    rosa = line(page, "Rosa M.")
    assert "Eastgate Community Partners closed; you hold them now. Call them." in words(rosa)
    person = get(client, rosa.select_one("strong a")["href"])
    assert "Eastgate Community Partners closed; you hold them now. Call them." in words(person.main)


def words(element):
    return " ".join(element.get_text(" ").split())


def test_silence_names_the_lead_too(c):
    with c.acting("denise") as denise:
        file = cast.take_in(denise)
        cast.refer(file, c.services["carpentry"], denise)
    later = days(9)
    let_pass(later)
    told = text(get(signed_in(c, "denise"), "/today/", later))
    assert "Valley Trades has not answered your referral for 5 business days." in told
    assert "Their lead and the navigator, Luz Ortega, know." in told


def test_after_ten_business_days_there_is_something_to_decide(c):
    with c.acting("denise") as denise:
        file = cast.take_in(denise)
        cast.refer(file, c.services["carpentry"], denise)
    later = days(17)
    let_pass(later)
    page = get(signed_in(c, "denise"), "/today/", later)
    rosa = line(page, "Rosa M.")
    assert "Referral to Valley Trades: no answer for 10 business days." in rosa.get_text()
    assert "Their lead and the navigator, Luz Ortega, know." in rosa.get_text()
    assert rosa.select_one("a.usa-button").get_text() == "Decide what’s next"
    assert rosa.select_one("a.usa-button")["href"].endswith("/settle/")


def test_a_no_says_why(c):
    from datetime import date

    with c.acting("denise") as denise:
        file = cast.take_in(denise)
        referral = cast.refer(file, c.services["carpentry"], denise)
    with c.acting("vera") as vera:
        from warmhandoff.referrals.models import Referral

        referrals.decline(
            referral=Referral.objects.get(pk=referral.pk),
            reason="full",
            detail="full_until",
            full_until=date(2027, 3, 3),
            by=vera.actor,
        )
    page = get(signed_in(c, "denise"), "/today/")
    assert "Valley Trades declined: full until March 3, 2027." in line(page, "Rosa M.").get_text()


def test_whoever_is_asked_sees_no_name(c):
    with c.acting("denise") as denise:
        file = cast.take_in(denise)
        referral = cast.refer(file, c.services["carpentry"], denise)
    page = get(signed_in(c, "vera"), "/today/")
    asked = line(page, "Someone new")
    assert "Eastgate Community Partners refers someone to your Carpentry basics." in asked.get_text()
    assert "You see who it is after you say yes." in asked.get_text()
    assert asked.select_one("a.usa-button")["href"] == f"/referrals/{referral.code}/"
    assert "Rosa" not in text(page, "body") and "Mendoza" not in text(page, "body")


def test_a_step_shows_its_note_and_leads_to_recording(c):
    with c.acting("denise") as denise:
        file = cast.take_in(denise)
        step = custody.add_step(
            person_id=file.person_id, kind="call", due_at=days(1), by=denise.actor, note="About orientation."
        )
    page = get(signed_in(c, "denise"), "/today/")
    called = next(one for one in page.select("ul.lines > li") if "Call them." in one.get_text())
    assert "About orientation." in called.get_text()
    assert called.select_one("a.usa-button")["href"] == f"{person(file, 'record')}?step={step.code}"


def test_a_peer_mentor_sees_neither_needs_nor_referrals(c):
    with c.acting("denise") as denise:
        file = cast.take_in(denise)
        cast.refer(file, c.services["solar"], denise)
    page = get(signed_in(c, "tavo"), "/today/")
    assert "Find someone" in text(page)
    assert "Rosa" not in text(page) and "Sunrow" not in text(page) and "Take someone in" not in text(page)


def test_nobody_sees_another_organizations_day(c):
    with c.acting("denise") as denise:
        cast.take_in(denise)
    assert "Rosa" not in text(get(signed_in(c, "ines"), "/today/"))


def test_the_lead_answers_for_the_queue(c):
    with c.acting("denise") as denise:
        file = cast.take_in(denise)
    with c.acting("marcus") as marcus:
        custody.assign(person_id=file.person_id, to=c.queues["eastgate"], by=marcus.actor)
    assert "Rosa M." in text(get(signed_in(c, "marcus"), "/today/"))
    assert "Rosa M." not in text(get(signed_in(c, "denise"), "/today/"))


def test_a_page_costs_the_same_for_three_people_as_for_thirty(c):
    names = ["Ana", "Luis", "Zoë", "Íñigo", "Mae", "Omar", "Pia", "Quinn", "Rui", "Sol", "Tia", "Uma"]
    with c.acting("denise") as denise:
        for number, first in enumerate(names):
            file = cast.take_in(denise, cast.told(first, "Prueba"), needs=("WRK-TRN", "HSG"))
            if number % 2:
                cast.refer(file, c.services["carpentry" if number % 4 == 1 else "housing"], denise)
    client = signed_in(c, "denise")
    late = days(9)
    let_pass(late)
    get(client, "/today/", late)
    with (
        CaptureQueriesContext(
            connection,
        ) as few,
        pytest.MonkeyPatch.context() as limited,
    ):
        limited.setattr("warmhandoff.web.today.views.MOST", 3)
        get(client, "/today/", late)
    with CaptureQueriesContext(connection) as many:
        get(client, "/today/", late)
    counted = [q["sql"] for q in many if q["sql"].startswith("SELECT")]
    assert len(many) <= len(few) + 1
    assert len(counted) <= 20, "\n".join(
        counted
    )  # of these, the request itself asks seven: session, user, membership ...


def test_more_than_a_page_holds_is_counted_and_stands_on_the_next(c, monkeypatch):
    with c.acting("denise") as denise:
        for first in ("Ana", "Luis", "Mae", "Omar", "Pia"):
            cast.take_in(denise, cast.told(first, "Prueba"))
    monkeypatch.setattr("warmhandoff.web.today.views.MOST", 2)
    client, late = signed_in(c, "denise"), days(9)
    first = get(client, "/today/", late)
    assert "5 need you. All of them are late." in text(first)
    assert len(first.select(".lines--late > li")) == 2
    assert first.select_one(".pager a[rel=next]")["href"] == "?page=2"
    assert "Page 1 of 3" in text(first)
    pages = [first, *(get(client, f"/today/?page={number}", late) for number in (2, 3))]
    names = [text(line, "strong") for page in pages for line in page.select(".lines--late > li")]
    assert sorted(names) == ["Ana P.", "Luis P.", "Mae P.", "Omar P.", "Pia P."]
    assert "Nobody is waiting" not in text(pages[2])


def test_a_page_that_holds_all_has_no_pages(c):
    with c.acting("denise") as denise:
        cast.take_in(denise)
    assert not get(signed_in(c, "denise"), "/today/").select(".pager")


def test_no_line_names_a_kind_that_is_not_told():
    from warmhandoff.custody.protocol import NEXT_STEP_KINDS
    from warmhandoff.referrals import protocol as p
    from warmhandoff.web.today.lines import KINDS

    of_referrals = {
        p.ANSWER, p.AWAIT_ANSWER, p.ANSWER_QUESTION, p.FIRST_CONTACT, p.AWAIT_CONTACT, p.ENGAGE, p.FOLLOW,
        p.STILL_ENGAGED, p.SETTLE, p.MAIL_FAILED,
    }  # fmt: skip
    assert {*NEXT_STEP_KINDS, *of_referrals} <= set(KINDS)


def test_in_spanish(c):
    with c.acting("denise") as denise:
        cast.take_in(denise)
    page = get(signed_in(c, "denise"), "/today/", headers={"accept-language": "es"})
    assert text(page, "h1").startswith("Hoy, lunes")


def test_a_full_day_takes_twelve_statements_at_most(c):
    """What is late, what was said no to, what waits for a place, and a colleague who is away."""
    with c.acting("denise") as denise:
        asked = [
            cast.refer(cast.take_in(denise, cast.told(name)), c.services["carpentry"], denise)
            for name in ("Rosa", "Ana", "Luis")
        ]
        cast.take_in(denise, cast.told("Omar"))
    with c.acting("vera") as vera:
        referrals.decline(
            referral=Referral.objects.get(pk=asked[0].pk), reason="full", detail="full_open", by=vera.actor
        )
        referrals.see(referral=Referral.objects.get(pk=asked[1].pk), by=vera.actor)
    client = signed_in(c, "denise")
    get(client, "/today/", days(9))
    with statements.heard() as said:
        page = get(client, "/today/", days(9))
    assert len(page.select("ul.lines > li")) >= 4
    assert 3 < statements.counted(said) <= 12


def test_what_was_promised_and_is_late_can_be_said_anew(c):
    """First contact, and the service itself: beside the button, by when it goes on."""
    with c.acting("denise") as denise:
        asked = cast.refer(cast.take_in(denise), c.services["carpentry"], denise)
    with c.acting("vera") as vera:
        referrals.accept(
            referral=Referral.objects.get(pk=asked.pk), reply=referrals.Reply("Vera"), by=vera.actor
        )
    client = signed_in(c, "vera")
    words = "It goes on: say until when"
    assert words not in line(get(client, "/today/"), "Rosa").get_text()
    late = line(get(client, "/today/", days(9)), "Rosa")
    link = next(one for one in late.select("a") if one.get_text() == words)
    page = get(client, link["href"], days(9))
    assert "It goes on: what is next?" in text(page)
    with c.acting("vera", days(9)) as vera:
        referrals.record_contact(referral=Referral.objects.get(pk=asked.pk), channel="text", by=vera.actor)
    assert words in line(get(client, "/today/", days(40)), "Rosa").get_text()
