"""An invitation's link: an HMAC of the invitation's code under a key outside the database."""

from __future__ import annotations

import base64
import hashlib
import hmac

from django.conf import settings

from warmhandoff.foundation import clock
from warmhandoff.network.models import Invitation


def token_of(invitation: Invitation) -> str:
    return f"{invitation.code}.{_signature(invitation.code)}"


def address_of(invitation: Invitation) -> str:
    return f"{settings.ROOT_URL}/invitation/{token_of(invitation)}/"


def open_token(token: str) -> Invitation | None:
    """The invitation behind a token that can still be used."""
    code, _, signature = token.rpartition(".")
    if not hmac.compare_digest(signature.encode(), _signature(code).encode()):
        return None
    return (
        Invitation.objects.filter(
            code=code, accepted_at__isnull=True, withdrawn_at__isnull=True, expires_at__gt=clock.now()
        )
        .select_related("organization", "invited_by")
        .first()
    )


def _signature(code: str) -> str:
    digest = hmac.new(str(settings.LINK_KEY).encode(), f"invitation:{code}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest[:18]).decode()
