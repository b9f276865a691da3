"""The index card: who someone is, who holds them, how to reach them, what they need, what we share.

What the viewer may not see is not there, and nothing hints at it: whoever reads contact alone gets the name, the ways to reach
them, and whom to ask.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from warmhandoff.custody.models import Custody, CustodyEvent, Link
from warmhandoff.custody.protocol import NEXT_STEP_KINDS
from warmhandoff.custody.reading import duties_about, sees_to, shown_instead
from warmhandoff.directory.models import Service
from warmhandoff.foundation import clock, together
from warmhandoff.foundation.models import Actor, ContactPoint, Duty, EventBase
from warmhandoff.network.models import Membership, Organization, Queue, User
from warmhandoff.network.reading import absence_of, absences_on, today, who_covers
from warmhandoff.network.roles import Permission
from warmhandoff.participants.models import Consent, FileEvent, Listing, Need, Participant, Share
from warmhandoff.participants.reading import Shown, file_or_404, shares_of, show
from warmhandoff.referrals.actions import holder_of
from warmhandoff.referrals.models import Referral, ReferralEvent
from warmhandoff.referrals.reading import PREFERS, who_answers
from warmhandoff.referrals.states import OPEN, SENT
from warmhandoff.web.people.forms import channel_words
from warmhandoff.web.site.context import Who
from warmhandoff.web.today import said
from warmhandoff.web.today.lines import (
    Around,
    Line,
    closed_houses,
    handovers_of,
    led_queues,
    lines_of,
    needs_more,
    seen_by,
    told_by,
    two_navigators,
    with_sides,
    words_of_lines,
)
from warmhandoff.web.today.subjects import facts_of_subjects

ENDS_SOON = timedelta(days=14)
STANDS_BEHIND = frozenset(Link.CLOSED_AS.values())

CLASS_WORDS = {
    "contact": gettext_lazy("contact"),
    "needs": gettext_lazy("need"),
    "narrative": gettext_lazy("note"),
    "justice": gettext_lazy("legal need"),
    "supervision": gettext_lazy("supervision need"),
    "health": gettext_lazy("health need"),
    "substance_use": gettext_lazy("substance-use need"),
    "violence_prevention": gettext_lazy("safety need"),
    "work_education": gettext_lazy("school and work"),
    "housing_family": gettext_lazy("housing"),
    "right_to_work": gettext_lazy("papers"),
    "demographics": gettext_lazy("what funders count"),
    "program": gettext_lazy("taking part in a program"),
}


@dataclass(frozen=True)
class Held:
    """Who holds someone, in one or two lines."""

    says: str
    more: str = ""
    by_us: bool = False
    # Who sees to them while whoever holds them is away.
    away: str = ""


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


@dataclass(frozen=True)
class Events:
    """What happened to someone, oldest first, by the room that wrote it down."""

    file: list[FileEvent]
    custody: list[CustodyEvent]
    referrals: list[ReferralEvent]
    # Who was told where nobody answered, as the next step says.
    navigators: list[Membership]


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
    here: Here
    works: bool = False
    needs: list[str] = field(default_factory=list)
    shared: list[SharedWith] = field(default_factory=list)
    steps: list[Line] = field(default_factory=list)
    can: dict[str, bool] = field(default_factory=dict)

    @property
    def referrals(self) -> list[Referral]:
        """Theirs that we take part in."""
        return self.here.referrals

    @cached_property
    def events(self) -> Events:
        return _events(self.file, self.referrals)

    @property
    def custody(self) -> Custody | None:
        return self.here.custody

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


def card_for(code: str, who: Who, *, file: Participant | None = None) -> Card:
    """The card of this organization's own file; 404 for any other. `file`: where the page has read it."""
    file = file or file_or_404(code)
    listing = file.listing
    shown = show(file, by=who.actor)
    works = who.may(Permission.CHANGE_FILE)
    here = here_of(file)
    card = Card(
        file=file,
        listing=listing,
        shown=shown,
        lead=lead_of(shown),
        held=held_of(file, listing, here, who, works=works),
        ways=[way_of(point) for point in shown.reach if point.stopped_at is None],
        quiet=bool(shown.contact and shown.contact.do_not_contact),
        here=here,
        works=works,
    )
    if works:
        words = said.words_of("service_code")
        card.needs = [words.of("service_code", need.code) for need in shown.needs]
        card.shared = shared_with(card)
        card.steps = steps_of(card, who)
    card.can = may_do(card, who)
    return card


@dataclass(frozen=True)
class Here:
    """Who holds someone here, what is open about them, what we share of the file now, and which referrals we take part in."""

    custody: Custody | None
    is_away: bool  # whoever sees to them
    duties: list[Duty]
    shares: list[Share]
    referrals: list[Referral]


def _here_parts(
    file: int, person: uuid.UUID, organization: int, now: datetime, on: date
) -> tuple[QuerySet[Any], ...]:
    held = Custody.objects.filter(person_id=person, organization_id=organization, until__isnull=True)
    queues = Queue.objects.filter(pk__in=held.values("queue_id"))
    # A union, where two conditions would have every membership looked at.
    members = Membership.objects.filter(pk__in=held.values("membership_id").union(queues.values("lead_id")))
    shares = shares_of(file, organization, now)
    referrals = Referral.objects.filter(person_id=person)
    receivers = referrals.values("receiver_id")
    return (
        held,
        queues,
        members,
        User.objects.filter(pk__in=members.values("user_id")),
        absences_on(on).filter(membership_id__in=members.values("pk")),
        duties_about(person, organization),
        shares,
        Organization.objects.filter(pk__in=shares.order_by().values("recipient_id")),
        Consent.objects.filter(pk__in=shares.order_by().values("consent_id")),
        referrals.order_by("id"),
        Service.objects.filter(pk__in=referrals.values("service_id")),
        Organization.objects.filter(Q(pk__in=receivers) | Q(pk__in=referrals.values("sender_id"))),
        led_queues().filter(organization_id__in=receivers),
    )


_HERE = together.Prepared(_here_parts)


def here_of(file: Participant) -> Here:
    """All of it in one statement."""
    held, queues, members, users, away, duties, shares, recipients, consents, referrals, *of_referrals = (
        _HERE.read(
            file=file.pk,
            person=file.person_id,
            organization=file.organization_id,
            now=clock.now(),
            on=today(),
        )
    )
    user_of, member_of = {user.pk: user for user in users}, {member.pk: member for member in members}
    for member in members:
        member.user = user_of[member.user_id]
    for queue in queues:
        queue.lead = member_of.get(queue.lead_id)
    for custody in held:
        custody.membership = member_of.get(custody.membership_id)
        custody.queue = queues[0] if queues else None
    recipient_of = {one.pk: one for one in recipients}
    consent_of = {one.pk: one for one in consents}
    for share in shares:
        share.recipient = recipient_of[share.recipient_id]
        share.consent = consent_of.get(share.consent_id)
    with_sides(referrals, *of_referrals)
    return Here(held[0] if held else None, bool(away), duties, shares, referrals)


def steps_of(card: Card, who: Who) -> list[Line]:
    """What is due for them here: told with what the card has read."""
    duties = seen_by(card.here.duties, who)
    person, late = card.file.person_id, needs_more(duties)
    plain = [need.code for need in card.shown.needs if need.data_class == "needs"]
    texts = {about: notes[-1].text for (kind, about), notes in card.shown.notes.items() if kind == "duty"}
    facts = Around(
        who=who,
        now=clock.now(),
        names={person: card.listing} if "contact" in who.classes else {},
        referrals={referral.pk: referral for referral in card.referrals},
        told=told_by(card.events.referrals) if late and card.referrals else {},
        needs={person: plain} if plain else {},
        asked={one.person_id for one in card.referrals if one.state in OPEN},
        notes={
            duty.pk: texts[duty.pk] for duty in duties if duty.kind in NEXT_STEP_KINDS and duty.pk in texts
        },
        navigators=card.events.navigators if late and card.referrals else [],
        words=words_of_lines(),
        closed=closed_houses(duties),
        handovers=handovers_of(duties),
        subjects=facts_of_subjects(duties),
    )
    return lines_of(duties, facts)


def _with_who_acted(
    file: int, person: uuid.UUID, organization: int, referrals: Sequence[int]
) -> tuple[QuerySet[Any], ...]:
    """The events, whoever acted, the organizations that did; and whom the next step may name."""
    parts: tuple[QuerySet[Any], ...] = (
        FileEvent.objects.filter(file_id=file),
        CustodyEvent.objects.filter(person_id=person, organization_id=organization),
        ReferralEvent.objects.filter(referral_id__in=referrals),
    )
    acted = [part.order_by().values("by_id") for part in parts]
    two = two_navigators()
    return (
        *(part.order_by("happened_at", "id") for part in parts),
        Actor.objects.filter(pk__in=acted[0].union(*acted[1:])),
        Organization.objects.filter(pk__in=parts[2].order_by().values("organization_id")),
        two,
        User.objects.filter(pk__in=two.values("user_id")),
    )


_EVENTS = together.Prepared(_with_who_acted)


def _events(file: Participant, referrals: list[Referral]) -> Events:
    """All of them in one statement."""
    of_file, of_custody, of_referrals, actors, organizations, watching, users = _EVENTS.read(
        file=file.pk,
        person=file.person_id,
        organization=file.organization_id,
        referrals=[one.pk for one in referrals],
    )
    tell_who_did((*of_file, *of_custody, *of_referrals), {actor.pk: actor for actor in actors})
    referral_of = {one.pk: one for one in referrals}
    organization_of = {one.pk: one for one in organizations}
    for event in of_referrals:
        event.referral = referral_of[event.referral_id]
        event.organization = organization_of[event.organization_id]
    user_of = {user.pk: user for user in users}
    for navigator in watching:
        navigator.user = user_of[navigator.user_id]
    return Events(of_file, of_custody, of_referrals, watching)


def tell_who_did(events: Iterable[EventBase], actors: Mapping[int, Actor]) -> None:
    """`event.by` of each, as a join would leave it: a story of years has a thousand."""
    for event in events:
        _BY.set_cached_value(event, actors[event.by_id])


_BY: Any = EventBase._meta.get_field("by")


def may_do(card: Card, who: Who) -> dict[str, bool]:
    held = card.custody is not None
    return {
        "refer": held and who.may(Permission.REFER),
        "record": who.may(Permission.RECORD_CONTACT),
        "step": held and who.may(Permission.CHANGE_FILE),
        "change": who.may(Permission.CHANGE_FILE),
        "assign": held and who.may(Permission.ASSIGN),
        "release": held and who.may(Permission.RELEASE),
        "come_back": not held
        and card.file.person.closed_at is not None
        and card.file.person.close_reason not in STANDS_BEHIND
        and who.may(Permission.TAKE_IN),
        "hand_out": may_hand_out(listing_standing=card.listing.standing, who=who),
        "move": who.may(Permission.RELEASE),
    }


def may_hand_out(*, listing_standing: str, who: Who) -> bool:
    """Who works with the person gives them their file; of somebody who is no longer here, a lead does."""
    here = listing_standing in (Listing.Standing.HELD, Listing.Standing.SERVED)
    return who.may(Permission.HAND_OUT) and (here or who.may(Permission.CORRECT))


def lead_of(shown: Shown) -> str:
    """`34, she/her. Prefers Spanish. Text, not voice.`"""
    contact = shown.contact
    if contact is None:
        return ""
    age = str(age_of(contact.birth_date)) if contact.birth_date else ""
    about = ", ".join(part for part in (age, contact.pronouns) if part)
    about = about[:1].upper() + about[1:]
    sentences = [about, str(PREFERS.get(contact.language, "")), best_way(shown.reach)]
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
    if point.quiet_from and point.quiet_to:
        span = {"begins": formats.time_format(point.quiet_from), "ends": formats.time_format(point.quiet_to)}
        light = ". ".join(filter(None, [light, _("Quiet from %(begins)s to %(ends)s") % span]))
    return Way(_("%(way)s %(value)s") % {"way": channel_words(point.channel), "value": point.value}, light)


# --- Who holds them -----------------------------------------------------------------------------------------------


def held_of(file: Participant, listing: Listing, here: Here, who: Who, *, works: bool) -> Held:
    if here.custody is not None:
        return _held_here(here.custody, who, away=_who_covers(here.custody, who) if here.is_away else "")
    if not works:
        return Held(_("Ask your lead"))
    if file.person.close_reason in STANDS_BEHIND:
        return _stands_behind(file)
    if file.person.closed_at is not None:
        return _released(file)
    return _held_elsewhere(file)


def _held_here(custody: Custody, who: Who, *, away: str) -> Held:
    since = {"day": said.day(custody.since)}
    if custody.membership is None:
        queue = custody.queue
        lead = queue.lead.user.name if queue and queue.lead else ""
        says = _("The queue, since %(day)s") % since
        return Held(says, _("%(name)s answers for it") % {"name": lead} if lead else "", True, away)
    if custody.membership_id == who.membership.pk:
        return Held(_("You, since %(day)s") % since, "", True, away)
    return Held(
        _("%(name)s, since %(day)s") % {"name": custody.membership.user.name, **since},
        custody.membership.phone,
        by_us=True,
        away=away,
    )


def _who_covers(custody: Custody, who: Who) -> str:
    """`Away until Friday. Marcus Webb covers.`"""
    holder = sees_to(custody)
    absence = absence_of(holder, today()) if holder else None
    if holder is None or absence is None:
        return ""
    cover = who_covers(holder, today())
    until = {"day": said.day(absence.until_day)}
    if cover is None or cover.pk == holder.pk:
        return _("Away until %(day)s. Nobody covers.") % until
    if cover.pk == who.membership.pk:
        return _("Away until %(day)s. You cover.") % until
    return _("Away until %(day)s. %(name)s covers.") % {**until, "name": cover.user.name}


def _stands_behind(file: Participant) -> Held:
    """Closed behind another: held through that one, and not by no one."""
    person = file.person
    since = {"day": said.day(person.closed_at)}  # type: ignore[arg-type]
    if person.close_reason == Link.CLOSED_AS[Link.Basis.MERGE]:
        kept = shown_instead(file.person_id) or file.person_id
        listing = Listing.objects.filter(person_id=kept, organization_id=file.organization_id).first()
        return Held(
            _("Shown in another file since %(day)s") % since, listing.name if listing is not None else ""
        )
    return _moved_to(file, _("%(name)s, connected since %(day)s"), kinds=("linked",))


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
        staff = who_answers(referral)
        if staff is not None:
            return Held(holder.name, ", ".join(part for part in (staff.user.name, staff.phone) if part))
    return Held(holder.name, holder.phone)


def _moved_to(
    file: Participant, says: str = "", kinds: tuple[str, ...] = ("moved_out", "escheated_out")
) -> Held:
    event = (
        CustodyEvent.objects.filter(
            person_id=file.person_id,
            organization_id=file.organization_id,
            kind__in=kinds,
        )
        .order_by("-happened_at", "-id")
        .first()
    )
    if event is None or event.other_organization_id is None:
        return Held(_("Another organization"))
    other = Organization.objects.get(pk=event.other_organization_id)
    return Held(
        (says or _("%(name)s, since %(day)s")) % {"name": other.name, "day": said.day(event.happened_at)},
        other.phone,
    )


# --- What we share ------------------------------------------------------------------------------------------------


def shared_with(card: Card) -> list[SharedWith]:
    """What others may read of our file now, and what they would read after a yes."""
    by_ground: dict[tuple[int, int | None], list[Share]] = {}
    for share in card.here.shares:
        by_ground.setdefault((share.recipient_id, share.consent_id), []).append(share)
    found = [_shared(shares) for shares in by_ground.values()]
    return found + [one for one in _would_be_shared(card) if (one.consent and not _covered(one, by_ground))]


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


def _would_be_shared(card: Card) -> list[SharedWith]:
    now, agreed = clock.now(), {consent.pk: consent for consent in card.shown.consents}
    asked = [
        (one.receiver, agreed[one.consent_id])
        for one in sorted(card.referrals, key=lambda one: (one.receiver.name_sort, one.pk))
        if one.state == SENT and one.sender_id == card.file.organization_id and one.consent_id in agreed
    ]
    return [
        SharedWith(
            organization=receiver.name,
            parts=_("Nothing until they say yes"),
            basis=_("They agreed %(day)s") % {"day": said.on_day(consent.given_at)},
            since=None,
            until=consent.expires_at,
            consent=consent,
            waits=True,
        )
        for receiver, consent in asked
        if consent.is_live(now)
    ]


def _covered(one: SharedWith, by_ground: dict[tuple[int, int | None], list[Share]]) -> bool:
    return any(consent_id == one.consent.pk for _recipient, consent_id in by_ground) if one.consent else False


def class_words(classes: Iterable[str]) -> str:
    words = ", ".join(str(CLASS_WORDS.get(one, one)) for one in sorted(set(classes)))
    return words[:1].upper() + words[1:]


def need_words(needs: Iterable[Need]) -> list[str]:
    words = said.words_of("service_code")
    return [words.of("service_code", need.code) for need in needs]
