"""Who fits a need: services with their reasons, best first. No score, so that each place in the list can be explained.

In turn: whether it is for them (or only papers are missing that can be brought later), whether there is room, whether it is in
their area and speaks their language, how long that organization usually takes to answer, then the name. On a person's way on
from a referral, first come those that they named at the start, and last those that couldn't help them before.

What isn't for them, or can't be asked, stands below with why. What isn't known is said as not known: it turns nobody away.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property

from django.utils.translation import gettext, ngettext

from warmhandoff.directory import capacity
from warmhandoff.directory.capacity import Capacity, capacity_of
from warmhandoff.directory.eligibility import Facts, Finding, Kind, Rule, Verdict, evaluate, language_name
from warmhandoff.directory.models import Service
from warmhandoff.directory.reading import rules_of
from warmhandoff.directory.words import verified
from warmhandoff.foundation import clock
from warmhandoff.foundation.scoping import current_organization
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.network.models import Membership, Organization, Queue
from warmhandoff.participants.models import Contact, Participant
from warmhandoff.participants.reading import facts_of
from warmhandoff.referrals.answering_time import Usually, usually
from warmhandoff.referrals.models import Referral
from warmhandoff.referrals.reading import area_words
from warmhandoff.referrals.states import OPEN, STAFF_WORDS, UNSUCCESSFUL

# Up to so many days an answer counts as quick.
QUICK = 2
LONGER_THAN_ANY = 10_000


class Standing(StrEnum):
    FITS = "fits"
    ASK_FIRST = "ask_first"
    WAITLIST = "waitlist"
    NO_WORD = "no_word"
    FULL = "full"
    NOT_ELIGIBLE = "not_eligible"
    ASKED_ALREADY = "asked_already"
    NOT_HERE = "not_here"


CANT_BE_ASKED = (Standing.NOT_ELIGIBLE, Standing.ASKED_ALREADY, Standing.NOT_HERE)
OF_ROOM = {
    capacity.Standing.WAITLIST: Standing.WAITLIST,
    capacity.Standing.NOT_SAID: Standing.NO_WORD,
    capacity.Standing.LAPSED: Standing.NO_WORD,
    capacity.Standing.FULL: Standing.FULL,
}
# As one would rather ask them.
ROOM = {standing: place for place, standing in enumerate(capacity.Standing)}


@dataclass(frozen=True)
class Reason:
    """`speaks` is for it (True), against it (False), or worth knowing (None)."""

    speaks: bool | None
    words: str


@dataclass(frozen=True)
class Someone:
    """Whom it is to fit, as far as it is known, on that day."""

    facts: Facts
    language: str
    area: str
    today: date


@dataclass(frozen=True)
class Sender:
    """What the organization that asks knows: of itself, and of what it asked for this person before, by service."""

    organization_id: int
    asked: Collection[int] = ()
    before: dict[int, str] = field(default_factory=dict)
    named: Collection[int] = ()


@dataclass(frozen=True)
class Offer:
    """One service for one person's need: where it stands among the others, and why."""

    service: Service
    someone: Someone
    sender: Sender
    verdict: Verdict
    room: Capacity
    has_lead: bool = True
    answers: Usually | None = None

    @property
    def verified(self) -> str:
        return verified(self.service)

    @property
    def can_be_asked(self) -> bool:
        return self.standing not in CANT_BE_ASKED

    @property
    def named_at_the_start(self) -> bool:
        return self.service.pk in self.sender.named

    @property
    def asked_before(self) -> str:
        """What came of it where this person was referred there before."""
        return self.sender.before.get(self.service.pk, "")

    @cached_property
    def standing(self) -> Standing:
        if self._not_here:
            return Standing.NOT_HERE
        if self.service.pk in self.sender.asked:
            return Standing.ASKED_ALREADY
        if self.verdict.is_not_met:
            return Standing.NOT_ELIGIBLE
        if self.room.has_room:
            return Standing.FITS if self.is_for_them else Standing.ASK_FIRST
        return OF_ROOM[self.room.standing]

    @property
    def is_for_them(self) -> bool:
        """Nothing is left to be asked: all is met, or what is missing can be brought later."""
        return self.verdict.is_met or self.verdict.only_papers_are_missing

    @property
    def is_near(self) -> bool:
        """It names their area; or names none and stands there; or stands nowhere in particular, so is offered everywhere."""
        area = self.someone.area
        return bool(area) and (
            area in self.service.serves if self.service.serves else self.service.area in ("", area)
        )

    @property
    def speaks_their_language(self) -> bool:
        return self.someone.language in self.service.languages

    @property
    def order(self) -> tuple[object, ...]:
        days = LONGER_THAN_ANY if self.answers is None or self.answers.days is None else self.answers.days
        organization = self.service.organization
        return (
            not self.can_be_asked, not self.named_at_the_start, bool(self.asked_before), not self.is_for_them,
            ROOM[self.room.standing], not self.is_near, not self.speaks_their_language, days,
            organization.name_sort, self.service.name_sort, self.service.pk,
        )  # fmt: skip

    # --- In words ---------------------------------------------------------------------------------------------------

    @property
    def chip(self) -> str:
        if self.standing is Standing.NOT_HERE:
            return gettext("Can't be asked here")
        if self.standing is Standing.ASKED_ALREADY:
            return gettext("Asked already")
        if self.standing is Standing.NOT_ELIGIBLE:
            return gettext("Not eligible")
        if self.standing is Standing.ASK_FIRST:
            return gettext("Has room, ask them first")
        if self.standing is Standing.FITS and self.room.seats:
            return ngettext("Fits, %(n)s seat", "Fits, %(n)s seats", self.room.seats) % {"n": self.room.seats}
        return gettext("Fits, has room") if self.standing is Standing.FITS else self.room.words

    @cached_property
    def reasons(self) -> Sequence[Reason]:
        if self.standing is Standing.NOT_HERE:
            return [Reason(False, self._not_here)]
        if self.standing is Standing.ASKED_ALREADY:
            return [Reason(False, gettext("You have asked them for this person, and it is still open."))]
        if self.standing is Standing.NOT_ELIGIBLE:
            return list(self._findings())
        return [
            *self._room(),
            *self._answering(),
            *self._area(),
            *self._language(),
            *self._findings(),
            *self._before(),
        ]

    @cached_property
    def _not_here(self) -> str:
        """Why they can't be asked on this page, whoever it is for."""
        organization = self.service.organization
        if organization.pk == self.sender.organization_id:
            return gettext("This is your own organization. Serve them yourself.")
        if organization.standing != Organization.Standing.MEMBER:
            return gettext("Listed in the directory only. Call them.")
        if self.service.mailbox_id is None and not self.has_lead:
            return gettext("They have given no mailbox, and nobody there signs in. Call them.")
        return ""

    def _room(self) -> Iterator[Reason]:
        standing, days = self.room.standing, self.room.days_ago
        if standing is capacity.Standing.FULL:
            yield Reason(None, gettext("You can still ask: they may say from when."))
        elif standing is capacity.Standing.WAITLIST:
            yield Reason(None, gettext("You can still ask: they may put them on their list."))
        elif standing is capacity.Standing.NOT_SAID:
            yield Reason(None, gettext("Nobody has said whether there is room."))
        elif standing is capacity.Standing.LAPSED:
            yield Reason(None, gettext("They said then: %(said)s.") % {"said": self.room.said})
        elif days is None or days <= 0:
            yield Reason(True, gettext("Room confirmed today"))
        else:
            said = ngettext("Room confirmed %(n)s day ago", "Room confirmed %(n)s days ago", days)
            yield Reason(True, said % {"n": days})

    def _answering(self) -> Iterator[Reason]:
        if self.answers is None:
            return
        if self.answers.days is None:
            yield Reason(None, gettext("Most who asked them had no answer."))
        elif self.answers.days <= 1:
            yield Reason(True, gettext("Usually answers within a day"))
        else:
            said = gettext("Usually answers within %(n)s days") % {"n": self.answers.days}
            yield Reason(True if self.answers.days <= QUICK else None, said)

    def _area(self) -> Iterator[Reason]:
        areas = self.service.serves or ([self.service.area] if self.service.area else [])
        if not areas or any(finding.rule.kind == Kind.AREA for finding in self.verdict.findings):
            return
        words = ", ".join(area_words(area) for area in areas)
        if not self.someone.area:
            yield Reason(None, gettext("In the area %(area)s; theirs isn't known") % {"area": words})
        elif self.is_near:
            yield Reason(True, gettext("In their area: %(area)s") % {"area": area_words(self.someone.area)})
        else:
            yield Reason(None, gettext("In another area: %(area)s") % {"area": words})

    def _language(self) -> Iterator[Reason]:
        name = {"language": language_name(self.someone.language)}
        if self.speaks_their_language:
            yield Reason(True, gettext("Speaks %(language)s") % name)
        elif self.service.languages:
            yield Reason(None, gettext("Doesn't say that it speaks %(language)s") % name)

    def _findings(self) -> Iterator[Reason]:
        """First what speaks against it, then what is missing, then what is met."""
        for findings, speaks in (
            (self._against(), False),
            (self._missing(), None),
            (self._met(), True),
        ):
            for finding in findings:
                yield Reason(speaks, finding.words)

    def _against(self) -> Iterable[Finding]:
        return [each for each in self.verdict.findings if each.standing == "not_met"]

    def _missing(self) -> Iterable[Finding]:
        return [each for each in self.verdict.findings if each.standing == "missing"]

    def _met(self) -> Iterable[Finding]:
        return [each for each in self.verdict.findings if each.standing == "met"]

    def _before(self) -> Iterator[Reason]:
        if self.asked_before:
            state = STAFF_WORDS[self.asked_before]
            yield Reason(None, gettext("Asked before: %(state)s") % {"state": state})


def in_order(offers: Iterable[Offer]) -> list[Offer]:
    """Best first; those that can't be asked come last."""
    return sorted(offers, key=lambda offer: offer.order)


def fit(
    service: Service,
    someone: Someone,
    sender: Sender,
    *,
    rules: Iterable[Rule] = (),
    has_lead: bool = True,
    answers: Usually | None = None,
) -> Offer:
    """How one service fits: nothing here asks the database or the clock."""
    verdict = evaluate(rules, someone.facts, someone.today)
    return Offer(service, someone, sender, verdict, capacity_of(service, someone.today), has_lead, answers)


# --- What is read -------------------------------------------------------------------------------------------------


def offers_for(
    *, file: Participant, contact: Contact, need_code: str, named: Collection[int] = ()
) -> list[Offer]:
    """Every service for this kind of need, best first; those that can't be asked come last, each with why."""
    services = list(_services(need_code))
    organizations = {service.organization_id for service in services}
    rules = rules_of([service.pk for service in services])
    someone = Someone(
        # What services ask about is opened only where one of them asks.
        facts=facts_of(file) if rules else Facts(),
        language=contact.language,
        area=contact.area,
        today=clock.today(current_place().zone),
    )
    sender, led, answers = _sender(file, named), _led(organizations), usually(organizations)
    return in_order(
        fit(
            service,
            someone,
            sender,
            rules=rules[service.pk],
            has_lead=service.organization_id in led,
            answers=answers.get(service.organization_id),
        )
        for service in services
    )


def _services(need_code: str) -> Iterable[Service]:
    return Service.objects.filter(
        service_code=need_code, active=True, organization__state=Organization.State.ACTIVE
    ).select_related("organization").only(
        "code", "name", "name_es", "name_sort", "area", "serves", "languages", "room", "seats", "full_until", "room_as_of",
        "room_said_by", "mailbox", "verified_on", "verified_by", "organization__name", "organization__name_sort", "organization__standing", "organization__phone",
    )  # fmt: skip


def _led(organization_ids: Collection[int]) -> set[int]:
    """Those where somebody signs in and answers."""
    queues = Queue.objects.filter(
        organization_id__among=organization_ids, lead__state=Membership.State.ACTIVE
    )
    return set(queues.values_list("organization_id", flat=True))


def _sender(file: Participant, named: Collection[int]) -> Sender:
    """What this organization asked for the person, in one statement: what is open, and what came of the rest, the latest last."""
    mine = current_organization()
    found = Referral.objects.filter(
        sender_id=mine, person_id=file.person_id, state__in=(*OPEN, *UNSUCCESSFUL)
    ).order_by("sent_at", "id")
    by_service = list(found.values_list("service_id", "state"))
    return Sender(
        organization_id=mine,
        asked={pk for pk, state in by_service if state in OPEN},
        before={pk: state for pk, state in by_service if state in UNSUCCESSFUL},
        named=named,
    )
