"""Who came to a meeting, said by whoever led it: of everybody at once, in few statements, however large the group.

What was said stands. Said otherwise later it is corrected, with what was wrong, by who said it or a lead. Who misses two meetings
in a row is on somebody's list until they come again or somebody has talked with them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction

from warmhandoff.custody import actions as custody
from warmhandoff.foundation import clock, duties, terms
from warmhandoff.foundation.errors import BadValue, NotAllowed, NotYours, WrongState
from warmhandoff.foundation.models import Actor, Duty
from warmhandoff.foundation.scoping import current_organization
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.participants.correcting import Reason, may_correct
from warmhandoff.programs.actions import meetings
from warmhandoff.programs.actions.enrollment import were_served
from warmhandoff.programs.actions.owed import holders_here, off_the_list, owner_for
from warmhandoff.programs.models import Attendance, CohortMember, Meeting
from warmhandoff.programs.protocol import MISSED_TWICE
from warmhandoff.programs.reading.attendance import (
    MISSED_SUBJECT,
    Expected,
    Sheet,
    in_a_row_and_owed,
    sheet_or_404,
)

Mark, How = Attendance.Mark, Attendance.How
SUBJECT = MISSED_SUBJECT
# People come in a little before it begins.
OPENS_BEFORE = timedelta(hours=1)
IN_A_ROW = 2


@dataclass(frozen=True)
class Said:
    """They came; or they didn't, and why (a term of absence_why)."""

    mark: str = Mark.PRESENT
    absence: str = ""


@dataclass(frozen=True)
class Taken:
    """What a post has said."""

    came: int
    missed: int
    corrected: int


@transaction.atomic
def take(
    *,
    meeting: Meeting,
    said: Mapping[Expected, Said],
    by: Actor,
    how: str = How.SEEN,
    reason: str = "",
    sheet: Sheet | None = None,
) -> Taken:
    """Say who came. The meeting is held by that. Who is said otherwise than before is corrected, with the reason.

    `sheet`: the meeting's own, locked, where the caller has read it.
    """
    sheet = _begun(sheet or sheet_or_404(meeting.code, locked=True))
    changed = _say(sheet, said, by=by, how=how, reason=reason)
    meetings.hold(meeting=sheet.meeting, by=by)
    _follow(sheet, changed, by=by)
    absent = [key for key, each in said.items() if each.mark == Mark.ABSENT]
    return Taken(len(said) - len(absent), len(absent), sum(bool(was) for was in changed.values()))


@transaction.atomic
def came_by_code(*, meeting: Meeting, member: CohortMember, by: Actor) -> None:
    """They showed their own code at the door. Who else came is still to be said."""
    sheet = _begun(sheet_or_404(meeting.code, locked=True))
    here = {key: Said(Mark.PRESENT) for key in sheet.expected if key[0] == member.pk}
    if not here:
        raise NotYours()
    changed = _say(sheet, here, by=by, how=How.OWN_CODE, reason=Reason.WRONG_OUTCOME)
    _follow(sheet, changed, by=by)


@transaction.atomic
def talked(*, member: CohortMember, by: Actor) -> None:
    """Somebody has talked with who missed twice: off the list, until they miss the next one too."""
    if member.organization_id != current_organization():
        raise NotYours()
    off_the_list(member, by=by)


# --- What it does -------------------------------------------------------------------------------------------------


def _begun(sheet: Sheet) -> Sheet:
    if sheet.meeting.state == Meeting.State.CANCELLED:
        raise WrongState("This meeting was called off.", mend="Plan its session anew.")
    if clock.now() < sheet.meeting.starts_at - OPENS_BEFORE:
        raise WrongState("This meeting is still to come.", mend="Say who came once people are there.")
    return sheet


def _say(
    sheet: Sheet, said: Mapping[Expected, Said], *, by: Actor, how: str, reason: str
) -> dict[Expected, Attendance | None]:
    """Write what is new or otherwise; what each of them corrects."""
    if others := {member for member, _session in said.keys() - sheet.expected.keys()}:
        if CohortMember.objects.filter(pk__in=others, left_on__isnull=False).exists():
            raise WrongState("Somebody has left this group meanwhile.", mend="Open the meeting again.")
        raise NotYours()
    excused = _excused(said.values())
    changed = {
        key: sheet.stands.get(key) for key, each in said.items() if _differs(sheet.stands.get(key), each)
    }
    _require_may_change([was for was in changed.values() if was], reason, by=by)
    now, on = clock.now(), current_place().day_of(sheet.meeting.starts_at)
    Attendance.objects.bulk_create(
        Attendance(
            file_id=sheet.expected[key][0].file_id,
            organization_id=sheet.meeting.organization_id,
            meeting=sheet.meeting,
            member_id=key[0],
            template_id=key[1],
            on=on,
            mark=said[key].mark,
            absence=said[key].absence if said[key].mark == Mark.ABSENT else "",
            excused=excused[said[key].absence] if said[key].mark == Mark.ABSENT else None,
            how=how,
            by=by,
            happened_at=now,
            supersedes=was,
            reason=reason if was else "",
        )
        for key, was in changed.items()
    )
    return changed


def _differs(stands: Attendance | None, said: Said) -> bool:
    return stands is None or (stands.mark, stands.absence) != (
        said.mark, said.absence if said.mark == Mark.ABSENT else "",
    )  # fmt: skip


def _excused(said: Iterable[Said]) -> dict[str, bool]:
    """Whether each reason that is named excuses; refuses what is no mark and no reason."""
    known = {term.code: term.parent == "excused" for term in terms.in_force("absence_why")}
    for each in said:
        if each.mark not in Mark.values or (each.mark == Mark.ABSENT and each.absence not in known):
            raise BadValue("absence", "Say why they didn't come.", mend="Choose the reason that is nearest.")
    return known


def _require_may_change(were: Sequence[Attendance], reason: str, *, by: Actor) -> None:
    if not were:
        return
    if reason not in Reason.values:
        raise BadValue(
            "reason",
            "Some of this was said otherwise before.",
            mend="Say what was wrong, or leave it as it was.",
        )
    if not all(may_correct(author, by=by) for author in {was.by_id for was in were}):
        raise NotAllowed("Only who said it, or a lead, can correct this.", mend="Ask your lead.")


def _follow(sheet: Sheet, changed: Iterable[Expected], *, by: Actor) -> None:
    """What follows for each of them: they have begun, they missed two in a row, or they came again."""
    members = list({key[0]: sheet.expected[key][0] for key in changed}.values())
    on = current_place().day_of(sheet.meeting.starts_at)
    missing, owed = in_a_row_and_owed([member.pk for member in members], on)
    were_served(files=[one.file_id for one in members if one.pk not in missing], on=on, by=by)
    twice = [
        one
        for one in members
        if missing.get(one.pk, 0) >= IN_A_ROW and one.pk not in owed and one.left_on is None
    ]
    again = [one for one in members if one.pk not in missing and one.pk in owed]
    if twice or again:
        _list(twice, again, by=by)


def _list(twice: Sequence[CohortMember], again: Sequence[CohortMember], *, by: Actor) -> None:
    """On somebody's list who missed two in a row, off it who came again: in few statements, however many."""
    held = holders_here([one.file.person_id for one in (*twice, *again)])
    due_at = current_place().deadline("next_step", clock.now())
    Duty.objects.bulk_create(
        Duty(
            organization_id=owner.organization_id,
            membership_id=owner.membership_id,
            queue_id=owner.queue_id,
            kind=MISSED_TWICE,
            detail=one.code,
            person_id=one.file.person_id,
            subject_kind=SUBJECT,
            subject_id=one.pk,
            due_at=due_at,
            opened_by=by,
        )
        for one in twice
        for owner in (owner_for(held.get(one.file.person_id), by=by),)
    )
    closed = Duty.objects.filter(
        subject_kind=SUBJECT, subject_id__in=[one.pk for one in again], kind=MISSED_TWICE
    )
    if again:
        duties.close(closed, how=Duty.Closed.DONE, by=by)
    missed, came = ({one.file.person_id for one in each} for each in (twice, again))
    for person_id, theirs in held.items():
        first = theirs.next_step
        # What is due first changes for those alone whose first it was, or is now.
        if (person_id in came and first.kind == MISSED_TWICE) or (
            person_id in missed and first.due_at > due_at
        ):
            custody.point(person_id, by=by, custody=theirs)
