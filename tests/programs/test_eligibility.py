"""Writing down what was shown: does it, who may not, twice, wrong state, stranger, rolled back leaves nothing."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from tests import cast
from tests.standing import leaves_nothing
from warmhandoff.foundation import clock, scoping, timers
from warmhandoff.foundation.errors import BadValue, NotAllowed, NotYours, WrongState
from warmhandoff.foundation.models import AccessLog, Duty, Timer
from warmhandoff.network.models import Membership
from warmhandoff.participants.models import Contact, Narrative, Participant
from warmhandoff.programs import eligibility
from warmhandoff.programs.actions import eligibility as verbs
from warmhandoff.programs.actions import enrollment as enrolling
from warmhandoff.programs.actions.eligibility import Said
from warmhandoff.programs.actions.rechecks import RECHECK_ELIGIBILITY, SUBJECT
from warmhandoff.programs.models import Enrollment, Program, Proof, Waiver

TODAY = cast.MONDAY.date()
YES = Said(True, "self")


@pytest.fixture
def sector(c):
    return cast.program(c, "sector")


def adult(by, **more):
    return cast.take_in(by, cast.told(birth_date=date(1990, 3, 4), **more))


def shows_all(file, by, on=None):
    verbs.verify(file=file, shown="of_age", said=Said(True, "document", on), by=by.actor)
    verbs.verify(file=file, shown="justice_history", said=Said(True, "self", on, limb="charged"), by=by.actor)
    verbs.verify(file=file, shown="behavioral_health", said=Said(True, "self", on), by=by.actor)


def standing(file, on=TODAY, slug="sector"):
    return eligibility.standing(file, Program.objects.get(slug=slug), on)


def enroll(file, contract, by, on=None):
    enrollment = enrolling.apply(file=file, contract=contract, by=by.actor, on=on)
    return enrolling.enroll(
        enrollment=enrollment, consent=cast.agreed_to(file, contract, by), by=by.actor, on=on
    )


# --- Proofs -------------------------------------------------------------------------------------------------------


def test_three_proofs_make_somebody_eligible_and_say_by_whom_how_and_until_when(c, sector):
    with c.acting("denise") as denise:
        file = adult(denise)
        assert standing(file).nearly
        shows_all(file, denise)
        verdict = standing(file)
        assert verdict.is_met
        justice = verdict.findings[1]
        assert (justice.proof.method, justice.proof.limb, justice.proof.by) == (
            "self",
            "charged",
            denise.actor.pk,
        )
        assert justice.lapses_on == TODAY + timedelta(days=180)
        assert verdict.lapses_on == TODAY + timedelta(days=180)


def test_a_file_without_a_birth_date_is_for_whoever_showed_their_age(c, sector):
    with c.acting("denise") as denise:
        file = cast.take_in(denise)
        assert "Nobody has shown it yet." in standing(file).why_not
        shows_all(file, denise)
        assert standing(file).is_met


def test_a_way_that_no_program_takes_is_refused(c, sector):
    with c.acting("denise") as denise:
        file = adult(denise)
        with pytest.raises(BadValue, match="No program takes that here"):
            verbs.verify(file=file, shown="behavioral_health", said=Said(True, "agency"), by=denise.actor)
        assert not Proof.objects.exists()


@pytest.mark.parametrize(
    "said",
    [
        Said(None, "self"),
        Said(True, "self", TODAY + timedelta(days=1)),
        Said(True, "self", TODAY, TODAY),
        Said(False, "self", limb="charged"),
        Said(True, "self", limb="anything"),
    ],
)
def test_what_cannot_be_is_refused(c, sector, said):
    with c.acting("denise") as denise:
        file = adult(denise)
        with pytest.raises(BadValue):
            verbs.verify(file=file, shown="justice_history", said=said, by=denise.actor)
        assert not Proof.objects.exists()


def test_a_limb_is_of_a_justice_history_alone(c, sector):
    with c.acting("denise") as denise:
        file = adult(denise)
        with pytest.raises(BadValue):
            verbs.verify(file=file, shown="of_age", said=Said(True, "self", limb="charged"), by=denise.actor)


def test_who_does_not_read_a_class_writes_nothing_of_it(c, sector):
    with c.acting("denise") as denise:
        file = adult(denise)
    with c.acting("tavo") as tavo, pytest.raises(NotAllowed):
        verbs.verify(file=file, shown="justice_history", said=YES, by=tavo.actor)
    with c.acting("denise", purpose="placement") as denise, pytest.raises(NotAllowed):
        verbs.verify(file=file, shown="justice_history", said=YES, by=denise.actor)


def test_a_stranger_writes_and_reads_nothing(c, sector):
    with c.acting("denise") as denise:
        file = adult(denise)
        shows_all(file, denise)
    with c.acting("ines") as ines:
        assert not Proof.objects.exists()
        with pytest.raises(NotYours):
            verbs.verify(file=file, shown="justice_history", said=YES, by=ines.actor)


def test_who_does_not_read_the_classes_learns_nothing_of_them(c, sector):
    with c.acting("denise") as denise:
        file = adult(denise)
        shows_all(file, denise)
    with c.acting("tavo"):
        assert list(Proof.objects.values_list("shown", flat=True)) == ["of_age"]
        verdict = standing(file)
        assert not verdict.is_met
        assert "not yours to read" in verdict.why_not


def test_a_correction_stands_in_its_place_and_the_wrong_one_is_kept(c, sector):
    with c.acting("denise") as denise:
        file = adult(denise)
        shows_all(file, denise)
        wrong = Proof.objects.get(shown="justice_history")
        verbs.correct(proof=wrong, said=Said(False, "self", TODAY), reason="wrong_outcome", by=denise.actor)
        assert standing(file).is_not_met
        assert Proof.objects.filter(shown="justice_history").count() == 2
        with pytest.raises(WrongState):
            verbs.correct(proof=wrong, said=YES, reason="wrong_outcome", by=denise.actor)
        with pytest.raises(BadValue):
            verbs.correct(proof=Proof.objects.get(shown="of_age"), said=YES, reason="", by=denise.actor)


def test_what_was_about_somebody_else_is_taken_back(c, sector):
    with c.acting("denise") as denise:
        file = adult(denise)
        shows_all(file, denise)
        wrong = Proof.objects.get(shown="justice_history")
        verbs.correct(proof=wrong, said=Said(None, "self"), reason="wrong_person", by=denise.actor)
        assert "Nobody has shown it yet." in standing(file).why_not


def test_a_proof_is_never_changed_nor_deleted(c, sector):
    with c.acting("denise") as denise:
        file = adult(denise)
        shows_all(file, denise)
        for statement in ("UPDATE programs_proof SET holds = false", "DELETE FROM programs_proof"):
            with pytest.raises(Exception, match="permission denied"), transaction.atomic():
                connection.cursor().execute(statement)


def test_opening_it_is_written_down(c, sector):
    with c.acting("denise") as denise:
        file = adult(denise)
        shows_all(file, denise)
        AccessLog.objects.exists()
        before = AccessLog.objects.count()
        eligibility.shown_to(file, sector.program, TODAY, by=denise.actor)
        assert AccessLog.objects.count() == before + 1
        assert set(AccessLog.objects.latest("pk").data_classes) == {"justice", "substance_use"}


# --- Enrolling ----------------------------------------------------------------------------------------------------


def test_who_is_not_eligible_is_not_enrolled_and_the_refusal_says_why(c, sector):
    with c.acting("denise") as denise:
        file = adult(denise)
        with pytest.raises(enrolling.NotEligible, match="Nobody has shown it yet"):
            enroll(file, sector, denise)
    with c.acting("denise") as denise:
        file = adult(denise, first_name="Ana")
        shows_all(file, denise)
        assert enroll(file, sector, denise).state == "enrolled"


# --- Re-checks ----------------------------------------------------------------------------------------------------


def test_what_lapses_comes_up_before_it_does(c, sector):
    then = TODAY - timedelta(days=160)
    with c.acting("denise") as denise:
        file = adult(denise)
        shows_all(file, denise, then)
        enrollment = enroll(file, sector, denise)
        assert not Duty.objects.filter(kind=RECHECK_ELIGIBILITY).exists()
        timer = Timer.objects.get(subject_kind=SUBJECT, called_off_at__isnull=True)
        assert timer.due_at.date() == TODAY + timedelta(days=20 - 14)
    later = cast.MONDAY + timedelta(days=7)
    fire(later)
    with c.acting("denise", at=later) as denise:
        duty = Duty.objects.get(kind=RECHECK_ELIGIBILITY, closed_at__isnull=True)
        assert duty.membership_id == denise.membership.pk and duty.subject_id == enrollment.pk
        assert duty.due_at.date() == TODAY + timedelta(days=20)  # 5 pm of the day before, in UTC
        verbs.verify(file=file, shown="justice_history", said=YES, by=denise.actor)
        assert not Duty.objects.filter(kind=RECHECK_ELIGIBILITY, closed_at__isnull=True).exists()
        assert Timer.objects.filter(subject_kind=SUBJECT, called_off_at__isnull=True, fired_at=None).exists()


def test_what_lapses_within_days_comes_up_at_once_and_goes_with_the_enrollment(c, sector):
    with c.acting("denise") as denise:
        file = adult(denise)
        shows_all(file, denise, TODAY - timedelta(days=175))
        enrollment = enroll(file, sector, denise)
        assert Duty.objects.filter(kind=RECHECK_ELIGIBILITY, closed_at__isnull=True).count() == 1
        enrolling.exit(enrollment=enrollment, reason="chose_to_stop", by=denise.actor)
        assert not Duty.objects.filter(kind=RECHECK_ELIGIBILITY, closed_at__isnull=True).exists()


def test_a_no_about_somebody_who_takes_part_comes_up(c, sector):
    with c.acting("denise") as denise:
        file = adult(denise)
        shows_all(file, denise, TODAY - timedelta(days=30))
        enroll(file, sector, denise)
        verbs.verify(file=file, shown="justice_history", said=Said(False, "self"), by=denise.actor)
        assert Duty.objects.filter(kind=RECHECK_ELIGIBILITY, closed_at__isnull=True).count() == 1


def test_a_timer_of_who_left_does_nothing(c, sector):
    with c.acting("denise") as denise:
        file = adult(denise)
        shows_all(file, denise, TODAY - timedelta(days=160))
        enrollment = enroll(file, sector, denise)
    with c.acting("denise"):
        Enrollment.objects.filter(pk=enrollment.pk).update(
            state="exited", ended_on=TODAY, exit_reason="chose_to_stop"
        )
    fire(cast.MONDAY + timedelta(days=7))
    with c.acting("denise"):
        assert not Duty.objects.filter(kind=RECHECK_ELIGIBILITY).exists()


def fire(at):
    with clock.at(at):
        for lane in range(timers.LANES):
            timers.fire_lane(lane, at, 100)


# --- Waivers ------------------------------------------------------------------------------------------------------


def ask(file, program, by, **more):
    facts = {
        "criterion": "health", "reason": "safety", "lapses_on": TODAY + timedelta(days=60), "why": "It isn't safe to say it here.",
    } | more  # fmt: skip
    return verbs.ask_waiver(file=file, program=program, by=by.actor, **facts)


def test_a_waiver_asks_for_a_reason_and_a_second_person(c, sector):
    with c.acting("denise") as denise:
        file = adult(denise)
        verbs.verify(file=file, shown="of_age", said=Said(True, "document"), by=denise.actor)
        verbs.verify(file=file, shown="justice_history", said=YES, by=denise.actor)
        waiver = ask(file, sector.program, denise)
        assert not standing(file).is_met
        assert Narrative.objects.get(about_kind="waiver", about_id=waiver.pk).text.startswith("It isn't safe")
        assert Duty.objects.get(kind=verbs.DECIDE_WAIVER).queue_id == c.queues["eastgate"].pk
        with pytest.raises(verbs.AskedAlready):
            ask(file, sector.program, denise)
        with pytest.raises(verbs.SamePerson):
            verbs.decide_waiver(waiver=waiver, granted=True, by=denise.actor)
    with c.acting("marcus") as marcus:
        verbs.decide_waiver(waiver=Waiver.objects.get(), granted=True, by=marcus.actor)
        verdict = standing(file)
        assert verdict.is_met and verdict.lapses_on == TODAY + timedelta(days=60)
        assert not Duty.objects.filter(kind=verbs.DECIDE_WAIVER, closed_at__isnull=True).exists()
        with pytest.raises(WrongState):
            verbs.decide_waiver(waiver=Waiver.objects.get(), granted=False, by=marcus.actor)


def test_a_refused_waiver_passes_nothing_over(c, sector):
    with c.acting("denise") as denise:
        file = adult(denise)
        ask(file, sector.program, denise)
    with c.acting("marcus") as marcus:
        verbs.decide_waiver(waiver=Waiver.objects.get(), granted=False, by=marcus.actor)
        assert not standing(file).is_met


def test_only_who_may_decides(c, sector):
    with c.acting("marcus") as marcus, pytest.raises(WrongState, match="Nobody here but you"):
        ask(adult(marcus), sector.program, marcus)
    with c.acting("denise") as denise:
        file = adult(denise)
        ask(file, sector.program, denise)
    with c.acting("ines") as ines:
        assert not Waiver.objects.exists()
    with c.acting("tavo") as tavo:
        assert not Waiver.objects.exists()
    with c.acting("denise"):
        waiver = Waiver.objects.get()
    with c.acting("tavo") as tavo, pytest.raises(NotAllowed):
        verbs.decide_waiver(waiver=waiver, granted=True, by=tavo.actor)
    with c.acting("ines") as ines, pytest.raises(NotYours):
        verbs.decide_waiver(waiver=waiver, granted=True, by=ines.actor)


def test_an_age_is_never_passed_over(c, sector):
    with c.acting("denise") as denise, pytest.raises(NotAllowed, match="can’t be passed over"):
        ask(adult(denise), sector.program, denise, criterion="adult")


@pytest.mark.parametrize(
    "more",
    [
        {"reason": "because"}, {"why": "  "}, {"lapses_on": TODAY}, {"lapses_on": TODAY + timedelta(days=366)},
    ],
)  # fmt: skip
def test_a_waiver_that_cannot_be_is_refused(c, sector, more):
    with c.acting("denise") as denise:
        file = adult(denise)
        with pytest.raises(BadValue):
            ask(file, sector.program, denise, **more)
        assert not Waiver.objects.exists() and not Duty.objects.filter(kind=verbs.DECIDE_WAIVER).exists()


def test_a_waiver_of_what_no_program_asks_is_not_there(c, sector):
    with c.acting("denise") as denise, pytest.raises(NotYours):
        ask(adult(denise), sector.program, denise, criterion="nothing")


def test_the_database_keeps_a_decision_and_asks_for_two(c, sector):
    with c.acting("denise") as denise:
        file = adult(denise)
        waiver = ask(file, sector.program, denise)
        with pytest.raises(IntegrityError, match="second_person"), transaction.atomic():
            Waiver.objects.filter(pk=waiver.pk).update(
                granted=True, decided_at=cast.MONDAY, decided_by=denise.actor
            )
        with pytest.raises(IntegrityError, match="stays"), transaction.atomic():
            Waiver.objects.filter(pk=waiver.pk).update(criterion="adult")
    with c.acting("marcus") as marcus:
        verbs.decide_waiver(waiver=Waiver.objects.get(), granted=False, by=marcus.actor)
        with pytest.raises(IntegrityError, match="stays"), transaction.atomic():
            Waiver.objects.update(granted=True)


def test_a_verb_that_fails_leaves_nothing(c, sector):
    with c.acting("denise") as denise:
        file = adult(denise)
        shows_all(file, denise, TODAY - timedelta(days=170))
        enroll(file, sector, denise)
        proof = Proof.objects.get(shown="justice_history")

    def as_denise(act):
        def press():
            with c.acting("denise") as denise:
                act(denise)

        return press

    leaves_nothing(
        c,
        as_denise(lambda by: verbs.verify(file=file, shown="justice_history", said=YES, by=by.actor)),
    )
    leaves_nothing(
        c,
        as_denise(
            lambda by: verbs.correct(
                proof=proof, said=Said(False, "self", TODAY), reason="wrong_outcome", by=by.actor
            )
        ),
    )
    leaves_nothing(c, as_denise(lambda by: ask(file, sector.program, by)))
    with c.acting("denise") as denise:
        waiver = ask(file, sector.program, denise)

    def decide():
        with c.acting("marcus") as marcus:
            verbs.decide_waiver(waiver=waiver, granted=True, by=marcus.actor)

    leaves_nothing(c, decide)


def test_many_are_judged_as_one_is(c, sector):
    with c.acting("denise") as denise:
        eligible, nearly = adult(denise), adult(denise, first_name="Ana")
        shows_all(eligible, denise)
        ids = list(Participant.objects.values_list("pk", flat=True))
        many = eligibility.standings(ids, sector.program, TODAY)
        assert {pk: v.standing for pk, v in many.items()} == {
            file.pk: standing(file).standing for file in (eligible, nearly)
        }
        assert Contact.objects.count() == 2


def test_without_a_context_nothing_is_there(c, sector):
    with c.acting("denise") as denise:
        shows_all(adult(denise), denise)
    with scoping.acting_as(None):
        assert not Proof.objects.exists() and not Waiver.objects.exists()


# --- Whoever asked is told ----------------------------------------------------------------------------------------


def test_a_decision_stands_on_the_list_of_who_asked_until_it_is_read(c, sector):
    with c.acting("denise") as denise:
        ask(adult(denise), sector.program, denise)
    with c.acting("marcus") as marcus:
        waiver = verbs.decide_waiver(waiver=Waiver.objects.get(), granted=True, by=marcus.actor)
        (duty,) = Duty.objects.filter(kind=verbs.READ_WAIVER)
        assert (duty.membership_id, duty.person_id) == (c.members["denise"].pk, None)
        with pytest.raises(NotYours):
            verbs.read_waiver(waiver=waiver, by=marcus.actor)
    with c.acting("ines") as ines, pytest.raises(NotYours):
        verbs.read_waiver(waiver=waiver, by=ines.actor)
    with c.acting("denise") as denise:
        verbs.read_waiver(waiver=waiver, by=denise.actor)
        verbs.read_waiver(waiver=waiver, by=denise.actor)
        assert not Duty.objects.filter(kind=verbs.READ_WAIVER, closed_at__isnull=True).exists()


def test_who_works_here_no_more_is_not_told(c, sector):
    with c.acting("denise") as denise:
        ask(adult(denise), sector.program, denise)
    with c.acting("marcus") as marcus:
        Membership.objects.filter(pk=c.members["denise"].pk).update(state="ended", ended_at=cast.MONDAY)
        verbs.decide_waiver(waiver=Waiver.objects.get(), granted=True, by=marcus.actor)
        assert not Duty.objects.filter(kind=verbs.READ_WAIVER).exists()
        Membership.objects.filter(pk=c.members["denise"].pk).update(state="active", ended_at=None)


def test_a_decision_that_is_rolled_back_tells_nobody(c, sector):
    with c.acting("denise") as denise:
        ask(adult(denise), sector.program, denise)
    with c.acting("marcus") as marcus:
        with pytest.raises(RuntimeError), transaction.atomic():
            verbs.decide_waiver(waiver=Waiver.objects.get(), granted=True, by=marcus.actor)
            raise RuntimeError
        assert not Duty.objects.filter(kind=verbs.READ_WAIVER).exists()
