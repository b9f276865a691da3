"""A training that was to begin, or to end, by now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy

from warmhandoff.foundation.models import Duty
from warmhandoff.programs import protocol as p
from warmhandoff.programs.models import Training
from warmhandoff.web.today import said
from warmhandoff.web.today.kinds import SUBJECT as LEADS_THERE
from warmhandoff.web.today.kinds import Kind, Subject

KINDS = {
    p.TRAINING_BEGINS: Kind(
        gettext_lazy("%(course)s at %(provider)s is planned to begin %(begins)s. Did it?"),
        gettext_lazy("Say whether it has begun"),
        LEADS_THERE,
    ),
    p.TRAINING_ENDS: Kind(
        gettext_lazy("%(course)s at %(provider)s is planned to end %(ends)s. How does it go?"),
        gettext_lazy("Say how it goes"),
        LEADS_THERE,
    ),
}


def _facts(about: Sequence[int]) -> Mapping[int, Mapping[str, Any]]:
    found = Training.objects.filter(pk__among=about).select_related("provider", "file")
    return {
        one.pk: {
            "course": one.course,
            "provider": one.provider.name,
            "begins": said.on_day(one.planned_from),
            "ends": said.on_day(one.planned_to),
            "training": one.code,
            "code": one.file.code,
        }
        for one in found
    }


def _page(duty: Duty, facts: Mapping[str, Any], code: str) -> str:
    return reverse("people:one_training", args=[facts["code"], facts["training"]])


SUBJECT = Subject(KINDS, _facts, _page)
