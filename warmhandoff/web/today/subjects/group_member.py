"""Who missed two meetings of their group in a row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy

from warmhandoff.foundation.models import Duty
from warmhandoff.programs.models import CohortMember
from warmhandoff.programs.protocol import MISSED_TWICE
from warmhandoff.web.today.kinds import SUBJECT as LEADS_THERE
from warmhandoff.web.today.kinds import Kind, Subject

KINDS = {
    MISSED_TWICE: Kind(
        gettext_lazy("Missed two meetings of %(group)s in a row. Talk with them."),
        gettext_lazy("Talk with them"),
        LEADS_THERE,
    )
}


def _facts(about: Sequence[int]) -> Mapping[int, Mapping[str, Any]]:
    found = CohortMember.objects.filter(pk__among=about).select_related("cohort", "file")
    return {one.pk: {"group": one.cohort.name, "member": one.code, "code": one.file.code} for one in found}


def _page(duty: Duty, facts: Mapping[str, Any], code: str) -> str:
    return reverse("people:missed", args=[facts["code"], facts["member"]])


SUBJECT = Subject(KINDS, _facts, _page)
