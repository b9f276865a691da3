"""Training that somebody takes part in: planned, begun, ended; and the credentials they earn.

While a training is open somebody looks at it by its next day (thirty days ahead at the latest), and says what came of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction

from warmhandoff.custody import actions as custody
from warmhandoff.foundation import clock, duties, terms
from warmhandoff.foundation.errors import BadValue, NotYours, WrongState
from warmhandoff.foundation.models import Actor, Duty
from warmhandoff.foundation.scoping import current_organization
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.labor_market.models import Occupation
from warmhandoff.network.models import Organization
from warmhandoff.participants.correcting import require_may_correct
from warmhandoff.participants.models import Participant
from warmhandoff.programs.actions.enrollment import served
from warmhandoff.programs.actions.owed import holder_here, owner_for
from warmhandoff.programs.models import Credential, Enrollment, Training, TrainingEvent
from warmhandoff.programs.protocol import TRAINING_BEGINS, TRAINING_ENDS
from warmhandoff.programs.states import PLANNED, TAKES_PART, TRAINING, TRAINING_OPEN, UNDER_WAY

SUBJECT = "training"
LOOKED_AT_WITHIN = timedelta(days=30)
LONGEST = timedelta(days=3 * 365)


@dataclass(frozen=True)
class Course:
    """What is learned, and where. `kind` is a term; without an occupation it leads toward none of its own."""

    provider: Organization
    name: str
    kind: str
    occupation: Occupation | None = None


@dataclass(frozen=True)
class Earned:
    """A credential as its paper says it. `kind` and `evidence` are terms."""

    kind: str
    name: str
    issuer: str
    issued_on: date
    evidence: str
    ends_on: date | None = None


@transaction.atomic
def plan_training(
    *, enrollment: Enrollment, course: Course, planned_from: date, planned_to: date, by: Actor
) -> Training:
    """Somebody who takes part is to learn something, from a day to a day."""
    _require_mine(enrollment.organization_id)
    # Whoever ends their enrollment at the same moment waits for us, or we for them.
    holder_here(enrollment.file)
    enrollment.refresh_from_db()
    if enrollment.state not in TAKES_PART:
        raise WrongState(
            "They don't take part in the program now.", mend="Enroll them first, and come back here."
        )
    _require_course(course)
    _require_days(enrollment, planned_from, planned_to)
    if Training.objects.filter(
        enrollment=enrollment, provider=course.provider, course=course.name.strip(), state__in=TRAINING_OPEN
    ).exists():
        raise WrongState("They have this training already.", mend="Look at the one that is open.")
    training = Training.objects.create(
        file_id=enrollment.file_id,
        organization_id=enrollment.organization_id,
        enrollment=enrollment,
        provider=course.provider,
        course=course.name.strip(),
        kind=course.kind,
        occupation=course.occupation,
        planned_from=planned_from,
        planned_to=planned_to,
    )
    _told(training, "plan", _today(), by=by)
    _look_again(training, by=by)
    return training


@transaction.atomic
def put_off_training(*, training: Training, planned_from: date, planned_to: date, by: Actor) -> Training:
    """It begins, or ends, on another day than planned; also said where it simply goes on."""
    _lock(training)
    TRAINING.require_beside("put_off", training.state, "provider")
    planned_from = training.planned_from if training.state == UNDER_WAY else planned_from
    _require_days(training.enrollment, planned_from, planned_to)
    if planned_to < _today():
        raise BadValue("planned_to", "This day is over.", mend="Give the day on which it will end.")
    changed = Training.objects.filter(pk=training.pk, state=training.state).update(
        planned_from=planned_from, planned_to=planned_to
    )
    if not changed:
        raise WrongState()
    return _went_on(training, "put_off", _today(), by=by)


@transaction.atomic
def start_training(*, training: Training, on: date, by: Actor) -> Training:
    """They came, on this day, for the first time."""
    _lock(training)
    if training.enrollment.enrolled_on is None or on < training.enrollment.enrolled_on:
        raise BadValue(
            "on",
            "They were not enrolled in the program yet on that day.",
            mend="A training begins with the enrollment at the earliest.",
        )
    begun = _move(training, "start", on, by=by, started_on=on)
    served(enrollment=training.enrollment, by=by, on=on)
    return begun


@transaction.atomic
def complete_training(*, training: Training, on: date, by: Actor) -> Training:
    _lock(training)
    return _move(training, "complete", _after_start(training, on), by=by, ended_on=on)


@transaction.atomic
def leave_training(*, training: Training, on: date, reason: str, by: Actor) -> Training:
    """They left before its end."""
    _lock(training)
    _require_term("training_end_reason", reason, "reason", "Say why they left.")
    return _move(training, "leave", _after_start(training, on), by=by, ended_on=on, end_reason=reason)


@transaction.atomic
def call_off_training(*, training: Training, reason: str, by: Actor) -> Training:
    """It never began."""
    _lock(training)
    _require_term("training_end_reason", reason, "reason", "Say why it does not begin.")
    return _move(training, "call_off", _today(), by=by, ended_on=_today(), end_reason=reason)


@transaction.atomic
def record_credential(
    *, enrollment: Enrollment, earned: Earned, training: Training | None = None, by: Actor
) -> Credential:
    """They earned it. The same one twice says that it is there already."""
    _require_mine(enrollment.organization_id)
    _require_earned(earned)
    if training is not None and training.enrollment_id != enrollment.pk:
        raise NotYours()
    if any(
        (one.name.casefold(), one.issued_on) == (earned.name.strip().casefold(), earned.issued_on)
        for one in credentials_of(enrollment)
    ):
        raise WrongState("This credential is written down already.", mend="Look at the list.")
    return _credential(enrollment.file_id, enrollment.pk, training.pk if training else None, earned, by=by)


@transaction.atomic
def correct_credential(*, credential: Credential, earned: Earned, reason: str, by: Actor) -> Credential:
    """It was otherwise. What stood there stays, superseded with its reason."""
    require_may_correct(credential, reason, by=by)
    _require_earned(earned)
    if _says(credential) == earned:
        raise BadValue("", "This says the same.", mend="Change what was wrong, or leave it as it is.")
    return _instead(credential, earned, reason, by=by)


@transaction.atomic
def strike_credential(*, credential: Credential, reason: str, by: Actor) -> Credential:
    """It never was."""
    require_may_correct(credential, reason, by=by)
    if credential.struck:
        raise WrongState("This was taken back already.", mend="Open the page again.")
    return _instead(credential, _says(credential), reason, by=by, struck=True)


def credentials_of(enrollment: Enrollment) -> list[Credential]:
    """What stands now: neither superseded nor struck."""
    found = list(Credential.objects.filter(enrollment=enrollment).select_related("by"))
    gone = {one.supersedes_id for one in found}
    return [one for one in found if one.pk not in gone and not one.struck]


# --- What each of them does ---------------------------------------------------------------------------------------


def _move(training: Training, verb: str, on: date, *, by: Actor, **values: object) -> Training:
    """Compare and swap, with its event; the date on which somebody looks again goes with it."""
    TRAINING.require(verb, training.state, "provider")
    if on > _today():
        raise BadValue("on", "This day is still to come.", mend="Give a day up to today.")
    changed = Training.objects.filter(pk=training.pk, state=training.state).update(
        state=TRAINING.of(verb).target, **values
    )
    if not changed:
        raise WrongState()
    return _went_on(training, verb, on, by=by)


def _lock(training: Training) -> None:
    """Whoever else acts on the person waits for us; the training is read as it stands now."""
    _require_mine(training.organization_id)
    holder_here(Participant.objects.get(pk=training.file_id))
    training.refresh_from_db()


def _went_on(training: Training, verb: str, on: date, *, by: Actor) -> Training:
    training.refresh_from_db()
    _told(training, verb, on, by=by)
    duties.close(duties.open_about((SUBJECT, training.pk)), how=Duty.Closed.DONE, by=by)
    _look_again(training, by=by)
    return training


def _told(training: Training, kind: str, on: date, *, by: Actor) -> None:
    TrainingEvent.objects.create(
        file_id=training.file_id,
        organization_id=training.organization_id,
        training=training,
        kind=kind,
        state=training.state,
        on=on,
        reason=training.end_reason,
        by=by,
        happened_at=clock.now(),
    )


def _look_again(training: Training, *, by: Actor) -> None:
    """Whoever holds the person here, else whoever acts, has the date on which it begins or ends."""
    file = Participant.objects.get(pk=training.file_id)
    held = holder_here(file)
    if training.state in TRAINING_OPEN:
        begins = training.state == PLANNED
        day = training.planned_from if begins else training.planned_to
        due_on = max(min(day, _today() + LOOKED_AT_WITHIN), _today())
        duties.open_duty(
            owner=owner_for(held, by=by),
            kind=TRAINING_BEGINS if begins else TRAINING_ENDS,
            due_at=max(current_place().end_of(due_on), clock.now()),
            by=by,
            person_id=file.person_id,
            subject=(SUBJECT, training.pk),
            detail=training.code,
        )
    if held is not None:
        custody.point(file.person_id, by=by, custody=held)


def _credential(
    file_id: int,
    enrollment_id: int,
    training_id: int | None,
    earned: Earned,
    *,
    by: Actor,
    **more: object,
) -> Credential:
    return Credential.objects.create(
        file_id=file_id,
        organization_id=current_organization(),
        enrollment_id=enrollment_id,
        training_id=training_id,
        kind=earned.kind,
        name=earned.name.strip(),
        issuer=earned.issuer.strip(),
        issued_on=earned.issued_on,
        ends_on=earned.ends_on,
        evidence=earned.evidence,
        by=by,
        happened_at=clock.now(),
        **more,
    )


def _instead(was: Credential, earned: Earned, reason: str, *, by: Actor, struck: bool = False) -> Credential:
    return _credential(
        was.file_id,
        was.enrollment_id,
        was.training_id,
        earned,
        by=by,
        supersedes=was,
        reason=reason,
        struck=struck,
    )


def _says(credential: Credential) -> Earned:
    return Earned(
        kind=credential.kind,
        name=credential.name,
        issuer=credential.issuer,
        issued_on=credential.issued_on,
        evidence=credential.evidence,
        ends_on=credential.ends_on,
    )


# --- What is refused ----------------------------------------------------------------------------------------------


def _require_mine(organization_id: int) -> None:
    if organization_id != current_organization():
        raise NotYours()


def _require_course(course: Course) -> None:
    if not course.name.strip():
        raise BadValue("course", "Say what the training is called.", mend="As its provider calls it.")
    _require_term("training_kind", course.kind, "kind", "Say what kind of training it is.")


def _require_days(enrollment: Enrollment, planned_from: date, planned_to: date) -> None:
    if planned_to < planned_from:
        raise BadValue("planned_to", "It ends before it begins.", mend="Check both days.")
    if planned_to - planned_from > LONGEST:
        raise BadValue("planned_to", "No training here takes so long.", mend="Check the year.")
    if enrollment.enrolled_on is None or planned_from < enrollment.enrolled_on:
        raise BadValue(
            "planned_from",
            "They were not enrolled in the program yet on that day.",
            mend="A training begins with the enrollment at the earliest.",
        )


def _after_start(training: Training, on: date) -> date:
    if training.started_on is not None and on < training.started_on:
        raise BadValue("on", "It had not begun yet on that day.", mend="Check the day, or when it began.")
    return on


def _require_earned(earned: Earned) -> None:
    _require_term("credential_kind", earned.kind, "kind", "Say what kind of credential it is.")
    _require_term("credential_evidence", earned.evidence, "evidence", "Say how you know.")
    if not earned.name.strip():
        raise BadValue("name", "Say what it is called.", mend="As the paper calls it.")
    if not earned.issuer.strip():
        raise BadValue("issuer", "Say who gives it.", mend="As the paper says.")
    if earned.issued_on > _today():
        raise BadValue("issued_on", "This day is still to come.", mend="Give the day on the paper.")
    if earned.ends_on is not None and earned.ends_on < earned.issued_on:
        raise BadValue("ends_on", "It ends before it was given.", mend="Check both days.")


def _require_term(vocabulary: str, code: str, field: str, sentence: str) -> None:
    if not terms.is_in_force(vocabulary, code):
        raise BadValue(field, sentence, mend="Choose what is nearest.")


def _today() -> date:
    return clock.today(current_place().zone)
