"""Yes: they serve the person, with a file of exactly what they were shown; a transfer moves custody at that moment."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests import cast
from tests.cast import MONDAY
from tests.standing import everything, leaves_nothing
from warmhandoff.cli.benchmark import statements
from warmhandoff.custody.models import CustodyEvent, Handover
from warmhandoff.custody.reading import custody_of, duties_for
from warmhandoff.foundation import mail_links
from warmhandoff.foundation.actors import link_actor
from warmhandoff.foundation.errors import BadValue, NotYours, WrongState
from warmhandoff.foundation.models import Message, Timer
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.participants import actions as participants
from warmhandoff.participants.models import Consent, Contact, Listing, Narrative, Need, Participant, Reach
from warmhandoff.referrals import actions
from warmhandoff.referrals.models import AnswerLink, Referral, ReferralEvent
from warmhandoff.referrals.protocol import WAITING_FOR_CONTACT

YES = {"reply": actions.Reply("Vera")}


def test_the_receiver_has_a_file_of_what_was_shown(c, rosa, asked, do):
    referral = do("vera", actions.accept, asked, **YES)
    assert (referral.state, referral.caller_name) == ("accepted", "Vera")
    assert referral.contact_due_at == current_place().deadline("first_contact", MONDAY)
    with c.acting("vera") as vera:
        own = Participant.objects.get()
        assert own.code != rosa.code and own.origin == "referral"
        contact = own.contact
        assert (contact.name, contact.language, contact.area) == ("Rosa Mendoza", "es", "south")
        assert contact.birth_date is None and contact.birth_date_unknown == "not_asked", "it wasn't agreed to"
        assert contact.copied and contact.share.recipient_id == vera.organization_id
        assert [r.contact_point.value for r in Reach.objects.filter(file=own)] == ["555-0123"]
        assert [n.code for n in Need.objects.filter(file=own)] == ["WRK-TRN"]
        assert Listing.objects.get().standing == "served"
        assert [d.kind for d in duties_for(vera.membership)] == ["first_contact"]
        assert custody_of(rosa.person_id) is None
    with c.acting("denise") as denise:
        assert custody_of(rosa.person_id).membership == denise.membership
        assert [d.kind for d in duties_for(denise.membership)] == ["await_contact"]
        kinds = list(
            ReferralEvent.objects.filter(referral=asked).order_by("id").values_list("kind", flat=True)
        )
        assert kinds == ["sent", "seen", "accepted"]
        assert Message.objects.filter(notice="referrals.answer_heard").count() == 1


def test_a_yes_takes_no_more_statements_than_it_needs(c, asked):
    """An organization's first yes, which begins its weekly question, as well as each later one."""
    with c.acting("vera") as vera, statements.heard() as said:
        actions.accept(referral=asked, by=vera.actor, **YES)
        taken = statements.counted(said)
    assert 10 < taken <= 20


def test_what_was_not_agreed_to_is_not_copied(c):
    with c.acting("denise") as denise:
        file = cast.take_in(denise, cast.told(birth_date=date(1990, 5, 1)), needs=("WRK-TRN", "SUD"))
        agreed = cast.consent(file, c.services["carpentry"], denise, parts=("name", "need", "birth_date"))
        referral = actions.send(
            file=file, service=c.services["carpentry"], need=Need.objects.get(file=file, code="WRK-TRN"),
            consent=agreed, by=denise.actor, membership=denise.membership, note="Not for them.",
        )  # fmt: skip
    with c.acting("vera") as vera:
        actions.accept(referral=Referral.objects.get(pk=referral.pk), by=vera.actor, **YES)
        own = Participant.objects.get()
        assert own.contact.birth_date == date(1990, 5, 1)
        assert not Reach.objects.filter(file=own).exists() and not Narrative.objects.exists()
        assert [n.code for n in Need.objects.filter(file=own)] == ["WRK-TRN"]
        assert not Need.objects.filter(code="SUD").exists()


def test_the_timers_of_the_answer_make_way_for_those_of_the_contact(c, asked, do):
    do("vera", actions.accept, asked, **YES)
    waiting = Timer.objects.filter(subject_id=asked.pk, called_off_at=None)
    assert {t.step for t in waiting} == {rung.step for rung in WAITING_FOR_CONTACT}
    due = current_place().deadline("first_contact", MONDAY)
    assert all(t.due_at >= due for t in waiting)


def test_a_link_says_yes_for_its_own_referral_alone(c, rosa, mailed, stands):
    with c.acting("denise") as denise:
        ana = cast.take_in(denise, cast.told("Ana"))
        other = cast.refer(ana, c.services["solar"], denise)
    with c.pressing(mailed) as (link, found):
        with pytest.raises(NotYours):
            actions.accept(referral=stands(other), by=link, **YES)
        actions.accept(referral=found, by=link, **YES)
        assert Participant.objects.count() == 1
    with c.pressing(other) as (_, found):
        mail_links.revoke(AnswerLink.objects.get(referral=other))
        with pytest.raises(NotYours):
            actions.accept(
                referral=found,
                by=link_actor(AnswerLink.objects.get(referral=other).pk, found.receiver_id),
                **YES,
            )


def test_twice_is_refused_and_changes_nothing(c, mailed, stands):
    with c.pressing(mailed) as (link, found):
        actions.accept(referral=found, by=link, **YES)
        before = everything(c)
        for again in (found, stands(mailed)):
            with pytest.raises(WrongState):
                actions.accept(referral=again, by=link, **YES)
        assert everything(c) == before


@pytest.mark.parametrize("ended", ["withdrawn", "declined"])
def test_not_after_the_end(c, asked, do, ended):
    if ended == "withdrawn":
        do("denise", actions.withdraw, asked, reason="mistake")
    else:
        do("vera", actions.decline, asked, reason="full", detail="full_open")
    with pytest.raises(WrongState):
        do("vera", actions.accept, asked, **YES)


def test_who_asked_does_not_answer_and_a_stranger_finds_nothing(c, asked, do):
    with pytest.raises(WrongState, match="other side"):
        do("denise", actions.accept, asked, **YES)
    with c.acting("ines") as ines, pytest.raises(NotYours):
        actions.accept(referral=asked, by=ines.actor, **YES)


@pytest.mark.parametrize(
    ("field", "reply"),
    [
        ("caller_name", actions.Reply("  ")),
        ("contact_by", actions.Reply("Vera", date(2026, 11, 20))),
        ("contact_by", actions.Reply("Vera", date(2026, 12, 24))),
    ],
)
def test_who_calls_and_by_when(c, asked, do, field, reply):
    with pytest.raises(BadValue) as refused:
        do("vera", actions.accept, asked, reply=reply)
    assert refused.value.field == field


def test_sooner_than_must_be(c, asked, do):
    referral = do("vera", actions.accept, asked, reply=actions.Reply("Vera", date(2026, 11, 24)))
    assert current_place().local(referral.contact_due_at).strftime("%d %H:%M") == "24 17:00"


def test_not_after_the_consent_has_ended(c, asked, do):
    with c.acting("denise") as denise:
        ana = cast.take_in(denise, cast.told("Ana"))
        short = cast.consent(ana, c.services["carpentry"], denise, days=1)
        referral = actions.send(
            file=ana, service=c.services["carpentry"], need=Need.objects.get(file=ana), consent=short,
            by=denise.actor, membership=denise.membership,
        )  # fmt: skip
    before = None
    with c.acting("vera", MONDAY + timedelta(days=2)) as vera:
        before = everything(c)
        with pytest.raises(participants.ConsentMissing):
            actions.accept(referral=Referral.objects.get(pk=referral.pk), by=vera.actor, **YES)
        assert everything(c) == before and not Contact.objects.exists()
    assert Consent.objects.count() == 0


def test_whom_they_know_already_stays_as_they_know_them(c, rosa, asked, do):
    do("vera", actions.accept, asked, **YES)
    with c.acting("denise") as denise:
        participants.change_contact(file=rosa, told=cast.told("Rosa", "Ruiz"), by=denise.actor)
    for verb, more in ((actions.engage, {}), (actions.complete, {})):
        do("vera", verb, asked, **more)
    with c.acting("denise") as denise:
        again = cast.refer(rosa, c.services["carpentry"], denise)
    do("vera", actions.accept, again, **YES)
    with c.acting("vera"):
        own = Participant.objects.get()
        assert own.contact.name == "Rosa Mendoza", "what they know themselves stays as it is"
        assert own.events.filter(kind="received").count() == 2
        assert Listing.objects.get().standing == "served"


# --- A transfer ---------------------------------------------------------------------------------------------------


def test_with_a_transfer_custody_moves_with_all_that_is_open(c, rosa, offered, do):
    with c.acting("denise") as denise:
        waiting = cast.refer(rosa, c.services["solar"], denise)
        over = cast.refer(rosa, c.services["it"], denise)
        actions.withdraw(referral=over, reason="found_other", by=denise.actor)
    do("vera", actions.accept, offered, **YES)
    with c.acting("vera") as vera:
        held = custody_of(rosa.person_id)
        assert (held.membership, held.basis) == (vera.membership, "handover")
        assert held.handover.state == "accepted"
        assert sorted(d.kind for d in duties_for(vera.membership)) == [
            "await_answer",
            "first_contact",
            "settle",
        ]
        assert {p.side for p in waiting.parties.all()} == {"holder"}, "she sees how far it is, as the holder"
        assert Referral.objects.get(pk=waiting.pk).state == "sent"
        assert CustodyEvent.objects.get(person_id=rosa.person_id).kind == "moved_in"
        assert Listing.objects.get().standing == "held"
    with c.acting("denise") as denise:
        assert custody_of(rosa.person_id) is None and not duties_for(denise.membership).exists()
        assert Listing.objects.get().standing == "closed"
    # What comes of the other one comes to her.
    with c.pressing(waiting) as (link, found):
        actions.decline(referral=found, reason="full", detail="full_open", by=link)
    with c.acting("vera") as vera:
        assert [d.kind for d in duties_for(vera.membership)].count("settle") == 2
        actions.settle(referral=Referral.objects.get(pk=over.pk), outcome="stays", by=vera.actor)


def test_whoever_took_over_may_take_back_what_still_waits(c, rosa, offered, do):
    with c.acting("denise") as denise:
        waiting = cast.refer(rosa, c.services["solar"], denise)
    do("vera", actions.accept, offered, **YES)
    do("vera", actions.withdraw, waiting, reason="found_other")
    with c.acting("vera") as vera:
        assert "settle" in [d.kind for d in duties_for(vera.membership)]


def test_a_transfer_answered_by_mail_goes_to_the_queue(c, offered):
    with c.pressing(offered) as (link, found):
        actions.accept(referral=found, by=link, **YES)
    with c.acting("vera"):
        assert custody_of(offered.person_id).queue == c.queues["valley"]
        assert Handover.objects.get().state == "accepted"


@pytest.mark.parametrize("mode", ["refer", "transfer"])
def test_a_failure_leaves_nothing(c, rosa, do, mode):
    with c.acting("denise") as denise:
        referral = cast.refer(rosa, c.services["carpentry"], denise, mode=mode)
    leaves_nothing(c, lambda: do("vera", actions.accept, referral, **YES), every=4)
    with c.acting("denise"):
        assert custody_of(rosa.person_id) is not None
