"""The person's trainings, and what they earned."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from warmhandoff.foundation import terms
from warmhandoff.labor_market.models import Occupation
from warmhandoff.network.models import Organization
from warmhandoff.programs.models import Credential, Training, TrainingEvent
from warmhandoff.web.people.letter import Fact, Part, Section, Wording, as_it_stands
from warmhandoff.web.today import said

SAYS = {
    "plan": gettext_lazy("We planned a training with you: %(course)s at %(provider)s."),
    "put_off": gettext_lazy("%(course)s at %(provider)s was put on other days."),
    "start": gettext_lazy("You began %(course)s at %(provider)s."),
    "complete": gettext_lazy("You completed %(course)s at %(provider)s."),
    "leave": gettext_lazy("You left %(course)s at %(provider)s. We wrote down why: “%(reason)s”."),
    "call_off": gettext_lazy(
        "You did not begin %(course)s at %(provider)s. We wrote down why: “%(reason)s”."
    ),
}


def _rows(file: int) -> tuple[QuerySet[Any], ...]:
    trainings = Training.objects.filter(file_id=file)
    return (
        trainings.order_by("planned_from", "id"),
        TrainingEvent.objects.filter(file_id=file).order_by("on", "id"),
        Organization.objects.filter(pk__in=trainings.order_by().values("provider_id")),
        Occupation.objects.filter(pk__in=trainings.order_by().values("occupation_id")),
        Credential.objects.filter(file_id=file).order_by("issued_on", "id"),
    )


def _tells(rows: Sequence[list[Any]], wording: Wording) -> Iterable[Section]:
    trainings, events, providers, occupations, credentials = rows
    name_of = {one.pk: one.name for one in providers}
    work_of = {one.pk: one.title for one in occupations}
    training_of = {one.pk: one for one in trainings}
    if trainings:
        section = Section(_("Your training"))
        section.facts = [
            Fact(one.course, _planned(one, work_of.get(one.occupation_id or 0, ""))) for one in trainings
        ]
        for event in events:
            training = training_of[event.training_id]
            facts = {
                "course": training.course,
                "provider": name_of.get(training.provider_id, ""),
                "reason": terms.word("training_end_reason", event.reason),
            }
            section.tell(event.on, str(SAYS[event.kind]) % facts)
        yield section
    earned = as_it_stands(credentials)
    if earned:
        section = Section(_("What you earned"))
        for one in earned:
            section.tell(one.issued_on, _earned(one))
        yield section


def _planned(training: Training, occupation: str) -> str:
    facts = {
        "begins": said.full_day(training.planned_from),
        "ends": said.full_day(training.planned_to),
        "kind": terms.word("training_kind", training.kind),
        "work": occupation,
    }
    says = _("%(kind)s. Planned from %(begins)s to %(ends)s.") % facts
    return says + " " + _("Toward: %(work)s.") % facts if occupation else says


def _earned(one: Credential) -> str:
    facts = {
        "name": one.name,
        "issuer": one.issuer,
        "kind": said.inside(terms.word("credential_kind", one.kind)),
        "evidence": terms.word("credential_evidence", one.evidence),
        "day": said.full_day(one.ends_on) if one.ends_on else "",
    }
    says = _("%(name)s, from %(issuer)s (%(kind)s). How we know: “%(evidence)s”.") % facts
    return says + " " + _("It holds until %(day)s.") % facts if one.ends_on else says


PART = Part(_rows, _tells)
