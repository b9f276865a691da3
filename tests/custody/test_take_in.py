"""Taking someone in: their file, their holder and their next step, in one transaction."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests import cast
from tests.cast import MONDAY, PHONE, told
from tests.standing import everything, leaves_nothing
from warmhandoff.custody import actions as custody
from warmhandoff.custody.models import CustodyEvent
from warmhandoff.custody.reading import custody_of, duties_for
from warmhandoff.foundation.duties import Owner
from warmhandoff.foundation.errors import BadValue, NotYours
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.participants.actions import Way
from warmhandoff.participants.models import Contact, FileEvent, Listing, Need, Participant, Person, Reach


def take_in(member, **more):
    values = {
        "told": told(), "reach": [PHONE], "needs": ("WRK-TRN", "HSG"), "by": member.actor, "is_adult": True,
        "holder": Owner(member.organization_id, membership_id=member.membership.pk),
    }  # fmt: skip
    return custody.take_in(**values | more)


def test_someone_is_known_held_and_has_a_next_step(c):
    with c.acting("denise") as denise:
        file = take_in(denise)
        held = custody_of(file.person_id)
        assert (held.membership_id, held.basis) == (denise.membership.pk, "intake")
        assert held.next_step.kind == "find_place"
        assert held.next_step.due_at == current_place().deadline("next_step", MONDAY)
        assert [d.pk for d in duties_for(denise.membership)] == [held.next_step_id]
        assert Contact.objects.get(file=file).name == "Rosa Mendoza"
        assert Reach.objects.get(file=file).contact_point.value == "555-0123"
        assert set(Need.objects.filter(file=file).values_list("code", flat=True)) == {"WRK-TRN", "HSG"}
        listed = Listing.objects.get(file=file)
        assert (listed.standing, listed.next_due_at) == ("held", held.next_step.due_at)
        kinds = list(FileEvent.objects.filter(file=file).order_by("id").values_list("kind", flat=True))
        assert kinds == ["taken_in", "need_opened", "need_opened"]
        assert CustodyEvent.objects.get(person_id=file.person_id).kind == "taken_in"


def test_without_a_need_the_next_step_is_to_decide(c):
    with c.acting("denise") as denise:
        assert custody_of(take_in(denise, needs=()).person_id).next_step.kind == "plan"


def test_the_queue_can_hold_them(c):
    with c.acting("denise") as denise:
        file = take_in(denise, holder=Owner(denise.organization_id, queue_id=c.queues["eastgate"].pk))
        assert custody_of(file.person_id).queue.lead_id == c.members["marcus"].pk


def test_an_agreed_step_and_day(c):
    due = MONDAY + timedelta(days=7)
    with c.acting("denise") as denise:
        step = custody_of(take_in(denise, next_step="meet", due_at=due).person_id).next_step
        assert (step.kind, step.due_at) == ("meet", due)


@pytest.mark.parametrize(
    "more",
    [
        {"is_adult": False},
        {"told": told(birth_date=date(2010, 1, 1))},
        {"told": told(birth_date=date(2008, 11, 24))},  # eighteen tomorrow
    ],
)
def test_nothing_is_kept_of_someone_under_18(c, more):
    with c.acting("denise") as denise:
        before = everything(c)
        with pytest.raises(custody.TooYoung, match="under 18") as refused:
            take_in(denise, **more)
        assert "warm contact" in refused.value.mend
        assert everything(c) == before
    assert not Contact.objects.exists()


def test_whoever_turns_18_today_is_taken_in(c):
    with c.acting("denise") as denise:
        assert take_in(denise, told=told(birth_date=date(2008, 11, 23)))


@pytest.mark.parametrize(
    ("field", "more"),
    [
        ("first_name", {"told": told("  ")}),
        ("birth_date", {"told": told(birth_date=date(2030, 1, 1))}),
        ("birth_date", {"told": told(birth_date=date(1850, 1, 1))}),
        ("needs", {"needs": ("NOPE",)}),
        ("reach", {"reach": [Way("text", "  ")]}),
        ("next_step", {"next_step": "await_answer"}),
        ("due", {"due_at": MONDAY}),
        ("due", {"due_at": MONDAY - timedelta(days=1)}),
        ("due", {"due_at": MONDAY + timedelta(days=40)}),
    ],
)
def test_what_can_not_be_is_refused_by_its_field(c, field, more):
    with c.acting("denise") as denise:
        before = everything(c)
        with pytest.raises((BadValue, custody.TooYoung)) as refused:
            take_in(denise, **more)
        assert refused.value.code == "under_18" or refused.value.field == field
        assert everything(c) == before


def test_only_someone_who_can_answer_for_them_holds_them(c):
    with c.acting("denise") as denise:
        for who in ("tavo",):  # a peer mentor can't release or refer anybody
            with pytest.raises(custody.CannotHold):
                take_in(denise, holder=Owner(denise.organization_id, membership_id=c.members[who].pk))
        with pytest.raises(custody.CannotHold):
            take_in(denise, holder=Owner(denise.organization_id, membership_id=c.members["ines"].pk))
        with pytest.raises(NotYours):
            take_in(denise, holder=Owner(c.organizations["harbor"].pk, membership_id=c.members["ines"].pk))
        with pytest.raises(custody.CannotHold):
            take_in(denise, holder=Owner(denise.organization_id, queue_id=c.queues["harbor"].pk))


def test_a_failure_leaves_nothing(c):
    def act():
        with c.acting("denise") as denise:
            take_in(denise)

    assert leaves_nothing(c, act) >= 8


# --- Coming back --------------------------------------------------------------------------------------------------


def released(c):
    with c.acting("denise") as denise:
        file = take_in(denise, needs=("HSG",))
        custody.release(person_id=file.person_id, reason="needs_met", by=denise.actor)
    return file


def test_who_comes_back_is_the_same_person_with_the_same_file(c):
    file = released(c)
    later = MONDAY + timedelta(days=60)
    with c.acting("marcus", later) as marcus:
        again = take_in(
            marcus,
            again=file,
            told=told("Rosa", "Mendoza-Ruiz"),
            needs=("ID",),
            reach=[PHONE, Way("email", "rosa@mail.example")],
        )
        assert (again.pk, again.code, again.person_id) == (file.pk, file.code, file.person_id)
        assert Person.objects.get(pk=file.person_id).closed_at is None
        assert custody_of(file.person_id).membership_id == marcus.membership.pk
        assert Participant.objects.count() == 1
        ways = Reach.objects.filter(file=file).values_list("contact_point__value", flat=True)
        assert list(ways) == ["555-0123", "rosa@mail.example"], "what is known is not written down twice"
        assert set(Need.objects.filter(file=file).values_list("code", flat=True)) == {"HSG", "ID"}
        assert Listing.objects.get(file=file).name == "Rosa Mendoza-Ruiz"
        assert FileEvent.objects.filter(file=file, kind="taken_in_again").exists()


def test_who_is_held_is_not_taken_in_again(c):
    with c.acting("denise") as denise:
        file = take_in(denise)
        with pytest.raises(custody.AlreadyHeld):
            take_in(denise, again=file)
    file = released(c)
    with c.acting("denise") as denise:
        take_in(denise, again=file)
        with pytest.raises(custody.AlreadyHeld):
            take_in(denise, again=file)


def test_another_organizations_file_is_not_taken_up(c):
    file = released(c)
    with c.acting("ines") as ines, pytest.raises(NotYours):
        take_in(ines, again=file)


def test_who_was_released_there_is_taken_in_here_with_the_file_that_is_here(c):
    """Valley served Rosa and has its own file; Eastgate released her; she walks into Valley."""
    from warmhandoff.referrals import actions as referrals
    from warmhandoff.referrals.models import Referral

    with c.acting("denise") as denise:
        file = take_in(denise, needs=("WRK-TRN",))
        referral = cast.refer(file, c.services["carpentry"], denise)
    with c.acting("vera") as vera:
        for verb, more in (("accept", {"reply": referrals.Reply("Vera")}), ("engage", {}), ("complete", {})):
            getattr(referrals, verb)(referral=Referral.objects.get(pk=referral.pk), by=vera.actor, **more)
        theirs = Participant.objects.get(person_id=file.person_id)
        with pytest.raises(custody.AlreadyHeld):
            take_in(vera, again=theirs)
    with c.acting("denise") as denise:
        custody.release(person_id=file.person_id, reason="needs_met", by=denise.actor)
    with c.acting("vera") as vera:
        take_in(vera, again=theirs)
        assert custody_of(file.person_id).organization_id == vera.organization_id
    with c.acting("denise"):
        assert custody_of(file.person_id) is None


def test_a_failure_on_the_way_back_leaves_them_released(c):
    file = released(c)

    def act():
        with c.acting("denise") as denise:
            take_in(denise, again=file)

    leaves_nothing(c, act, every=2)
    with c.acting("denise"):
        assert Person.objects.get(pk=file.person_id).close_reason == "needs_met"
