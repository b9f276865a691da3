"""P2 attacked through the app's login: nobody waits without a date, and what is owed is owed by someone."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.proofs.scene import MISSING, let_go, refused, run, scene, sql, step
from warmhandoff.custody.models import Custody
from warmhandoff.foundation import clock
from warmhandoff.foundation.duties import Owner
from warmhandoff.foundation.models import Duty

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])

NEXT_STEP = "(SELECT next_step_id FROM custody_custody WHERE person_id = {rosa} AND until IS NULL)"


def far_away(**more):
    def act(scene, member):
        step(member, scene.rosa.person_id, due_at=clock.now() + timedelta(days=200), **more)

    return act


def set_in_the_future(scene, member):
    duty = step(member, scene.rosa.person_id)
    due = clock.now() + timedelta(days=200)
    Duty.objects.filter(pk=duty.pk).update(set_at=due - timedelta(days=5), due_at=due)


def born_in_the_future(scene, member):
    due = clock.now() + timedelta(days=200)
    Duty.objects.create(
        organization_id=scene.eastgate, membership_id=member.membership.pk, kind="call", opened_by=member.actor,
        person_id=scene.rosa.person_id, due_at=due, set_at=due - timedelta(days=5),
    )  # fmt: skip


def no_step_at_all(scene, member):
    let_go(scene.rosa.person_id)
    Custody.objects.create(
        person_id=scene.rosa.person_id, organization_id=scene.eastgate, membership_id=member.membership.pk,
        basis="assignment", opened_by=member.actor,
    )  # fmt: skip


def owed_by(**owner):
    def act(scene, member):
        who = {
            key: (scene.cast.members if key == "membership_id" else scene.cast.queues)[name].pk
            for key, name in owner.items()
        }
        step(member, scene.rosa.person_id, owner=Owner(scene.eastgate, **who))

    return act


def step_of_someone_else(scene, member):
    other = step(member, scene.sam.person_id)
    sql("UPDATE custody_custody SET next_step_id = %s WHERE person_id = %s", other.pk, scene.rosa.person_id)


def closed(reason):
    return f"closed_at = wh_now(), closed_by_id = {{actor}}, closed_how = '{reason}'"


DUTY = "UPDATE foundation_duty SET"
ATTACKS = [
    ("close the next step", "denise", "wh_p2_next_step", run(f"{DUTY} {closed('done')} WHERE id = {NEXT_STEP}")),
    ("a closed step as the next", "denise", "wh_p2_next_step", run(
        "UPDATE custody_custody SET next_step_id = (SELECT id FROM foundation_duty WHERE person_id = {rosa}"
        " AND closed_at IS NOT NULL LIMIT 1) WHERE person_id = {rosa}")),
    ("someone else's next step", "denise", "wh_p2_next_step", step_of_someone_else),
    ("the step becomes someone else's", "denise", "wh_p2_next_step", run(f"{DUTY} person_id = {{sam}} WHERE id = {NEXT_STEP}")),
    ("the step becomes nobody's", "denise", "wh_p2_next_step", run(f"{DUTY} person_id = NULL WHERE id = {NEXT_STEP}")),
    ("no next step", "denise", MISSING, no_step_at_all),
    ("the next step is taken away", "denise", MISSING, run("UPDATE custody_custody SET next_step_id = NULL WHERE person_id = {rosa}")),
    ("owed by someone who works elsewhere", "denise", "wh_p2_next_step", owed_by(membership_id="ines")),
    ("owed by another organization's queue", "denise", "wh_p2_next_step", owed_by(queue_id="harbor")),
    ("owed by nobody", "denise", "duty_has_one_owner", owed_by()),
    ("owed by two", "denise", "duty_has_one_owner", owed_by(membership_id="denise", queue_id="eastgate")),
    ("handed to another organization's member", "denise", "wh_p2_next_step", run(f"{DUTY} membership_id = {{ines}} WHERE id = {NEXT_STEP}")),
    ("in 200 days", "denise", "duty_within_its_days", far_away()),
    ("in 200 days, as a waitlist", "denise", "duty_within_its_days", far_away(max_days=90)),
    ("within 200 days", "denise", "duty_within_ninety_days", far_away(max_days=200)),
    ("put off by 200 days", "denise", "duty_within_its_days", run(f"{DUTY} due_at = wh_now() + interval '200 days' WHERE id = {NEXT_STEP}")),
    ("put off, and set in the future", "denise", "duty_within_its_days", set_in_the_future),
    ("born in the future", "denise", "duty_within_its_days", born_in_the_future),
    ("no date", "denise", MISSING, run(f"{DUTY} due_at = NULL WHERE id = {NEXT_STEP}")),
    ("closed by nobody", "denise", "duty_closed_by_someone", run(f"{DUTY} closed_at = wh_now() WHERE id = {NEXT_STEP}")),
    ("deleted", "denise", "42501", run(f"DELETE FROM foundation_duty WHERE id = {NEXT_STEP}")),
]  # fmt: skip


def test_nobody_waits_without_a_date():
    refused(scene(), ATTACKS)


def test_a_duty_is_not_left_with_someone_who_leaves():
    """Also one that is no next step: Vera owes an answer, and leads the queue that owes it."""
    refused(
        scene(),
        [
            ("end the work of whoever owes", "adam", "wh_p2_next_step", run(
                "UPDATE network_membership SET state = 'ended', ended_at = wh_now() WHERE id = {vera}")),
            ("close the account of whoever owes", "adam", "wh_p2_next_step", run(
                "UPDATE network_user SET is_active = false WHERE email = 'vera@valley.example'")),
            ("take the queue's lead away", "adam", "wh_p2_next_step", run(
                "UPDATE network_queue SET lead_id = NULL WHERE id = {valley_queue}")),
        ],
    )  # fmt: skip
