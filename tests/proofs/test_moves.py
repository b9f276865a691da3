"""P1, P3 and P8 of requests, working links and merges, attacked through the app's login; and two at once.

Vera serves Una, whom Eastgate holds, and asks for her; Inés holds Lee, whom Eastgate knows as Lia and holds too.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from importlib import import_module

import pytest
from django.db import connections

from tests import cast
from tests.cast import MONDAY
from tests.proofs.scene import DENIED, DONE, because, hold, let_go, refused, run, scene, sql, step, value
from tests.proofs.test_check_finds import ACTOR, CLOSED, DUTY, broken_by, finds
from tests.proofs.test_concurrency import at_once
from warmhandoff.custody import actions as custody
from warmhandoff.custody import merging, moves
from warmhandoff.custody.models import Handover, HandoverParty, Link
from warmhandoff.foundation import promises
from warmhandoff.foundation.scoping import Because, on_behalf_of
from warmhandoff.participants import actions as participants
from warmhandoff.participants.models import Consent, Participant
from warmhandoff.referrals import actions as referrals
from warmhandoff.referrals import board, carried
from warmhandoff.referrals.models import Referral

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
SOON = MONDAY + timedelta(hours=1)
LATE = MONDAY + timedelta(days=8)


@dataclass
class Asked:
    """The scene, and what was asked in it."""

    here: object
    request: int  # Vera asks for Rosa, whom she serves
    link: int  # Inés asks to connect Lou, whom she holds, with Sam, whom she knows from a referral
    lou: Participant
    consents: dict[int, int]


def asked():
    here = scene()
    c = here.cast
    with c.acting("denise") as denise:
        rosas = cast.refer(here.rosa, c.services["carpentry"], denise)
        participants.open_need(file=here.sam, code="HSG", by=denise.actor)
        sams = cast.refer(here.sam, c.services["housing"], denise)
    for who, referral in (("vera", rosas), ("ines", sams)):
        with c.acting(who) as member:
            referrals.accept(
                referral=Referral.objects.get(pk=referral.pk), reply=referrals.Reply("Jo"), by=member.actor
            )
    with c.acting("vera", SOON) as vera:
        served = Participant.objects.get(person_id=here.rosa.person_id, organization_id=vera.organization_id)
        request = moves.request(
            file=served, asked=c.organizations["eastgate"], by=vera.actor, membership=vera.membership
        ).handover_id
    with c.acting("ines", SOON) as ines:
        lou = cast.take_in(ines, cast.told("Lou"), needs=("HSG",))
        known = Participant.objects.get(person_id=here.sam.person_id, organization_id=ines.organization_id)
        link = moves.ask_to_link(
            file=lou,
            same_as=known,
            asked=c.organizations["eastgate"],
            by=ines.actor,
            membership=ines.membership,
        ).handover_id
    consents = {}
    with c.acting("denise", SOON) as denise:
        for handover, file, to in ((request, here.rosa, "valley"), (link, here.sam, "harbor")):
            said = participants.Asked(
                recipients=[c.organizations[to].pk],
                parts=[],
                data_classes=["contact", "needs"],
                purpose="handover",
            )
            consents[handover] = participants.record_consent(file=file, asked=said, by=denise.actor).pk
    return Asked(here, request, link, lou, consents)


SETTLED = "settled_at = wh_now()"


def answers_themselves(one):
    """The asker accepts on the holder's behalf, as a referral lets them act there."""

    def act(scene, member):
        rosas = Referral.objects.get(person_id=scene.rosa.person_id, receiver_id=scene.valley)
        with on_behalf_of(scene.eastgate, because=because(rosas)):
            sql(
                f"UPDATE custody_handover SET state = 'accepted', {SETTLED}, consent_id = %s WHERE id = %s",
                one.consents[one.request], one.request,
            )  # fmt: skip

    return act


def accepted_without_consent(one, consent=None):
    return lambda scene, member: sql(
        f"UPDATE custody_handover SET state = 'accepted', {SETTLED}, consent_id = %s WHERE id = %s",
        consent,
        one.request,
    )


def accepted(one, which, **more):
    values = {"consent_id": one.consents[which], **more}
    columns = ", ".join(f"{name} = %s" for name in values)

    def act(scene, member):
        sql(
            f"UPDATE custody_handover SET state = 'accepted', {SETTLED}, {columns} WHERE id = %s",
            *values.values(),
            which,
        )

    return act


def crosses_before_it_was_accepted(one):
    def act(scene, member):
        with on_behalf_of(scene.eastgate, because=Because("handover", one.request)):
            let_go(scene.rosa.person_id)

    return act


def linked_by_force(kept, closed, **more):
    def act(scene, member):
        people = {
            "lou": more["one"].lou.person_id,
            "sam": scene.sam.person_id,
            "rosa": scene.rosa.person_id,
            "tom": scene.tom.person_id,
            "rey": scene.rey.person_id,
        }
        values = {"basis": "merge", "handover_id": None} | {k: v for k, v in more.items() if k != "one"}
        Link.objects.create(
            kept_id=people[kept], closed_id=people[closed], organization_id=member.organization_id,
            linked_by=member.actor, **values,
        )  # fmt: skip

    return act


def closed_as(reason):
    def act(scene, member):
        let_go(scene.sam.person_id)
        sql(
            "UPDATE foundation_duty SET closed_at = wh_now(), closed_by_id = %s, closed_how = 'done'"
            " WHERE person_id = %s AND closed_at IS NULL AND organization_id = %s",
            member.actor.pk, scene.sam.person_id, member.organization_id,
        )  # fmt: skip
        sql(
            "UPDATE participants_person SET closed_at = wh_now(), close_reason = %s WHERE id = %s",
            reason, scene.sam.person_id,
        )  # fmt: skip

    return act


def asked_for_a_stranger(scene, member):
    Handover.objects.create(
        person_id=scene.tom.person_id, kind="request", from_organization_id=scene.eastgate,
        to_organization_id=scene.harbor, to_queue=scene.cast.queues["harbor"], asked_by=member.membership,
        answer_due_at=SOON + timedelta(days=1), expires_at=SOON + timedelta(days=9),
    )  # fmt: skip


def test_what_is_asked_for_moves_by_the_holders_yes_and_the_persons():
    one = asked()
    refused(
        one.here,
        [
            ("the asker answers themselves", "vera", "wh_p3_handshake", answers_themselves(one)),
            ("the asker accepts", "vera", "wh_p3_handshake", accepted(one, one.request)),
            ("accepted, and nobody moved", "denise", "wh_p3_handshake", accepted(one, one.request)),
            ("accepted, and nobody linked", "denise", "wh_p3_handshake", accepted(one, one.link, keeps="asked")),
            ("nobody is said to keep them", "denise", "handover_link_says_who_keeps", accepted(one, one.link)),
            ("without consent", "denise", "wh_p8_share", accepted_without_consent(one)),
            ("by somebody else's consent", "denise", "wh_p8_share", accepted_without_consent(one, one.consents[one.link])),
            ("crossing before the yes", "vera", "wh_crossing", crosses_before_it_was_accepted(one)),
            ("asking for whom one doesn't know", "ines", "wh_crossing", asked_for_a_stranger),
            ("asked of somebody else", "vera", "wh_p3_handshake", run(f"UPDATE custody_handover SET from_organization_id = {{harbor}} WHERE id = {one.request}")),
            ("the date put off", "vera", "wh_p3_handshake", run(f"UPDATE custody_handover SET answer_due_at = answer_due_at + interval '9 days' WHERE id = {one.request}")),
            ("the party row told otherwise", "vera", DENIED, run("UPDATE custody_handoverparty SET state = 'accepted'")),
            ("a party row of one's own", "ines", DENIED, run(
                f"INSERT INTO custody_handoverparty (handover_id, organization_id, side, code, kind, state, proposed, keeps, reason, asked_at, answer_due_at) VALUES ({one.request}, {{harbor}}, 'asked', 'X', 'request', 'offered', '', '', '', wh_now(), wh_now())")),
        ],
    )  # fmt: skip
    assert not [each for each in promises.run() if each.broken]


def test_nobody_is_put_behind_another_but_by_agreement_or_in_one_house():
    one = asked()
    refused(
        one.here,
        [
            ("a link that nobody agreed to", "ines", "wh_p3_link", linked_by_force("lou", "sam", one=one)),
            ("by a handshake that waits", "ines", "wh_p3_link", linked_by_force("sam", "lou", one=one, basis="agreed", handover_id=one.link)),
            ("behind whom another organization holds", "ines", "wh_p3_link", linked_by_force("sam", "lou", one=one)),
            ("whose custody goes on", "denise", "wh_p3_link", linked_by_force("sam", "rosa", one=one)),
            ("behind oneself", "denise", "wh_p3_link", linked_by_force("sam", "sam", one=one)),
            ("closed as linked, and no link", "denise", "wh_p1_linked", closed_as("linked")),
            ("closed as merged, and no link", "denise", "wh_p1_linked", closed_as("merged")),
        ],
    )  # fmt: skip


def linked():
    one = asked()
    with one.here.cast.acting("denise", SOON) as denise:
        moves.link(
            handover=Handover.objects.get(pk=one.link), keeps="asked",
            consent=Consent.objects.get(pk=one.consents[one.link]), by=denise.actor,
        )  # fmt: skip
    return one


def opened_again(one):
    def act(scene, member):
        sql(
            "UPDATE participants_person SET closed_at = NULL, close_reason = '' WHERE id = %s",
            one.lou.person_id,
        )
        hold(member, one.lou.person_id, step(member, one.lou.person_id), basis="assignment")

    return act


def taken_up_as(basis):
    def act(scene, member):
        lou = value("SELECT closed_id FROM custody_link WHERE known_to IS NULL")
        sql("UPDATE participants_person SET closed_at = NULL, close_reason = '' WHERE id = %s", lou)
        sql("UPDATE custody_link SET known_to = known_from, unlinked_by_id = %s", member.actor.pk)
        hold(member, lou, step(member, lou), basis=basis)

    return act


def test_who_stands_behind_another_is_held_through_them_and_comes_back_by_the_links_end():
    one = linked()
    refused(
        one.here,
        [
            ("open, and still behind", "ines", "wh_p1_linked", opened_again(one)),
            ("the link ends and nobody opens them", "ines", "wh_p1_linked", run(
                "UPDATE custody_link SET known_to = known_from, unlinked_by_id = {actor}")),
            ("the kept one's holder ends it alone", "denise", "wh_p1_linked", run(
                "UPDATE custody_link SET known_to = known_from, unlinked_by_id = {actor}")),
            ("taken up by an intake", "ines", "wh_p3_handshake", taken_up_as("intake")),
            ("taken up by an assignment", "ines", "wh_p3_handshake", taken_up_as("assignment")),
            ("the link tells of others", "ines", "wh_p7_history", run("UPDATE custody_link SET kept_id = {rosa}")),
            ("the link is forgotten", "ines", DENIED, run("DELETE FROM custody_link")),
            ("another reason", "ines", "wh_p1_holder", run("UPDATE participants_person SET close_reason = 'needs_met' WHERE close_reason = 'linked'")),
        ],
    )  # fmt: skip
    assert not [each for each in promises.run() if each.broken]
    with one.here.cast.acting("vera", SOON):
        assert not Link.objects.exists()


def test_no_stranger_reads_what_is_asked():
    one = asked()
    for who, sees in (("vera", 1), ("ines", 1), ("denise", 2), ("luz", 0)):
        with one.here.cast.acting(who, SOON):
            assert HandoverParty.objects.count() == sees, who
    with one.here.cast.acting("tavo", SOON):
        assert not value("SELECT count(*) FROM custody_handovernote"), "a peer mentor reads no note"


# --- Two at once --------------------------------------------------------------------------------------------------


def acting(one, who, verb):
    def act():
        with one.here.cast.acting(who, SOON) as member:
            verb(member)

    return act


def handed_over(one, who="denise"):
    return acting(one, who, lambda m: referrals.hand_over(
        handover=Handover.objects.get(pk=one.request), consent=Consent.objects.get(pk=one.consents[one.request]), by=m.actor))  # fmt: skip


def said_no(one, which=None):
    return acting(one, "denise", lambda m: moves.refuse(
        handover=Handover.objects.get(pk=which or one.request), reason="not_now", by=m.actor))  # fmt: skip


def taken_back(one):
    return acting(one, "vera", lambda m: moves.withdraw(
        party=HandoverParty.objects.get(handover_id=one.request), by=m.actor))  # fmt: skip


def released(one):
    return acting(one, "denise", lambda m: custody.release(
        person_id=one.here.rosa.person_id, reason="needs_met", by=m.actor))  # fmt: skip


def connected(one, keeps="asked"):
    return acting(one, "denise", lambda m: moves.link(
        handover=Handover.objects.get(pk=one.link), keeps=keeps, consent=Consent.objects.get(pk=one.consents[one.link]), by=m.actor))  # fmt: skip


def given(one):
    return acting(one, "denise", lambda m: custody.assign(
        person_id=one.here.rosa.person_id, to=one.here.cast.members["marcus"], by=m.actor))  # fmt: skip


PAIRS = {
    "yes and yes": (handed_over, handed_over),
    "yes and no": (handed_over, said_no),
    "yes and taken back": (handed_over, taken_back),
    "no and taken back": (said_no, taken_back),
    "yes and released": (handed_over, released),
    "linked and linked": (connected, connected),
    "linked and refused": (connected, lambda one: said_no(one, one.link)),
}


@pytest.mark.parametrize("pair", PAIRS)
def test_of_two_at_once_one_wins(pair):
    one = asked()
    first, second = (make(one) for make in PAIRS[pair])
    came_to = at_once(first, second)
    assert sum(each == DONE for each in came_to) == 1, came_to
    connections["owner"].close()
    assert not [each for each in promises.run() if each.broken]


def test_given_to_a_colleague_and_handed_over_at_once():
    one = asked()
    came_to = at_once(handed_over(one), given(one))
    assert DONE in came_to, came_to
    assert not [each for each in promises.run() if each.broken]


def test_the_same_question_twice_at_once():
    here = scene()
    c = here.cast
    with c.acting("denise") as denise:
        referral = cast.refer(here.rosa, c.services["carpentry"], denise)
    with c.acting("vera") as vera:
        referrals.accept(
            referral=Referral.objects.get(pk=referral.pk), reply=referrals.Reply("Vera"), by=vera.actor
        )

    def ask():
        with c.acting("vera", SOON) as vera:
            served = Participant.objects.get(
                person_id=here.rosa.person_id, organization_id=vera.organization_id
            )
            moves.request(
                file=served, asked=c.organizations["eastgate"], by=vera.actor, membership=vera.membership
            )

    came_to = at_once(ask, ask)
    assert sum(each == DONE for each in came_to) == 1, came_to
    with c.acting("vera", SOON):
        assert HandoverParty.objects.count() == 1


def test_two_merges_of_the_same_two_the_other_way_round():
    here = scene()
    c = here.cast
    with c.acting("denise") as denise:
        twice = cast.take_in(denise, cast.told("Sammy"))

    def put(keep, other):
        def act():
            with c.acting("denise", SOON) as member:
                merging.merge(keep=keep, other=other, by=member.actor)

        return act

    came_to = at_once(put(here.sam, twice), put(twice, here.sam))
    assert sum(each == DONE for each in came_to) == 1, came_to
    assert not [each for each in promises.run() if each.broken]


# --- The check trusts no trigger ----------------------------------------------------------------------------------

LINKED = "UPDATE participants_person SET closed_at ="
BREAKAGES = [
    ("P1", "the link is over and nobody holds them", [
        f"UPDATE custody_link SET known_to = now(), unlinked_by_id = {ACTOR}"]),
    ("P1", "open, and behind another", [f"{LINKED} NULL, close_reason = '' WHERE close_reason = 'linked'"]),
    ("P1", "called linked, behind nobody", [f"{LINKED} now(), close_reason = 'linked' WHERE id = {{rey}}"]),
    ("P1", "called merged, but linked", [f"{LINKED} now(), close_reason = 'merged' WHERE close_reason = 'linked'"]),
    ("P1 P3", "the link is gone", ["DELETE FROM custody_link"]),
    ("P3", "somebody else keeps them", ["UPDATE custody_handover SET keeps = 'asker' WHERE kind = 'working_link'"]),
    ("P3", "no consent", ["UPDATE custody_handover SET consent_id = NULL WHERE kind = 'working_link'"]),
    ("P8", "told whom it went to", ["UPDATE custody_handover SET unnamed = true WHERE kind = 'request'"]),
    ("P8", "a party that is none", [
        "UPDATE custody_handoverparty SET organization_id = {office} WHERE kind = 'request' AND side = 'asker'"]),
]  # fmt: skip


def test_paper_goes_where_the_person_goes_and_is_found_where_it_does_not():
    one = asked()
    c = one.here.cast
    with c.acting("denise", SOON) as denise:
        carried.hand(file=one.here.rosa, service=c.services["it"], language="es", by=denise.actor)
    handed_over(one)()
    assert not [each for each in promises.run() if each.broken]
    with c.acting("vera", SOON):
        assert value("SELECT organization_id FROM referrals_carriedreferral") == one.here.valley
    finds(
        one.here,
        [
            ("P2", "left behind", ["UPDATE referrals_carriedreferral SET organization_id = {eastgate}",
                                   "UPDATE referrals_slip SET organization_id = {eastgate}"]),
            ("P2 P8", "with a slip of somebody else's", ["UPDATE referrals_carriedreferral SET organization_id = {eastgate}"]),
            ("P2", "nobody asks", [f"{DUTY} {CLOSED} WHERE kind = 'follow_carried' AND closed_at IS NULL"]),
        ],
    )  # fmt: skip
    refused(
        one.here,
        [
            ("passed on", "vera", DENIED, run("UPDATE referrals_carriedreferral SET organization_id = {harbor}")),
            ("the slip taken alone", "ines", "carried_slip_and_organization", run(
                "UPDATE referrals_slip SET organization_id = {harbor}")),
            ("out of whoever gave it's reach", "denise", DONE, run("UPDATE referrals_carriedreferral SET organization_id = {eastgate}")),
        ],
    )  # fmt: skip
    with c.acting("vera", SOON):
        assert value("SELECT organization_id FROM referrals_carriedreferral") == one.here.valley


LEFT = (
    "UPDATE referrals_carriedreferral SET organization_id = {eastgate}",
    "UPDATE referrals_slip SET organization_id = {eastgate}",
    f"{DUTY} {CLOSED} WHERE kind = 'follow_carried' AND closed_at IS NULL",
)


def stands(what):
    """Refuses where it isn't so: asked in the owner's transaction, of which nothing stays."""
    return f"DO $$ BEGIN ASSERT (SELECT count(*) FROM {what}) = 1; END $$"


def test_papers_left_behind_long_ago_are_brought_to_whoever_holds_them_now():
    """As before migration 0017 they were: migration 0020 mends it, and finds nothing to do where all is well."""
    mend = import_module("warmhandoff.referrals.migrations.0020_papers_left_behind").MEND
    one = asked()
    c = one.here.cast
    with c.acting("denise", SOON) as denise:
        carried.hand(file=one.here.rosa, service=c.services["it"], language="es", by=denise.actor)
    handed_over(one)()
    assert broken_by(one.here, *LEFT)["P2"] == 1
    follows = "foundation_duty d JOIN custody_custody h ON h.person_id = d.person_id AND h.until IS NULL"
    theirs = "d.kind = 'follow_carried' AND d.closed_at IS NULL AND d.organization_id = {valley}"
    same = "(d.membership_id, d.queue_id) IS NOT DISTINCT FROM (h.membership_id, h.queue_id)"
    well = (
        stands("referrals_carriedreferral r JOIN referrals_slip s ON s.id = r.slip_id"
               " WHERE r.organization_id = {valley} AND s.organization_id = {valley} AND r.closed_at IS NULL"),
        stands(f"{follows} WHERE {theirs} AND {same} AND d.holds_release"),
    )  # fmt: skip
    for before in (LEFT, ()):
        found = broken_by(one.here, *before, mend, *well)
        assert not any(found.values()), found
    gone = (*LEFT, "UPDATE custody_custody SET until = wh_now() WHERE person_id = {rosa} AND until IS NULL")
    broken_by(
        one.here, *gone, mend,
        stands("referrals_carriedreferral WHERE outcome = 'no_longer' AND closed_at IS NOT NULL"),
        "DO $$ BEGIN ASSERT NOT EXISTS (SELECT FROM foundation_duty WHERE kind = 'follow_carried' AND closed_at IS NULL);"
        " END $$",
    )  # fmt: skip


def test_whom_the_office_asks_about_by_code_is_told_to_nobody_before_the_yes():
    one = asked()
    c = one.here.cast
    with c.acting("luz", LATE) as luz:
        row = board.rows().get(referral_id=one.here.asked.pk)
        referrals.ask_to_take_over(party=row, by=luz.actor, membership=luz.membership)
    told = (
        "UPDATE custody_handoverparty y SET person_id = h.person_id FROM custody_handover h"
        " WHERE h.id = y.handover_id AND h.unnamed AND y.side = 'asker'"
    )
    finds(one.here, [("P8", "told whom it is about", [told])])

    def learned(what):
        return run(f"SELECT 1 / (CASE WHEN EXISTS ({what}) THEN 0 ELSE 1 END)")

    refused(
        one.here,
        [
            ("answers itself", "luz", DONE, run("UPDATE custody_handover SET state = 'accepted', settled_at = wh_now()")),
            ("asks with another's hand", "luz", "wh_crossing", run(
                f"SELECT wh_ask_take_over({row.pk}, {{denise}}, {{office_queue}}, wh_now() + '1 day', wh_now() + '2 days')")),
            ("asks with another's row", "vera", "wh_crossing", run(
                f"SELECT wh_ask_take_over({row.pk}, {{vera}}, {{valley_queue}}, wh_now() + '1 day', wh_now() + '2 days')")),
            ("reads the question itself", "luz", DONE, learned("SELECT FROM custody_handover")),
            ("reads the person", "luz", DONE, learned("SELECT FROM custody_handoverparty WHERE person_id IS NOT NULL")),
            ("reads its duty", "luz", DONE, learned("SELECT FROM foundation_duty WHERE person_id IS NOT NULL")),
        ],
    )  # fmt: skip


def test_a_broken_link_is_found():
    finds(linked().here, BREAKAGES)
