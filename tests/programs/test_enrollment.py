"""Applied, on the list, enrolled, active, completed or out."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import cast
from tests.proofs.scene import pressing
from warmhandoff.casework.actions import appointments, services
from warmhandoff.custody import actions as custody
from warmhandoff.foundation import duties
from warmhandoff.foundation.errors import BadValue, NotAllowed, NotYours, WrongState
from warmhandoff.foundation.models import Duty
from warmhandoff.participants.actions import ConsentMissing
from warmhandoff.participants.models import Listing, Participant, Share
from warmhandoff.programs.actions import enrollment as verbs
from warmhandoff.programs.models import Enrollment, EnrollmentEvent
from warmhandoff.programs.reading.served import standing_of
from warmhandoff.referrals import actions as referrals
from warmhandoff.referrals.models import Referral

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
TODAY = cast.MONDAY.date()


@pytest.fixture
def c(the_cast) -> cast.Cast:
    return the_cast


def owed(enrollment: Enrollment) -> list[str]:
    return [duty.kind for duty in duties.open_about((verbs.SUBJECT, enrollment.pk))]


def kinds(enrollment: Enrollment) -> list[str]:
    return list(EnrollmentEvent.objects.filter(enrollment=enrollment).values_list("kind", flat=True))


def test_from_applied_to_completed(c: cast.Cast) -> None:
    contract = cast.program(c)
    with c.acting("denise") as denise:
        file = cast.take_in(denise)
        one = verbs.apply(file=file, contract=contract, by=denise.actor)
        assert owed(one) == ["decide_enrollment"]
        verbs.waitlist(enrollment=one, review_on=TODAY + timedelta(days=20), by=denise.actor)
        assert owed(one) == ["review_place"]
        verbs.keep_waiting(enrollment=one, review_on=TODAY + timedelta(days=40), by=denise.actor)
        assert one.review_on == TODAY + timedelta(days=40)
        verbs.enroll(enrollment=one, consent=cast.agreed_to(file, contract, denise), by=denise.actor)
        assert owed(one) == []
        verbs.begin(enrollment=one, by=denise.actor)
        verbs.complete(enrollment=one, by=denise.actor)
        assert (one.state, one.ended_on) == ("completed", TODAY)
        assert kinds(one) == ["applied", "waitlisted", "kept_waiting", "enrolled", "began", "completed"]


def test_the_agency_reads_of_it_by_a_share_of_its_own_kind(c: cast.Cast) -> None:
    cast.program(c)
    with c.acting("denise") as denise:
        one = cast.enrolled(c, denise)
        share = Share.objects.get(file=one.file)
        assert (share.basis, share.data_class, share.recipient_id) == (
            "program",
            "program",
            c.organizations["office"].pk,
        )
    with c.acting("luz"):
        assert Enrollment.objects.get().pk == one.pk
        with pytest.raises(NotYours):
            verbs.complete(enrollment=one, by=c.members["luz"] and denise.actor)
    with c.acting("paul"):
        assert not Enrollment.objects.exists()


def test_nobody_enrolls_without_their_yes(c: cast.Cast) -> None:
    contract = cast.program(c)
    with c.acting("denise") as denise:
        file = cast.take_in(denise)
        one = verbs.apply(file=file, contract=contract, by=denise.actor)
        other = cast.consent(file, c.services["solar"], denise)
        with pytest.raises(ConsentMissing):
            verbs.enroll(enrollment=one, consent=other, by=denise.actor)
        assert Enrollment.objects.get().state == "applied"


def test_twice_and_overlapping(c: cast.Cast) -> None:
    contract = cast.program(c)
    with c.acting("denise") as denise:
        one = cast.enrolled(c, denise, on=TODAY - timedelta(days=30))
        with pytest.raises(verbs.AlreadyTakesPart):
            verbs.apply(file=one.file, contract=contract, by=denise.actor)
        verbs.exit(enrollment=one, reason="work", by=denise.actor, on=TODAY - timedelta(days=3))
        with pytest.raises(verbs.Overlaps):
            verbs.apply(file=one.file, contract=contract, by=denise.actor, on=TODAY - timedelta(days=10))
        again = verbs.apply(file=one.file, contract=contract, by=denise.actor)
        assert again.state == "applied"


def test_no_more_than_there_are_places(c: cast.Cast) -> None:
    contract = cast.program(c, slots=1)
    with c.acting("denise") as denise:
        cast.enrolled(c, denise)
        with pytest.raises(verbs.NoPlaceFree):
            cast.enrolled(c, denise, file=cast.take_in(denise, cast.told("Omar", "Reed")), contract=contract)


def test_the_day_of_leaving_for_want_of_service_is_never_typed(c: cast.Cast) -> None:
    cast.program(c)
    with c.acting("denise") as denise:
        one = cast.enrolled(c, denise, active=True)
        with pytest.raises(BadValue):
            verbs.exit(enrollment=one, reason=verbs.NO_SERVICE, by=denise.actor)
    with c.acting("denise", at=cast.MONDAY + timedelta(days=90)) as denise:
        verbs.exit(enrollment=one, reason=verbs.NO_SERVICE, by=denise.actor, on=date(2027, 2, 1))
        assert (one.state, one.exit_reason, one.ended_on) == ("exited", "no_service", TODAY)


def test_enrolling_closes_the_referral_that_led_here(c: cast.Cast) -> None:
    cast.program(c, provider="valley")
    with c.acting("denise") as denise:
        file = cast.take_in(denise)
        referral = cast.refer(file, c.services["carpentry"], denise)
    with c.acting("vera") as vera:
        from warmhandoff.referrals import actions as referrals

        referral = referrals.accept(
            referral=referral, reply=referrals.Reply("Vera", cast.MONDAY + timedelta(days=1)), by=vera.actor
        )
        theirs = custody.file_of(file.person_id)
        assert theirs is not None
        one = cast.enrolled(c, vera, file=theirs, referral=referral)
        referral.refresh_from_db()
        assert referral.state == "completed"
        assert theirs.listing.standing == "served"
        verbs.complete(enrollment=one, by=vera.actor)
        theirs.listing.refresh_from_db()
        assert theirs.listing.standing == "closed"
    with c.acting("denise"):
        assert Duty.objects.filter(kind="ask_met", closed_at__isnull=True).count() == 1


def test_another_state_and_another_house(c: cast.Cast) -> None:
    contract = cast.program(c)
    with c.acting("denise") as denise:
        one = cast.enrolled(c, denise)
        verbs.complete(enrollment=one, by=denise.actor)
        with pytest.raises(WrongState):
            verbs.exit(enrollment=one, reason="work", by=denise.actor)
    with c.acting("ines") as ines:
        file = cast.take_in(ines)
        with pytest.raises(NotYours):
            verbs.apply(file=file, contract=contract, by=ines.actor)


def test_what_counts_as_a_service_and_what_is_planned(c: cast.Cast) -> None:
    """Each kind by itself: what was given, came to, or is to come; nothing of the time before they took part."""
    cast.program(c)
    day = timedelta(days=1)
    with c.acting("denise") as denise:
        file = cast.take_in(denise)
        one = cast.enrolled(c, denise, file=file, on=TODAY)
        assert standing_of([one])[one.pk].served_on is None
        assert standing_of([one])[one.pk].out_on == TODAY + 90 * day
    with c.acting("denise", at=cast.MONDAY + 80 * day) as denise:
        assert standing_of([one])[one.pk].is_near(TODAY + 80 * day)
        gave = services.Gave("peer_support", denise.membership, TODAY + 80 * day, Decimal(1))
        services.give(file=file, gave=gave, by=denise.actor)
        standing = standing_of([one])[one.pk]
        assert (standing.served_on, standing.out_on) == (TODAY + 80 * day, TODAY + 170 * day)
        begins = cast.MONDAY + 90 * day
        when = appointments.When(begins, timedelta(hours=1))
        appointments.make(file=file, when=when, about="check_in", with_=denise.membership, by=denise.actor)
        standing = standing_of([one])[one.pk]
        assert (standing.planned_on, standing.out_on) == (TODAY + 90 * day, None)


def test_whoever_was_served_is_near_no_exit_any_more(c: cast.Cast) -> None:
    cast.program(c)
    late = cast.MONDAY + timedelta(days=80)
    with c.acting("denise") as denise:
        one = cast.enrolled(c, denise)
    with c.acting("denise", at=late) as denise:
        verbs.say_near(enrollment=one, by=denise.actor)
        assert owed(one) == ["near_exit"]
        gave = services.Gave("peer_support", denise.membership, late.date(), Decimal(1))
        services.give(file=one.file, gave=gave, by=denise.actor)
        verbs.were_served(files=[one.file_id], by=denise.actor, on=late.date())
        one.refresh_from_db()
        assert owed(one) == [] and (one.state, one.active_on) == ("active", late.date())
        with CaptureQueriesContext(connection) as told:
            verbs.were_served(files=[one.file_id], by=denise.actor, on=late.date())
        assert len([each for each in told if each["sql"].startswith("SELECT")]) == 1


def test_what_was_said_by_mistake_is_taken_back(c: cast.Cast) -> None:
    contract = cast.program(c)
    with c.acting("denise") as denise:
        one = cast.enrolled(c, denise, active=True)
        verbs.exit(enrollment=one, reason="work", by=denise.actor)
        verbs.take_back(enrollment=one, reason="mistake", by=denise.actor)
        assert (one.state, one.ended_on, one.exit_reason) == ("active", None, "")
        verbs.take_back(enrollment=one, reason="wrong_day", by=denise.actor)
        assert (one.state, one.active_on) == ("enrolled", None)
        with pytest.raises(WrongState):
            verbs.take_back(enrollment=one, reason="mistake", by=denise.actor)
        standing = EnrollmentEvent.objects.filter(enrollment=one, superseded_by=None)
        assert list(standing.values_list("kind", "reason")) == [
            ("applied", ""), ("enrolled", ""), ("taken_back", "mistake"), ("taken_back", "wrong_day"),
        ]  # fmt: skip
        omar = verbs.apply(file=cast.take_in(denise, cast.told("Omar")), contract=contract, by=denise.actor)
        verbs.waitlist(enrollment=omar, review_on=TODAY + timedelta(days=5), by=denise.actor)
        verbs.exit(enrollment=omar, reason="no_place", by=denise.actor)
        verbs.take_back(enrollment=omar, reason="wrong_person", by=denise.actor)
        assert omar.state == "waitlisted" and owed(omar) == ["review_place"]


def test_who_may_take_back_and_when_not(c: cast.Cast) -> None:
    contract = cast.program(c, slots=1)
    with c.acting("marcus") as marcus:
        one = cast.enrolled(c, marcus)
        verbs.complete(enrollment=one, by=marcus.actor)
    with c.acting("denise") as denise, pytest.raises(NotAllowed):
        verbs.take_back(enrollment=one, reason="mistake", by=denise.actor)
    with c.acting("marcus") as marcus:
        with pytest.raises(BadValue):
            verbs.take_back(enrollment=one, reason="", by=marcus.actor)
        cast.enrolled(c, marcus, contract=contract, file=cast.take_in(marcus, cast.told("Omar")))
        with pytest.raises(verbs.NoPlaceFree):
            verbs.take_back(enrollment=one, reason="mistake", by=marcus.actor)


def test_of_who_was_released_nothing_is_taken_back(c: cast.Cast) -> None:
    """Else they would take part, and nobody hold them."""
    cast.program(c)
    with c.acting("denise") as denise:
        one = cast.enrolled(c, denise)
        verbs.exit(enrollment=one, reason="work", by=denise.actor)
        custody.release(person_id=one.file.person_id, reason="needs_met", by=denise.actor)
        with pytest.raises(WrongState):
            verbs.take_back(enrollment=one, reason="mistake", by=denise.actor)


def test_who_still_takes_part_stays_on_the_list_whatever_else_ends(c: cast.Cast) -> None:
    """A second referral that is completed by its link, whose actor reads nothing of programs; and the holding that goes elsewhere."""
    contract = cast.program(c, provider="valley")
    with c.acting("denise") as denise:
        rosa = cast.take_in(denise, needs=("WRK-TRN", "WRK-APP"))
        first = cast.refer(rosa, c.services["carpentry"], denise)
    with c.acting("vera") as vera:
        referrals.accept(referral=first, reply=referrals.Reply("Vera"), by=vera.actor)
        theirs = Participant.objects.get(organization=c.organizations["valley"])
        cast.enrolled(c, vera, contract=contract, file=theirs, referral=Referral.objects.get(pk=first.pk))
        assert Listing.objects.get(file=theirs).standing == "served"
    with c.acting("denise") as denise:
        again = cast.refer(rosa, c.services["carpentry"], denise)
    with c.acting("vera") as vera:
        referrals.accept(
            referral=Referral.objects.get(pk=again.pk), reply=referrals.Reply("Vera"), by=vera.actor
        )
        referrals.engage(referral=Referral.objects.get(pk=again.pk), by=vera.actor)
    with pressing(again) as (link, found):
        referrals.complete(referral=found, by=link)
    with c.acting("vera") as vera:
        assert Listing.objects.get(file=theirs).standing == "served"
        verbs.complete(enrollment=Enrollment.objects.get(), by=vera.actor)
        assert Listing.objects.get(file=theirs).standing == "closed"
