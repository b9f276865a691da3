"""A colleague's note that somebody is to read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy

from warmhandoff.foundation.models import Duty
from warmhandoff.network.reading import name_of
from warmhandoff.participants.models import FileEvent, Listing
from warmhandoff.participants.telling import READ_NOTE
from warmhandoff.web.today.kinds import SUBJECT as LEADS_THERE
from warmhandoff.web.today.kinds import Kind, Subject

KINDS = {
    READ_NOTE: Kind(
        gettext_lazy("%(by)s wrote something for you to read."), gettext_lazy("Read it"), LEADS_THERE
    ),
}


def _facts(about: Sequence[int]) -> Mapping[int, Mapping[str, Any]]:
    events = FileEvent.objects.filter(pk__in=about).select_related("by")
    names = dict(
        Listing.objects.filter(file_id__in=[event.file_id for event in events]).values_list(
            "file_id", "short_name"
        )
    )
    return {event.pk: {"called": names.get(event.file_id, ""), "by": name_of(event.by)} for event in events}


def _page(duty: Duty, facts: Mapping[str, Any], code: str) -> str:
    return reverse("people:told_note", args=[duty.code])


SUBJECT = Subject(KINDS, _facts, _page)
