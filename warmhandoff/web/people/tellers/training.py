"""Training planned, begun and ended; and what somebody earned."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from warmhandoff.foundation import terms
from warmhandoff.network.models import Organization
from warmhandoff.programs.models import Credential, Training, TrainingEvent
from warmhandoff.web.people.telling import Entry, Known, Said, Teller, entries_of, who_did
from warmhandoff.web.today import said

# Icon, and the sentence.
SAYS = {
    "plan": ("event", gettext_lazy("%(who)s planned a training with %(name)s: %(course)s at %(provider)s.")),
    "put_off": ("schedule", gettext_lazy("%(course)s at %(provider)s is on other days now.")),
    "start": ("flag", gettext_lazy("%(name)s began %(course)s at %(provider)s, %(on)s.")),
    "complete": ("check_circle", gettext_lazy("%(name)s completed %(course)s at %(provider)s, %(on)s.")),
    "leave": ("info_outline", gettext_lazy("%(name)s left %(course)s at %(provider)s, %(on)s: %(reason)s.")),
    "call_off": (
        "info_outline",
        gettext_lazy("%(name)s doesn’t begin %(course)s at %(provider)s: %(reason)s."),
    ),
}
EARNED = gettext_lazy("%(name)s earned %(credential)s, given by %(issuer)s, %(on)s.")


def _rows(file: int) -> tuple[QuerySet[Any], ...]:
    trainings = Training.objects.filter(file_id=file)
    return (
        TrainingEvent.objects.filter(file_id=file).order_by("happened_at", "id"),
        trainings,
        Organization.objects.filter(pk__in=trainings.order_by().values("provider_id")),
        Credential.objects.filter(file_id=file).order_by("happened_at", "id"),
    )


def _tells(rows: Sequence[list[Any]], known: Known) -> Iterable[Entry]:
    events, trainings, providers, credentials = rows
    training_of = {one.pk: one for one in trainings}
    name_of = {one.pk: one.name for one in providers}

    def tell(event: TrainingEvent) -> Said | None:
        training = training_of[event.training_id]
        icon, says = SAYS[event.kind]
        facts = {
            "who": who_did(event.by, known, event),
            "name": known.card.first,
            "course": training.course,
            "provider": name_of.get(training.provider_id, ""),
            "on": said.on_day(event.on),
            "reason": said.inside(terms.word("training_end_reason", event.reason)),
        }
        return Said(str(says) % facts, icon)

    def tell_earned(one: Credential) -> Said | None:
        if one.struck:
            return Said("")
        facts = {
            "name": known.card.first,
            "credential": one.name,
            "issuer": one.issuer,
            "on": said.on_day(one.issued_on),
        }
        return Said(str(EARNED) % facts, "verified_user")

    yield from entries_of(events, tell, known)
    yield from entries_of(credentials, tell_earned, known)


TELLER = Teller(_rows, _tells)
