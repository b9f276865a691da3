"""What is put off, written and shaped, in a real browser: the answer page, the desk, the administrator's lists; wide and narrow."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests import cast
from tests.web.answer.behind import Behind
from tests.web.referrals.test_pages_browser import (
    NOW,
    chromium,  # noqa: F401
    look,
    page,  # noqa: F401
    sign_in,
)
from warmhandoff.foundation import scoping
from warmhandoff.foundation.actors import link_actor
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.referrals import actions
from warmhandoff.referrals.models import Referral

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, databases=["default", "owner"])]

LONGEST_PAGE = 60_000


def soon(days=30):
    day = current_place().day_of(NOW) + timedelta(days=days)
    while not current_place().is_business_day(day):
        day += timedelta(days=1)
    return day


@pytest.fixture
def b(settings, the_cast):
    settings.DEMO = True
    c = the_cast
    with c.acting("denise", NOW) as denise:
        file = cast.take_in(denise)
        referral = cast.refer(file, c.services["carpentry"], denise)
    return Behind(c, file, referral, NOW)


def act(b, who, verb, **said):
    with b.cast.acting(who, datetime.now(UTC)) as member:
        getattr(actions, verb)(referral=Referral.objects.get(pk=b.referral.pk), by=member.actor, **said)


def weight(page, address):  # noqa: F811
    found = page.request.get(address)
    return len(found.body())


def test_the_answer_page_while_it_waits(b, page):  # noqa: F811
    address = page.at + b.url
    page.goto(f"{page.at}{b.url}list/")
    look(page, "list-form")
    page.get_by_role("button", name="Put them on our list").click()
    assert "Choose a day" in page.content()
    look(page, "list-form-refused")
    act(b, "vera", "ask", text="Does the course need own tools?")
    page.goto(address)
    assert "They reply by" in page.inner_text("main")
    look(page, "answer-question-stands")
    assert weight(page, address) < LONGEST_PAGE
    act(b, "vera", "waitlist", review_on=soon(), position=3)
    page.goto(f"{address}?lang=es")
    assert "La persona está en su lista" in page.inner_text("main")
    look(page, "answer-on-the-list-es")
    assert weight(page, address) < LONGEST_PAGE


def test_the_answer_page_with_messages_after_the_code(b, page):  # noqa: F811
    link = b.link
    actor = link_actor(link.pk, link.organization_id)
    with scoping.acting_as(actor, classes=("contact", "needs", "narrative")):
        found = Referral.objects.get(pk=b.referral.pk)
        actions.accept(referral=found, reply=actions.Reply("Jo"), by=actor)
    act(b, "denise", "write", text="Rosa is free after five.")
    address = page.at + b.url
    page.goto(address)
    assert "Rosa" not in page.content() and "shown with the code" in page.inner_text("main")
    look(page, "answer-messages-hidden")
    page.get_by_role("button", name="Show how to reach them").click()
    page.get_by_label("The six digits").fill(b.digits())
    page.get_by_role("button", name="Go on").click()
    assert "Rosa is free after five." in page.inner_text("main")
    page.get_by_label("Your message").fill("Good, Jo calls at six.")
    page.get_by_role("button", name="Send the message").click()
    assert "Good, Jo calls at six." in page.inner_text("main")
    look(page, "answer-messages")
    assert weight(page, address) < LONGEST_PAGE


def test_the_desk_of_both_sides(b, page):  # noqa: F811
    c, referral = b.cast, b.referral
    act(b, "vera", "ask", text="Does the course need own tools?")
    sign_in(page, c, "denise")
    page.goto(f"{page.at}/referrals/")
    look(page, "list-waits")
    page.goto(f"{page.at}/referrals/{referral.code}/")
    look(page, "question-stands")
    act(b, "denise", "answer_question", text="No, the school lends them.")
    act(b, "vera", "accept", reply=actions.Reply("Vera"))
    act(b, "vera", "set_stage", stage="orientation_booked")
    act(b, "vera", "write", text="Orientation is on Monday at nine.")
    page.goto(f"{page.at}/referrals/{referral.code}/")
    assert "I have read it" in page.inner_text("main")
    look(page, "message-new")
    page.goto(f"{page.at}/referrals/{referral.code}/put-off/")
    look(page, "put-off")
    act(b, "denise", "hold", until=soon(), reason="papers")
    page.goto(f"{page.at}/referrals/{referral.code}/")
    look(page, "on-hold")
    page.context.clear_cookies()
    sign_in(page, c, "vera")
    page.goto(f"{page.at}/referrals/?tab=in")
    page.get_by_text("Show only some").click()
    look(page, "list-in")
    page.goto(f"{page.at}/referrals/{referral.code}/")
    look(page, "receiver-on-hold")
    page.goto(f"{page.at}/referrals/{referral.code}/assign/")
    look(page, "assign")
    page.goto(f"{page.at}/referrals/{referral.code}/stage/")
    look(page, "stage")


def test_the_administrators_words(b, page):  # noqa: F811
    sign_in(page, b.cast, "adam")
    for name, address in (
        ("words", "words/"),
        ("words-stage", "words/stage/"),
        ("words-reasons", "words/decline_reason/"),
        ("words-add", "words/stage/add/"),
        ("words-change", "words/stage/started/"),
    ):
        page.goto(f"{page.at}/administration/{address}")
        look(page, name)
    page.goto(f"{page.at}/administration/words/stage/add/")
    page.get_by_role("button", name="Add it").click()
    look(page, "words-add-refused")
