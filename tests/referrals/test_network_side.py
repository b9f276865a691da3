"""The network's office sees where somebody waits, by code: never who, nor for what; and it reminds once a day."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from tests import cast
from tests.cast import MONDAY
from tests.standing import as_at_commit, everything, leaves_nothing
from warmhandoff.foundation import clock, scoping
from warmhandoff.foundation.errors import BadValue, NotYours, WrongState
from warmhandoff.foundation.scoping import Because
from warmhandoff.referrals import actions, board, reading
from warmhandoff.referrals.models import HolderCheck, Referral, ReferralEvent, ReferralNote, ReferralParty
from warmhandoff.referrals.tasks import remind_as_late

LATER = MONDAY + timedelta(days=4)
MUCH_LATER = MONDAY + timedelta(days=30)


def test_the_office_has_a_row_of_each_referral_and_no_person_in_it(c, rosa, asked):
    with c.acting("luz"):
        row = board.rows().get()
        assert (row.code, row.state, row.waits_for) == (asked.code, "sent", "")
        assert (row.from_organization.name, row.at_organization.name) == (
            "Eastgate Community Partners",
            "Valley Trades",
        )
        assert (row.since, row.due_at) == (asked.sent_at, asked.answer_due_at)
    names = {field.attname for field in ReferralParty._meta.concrete_fields}
    assert not names & {"person_id", "need_code", "consent_id", "sender_file_id", "area", "language"}


def test_behind_the_row_nothing_opens(c, rosa, asked, do):
    """Neither the referral, nor what happened, nor what was written; no acting for a side, no telling who holds the person."""
    do("vera", actions.ask, asked, text="Which weekdays?")
    with c.acting("luz"):
        assert board.rows().count() == 1
        for model in (Referral, ReferralEvent, ReferralNote):
            assert not model.objects.exists(), model
        with pytest.raises(NotYours):
            reading.referral_or_404(asked.code)
        with connection.cursor() as cursor:
            cursor.execute("SELECT wh_referral_holder(%s)", [asked.pk])
            assert cursor.fetchone() == (None,)
    eastgate, office = c.organizations["eastgate"].pk, c.organizations["office"].pk
    because = Because("referral", asked.pk)
    with (
        c.acting("luz"),
        pytest.raises(DatabaseError),
        transaction.atomic(),
        scoping.on_behalf_of(eastgate, because=because),
    ):
        pass
    with c.acting("luz"), pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT wh_follow_to_holder(%s, %s)", [asked.pk, office])


def test_nobody_writes_the_row_but_the_database(c, asked):
    attacks = (
        "UPDATE referrals_referralparty SET state = 'engaged' WHERE side = 'network'",
        "DELETE FROM referrals_referralparty WHERE side = 'network'",
        (
            "INSERT INTO referrals_referralparty (referral_id, organization_id, side, other_organization_id, service_id, state)"
            " SELECT referral_id, organization_id, 'network', other_organization_id, service_id, state"
            " FROM referrals_referralparty"
        ),
    )
    for attack in attacks:
        with c.acting("luz"), pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            connection.cursor().execute(attack)


def test_another_organization_has_no_such_row(c, asked):
    for stranger in ("ines", "vera", "denise"):
        with c.acting(stranger):
            assert not board.rows().exists()


def test_it_follows_the_waiting_wherever_it_goes(c, rosa, asked, do):
    do("vera", actions.ask, asked, text="Which weekdays?")
    with c.acting("luz"):
        row = board.rows().get()
        assert (row.waits_for, row.at_organization.name) == ("reply", "Eastgate Community Partners")
    do("denise", actions.answer_question, asked, text="Any day.")
    do("vera", actions.waitlist, asked, review_on=(MONDAY + timedelta(days=20)).date())
    with c.acting("luz"):
        row = board.rows().get()
        assert (row.waits_for, row.at_organization.name) == ("review", "Valley Trades")
    do("vera", actions.decline, asked, reason="full", tell_person=True)
    with c.acting("luz"):
        row = board.rows().get()
        assert (row.waits_for, row.state, row.at_organization.name, row.decline_reason) == (
            "decision", "declined", "Eastgate Community Partners", "full",
        )  # fmt: skip
        assert row.due_at is not None


def test_longest_first_and_only_what_is_late(c, asked, do):
    with c.acting("denise", MONDAY + timedelta(days=1)) as denise:
        later = cast.refer(cast.take_in(denise, cast.told("Andre", "Wells")), c.services["carpentry"], denise)
    with c.acting("luz"):
        assert not board.waits_longer_than_promised().exists()
    with c.acting("luz", MUCH_LATER):
        assert [row.code for row in board.waits_longer_than_promised()] == [asked.code, later.code]
        silent = board.silent_organizations()
        assert [(each.organization.name, each.number) for each in silent] == [("Valley Trades", 2)]


def test_who_holds_by_agreement_becomes_a_party_beside_the_boards_row(c, rosa, asked):
    """The office that takes a person over has both rows: the board's own stands in nobody's way."""
    with c.acting("adam") as adam:
        actions.close_organization(organization=c.organizations["eastgate"], by=adam.actor)
    with c.acting("luz"):
        sides = ReferralParty.objects.filter(referral_id=asked.pk).values_list("side", flat=True)
        assert sorted(sides) == ["holder", "network"]
        assert reading.referral_or_404(asked.code).pk == asked.pk


def test_an_organization_that_is_no_office_any_more_sees_nothing(c, asked):
    with c.acting("luz"), connection.cursor() as cursor:
        office = c.organizations["office"]
        cursor.execute("UPDATE network_organization SET kinds = ARRAY['county'] WHERE id = %s", [office.pk])
        assert not board.rows().exists()
        cursor.execute(
            "UPDATE network_organization SET kinds = ARRAY['network_office'] WHERE id = %s", [office.pk]
        )
        assert board.rows().get().code == asked.code


# --- Reminding ----------------------------------------------------------------------------------------------------


def remind(c, at=LATER, code=""):
    with c.acting("luz", at) as luz:
        row = board.rows().filter(code__startswith=code).get()
        actions.remind(party=row, by=luz.actor)


def jobs() -> list[dict]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT args FROM procrastinate_jobs WHERE task_name LIKE '%remind_for_network' ORDER BY id"
        )
        return [json.loads(row[0]) for row in cursor.fetchall()]


def mails(about: str = "answer_link") -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT notice FROM foundation_message WHERE subject_kind = %s ORDER BY id", [about])
        return [row[0] for row in cursor.fetchall()]


def work(at=LATER):
    with clock.at(at):
        for args in jobs():
            remind_as_late(**args)
            as_at_commit()


def test_reminding_is_told_to_both_sides_and_mailed_by_the_worker(c, asked, stands):
    remind(c)
    assert jobs() == [{"referral_id": asked.pk, "organization_id": c.organizations["valley"].pk}]
    for side in ("denise", "vera"):
        with c.acting(side, LATER):
            told = ReferralEvent.objects.get(referral=asked, kind="network_reminded")
            assert told.organization_id == c.organizations["office"].pk
    work()
    assert mails()[-1] == "referrals.answer_reminder"


def test_the_job_that_runs_twice_mails_once(c, asked):
    remind(c)
    work()
    before = len(mails())
    work()
    assert len(mails()) == before


def test_a_question_reminds_whoever_was_asked(c, asked, do):
    do("vera", actions.ask, asked, text="Which weekdays?")
    remind(c)
    work()
    assert mails("referral")[-1] == "referrals.question_waits"


def test_twice_a_day_is_once(c, asked):
    remind(c)
    with pytest.raises(WrongState):
        remind(c, LATER + timedelta(hours=1))
    remind(c, LATER + timedelta(days=1))
    with c.acting("denise", LATER + timedelta(days=1)):
        assert ReferralEvent.objects.filter(kind="network_reminded").count() == 2


def test_what_is_not_late_is_not_reminded(c, asked):
    with pytest.raises(WrongState):
        remind(c, MONDAY)


def test_what_was_answered_meanwhile_is_not_mailed(c, asked, do):
    remind(c)
    do("vera", actions.accept, asked, at=LATER, reply=actions.Reply("Vera"))
    before = mails()
    work()
    # What is owed now is the first contact, whose day has not come: the mail of the worker would be about nothing.
    assert mails() == before


def test_a_stranger_reminds_nobody(c, asked):
    with c.acting("luz", LATER):
        row = board.rows().get()
    for stranger in ("ines", "vera", "denise"):
        with c.acting(stranger, LATER) as member, pytest.raises(WrongState):
            actions.remind(party=row, by=member.actor)


def test_a_reminder_that_fails_leaves_nothing(c, asked):
    leaves_nothing(c, lambda: remind(c), at=LATER)


# --- Suggesting another place -------------------------------------------------------------------------------------


def suggest(c, service="solar", at=LATER, note="Room from Monday."):
    with c.acting("luz", at) as luz:
        actions.suggest(party=board.rows().get(), service=c.services[service], note=note, by=luz.actor)


def test_another_place_is_named_to_whoever_holds_the_person(c, asked):
    suggest(c)
    with c.acting("denise", LATER):
        (one,) = reading.suggestions_of(asked)
        assert (one.service, one.note, one.at) == (c.services["solar"], "Room from Monday.", LATER)
        assert not reading.notes_of(asked).exists(), "no message between the two"
        assert ReferralEvent.objects.get(kind="suggested").organization_id == c.organizations["office"].pk


def test_the_receiver_is_not_told_of_it_and_the_office_learns_nothing(c, asked):
    suggest(c)
    with c.acting("vera", LATER):
        assert reading.suggestions_of(asked) == []
        assert not reading.events_of(asked).filter(kind="suggested").exists()
        assert not reading.notes_of(asked).exists()
    with c.acting("luz", LATER):
        for model in (Referral, ReferralEvent, ReferralNote):
            assert not model.objects.exists(), model


def test_it_goes_on_standing_where_it_is_decided(c, asked, do):
    do("vera", actions.decline, asked, reason="full", detail="full_open")
    suggest(c, note="")
    with c.acting("denise", LATER):
        (one,) = reading.suggestions_of(asked)
        assert one.note == ""
    do("denise", actions.settle, asked, LATER, outcome="stays")
    with pytest.raises(WrongState):
        suggest(c, "it")


def test_a_place_that_can_be_asked_once_and_not_the_same(c, asked):
    with c.acting("luz", LATER):
        offered = board.places_to_suggest(board.rows().get())
    assert [one.name for one in offered] == ["IT support training", "Solar Installer training"]
    suggest(c)
    with c.acting("luz", LATER):
        before = everything(c)
    for service in ("solar", "carpentry"):  # again; and the very one that is silent
        with pytest.raises(WrongState):
            suggest(c, service)
    with pytest.raises(BadValue):
        suggest(c, "it", note="x" * 501)
    with c.acting("luz", LATER):
        c.services["it"].active = False
        c.services["it"].save(update_fields=["active"])
        with pytest.raises(WrongState):
            suggest(c, "it")
        assert everything(c) == before


def test_nothing_is_suggested_where_somebody_said_yes(c, asked, do):
    do("vera", actions.accept, asked, reply=actions.Reply("Vera"))
    with c.acting("luz", LATER):
        assert not board.may_suggest(board.rows().get())
    with pytest.raises(WrongState):
        suggest(c)


def test_a_stranger_suggests_nothing(c, asked):
    with c.acting("luz", LATER):
        row = board.rows().get()
    for stranger in ("ines", "vera", "denise"):
        with c.acting(stranger, LATER) as member, pytest.raises(WrongState):
            actions.suggest(party=row, service=c.services["solar"], by=member.actor)


def test_a_suggestion_that_fails_leaves_nothing(c, asked):
    with c.acting("luz", LATER):
        before = everything(c)
    with pytest.raises(RuntimeError), transaction.atomic():
        suggest(c)
        raise RuntimeError
    with c.acting("luz", LATER):
        assert everything(c) == before


# --- The morning's count ------------------------------------------------------------------------------------------


def test_the_count_is_two_numbers_once_a_morning(c, rosa):
    with c.acting("luz"):
        assert board.last_check() is None
        assert board.check_holders_if_due()
        assert not board.check_holders_if_due()
        newest = board.last_check()
        assert (newest.people, newest.without_holder) == (1, 0)
    with c.acting("luz", MONDAY + timedelta(days=1)):
        assert board.check_holders_if_due()
        assert HolderCheck.objects.count() == 2


def test_nobody_writes_the_count_by_hand(c):
    with c.acting("luz"), pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        HolderCheck.objects.create(people=1, without_holder=0)
