"""Mailing a service's own mailbox the link behind which it says whether it is still true. Each mail replaces the link before it."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction

from warmhandoff.directory import notices
from warmhandoff.directory.actions.room import ask_the_lead
from warmhandoff.directory.models import Service, ServiceChange, ServiceLink
from warmhandoff.directory.protocol import CHANGE, LINK, LINK_CODE, MINUTES_BETWEEN_LINKS
from warmhandoff.foundation import clock, mail_links, messages
from warmhandoff.foundation.errors import DomainError, WrongState
from warmhandoff.foundation.models import Actor
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.network.models import Organization


class TooSoon(DomainError):
    code = "too_soon"
    sentence = "A link went to this mailbox a few minutes ago."
    mend = "Look for the newest mail there, or wait ten minutes."
    status = 429


def can_be_asked(service: Service) -> bool:
    """A member's service that has a mailbox. Whoever is only listed is never mailed."""
    return (
        service.active
        and service.mailbox_id is not None
        and service.organization.standing == Organization.Standing.MEMBER
    )


@transaction.atomic
def ask_the_mailbox(*, service: Service) -> ServiceLink:
    """Mail the link. Whoever presses learns nothing of the mailbox; only who reads it can act."""
    if not can_be_asked(service):
        raise WrongState("This service has no mailbox that could be asked.", mend="Call the organization.")
    link = _renewed(service)
    messages.send(
        notices.StillTrue,
        to=link.mailbox_id,
        organization_id=link.organization_id,
        subject=(LINK, link.pk),
    )
    return link


@transaction.atomic
def fresh_link(*, link: ServiceLink) -> ServiceLink:
    """For whoever holds an older link: to the same mailbox, and only there."""
    return ask_the_mailbox(service=Service.objects.select_related("organization").get(pk=link.service_id))


@transaction.atomic
def mailbox_is_wrong(*, link: ServiceLink, by: Actor) -> bool:
    """The mail reached someone it wasn't meant for: the link stops, and the organization's lead hears of it. True the first time."""
    if not mail_links.revoke(link):
        return False
    ask_the_lead(service=link.service, by=by)
    return True


@transaction.atomic
def send_code(*, link: ServiceLink) -> None:
    """Six digits to the link's own mailbox: with them a browser changes what the service is."""
    messages.send(
        notices.ServiceCodeMail,
        to=link.mailbox_id,
        organization_id=link.organization_id,
        subject=(LINK_CODE, mail_links.new_code(link).pk),
    )


def tell_sent_back(change: ServiceChange) -> None:
    """Whoever wanted other words reads why they don't stand, with the link behind which they say it again."""
    service = Service.objects.select_related("organization").get(pk=change.service_id)
    if service.mailbox_id is None or not can_be_asked(service):
        return
    try:
        _renewed(service)
    except TooSoon:
        pass  # the link that was mailed minutes ago is good
    except WrongState:
        return  # nobody there wants to hear of it; the service's page says it
    messages.send(
        notices.SentBack,
        to=service.mailbox_id,
        organization_id=service.organization_id,
        subject=(CHANGE, change.pk),
    )


def _renewed(service: Service) -> ServiceLink:
    """The service's link to its mailbox, under a new generation. At most one mail in ten minutes."""
    now = clock.now()
    dies_at = now + timedelta(days=current_place().directory.link_lives)
    link, is_new = ServiceLink.objects.select_for_update(of=("self",)).get_or_create(
        service=service,
        mailbox_id=service.mailbox_id,
        defaults={"organization_id": service.organization_id, "mailed_at": now, "dies_at": dies_at},
    )
    if is_new:
        return link
    if link.mailed_at > now - timedelta(minutes=MINUTES_BETWEEN_LINKS):
        raise TooSoon()
    if link.revoked_at is not None:
        raise WrongState("This mailbox told us that it isn't theirs.", mend="Call the organization.")
    return mail_links.renew(link, mailed_at=now, dies_at=dies_at)
