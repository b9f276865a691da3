"""Which employers there are, where, and whom we ask there."""

from __future__ import annotations

from django.db.models import Prefetch, QuerySet

from warmhandoff.employers.models import Employer, EmployerContact, Site
from warmhandoff.foundation.codes import sort_key
from warmhandoff.foundation.errors import NotYours


def employers(search: str = "") -> QuerySet[Employer]:
    """All of them with their addresses, by name."""
    found = Employer.objects.filter(active=True)
    for word in sort_key(search).split():
        found = found.filter(name_sort__contains=word)
    return found.prefetch_related(
        Prefetch("sites", Site.objects.filter(active=True).select_related("locality"))
    )


def employer_or_404(code: str) -> Employer:
    found = Employer.objects.filter(code=code).select_related("organization").first()
    if found is None:
        raise NotYours()
    return found


def sites_of(employer: Employer) -> QuerySet[Site]:
    return employer.sites.filter(active=True).select_related("locality", "employer")


def site_or_404(employer: Employer, code: str) -> Site:
    found = sites_of(employer).filter(code=code).first()
    if found is None:
        raise NotYours()
    return found


def contacts_of(employer: Employer) -> QuerySet[EmployerContact]:
    """Those of the organization that acts."""
    return employer.contacts.filter(active=True).select_related("mailbox")


def ended_sites_of(employer: Employer) -> QuerySet[Site]:
    """Where nobody is sent any more, the last one first."""
    return employer.sites.filter(active=False).select_related("ended_by").order_by("-ended_at", "-id")


def ended_contacts_of(employer: Employer) -> QuerySet[EmployerContact]:
    """Whom the organization that acts asked there before."""
    return employer.contacts.filter(active=False).select_related("ended_by").order_by("-ended_at", "-id")


def contact_or_404(employer: Employer, code: str) -> EmployerContact:
    found = contacts_of(employer).filter(code=code).first()
    if found is None:
        raise NotYours()
    return found
