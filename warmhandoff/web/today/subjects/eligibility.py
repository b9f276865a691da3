"""What of somebody's eligibility lapses, which waivers wait for a second person, and how they were decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from warmhandoff.foundation.models import Actor, Duty
from warmhandoff.network.reading import name_of
from warmhandoff.participants.models import Listing
from warmhandoff.programs.actions.eligibility import DECIDE_WAIVER, READ_WAIVER
from warmhandoff.programs.actions.rechecks import RECHECK_ELIGIBILITY
from warmhandoff.programs.models import Enrollment, Waiver
from warmhandoff.programs.reading.terms import called, terms_on
from warmhandoff.web.today.kinds import SUBJECT as LEADS_THERE
from warmhandoff.web.today.kinds import Kind, Subject

RECHECKS = {
    RECHECK_ELIGIBILITY: Kind(
        gettext_lazy("%(program)s: something that was shown lapses soon. Ask again by %(due)s."),
        gettext_lazy("See what lapses"),
        LEADS_THERE,
    ),
    f"{RECHECK_ELIGIBILITY}:late": Kind(
        gettext_lazy("%(program)s: something that was shown holds no longer. Ask again."),
        gettext_lazy("See what lapsed"),
        LEADS_THERE,
    ),
}
WAIVERS = {
    DECIDE_WAIVER: Kind(
        gettext_lazy("%(program)s: %(asked_by)s asks that a condition be passed over."),
        gettext_lazy("Read it and decide"),
        LEADS_THERE,
    ),
    READ_WAIVER: Kind(
        gettext_lazy("%(program)s: %(decided_by)s said %(decision)s to what you asked to be passed over."),
        gettext_lazy("Read it"),
        LEADS_THERE,
    ),
}


def _names(program_ids: set[int]) -> dict[int, str]:
    language = get_language() or "en"
    return {pk: called(terms, language) for pk, terms in terms_on(program_ids).items()}


def _of_enrollments(about: Sequence[int]) -> Mapping[int, Mapping[str, Any]]:
    found = list(Enrollment.objects.filter(pk__among=about).select_related("file"))
    names = _names({one.program_id for one in found})
    return {
        one.pk: {"file": one.file.code, "program": names.get(one.program_id, _("a program"))} for one in found
    }


def _of_waivers(about: Sequence[int]) -> Mapping[int, Mapping[str, Any]]:
    found = list(Waiver.objects.filter(pk__among=about).select_related("file", "asked_by", "decided_by"))
    names = _names({one.program_id for one in found})
    askers: dict[Actor, str] = {one.asked_by: name_of(one.asked_by) for one in found}
    called_so = _short_names([one.file_id for one in found if one.decided_by])
    return {
        one.pk: {
            # Once it is decided it is told to who asked, and is no step of the person's.
            **({"called": called_so.get(one.file_id, "")} if one.decided_by else {}),
            "decided_by": name_of(one.decided_by) if one.decided_by else "",
            "decision": _("yes") if one.granted else _("no"),
            "file": one.file.code,
            "waiver": one.code,
            "asked_by": askers[one.asked_by],
            "program": names.get(one.program_id, _("a program")),
        }
        for one in found
    }


def _short_names(file_ids: Sequence[int]) -> dict[int, str]:
    if not file_ids:
        return {}
    return dict(Listing.objects.filter(file_id__in=file_ids).values_list("file_id", "short_name"))


def _their_page(duty: Duty, facts: Mapping[str, Any], code: str) -> str:
    return reverse("people:eligibility", args=[facts["file"]])


def _waiver_page(duty: Duty, facts: Mapping[str, Any], code: str) -> str:
    page = "people:read_waiver" if duty.kind == READ_WAIVER else "people:decide_waiver"
    return reverse(page, args=[facts["file"], facts["waiver"]])


OF_ENROLLMENTS = Subject(RECHECKS, _of_enrollments, _their_page)
OF_WAIVERS = Subject(WAIVERS, _of_waivers, _waiver_page)
