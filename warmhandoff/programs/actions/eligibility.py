"""What makes somebody eligible, written down: a proof, its correction, and a condition passed over by two people.

No picture of a paper, no offence, no diagnosis: yes or no, how it was shown, until when. Whoever writes it down reads its class.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from warmhandoff.custody import actions as custody
from warmhandoff.custody.models import Custody
from warmhandoff.foundation import clock, duties, terms
from warmhandoff.foundation.duties import Owner
from warmhandoff.foundation.errors import BadValue, DomainError, NotAllowed, NotYours, WrongState
from warmhandoff.foundation.models import Actor, Duty
from warmhandoff.foundation.scoping import current, current_organization
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.network.models import Membership, Organization
from warmhandoff.network.reading import queue_of
from warmhandoff.network.roles import Permission, roles_with
from warmhandoff.participants import actions as participants
from warmhandoff.participants.correcting import Reason
from warmhandoff.participants.models import Participant
from warmhandoff.programs.actions.owed import holder_here
from warmhandoff.programs.actions.rechecks import look_again_at
from warmhandoff.programs.eligibility import class_of
from warmhandoff.programs.models import Criterion, Method, Program, Proof, Waiver
from warmhandoff.programs.reading.terms import in_force

# Which of three it is that somebody's history is; asked about that alone.
HISTORY, LIMB = "justice_history", "justice_limb"
WAIVER = "waiver"
DECIDE_WAIVER, READ_WAIVER = "decide_waiver", "read_waiver"
duties.name(
    {
        DECIDE_WAIVER: duties.Kind(gettext_lazy("Decide whether a condition is passed over")),
        READ_WAIVER: duties.Kind(gettext_lazy("A decision that you asked for")),
    }
)
# A waiver is looked at again within a year.
MOST_DAYS = 365


class SamePerson(DomainError):
    code = "needs_a_second_person"
    sentence = "Whoever asks for a waiver doesn't decide it."
    mend = "Ask a colleague who may decide it."
    status = 403


class AskedAlready(DomainError):
    code = "waiver_asked_already"
    sentence = "A waiver for this was asked for already, and waits to be decided."
    mend = "Ask whoever decides it."


class Unreadable(NotAllowed):
    sentence = "This is of a kind that your role doesn't read."


@dataclass(frozen=True)
class Said:
    """What was shown: yes or no (None in a correction: nothing is known after all), how, on which day, until when."""

    holds: bool | None
    method: str
    on: date | None = None
    lapses_on: date | None = None
    limb: str = ""
    agency: Organization | None = None


@transaction.atomic
def verify(*, file: Participant, shown: str, said: Said, by: Actor) -> Proof:
    """Somebody of ours was shown something, or told. What was known before stays as it was until that day."""
    data_class = _readable(file, shown)
    held = holder_here(file)
    if said.holds is None:
        raise BadValue("holds", _("Say yes or no."))
    on = _valid(said, shown)
    proof = _record(file, shown, data_class, said, on, by)
    look_again_at(file, held=held, by=by)
    return proof


@transaction.atomic
def correct(*, proof: Proof, said: Said, reason: str, by: Actor) -> Proof:
    """It was written down wrongly: the right one stands in its place, and the wrong one is kept."""
    file = proof.file
    _readable(file, proof.shown)
    held = holder_here(file)
    if reason not in Reason.values:
        raise BadValue("reason", _("Say what was wrong."))
    if Proof.objects.filter(supersedes=proof).exists():
        raise WrongState()
    on = proof.shown_on if said.holds is None else _valid(said, proof.shown)
    right = _record(file, proof.shown, proof.data_class, said, on, by, supersedes=proof, reason=reason)
    look_again_at(file, held=held, by=by)
    return right


def methods_taken(shown: str, on: date) -> list[str]:
    """In which ways this may be shown, by what programs of this place ask on that day; in the order of their trust."""
    rows = Criterion.objects.filter(in_force(on), shown_by=shown, program__elsewhere="")
    taken = {method for methods in rows.values_list("methods", flat=True) for method in methods}
    return [method for method in Method.values if method in taken]


def _record(
    file: Participant,
    shown: str,
    data_class: str,
    said: Said,
    on: date,
    by: Actor,
    **corrects: Proof | str,
) -> Proof:
    return Proof.objects.create(
        file=file,
        organization_id=file.organization_id,
        shown=shown,
        data_class=data_class,
        holds=said.holds,
        limb=said.limb,
        method=said.method,
        agency=said.agency,
        shown_on=on,
        lapses_on=said.lapses_on,
        by=by,
        **corrects,
    )


def _readable(file: Participant, shown: str) -> str:
    """The class of what is shown; refused where the file isn't ours, nobody asks for it, or the reader doesn't read it."""
    if file.organization_id != current_organization():
        raise NotYours()
    data_class = class_of(shown)
    if not data_class:
        raise NotYours()
    if data_class not in current().classes:
        raise Unreadable()
    return data_class


def _valid(said: Said, shown: str) -> date:
    today = clock.today(current_place().zone)
    on = said.on or today
    if on > today:
        raise BadValue("on", _("This day is still to come."), mend=_("Give a day up to today."))
    if said.method not in methods_taken(shown, on):
        raise BadValue(
            "method", _("No program takes that here."), mend=_("Choose another way in which it was shown.")
        )
    if said.lapses_on is not None and said.lapses_on <= on:
        raise BadValue(
            "lapses_on", _("It would have lapsed before it was shown."), mend=_("Check both days.")
        )
    if said.limb and (shown != HISTORY or not said.holds or not terms.is_in_force(LIMB, said.limb)):
        raise BadValue("limb", _("That doesn’t go with the answer."), mend=_("Choose again, or none."))
    if said.agency is not None and said.method != Method.AGENCY:
        raise BadValue("agency", _("No agency said this."), mend=_("Choose none, or “an agency’s word”."))
    return on


# --- Waivers ------------------------------------------------------------------------------------------------------


@transaction.atomic
def ask_waiver(
    *, file: Participant, program: Program, criterion: str, reason: str, lapses_on: date, why: str, by: Actor
) -> Waiver:
    """Ask that one condition be passed over for this person until a day. Somebody else decides it."""
    if file.organization_id != current_organization():
        raise NotYours()
    held = holder_here(file)
    today = clock.today(current_place().zone)
    row = Criterion.objects.filter(in_force(today), program=program, code=criterion, is_focus=False).first()
    if row is None:
        raise NotYours()
    data_class = _class_of_row(row)
    _require_waivable(row, reason, lapses_on, why, today)
    if Waiver.objects.filter(
        file=file, program=program, criterion=criterion, decided_at__isnull=True
    ).exists():
        raise AskedAlready()
    _require_a_second_person(by)
    waiver = Waiver.objects.create(
        file=file,
        organization_id=file.organization_id,
        program=program,
        criterion=criterion,
        data_class=data_class,
        reason=reason,
        valid_from=today,
        lapses_on=lapses_on,
        asked_by=by,
    )
    participants.write_down(file=file, about=(WAIVER, waiver.pk), text=why, by=by)
    duties.open_duty(
        owner=Owner(file.organization_id, queue_id=queue_of(file.organization_id).pk),
        kind=DECIDE_WAIVER,
        due_at=current_place().deadline("next_step", clock.now()),
        by=by,
        person_id=file.person_id,
        subject=(WAIVER, waiver.pk),
        detail=waiver.code,
    )
    _point(file, held, by)
    return waiver


@transaction.atomic
def decide_waiver(*, waiver: Waiver, granted: bool, by: Actor) -> Waiver:
    """The second person says yes or no, once."""
    if waiver.organization_id != current_organization():
        raise NotYours()
    held = holder_here(waiver.file)
    if by.pk == waiver.asked_by_id:
        raise SamePerson()
    if by.subject_id not in _deciders():
        raise NotAllowed(mend=_("Ask your lead."))
    decided = Waiver.objects.filter(pk=waiver.pk, decided_at__isnull=True).update(
        granted=granted, decided_at=clock.now(), decided_by=by
    )
    if not decided:
        raise WrongState()
    waiver.refresh_from_db()
    duties.close(duties.open_about((WAIVER, waiver.pk)), how=Duty.Closed.DONE, by=by)
    _tell_who_asked(waiver, by=by)
    look_again_at(waiver.file, held=held, by=by)
    _point(waiver.file, held, by)
    return waiver


def _tell_who_asked(waiver: Waiver, *, by: Actor) -> None:
    """It stands on their list until they have read it; no step of the person's. Nobody is told who works here no more."""
    asker = Membership.objects.filter(
        pk=waiver.asked_by.subject_id or 0,
        organization_id=waiver.organization_id,
        state=Membership.State.ACTIVE,
    ).first()
    if asker is not None and waiver.asked_by.kind == Actor.Kind.MEMBER:
        duties.open_duty(
            owner=Owner(waiver.organization_id, membership_id=asker.pk),
            kind=READ_WAIVER,
            due_at=current_place().deadline("next_step", clock.now()),
            by=by,
            subject=(WAIVER, waiver.pk),
            detail=waiver.code,
        )


@transaction.atomic
def read_waiver(*, waiver: Waiver, by: Actor) -> None:
    """Whoever asked has read how it was decided: it leaves their list. A second time changes nothing."""
    if waiver.organization_id != current_organization() or by.pk != waiver.asked_by_id:
        raise NotYours()
    duties.close(duties.open_about((WAIVER, waiver.pk), READ_WAIVER), how=Duty.Closed.DONE, by=by)


def _class_of_row(row: Criterion) -> str:
    data_class = class_of(row.shown_by) if row.shown_by else "contact"
    if data_class not in current().classes:
        raise Unreadable()
    return data_class


def _require_waivable(row: Criterion, reason: str, lapses_on: date, why: str, today: date) -> None:
    if not row.can_be_waived:
        raise NotAllowed(_("This condition can’t be passed over."), mend=_("It is the program’s own."))
    if not terms.is_in_force("waiver_reason", reason):
        raise BadValue("reason", _("Say why."), mend=_("Choose the reason that is nearest."))
    if not why.strip():
        raise BadValue("why", _("Say in a sentence why."), mend=_("Whoever decides reads it."))
    if not today < lapses_on <= today + timedelta(days=MOST_DAYS):
        raise BadValue(
            "lapses_on",
            _("A waiver lasts a year at most, and at least until tomorrow."),
            mend=_("Choose another day; you can ask again."),
        )


def _deciders() -> set[int]:
    """The memberships of those here who may decide."""
    found = Membership.objects.filter(
        organization_id=current_organization(),
        state=Membership.State.ACTIVE,
        role__in=roles_with(Permission.DECIDE_WAIVERS),
    )
    return set(found.values_list("pk", flat=True))


def _require_a_second_person(by: Actor) -> None:
    if not _deciders() - {by.subject_id}:
        raise WrongState(
            _("Nobody here but you may decide it."),
            mend=_("Let a colleague ask for it, and decide it yourself."),
        )


def _point(file: Participant, held: Custody | None, by: Actor) -> None:
    if held is not None:
        custody.point(file.person_id, by=by, custody=held)
