"""The person's paid work: where, for what wage, what they said about being introduced, and the hours of each week."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from warmhandoff.employers.models import Employer, Site
from warmhandoff.foundation import terms
from warmhandoff.programs.models import (
    Introduction,
    PaidWork,
    PaidWorkEvent,
    Timesheet,
    TimesheetAnswer,
    WorkWage,
)
from warmhandoff.web.people.letter import Fact, Part, Section, Wording, as_it_stands
from warmhandoff.web.today import said
from warmhandoff.web.week import number

SAYS = {
    "plan": gettext_lazy("We planned paid work with you at %(employer)s."),
    "supervisor": gettext_lazy("Somebody else at %(employer)s says now if your hours are right."),
    "start": gettext_lazy("You began to work at %(employer)s."),
    "complete": gettext_lazy("You completed the paid work at %(employer)s."),
    "leave": gettext_lazy("Your work at %(employer)s ended early. We wrote down why: “%(reason)s”."),
    "call_off": gettext_lazy("You did not begin to work at %(employer)s. We wrote down why: “%(reason)s”."),
}
# Told with what was said and agreed, below.
TOLD_BELOW = frozenset({"introduced", "not_introduced", "paid"})


def _rows(file: int) -> tuple[QuerySet[Any], ...]:
    works = PaidWork.objects.filter(file_id=file)
    sites = Site.objects.filter(pk__in=works.order_by().values("site_id"))
    return (
        works.order_by("planned_from", "id"),
        sites,
        Employer.objects.filter(
            Q(pk__in=sites.order_by().values("employer_id"))
            | Q(pk__in=works.order_by().values("employer_of_record_id"))
        ),
        PaidWorkEvent.objects.filter(file_id=file).order_by("on", "id"),
        Introduction.objects.filter(file_id=file).order_by("happened_at", "id"),
        WorkWage.objects.filter(file_id=file).order_by("valid_from", "id"),
        Timesheet.objects.filter(file_id=file).order_by("week", "id"),
        TimesheetAnswer.objects.filter(file_id=file),
    )


def _tells(rows: Sequence[list[Any]], wording: Wording) -> Iterable[Section]:
    works, sites, employers, events, introductions, wages, sheets, answers = rows
    if not works:
        return
    site_of, name_of = {one.pk: one for one in sites}, {one.pk: one.name for one in employers}
    at = {one.pk: name_of[site_of[one.site_id].employer_id] for one in works}
    section = Section(_("Your paid work"))
    section.facts = [
        Fact(at[one.pk], _planned(one, site_of[one.site_id], name_of[one.employer_of_record_id]))
        for one in works
    ]
    for event in events:
        if event.kind not in TOLD_BELOW:
            reason = terms.word("work_end_reason", event.reason)
            section.tell(event.on, str(SAYS[event.kind]) % {"employer": at[event.work_id], "reason": reason})
    for said_so in introductions:
        facts = {"employer": at[said_so.work_id], "name": said_so.name}
        section.tell(
            said_so.happened_at,
            _("You said that we may name you to %(employer)s, as “%(name)s”.") % facts
            if said_so.agrees
            else _("You said that we may not name you to %(employer)s.") % facts,
        )
    for wage in wages:
        facts = {"employer": at[wage.work_id], "wage": f"${Decimal(wage.hourly):.2f}"}
        section.tell(wage.valid_from, _("%(employer)s pays you %(wage)s an hour from this day on.") % facts)
    yield section.in_order()
    if sheets:
        yield _hours(as_it_stands(sheets), {one.timesheet_id: one for one in answers}, at)


def _planned(work: PaidWork, site: Site, payer: str) -> str:
    facts = {
        "address": site.address,
        "payer": payer,
        "hours": work.planned_hours,
        "begins": said.full_day(work.planned_from),
        "ends": said.full_day(work.planned_to),
    }
    return (
        _("%(address)s. %(payer)s pays your wage. Planned: %(hours)s hours from %(begins)s to %(ends)s.")
        % facts
    )


def _hours(sheets: Sequence[Timesheet], answers: dict[int, TimesheetAnswer], at: dict[int, str]) -> Section:
    section = Section(_("Your hours"), [_("Each week by its Monday, as it stands now.")])
    for sheet in sheets:
        answer = answers.get(sheet.pk)
        facts = {"employer": at[sheet.work_id], "hours": number(sheet.total)}
        if answer is None:
            says = _("%(employer)s: %(hours)s hours. Not approved yet.") % facts
        elif answer.approved:
            says = _("%(employer)s: %(hours)s hours, approved.") % facts
        else:
            facts["why"] = terms.word("hours_back_reason", answer.reason)
            says = _("%(employer)s: %(hours)s hours, sent back. They said why: “%(why)s”.") % facts
        section.tell(sheet.week, says)
    return section


PART = Part(_rows, _tells)
