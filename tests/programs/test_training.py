"""Training is planned, begins and ends on days of its own; what is earned is said with how we know, and said right."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests import cast
from tests.standing import _network, c, leaves_nothing  # noqa: F401
from warmhandoff.custody import actions as custody
from warmhandoff.custody.reading import custody_of
from warmhandoff.foundation import duties
from warmhandoff.foundation.errors import BadValue, NotAllowed, NotYours, WrongState
from warmhandoff.foundation.models import Duty
from warmhandoff.labor_market.models import Occupation
from warmhandoff.programs.actions import training as verbs
from warmhandoff.programs.actions.training import Course, Earned
from warmhandoff.programs.models import Credential, Enrollment, Training, TrainingEvent

TODAY = cast.MONDAY.date()
WEEK = timedelta(days=7)
OSHA = Earned("certification", "OSHA 10", "OSHA", TODAY, "seen")


@pytest.fixture
def solar(c):  # noqa: F811
    occupation = Occupation(soc="47-2231", title="Solar Photovoltaic Installers")
    occupation, _ = Occupation.objects.get_or_create(
        soc=occupation.soc, defaults={"title": occupation.title, "title_sort": "solar"}
    )
    return Course(c.organizations["sunrow"], "Solar Installer", "occupational", occupation)


@pytest.fixture
def rosa(c):  # noqa: F811
    with c.acting("denise") as denise:
        return cast.enrolled(c, denise, contract=cast.program(c))


def planned(c, rosa: Enrollment, solar: Course, by, **more) -> Training:  # noqa: F811
    days = {"planned_from": TODAY + WEEK, "planned_to": TODAY + 5 * WEEK} | more
    return verbs.plan_training(enrollment=rosa, course=solar, by=by.actor, **days)


def owed(training: Training) -> list[tuple[str, object]]:
    return [(duty.kind, duty.membership_id) for duty in duties.open_about((verbs.SUBJECT, training.pk))]


def test_from_planned_to_completed_on_days_of_its_own(c, rosa, solar):  # noqa: F811
    with c.acting("denise") as denise:
        training = planned(c, rosa, solar, denise)
        mine = c.members["denise"].pk
        assert owed(training) == [("training_begins", mine)]
    with c.acting("denise", at=cast.MONDAY + 2 * WEEK) as denise:
        verbs.start_training(training=training, on=TODAY + WEEK, by=denise.actor)
        assert owed(training) == [("training_ends", mine)]
        rosa.refresh_from_db()
        assert (rosa.state, rosa.active_on) == ("active", TODAY + WEEK)
    with c.acting("denise", at=cast.MONDAY + 6 * WEEK) as denise:
        verbs.complete_training(training=training, on=TODAY + 5 * WEEK, by=denise.actor)
        assert owed(training) == []
        assert (training.state, training.started_on, training.ended_on) == (
            "completed", TODAY + WEEK, TODAY + 5 * WEEK,
        )  # fmt: skip
        assert rosa.enrolled_on == TODAY
        told = TrainingEvent.objects.filter(training=training).values_list("kind", "state", "on")
        assert list(told) == [
            ("plan", "planned", TODAY), ("start", "under_way", TODAY + WEEK), ("complete", "completed", TODAY + 5 * WEEK),
        ]  # fmt: skip


def test_its_day_is_a_next_step_within_thirty_days(c, rosa, solar):  # noqa: F811
    with c.acting("denise") as denise:
        training = planned(
            c, rosa, solar, denise, planned_from=TODAY + 10 * WEEK, planned_to=TODAY + 20 * WEEK
        )
        duty = duties.open_about((verbs.SUBJECT, training.pk)).get()
        assert (duty.due_at.date() - TODAY).days <= 31
        for other in Duty.objects.filter(person_id=rosa.file.person_id, closed_at=None).exclude(pk=duty.pk):
            duties.close(Duty.objects.filter(pk=other.pk), how="no_longer", by=denise.actor)
        custody.point(rosa.file.person_id, by=denise.actor)
        assert custody_of(rosa.file.person_id).next_step_id == duty.pk


def test_it_can_be_put_off_and_called_off(c, rosa, solar):  # noqa: F811
    with c.acting("denise") as denise:
        training = planned(c, rosa, solar, denise)
        verbs.put_off_training(
            training=training, planned_from=TODAY + 2 * WEEK, planned_to=TODAY + 6 * WEEK, by=denise.actor
        )
        assert (training.planned_from, len(owed(training))) == (TODAY + 2 * WEEK, 1)
        verbs.call_off_training(training=training, reason="provider", by=denise.actor)
        assert (training.state, training.end_reason, owed(training)) == ("not_begun", "provider", [])
        with pytest.raises(WrongState):
            verbs.start_training(training=training, on=TODAY, by=denise.actor)


def test_who_leaves_says_why(c, rosa, solar):  # noqa: F811
    with c.acting("denise") as denise:
        training = planned(c, rosa, solar, denise, planned_from=TODAY)
        verbs.start_training(training=training, on=TODAY, by=denise.actor)
        with pytest.raises(BadValue):
            verbs.leave_training(training=training, on=TODAY, reason="", by=denise.actor)
        verbs.leave_training(training=training, on=TODAY, reason="job", by=denise.actor)
        assert (training.state, training.end_reason) == ("left", "job")


@pytest.mark.parametrize(
    ("field", "days"),
    [
        ("planned_to", {"planned_to": TODAY}),
        ("planned_to", {"planned_to": TODAY + timedelta(days=2000)}),
        ("planned_from", {"planned_from": TODAY - WEEK}),
    ],
)
def test_days_that_cannot_be(c, rosa, solar, field, days):  # noqa: F811
    with c.acting("denise") as denise:
        with pytest.raises(BadValue) as refused:
            planned(c, rosa, solar, denise, **days)
        assert refused.value.field == field


def test_it_does_not_begin_before_the_enrollment_nor_tomorrow_nor_end_before_it_began(c, rosa, solar):  # noqa: F811
    with c.acting("denise") as denise:
        training = planned(c, rosa, solar, denise, planned_from=TODAY)
        for day in (TODAY - WEEK, TODAY + WEEK):
            with pytest.raises(BadValue):
                verbs.start_training(training=training, on=day, by=denise.actor)
        verbs.start_training(training=training, on=TODAY, by=denise.actor)
        with pytest.raises(BadValue):
            verbs.complete_training(training=training, on=TODAY - WEEK, by=denise.actor)


def test_the_same_open_one_twice_and_a_start_twice(c, rosa, solar):  # noqa: F811
    with c.acting("denise") as denise:
        training = planned(c, rosa, solar, denise, planned_from=TODAY)
        with pytest.raises(WrongState):
            planned(c, rosa, solar, denise)
        stale = Training.objects.get(pk=training.pk)
        verbs.start_training(training=training, on=TODAY, by=denise.actor)
        with pytest.raises(WrongState):
            verbs.start_training(training=stale, on=TODAY, by=denise.actor)


def test_a_stranger_finds_nothing_and_changes_nothing(c, rosa, solar):  # noqa: F811
    with c.acting("denise") as denise:
        training = planned(c, rosa, solar, denise, planned_from=TODAY)
    with c.acting("ines") as ines:
        assert not Training.objects.exists() and not TrainingEvent.objects.exists()
        for act in (
            lambda: planned(c, rosa, solar, ines),
            lambda: verbs.start_training(training=training, on=TODAY, by=ines.actor),
            lambda: verbs.record_credential(enrollment=rosa, earned=OSHA, by=ines.actor),
        ):
            with pytest.raises(NotYours):
                act()


def test_who_only_applied_has_no_training(c, solar):  # noqa: F811
    from warmhandoff.programs.actions import enrollment as enrolling

    with c.acting("denise") as denise:
        file = cast.take_in(denise)
        applied = enrolling.apply(file=file, contract=cast.program(c), by=denise.actor)
        with pytest.raises(WrongState):
            planned(c, applied, solar, denise)


def test_a_credential_is_said_with_how_we_know_and_said_right(c, rosa):  # noqa: F811
    with c.acting("denise") as denise:
        first = verbs.record_credential(enrollment=rosa, earned=OSHA, by=denise.actor)
        with pytest.raises(WrongState):
            verbs.record_credential(enrollment=rosa, earned=OSHA, by=denise.actor)
        better = Earned("certification", "OSHA 30", "OSHA", TODAY, "register")
        with pytest.raises(BadValue):
            verbs.correct_credential(credential=first, earned=better, reason="", by=denise.actor)
        second = verbs.correct_credential(credential=first, earned=better, reason="mistyped", by=denise.actor)
        assert [one.name for one in verbs.credentials_of(rosa)] == ["OSHA 30"]
        assert (second.supersedes_id, second.reason) == (first.pk, "mistyped")
        with pytest.raises(WrongState):
            verbs.strike_credential(credential=first, reason="mistake", by=denise.actor)
        verbs.strike_credential(credential=second, reason="mistake", by=denise.actor)
        assert verbs.credentials_of(rosa) == []
        assert Credential.objects.filter(enrollment=rosa).count() == 3


def test_only_who_wrote_it_or_a_lead_corrects_a_credential(c, rosa):  # noqa: F811
    with c.acting("denise") as denise:
        written = verbs.record_credential(enrollment=rosa, earned=OSHA, by=denise.actor)
    with c.acting("tavo") as tavo, pytest.raises(NotAllowed):
        verbs.strike_credential(credential=written, reason="mistake", by=tavo.actor)
    with c.acting("marcus") as marcus:
        verbs.strike_credential(credential=written, reason="mistake", by=marcus.actor)
        assert verbs.credentials_of(rosa) == []


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("name", {"name": " "}),
        ("issuer", {"issuer": ""}),
        ("kind", {"kind": "diploma of nothing"}),
        ("evidence", {"evidence": ""}),
        ("issued_on", {"issued_on": TODAY + WEEK}),
        ("ends_on", {"ends_on": TODAY - WEEK}),
    ],
)
def test_a_credential_that_cannot_be(c, rosa, field, wrong):  # noqa: F811
    earned = Earned(**{**vars(OSHA), **wrong})
    with c.acting("denise") as denise:
        with pytest.raises(BadValue) as refused:
            verbs.record_credential(enrollment=rosa, earned=earned, by=denise.actor)
        assert refused.value.field == field


def test_what_breaks_halfway_leaves_nothing(c, rosa, solar):  # noqa: F811
    with c.acting("denise") as denise:
        training = planned(c, rosa, solar, denise, planned_from=TODAY)

        def start():
            verbs.start_training(training=Training.objects.get(pk=training.pk), on=TODAY, by=denise.actor)

        assert leaves_nothing(c, start) >= 3
