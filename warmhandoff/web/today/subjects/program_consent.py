"""What somebody agreed to when they enrolled runs out soon."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from warmhandoff.foundation.models import Duty
from warmhandoff.programs.actions.consents import RENEW_CONSENT
from warmhandoff.programs.models import Enrollment
from warmhandoff.programs.reading.terms import called, terms_on
from warmhandoff.web.today import said
from warmhandoff.web.today.kinds import SUBJECT as LEADS_THERE
from warmhandoff.web.today.kinds import Kind, Subject

KINDS = {
    RENEW_CONSENT: Kind(
        gettext_lazy("%(program)s: their yes to telling %(agency)s ends on %(until)s. Ask them once more."),
        gettext_lazy("Ask them"),
        LEADS_THERE,
    ),
    f"{RENEW_CONSENT}:late": Kind(
        gettext_lazy("%(program)s: their yes to telling %(agency)s ended on %(until)s. Ask them once more."),
        gettext_lazy("Ask them"),
        LEADS_THERE,
    ),
}


def _facts(about: Sequence[int]) -> Mapping[int, Mapping[str, Any]]:
    found = list(Enrollment.objects.filter(pk__among=about).select_related("contract__agency", "consent"))
    terms, language = terms_on({one.program_id for one in found}), get_language() or "en"
    return {
        one.pk: {
            "code": one.code,
            "program": called(terms[one.program_id], language) if one.program_id in terms else _("a program"),
            "agency": one.contract.agency.name,
            "until": said.day(one.consent.expires_at) if one.consent else "",
        }
        for one in found
    }


def _page(duty: Duty, facts: Mapping[str, Any], code: str) -> str:
    return reverse("programs:agree", args=[facts["code"]])


SUBJECT = Subject(KINDS, _facts, _page)
