"""Links in mails: a token that opens pages without an account, and six digits that show that the mailbox is one's own.

A token is an HMAC of the link's number and generation under a key outside the database, so that a copy of the database opens
nothing. Each new mail raises the generation: older links say kindly that a newer one was sent. A link is no second factor:
whatever its page must not show or do for a passer-by waits for the code, which goes to the same mailbox and is good for one
browser, for twelve hours.

A kind of link is three small tables in its room (`MailedLink`, `MailedCode`, `MailedGrant` of `models`) that name what they
sign for; everything else is here.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any, Generic, TypeVar

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from warmhandoff.foundation import clock
from warmhandoff.foundation.errors import DomainError
from warmhandoff.foundation.models import MailedCode, MailedLink

L = TypeVar("L", bound=MailedLink)

CODE_MINUTES = 10
CODE_TRIES = 5
GRANT_HOURS = 12
LONGEST_NAME = 120


class Standing(StrEnum):
    LIVE = "live"
    REPLACED = "replaced"
    REVOKED = "revoked"
    DEAD = "dead"


class CodeSpent(DomainError):
    code = "code_spent"
    sentence = _("This code can no longer be used.")  # type: ignore[assignment]
    mend = _("Ask for a new one; it goes to the same mailbox.")  # type: ignore[assignment]
    status = 422


class WrongCode(DomainError):
    code = "wrong_code"
    sentence = _("That isn't the code we sent.")  # type: ignore[assignment]
    status = 422

    def __init__(self, left: int) -> None:
        tries = ngettext("%(n)s try is left.", "%(n)s tries are left.", left) % {"n": left}
        super().__init__(mend=tries if left else str(CodeSpent.mend), left=left)


class TooManyCodes(DomainError):
    code = "too_many_codes"
    sentence = _("Several codes were sent to this mailbox just now.")  # type: ignore[assignment]
    mend = _("Wait ten minutes, or use the newest one.")  # type: ignore[assignment]
    status = 429


# --- The token ----------------------------------------------------------------------------------------------------


def signed(purpose: str, message: str) -> str:
    """A token that says this message: nobody without the key can make it, and one purpose's is no other's."""
    digest = hmac.new(_key(), f"{purpose}:{message}".encode(), hashlib.sha256).digest()
    return f"{message}.{base64.urlsafe_b64encode(digest[:18]).decode()}"


def said_by(purpose: str, token: str) -> str | None:
    """What a token says; None for one that was never made."""
    message = token.rpartition(".")[0]
    return message if hmac.compare_digest(token.encode(), signed(purpose, message).encode()) else None


def token_of(link: MailedLink) -> str:
    return signed(link.signs, f"{link.pk}.{link.generation}")


def address_of(link: MailedLink) -> str:
    return f"{link.site_url()}/{link.begins}/{token_of(link)}/"


@dataclass(frozen=True)
class Opened(Generic[L]):
    """What a token opens: the link, and whether it may still act."""

    link: L
    standing: Standing


def open_token(links: QuerySet[L], token: str) -> Opened[L] | None:
    """The link of this kind behind a token; None for one that was never made."""
    message = said_by(links.model.signs, token)
    if message is None:
        return None
    number, _dot, generation = message.partition(".")
    link = links.filter(pk=int(number)).first()
    return Opened(link, standing_of(link, int(generation))) if link else None


def standing_of(link: MailedLink, generation: int) -> Standing:
    if link.is_stopped:
        return Standing.REVOKED
    if link.dies_at is not None and link.dies_at <= clock.now():
        return Standing.DEAD
    return Standing.LIVE if generation == link.generation else Standing.REPLACED


def renew(link: L, **also: Any) -> L:
    """A new mail replaces the link: what was mailed before no longer acts."""
    _rows(link).update(generation=F("generation") + 1, **also)
    link.refresh_from_db()
    return link


def renew_all(links: Sequence[L]) -> None:
    """The same of several of one kind, where nothing more is asked of them here."""
    if links:
        rows = type(links[0])._default_manager.filter(pk__among=[link.pk for link in links])
        rows.update(generation=F("generation") + 1)


def revoke(link: MailedLink) -> bool:
    """Stop a link for good. True the first time."""
    return bool(_rows(link).filter(revoked_at__isnull=True).update(revoked_at=clock.now()))


def sign(link: MailedLink, name: str) -> None:
    """Who reads this mailbox, as they call themselves: asked once."""
    if name.strip():
        link.signed_as = name.strip()[:LONGEST_NAME]
        _rows(link).update(signed_as=link.signed_as)


def _rows(link: L) -> QuerySet[L]:
    return type(link)._default_manager.filter(pk=link.pk)


# --- The code -----------------------------------------------------------------------------------------------------


def new_code(link: MailedLink) -> MailedCode:
    """Make a code; the six digits are derived from the row when the mail is written, and kept nowhere."""
    now = clock.now()
    if link.codes.filter(made_at__gt=now - timedelta(minutes=CODE_MINUTES)).count() >= CODE_TRIES:
        raise TooManyCodes()
    expires_at = now + timedelta(minutes=CODE_MINUTES)
    made: MailedCode = link.codes.create(link=link, made_at=now, expires_at=expires_at)
    return made


def waits(link: MailedLink) -> bool:
    """Whether a code was sent that can still be typed in."""
    return link.codes.filter(used_at__isnull=True, expires_at__gt=clock.now(), tries__lt=CODE_TRIES).exists()


def digits_of(code: MailedCode) -> str:
    said = f"{code.signs}:{code.pk}:{code.link_id}:{code.made_at.isoformat()}"
    digest = hmac.new(_key(), said.encode(), hashlib.sha256).digest()
    return f"{int.from_bytes(digest[:8], 'big') % 1_000_000:06d}"


@dataclass(frozen=True)
class Tried:
    """What a try came to: the browser's key where it was right, else the refusal to show."""

    browser_key: str = ""
    refusal: DomainError | None = None


@transaction.atomic
def try_code(link: MailedLink, typed: str) -> Tried:
    """Try a code. A wrong try counts, so this returns the refusal instead of raising: raising would undo the count."""
    code = link.codes.select_for_update().order_by("-made_at", "-id").first()
    now = clock.now()
    if code is None or code.used_at or code.expires_at <= now or code.tries >= CODE_TRIES:
        return Tried(refusal=CodeSpent())
    this = link.codes.filter(pk=code.pk)
    this.update(tries=F("tries") + 1)
    if not hmac.compare_digest("".join(typed.split()).encode(), digits_of(code).encode()):
        return Tried(refusal=WrongCode(left=CODE_TRIES - code.tries - 1))
    this.update(used_at=now)
    key = secrets.token_urlsafe(32)
    link.grants.create(
        link=link, digest=digest_of(key), granted_at=now, until=now + timedelta(hours=GRANT_HOURS)
    )
    return Tried(browser_key=key)


def is_granted(link: MailedLink, browser_key: str) -> bool:
    """Whether this browser gave the right code within the last twelve hours."""
    if not browser_key or not link.asks_code:
        return False
    return link.grants.filter(digest=digest_of(browser_key), until__gt=clock.now()).exists()


def digest_of(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def _key() -> bytes:
    return str(settings.LINK_KEY).encode()
