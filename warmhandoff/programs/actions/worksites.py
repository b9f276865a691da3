"""Asking a worksite's supervisor whether hours are right: when they are written down, and again while nobody has said so."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from warmhandoff.employers.models import EmployerContact
from warmhandoff.foundation import clock, messages, timers
from warmhandoff.foundation.errors import BadValue
from warmhandoff.foundation.models import Actor, Message
from warmhandoff.foundation.timers import Due
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.participants.models import Reach
from warmhandoff.programs.models import PaidWork, Timesheet
from warmhandoff.programs.protocol import WORKSITE_REMINDED_AFTER
from warmhandoff.programs.reading.work import introduction_of, standing_sheets
from warmhandoff.programs.worksite import LINK, HoursStillWait, HoursWait, link_for

# What its timers are about.
SUBJECT = "timesheet"
MAILS = (HoursWait.name, HoursStillWait.name)


class OwnSupervisor(BadValue):
    """Whoever works can't be who says that the hours are right."""

    code = "own_supervisor"

    def __init__(self) -> None:
        super().__init__(
            "supervisor",
            _("This mail address is the person’s own: nobody approves their own hours."),
            mend=_("Choose the supervisor, with an address of theirs."),
        )


def is_their_own_mailbox(file_id: int, supervisor: EmployerContact) -> bool:
    """Whether mails to this supervisor would reach the person themself."""
    return (
        supervisor.mailbox is not None
        and Reach.objects.filter(
            file_id=file_id, contact_point__value__iexact=supervisor.mailbox.value
        ).exists()
    )


@transaction.atomic
def ask_worksite(*, work: PaidWork, by: Actor) -> bool:
    """Mail the supervisor that hours wait, where the person agreed to it and there is an address. False: nothing was sent."""
    if not _may_be_asked(work):
        return False
    if is_their_own_mailbox(work.file_id, work.supervisor):
        raise OwnSupervisor()
    link = link_for(work.supervisor)
    if not _mailed(link.pk).filter(state=Message.State.QUEUED).exists():
        messages.send(
            HoursWait, to=link.mailbox_id, organization_id=link.organization_id, subject=(LINK, link.pk)
        )
    return True


def remind_in_time(sheet: Timesheet) -> None:
    """They are asked again after so many business days, unless somebody has said something to these hours by then."""
    place, now = current_place(), clock.now()
    steps = {
        f"remind_{days}": Due(sheet.organization_id, place.business_days_after(now, days))
        for days in WORKSITE_REMINDED_AFTER
    }
    timers.set_timers((SUBJECT, sheet.pk), steps, is_new=True)


def remind_no_more(sheet: Timesheet) -> None:
    timers.call_off((SUBJECT, sheet.pk))


def remind(timesheet_id: int) -> str:
    """Once a day at most, however many weeks wait; the link in it goes on living."""
    waiting = standing_sheets().filter(pk=timesheet_id, answer__isnull=True)
    sheet = waiting.select_related("work__supervisor__mailbox").first()
    if sheet is None or not _may_be_asked(sheet.work):
        return "moot"
    if is_their_own_mailbox(sheet.file_id, sheet.work.supervisor):
        return "moot"
    link = link_for(sheet.work.supervisor)
    if _mailed(link.pk).filter(queued_at__gte=_this_morning()).exists():
        return "told today"
    messages.send(
        HoursStillWait, to=link.mailbox_id, organization_id=link.organization_id, subject=(LINK, link.pk)
    )
    return ""


def _may_be_asked(work: PaidWork) -> bool:
    said, supervisor = introduction_of(work), work.supervisor
    return said is not None and said.agrees and supervisor.mailbox is not None and supervisor.active


def _mailed(link_id: int) -> QuerySet[Message]:
    return Message.objects.filter(subject_kind=LINK, subject_id=link_id, notice__in=MAILS)


def _this_morning() -> datetime:
    place = current_place()
    return place.morning_of(place.day_of(clock.now()))
