"""P3 attacked through the app's login: custody crosses organizations by handshake or by agreement, and by nothing else.

The attacker may even act on the other organization's behalf, because a referral names both: that lets statements through the
row policies, and not through the promises.
"""

from __future__ import annotations

import pytest

from tests.proofs.scene import DENIED, because, hold, let_go, refused, run, scene, sql, step
from warmhandoff.custody.models import Handover
from warmhandoff.foundation.scoping import on_behalf_of
from warmhandoff.participants.models import Participant
from warmhandoff.referrals import actions as referrals
from warmhandoff.referrals.models import Referral

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


def taken(person="una", **basis):
    """Valley helps itself: ends Eastgate's custody on its behalf, and opens its own."""

    def act(scene, member):
        found = {key: (each(scene) if callable(each) else each) for key, each in basis.items()}
        file = getattr(scene, person)
        with on_behalf_of(scene.eastgate, because=because(scene.offered)):
            let_go(file.person_id)
            sql("UPDATE foundation_duty SET closed_at = wh_now(), closed_by_id = %s, closed_how = 'moved'"
                " WHERE person_id = %s AND closed_at IS NULL", member.actor.pk, file.person_id)  # fmt: skip
        hold(member, file.person_id, step(member, file.person_id), **found)

    return act


def handover_of_una(scene):
    return scene.offered.handover_id


def accepted_for_una(person):
    def act(scene, member):
        sql(
            "UPDATE custody_handover SET state = 'accepted', settled_at = wh_now() WHERE id = %s",
            scene.offered.handover_id,
        )
        taken(person, basis="handover", handover_id=handover_of_una)(scene, member)

    return act


def offered_to_oneself(scene, member):
    handover = Handover.objects.create(
        person_id=scene.una.person_id, kind="transfer", from_organization_id=scene.eastgate,
        to_organization_id=scene.valley, to_queue=scene.cast.queues["valley"],
    )  # fmt: skip
    sql("UPDATE custody_handover SET state = 'accepted', settled_at = wh_now() WHERE id = %s", handover.pk)


def born_accepted(scene, member):
    sql(
        "INSERT INTO custody_handover (code, person_id, kind, from_organization_id, to_organization_id, to_queue_id, state,"
        " settled_at) VALUES ('X', %s, 'transfer', %s, %s, %s, 'accepted', wh_now())",
        scene.una.person_id, scene.eastgate, scene.valley, scene.cast.queues["valley"].pk,
    )  # fmt: skip


def the_other_way_round(scene, member):
    """Valley offers Una to Eastgate, which accepts; Valley then takes her by that handshake."""
    back = Handover.objects.create(
        person_id=scene.una.person_id, kind="request", from_organization_id=scene.valley,
        to_organization_id=scene.eastgate, to_queue=scene.cast.queues["eastgate"],
    )  # fmt: skip
    with on_behalf_of(scene.eastgate, because=because(scene.offered)):
        sql("UPDATE custody_handover SET state = 'accepted', settled_at = wh_now() WHERE id = %s", back.pk)
    taken("una", basis="handover", handover_id=lambda scene: back.pk)(scene, member)


def by_agreement(organization):
    return taken("una", basis="escheat", agreement_id=lambda scene: scene.cast.agreements[organization].pk)


def underneath(scene, member):
    """History that says Valley had them first."""
    duty = step(member, scene.una.person_id)
    hold(member, scene.una.person_id, duty, pk=-1, basis="intake")


def an_ended_row(scene, member):
    hold(
        member,
        scene.una.person_id,
        step(member, scene.una.person_id),
        basis="intake",
        until=scene.offered.sent_at,
    )


CUSTODY = "UPDATE custody_custody SET"
HANDOVER = "UPDATE custody_handover SET"
OPEN = "WHERE person_id = {una} AND until IS NULL"
ATTACKS = [
    ("an intake of one's own", "vera", "wh_p3_handshake", taken(basis="intake")),
    ("an assignment across", "vera", "wh_p3_handshake", taken(basis="assignment")),
    ("a handover not yet accepted", "vera", "wh_p3_handshake", taken(basis="handover", handover_id=handover_of_una)),
    ("a handover accepted for someone else", "vera", "wh_p3_handshake", accepted_for_una("sam")),
    ("a handover the other way round", "vera", "wh_crossing", the_other_way_round),
    ("an offer to oneself", "vera", DENIED, offered_to_oneself),
    ("the sender accepts", "denise", "wh_p3_handshake", run(f"{HANDOVER} state = 'accepted', settled_at = wh_now()")),
    ("an offer born accepted", "denise", "wh_p3_handshake", born_accepted),
    ("accepted, and nobody moved", "vera", "wh_p3_handshake", run(f"{HANDOVER} state = 'accepted', settled_at = wh_now()")),
    ("the offer is for someone else", "denise", "wh_p3_handshake", run(f"{HANDOVER} person_id = {{rosa}}")),
    ("the offer is to someone else", "denise", "wh_p3_handshake", run(f"{HANDOVER} to_organization_id = {{harbor}}")),
    ("accepted by the referral alone", "vera", "wh_p3_handshake", run(
        "UPDATE referrals_referral SET state = 'accepted', answered_at = wh_now(), contact_due_at = wh_now() WHERE id = {offered}")),
    ("the agreement of an organization that is open", "vera", "wh_p3_handshake", by_agreement("eastgate")),
    ("the agreement of another one", "vera", "wh_p3_handshake", by_agreement("bright")),
    ("no reason that has its row", "vera", "custody_basis_has_its_row", taken(basis="handover")),
    ("the custody row changes hands", "denise", "wh_p7_custody", run(f"{CUSTODY} organization_id = {{valley}} {OPEN}")),
    ("the custody row changes its holder", "denise", "wh_p7_custody", run(f"{CUSTODY} membership_id = {{marcus}} {OPEN}")),
    ("the custody row changes its reason", "denise", "wh_p7_custody", run(f"{CUSTODY} basis = 'assignment' {OPEN}")),
    ("the custody row changes its number", "denise", "wh_p7_custody", run(f"{CUSTODY} id = -2 {OPEN}")),
    ("ended before it began", "denise", "wh_p7_custody", run(f"{CUSTODY} until = since - interval '1 day' {OPEN}")),
    ("ended twice", "denise", "wh_p7_custody", run(f"{CUSTODY} until = wh_now() WHERE person_id = {{rey}}")),
    ("opened again", "denise", "wh_p7_custody", run(f"{CUSTODY} until = NULL WHERE person_id = {{rey}}")),
    ("history underneath", "vera", "wh_p7_custody", underneath),
    ("history that is over already", "vera", "wh_p7_custody", an_ended_row),
    ("another organization's custody, by name", "vera", DENIED, lambda scene, member: hold(
        member, scene.una.person_id, step(member, scene.una.person_id), organization_id=scene.eastgate)),
]  # fmt: skip


def test_custody_crosses_by_handshake_alone():
    refused(scene(), ATTACKS)


def used_again(scene, member):
    let_go(scene.una.person_id)
    hold(
        member, scene.una.person_id, step(member, scene.una.person_id), basis="handover",
        handover_id=scene.offered.handover_id,
    )  # fmt: skip


def test_a_handover_is_used_once_and_stays_what_it_came_to():
    here = scene()
    with here.cast.acting("vera") as vera:
        referrals.accept(
            referral=Referral.objects.get(pk=here.offered.pk), reply=referrals.Reply("Vera"), by=vera.actor
        )
    refused(
        here,
        [
            ("the handover again", "vera", "custody_custody_handover_id_key", used_again),
            ("no longer accepted", "denise", "wh_p3_handshake", run(f"{HANDOVER} state = 'withdrawn'")),
            ("offered again", "denise", "wh_p3_handshake", run(f"{HANDOVER} state = 'offered'")),
        ],
    )


def test_after_a_closing_the_named_queue_holds_them_and_nobody_else():
    here = scene()
    with here.cast.acting("adam") as adam:
        referrals.close_organization(organization=here.cast.organizations["eastgate"], by=adam.actor)
    agreement = here.cast.agreements["eastgate"].pk

    def by_a_member(scene, member):
        let_go(scene.rosa.person_id)
        hold(
            member,
            scene.rosa.person_id,
            step(member, scene.rosa.person_id),
            basis="escheat",
            agreement_id=agreement,
        )

    refused(
        here,
        [("closed again", "adam", "wh_p7_custody", run("UPDATE custody_custody SET agreement_id = NULL"))],
    )
    # Within the office anybody may be given them; but a crossing goes to the queue that the agreement names.
    refused(here, [("a crossing that none was", "luz", "wh_p3_handshake", by_a_member)])
    with here.cast.acting("luz") as luz:
        assert Participant.objects.filter(organization_id=luz.organization_id).count() == 4
