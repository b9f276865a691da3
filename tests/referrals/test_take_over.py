"""The network's office asks to take over whom it sees waiting, by code: who it is comes with the holder's yes and not before."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from tests.cast import MONDAY
from tests.standing import leaves_nothing
from warmhandoff.custody import actions as custody
from warmhandoff.custody import moves
from warmhandoff.custody.models import Custody, CustodyEvent, Handover, HandoverNote, HandoverParty
from warmhandoff.custody.tasks import tell_all_unnamed
from warmhandoff.foundation import clock, timers
from warmhandoff.foundation.errors import BadValue, NotAllowed, WrongState
from warmhandoff.foundation.models import Crossing, Duty, Message, Timer
from warmhandoff.participants import actions as participants
from warmhandoff.participants.actions import ConsentMissing
from warmhandoff.participants.models import Participant
from warmhandoff.referrals import actions, board

LATE = MONDAY + timedelta(days=8)
LATER = LATE + timedelta(hours=2)


def ask(c, at=LATE, code="", who="luz", note="Nobody has answered you."):
    with c.acting(who, at) as member:
        row = board.rows().filter(code__startswith=code).get()
        return actions.ask_to_take_over(party=row, note=note, by=member.actor, membership=member.membership)


def yes(c, file, at=LATER, **more):
    with c.acting("denise", at) as denise:
        said = participants.Asked(
            recipients=[c.organizations["office"].pk], parts=["name", "reach", "need", "birth_date"],
            data_classes=["contact", "needs"], purpose="handover",
        )  # fmt: skip
        consent = participants.record_consent(file=file, asked=said, by=denise.actor)
        return actions.hand_over(handover=Handover.objects.get(), consent=consent, by=denise.actor, **more)


def test_the_question_reaches_the_holder_and_tells_the_office_nobody(c, rosa, asked):
    party = ask(c)
    assert (party.side, party.person_id, party.other_organization_id) == ("asker", None, None)
    with c.acting("denise", LATE) as denise:
        theirs = HandoverParty.objects.get()
        assert (theirs.person_id, theirs.other_organization.name) == (rosa.person_id, "Network Office")
        duty = Duty.objects.get(kind="answer_handover")
        assert (duty.membership_id, duty.person_id, duty.due_at) == (
            denise.membership.pk, rosa.person_id, theirs.answer_due_at,
        )  # fmt: skip
        assert HandoverNote.objects.get().text == "Nobody has answered you."
        assert Custody.objects.get().next_step_id != duty.pk, "to answer a question is no next step"


def test_nothing_the_office_can_read_tells_whom_it_is_about(c, rosa, asked):
    ask(c)
    with c.acting("luz", LATE), connection.cursor() as cursor:
        assert not Handover.objects.exists() and not Crossing.objects.exists()
        assert not Participant.objects.exists() and not CustodyEvent.objects.exists()
        waits = Duty.objects.get(kind="await_handover")
        assert (waits.person_id, waits.detail) == (None, asked.code)
        assert (
            not Message.objects.filter(organization_id=c.organizations["eastgate"].pk)
            .exclude(queued_at=MONDAY)
            .exists()
        ), "a mail's hour would tell"
        for table in (
            "custody_handoverparty",
            "foundation_duty",
            "foundation_timer",
            "referrals_referralparty",
        ):
            cursor.execute(f"SELECT {table}::text FROM {table}")
            assert not [row for row in cursor.fetchall() if str(rosa.person_id) in row[0]], table
        assert Timer.objects.filter(
            subject_kind="handover", organization_id=c.organizations["office"].pk
        ).exists()


def test_two_codes_of_one_person_are_not_told_to_be_one_persons(c, rosa, asked, mailed):
    first, second = ask(c, code=asked.code), ask(c, code=mailed.code)
    assert first.code != second.code
    with c.acting("denise", LATE):
        assert Duty.objects.filter(kind="answer_handover").count() == 2


def test_with_their_yes_the_offices_queue_holds_them_with_all_that_is_open(c, rosa, asked, mailed):
    ask(c, code=asked.code)
    yes(c, rosa)
    with c.acting("denise", LATER):
        assert not custody.holds(rosa.person_id)
        assert not Duty.objects.filter(person_id=rosa.person_id, closed_at__isnull=True).exists()
    with c.acting("luz", LATER):
        held = Custody.objects.get(until__isnull=True)
        assert (held.basis, held.queue_id) == ("handover", c.queues["office"].pk)
        file = Participant.objects.get()
        assert (file.person_id, file.contact.first_name) == (rosa.person_id, "Rosa")
        kinds = set(
            Duty.objects.filter(person_id=rosa.person_id, closed_at__isnull=True).values_list(
                "kind", flat=True
            )
        )
        assert kinds == {"call", "await_answer"}
        party = HandoverParty.objects.get()
        assert (party.state, party.person_id, party.other_organization.name) == (
            "accepted", rosa.person_id, "Eastgate Community Partners",
        )  # fmt: skip


def test_their_no_says_why_and_they_are_not_asked_again(c, rosa, asked):
    ask(c)
    with c.acting("denise", LATER) as denise:
        moves.refuse(handover=Handover.objects.get(), reason="goes_on_here", by=denise.actor)
        assert custody.holds(rosa.person_id)
    with c.acting("luz", LATER):
        party = HandoverParty.objects.get()
        assert (party.state, party.reason, party.person_id, party.other_organization_id) == (
            "declined", "goes_on_here", None, None,
        )  # fmt: skip
    with pytest.raises(WrongState):
        ask(c, at=LATER)


def test_offered_to_somebody_else_is_an_answer(c, rosa, asked):
    ask(c)
    with c.acting("denise", LATER) as denise:
        to = c.organizations["harbor"]
        said = participants.Asked(
            recipients=[to.pk], parts=["name"], data_classes=["contact", "needs"], purpose="handover"
        )
        moves.offer(
            file=rosa, to=to, by=denise.actor, membership=denise.membership,
            consent=participants.record_consent(file=rosa, asked=said, by=denise.actor),
        )  # fmt: skip
    with c.acting("luz", LATER):
        party = HandoverParty.objects.get()
        assert (party.state, party.reason) == ("declined", "offered_elsewhere")


def test_no_answer_ends_the_question_and_it_may_be_asked_again(c, rosa, asked):
    party = ask(c)
    much_later = LATE + timedelta(days=21)
    with clock.at(much_later):
        timer = Timer.objects.get(subject_kind="handover", subject_id=party.handover_id)
        assert timers.fire(timer.pk)
    with c.acting("luz", much_later):
        assert HandoverParty.objects.get().state == "expired"
    again = ask(c, at=much_later)
    assert again.code != party.code


def test_asked_twice_and_taken_back(c, rosa, asked):
    party = ask(c)
    with pytest.raises(WrongState):
        ask(c)
    with c.acting("luz", LATER) as luz:
        moves.withdraw(party=party, by=luz.actor)
    with c.acting("denise", LATER):
        assert HandoverParty.objects.get().state == "withdrawn"
        assert not Duty.objects.filter(kind="answer_handover", closed_at__isnull=True).exists()
    ask(c, at=LATER)


def test_not_before_it_is_late_nor_whom_the_office_holds(c, rosa, asked):
    with pytest.raises(WrongState):
        ask(c, at=MONDAY)
    ask(c)
    yes(c, rosa)
    with pytest.raises(WrongState):
        ask(c, at=LATER)


def test_only_with_a_lead_who_answers_for_the_queue(c, rosa, asked):
    c.queues["office"].refresh_from_db()
    with c.acting("luz", LATE), connection.cursor() as cursor:
        cursor.execute("UPDATE network_queue SET lead_id = NULL WHERE id = %s", [c.queues["office"].pk])
    with pytest.raises(moves.CannotTakeOver):
        ask(c)


def test_only_by_whoever_works_there_and_holds_people(c, rosa, asked):
    with pytest.raises(NotAllowed):
        ask(c, who="grace")
    for stranger in ("vera", "denise"):
        with c.acting("luz", LATE):
            row = board.rows().get()
        with c.acting(stranger, LATE) as member, pytest.raises(DatabaseError), transaction.atomic():
            actions.ask_to_take_over(party=row, by=member.actor, membership=member.membership)
    with c.acting("luz", LATE) as luz, pytest.raises(DatabaseError), transaction.atomic():
        actions.ask_to_take_over(party=row, by=luz.actor, membership=c.members["denise"])


def test_a_note_has_an_end(c, rosa, asked):
    with pytest.raises(BadValue):
        ask(c, note="x" * 501)


def test_nobody_is_handed_over_without_having_agreed(c, rosa, asked):
    ask(c)
    with c.acting("denise", LATER) as denise, pytest.raises(ConsentMissing):
        said = participants.Asked(
            recipients=[c.organizations["harbor"].pk], parts=[], data_classes=["contact"], purpose="handover"
        )
        consent = participants.record_consent(file=rosa, asked=said, by=denise.actor)
        actions.hand_over(handover=Handover.objects.get(), consent=consent, by=denise.actor)


def test_the_lead_there_is_written_to_with_the_round_of_all(c, rosa, asked):
    ask(c)
    with clock.at(LATER):
        assert tell_all_unnamed() == 1
        assert tell_all_unnamed() == 0


def test_a_failure_leaves_nothing(c, rosa, asked):
    leaves_nothing(c, lambda: ask(c), at=LATE)
    ask(c)
    leaves_nothing(c, lambda: yes(c, rosa), every=3, at=LATER)
