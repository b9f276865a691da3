"""Who asked to take part in a program, who waits for a place, who has had no service for long."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from warmhandoff.foundation.models import Duty
from warmhandoff.programs import protocol as p
from warmhandoff.programs.models import Enrollment
from warmhandoff.programs.reading.served import standing_of
from warmhandoff.programs.reading.terms import called, terms_on
from warmhandoff.web.today import said
from warmhandoff.web.today.kinds import SUBJECT as LEADS_THERE
from warmhandoff.web.today.kinds import Kind, Subject

KINDS = {
    p.DECIDE_ENROLLMENT: Kind(
        gettext_lazy("Asked %(applied)s to take part in %(program)s. Do they have a place?"),
        gettext_lazy("Decide"),
        LEADS_THERE,
    ),
    p.REVIEW_PLACE: Kind(
        gettext_lazy("On your list for %(program)s. Look again by %(due)s."),
        gettext_lazy("Look again"),
        LEADS_THERE,
    ),
    p.NEAR_EXIT: Kind(
        gettext_lazy("%(program)s: %(since)s, and nothing is planned. They count as out on %(out)s."),
        gettext_lazy("Plan a service"),
        LEADS_THERE,
    ),
    f"{p.NEAR_EXIT}:late": Kind(
        gettext_lazy("%(program)s: %(since)s, and nothing is planned. They count as out since %(out)s."),
        gettext_lazy("Look at it"),
        LEADS_THERE,
    ),
}


def _facts(about: Sequence[int]) -> Mapping[int, Mapping[str, Any]]:
    found = Enrollment.objects.filter(pk__among=about)
    enrollments = list(found)
    terms, language = terms_on({one.program_id for one in enrollments}), get_language() or "en"
    standings = standing_of(enrollments)
    facts: dict[int, Mapping[str, Any]] = {}
    for one in enrollments:
        standing = standings.get(one.pk)
        served = standing.served_on if standing else None
        facts[one.pk] = {
            "code": one.code,
            "applied": said.on_day(one.applied_on),
            "program": called(terms[one.program_id], language) if one.program_id in terms else _("a program"),
            "since": _("no service since %(day)s") % {"day": said.day(served)}
            if served
            else _("no service yet"),
            "out": said.day(standing.out_on) if standing and standing.out_on else "",
        }
    return facts


def _page(duty: Duty, facts: Mapping[str, Any], code: str) -> str:
    return reverse("programs:enrollment", args=[facts["code"]])


SUBJECT = Subject(KINDS, _facts, _page)
