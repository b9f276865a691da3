"""What happens when a timer about stalled referrals fires: an organization is asked, or the network's office is told."""

from __future__ import annotations

from warmhandoff.foundation import messages, timers
from warmhandoff.foundation.models import Actor, Timer
from warmhandoff.network.models import Organization
from warmhandoff.referrals import stalls
from warmhandoff.referrals import stalls_notices as notices
from warmhandoff.referrals.actions import stalling


@timers.on_step(stalls.ASKED)
def ask_or_tell(timer: Timer, by: Actor) -> None:
    """A worker that was down for weeks asks once, and goes on with the next week; the mail itself keeps the hours of mails."""
    organization = Organization.objects.get(pk=timer.organization_id)
    if not organization.is_active:
        return
    if timer.step == stalls.UNANSWERED:
        stalling.unanswered(organization_id=organization.pk)
        return
    stalling.ask_how_it_goes(organization_id=organization.pk)
    stalling.ask_again_next_week(organization.pk)


@messages.on_undeliverable(notices.HowItGoes)
def mailbox_not_reached(notice: notices.HowItGoes, by: Actor) -> None:
    stalling.nobody_asked(notice.link_row())
