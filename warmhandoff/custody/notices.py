"""Mails about handovers: that something is asked, or was answered. No word about a person; an unnamed holder stays unnamed."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from warmhandoff.custody.models import HandoverParty
from warmhandoff.custody.states import OFFERED, STAFF_WORDS
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


class HandoverAsked(HandoverNotice):
    name = "custody.asked"
    template = "custody/notices/asked"

    def still_wanted(self) -> bool:
        return self.party().state == OFFERED


class HandoverAnswered(HandoverNotice):
    name = "custody.answered"
    template = "custody/notices/answered"
