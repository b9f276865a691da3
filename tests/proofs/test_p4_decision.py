"""P4 attacked through the app's login: what ends without success is decided by a person, with whoever holds them."""

from __future__ import annotations

import pytest

from tests.proofs.scene import DENIED, hold, let_go, refused, run, scene, sql, step
from warmhandoff.custody.models import CustodyEvent
from warmhandoff.foundation.actors import system_actor
from warmhandoff.referrals import actions as referrals
from warmhandoff.referrals.models import Disposition, Referral

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


def released_by_hand(person):
    """Everything that a release writes, but for asking whether it may."""

    def act(scene, member):
        file = getattr(scene, person)
        sql("UPDATE foundation_duty SET closed_at = wh_now(), closed_by_id = %s, closed_how = 'done'"
            " WHERE person_id = %s AND closed_at IS NULL", member.actor.pk, file.person_id)  # fmt: skip
        custody = file.person.custodies.get(until__isnull=True)
        let_go(file.person_id)
        sql(
            "UPDATE participants_person SET closed_at = wh_now(), close_reason = 'needs_met' WHERE id = %s",
            file.person_id,
        )
        CustodyEvent.objects.create(
            person_id=file.person_id, organization_id=member.organization_id, custody=custody, kind="released",
            detail="needs_met", by=member.actor,
        )  # fmt: skip

    return act


def settled(outcome, by=None):
    def act(scene, member):
        actor = system_actor(member.organization_id) if by == "system" else member.actor
        sql(
            "UPDATE referrals_disposition SET settled_at = wh_now(), settled_by_id = %s, outcome = %s",
            actor.pk,
            outcome,
        )

    return act


def another_settled_one(scene, member):
    open_one = Disposition.objects.get()
    Disposition.objects.create(
        referral=scene.declined, person_id=scene.tom.person_id, organization_id=scene.eastgate, because="declined",
        duty=open_one.duty, settled_at=open_one.opened_at, settled_by=member.actor, outcome="stays",
    )  # fmt: skip


def one_before_its_time(scene, member):
    Disposition.objects.create(
        referral=scene.asked, person_id=scene.rosa.person_id, organization_id=scene.eastgate, because="declined",
        duty=step(member, scene.rosa.person_id, holds_release=True),
    )  # fmt: skip


def carried_off(scene, member):
    duty = step(member, scene.tom.person_id)
    sql("SELECT wh_carry_disposition((SELECT min(id) FROM referrals_disposition WHERE referral_id = %s), %s, 'referral', %s)",
        scene.declined.pk, duty.pk, scene.declined.pk)  # fmt: skip


def carried_off_with_its_number(scene, member):
    duty = step(member, scene.tom.person_id)
    sql("SELECT wh_carry_disposition(1, %s, 'referral', %s)", duty.pk, scene.declined.pk)


def moved_away_from_it(scene, member):
    let_go(scene.tom.person_id)
    duty = Disposition.objects.get().duty
    sql("UPDATE foundation_duty SET closed_at = wh_now(), closed_by_id = %s, closed_how = 'moved' WHERE id = %s",
        member.actor.pk, duty.pk)  # fmt: skip
    hold(member, scene.tom.person_id, step(member, scene.tom.person_id))


def beside_another_step(statement):
    """So that it isn't the missing next step (P2) that refuses it."""

    def act(scene, member):
        other = step(member, scene.tom.person_id)
        sql(
            "UPDATE custody_custody SET next_step_id = %s WHERE person_id = %s", other.pk, scene.tom.person_id
        )
        run(statement)(scene, member)

    return act


def held_up(scene, member):
    step(member, scene.una.person_id, holds_release=True)


STATE = "UPDATE referrals_referral SET state ="
ENDS = ", ended_at = wh_now(), answered_at = wh_now(), end_reason = 'full'"
DECISION = "UPDATE referrals_disposition SET"
ITS_DUTY = "(SELECT duty_id FROM referrals_disposition)"
ATTACKS = [
    ("declined, and nobody decides", "vera", "wh_p4_disposition", run(f"{STATE} 'declined' {ENDS} WHERE id = {{offered}}")),
    ("withdrawn, and nobody decides", "denise", "wh_p4_disposition", run(f"{STATE} 'withdrawn' {ENDS} WHERE id = {{asked}}")),
    ("expired, and nobody decides", "denise", "wh_p4_disposition", run(f"{STATE} 'expired', ended_at = wh_now() WHERE id = {{asked}}")),
    ("the decision is deleted", "denise", DENIED, run("DELETE FROM referrals_disposition")),
    ("its duty is closed", "denise", "wh_p4_disposition", beside_another_step(
        f"UPDATE foundation_duty SET closed_at = wh_now(), closed_by_id = {{actor}}, closed_how = 'done' WHERE id = {ITS_DUTY}")),
    ("its duty holds nothing", "denise", "wh_p4_disposition", run(f"UPDATE foundation_duty SET holds_release = false WHERE id = {ITS_DUTY}")),
    ("its duty is about someone else", "denise", "wh_p4_disposition", beside_another_step(f"UPDATE foundation_duty SET person_id = {{rosa}} WHERE id = {ITS_DUTY}")),
    ("given to another organization", "denise", DENIED, run(f"{DECISION} organization_id = {{valley}}")),
    ("carried off by a party", "vera", "wh_p4_disposition", carried_off_with_its_number),
    ("carried off by a stranger", "ines", "wh_crossing", carried_off),
    ("left behind", "denise", "wh_p4_disposition", moved_away_from_it),
    ("re-pointed", "denise", "wh_p7_history", run(f"{DECISION} referral_id = {{asked}}")),
    ("settled by the machine", "denise", "wh_p4_disposition", settled("stays", by="system")),
    ("settled by nobody", "denise", "wh_p4_disposition", run(f"{DECISION} settled_at = wh_now(), outcome = 'stays'")),
    ("a late yes that none was", "denise", "wh_p4_disposition", settled("late_yes")),
    ("not eligible, signed by nobody", "denise", "disposition_not_eligible_is_signed_off", settled("not_eligible")),
    ("hidden behind a settled one", "denise", "wh_p4_disposition", another_settled_one),
    ("a decision before the end", "denise", "wh_p4_disposition", one_before_its_time),
    ("released with a decision open", "denise", "wh_p4_release", released_by_hand("tom")),
    ("released with a referral open", "denise", "wh_p4_release", released_by_hand("rosa")),
    ("held up by who does not hold them", "vera", "wh_p4_release", held_up),
    ("the end is undone", "denise", "wh_p4_transition", run(f"{STATE} 'sent', ended_at = NULL WHERE id = {{declined}}")),
    ("the end is undone by the receiver without a correction", "vera", "wh_p4_transition", run(
        f"{STATE} 'sent', ended_at = NULL, answered_at = NULL, end_reason = '' WHERE id = {{declined}}")),
    ("undone with a correction, and a decision waits on", "vera", "wh_p4_disposition", run(
        "INSERT INTO referrals_referralevent (referral_id, kind, organization_id, detail, by_id, reason, supersedes_id)"
        " SELECT referral_id, 'struck', organization_id, kind, {actor}, 'mistake', id FROM referrals_referralevent"
        " WHERE referral_id = {declined} AND kind = 'declined';"
        f" {STATE} 'sent', ended_at = NULL, answered_at = NULL, end_reason = '' WHERE id = {{declined}}")),
    ("completed by the sender", "denise", "wh_p4_transition", run(
        f"{STATE} 'completed', contact_due_at = wh_now(), engaged_at = wh_now() {ENDS} WHERE id = {{asked}}")),
    ("accepted by the sender", "denise", "wh_p4_transition", run(
        f"{STATE} 'accepted', contact_due_at = wh_now(), answered_at = wh_now() WHERE id = {{asked}}")),
    ("completed at once", "vera", "wh_p4_transition", run(
        f"{STATE} 'completed', contact_due_at = wh_now(), engaged_at = wh_now() {ENDS} WHERE id = {{offered}}")),
    ("a state that none is", "vera", "wh_p4_transition", run(f"{STATE} 'paused' WHERE id = {{offered}}")),
    ("about someone else", "denise", "wh_p7_history", run("UPDATE referrals_referral SET person_id = {sam} WHERE id = {declined}")),
    ("the referral is deleted", "denise", DENIED, run("DELETE FROM referrals_referral WHERE id = {declined}")),
]  # fmt: skip


def test_no_referral_ends_in_a_dead_end():
    refused(scene(), ATTACKS)


def test_a_decision_that_was_made_is_not_rewritten():
    here = scene()
    with here.cast.acting("denise") as denise:
        referrals.settle(referral=Referral.objects.get(pk=here.declined.pk), outcome="stays", by=denise.actor)
    refused(
        here,
        [
            ("another outcome", "denise", "wh_p7_history", run(f"{DECISION} outcome = 'met_elsewhere'")),
            (
                "open again",
                "denise",
                "wh_p7_history",
                run(f"{DECISION} settled_at = NULL, settled_by_id = NULL, outcome = ''"),
            ),
        ],
    )
