"""A plan that is to be looked at again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy

from warmhandoff.casework.models import Plan
from warmhandoff.casework.protocol import REVIEW_PLAN
from warmhandoff.foundation.models import Duty
from warmhandoff.web.today.kinds import SUBJECT as LEADS_THERE
from warmhandoff.web.today.kinds import Kind, Subject

KINDS = {
    REVIEW_PLAN: Kind(
        gettext_lazy("Look at the plan again, together with %(name)s."),
        gettext_lazy("Open the plan"),
        LEADS_THERE,
    ),
}


def _facts(about: Sequence[int]) -> Mapping[int, Mapping[str, Any]]:
    return {pk: {} for pk in Plan.objects.filter(pk__among=about).values_list("pk", flat=True)}


def _page(duty: Duty, facts: Mapping[str, Any], code: str) -> str:
    return reverse("people:plan", args=[code]) if code else reverse("people:find")


SUBJECT = Subject(KINDS, _facts, _page)
