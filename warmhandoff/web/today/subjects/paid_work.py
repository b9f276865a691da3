"""Paid work that was to begin, the hours of its weeks, and what a worksite said to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy

from warmhandoff.employers.models import Employer, EmployerContact, Site
from warmhandoff.foundation import together
from warmhandoff.foundation.models import Duty
from warmhandoff.participants.models import Participant
from warmhandoff.programs import protocol as p
from warmhandoff.programs.models import PaidWork, WorksiteLink
from warmhandoff.web.today import said
from warmhandoff.web.today.kinds import SUBJECT as LEADS_THERE
from warmhandoff.web.today.kinds import Kind, Subject

KINDS = {
    p.WORK_BEGINS: Kind(
        gettext_lazy("Work at %(employer)s is planned to begin %(begins)s. Did it?"),
        gettext_lazy("Say whether it has begun"),
        LEADS_THERE,
    ),
    p.WRITE_HOURS: Kind(
        gettext_lazy("Works at %(employer)s. Write down the hours of the week."),
        gettext_lazy("Write down the hours"),
        LEADS_THERE,
    ),
    p.AWAIT_HOURS: Kind(
        gettext_lazy("%(supervisor)s at %(employer)s has hours to approve."),
        gettext_lazy("Look at the hours"),
        LEADS_THERE,
        waits=True,
    ),
    f"{p.AWAIT_HOURS}:late": Kind(
        gettext_lazy(
            "%(supervisor)s at %(employer)s has not approved hours. Call them, or ask for the signed paper."
        ),
        gettext_lazy("Look at the hours"),
        LEADS_THERE,
    ),
    p.MEND_HOURS: Kind(
        gettext_lazy("%(employer)s sent hours back."), gettext_lazy("Say them right"), LEADS_THERE
    ),
}
OF_LINKS_KINDS = {
    p.CALL_WORKSITE: Kind(
        gettext_lazy("A mail to %(supervisor)s at %(employer)s did not arrive. Call them about the hours."),
        gettext_lazy("Mend the address"),
        LEADS_THERE,
    )
}


def _parts(about: Sequence[int]) -> tuple[QuerySet[Any], ...]:
    works = PaidWork.objects.filter(pk__in=about)
    sites = Site.objects.filter(pk__in=works.values("site_id"))
    return (
        works,
        sites,
        Employer.objects.filter(pk__in=sites.values("employer_id")),
        EmployerContact.objects.filter(pk__in=works.values("supervisor_id")),
        Participant.objects.filter(pk__in=works.values("file_id")),
    )


_PARTS = together.Prepared(_parts)


def _facts(about: Sequence[int]) -> Mapping[int, Mapping[str, Any]]:
    works, *others = _PARTS.read(about=about)
    site_of, employer_of, supervisor_of, file_of = ({one.pk: one for one in found} for found in others)
    return {
        one.pk: {
            "employer": employer_of[site_of[one.site_id].employer_id].name,
            "supervisor": supervisor_of[one.supervisor_id].name,
            "begins": said.on_day(one.planned_from),
            "work": one.code,
            "code": file_of[one.file_id].code,
        }
        for one in works
    }


def _page(duty: Duty, facts: Mapping[str, Any], code: str) -> str:
    return reverse("people:one_work", args=[facts["code"], facts["work"]])


def _facts_of_links(about: Sequence[int]) -> Mapping[int, Mapping[str, Any]]:
    found = WorksiteLink.objects.filter(pk__among=about).select_related("supervisor__employer")
    return {
        one.pk: {
            "employer": one.supervisor.employer.name,
            "supervisor": one.supervisor.name,
            "code": one.supervisor.employer.code,
        }
        for one in found
    }


def _page_of_link(duty: Duty, facts: Mapping[str, Any], code: str) -> str:
    return reverse("employers:employer", args=[facts["code"]])


SUBJECT = Subject(KINDS, _facts, _page)
OF_LINKS = Subject(OF_LINKS_KINDS, _facts_of_links, _page_of_link)
