"""A caseload goes to colleagues: each by `assign`, some today and some tomorrow, and the receiver says that they have them."""

from __future__ import annotations

import pytest

from tests import cast
from warmhandoff.custody import caseload
from warmhandoff.custody.caseload import CONFIRM, Handed
from warmhandoff.custody.models import Custody, CustodyEvent, Given
from warmhandoff.custody.reading import duties_for
from warmhandoff.foundation.duties import Owner
from warmhandoff.foundation.errors import BadValue, NotYours
from warmhandoff.foundation.models import Duty
from warmhandoff.network import absence, actions
from warmhandoff.network.models import Queue, User
from warmhandoff.network.reading import NoLead, today
from warmhandoff.network.roles import Role
from warmhandoff.participants.models import Narrative
from warmhandoff.referrals import actions as referrals

pytestmark = pytest.mark.django_db


@pytest.fixture
def c(the_cast):
    c = the_cast
    user = User.objects.create_user("nora@eastgate.example", "Nora Ibáñez")
    with c.acting("marcus") as marcus:
        c.members["nora"] = actions.add_member(
            user=user, organization=c.organizations["eastgate"], role=Role.CASE_MANAGER, by=marcus.actor
        )
    return c


@pytest.fixture
def people(c):
    with c.acting("denise") as denise:
        return [cast.take_in(denise, cast.told(name)) for name in ("Rosa", "Sam", "Tom")]


def of(c, who):
    return Owner(c.members[who].organization_id, membership_id=c.members[who].pk)


def give(c, people, to="nora", by="marcus", held_by="denise", **more):
    with c.acting(by) as member:
        chosen = c.queues["eastgate"] if to == "queue" else c.members[to]
        return caseload.give(
            people=[Handed(file.person_id, chosen, **more) for file in people],
            held_by=of(c, held_by),
            by=member.actor,
        )


def holders(people):
    held = Custody.objects.filter(person_id__in=[file.person_id for file in people], until=None)
    return {each.membership_id or each.queue_id for each in held}


def confirm(c, who="nora", codes=None):
    with c.acting(who) as member:
        waiting = caseload.waiting_for(member.membership)
        named = [each.code for each in waiting] if codes is None else codes
        return caseload.confirm(codes=named, membership=member.membership, by=member.actor)


def test_all_at_once_each_by_assign(c, people):
    given = give(c, people, note="Calls back in the evening.", seen_to=("told", "papers"))
    with c.acting("nora") as nora:
        assert holders(people) == {c.members["nora"].pk}
        assert {each.custody.basis for each in given} == {"assignment"}
        assert CustodyEvent.objects.filter(kind="assigned").count() == 3
        assert Given.objects.first().seen_to == ["told", "papers"]
        assert Narrative.objects.filter(about_kind="custody", text="Calls back in the evening.").count() == 3
        asked = duties_for(nora.membership).get(kind=CONFIRM)
        assert asked.person_id is None, "it is no next step of anybody"
        assert duties_for(nora.membership).count() == 4, "with what is open for each"


def test_some_now_and_the_rest_later_to_somebody_else(c, people):
    give(c, people[:1])
    give(c, people[1:2], "queue", by="denise")
    with c.acting("denise"):
        assert [each.person_id for each in caseload.caseload(of(c, "denise"))] == [people[2].person_id]
    give(c, people[2:], "marcus", by="denise")
    with c.acting("marcus") as marcus:
        assert caseload.waiting_for(marcus.membership).count() == 2, "his own, and the queue's"


def test_one_duty_for_all_that_one_colleague_gave(c, people):
    give(c, people[:1])
    give(c, people[1:2])
    give(c, people[2:], by="denise")
    with c.acting("nora"):
        assert Duty.objects.filter(kind=CONFIRM, closed_at=None).count() == 2, "Marcus's and Denise's"


def test_confirming_one_by_one_or_all(c, people):
    given = give(c, people)
    assert confirm(c, codes=[given[0].code]) == 1
    with c.acting("nora") as nora:
        assert duties_for(nora.membership).filter(kind=CONFIRM).exists()
    assert confirm(c) == 2
    assert confirm(c) == 0, "a second press finds none"
    with c.acting("nora") as nora:
        assert not duties_for(nora.membership).filter(kind=CONFIRM).exists()
        assert set(Given.objects.values_list("confirmed_by", flat=True)) == {nora.actor.pk}


def test_what_one_takes_oneself_needs_no_word(c, people):
    give(c, people[:1], "marcus")
    give(c, people[1:], "queue")
    with c.acting("marcus") as marcus:
        assert not caseload.waiting_for(marcus.membership)
        assert not Duty.objects.filter(kind=CONFIRM)


def test_whoever_went_elsewhere_meanwhile_stays_there(c, people):
    """Two leads hand over at the same time: the second moves only whom Denise still holds."""
    give(c, people[:1], "nora")
    given = give(c, people, "queue")
    assert len(given) == 2
    with c.acting("marcus"):
        assert Custody.objects.get(person_id=people[0].person_id, until=None).membership == c.members["nora"]


def test_nobody_confirms_for_others(c, people):
    given = give(c, people)
    for who in ("denise", "marcus", "ines"):
        assert confirm(c, who, [each.code for each in given]) == 0
    with c.acting("nora"):
        assert not Given.objects.exclude(confirmed_at=None).exists()


def test_a_cover_confirms(c, people):
    give(c, people)
    with c.acting("nora") as nora:
        absence.say_away(
            membership=nora.membership, from_day=today(), until_day=today(), cover=c.members["denise"],
            by=nora.actor,
        )  # fmt: skip
    assert confirm(c, "denise") == 3


def test_given_on_before_it_was_confirmed(c, people):
    """The first receiver's list is empty, and the second has them to confirm."""
    give(c, people)
    give(c, people, "denise", held_by="nora")
    assert confirm(c, "nora") == 0
    with c.acting("nora") as nora:
        assert not duties_for(nora.membership).exists(), "pressing it on an empty list is enough"
    assert confirm(c, "denise") == 3


@pytest.mark.parametrize(
    ("to", "more", "refused"),
    [("denise", {}, BadValue), ("nora", {"seen_to": ("nothing",)}, BadValue), ("ines", {}, NotYours)],
)
def test_what_can_not_be_given(c, people, to, more, refused):
    with pytest.raises(refused):
        give(c, people, to, **more)
    with c.acting("denise"):
        assert holders(people) == {c.members["denise"].pk}


def test_a_queue_without_a_lead_is_refused_with_the_mend(c, people):
    Queue.objects.filter(pk=c.queues["eastgate"].pk).update(lead=None)
    with pytest.raises(NoLead) as refused:
        give(c, people, "queue")
    assert "Appoint one" in refused.value.mend


def test_a_stranger_gives_nobody(c, people):
    with pytest.raises(NotYours):
        give(c, people, "ines", by="ines")
    with c.acting("ines") as ines:
        assert not caseload.caseload(of(c, "denise"))
        given = caseload.give(
            people=[Handed(people[0].person_id, c.members["paul"])], held_by=of(c, "ines"), by=ines.actor
        )
        assert given == [], "she holds none of them"


def test_half_of_them_refused_leaves_all(c, people):
    """Tavo can hold nobody: nothing is moved."""
    from warmhandoff.custody.actions import CannotHold

    with pytest.raises(CannotHold), c.acting("marcus") as marcus:
        to = [c.members["nora"], c.members["nora"], c.members["tavo"]]
        caseload.give(
            people=[Handed(file.person_id, each) for file, each in zip(people, to, strict=True)],
            held_by=of(c, "denise"),
            by=marcus.actor,
        )
    with c.acting("denise"):
        assert holders(people) == {c.members["denise"].pk}
        assert not Given.objects.exists()


def test_the_receiver_leaves_before_confirming(c, people):
    give(c, people)
    with c.acting("marcus") as marcus:
        referrals.close_membership(membership=c.members["nora"], by=marcus.actor)
        assert holders(people) == {c.queues["eastgate"].pk}
        assert not Duty.objects.filter(kind=CONFIRM, closed_at=None)
