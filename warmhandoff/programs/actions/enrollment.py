"""The verbs of an enrollment: applied, on the list, enrolled, active, completed or out.

Nobody waits for a decision or a place without a day on somebody's list. Enrolling closes the referral that led here, and lets the
contracting agency read of the taking part, by the consent that names it. The program's own rule says when somebody who is served
no more counts as out: it is worked out, it comes up before, and a person ends it.

A verb begins with the referral, where it moves one, then locks the person, then the contract: as the rooms below do.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from warmhandoff.custody import actions as custody
from warmhandoff.custody.models import Custody
from warmhandoff.foundation import clock, duties, terms, timers
from warmhandoff.foundation.errors import BadValue, DomainError, NotYours, WrongState
from warmhandoff.foundation.models import Actor, Duty
from warmhandoff.foundation.scoping import current_organization
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.participants import actions as participants
from warmhandoff.participants.correcting import require_may_correct
from warmhandoff.participants.models import Consent, Listing, Participant, Person
from warmhandoff.programs import eligibility
from warmhandoff.programs.actions import consents, groups
from warmhandoff.programs.actions.owed import holder_here, lock, owner_for
from warmhandoff.programs.actions.rechecks import look_again
from warmhandoff.programs.actions.rechecks import stop as never_again
from warmhandoff.programs.models import Contract, Enrollment, EnrollmentEvent
from warmhandoff.programs.protocol import DECIDE_ENROLLMENT, NEAR_EXIT, REVIEW_PLACE, WARNS_BEFORE_DAYS
from warmhandoff.programs.reading.served import standing_of
from warmhandoff.programs.states import (
    APPLIED,
    COMPLETED,
    ENROLLED,
    ENROLLMENT,
    ENROLLMENT_TAKES_BACK,
    OPEN,
    TAKES_PART,
    WAITLISTED,
)
from warmhandoff.referrals import actions as referrals
from warmhandoff.referrals.models import Referral
from warmhandoff.referrals.states import ENGAGED, UNDER_WAY, WITH_A_PLACE

SUBJECT = "enrollment"
DATA_CLASS = consents.DATA_CLASS
# Ended by the program's rule: its day is worked out and never typed.
NO_SERVICE = "no_service"
LOOK = "look"
# As long as somebody may take part, and the agency looks at the account afterwards.
CONSENT_DAYS = 730


class AlreadyTakesPart(DomainError):
    code = "already_takes_part"
    sentence = "They take part in this program already, or wait for it."
    mend = "Open what is there, and go on with it."


class Overlaps(DomainError):
    code = "enrollments_overlap"
    sentence = "On that day they still took part in this program."
    mend = "Give a day after that one ended."
    status = 422


class NoPlaceFree(DomainError):
    code = "no_place_free"
    sentence = "Every place of this contract is taken."
    mend = "Put them on the list for a place, with the day on which you look again."


class NotEligible(DomainError):
    """The sentence says what stands in the way, condition by condition."""

    code = "not_eligible"
    sentence = "They don't meet what the program asks."
    mend = "Open their eligibility, write down what was shown, or ask for a waiver."
    status = 422


class NotOutYet(DomainError):
    code = "not_out_yet"
    sentence = "By the program's rule they are not out yet."
    mend = "Choose another reason, or wait for the day."
    status = 422


@transaction.atomic
def apply(
    *,
    file: Participant,
    contract: Contract,
    by: Actor,
    on: date | None = None,
    referral: Referral | None = None,
) -> Enrollment:
    """Somebody asks to take part. Whoever works with them decides, with a day for it."""
    on = _day(on)
    if file.organization_id != current_organization() or contract.provider_id != file.organization_id:
        raise NotYours()
    if not _in_force(contract, on):
        raise BadValue(
            "on", _("The contract doesn’t hold on that day."), mend=_("Choose another day, or contract.")
        )
    if referral is not None and not _led_here(referral, file):
        raise BadValue(
            "referral", _("That referral didn’t lead here."), mend=_("Choose another one, or none.")
        )
    held = holder_here(file)
    if Person.objects.filter(pk=file.person_id, closed_at__isnull=False).exists():
        raise WrongState(_("They were released."), mend=_("Take them in again first."))
    _require_no_overlap(file, contract, on)
    enrollment = Enrollment.objects.create(
        file=file,
        organization_id=file.organization_id,
        program_id=contract.program_id,
        contract=contract,
        referral=referral,
        applied_on=on,
    )
    _record(enrollment, "applied", on=on, by=by)
    due = current_place().deadline("answer", clock.now())
    _owe(enrollment, DECIDE_ENROLLMENT, due, held=held, by=by)
    return enrollment


@transaction.atomic
def waitlist(*, enrollment: Enrollment, review_on: date, by: Actor) -> Enrollment:
    """On the list for a place; on the day that is named somebody looks again."""
    held = _lock(enrollment)
    _require_review(review_on)
    _move(enrollment, "waitlist", "waitlisted", by=by, review_on=review_on)
    _review(enrollment, held=held, by=by)
    return enrollment


@transaction.atomic
def keep_waiting(*, enrollment: Enrollment, review_on: date, by: Actor) -> Enrollment:
    """Somebody looked, and there is no place yet: until another day."""
    held = _lock(enrollment)
    _require_review(review_on)
    ENROLLMENT.require_beside("keep_waiting", enrollment.state, "provider")
    if not Enrollment.objects.filter(pk=enrollment.pk, state=enrollment.state).update(review_on=review_on):
        raise WrongState()
    enrollment.refresh_from_db()
    _record(enrollment, "kept_waiting", on=_today(), by=by)
    _review(enrollment, held=held, by=by)
    return enrollment


def asked_of(contract: Contract, *, also: Sequence[str] = (), **said: Any) -> participants.Asked:
    """What somebody is asked when they enroll: may the agency that pays for it learn that they take part?

    `also`: the class of another program they take part in, where they agree that the agency learns of that too.
    """
    return participants.Asked(
        recipients=[contract.agency_id],
        parts=[DATA_CLASS],
        data_classes=[DATA_CLASS, *also],
        purpose=DATA_CLASS,
        days=CONSENT_DAYS,
        comes_back=(),
        **said,
    )


@transaction.atomic
def enroll(*, enrollment: Enrollment, consent: Consent, by: Actor, on: date | None = None) -> Enrollment:
    """They have a place. The referral that led here is done; the agency reads of their taking part, as long as they agree."""
    on = _day(on)
    _require_ours(enrollment)
    ENROLLMENT.require("enroll", enrollment.state, "provider")
    if on < enrollment.applied_on:
        raise BadValue("on", _("They had not asked to take part by then."), mend=_("Check the day."))
    _close_referral(enrollment, by=by)
    held = _lock(enrollment)
    contract = Contract.objects.select_for_update(no_key=True).get(pk=enrollment.contract_id)
    if not _in_force(contract, on):
        raise BadValue("on", _("The contract doesn’t hold on that day."), mend=_("Check the day."))
    _require_no_overlap(enrollment.file, contract, on, but=enrollment)
    _require_place(contract)
    _require_eligible(enrollment, on)
    consents.require_agreed(enrollment, contract, consent)
    _move(enrollment, "enroll", "enrolled", by=by, on=on, enrolled_on=on, review_on=None, consent=consent)
    _let_agency_read(enrollment, contract, consent)
    _owe_nothing(enrollment, held=held, by=by)
    _list_as_served(enrollment, held)
    look_by_rule(enrollment)
    look_again(enrollment, held=held, by=by)
    consents.watch(enrollment, held=held, by=by)
    return enrollment


@transaction.atomic
def agree_again(*, enrollment: Enrollment, consent: Consent, by: Actor) -> Enrollment:
    """What they agreed to runs out, or is over: they say yes once more, and the agency reads by that yes from now on."""
    held = _lock(enrollment)
    _require_asked_again(enrollment, consent)
    contract = enrollment.contract
    consents.require_agreed(enrollment, contract, consent)
    participants.end_shares(about=(SUBJECT, enrollment.pk), recipient_id=contract.agency_id)
    Enrollment.objects.filter(pk=enrollment.pk).update(consent=consent)
    enrollment.refresh_from_db()
    _let_agency_read(enrollment, contract, consent)
    _record(enrollment, "agreed_again", on=_today(), by=by)
    consents.watch(enrollment, held=held, by=by)
    return enrollment


@transaction.atomic
def say_no_again(*, enrollment: Enrollment, consent: Consent, by: Actor) -> Enrollment:
    """They were asked once more and said no: they go on taking part, and what the agency reads ends on the day that was agreed."""
    held = _lock(enrollment)
    _require_asked_again(enrollment, consent)
    if not consent.refused:
        raise BadValue("answer", _("This was a yes."), mend=_("Record what they say."))
    _record(enrollment, "not_agreed_again", on=_today(), by=by)
    consents.stop(enrollment, held=held, by=by)
    return enrollment


def _require_asked_again(enrollment: Enrollment, consent: Consent) -> None:
    ENROLLMENT.require_beside("agree_again", enrollment.state, "provider")
    if consent.file_id != enrollment.file_id or consent.purpose != DATA_CLASS:
        raise NotYours()
    if (
        EnrollmentEvent.objects.filter(
            enrollment=enrollment,
            happened_at__gte=consent.given_at,
            kind__in=("agreed_again", "not_agreed_again"),
        ).exists()
        or consent.pk == enrollment.consent_id
    ):
        raise WrongState(_("This was recorded already."), mend=_("Look at how it stands now."))


def _let_agency_read(enrollment: Enrollment, contract: Contract, consent: Consent) -> None:
    participants.share(
        consent=consent,
        recipient_id=contract.agency_id,
        classes=[DATA_CLASS],
        about=(SUBJECT, enrollment.pk),
        basis="program",
    )


@transaction.atomic
def begin(*, enrollment: Enrollment, by: Actor, on: date | None = None) -> Enrollment:
    """They were served for the first time."""
    on = _day(on)
    _lock(enrollment)
    if enrollment.enrolled_on is not None and on < enrollment.enrolled_on:
        raise BadValue("on", _("They were not enrolled by then."), mend=_("Check the day."))
    _move(enrollment, "begin", "began", by=by, on=on, active_on=on)
    return enrollment


def served(*, enrollment: Enrollment, by: Actor, on: date) -> None:
    """What counts as a service happened on that day: they have begun, where nobody said so before; and are near no exit any more."""
    _were_served(Enrollment.objects.filter(pk=enrollment.pk), on=on, by=by)
    enrollment.refresh_from_db()


def were_served(*, files: Collection[int], on: date, by: Actor) -> None:
    """The same for what people with these files take part in here, in few statements, however many."""
    theirs = Enrollment.objects.filter(
        file_id__among=list(files), organization_id=current_organization(), state__in=TAKES_PART
    )
    _were_served(theirs, on=on, by=by)


@transaction.atomic
def _were_served(theirs: QuerySet[Enrollment], *, on: date, by: Actor) -> None:
    near = Duty.objects.filter(
        subject_kind=SUBJECT, subject_id=OuterRef("pk"), kind=NEAR_EXIT, closed_at__isnull=True
    )
    says = theirs.annotate(was_near=Exists(near)).filter(
        Q(state=ENROLLED, enrolled_on__lte=on) | Q(was_near=True)
    )
    people = set(says.values_list("file__person_id", flat=True))
    if not people:
        return
    lock(people)
    # Read once nobody else can act on them. When the rule looks at them next needs no word: it looks again by itself.
    told = list(says.select_related("file").order_by("file__person_id", "id"))
    if first := [one for one in told if one.state == ENROLLED and one.enrolled_on and one.enrolled_on <= on]:
        _move_all(first, "begin", "began", by=by, on=on, active_on=on)
    for enrollment in told:
        if enrollment.was_near:
            say_near(enrollment=enrollment, by=by)


@transaction.atomic
def complete(*, enrollment: Enrollment, by: Actor, on: date | None = None) -> Enrollment:
    """They did what the program is for."""
    on = _day(on)
    held = _lock(enrollment)
    _require_after(enrollment, on)
    _move(enrollment, "complete", "completed", by=by, on=on, ended_on=on)
    _over(enrollment, held=held, by=by)
    return enrollment


@transaction.atomic
def exit(*, enrollment: Enrollment, reason: str, by: Actor, on: date | None = None) -> Enrollment:
    """They left, or never began. By the program's own rule the day is that of their last service, and nobody types it."""
    held = _lock(enrollment)
    if reason not in {code for code, _words in reasons_for(enrollment)}:
        raise BadValue("reason", _("Say why they leave."), mend=_("Choose the reason that is nearest."))
    day = _require_out(enrollment) if reason == NO_SERVICE else _day(on)
    _require_after(enrollment, day)
    _move(
        enrollment, "exit", "exited", by=by, on=day, detail=reason,
        ended_on=day, exit_reason=reason, review_on=None,
    )  # fmt: skip
    _over(enrollment, held=held, by=by)
    return enrollment


@transaction.atomic
def take_back(*, enrollment: Enrollment, reason: str, by: Actor) -> Enrollment:
    """What was said last was a mistake: it stands as it did before, and what was said stays readable, struck out."""
    held = _lock(enrollment)
    contract = Contract.objects.select_for_update(no_key=True).get(pk=enrollment.contract_id)
    last, before = _last_two(enrollment)
    if before.state not in ENROLLMENT_TAKES_BACK.get(enrollment.state, ()) or last.state != enrollment.state:
        raise WrongState(_("This can’t be taken back."), mend=_("Look at how it stands now."))
    require_may_correct(last, reason, by=by)
    if held is None and _was_released(enrollment.file):
        raise WrongState(_("They were released."), mend=_("Take them in again first."))
    _require_no_overlap(enrollment.file, contract, _today(), but=enrollment)
    if before.state in TAKES_PART and enrollment.state not in TAKES_PART:
        _require_place(contract)
    again: dict[str, Any] = {"state": before.state, "ended_on": None, "exit_reason": ""}
    if before.state == ENROLLED:
        again["active_on"] = None
    if before.state == WAITLISTED:
        again["review_on"] = current_place().day_of(current_place().business_days_after(clock.now(), 1))
    if not Enrollment.objects.filter(pk=enrollment.pk, state=enrollment.state).update(**again):
        raise WrongState()
    enrollment.refresh_from_db()
    _record(enrollment, "taken_back", on=_today(), by=by, supersedes=last, reason=reason)
    _go_on(enrollment, held=held, by=by)
    return enrollment


def can_take_back(enrollment: Enrollment) -> bool:
    """Whether what was said last is of what can be taken back."""
    if enrollment.state not in ENROLLMENT_TAKES_BACK:
        return False
    last, before = _last_two(enrollment)
    return last.state == enrollment.state and before.state in ENROLLMENT_TAKES_BACK[enrollment.state]


def _last_two(enrollment: Enrollment) -> tuple[EnrollmentEvent, EnrollmentEvent]:
    """What was said last, and what it came to before that."""
    events = list(EnrollmentEvent.objects.filter(enrollment=enrollment).select_related("by").order_by("id"))
    gone = {event.supersedes_id for event in events}
    standing = [event for event in events if event.pk not in gone and event.supersedes_id is None]
    return standing[-1], standing[-2] if len(standing) > 1 else standing[-1]


def _go_on(enrollment: Enrollment, *, held: Custody | None, by: Actor) -> None:
    """What is due in the state that it came back to."""
    if enrollment.state == APPLIED:
        due = current_place().deadline("answer", clock.now())
        _owe(enrollment, DECIDE_ENROLLMENT, due, held=held, by=by)
    elif enrollment.state == WAITLISTED:
        _review(enrollment, held=held, by=by)
    else:
        _list_as_served(enrollment, held)
        look_by_rule(enrollment)
        look_again(enrollment, held=held, by=by)
        consents.watch(enrollment, held=held, by=by)


def reasons_for(enrollment: Enrollment) -> list[tuple[str, str]]:
    """(code, words) of the reasons for which this one may end now."""
    if enrollment.enrolled_on is None:
        return terms.choices("not_enrolled_reason")
    is_out = out_since(enrollment) is not None
    return [one for one in terms.choices("exit_reason") if is_out or one[0] != NO_SERVICE]


def words_of_reason(enrollment: Enrollment) -> str:
    """Why it ended, as it is called."""
    vocabulary = "not_enrolled_reason" if enrollment.enrolled_on is None else "exit_reason"
    return terms.word(vocabulary, enrollment.exit_reason)


# --- The program's rule -------------------------------------------------------------------------------------------


def look_by_rule(enrollment: Enrollment, *, not_before: date | None = None) -> None:
    """Look at somebody who takes part shortly before the rule would count them as out, or at once where that has passed."""
    standing = standing_of([enrollment])[enrollment.pk]
    out_on = standing.out_on or _today() + timedelta(days=standing.allowed_days)
    day = max(out_on - timedelta(days=WARNS_BEFORE_DAYS), not_before or _today())
    due = timers.Due(enrollment.organization_id, current_place().start_of(day))
    timers.set_timers((SUBJECT, enrollment.pk), {LOOK: due}, again=True)


@transaction.atomic
def say_near(*, enrollment: Enrollment, by: Actor) -> None:
    """By the rule somebody is near the day on which they count as out: on the list of whoever works with them, until they aren't."""
    held = _lock(enrollment)
    standing = standing_of([enrollment]).get(enrollment.pk)
    near = standing is not None and standing.is_near(_today())
    owed = duties.open_about((SUBJECT, enrollment.pk), NEAR_EXIT)
    if standing is not None and near and not owed.exists() and standing.out_on is not None:
        due = max(current_place().end_of(standing.out_on), clock.now())
        _owe(enrollment, NEAR_EXIT, due, held=held, by=by)
    if not near and duties.close(owed, how=Duty.Closed.DONE, by=by) and held is not None:
        custody.point(enrollment.file.person_id, by=by, custody=held)


@transaction.atomic
def say_review(*, enrollment: Enrollment, by: Actor) -> None:
    """The day has come on which somebody wanted to look again: it is on somebody's list, whoever holds them by now."""
    held = _lock(enrollment)
    if (
        enrollment.review_on is not None
        and not duties.open_about((SUBJECT, enrollment.pk), REVIEW_PLACE).exists()
    ):
        due = max(current_place().end_of(enrollment.review_on), clock.now())
        _owe(enrollment, REVIEW_PLACE, due, held=held, by=by)


def out_since(enrollment: Enrollment) -> date | None:
    """The day of their last service, where the rule counts them as out by now."""
    standing = standing_of([enrollment]).get(enrollment.pk)
    return standing.since if standing is not None and standing.is_out(_today()) else None


def _require_out(enrollment: Enrollment) -> date:
    day = out_since(enrollment)
    if day is None:
        raise NotOutYet()
    return day


# --- What each verb asks ------------------------------------------------------------------------------------------


def _today() -> date:
    return clock.today(current_place().zone)


def _day(on: date | None) -> date:
    today = _today()
    if on is not None and on > today:
        raise BadValue("on", _("This day is still to come."), mend=_("Give a day up to today."))
    return on or today


def _was_released(file: Participant) -> bool:
    """Whom somebody else holds, by another file of the same human, was not."""
    closed = Person.objects.filter(pk=file.person_id, closed_at__isnull=False)
    return closed.exclude(close_reason="linked").exists()


def _in_force(contract: Contract, on: date) -> bool:
    return contract.valid_from <= on and (contract.valid_to is None or on <= contract.valid_to)


def _led_here(referral: Referral, file: Participant) -> bool:
    return (
        referral.receiver_id == file.organization_id
        and referral.person_id == file.person_id
        and referral.state in UNDER_WAY
    )


def _require_ours(enrollment: Enrollment) -> None:
    """An agency reads what it contracts; it changes nothing of it."""
    if enrollment.organization_id != current_organization():
        raise NotYours()


def _lock(enrollment: Enrollment) -> Custody | None:
    """Whoever else acts on this person waits for us; their custody, where we hold them."""
    _require_ours(enrollment)
    held = holder_here(enrollment.file)
    enrollment.refresh_from_db()
    return held


def _require_no_overlap(
    file: Participant, contract: Contract, on: date, *, but: Enrollment | None = None
) -> None:
    others = Enrollment.objects.filter(file=file, program_id=contract.program_id)
    if but is not None:
        others = others.exclude(pk=but.pk)
    if others.filter(state__in=OPEN).exists():
        raise AlreadyTakesPart()
    taken = others.filter(enrolled_on__isnull=False, ended_on__gt=on).order_by("-ended_on").first()
    if taken is not None:
        raise Overlaps()


def _require_place(contract: Contract) -> None:
    """The contract is locked: of two who want the last place at once, the second finds it taken."""
    if Enrollment.objects.filter(contract=contract, state__in=TAKES_PART).count() >= contract.slots:
        raise NoPlaceFree()


def _require_eligible(enrollment: Enrollment, on: date) -> None:
    verdict = eligibility.standing(enrollment.file, enrollment.program, on)
    if not verdict.is_met:
        raise NotEligible(verdict.why_not)


def _require_review(review_on: date) -> None:
    if review_on <= _today():
        raise BadValue("review_on", _("This day has passed."), mend=_("Choose a later day."))
    if review_on > current_place().latest_day("waitlist", clock.now()):
        raise BadValue(
            "review_on",
            _("This is too far ahead."),
            mend=_("Choose an earlier day; you can put it off again."),
        )


def _require_after(enrollment: Enrollment, on: date) -> None:
    first = max(
        d for d in (enrollment.applied_on, enrollment.enrolled_on, enrollment.active_on) if d is not None
    )
    if on < first:
        raise BadValue("on", _("They began later than that."), mend=_("Check the day."))


# --- What each verb leaves ----------------------------------------------------------------------------------------


def _move(enrollment: Enrollment, verb: str, kind: str, **said: Any) -> None:
    _move_all([enrollment], verb, kind, **said)


def _move_all(
    enrollments: Sequence[Enrollment],
    verb: str,
    kind: str,
    *,
    by: Actor,
    on: date | None = None,
    detail: str = "",
    **values: object,
) -> None:
    """The compare-and-swap, and its event, of several that stand alike."""
    was = enrollments[0].state
    values["state"] = ENROLLMENT.require(verb, was, "provider").target
    moved = Enrollment.objects.filter(pk__in=[one.pk for one in enrollments], state=was).update(**values)
    if moved != len(enrollments):
        raise WrongState()
    for one in enrollments:
        for name, value in values.items():
            setattr(one, name, value)
    EnrollmentEvent.objects.bulk_create(
        _event(one, kind, on=on or _today(), by=by, detail=detail) for one in enrollments
    )


def _record(enrollment: Enrollment, kind: str, **said: Any) -> None:
    _event(enrollment, kind, **said).save()


def _event(
    enrollment: Enrollment, kind: str, *, on: date, by: Actor, detail: str = "", **correction: Any
) -> EnrollmentEvent:
    return EnrollmentEvent(
        enrollment=enrollment,
        file_id=enrollment.file_id,
        organization_id=enrollment.organization_id,
        kind=kind,
        state=enrollment.state,
        on=on,
        detail=detail,
        by=by,
        happened_at=clock.now() if on == _today() else current_place().end_of(on),
        **correction,
    )


def _owe(
    enrollment: Enrollment,
    kind: str,
    due_at: datetime,
    *,
    held: Custody | None,
    by: Actor,
    max_days: int = 30,
) -> None:
    """One thing at a time is owed about an enrollment: what was owed before is done."""
    duties.close(duties.open_about((SUBJECT, enrollment.pk)), how=Duty.Closed.DONE, by=by)
    duties.open_duty(
        owner=owner_for(held, by=by),
        kind=kind,
        due_at=due_at,
        by=by,
        person_id=enrollment.file.person_id,
        subject=(SUBJECT, enrollment.pk),
        detail=enrollment.code,
        max_days=max_days,
    )
    if held is not None:
        custody.point(enrollment.file.person_id, by=by, custody=held)


def _owe_nothing(enrollment: Enrollment, *, held: Custody | None, by: Actor) -> None:
    duties.close(duties.open_about((SUBJECT, enrollment.pk)), how=Duty.Closed.DONE, by=by)
    if held is not None:
        custody.point(enrollment.file.person_id, by=by, custody=held)


def _review(enrollment: Enrollment, *, held: Custody | None, by: Actor) -> None:
    if enrollment.review_on is None:
        return
    due_at = current_place().end_of(enrollment.review_on)
    _owe(enrollment, REVIEW_PLACE, due_at, held=held, by=by, max_days=90)
    # Whoever holds them by then: the day is on somebody's list.
    due = timers.Due(enrollment.organization_id, current_place().start_of(enrollment.review_on))
    timers.set_timers((SUBJECT, enrollment.pk), {LOOK: due}, again=True)


def _over(enrollment: Enrollment, *, held: Custody | None, by: Actor) -> None:
    timers.call_off((SUBJECT, enrollment.pk))
    why = "finished" if enrollment.state == COMPLETED else "left_program"
    groups.leave_all(enrollment=enrollment, why=why, on=enrollment.ended_on, by=by)
    never_again(enrollment, held=held, by=by)
    consents.stop(enrollment, held=held, by=by)
    _owe_nothing(enrollment, held=held, by=by)
    if held is None:
        _list_as_gone(enrollment)


def _close_referral(enrollment: Enrollment, *, by: Actor) -> None:
    """The referral that led here is done, by the referrals' own verbs. One that ended meanwhile stays as it ended."""
    referral = enrollment.referral
    if referral is None:
        return
    referral.refresh_from_db()
    if referral.state not in UNDER_WAY:
        return
    if referral.state != ENGAGED:
        referral = referrals.engage(referral=referral, by=by)
    referrals.complete(referral=referral, by=by, detail=WITH_A_PLACE)


def _list_as_served(enrollment: Enrollment, held: Custody | None) -> None:
    """Whom somebody else holds is on our list of those whom we serve."""
    if held is None:
        participants.list_file(enrollment.file, standing=Listing.Standing.SERVED)


def _list_as_gone(enrollment: Enrollment) -> None:
    """Whom we serve in nothing else any more."""
    file = enrollment.file
    still = Enrollment.objects.filter(file=file, state__in=TAKES_PART).exists()
    referred = Referral.objects.filter(
        person_id=file.person_id, receiver_id=file.organization_id, state__in=UNDER_WAY
    ).exists()
    if not still and not referred:
        Listing.objects.filter(file=file, standing=Listing.Standing.SERVED).update(
            standing=Listing.Standing.CLOSED
        )
