"""Asking a partner whom nobody names: the holder hears who asks, the asker hears who holds with the yes and not before."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from tests import cast
from tests.cast import MONDAY, told
from tests.standing import leaves_nothing
from warmhandoff.custody import actions as custody
from warmhandoff.custody import moves
from warmhandoff.custody.models import CustodyEvent, Handover, HandoverNote, HandoverParty
from warmhandoff.custody.tasks import tell_all_unnamed
from warmhandoff.foundation import clock, messages
from warmhandoff.foundation.errors import NotYours
from warmhandoff.foundation.models import ContactPoint, Crossing, Duty, Message, Timer
from warmhandoff.participants import actions as participants
from warmhandoff.participants.identity import known_elsewhere
from warmhandoff.participants.identity.elsewhere import NotAsked
from warmhandoff.participants.models import Participant
from warmhandoff.referrals import actions as referrals
from warmhandoff.referrals.models import Referral

SOON = MONDAY + timedelta(hours=1)
LATER = MONDAY + timedelta(hours=2)
BORN = date(1984, 11, 2)
PHONE = participants.Way("voice", "(323) 555-0177")


def taken_in(member, first="Guillermo"):
    file = cast.take_in(member, told(first, "Hernández Ríos", birth_date=BORN))
    participants.add_way(file=file, way=PHONE, by=member.actor)
    return file


@pytest.fixture
def held(c):
    """Inés of Harbor holds him."""
    with c.acting("ines") as ines:
        return taken_in(ines)


@pytest.fixture
def here(c, held):
    """He came to Eastgate, said we may look, and the look said yes."""
    with c.acting("denise") as denise:
        file = taken_in(denise)
        participants.write_event(file, "look_allowed", by=denise.actor)
        assert known_elsewhere(file=file, by=denise.actor)
        return file


def ask(c, file, who="denise", at=SOON):
    with c.acting(who, at) as member:
        return moves.request_known(
            file=file, by=member.actor, membership=member.membership, note="He came in today."
        )


def test_the_question_reaches_the_holder_and_names_them_to_nobody(c, held, here):
    party = ask(c, here)
    assert (party.side, party.person_id, party.other_organization_id) == ("asker", here.person_id, None)
    with c.acting("ines", SOON) as ines:
        theirs = HandoverParty.objects.get()
        assert (theirs.person_id, theirs.other_organization) == (held.person_id, c.organizations["eastgate"])
        duty = Duty.objects.get(kind="answer_handover")
        assert (duty.membership_id, duty.person_id) == (ines.membership.pk, held.person_id)
        assert HandoverNote.objects.get().text == "He came in today."


def test_nothing_the_asker_can_read_tells_whom_it_went_to(c, held, here):
    harbor = c.organizations["harbor"].pk
    party = ask(c, here)
    with c.acting("denise", SOON), connection.cursor() as cursor:
        assert not Handover.objects.exists()
        assert not Participant.objects.filter(person_id=held.person_id).exists()
        assert CustodyEvent.objects.get(kind="asked").other_organization_id is None
        assert not Crossing.objects.exists()
        assert not Timer.objects.filter(subject_kind="handover", organization_id=harbor).exists()
        assert not Message.objects.filter(organization_id=harbor).exists(), "a mail's hour would tell"
        assert not Message.objects.filter(sender_organization_id=c.organizations["eastgate"].pk).exists()
        cursor.execute("SELECT custody_handoverparty::text FROM custody_handoverparty")
        rows = [row[0] for row in cursor.fetchall()]
        assert len(rows) == 1 and str(held.person_id) not in rows[0]
    for target in c.organizations.values():
        if target.pk != c.organizations["eastgate"].pk:
            with c.acting("denise", SOON), pytest.raises(DatabaseError), transaction.atomic():
                connection.cursor().execute(
                    "SELECT wh_cross(%s, 'handover', %s)", [target.pk, party.handover_id]
                )


def test_their_yes_connects_the_two_and_says_who_they_are(c, held, here):
    ask(c, here)
    with c.acting("ines", LATER) as ines:
        consent = participants.record_consent(
            file=held, by=ines.actor,
            asked=participants.Asked(
                recipients=[c.organizations["eastgate"].pk], parts=[], data_classes=["contact"], purpose="link"
            ),
        )  # fmt: skip
        moves.link(handover=Handover.objects.get(), keeps="asked", consent=consent, by=ines.actor)
        assert custody.holds(held.person_id)
    with c.acting("denise", LATER):
        party = HandoverParty.objects.get()
        assert (party.state, party.other_organization) == ("accepted", c.organizations["harbor"])
        assert not custody.holds(here.person_id)


def test_their_no_names_nobody_and_they_are_not_asked_again(c, held, here):
    ask(c, here)
    with c.acting("ines", LATER) as ines:
        moves.refuse(handover=Handover.objects.get(), reason="not_the_same", by=ines.actor)
    with c.acting("denise", LATER):
        party = HandoverParty.objects.get()
        assert (party.state, party.reason, party.other_organization_id) == ("declined", "not_the_same", None)
        assert CustodyEvent.objects.get(kind="refused").other_organization_id is None
    with pytest.raises(moves.NobodyToAsk):
        ask(c, here, at=LATER)


def test_the_asker_takes_back_what_they_may_not_see(c, held, here):
    party = ask(c, here)
    with c.acting("denise", LATER) as denise:
        moves.withdraw(party=party, by=denise.actor)
    with c.acting("ines", LATER):
        assert HandoverParty.objects.get().state == "withdrawn"
        assert not Duty.objects.filter(kind="answer_handover", closed_at__isnull=True).exists()


def test_released_here_the_question_is_over(c, held, here):
    ask(c, here)
    with c.acting("denise", LATER) as denise:
        custody.release(person_id=here.person_id, reason="moved_away", by=denise.actor)
    with c.acting("ines", LATER):
        assert HandoverParty.objects.get().state == "withdrawn"


def test_only_after_the_look_said_yes_and_while_the_person_agrees(c, held):
    with c.acting("denise", SOON) as denise:
        unasked = taken_in(denise)
    with pytest.raises(NotAsked):
        ask(c, unasked)
    with c.acting("denise", SOON) as denise:
        participants.write_event(unasked, "look_allowed", by=denise.actor)
        assert known_elsewhere(file=unasked, by=denise.actor)
    with c.acting("denise", LATER) as denise:
        participants.write_event(unasked, "look_refused", by=denise.actor)
    with pytest.raises(NotAsked):
        ask(c, unasked, at=LATER)


def test_a_look_that_said_no_asks_nobody(c):
    with c.acting("denise", SOON) as denise:
        file = taken_in(denise, "Nobody")
        participants.write_event(file, "look_allowed", by=denise.actor)
        assert not known_elsewhere(file=file, by=denise.actor)
    with pytest.raises(NotAsked):
        ask(c, file)


def test_a_stranger_asks_for_nobodys_file(c, here):
    with c.acting("vera", SOON) as vera, pytest.raises(NotYours):
        moves.request_known(file=here, by=vera.actor, membership=vera.membership)


def test_twice(c, here):
    ask(c, here)
    with pytest.raises(moves.AskedAlready):
        ask(c, here, at=LATER)


def test_a_failure_leaves_nothing(c, here):
    leaves_nothing(c, lambda: ask(c, here), at=SOON)


# --- The holder's lead is told, with the next round ---------------------------------------------------------------


def round_at(moment):
    with clock.at(moment):
        return tell_all_unnamed()


def test_the_holders_lead_is_mailed_with_the_next_round_and_once(c, held, here):
    assert round_at(SOON) == 0, "nobody asked yet"
    ask(c, here)
    assert round_at(LATER) == 1
    (mail,) = Message.objects.filter(notice="custody.partner_asks")
    assert mail.organization_id == c.organizations["harbor"].pk
    assert mail.contact_point_id == c.members["paul"].mail_id
    assert round_at(LATER + timedelta(hours=1)) == 0
    assert Message.objects.filter(notice="custody.partner_asks").count() == 1


def test_what_is_kept_of_that_mail_tells_neither_who_asks_nor_of_what(c, held, here):
    party = ask(c, here)
    round_at(LATER)
    mail = Message.objects.get(notice="custody.partner_asks")
    assert (mail.sender_organization_id, mail.subject_kind, mail.subject_id) == (
        None,
        "queue",
        c.queues["harbor"].pk,
    )
    for language in ("en", "es"):
        point = ContactPoint(channel="email", value="paul@harbor.example", language=language)
        with c.acting("paul", LATER):
            sent, subject, text = messages.compose(messages.notice_of(mail), point)
        assert f"/people/moves/{party.code}/" in sent.body, "whoever gets it comes straight to the answer"
        for kept in (subject, text):
            assert not [each for each in ("Guillermo", "Hern", "Eastgate", party.code) if each in kept]
        assert "[link]" in text and "Guillermo" not in sent.body and "Eastgate" not in sent.body


def test_it_is_not_sent_once_it_was_answered_or_taken_back(c, held, here):
    party = ask(c, here)
    round_at(LATER)
    notice = messages.notice_of(Message.objects.get(notice="custody.partner_asks"))
    with c.acting("paul", LATER):
        assert notice.still_wanted()
    with c.acting("denise", LATER) as denise:
        moves.withdraw(party=party, by=denise.actor)
    with c.acting("paul", LATER):
        assert not notice.still_wanted()
    assert round_at(LATER + timedelta(hours=1)) == 0


def test_a_question_with_names_is_mailed_at_once_and_not_by_the_round(c):
    with c.acting("denise") as denise:
        file = cast.take_in(denise)
        sent = cast.refer(file, c.services["carpentry"], denise)
    with c.acting("vera", SOON) as vera:
        referrals.accept(
            referral=Referral.objects.get(pk=sent.pk), reply=referrals.Reply("Vera"), by=vera.actor
        )
        known = Participant.objects.get(person_id=file.person_id, organization_id=vera.organization_id)
        moves.request(
            file=known, asked=c.organizations["eastgate"], by=vera.actor, membership=vera.membership
        )
    assert Message.objects.filter(notice="custody.asked").count() == 1
    assert round_at(LATER) == 0
