"""The link in a mail to a service's mailbox, and the six-digit code that lets a browser change what the service is.

Made like the answer link: an HMAC of the link's number and generation under a key outside the database, so that a copy of the
database opens nothing; each new mail replaces the link before it. The link alone says whether there is room and that all is
still true. Whoever wants to change words first shows that the mailbox is theirs.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from django.conf import settings
from django.db import transaction
from django.db.models import F

from warmhandoff.directory.models import ServiceLink, ServiceLinkCode, ServiceLinkGrant
from warmhandoff.directory.protocol import CODE_MINUTES, CODE_TRIES, GRANT_HOURS
from warmhandoff.foundation import clock
from warmhandoff.foundation.errors import DomainError


class Standing(StrEnum):
    LIVE = "live"
    REPLACED = "replaced"
    REVOKED = "revoked"
    DEAD = "dead"


class WrongCode(DomainError):
    code = "wrong_code"
    sentence = "That isn't the code we sent."
    mend = "Look at the newest mail and try again."
    status = 422


class CodeSpent(DomainError):
    code = "code_spent"
    sentence = "This code can no longer be used."
    mend = "Ask for a new one; it goes to the same mailbox."
    status = 422


class TooManyCodes(DomainError):
    code = "too_many_codes"
    sentence = "Several codes were sent to this mailbox just now."
    mend = "Wait ten minutes, or use the newest one."
    status = 429


@dataclass(frozen=True)
class Opened:
    """What a token opens: the link, and whether it may still act."""

    link: ServiceLink
    standing: Standing


def token_of(link: ServiceLink) -> str:
    message = f"{link.pk}.{link.generation}"
    return f"{message}.{_signature(message)}"


def address_of(link: ServiceLink) -> str:
    return f"{settings.ROOT_URL}/s/{token_of(link)}/"


def open_token(token: str) -> Opened | None:
    """The link behind a token; None for one that was never made."""
    message, _, signature = token.rpartition(".")
    if not hmac.compare_digest(signature.encode(), _signature(message).encode()):
        return None
    number, _, generation = message.partition(".")
    link = ServiceLink.objects.filter(pk=int(number)).select_related("organization", "service").first()
    return Opened(link, _standing(link, int(generation))) if link else None


def _standing(link: ServiceLink, generation: int) -> Standing:
    if link.revoked_at is not None or not link.service.active or link.service.mailbox_id != link.mailbox_id:
        return Standing.REVOKED
    if link.dies_at <= clock.now():
        return Standing.DEAD
    return Standing.LIVE if generation == link.generation else Standing.REPLACED


def revoke(link: ServiceLink) -> bool:
    """Stop a link for good. True the first time."""
    return bool(
        ServiceLink.objects.filter(pk=link.pk, revoked_at__isnull=True).update(revoked_at=clock.now())
    )


def sign(link: ServiceLink, name: str) -> None:
    """Who reads this mailbox, as they call themselves: asked once."""
    if name.strip():
        ServiceLink.objects.filter(pk=link.pk).update(signed_as=name.strip()[:120])
        link.signed_as = name.strip()[:120]


# --- The code -----------------------------------------------------------------------------------------------------


def new_code(link: ServiceLink) -> ServiceLinkCode:
    """Make a code; the six digits are derived from the row when the mail is written, and kept nowhere."""
    now = clock.now()
    if link.codes.filter(made_at__gt=now - timedelta(minutes=CODE_MINUTES)).count() >= CODE_TRIES:
        raise TooManyCodes()
    return ServiceLinkCode.objects.create(
        link=link, made_at=now, expires_at=now + timedelta(minutes=CODE_MINUTES)
    )


def waits(link: ServiceLink) -> bool:
    """Whether a code was sent that can still be typed in."""
    return link.codes.filter(used_at__isnull=True, expires_at__gt=clock.now(), tries__lt=CODE_TRIES).exists()


def digits_of(code: ServiceLinkCode) -> str:
    said = f"service code:{code.pk}:{code.link_id}:{code.made_at.isoformat()}"
    digest = hmac.new(_key(), said.encode(), hashlib.sha256).digest()
    return f"{int.from_bytes(digest[:8], 'big') % 1_000_000:06d}"


@dataclass(frozen=True)
class Tried:
    """What a try came to: the browser's key where it was right, else the refusal to show."""

    browser_key: str = ""
    refusal: DomainError | None = None


@transaction.atomic
def try_code(link: ServiceLink, typed: str) -> Tried:
    """Try a code. A wrong try counts, so this returns the refusal instead of raising: raising would undo the count."""
    code = link.codes.select_for_update().order_by("-made_at", "-id").first()
    now = clock.now()
    if code is None or code.used_at or code.expires_at <= now or code.tries >= CODE_TRIES:
        return Tried(refusal=CodeSpent())
    ServiceLinkCode.objects.filter(pk=code.pk).update(tries=F("tries") + 1)
    if not hmac.compare_digest("".join(typed.split()).encode(), digits_of(code).encode()):
        left = CODE_TRIES - code.tries - 1
        return Tried(refusal=WrongCode(left=left) if left else CodeSpent())
    ServiceLinkCode.objects.filter(pk=code.pk).update(used_at=now)
    key = secrets.token_urlsafe(32)
    ServiceLinkGrant.objects.create(
        link=link, digest=_digest(key), granted_at=now, until=now + timedelta(hours=GRANT_HOURS)
    )
    return Tried(browser_key=key)


def is_granted(link: ServiceLink, browser_key: str) -> bool:
    """Whether this browser gave the right code within the last twelve hours."""
    if not browser_key:
        return False
    return ServiceLinkGrant.objects.filter(
        link=link, digest=_digest(browser_key), until__gt=clock.now()
    ).exists()


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def _signature(message: str) -> str:
    # Another purpose than the answer link's: a token of one never opens the other.
    digest = hmac.new(_key(), f"service:{message}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest[:18]).decode()


def _key() -> bytes:
    return str(settings.LINK_KEY).encode()
