"""What mails of the network have in common, and the invitation."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from warmhandoff.foundation import clock, duties, messages
from warmhandoff.foundation.duties import Owner
from warmhandoff.foundation.messages import Notice, Urgency
from warmhandoff.foundation.models import Actor
from warmhandoff.jurisdictions import dates
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.network.invitations import address_of
from warmhandoff.network.models import Invitation, Membership
from warmhandoff.network.reading import led_queue_of, name_of, office

INVITATION = "invitation"
INVITATION_FAILED = "invitation_failed"


class NetworkNotice(Notice):
    """A mail to staff of the network: it carries the network's public name. Times are said as the place says them."""

    def sender_name(self) -> str:
        return current_place().names.network

    def context(self, language: str) -> dict[str, Any]:
        return {"network": current_place().names.network}


def office_phone() -> str:
    """Whom to call where no organization of the message is nearer."""
    found = office()
    return found.phone if found else ""


class InvitationMail(NetworkNotice):
    """The way in, which somebody sent this minute."""

    name = "network.invitation"
    template = "network/notices/invitation"
    urgency = Urgency.NOW

    def still_wanted(self) -> bool:
        invitation = self._invitation()
        return (
            invitation.accepted_at is None
            and invitation.withdrawn_at is None
            and invitation.expires_at > clock.now()
        )

    def context(self, language: str) -> dict[str, Any]:
        invitation = self._invitation()
        by_a_colleague = invitation.invited_by.kind == Actor.Kind.MEMBER
        return super().context(language) | {
            "organization": invitation.organization.name,
            "inviter": name_of(invitation.invited_by) if by_a_colleague else "",
            "phone": invitation.organization.phone or office_phone(),
            "until": dates.day_of(invitation.expires_at),
            "link": address_of(invitation),
        }

    def undeliverable(self, actor: Actor) -> None:
        """Whoever invited must know: the address may be mistyped, and nobody else waits for it."""
        owner = self._who_is_told(self._invitation().invited_by)
        if owner is not None:
            duties.open_duty(
                owner=owner,
                kind=INVITATION_FAILED,
                due_at=current_place().deadline("next_step", clock.now()),
                by=actor,
                subject=(INVITATION, self.message.subject_id),
            )

    @staticmethod
    def _who_is_told(inviter: Actor) -> Owner | None:
        """Whoever invited; where they no longer work there, whoever answers for the queue. An operator reads the log."""
        here, work = inviter.organization_id, inviter.subject_id
        if inviter.kind != Actor.Kind.MEMBER or here is None or work is None:
            return None
        if Membership.objects.filter(pk=work, state=Membership.State.ACTIVE).exists():
            return Owner(here, membership_id=work)
        queue = led_queue_of(here)
        return Owner(here, queue_id=queue.pk) if queue else None

    def _invitation(self) -> Invitation:
        return Invitation.objects.select_related("organization", "invited_by").get(pk=self.message.subject_id)


def _hours_of_the_place(
    moment: datetime, on_closed_days: bool, quiet: tuple[time, time] | None
) -> datetime:
    return current_place().mails_go_out(moment, on_closed_days=on_closed_days, quiet=quiet)


messages.keep_hours(_hours_of_the_place)
