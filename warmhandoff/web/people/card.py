"""The index card: who someone is, who holds them, how to reach them, what they need, what we share.

What the viewer may not see is not there, and nothing hints at it: whoever reads contact alone gets the name, the ways to reach
them, and whom to ask.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from warmhandoff.custody.models import Custody, CustodyEvent
from warmhandoff.custody.protocol import NEXT_STEP_KINDS
from warmhandoff.custody.reading import custody_of, duties_about
from warmhandoff.foundation import clock
from warmhandoff.foundation.models import ContactPoint
from warmhandoff.network.models import Organization
from warmhandoff.network.roles import Permission
from warmhandoff.participants.models import Consent, Listing, Need, Participant, Share
from warmhandoff.participants.reading import Shown, file_or_404, live_shares, show
from warmhandoff.referrals.actions import holder_of
from warmhandoff.referrals.models import Referral
from warmhandoff.referrals.states import SENT
from warmhandoff.web.people.forms import LANGUAGES, channel_words
from warmhandoff.web.site.context import Who
from warmhandoff.web.today import said
from warmhandoff.web.today.lines import Line, lines_for

ENDS_SOON = timedelta(days=14)

CLASS_WORDS = {
    "contact": gettext_lazy("contact"),
    "needs": gettext_lazy("need"),
    "narrative": gettext_lazy("note"),
    "justice": gettext_lazy("legal need"),
    "supervision": gettext_lazy("supervision need"),
    "health": gettext_lazy("health need"),
    "substance_use": gettext_lazy("substance-use need"),
    "violence_prevention": gettext_lazy("safety need"),
}


@dataclass(frozen=True)
class Held:
    """Who holds someone, in one or two lines."""

    says: str
    more: str = ""
    by_us: bool = False


@dataclass(frozen=True)
class Way:
    says: str
    light: str


@dataclass(frozen=True)
class SharedWith:
    """What one organization may read of our file, on what ground, until when."""

    organization: str
    parts: str
    basis: str
    since: datetime | None
    until: datetime
    consent: Consent | None
    waits: bool = False

    @property
    def ends_soon(self) -> bool:
        return self.until - clock.now() <= ENDS_SOON

    @property
    def chip(self) -> str:
        if not self.ends_soon:
            until = said.day(self.until)
            return (
                _("Agreed until %(day)s") % {"day": until}
                if self.consent
                else _("By agreement, until %(day)s") % {"day": until}
            )
        days = max((said.day_of(self.until) - said.today()).days, 0)
        return ngettext("Agreed, %(number)s day left", "Agreed, %(number)s days left", days) % {
            "number": days
        }


@dataclass
class Card:
    """All that the frame of a person's page shows."""

    file: Participant
    listing: Listing
    shown: Shown
    lead: str
    held: Held
    ways: list[Way]
    quiet: bool
    custody: Custody | None = None
    works: bool = False
    needs: list[str] = field(default_factory=list)
    shared: list[SharedWith] = field(default_factory=list)
    steps: list[Line] = field(default_factory=list)
    can: dict[str, bool] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.listing.short_name

    @property
    def first(self) -> str:
        return self.shown.contact.first_name if self.shown.contact else self.listing.short_name

    @property
    def next(self) -> Line | None:
        return self.steps[0] if self.steps else None

    @property
    def later(self) -> list[Line]:
        return self.steps[1:]

    @property
    def next_is_plain(self) -> bool:
        """Set by the holder, not asked for by a referral: it can be finished or changed here."""
        return bool(self.steps) and is_plain(self.steps[0])

    @property
    def shared_count(self) -> int:
        return len({one.organization for one in self.shared})


def is_plain(line: Line) -> bool:
    return line.duty.kind in NEXT_STEP_KINDS and not line.duty.subject_kind


def card_for(code: str, who: Who) -> Card:
    """The card of this organization's own file; 404 for any other."""
    file = file_or_404(code)
    listing = Listing.objects.get(file=file)
    shown = show(file, by=who.actor)
    works = who.may(Permission.CHANGE_FILE)
    custody = custody_of(file.person_id)
    card = Card(
        file=file,
        listing=listing,
        shown=shown,
        lead=lead_of(shown),
        held=held_of(file, listing, custody, who, works=works),
        ways=[way_of(point) for point in shown.reach if point.stopped_at is None],
        quiet=bool(shown.contact and shown.contact.do_not_contact),
        custody=custody,
        works=works,
    )
    if works:
        words = said.words_of("service_code")
        card.needs = [words.of("service_code", need.code) for need in shown.needs]
        card.shared = shared_with(file)
        card.steps = lines_for(list(duties_about(file.person_id)), who)
    card.can = may_do(card, who)
    return card


def may_do(card: Card, who: Who) -> dict[str, bool]:
    held = card.custody is not None
    return {
        "refer": held and who.may(Permission.REFER),
        "record": who.may(Permission.RECORD_CONTACT),
        "step": held and who.may(Permission.CHANGE_FILE),
        "change": who.may(Permission.CHANGE_FILE),
        "assign": held and who.may(Permission.ASSIGN),
        "release": held and who.may(Permission.RELEASE),
        "come_back": not held and card.file.person.closed_at is not None and who.may(Permission.TAKE_IN),
    }


def lead_of(shown: Shown) -> str:
    """`34, she/her. Prefers Spanish. Text, not voice.`"""
    contact = shown.contact
    if contact is None:
        return ""
    age = str(age_of(contact.birth_date)) if contact.birth_date else ""
    about = ", ".join(part for part in (age, contact.pronouns) if part)
    about = about[:1].upper() + about[1:]
    language = LANGUAGES.get(contact.language, contact.language)
    sentences = [about, _("Prefers %(language)s") % {"language": language}, best_way(shown.reach)]
    return " ".join(f"{sentence}." for sentence in sentences if sentence)


def age_of(born: date) -> int:
    today = said.today()
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def best_way(points: Iterable[ContactPoint]) -> str:
    channels = [point.channel for point in points if point.stopped_at is None]
    if not channels:
        return _("No safe way to reach them yet")
    if ContactPoint.Channel.TEXT in channels and ContactPoint.Channel.VOICE not in channels:
        return _("Text, not voice")
    return channel_words(channels[0])


def way_of(point: ContactPoint) -> Way:
    light = ""
    if point.channel == ContactPoint.Channel.VOICE:
        light = _("A message may be left") if point.leave_message else _("No messages")
    return Way(_("%(way)s %(value)s") % {"way": channel_words(point.channel), "value": point.value}, light)


# --- Who holds them -----------------------------------------------------------------------------------------------


def held_of(file: Participant, listing: Listing, custody: Custody | None, who: Who, *, works: bool) -> Held:
    if custody is not None:
        return _held_here(custody, who)
    if not works:
        return Held(_("Ask your lead"))
    if file.person.closed_at is not None:
        return _released(file)
    return _held_elsewhere(file)


def _held_here(custody: Custody, who: Who) -> Held:
    since = {"day": said.day(custody.since)}
    if custody.membership is None:
        queue = custody.queue
        lead = queue.lead.user.name if queue and queue.lead else ""
        says = _("The queue, since %(day)s") % since
        return Held(says, _("%(name)s answers for it") % {"name": lead} if lead else "", by_us=True)
    if custody.membership_id == who.membership.pk:
        return Held(_("You, since %(day)s") % since, by_us=True)
    return Held(
        _("%(name)s, since %(day)s") % {"name": custody.membership.user.name, **since},
        custody.membership.phone,
        by_us=True,
    )


def _released(file: Participant) -> Held:
    person = file.person
    words = said.words_of("release_reason")
    return Held(
        _("No one: released %(day)s") % {"day": said.day(person.closed_at)},  # type: ignore[arg-type]
        words.of("release_reason", person.close_reason),
    )


def _held_elsewhere(file: Participant) -> Held:
    """By whoever referred them here; with the case manager's name where that was part of what they shared."""
    referral = (
        Referral.objects.filter(person_id=file.person_id)
        .select_related("sender", "sender_membership__user")
        .order_by("-sent_at", "-id")
        .first()
    )
    holder_id = holder_of(referral) if referral else None
    if holder_id is None:
        return _moved_to(file)
    holder = Organization.objects.get(pk=holder_id)
    if referral and referral.sender_id == holder_id and "sender" in referral.parts:
        staff = referral.sender_membership
        return Held(holder.name, ", ".join(part for part in (staff.user.name, staff.phone) if part))
    return Held(holder.name, holder.phone)


def _moved_to(file: Participant) -> Held:
    event = (
        CustodyEvent.objects.filter(
            person_id=file.person_id,
            organization_id=file.organization_id,
            kind__in=("moved_out", "escheated_out"),
        )
        .order_by("-happened_at", "-id")
        .first()
    )
    if event is None or event.other_organization_id is None:
        return Held(_("Another organization"))
    other = Organization.objects.get(pk=event.other_organization_id)
    return Held(
        _("%(name)s, since %(day)s") % {"name": other.name, "day": said.day(event.happened_at)}, other.phone
    )


# --- What we share ------------------------------------------------------------------------------------------------


def shared_with(file: Participant) -> list[SharedWith]:
    """What others may read of our file now, and what they would read after a yes."""
    by_ground: dict[tuple[int, int | None], list[Share]] = {}
    for share in live_shares(file):
        by_ground.setdefault((share.recipient_id, share.consent_id), []).append(share)
    found = [_shared(shares) for shares in by_ground.values()]
    return found + [one for one in _would_be_shared(file) if (one.consent and not _covered(one, by_ground))]


def _shared(shares: list[Share]) -> SharedWith:
    first = shares[0]
    return SharedWith(
        organization=first.recipient.name,
        parts=class_words(share.data_class for share in shares),
        basis=_basis(first),
        since=min(share.since for share in shares),
        until=max(share.until for share in shares),
        consent=first.consent,
    )


def _basis(share: Share) -> str:
    if share.basis == Share.Basis.ESCHEAT:
        return _("The organization’s agreement with the network, when it closed")
    return _("They agreed %(day)s") % {"day": said.on_day(share.consent.given_at)} if share.consent else ""


def _would_be_shared(file: Participant) -> list[SharedWith]:
    now = clock.now()
    waiting = Referral.objects.filter(
        person_id=file.person_id, sender_id=file.organization_id, state=SENT
    ).select_related("receiver", "consent")
    return [
        SharedWith(
            organization=referral.receiver.name,
            parts=_("Nothing until they say yes"),
            basis=_("They agreed %(day)s") % {"day": said.on_day(referral.consent.given_at)},
            since=None,
            until=referral.consent.expires_at,
            consent=referral.consent,
            waits=True,
        )
        for referral in waiting.order_by("receiver__name_sort", "id")
        if referral.consent.is_live(now)
    ]


def _covered(one: SharedWith, by_ground: dict[tuple[int, int | None], list[Share]]) -> bool:
    return any(consent_id == one.consent.pk for _recipient, consent_id in by_ground) if one.consent else False


def class_words(classes: Iterable[str]) -> str:
    words = ", ".join(str(CLASS_WORDS.get(one, one)) for one in sorted(set(classes)))
    return words[:1].upper() + words[1:]


def need_words(needs: Iterable[Need]) -> list[str]:
    words = said.words_of("service_code")
    return [words.of("service_code", need.code) for need in needs]
