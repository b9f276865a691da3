"""What mails of the network have in common, and the invitation."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from warmhandoff.foundation.messages import Notice
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.network.models import Invitation


class NetworkNotice(Notice):
    """A mail to staff of the network: it carries the network's public name."""

    def sender_name(self) -> str:
        return current_place().names.network

    def context(self, language: str) -> dict[str, Any]:
        return {"network": current_place().names.network, "root": settings.ROOT_URL}


class InvitationMail(NetworkNotice):
    name = "network.invitation"
    template = "network/notices/invitation"

    def still_wanted(self) -> bool:
        invitation = self._invitation()
        return invitation.accepted_at is None and invitation.withdrawn_at is None

    def context(self, language: str) -> dict[str, Any]:
        from warmhandoff.network.invitations import address_of

        invitation = self._invitation()
        return super().context(language) | {
            "organization": invitation.organization.name,
            "expires_at": current_place().local(invitation.expires_at),
            "link": address_of(invitation),
        }

    def _invitation(self) -> Invitation:
        return Invitation.objects.select_related("organization").get(pk=self.message.subject_id)
