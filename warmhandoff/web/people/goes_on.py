"""What goes on for somebody here and is to be ended before they are released, or their file is put away: with its words and its page."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from warmhandoff.casework.models import Appointment, Clearance
from warmhandoff.casework.reading.plans import open_plan
from warmhandoff.casework.states import CLEARANCE_OPEN, PLANNED
from warmhandoff.custody import actions as custody
from warmhandoff.participants.models import Participant
from warmhandoff.programs.models import PaidWork, Training, Waiver
from warmhandoff.programs.reading.enrollments import open_enrollments
from warmhandoff.programs.reading.work import is_approved, standing_sheets
from warmhandoff.programs.states import TRAINING_OPEN, WORK_OPEN
from warmhandoff.web.people.taking_part import taking_part


def goes_on(file: Participant) -> list[tuple[str, str]]:
    """(what is to be done, where)."""
    found = [
        (
            _("%(program)s: complete it, or say that they leave") % {"program": one.program},
            reverse("programs:enrollment", args=[one.enrollment.code]),
        )
        for one in taking_part(list(open_enrollments(file)))
    ]
    if open_plan(file) is not None:
        words = _("Their plan is open: say how each outcome came out")
        found.append((words, reverse("people:end_plan", args=[file.code])))
    for training in Training.objects.filter(file=file, state__in=TRAINING_OPEN):
        words = _("%(course)s: say how it ended, or call it off") % {"course": training.course}
        found.append((words, reverse("people:training", args=[file.code])))
    for work in PaidWork.objects.filter(file=file, state__in=WORK_OPEN).select_related("site__employer"):
        words = _("Paid work at %(employer)s: say how it ended, or call it off")
        found.append((words % {"employer": work.site.employer}, reverse("people:work", args=[file.code])))
    return found


def only_here(file: Participant) -> list[tuple[str, str]]:
    """What this file alone can settle, before another file of the same person is shown instead of it."""
    found = goes_on(file)
    works = PaidWork.objects.filter(file=file).exclude(state__in=WORK_OPEN).select_related("site__employer")
    for work in works:
        if not all(is_approved(sheet) for sheet in standing_sheets([work])):
            words = _("Hours at %(employer)s wait for an answer, or were sent back")
            found.append((words % {"employer": work.site.employer}, reverse("people:work", args=[file.code])))
    if Waiver.objects.filter(file=file, decided_at__isnull=True).exists():
        words = _("It was asked whether a condition may be passed over: decide it")
        found.append((words, reverse("people:eligibility", args=[file.code])))
    if Clearance.objects.filter(file=file, state__in=CLEARANCE_OPEN).exists():
        words = _("Clearing their record goes on: say how it ended, or stop it")
        found.append((words, reverse("people:clearance", args=[file.code])))
    planned = Appointment.objects.filter(file=file, state=PLANNED)
    # Of whom we hold, each is a date of theirs that is named already.
    if not custody.holds(file.person_id) and planned.exists():
        words = _("An appointment is still to come: call it off, or say how it went")
        found.append((words, reverse("people:appointments", args=[file.code])))
    return found
