"""The answer link: a token that opens one page, and the six-digit code that shows the name.

The token is an HMAC of the link's id and generation under a key outside the database, so that a copy of the database opens
nothing. A new notice raises the generation: older links say kindly that a newer one was sent. A link is no second factor:
it shows the least that an answer needs; the code, sent to the same mailbox, shows the rest to one browser for twelve hours.
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

from warmhandoff.foundation import clock
from warmhandoff.foundation.errors import DomainError
from warmhandoff.referrals.models import AnswerLink, LinkCode, LinkGrant
from warmhandoff.referrals.protocol import CODE_MINUTES, CODE_TRIES, GRANT_HOURS


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

    link: AnswerLink
    standing: Standing


def token_of(link: AnswerLink) -> str:
    message = f"{link.pk}.{link.generation}"
    return f"{message}.{_signature('answer', message)}"


def address_of(link: AnswerLink) -> str:
    return f"{settings.ROOT_URL}/a/{token_of(link)}/"


def open_token(token: str) -> Opened | None:
    """The link behind a token; None for one that was never made."""
    message, _, signature = token.rpartition(".")
    if not hmac.compare_digest(signature.encode(), _signature("answer", message).encode()):
        return None
    number, _, generation = message.partition(".")
    # Without the referral: whoever opens a link is nobody yet, and nobody may read one.
    link = AnswerLink.objects.filter(pk=int(number)).select_related("organization").first()
    if link is None:
        return None
    return Opened(link, _standing(link, int(generation)))


def _standing(link: AnswerLink, generation: int) -> Standing:
    if link.revoked_at is not None:
        return Standing.REVOKED
    if link.dies_at is not None and link.dies_at <= clock.now():
        return Standing.DEAD
    return Standing.LIVE if generation == link.generation else Standing.REPLACED


def renew(link: AnswerLink) -> AnswerLink:
    """A new notice replaces the link: what was mailed before no longer acts."""
    AnswerLink.objects.filter(pk=link.pk).update(generation=F("generation") + 1)
    link.refresh_from_db()
    return link


def revoke(link: AnswerLink) -> bool:
    """Stop a link for good. True the first time."""
    return bool(AnswerLink.objects.filter(pk=link.pk, revoked_at__isnull=True).update(revoked_at=clock.now()))


def sign(link: AnswerLink, name: str) -> None:
    """Who reads this mailbox, as they call themselves: asked once, the default for who will call."""
    if name.strip():
        AnswerLink.objects.filter(pk=link.pk).update(signed_as=name.strip()[:120])
        link.signed_as = name.strip()[:120]


# --- The code -----------------------------------------------------------------------------------------------------


def new_code(link: AnswerLink) -> LinkCode:
    """Make a code; the six digits are derived from the row when the mail is written, and kept nowhere."""
    now = clock.now()
    if link.codes.filter(made_at__gt=now - timedelta(minutes=CODE_MINUTES)).count() >= CODE_TRIES:
        raise TooManyCodes()
    return LinkCode.objects.create(link=link, made_at=now, expires_at=now + timedelta(minutes=CODE_MINUTES))


def waits(link: AnswerLink) -> bool:
    """Whether a code was sent that can still be typed in."""
    return link.codes.filter(used_at__isnull=True, expires_at__gt=clock.now(), tries__lt=CODE_TRIES).exists()


def digits_of(code: LinkCode) -> str:
    digest = hmac.new(
        _key(), f"code:{code.pk}:{code.link_id}:{code.made_at.isoformat()}".encode(), hashlib.sha256
    ).digest()
    return f"{int.from_bytes(digest[:8], 'big') % 1_000_000:06d}"


@dataclass(frozen=True)
class Tried:
    """What a try came to: the browser's key where it was right, else the refusal to show."""

    browser_key: str = ""
    refusal: DomainError | None = None


@transaction.atomic
def try_code(link: AnswerLink, typed: str) -> Tried:
    """Try a code. A wrong try counts, so this returns the refusal instead of raising: raising would undo the count."""
    code = link.codes.select_for_update().order_by("-made_at", "-id").first()
    now = clock.now()
    if code is None or code.used_at or code.expires_at <= now or code.tries >= CODE_TRIES:
        return Tried(refusal=CodeSpent())
    LinkCode.objects.filter(pk=code.pk).update(tries=F("tries") + 1)
    if not hmac.compare_digest("".join(typed.split()).encode(), digits_of(code).encode()):
        left = CODE_TRIES - code.tries - 1
        mend = f"{left} tries are left." if left else CodeSpent.mend
        return Tried(refusal=WrongCode(mend=mend, left=left))
    LinkCode.objects.filter(pk=code.pk).update(used_at=now)
    key = secrets.token_urlsafe(32)
    LinkGrant.objects.create(
        link=link, digest=_digest(key), granted_at=now, until=now + timedelta(hours=GRANT_HOURS)
    )
    return Tried(browser_key=key)


def is_granted(link: AnswerLink, browser_key: str) -> bool:
    """Whether this browser gave the right code within the last twelve hours."""
    if not browser_key:
        return False
    return LinkGrant.objects.filter(link=link, digest=_digest(browser_key), until__gt=clock.now()).exists()


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def _signature(purpose: str, message: str) -> str:
    digest = hmac.new(_key(), f"{purpose}:{message}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest[:18]).decode()


def _key() -> bytes:
    return str(settings.LINK_KEY).encode()
