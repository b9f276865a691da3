"""Away with dates, covered by a colleague: who may say so, for whom, when; and what changes, which is nothing but who sees to it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests import cast
from tests.cast import MONDAY
from warmhandoff.custody import actions as custody
from warmhandoff.custody.models import Custody
from warmhandoff.custody.reading import duties_for
from warmhandoff.foundation.errors import BadValue, NotAllowed, NotYours, WrongState
from warmhandoff.foundation.models import Duty
from warmhandoff.network import absence, actions
from warmhandoff.network.models import Absence, Membership, User
from warmhandoff.network.reading import absence_of, covered_by, who_covers
from warmhandoff.network.roles import Role
from warmhandoff.referrals import actions as referrals

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 23)
FRIDAY = date(2026, 11, 27)
SATURDAY = MONDAY + timedelta(days=5)


@pytest.fixture
def c(the_cast):
    return the_cast


@pytest.fixture
def nora(c):
    """A second lead at Eastgate, who answers for no queue."""
    user = User.objects.create_user("nora@eastgate.example", "Nora Ibáñez")
    with c.acting("marcus") as marcus:
        c.members["nora"] = actions.add_member(
            user=user, organization=c.organizations["eastgate"], role=Role.LEAD, by=marcus.actor
        )
    return c.members["nora"]


def away(c, who="denise", cover="marcus", by=None, first=TODAY, last=FRIDAY, at=None):
    with c.acting(by or who, at) as member:
        return absence.say_away(
            membership=c.members[who],
            from_day=first,
            until_day=last,
            cover=c.members[cover] if cover else None,
            by=member.actor,
        )


def test_the_cover_sees_what_is_owed_and_nothing_changes_hands(c):
    with c.acting("denise") as denise:
        rosa = cast.take_in(denise)
    away(c)
    with c.acting("marcus") as marcus:
        assert who_covers(c.members["denise"], TODAY) == marcus.membership
        (duty,) = duties_for(marcus.membership)
        assert duty.membership_id == c.members["denise"].pk, "it stays hers"
        held = Custody.objects.get(person_id=rosa.person_id)
        assert held.membership_id == c.members["denise"].pk and held.until is None
    with c.acting("denise") as denise:
        assert duties_for(denise.membership).count() == 1, "she sees her own work as ever"


def test_it_begins_on_its_first_day_and_is_over_after_its_last_by_itself(c):
    with c.acting("denise") as denise:
        cast.take_in(denise)
    away(c, first=TODAY + timedelta(days=1))
    with c.acting("marcus") as marcus:
        assert not duties_for(marcus.membership)
        assert who_covers(c.members["denise"], TODAY) is None
    for day, sees in ((1, 1), (4, 1), (5, 0)):
        with c.acting("marcus", MONDAY + timedelta(days=day)) as marcus:
            assert duties_for(marcus.membership).count() == sees, day
    assert Absence.objects.get().ended_at is None, "nobody had to do anything"


def test_the_first_day_ends_at_midnight_of_the_place(c):
    """Ten in the evening there is the next day already in Greenwich."""
    with c.acting("denise") as denise:
        cast.take_in(denise)
    away(c, last=TODAY)
    late = MONDAY.replace(hour=6) + timedelta(days=1)
    with c.acting("marcus", late) as marcus:
        assert duties_for(marcus.membership).count() == 1
    with c.acting("marcus", late + timedelta(hours=3)) as marcus:
        assert not duties_for(marcus.membership)


def test_without_a_cover_whoever_answers_for_the_queue_sees_to_it(c):
    with c.acting("denise") as denise:
        cast.take_in(denise)
    away(c, cover=None)
    with c.acting("marcus") as marcus:
        assert duties_for(marcus.membership).count() == 1
        assert who_covers(c.members["denise"], TODAY) == marcus.membership
    with c.acting("tavo") as tavo:
        assert not duties_for(tavo.membership)


def test_and_whoever_covers_for_them(c, nora):
    """The lead's cover sees the queue, and those whom nobody covers."""
    with c.acting("denise") as denise:
        rosa = cast.take_in(denise)
        sam = cast.take_in(denise, cast.told("Sam"))
        custody.assign(person_id=sam.person_id, to=c.queues["eastgate"], by=denise.actor)
    away(c, cover=None)
    away(c, "marcus", "nora")
    with c.acting("nora") as member:
        seen = {duty.person_id for duty in duties_for(member.membership)}
        assert seen == {rosa.person_id, sam.person_id}
        assert [each.membership.user.first_name for each in covered_by(nora, TODAY)] == ["Denise", "Marcus"]
        assert who_covers(c.members["denise"], TODAY) == nora


def test_a_lead_says_it_for_others_and_a_colleague_does_not(c, nora):
    away(c, by="marcus")
    with pytest.raises(NotAllowed):
        away(
            c, "nora", "marcus", by="denise", first=TODAY + timedelta(days=9), last=TODAY + timedelta(days=9)
        )
    with pytest.raises(NotYours):
        away(c, "nora", "marcus", by="ines")


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [
        (TODAY - timedelta(days=1), FRIDAY, "from_day"),
        (FRIDAY, TODAY, "until_day"),
        (TODAY, TODAY + timedelta(days=90), "until_day"),
    ],
)
def test_days_that_can_not_be(c, first, last, field):
    with pytest.raises(BadValue) as refused:
        away(c, first=first, last=last)
    assert refused.value.field == field
    assert not Absence.objects.exists()


def test_twice_at_the_same_time_is_refused(c, nora):
    away(c)
    with pytest.raises(absence.AwayAlready):
        away(c, cover="nora", first=FRIDAY, last=FRIDAY + timedelta(days=3))
    away(c, cover="nora", first=FRIDAY + timedelta(days=1), last=FRIDAY + timedelta(days=3))


def test_nobody_covers_who_is_away_then(c, nora):
    away(c, "nora", "marcus", first=FRIDAY, last=FRIDAY)
    with pytest.raises(absence.CannotCover, match="Nora Ibáñez is away from Fri, Nov 27"):
        away(c, cover="nora")
    away(c, cover="nora", last=FRIDAY - timedelta(days=1))


def test_whoever_covers_finds_another_cover_before_going_away(c, nora):
    away(c, cover="nora")
    with pytest.raises(absence.CannotCover) as refused:
        away(c, "nora", "marcus", first=FRIDAY, last=FRIDAY)
    assert refused.value.mend == "First let somebody else cover Denise Carter."
    with c.acting("marcus") as marcus:
        absence.cover_by(absence=Absence.objects.get(), cover=c.members["marcus"], by=marcus.actor)
    away(c, "nora", "marcus", first=FRIDAY, last=FRIDAY)


@pytest.mark.parametrize("cover", ["denise", "ines", "tavo"])
def test_who_can_not_cover(c, cover):
    """Oneself, somebody elsewhere, and a role that sees less."""
    with pytest.raises((absence.CannotCover, NotYours)):
        away(c, cover=cover)


def test_a_cover_sees_by_their_own_role(c):
    """A peer mentor is covered by a case manager; never the other way round."""
    away(c, "tavo", "denise")
    with pytest.raises(absence.CannotCover, match="peer mentor doesn't see"):
        away(c, cover="tavo", first=FRIDAY + timedelta(days=3), last=FRIDAY + timedelta(days=4))


def test_whoever_answers_for_the_queue_is_never_away_without_a_cover(c, nora):
    with pytest.raises(absence.NeedsCover):
        away(c, "marcus", None)
    away(c, "nora", None)
    with c.acting("marcus") as marcus, pytest.raises(absence.NeedsCover):
        actions.appoint_lead(organization=c.organizations["eastgate"], membership=nora, by=marcus.actor)


def test_another_cover_and_what_stood_before_is_kept(c, nora):
    first = away(c)
    with c.acting("denise", MONDAY + timedelta(days=2)) as denise:
        second = absence.cover_by(absence=first, cover=nora, by=denise.actor)
        assert (second.from_day, second.until_day) == (TODAY + timedelta(days=2), FRIDAY)
        assert absence_of(c.members["denise"], TODAY + timedelta(days=2)) == second
        with pytest.raises(WrongState):
            absence.cover_by(absence=first, cover=nora, by=denise.actor)
    first.refresh_from_db()
    assert first.ended_how == Absence.Ended.REPLACED and first.cover == c.members["marcus"]


def test_back_early(c):
    with c.acting("denise") as denise:
        cast.take_in(denise)
    found = away(c)
    with c.acting("denise") as denise:
        absence.end(absence=found, by=denise.actor)
        with pytest.raises(WrongState):
            absence.end(absence=found, by=denise.actor)
    with c.acting("marcus") as marcus:
        assert not duties_for(marcus.membership)
    away(c, last=TODAY)
    with c.acting("denise", SATURDAY) as denise, pytest.raises(WrongState):
        absence.end(absence=Absence.objects.get(ended_at=None), by=denise.actor)


def test_a_stranger_ends_nothing(c):
    found = away(c)
    for who, refused in (("ines", NotYours), ("luz", NotYours), ("tavo", NotAllowed)):
        with c.acting(who) as member, pytest.raises(refused):
            absence.end(absence=found, by=member.actor)


# --- Those who leave meanwhile ------------------------------------------------------------------------------------


def left(c, who):
    with c.acting("marcus") as marcus:
        referrals.close_membership(membership=c.members[who], by=marcus.actor)


def test_a_cover_who_leaves_covers_no_more_and_the_lead_finds_another(c, nora):
    with c.acting("denise") as denise:
        cast.take_in(denise)
    first = away(c, cover="nora")
    left(c, "nora")
    first.refresh_from_db()
    assert first.ended_how == Absence.Ended.COVER_LEFT
    with c.acting("marcus") as marcus:
        now = absence_of(c.members["denise"], TODAY)
        assert now is not None and now.cover is None and now.until_day == FRIDAY
        kinds = sorted(duty.kind for duty in duties_for(marcus.membership))
        assert kinds == ["find_cover", "find_place"], "what Denise owes, and to find somebody"
        absence.cover_by(absence=now, cover=marcus.membership, by=marcus.actor)
        assert not Duty.objects.filter(kind="find_cover", closed_at=None)


def test_nobody_need_be_found_for_whoever_is_back(c, nora):
    away(c, cover="nora")
    left(c, "nora")
    with c.acting("marcus") as marcus:
        now = absence_of(c.members["denise"], TODAY)
        with pytest.raises(WrongState):
            absence.close_finding(absence=now, by=marcus.actor)
    with c.acting("marcus", SATURDAY) as marcus:
        absence.close_finding(absence=now, by=marcus.actor)
        assert not Duty.objects.filter(kind="find_cover", closed_at=None)


def test_whoever_covers_the_lead_stays_until_another_does(c, nora):
    away(c, "marcus", "nora")
    user = User.objects.create_user("zoe@eastgate.example", "Zoe Lead")
    with c.acting("marcus") as marcus:
        actions.add_member(
            user=user, organization=c.organizations["eastgate"], role=Role.LEAD, by=marcus.actor
        )
    with pytest.raises(absence.NeedsCover, match="covers Marcus Webb"):
        left(c, "nora")
    assert Membership.objects.get(pk=nora.pk).is_active


def test_the_absence_of_whoever_leaves_is_over(c):
    found = away(c)
    left(c, "denise")
    found.refresh_from_db()
    assert found.ended_how == Absence.Ended.LEFT
    with c.acting("marcus") as marcus:
        assert not covered_by(marcus.membership, TODAY)


def test_an_organization_that_closes_leaves_nobody_away(c):
    found = away(c)
    with c.acting("adam") as adam:
        referrals.close_organization(organization=c.organizations["eastgate"], by=adam.actor)
    found.refresh_from_db()
    assert found.ended_how == Absence.Ended.LEFT


def test_rolled_back_leaves_nothing(c):
    with pytest.raises(RuntimeError), c.acting("denise") as denise:
        absence.say_away(
            membership=c.members["denise"], from_day=TODAY, until_day=FRIDAY, cover=c.members["marcus"],
            by=denise.actor,
        )  # fmt: skip
        raise RuntimeError
    assert not Absence.objects.exists()
