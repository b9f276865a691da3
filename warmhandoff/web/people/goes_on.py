"""What goes on for somebody here and is to be ended before they are released: each with its words and its page."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from warmhandoff.casework.reading.plans import open_plan
from warmhandoff.participants.models import Participant
from warmhandoff.programs.models import PaidWork, Training
from warmhandoff.programs.states import TRAINING_OPEN, WORK_OPEN


def goes_on(file: Participant) -> list[tuple[str, str]]:
    """(what is to be done, where)."""
    found = []
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
