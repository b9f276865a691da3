"""The ways to a person's own page: a link mailed to an address that they said is theirs and safe, or a card in their hand.

Behind the link, six digits go to the same mailbox. With the card goes what it doesn't say: their birth date. Either lets one
browser in for twelve hours; a shared screen for one minute at a time, at an address that is worth nothing afterwards.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import date, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _

from warmhandoff.foundation import clock, codes, mail_links, messages, privacy
from warmhandoff.foundation.errors import BadValue, DomainError, WrongState
from warmhandoff.foundation.mail_links import Opened, Standing, Tried
from warmhandoff.foundation.models import Actor, ContactPoint
from warmhandoff.foundation.scoping import acting_as, current_organization
from warmhandoff.participants import actions, notices
from warmhandoff.participants.models import Contact, Participant, Reach
from warmhandoff.participants.own_page import OwnAccess, OwnGrant, OwnLink

LINK, LINK_CODE = "own_link", "own_link_code"
MAIL_LIVES, CARD_LIVES = timedelta(days=90), timedelta(days=180)
MINUTES_BETWEEN_MAILS = 10
CARD_LENGTH, CARD_TRIES = 12, 10
KIOSK = timedelta(minutes=1)
# What a code lets one browser see, as the access log says it.
SEEN = ("contact", "needs", "narrative")


class TooSoon(DomainError):
    code = "too_soon"
    sentence = "A mail with their page went there a few minutes ago."
    mend = "Ask them to look for it, or wait ten minutes."
    status = 429


class NotToBeMailed(WrongState):
    """They asked for quiet, or the address isn't to be used: in person there is the card."""

    code = "not_to_be_mailed"


class NotBornThen(DomainError):
    code = "not_born_then"
    sentence = _("That does not go with this card.")  # type: ignore[assignment]
    mend = _("Check the day, the month and the year.")  # type: ignore[assignment]
    status = 422


class CardStopped(DomainError):
    code = "card_stopped"
    sentence = _("A wrong date was typed too often. This card no longer works.")  # type: ignore[assignment]
    mend = _("Ask the people who help you for a new card.")  # type: ignore[assignment]
    status = 422


# --- Giving a way in ----------------------------------------------------------------------------------------------


def mailboxes_of(file: Participant) -> QuerySet[ContactPoint]:
    """The mail addresses of theirs that may be used."""
    theirs = Reach.objects.filter(file=file).values("contact_point_id")
    return ContactPoint.objects.filter(
        pk__in=theirs, channel=ContactPoint.Channel.EMAIL, stopped_at__isnull=True
    ).order_by("id")


@transaction.atomic
def mail_page(*, file: Participant, mailbox: ContactPoint, by: Actor) -> OwnLink:
    """Send someone their page. Each mail replaces the one before it."""
    contact = _who(file)
    if contact.do_not_contact:
        raise NotToBeMailed("They asked for quiet.", mend="Give them a card when you meet.")
    if not mailboxes_of(file).filter(pk=mailbox.pk).exists():
        raise NotToBeMailed("This address is not to be used.", mend="Choose another one, or a card.")
    return _mail(_renewed(file, mailbox, contact.language, by=by))


def _mail(link: OwnLink) -> OwnLink:
    assert link.mailbox_id is not None  # noqa: S101  (a mailed link has one)
    messages.send(
        notices.OwnPage, to=link.mailbox_id, organization_id=link.organization_id, subject=(LINK, link.pk)
    )
    return link


def _renewed(file: Participant, mailbox: ContactPoint, language: str, *, by: Actor) -> OwnLink:
    now = clock.now()
    lives = {"mailed_at": now, "dies_at": now + MAIL_LIVES, "language": language}
    link = live_links(file).select_for_update(of=("self",)).filter(mailbox=mailbox).first()
    if link is None:
        link = OwnLink.objects.create(
            kind=OwnLink.Kind.MAIL, organization_id=file.organization_id, mailbox=mailbox, **lives
        )
        _give(link, file, by=by)
        return link
    if link.mailed_at > now - timedelta(minutes=MINUTES_BETWEEN_MAILS):
        raise TooSoon()
    return mail_links.renew(link, **lives)


@transaction.atomic
def print_card(*, file: Participant, language: str, by: Actor) -> OwnLink:
    """A card for who has no mail. With it goes their birth date, which isn't on it. A new card stops the one before."""
    if _who(file).birth_date is None:
        raise BadValue(
            "birth_date",
            "Their birth date isn't written down: it is what they type beside the card's code.",
            mend="Ask for it first, and write it into their contact details.",
        )
    for access in of_file(file).filter(link__kind=OwnLink.Kind.CARD, link__revoked_at__isnull=True):
        stop(access=access, by=by)
    now = clock.now()
    link = OwnLink.objects.create(
        kind=OwnLink.Kind.CARD,
        organization_id=file.organization_id,
        language=language,
        mailed_at=now,
        dies_at=now + CARD_LIVES,
    )
    OwnLink.objects.filter(pk=link.pk).update(digest=_digest(_letters(link)))
    _give(link, file, by=by)
    return link


def _who(file: Participant) -> Contact:
    contact = Contact.objects.get(file=file)
    if contact.birth_date and actions.is_under_age(contact.birth_date):
        raise WrongState(
            "People under 18 have no page of their own here.", mend="Call whoever helps them instead."
        )
    return contact


def _give(link: OwnLink, file: Participant, *, by: Actor) -> None:
    OwnAccess.objects.create(
        link=link,
        file=file,
        organization_id=file.organization_id,
        person_id=file.person_id,
        given_at=clock.now(),
        given_by=by,
    )


@transaction.atomic
def stop(*, access: OwnAccess, by: Actor) -> bool:
    """This way in is closed for good, and every browser that came by it. True the first time."""
    if not mail_links.revoke(access.link):
        return False
    OwnAccess.objects.filter(pk=access.pk).update(stopped_by=by)
    return True


@transaction.atomic
def fresh_link(*, link: OwnLink) -> None:
    """For whoever holds an older mail: to the same mailbox, and only there."""
    access = OwnAccess.objects.select_related("file").get(link=link)
    if link.mailbox_id is not None:
        mailbox = ContactPoint.objects.get(pk=link.mailbox_id)
        mail_page(file=access.file, mailbox=mailbox, by=access.given_by)


@transaction.atomic
def send_code(*, link: OwnLink) -> None:
    """Six digits to the link's own mailbox."""
    assert link.mailbox_id is not None  # noqa: S101  (a card has no mailbox, and asks for the birth date)
    messages.send(
        notices.OwnPageCode,
        to=link.mailbox_id,
        organization_id=link.organization_id,
        subject=(LINK_CODE, mail_links.new_code(link).pk),
    )


@transaction.atomic
def no_more_mails(*, link: OwnLink, by: Actor) -> None:
    """The person wants no mails at this address any more: it is stopped, and with it the link that came there."""
    for reach in Reach.objects.filter(contact_point_id=link.mailbox_id).select_related("file"):
        actions.stop_reach(reach=reach, by=by, why="asked_us_to")


# --- Reading ------------------------------------------------------------------------------------------------------


def of_file(file: Participant) -> QuerySet[OwnAccess]:
    """The ways in that this organization gave out, newest first."""
    return OwnAccess.objects.filter(file=file, organization_id=current_organization()).select_related(
        "link__mailbox"
    )


def live_links(file: Participant) -> QuerySet[OwnLink]:
    """Those of them that still open."""
    return OwnLink.objects.filter(
        pk__in=of_file(file).values("link_id"), revoked_at__isnull=True, dies_at__gt=clock.now()
    )


def has_page(file: Participant) -> bool:
    """Whether the person can look at their own page."""
    return live_links(file).exclude(mailbox__stopped_at__isnull=False).exists()


def page_for(contact_point: ContactPoint) -> OwnLink | None:
    """The live page of whoever reads this mailbox: mails to the person lead there (`mail_links.address_of`)."""
    found = OwnLink.objects.filter(mailbox=contact_point, revoked_at__isnull=True, dies_at__gt=clock.now())
    return found.order_by("-id").first() if contact_point.stopped_at is None else None


# --- The card's code ----------------------------------------------------------------------------------------------


def code_of(link: OwnLink) -> str:
    """What stands on the card."""
    return codes.in_groups(_letters(link))


def card_with(typed: str) -> OwnLink | None:
    """The card whose code was typed, in any spelling; None where there is none, or it no longer works."""
    code = codes.typed(typed)
    if len(code) != CARD_LENGTH:
        return None
    return OwnLink.objects.filter(
        digest=_digest(code), revoked_at__isnull=True, dies_at__gt=clock.now()
    ).first()


def _letters(link: OwnLink) -> str:
    return codes.code_of(hmac.new(_key(), f"card:{link.pk}".encode(), hashlib.sha256).digest(), CARD_LENGTH)


def _digest(code: str) -> str:
    return hmac.new(_key(), f"code:{code}".encode(), hashlib.sha256).hexdigest()


def _key() -> bytes:
    return b"own page:" + str(settings.LINK_KEY).encode()


@transaction.atomic
def try_birth_date(link: OwnLink, born: date, *, kiosk: bool = False) -> Tried:
    """What goes with the card. A wrong date counts, so the refusal comes back instead of being raised; the tenth stops the card."""
    held = OwnLink.objects.select_for_update().get(pk=link.pk)
    if held.revoked_at is not None or held.tries >= CARD_TRIES:
        return Tried(refusal=CardStopped())
    with connection.cursor() as cursor:
        cursor.execute("SELECT wh_own_born(%s, %s)", [link.pk, born])
        right = cursor.fetchone()[0]
    if not right:
        OwnLink.objects.filter(pk=link.pk).update(tries=F("tries") + 1)
        if held.tries + 1 < CARD_TRIES:
            return Tried(refusal=NotBornThen())
        mail_links.revoke(held)
        return Tried(refusal=CardStopped())
    OwnLink.objects.filter(pk=link.pk).update(tries=0)
    return Tried(browser_key=_let_in(link, kiosk=kiosk))


# --- Opening ------------------------------------------------------------------------------------------------------

_AT_A_KIOSK = "own page at a kiosk"


def open_token(token: str) -> Opened[OwnLink] | None:
    """The way in behind a token. On a shared screen the token is that of one minute: later it opens nothing."""
    grant = kiosk_grant(token)
    if grant is None:
        return mail_links.open_token(OwnLink.objects.select_related("organization"), token)
    standing = mail_links.standing_of(grant.link, grant.link.generation)
    if standing is Standing.LIVE and grant.until <= clock.now():
        standing = Standing.DEAD
    return Opened(grant.link, standing)


def is_of_a_kiosk(token: str) -> bool:
    return mail_links.said_by(_AT_A_KIOSK, token) is not None


def kiosk_grant(token: str) -> OwnGrant | None:
    said = mail_links.said_by(_AT_A_KIOSK, token)
    return (
        OwnGrant.objects.select_related("link__organization").filter(pk=int(said)).first() if said else None
    )


def kiosk_token(grant: OwnGrant) -> str:
    return mail_links.signed(_AT_A_KIOSK, str(grant.pk))


def one_more_minute(grant: OwnGrant) -> None:
    """Somebody is there still."""
    OwnGrant.objects.filter(pk=grant.pk).update(until=clock.now() + KIOSK)


def forget(browser_keys: list[str]) -> None:
    """These browsers, or this shared screen, are let in no more."""
    digests = [mail_links.digest_of(key) for key in browser_keys]
    OwnGrant.objects.filter(digest__in=digests, until__gt=clock.now()).update(until=clock.now())


def looked(*, link: OwnLink, by: Actor) -> None:
    """Write down that the person let a browser in to what is known of them."""
    with acting_as(by):
        access = OwnAccess.objects.get(link=link)
        privacy.opened(person_id=access.person_id, subject=(LINK, link.pk), classes=SEEN, by=by)


def _let_in(link: OwnLink, *, kiosk: bool) -> str:
    """Remember one browser; returns its key."""
    key, now = secrets.token_urlsafe(32), clock.now()
    until = now + (KIOSK if kiosk else timedelta(hours=mail_links.GRANT_HOURS))
    OwnGrant.objects.create(
        link=link, digest=mail_links.digest_of(key), granted_at=now, until=until, kiosk=kiosk
    )
    return key


def grant_of(browser_key: str) -> OwnGrant:
    return OwnGrant.objects.get(digest=mail_links.digest_of(browser_key))
