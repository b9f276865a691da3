"""The hand-carried referral: nothing about the person leaves, the holder keeps the date, and it closes by somebody's word."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from tests import cast
from tests.cast import MONDAY
from tests.standing import leaves_nothing
from warmhandoff.custody import actions as custody
from warmhandoff.custody.reading import custody_of, duties_about
from warmhandoff.foundation import clock, scoping
from warmhandoff.foundation.actors import link_actor
from warmhandoff.foundation.errors import BadValue, DomainError, WrongState
from warmhandoff.foundation.models import Duty, Message
from warmhandoff.participants.models import FileEvent, Share
from warmhandoff.referrals import carried
from warmhandoff.referrals.models import CarriedReferral, Referral, Slip


def hand(c, rosa, **more):
    with c.acting("denise") as denise:
        return carried.hand(file=rosa, service=c.services["solar"], language="es", by=denise.actor, **more)


def tell(slip, outcome="arrived", at=MONDAY):
    """As whoever typed the code on the public page."""
    actor = link_actor(slip.pk, slip.organization_id)
    with clock.at(at), scoping.acting_as(actor, classes=("contact", "needs")):
        return carried.tell(slip=slip, outcome=outcome, by=actor)


def test_nothing_about_them_is_sent_and_the_holder_has_the_date(c, rosa):
    given = hand(c, rosa)
    with c.acting("denise") as denise:
        held = custody_of(rosa.person_id)
        assert held.membership_id == denise.membership.pk
        assert (held.next_step.kind, held.next_step.detail) == (carried.FOLLOW, given.code)
        assert held.next_step.due_at > MONDAY + timedelta(days=1)
        assert not Share.objects.exists() and not Referral.objects.exists() and not Message.objects.exists()
    with c.acting("vera"):
        assert not CarriedReferral.objects.exists()


def test_the_code_is_found_in_any_spelling_and_says_nobody(c, rosa):
    given = hand(c, rosa)
    code = carried.code_of(given.slip)
    with clock.at(MONDAY):
        for typed in (code, code.lower(), code.replace("-", " "), f" {code[:3]} {code[3:]} "):
            assert carried.slip_with(typed) == given.slip
        for wrong in ("", "CCCC-CCCC", code[:-1], code + "C", "\x00", "x" * 5000):
            assert carried.slip_with(wrong) is None
    with clock.at(MONDAY + timedelta(days=carried.LIVES_DAYS + 1)):
        assert carried.slip_with(code) is None
    assert not {field.name for field in Slip._meta.concrete_fields} & {"person", "file", "code"}
    stored = Slip.objects.get()
    assert code.replace("-", "") not in str(vars(stored)), "a copy of the database opens nothing"


def test_the_receivers_word_closes_it_and_the_holder_checks_in(c, rosa):
    given = hand(c, rosa)
    assert tell(given.slip) is True
    with c.acting("denise"):
        given.refresh_from_db()
        assert (given.outcome, given.told_by, given.closed_by.kind) == ("arrived", "receiver", "link")
        assert custody_of(rosa.person_id).next_step.kind == "check_in"
        assert [e.detail for e in FileEvent.objects.filter(kind="carried_closed")] == ["arrived"]
    assert tell(given.slip, "turned_away") is False, "the second word changes nothing"
    with c.acting("denise"):
        given.refresh_from_db()
        assert given.outcome == "arrived"


@pytest.mark.parametrize(
    ("outcome", "kind"),
    [
        ("arrived", "check_in"),
        ("turned_away", "find_place"),
        ("did_not_go", "find_place"),
        ("no_longer", "plan"),
    ],
)
def test_the_persons_word_closes_it_and_something_is_next(c, rosa, outcome, kind):
    given = hand(c, rosa)
    with c.acting("denise") as denise:
        assert carried.settle(carried=given, outcome=outcome, by=denise.actor) is True
        assert carried.settle(carried=given, outcome=outcome, by=denise.actor) is False
        assert custody_of(rosa.person_id).next_step.kind == kind
        assert Duty.objects.filter(kind=kind, closed_at__isnull=True).count() == 1


def test_nobody_is_released_while_it_is_open(c, rosa):
    given = hand(c, rosa)
    with c.acting("denise") as denise:
        with pytest.raises(custody.SomethingOpen):
            custody.release(person_id=rosa.person_id, reason="needs_met", by=denise.actor)
        carried.settle(carried=given, outcome="arrived", by=denise.actor)
        custody.release(person_id=rosa.person_id, reason="needs_met", by=denise.actor)
    with c.acting("denise"):
        assert tell(given.slip) is False


def not_gone(c, rosa):
    given = hand(c, rosa)
    with c.acting("denise") as denise:
        carried.settle(carried=given, outcome="did_not_go", by=denise.actor)
    return given


LATER = MONDAY + timedelta(days=6)


def test_who_had_not_gone_and_came_later_has_arrived(c, rosa):
    given = not_gone(c, rosa)
    assert tell(given.slip, at=LATER) is True
    with c.acting("denise", LATER):
        given.refresh_from_db()
        assert (given.outcome, given.told_by, given.closed_at) == ("arrived", "receiver", LATER)
        kinds = list(duties_about(rosa.person_id).values_list("kind", flat=True))
        assert kinds == ["check_in"], "nobody looks for another place any more"
        told = FileEvent.objects.filter(kind="carried_closed").order_by("id")
        assert [event.detail for event in told] == ["did_not_go", "arrived"]
    assert tell(given.slip, "turned_away", at=LATER) is False, "and the second word changes nothing"


def test_who_came_later_and_could_not_be_helped_still_looks_for_a_place(c, rosa):
    given = not_gone(c, rosa)
    assert tell(given.slip, "turned_away", at=LATER) is True
    with c.acting("denise", LATER):
        given.refresh_from_db()
        assert given.outcome == "turned_away"
        assert list(duties_about(rosa.person_id).values_list("kind", flat=True)) == ["find_place"]


def test_a_late_word_about_who_was_released_opens_nothing(c, rosa):
    given = not_gone(c, rosa)
    with c.acting("denise") as denise:
        custody.release(person_id=rosa.person_id, reason="needs_met", by=denise.actor)
    assert tell(given.slip, at=LATER) is True
    with c.acting("denise", LATER):
        assert not duties_about(rosa.person_id).exists() and custody_of(rosa.person_id) is None
        assert CarriedReferral.objects.get().outcome == "arrived"


def test_a_late_word_that_fails_leaves_what_was_said(c, rosa):
    given = not_gone(c, rosa)
    leaves_nothing(c, lambda: tell(given.slip, at=LATER), at=LATER)


def test_a_tick_does_not_finish_it(c, rosa):
    hand(c, rosa)
    with c.acting("denise") as denise, pytest.raises(BadValue):
        custody.finish_step(duty=custody_of(rosa.person_id).next_step, by=denise.actor)


def test_what_can_not_be_handed_out(c, rosa):
    hand(c, rosa)
    with pytest.raises(WrongState):
        hand(c, rosa)
    for due_at in (MONDAY - timedelta(hours=1), MONDAY + timedelta(days=40)):
        with c.acting("denise") as denise, pytest.raises(BadValue):
            carried.hand(file=rosa, service=c.services["it"], language="es", by=denise.actor, due_at=due_at)
    with c.acting("ines") as ines, pytest.raises(DomainError):
        carried.hand(file=rosa, service=c.services["it"], language="es", by=ines.actor)
    with c.acting("ines") as ines:
        lee = cast.take_in(ines, cast.told("Lee", "Park"))
        with pytest.raises(BadValue, match="own organization"):
            carried.hand(file=lee, service=c.services["housing"], language="en", by=ines.actor)
    with c.acting("denise") as denise, pytest.raises(BadValue):
        carried.settle(carried=CarriedReferral.objects.get(), outcome="lost", by=denise.actor)
    with pytest.raises(BadValue):
        tell(Slip.objects.get(), "did_not_go")


def test_rolled_back_leaves_nothing(c, rosa):
    with c.acting("denise") as denise, pytest.raises(RuntimeError), transaction.atomic():
        carried.hand(file=rosa, service=c.services["solar"], language="es", by=denise.actor)
        raise RuntimeError
    assert not Slip.objects.exists()
    with c.acting("denise"):
        assert (
            not CarriedReferral.objects.exists() and custody_of(rosa.person_id).next_step.kind == "find_place"
        )


def test_it_can_be_about_nobody_else_and_by_no_other_slip(c, rosa):
    """P8: an organization that knows a person's key, or another one's slip, can't tie its row to it."""
    given = hand(c, rosa)
    for wrong in ({"person_id": rosa.person_id}, {"slip": given.slip}):
        with c.acting("ines") as ines:
            lee = cast.take_in(ines, cast.told("Lee", "Park"))
            slip = Slip.objects.create(
                organization_id=ines.organization_id,
                service=c.services["solar"],
                dies_at=MONDAY + timedelta(days=9),
            )
            values = {"person_id": lee.person_id, "slip": slip} | wrong
            with pytest.raises(IntegrityError), transaction.atomic():
                CarriedReferral.objects.create(
                    organization_id=ines.organization_id, handed_by=ines.actor, **values
                )
                with connection.cursor() as cursor:
                    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_a_slip_reads_nothing_of_the_person_it_closes_for(c, rosa):
    given = hand(c, rosa)
    actor = link_actor(given.slip.pk, given.slip.organization_id)
    with scoping.acting_as(actor, classes=()):
        from warmhandoff.participants.models import Contact, Listing, Need

        assert not Contact.objects.exists() and not Need.objects.exists() and not Listing.objects.exists()
