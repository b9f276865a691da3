"""Covers and closings: attacked through the app's login, and two at once. A cover counts for nothing in P1; whoever leaves covers
nobody; and of two who arrange at the same time the second finds what the first left."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connections, transaction

from tests.proofs.scene import DONE, refused, run, scene
from tests.proofs.test_concurrency import TOLD, act_as, at_once, left, overlapping, scene_after
from warmhandoff.custody import caseload
from warmhandoff.custody.caseload import Handed
from warmhandoff.custody.models import Custody
from warmhandoff.foundation import promises
from warmhandoff.foundation.duties import Owner
from warmhandoff.network import absence
from warmhandoff.network.models import Absence
from warmhandoff.network.reading import today
from warmhandoff.referrals import actions as referrals

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])

BOTH = pytest.mark.parametrize("together", [at_once, overlapping])
ALSO = TOLD | {"away_already", "cannot_cover", "needs_cover"}


def away(here, who="denise", cover="ruth", by=None, days=(0, 4)):
    return act_as(
        here, by or who,
        lambda member: absence.say_away(
            membership=here.cast.members[who], from_day=today() + timedelta(days=days[0]),
            until_day=today() + timedelta(days=days[1]), cover=here.cast.members[cover], by=member.actor,
        ),
    )  # fmt: skip


@pytest.fixture
def here():
    return scene_after(scene())


def kept(pair, wins=(1,)):
    assert set(pair) <= ALSO, pair
    assert pair.count(DONE) in wins, pair
    broken = [(each.promise, each.examples) for each in promises.run() if each.broken]
    assert not broken, broken


INSERT = (
    "INSERT INTO network_absence (code, organization_id, membership_id, cover_id, from_day, until_day, said_by_id, ended_how)"
    " VALUES ('ABCDEFGHJK', {{eastgate}}, {who}, {cover}, '2026-11-23', '2026-11-27', {{actor}}, '')"
)
ENDED = "state = 'ended', ended_at = wh_now()"


def insert(who, cover):
    return run(INSERT.format(who=who, cover=cover))


def test_the_database_keeps_who_covers_whom(here):
    away(here)()
    refused(
        here,
        [
            ("twice at once", "denise", "wh_absence_once", insert("{denise}", "{marcus}")),
            ("a cover who is away", "marcus", "wh_absence_chain", insert("{marcus}", "{denise}")),
            ("away while covering", "ruth", "wh_absence_chain", insert("{ruth}", "{marcus}")),
            ("a cover who works elsewhere", "marcus", "wh_absence_answers", insert("{marcus}", "{ines}")),
            ("someone elsewhere", "marcus", "wh_absence_answers", insert("{ines}", "{marcus}")),
            ("oneself", "marcus", "wh_absence_answers", insert("{marcus}", "{marcus}")),
            ("the cover leaves", "marcus", "wh_absence_answers", run(f"UPDATE network_membership SET {ENDED} WHERE id = {{ruth}}")),
            ("another last day", "denise", "wh_p7_absence", run("UPDATE network_absence SET until_day = until_day + 9")),
            ("another cover", "denise", "wh_p7_absence", run("UPDATE network_absence SET cover_id = {marcus}")),
            ("ended by nobody", "denise", "absence_ended_by_someone", run("UPDATE network_absence SET ended_at = wh_now()")),
            ("forgotten", "denise", "42501", run("DELETE FROM network_absence")),
        ],
    )  # fmt: skip


def test_what_has_ended_is_not_begun_again(here):
    away(here)()
    act_as(here, "denise", lambda m: absence.end(absence=Absence.objects.get(), by=m.actor))()
    refused(
        here,
        [("begun again", "denise", "wh_p7_absence", run("UPDATE network_absence SET ended_at = NULL, ended_by_id = NULL, ended_how = ''"))],
    )  # fmt: skip


def test_a_cover_who_holds_nobody_leaves_only_with_what_they_cover(here):
    """Ruth's people are given away first: what refuses is the cover alone."""
    away(here)()
    act_as(
        here, "marcus",
        lambda m: caseload.give(
            people=[Handed(each, here.cast.members["marcus"]) for each in held_by(here, "ruth")],
            held_by=owner(here, "ruth"), by=m.actor,
        ),
    )()  # fmt: skip
    refused(
        here,
        [("leaves", "marcus", "wh_absence_answers", run(f"UPDATE network_membership SET {ENDED} WHERE id = {{ruth}}"))],
    )  # fmt: skip


def end_the_absence_and_the_work(here, member):
    run("UPDATE network_absence SET ended_at = wh_now(), ended_by_id = {actor}, ended_how = 'left'")(
        here, member
    )
    run(f"UPDATE network_membership SET {ENDED} WHERE id = {{denise}}")(here, member)


def test_a_cover_counts_for_nothing_where_a_holder_is_asked_for(here):
    """Denise is away, and Ruth covers: Denise's work can't be ended as if Ruth held her people, nor her duties be nobody's."""
    away(here)()
    refused(
        here,
        [
            ("end the holder's work", "marcus", "wh_p1_holder", end_the_absence_and_the_work),
            ("close the holder's account", "marcus", "wh_p1_holder", run("UPDATE network_user SET is_active = false WHERE email = 'denise@eastgate.example'")),
            ("no next step", "ruth", "wh_p2_next_step", run("UPDATE foundation_duty SET closed_at = wh_now(), closed_by_id = {actor}, closed_how = 'done' WHERE person_id = {rosa}")),
            ("a duty of whoever is elsewhere", "ruth", "wh_p2_next_step", run("UPDATE foundation_duty SET membership_id = {ines} WHERE person_id = {rosa}")),
        ],
    )  # fmt: skip


def owner(here, who):
    return Owner(here.cast.members[who].organization_id, membership_id=here.cast.members[who].pk)


def held_by(here, who):
    found = Custody.objects.using("owner").filter(membership=here.cast.members[who], until__isnull=True)
    return list(found.values_list("person_id", flat=True))


# --- Two at once --------------------------------------------------------------------------------------------------


@BOTH
@pytest.mark.parametrize("first", ["closing", "covering"])
def test_the_cover_leaves_while_the_cover_begins(here, together, first):
    acts = {"closing": left(here, "ruth"), "covering": away(here)}
    pair = together(acts.pop(first), *acts.values())
    kept(pair, wins=(1, 2))
    with here.cast.acting("marcus") as marcus:
        live = Absence.objects.filter(ended_at=None)
        assert not live.filter(cover=here.cast.members["ruth"]), "whoever has left covers nobody"
        assert live.count() == pair.count(DONE) - 1, marcus


@BOTH
def test_the_absent_one_and_the_cover_leave_at_once(here, together):
    away(here)()
    kept(together(left(here, "denise"), left(here, "ruth")), wins=(1, 2))
    assert not Absence.objects.using("owner").filter(ended_at=None, cover__isnull=False)


@BOTH
def test_two_say_at_once_that_they_are_away_and_cover_one_another(here, together):
    kept(together(away(here, "denise", "ruth"), away(here, "ruth", "denise")))
    assert Absence.objects.using("owner").filter(ended_at=None).count() == 1


@BOTH
def test_two_say_it_for_the_same_one(here, together):
    kept(together(away(here), away(here, by="marcus")))


def handed(here, by, to, who="denise"):
    people = held_by(here, who)
    return act_as(
        here, by,
        lambda m: caseload.give(
            people=[Handed(each, here.cast.members[to]) for each in people], held_by=owner(here, who), by=m.actor
        ),
    )  # fmt: skip


@BOTH
def test_a_caseload_is_handed_over_twice(here, together):
    """Both leads press: each person goes to one of the two, and none twice."""
    people = held_by(here, "denise")
    assert len(people) == 3
    kept(together(handed(here, "marcus", "ruth"), handed(here, "marcus", "marcus")), wins=(2,))
    assert not held_by(here, "denise")
    assert set(people) <= {*held_by(here, "ruth"), *held_by(here, "marcus")}


@BOTH
@pytest.mark.parametrize("first", ["handing", "closing"])
def test_a_caseload_is_handed_over_while_its_receiver_leaves(here, together, first):
    acts = {"handing": handed(here, "marcus", "ruth"), "closing": left(here, "ruth")}
    kept(together(acts.pop(first), *acts.values()), wins=(1, 2))
    assert not held_by(here, "ruth")


@BOTH
def test_an_account_is_closed_while_its_caseload_is_handed_over(here, together):
    kept(together(left(here, "denise"), handed(here, "marcus", "ruth")), wins=(1, 2))
    assert not held_by(here, "denise")


def test_the_organization_closes_while_somebody_says_that_they_are_away(here):
    closing = act_as(
        here, "adam",
        lambda m: referrals.close_organization(organization=here.cast.organizations["eastgate"], by=m.actor),
    )  # fmt: skip
    kept(overlapping(away(here), closing), wins=(1, 2))
    assert not Absence.objects.using("owner").filter(ended_at=None)


@pytest.mark.parametrize(
    ("breaks", "what"),
    [
        (f"UPDATE network_membership SET {ENDED} WHERE id = {{ruth}}", "covers and has left"),
        (f"UPDATE network_membership SET {ENDED} WHERE id = {{denise}}", "away from where they no longer work"),
        ("UPDATE network_absence SET cover_id = {marcus} WHERE membership_id = {denise}", "covered by somebody who is away"),
    ],
)  # fmt: skip
def test_check_finds_it(here, breaks, what):
    """Written past the triggers, as the owner."""
    away(here)()
    away(here, "marcus", "ruth", days=(0, 1))()
    names = {key: each.pk for key, each in here.cast.members.items()}
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE network_absence DISABLE TRIGGER wh_absence")
        cursor.execute(breaks.format(**names))
        found = [example for each in promises.run() for example in each.examples]
        transaction.set_rollback(True, using="owner")
    assert any(example.startswith(what) for example in found), found
