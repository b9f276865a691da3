"""Telling by mail what becomes of a group's meetings: to who leads them, and to who comes and may be written to."""

from __future__ import annotations

from collections.abc import Sequence

from warmhandoff.foundation import messages
from warmhandoff.foundation.database import WhNow
from warmhandoff.foundation.messages import Notice
from warmhandoff.foundation.models import Message
from warmhandoff.network.models import Membership
from warmhandoff.participants.reading import mails_of
from warmhandoff.programs.models import CohortMember, MakeUp, Meeting
from warmhandoff.programs.notices import OF_A_COHORT, OF_A_MEMBER, LeaderTold, MemberTold
from warmhandoff.programs.reading.groups import leaders_of, members_of


def tell_changes(meetings: Sequence[Meeting]) -> None:
    """Queue a mail for each person, before the change is written: it tells whatever was written since."""
    if not meetings:
        return
    cohort = meetings[0].cohort
    for membership in _leaders(meetings):
        if membership.mail_id is not None:
            _queue(LeaderTold, (OF_A_COHORT, cohort.pk), membership.mail_id, cohort.organization_id)
    members = _members(meetings)
    mails = mails_of([member.file.person_id for member in members])
    for member in members:
        mail = mails.get(member.file.person_id)
        if mail is not None:
            _queue(MemberTold, (OF_A_MEMBER, member.pk), mail.pk, member.organization_id)


def _leaders(meetings: Sequence[Meeting]) -> list[Membership]:
    """Who leads any of them, or stands in."""
    found = {one.cover.pk: one.cover for one in meetings if one.cover is not None and one.cover.is_active}
    if any(one.cover is None for one in meetings):
        found |= {each.pk: each for each in leaders_of(meetings[0])}
    return list(found.values())


def _members(meetings: Sequence[Meeting]) -> list[CohortMember]:
    """Who belongs to the group, and who comes to one of them to make up for something."""
    found = list(members_of(meetings[0].cohort)) if any(not one.make_up for one in meetings) else []
    stood = [one for one in meetings if one.pk]  # nobody was asked to one that is just being planned
    guests = MakeUp.objects.filter(meeting__in=stood, called_off_at__isnull=True)
    there = {member.pk: member for member in found}
    there |= {guest.member_id: guest.member for guest in guests.select_related("member__file")}
    return list(there.values())


def _queue(notice: type[Notice], subject: tuple[str, int], to: int, organization_id: int) -> None:
    """One that waits already, and that nobody is sending just now, tells this too."""
    waiting = Message.objects.select_for_update(skip_locked=True).filter(
        notice=notice.name,
        subject_kind=subject[0],
        subject_id=subject[1],
        contact_point_id=to,
        state=Message.State.QUEUED,
        # Queued after our transaction began, it would leave out what we write.
        queued_at__lte=WhNow(),
    )
    if not waiting.exists():
        messages.send(notice, to=to, organization_id=organization_id, subject=subject)
