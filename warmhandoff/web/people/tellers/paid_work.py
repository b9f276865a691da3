"""Paid work planned, begun and ended, and the weeks whose hours were found right."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from warmhandoff.employers.models import Employer, Site
from warmhandoff.foundation import terms
from warmhandoff.foundation.models import Actor
from warmhandoff.programs.models import PaidWork, PaidWorkEvent, Timesheet, TimesheetAnswer
from warmhandoff.web.people.telling import Entry, Known, Said, Teller, entries_of, who_did
from warmhandoff.web.today import said
from warmhandoff.web.week import number

# Icon, and the sentence.
SAYS = {
    "plan": ("event", gettext_lazy("%(who)s planned paid work with %(name)s at %(employer)s.")),
    "introduced": ("share", gettext_lazy("%(name)s agreed to be introduced to %(employer)s.")),
    "not_introduced": (
        "do_not_disturb",
        gettext_lazy("%(name)s doesn’t want to be introduced to %(employer)s."),
    ),
    "supervisor": ("person", gettext_lazy("Somebody else at %(employer)s says now whether hours are right.")),
    "paid": ("info_outline", gettext_lazy("Another wage was agreed on at %(employer)s, %(on)s.")),
    "start": ("flag", gettext_lazy("%(name)s began to work at %(employer)s, %(on)s.")),
    "complete": ("check_circle", gettext_lazy("%(name)s completed the paid work at %(employer)s, %(on)s.")),
    "leave": (
        "info_outline",
        gettext_lazy("%(name)s’s work at %(employer)s ended early, %(on)s: %(reason)s."),
    ),
    "call_off": ("info_outline", gettext_lazy("%(name)s doesn’t begin to work at %(employer)s: %(reason)s.")),
}
RIGHT = gettext_lazy("%(hours)s hours of %(name)s at %(employer)s were approved, week of %(week)s.")
HANDED_IN = gettext_lazy("%(name)s handed in %(hours)s hours at %(employer)s themself, week of %(week)s.")
NOT_RIGHT = gettext_lazy("%(employer)s sent back %(hours)s hours of %(name)s, week of %(week)s.")


def _rows(file: int) -> tuple[QuerySet[Any], ...]:
    works = PaidWork.objects.filter(file_id=file)
    sites = Site.objects.filter(pk__in=works.order_by().values("site_id"))
    return (
        PaidWorkEvent.objects.filter(file_id=file).order_by("happened_at", "id"),
        works,
        sites,
        Employer.objects.filter(pk__in=sites.order_by().values("employer_id")),
        TimesheetAnswer.objects.filter(file_id=file).order_by("happened_at", "id"),
        Timesheet.objects.filter(file_id=file).order_by("happened_at", "id"),
    )


def _tells(rows: Sequence[list[Any]], known: Known) -> Iterable[Entry]:
    events, works, sites, employers, answers, sheets = rows
    name_of = {one.pk: one.name for one in employers}
    at_site = {one.pk: name_of[one.employer_id] for one in sites}
    employer_of = {one.pk: at_site[one.site_id] for one in works}
    sheet_of = {one.pk: one for one in sheets}

    def tell(event: PaidWorkEvent) -> Said | None:
        icon, says = SAYS[event.kind]
        facts = {
            "who": who_did(event.by, known, event),
            "name": known.card.first,
            "employer": employer_of[event.work_id],
            "on": said.on_day(event.on),
            "reason": said.inside(terms.word("work_end_reason", event.reason)),
        }
        return Said(str(says) % facts, icon)

    def tell_answer(answer: TimesheetAnswer) -> Said | None:
        sheet = sheet_of[answer.timesheet_id]
        facts = {
            "name": known.card.first,
            "employer": employer_of[sheet.work_id],
            "hours": number(sheet.total),
            "week": said.day(sheet.week),
        }
        return Said(
            str(RIGHT if answer.approved else NOT_RIGHT) % facts, "check" if answer.approved else "undo"
        )

    yield from entries_of(events, tell, known)

    def tell_sheet(sheet: Timesheet) -> Said | None:
        if sheet.by.kind != Actor.Kind.PARTICIPANT:
            return None
        facts = {
            "name": known.card.first,
            "employer": employer_of[sheet.work_id],
            "hours": number(sheet.total),
            "week": said.day(sheet.week),
        }
        return Said(str(HANDED_IN) % facts, "send")

    for sheet in sheets:  # each is told as it was handed in: what became of it the answers tell
        yield from entries_of([sheet], tell_sheet, known)
    yield from entries_of(answers, tell_answer, known)


TELLER = Teller(_rows, _tells)
