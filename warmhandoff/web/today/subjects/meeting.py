"""A meeting of a group that somebody leads, and of which they say who came."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy, ngettext

from warmhandoff.foundation import clock
from warmhandoff.foundation.models import Duty
from warmhandoff.jurisdictions.dates import hour
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.programs import protocol as p
from warmhandoff.programs.models import Meeting
from warmhandoff.web.programs.groups_said import session_name
from warmhandoff.web.today import said
from warmhandoff.web.today.kinds import SUBJECT as LEADS_THERE
from warmhandoff.web.today.kinds import Kind, Subject

KINDS = {
    p.LEAD_MEETING: Kind(
        gettext_lazy("Meets %(day)s, %(hour)s, %(room)s: %(session)s. %(people)s."),
        gettext_lazy("Open the meeting"),
        LEADS_THERE,
    ),
    f"{p.LEAD_MEETING}:late": Kind(
        gettext_lazy("Met %(day)s: %(session)s. Nobody has said who came."),
        gettext_lazy("Say who came"),
        LEADS_THERE,
    ),
}


def _facts(about: Sequence[int]) -> Mapping[int, Mapping[str, Any]]:
    place, now = current_place(), clock.now()
    found = (
        Meeting.objects.filter(pk__among=about)
        .select_related("cohort", "template")
        .annotate(
            belong=Count("cohort__members", filter=Q(cohort__members__left_on__isnull=True), distinct=True),
            guests=Count("make_ups__member", filter=Q(make_ups__called_off_at__isnull=True), distinct=True),
        )
    )
    return {
        one.pk: {
            "code": one.code,
            "begun": one.starts_at <= now,
            "called": one.cohort.name,
            "day": said.on_day(one.starts_at),
            "hour": hour(place.local(one.starts_at)),
            "room": one.room,
            "session": said.inside(session_name(one.template)),
            "people": _people(one.guests if one.make_up else one.belong + one.guests),
        }
        for one in found
    }


def _people(number: int) -> str:
    return ngettext("%(number)s person is to come", "%(number)s people are to come", number) % {
        "number": number
    }


def _page(duty: Duty, facts: Mapping[str, Any], code: str) -> str:
    """Once it has begun, where one says who came."""
    return reverse("programs:attendance" if facts["begun"] else "programs:meeting", args=[facts["code"]])


SUBJECT = Subject(KINDS, _facts, _page)
