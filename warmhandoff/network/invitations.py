"""An invitation's link: a token that says the invitation's code."""

from __future__ import annotations

from django.conf import settings

from warmhandoff.foundation import clock, mail_links
from warmhandoff.network.models import Invitation

PURPOSE = "invitation"


def token_of(invitation: Invitation) -> str:
    return mail_links.signed(PURPOSE, invitation.code)


def address_of(invitation: Invitation) -> str:
    return f"{settings.ROOT_URL}/invitation/{token_of(invitation)}/"


def open_token(token: str) -> Invitation | None:
    """The invitation behind a token that can still be used."""
    code = mail_links.said_by(PURPOSE, token)
    if code is None:
        return None
    return (
        Invitation.objects.filter(
            code=code, accepted_at__isnull=True, withdrawn_at__isnull=True, expires_at__gt=clock.now()
        )
        .select_related("organization", "invited_by")
        .first()
    )
