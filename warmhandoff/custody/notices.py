"""Mails about handovers: that something is asked, or was answered. No word about a person; an unnamed holder stays unnamed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import ngettext_lazy

from warmhandoff.custody.models import HandoverParty
from warmhandoff.custody.states import OFFERED, STAFF_WORDS
from warmhandoff.foundation.messages import Urgency
from warmhandoff.jurisdictions import dates
from warmhandoff.network.notices import NetworkNotice, office_phone


class HandoverNotice(NetworkNotice):
    """To someone who signs in. The subject is a handover; what is told is what their own organization's row tells."""

    def party(self) -> HandoverParty:
        return HandoverParty.objects.select_related("other_organization").get(
            handover_id=self.message.subject_id, organization_id=self.message.organization_id
        )

    def context(self, language: str) -> dict[str, Any]:
        party = self.party()
        return super().context(language) | {
            "other": party.other_organization.name if party.other_organization else "",
            "kind": party.kind,
            "state": str(STAFF_WORDS[party.state]),
            "due": dates.moment(party.answer_due_at),
            "phone": office_phone(),
            "page": f"{settings.ROOT_URL}/people/moves/{party.code}/",
        }


# Who asks, and about whom, stands behind the sign-in.
_SOMEBODY_ASKS = ngettext_lazy(
    "%(number)s question of another organization about someone",
    "%(number)s questions of other organizations about someone",
    "number",
)


class HandoverAsked(HandoverNotice):
    """To whoever answers for a queue: another organization asks about someone, or offers someone."""

    name = "custody.asked"
    template = "custody/notices/asked"
    urgency = Urgency.DIGEST
    digest_words = _SOMEBODY_ASKS

    def still_wanted(self) -> bool:
        return self.party().state == OFFERED


class PartnerAsks(NetworkNotice):
    """To whoever answers for a queue: a partner asks about someone whom the organization holds.

    It says neither about whom nor who asks, and its subject is the queue: whoever asked may not learn whom it went to, and
    messages are kept where everybody's are.
    """

    name = "custody.partner_asks"
    template = "custody/notices/partner_asks"
    urgency = Urgency.DIGEST
    digest_words = _SOMEBODY_ASKS
    # The question's code is both sides'.
    secrets: ClassVar[Mapping[str, str]] = {**NetworkNotice.secrets, "page": "[link]"}

    def still_wanted(self) -> bool:
        return unnamed_questions(self.message.organization_id).exists()

    def context(self, language: str) -> dict[str, Any]:
        first = unnamed_questions(self.message.organization_id).earliest("answer_due_at")
        return super().context(language) | {
            "due": dates.moment(first.answer_due_at),
            "phone": office_phone(),
            "page": f"{settings.ROOT_URL}/people/moves/{first.code}/",
        }


def unnamed_questions(organization_id: int) -> QuerySet[HandoverParty]:
    """What this organization was asked by a partner who may not know that it was asked; as itself."""
    return HandoverParty.objects.filter(
        organization_id=organization_id, side=HandoverParty.Side.ASKED, state=OFFERED, handover__unnamed=True
    )


class HandoverAnswered(HandoverNotice):
    """To whoever asked: what was said."""

    name = "custody.answered"
    template = "custody/notices/answered"
    urgency = Urgency.DIGEST
    digest_words = ngettext_lazy(
        "%(number)s question of yours about someone is answered",
        "%(number)s questions of yours about someone are answered",
        "number",
    )
