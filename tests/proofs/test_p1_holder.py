"""P1 attacked through the app's login: nobody is without a holder, whatever statement is tried."""

from __future__ import annotations

import uuid

import pytest

from tests.proofs.scene import hold, let_go, refused, run, scene, sql, step
from warmhandoff.participants.models import Participant

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


def two_holders(scene, member):
    hold(member, scene.rosa.person_id, step(member, scene.rosa.person_id))


def held_by(organization="eastgate", **holder):
    def act(scene, member):
        let_go(scene.rosa.person_id)
        found = {
            key: (scene.cast.members if key == "membership_id" else scene.cast.queues)[who].pk
            for key, who in holder.items()
        }
        hold(
            member,
            scene.rosa.person_id,
            step(member, scene.rosa.person_id),
            **{"membership_id": None} | found,
        )

    return act


def a_person_from_nowhere(scene, member):
    person = uuid.uuid4()
    Participant.objects.create(person_id=person, organization_id=scene.eastgate, opened_by=member.actor)
    sql("INSERT INTO participants_person (id, close_reason) VALUES (%s, '')", person)


def closed_without_a_release(scene, member):
    let_go(scene.sam.person_id)
    sql(
        "UPDATE foundation_duty SET closed_at = wh_now(), closed_by_id = %s, closed_how = 'done'"
        " WHERE person_id = %s AND closed_at IS NULL",
        member.actor.pk,
        scene.sam.person_id,
    )
    sql(
        "UPDATE participants_person SET closed_at = wh_now(), close_reason = 'needs_met' WHERE id = %s",
        scene.sam.person_id,
    )


ENDED = "state = 'ended', ended_at = wh_now()"
ATTACKS = [
    ("a second holder", "denise", "custody_one_holder", two_holders),
    ("no holder", "denise", "wh_p1_holder", run("UPDATE custody_custody SET until = wh_now() WHERE person_id = {rosa}")),
    ("a holder who works elsewhere", "denise", "wh_p1_holder", held_by(membership_id="ines")),
    ("another organization's queue", "denise", "wh_p1_lead", held_by(queue_id="harbor")),
    ("member and queue", "denise", "custody_member_or_queue", held_by(membership_id="denise", queue_id="eastgate")),
    ("neither member nor queue", "denise", "custody_member_or_queue", held_by()),
    ("end the holder's work", "marcus", "wh_p1_holder", run(f"UPDATE network_membership SET {ENDED} WHERE id = {{denise}}")),
    ("move the holder's work", "marcus", "wh_p1_holder", run("UPDATE network_membership SET organization_id = {harbor} WHERE id = {denise}")),
    ("end the lead's work", "denise", "wh_p1_lead", run(f"UPDATE network_membership SET {ENDED} WHERE id = {{marcus}}")),
    ("take the lead away", "denise", "wh_p1_lead", run("UPDATE network_queue SET lead_id = NULL WHERE id = {eastgate_queue}")),
    ("a lead of another organization", "denise", "wh_p1_lead", run("UPDATE network_queue SET lead_id = {vera} WHERE id = {eastgate_queue}")),
    ("give the queue away", "denise", "wh_p1_lead", run("UPDATE network_queue SET organization_id = {harbor} WHERE id = {eastgate_queue}")),
    ("close the holder's account", "marcus", "wh_p1_holder", run("UPDATE network_user SET is_active = false WHERE email = 'denise@eastgate.example'")),
    ("close the lead's account", "denise", "wh_p1_lead", run("UPDATE network_user SET is_active = false WHERE email = 'marcus@eastgate.example'")),
    ("close the organization", "adam", "wh_p1_holder", run("UPDATE network_organization SET state = 'closed', closed_at = wh_now() WHERE id = {eastgate}")),
    ("close a person who is held", "denise", "wh_p1_holder", run("UPDATE participants_person SET closed_at = wh_now(), close_reason = 'needs_met' WHERE id = {sam}")),
    ("close a person without a release", "denise", "wh_p1_holder", closed_without_a_release),
    ("close a person without a reason", "denise", "person_closed_says_why", run("UPDATE participants_person SET closed_at = wh_now() WHERE id = {sam}")),
    ("open a released person again", "denise", "wh_p1_holder", run("UPDATE participants_person SET closed_at = NULL, close_reason = '' WHERE id = {rey}")),
    ("a person from nowhere", "denise", "wh_p1_holder", a_person_from_nowhere),
    ("delete the custody", "denise", "42501", run("DELETE FROM custody_custody WHERE person_id = {rosa}")),
    ("delete the person", "denise", "42501", run("DELETE FROM participants_person WHERE id = {rosa}")),
]  # fmt: skip


def test_nobody_is_left_without_a_holder():
    refused(scene(), ATTACKS)
