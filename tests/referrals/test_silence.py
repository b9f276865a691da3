"""Who is told of silence: the person by a way they allow, their holder where there is none, and whoever decides."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.cast import MONDAY
from tests.standing import as_at_commit
from warmhandoff.custody import actions as custody
from warmhandoff.custody.reading import custody_of, duties_for
from warmhandoff.foundation import clock, mail_links, messages, timers
from warmhandoff.foundation.actors import system_actor
from warmhandoff.foundation.models import ContactPoint, Message, Timer
from warmhandoff.foundation.scoping import acting_as
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.participants import actions as participants
from warmhandoff.participants import own_links
from warmhandoff.participants.models import Contact
from warmhandoff.referrals import actions, board
from warmhandoff.referrals.models import Referral, ReferralEvent

HERS = participants.Way("email", "r.m@home.example")


def on(days):
    """So many business days after Monday, at closing time."""
    return current_place().business_days_after(MONDAY, days)


def climb(moment):
    with clock.at(moment):
        while waiting := Timer.objects.filter(pk__in=timers.due(moment), subject_kind="referral"):
            for timer in waiting.order_by("due_at", "id"):
                timers.fire(timer.pk)
        as_at_commit()


def told(notice):
    return Message.objects.filter(notice=f"referrals.{notice}")


def owed(c, who, at):
    with c.acting(who, at) as member:
        return [(duty.kind, duty.detail) for duty in duties_for(member.membership)]


@pytest.fixture
def reachable(c, rosa):
    with c.acting("denise"):
        participants.add_reach(file=rosa, way=HERS, position=1, language="es")
    return rosa


def test_the_person_is_told_once_by_whoever_holds_them(c, reachable, asked):
    climb(on(5))
    message = told("still_asking").get()
    assert message.organization_id == c.organizations["eastgate"].pk
    with acting_as(system_actor(message.organization_id), classes=("contact", "needs")):
        point = ContactPoint.objects.get(pk=message.contact_point_id)
        mail, kept_subject, kept_text = messages.compose(messages.notice_of(message), point)
    assert point.value == HERS.value
    assert mail.subject == "Noticias de Warm Handoff" and "Warm Handoff" in mail.from_email
    assert "Seguimos preguntando" in mail.body and "Denise Carter" in mail.body and "555-0142" in mail.body
    for secret in ("Rosa", "Mendoza", "Valley", "Carpentry", "Carpintería"):
        assert secret not in mail.body + kept_subject + kept_text
    climb(on(9))
    assert told("still_asking").count() == 1
    assert ("call", "still_asking") not in owed(c, "denise", on(9))


def stop(rosa):
    ContactPoint.objects.filter(value=HERS.value).update(stopped_at=clock.now(), stopped_why="asked")


def want_no_contact(rosa):
    Contact.objects.filter(file=rosa).update(do_not_contact=True)


@pytest.mark.parametrize("without", [None, stop, want_no_contact], ids=["no mail", "stopped", "no contact"])
def test_whom_no_mail_may_reach_is_told_by_their_holder(c, rosa, asked, without):
    if without is not None:
        with c.acting("denise"):
            participants.add_reach(file=rosa, way=HERS, position=1, language="es")
            without(rosa)
    climb(on(5))
    assert not told("still_asking").exists()
    assert ("call", "still_asking") in owed(c, "denise", on(5))
    with c.acting("denise", on(5)) as denise:
        (call,) = duties_for(denise.membership).filter(kind="call")
        assert custody_of(rosa.person_id).next_step.kind in ("await_answer", "call")
        custody.finish_step(duty=call, by=denise.actor)
        assert ReferralEvent.objects.get(kind="person_told").detail == "holder"


def test_a_mail_that_does_not_arrive_is_a_call_and_one_is_enough(c, reachable, asked):
    climb(on(5))
    message = told("still_asking").get()
    with clock.at(on(5)):
        for _ in range(2):
            messages.note_failure(message.pk, last=True)
    assert owed(c, "denise", on(5)).count(("call", "still_asking")) == 1


def test_once_they_answer_there_is_nothing_to_tell(c, asked, do):
    climb(on(5))
    assert ("call", "still_asking") in owed(c, "denise", on(5))
    do("vera", actions.accept, asked, at=on(6), reply=actions.Reply("Vera"))
    assert owed(c, "denise", on(6)) == [("await_contact", "")]


def test_nobody_calls_and_the_holder_decides_to_wait(c, asked, do, stands):
    do("vera", actions.accept, asked, reply=actions.Reply("Vera"))
    climb(on(10))
    assert ("decide_contact", "") in owed(c, "denise", on(10)) and ("first_contact", "") in owed(
        c, "vera", on(10)
    )
    with c.acting("denise", on(10)):
        assert stands(asked).state == "accepted"
    do("vera", actions.record_contact, asked, at=on(11), channel="voice")
    assert [kind for kind, _ in owed(c, "denise", on(11))] == ["follow_service"]


def test_what_stalls_is_on_the_board_until_somebody_says_how_it_goes(c, asked, do, stands):
    do("vera", actions.accept, asked, reply=actions.Reply("Vera"))
    do("vera", actions.record_contact, asked, channel="voice")
    climb(on(19))
    with c.acting("luz", on(19)):
        assert not board.waits_longer_than_promised().exists()
    climb(on(20))
    assert told("still_here").count() == 1 and told("silence_told").count() == 1
    with c.acting("luz", on(20) + timedelta(minutes=1)):
        assert board.waits_longer_than_promised().get().state == "contacted"
    do("vera", actions.set_stage, asked, at=on(21), stage="papers_complete")
    with c.acting("luz", on(21)):
        assert not board.waits_longer_than_promised().exists()
    with c.acting("vera", on(21)):
        assert stands(asked).stalled_at is None
    waiting = Timer.objects.filter(
        subject_kind="referral", subject_id=asked.pk, fired_at=None, called_off_at=None
    )
    assert waiting.get(step="start_reminder").due_at == current_place().business_days_after(on(21), 14)


def test_nobody_decides_and_their_lead_hears_of_it(c, asked, do):
    do("vera", actions.decline, asked, reason="full", detail="full_open")
    climb(on(5))
    to = [
        ContactPoint.objects.filter(pk=each.contact_point_id).values_list("value", flat=True)
        for each in told("decision_waits")
    ]
    with acting_as(None, organization_id=c.organizations["eastgate"].pk, classes=("contact",)):
        assert [value for each in to for value in each] == [
            "denise@eastgate.example",
            "marcus@eastgate.example",
        ]
    do("denise", actions.settle, asked, at=on(6), outcome="stays")
    assert not Timer.objects.filter(
        subject_kind="referral", subject_id=asked.pk, fired_at=None, called_off_at=None
    ).exists()


def test_while_it_goes_on_somebody_says_so_every_thirty_days(c, asked, do):
    do("vera", actions.accept, asked, reply=actions.Reply("Vera"))
    do("vera", actions.engage, asked)
    due = current_place().deadline("engaged", MONDAY)
    assert timedelta(days=26) < due - MONDAY < timedelta(days=31)
    climb(due + timedelta(minutes=1))
    assert told("still_here").count() == 1
    climb(MONDAY + timedelta(days=41))
    with c.acting("denise", MONDAY + timedelta(days=41)):
        found = Referral.objects.get(pk=asked.pk)
        assert found.state == "engaged" and found.stalled_at is not None


def test_the_mail_leads_to_their_own_page_once_they_have_one(c, reachable, asked):
    with c.acting("denise", on(1)) as denise:
        mailbox = own_links.mailboxes_of(reachable).get()
        link = own_links.mail_page(file=reachable, mailbox=mailbox, by=denise.actor)
    climb(on(5))
    message = told("still_asking").get()
    with acting_as(system_actor(message.organization_id), classes=("contact", "needs")):
        point = ContactPoint.objects.get(pk=message.contact_point_id)
        mail, _subject, kept = messages.compose(messages.notice_of(message), point)
    assert mail_links.address_of(link) in mail.body
    assert "[link]" in kept and mail_links.token_of(link) not in kept
