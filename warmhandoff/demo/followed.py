"""Whom the demo's guide follows, and how far her story has come: read from what happened, however it happened.

Nothing is remembered beside the records: a visitor who did a step on their own, in another order or in another browser finds
the guide where the story is.
"""

from __future__ import annotations

import uuid
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import StrEnum

from warmhandoff.custody.reading import custody_of
from warmhandoff.demo import mailbox, network
from warmhandoff.foundation import scoping
from warmhandoff.network import reading
from warmhandoff.network.models import Organization
from warmhandoff.participants.models import Listing
from warmhandoff.referrals.models import AnswerLink, Referral, ReferralEvent
from warmhandoff.referrals.states import ACCEPTED, SENT, UNDER_WAY

NAME = "Rosa Mendoza"
CASE_MANAGER = "denise"


class Chapter(StrEnum):
    """Where the story stands."""

    UNASKED = "unasked"  # nobody has been asked for her
    ASKED = "asked"  # the answer is awaited
    PROMISED = "promised"  # they said yes and are to reach her
    SILENT = "silent"  # they have not, and it is known up to the navigator
    CLOSED = "closed"  # her case manager's organization has closed
    ELSEWHERE = "elsewhere"  # a no, an end, a first contact: good too, and not what the guide tells


@dataclass(frozen=True)
class Standing:
    """What the guide needs to know; `referral` is the newest one, where there is one."""

    chapter: Chapter
    person_id: uuid.UUID
    file_code: str
    short_name: str
    house: Organization
    referral: Referral | None

    @property
    def name(self) -> str:
        return self.short_name.split(" ")[0]

    @property
    def receiver(self) -> str:
        return self.referral.receiver.name if self.referral else ""

    @property
    def is_served(self) -> bool:
        return self.referral is not None and self.referral.state in UNDER_WAY


def standing() -> Standing | None:
    """How her story stands; None where the demo's people aren't here."""
    house = Organization.objects.filter(name=network.HOUSES[network.STAFF[CASE_MANAGER].house].name).first()
    if house is None:
        return None
    with _as(house):
        listed = Listing.objects.filter(organization=house, name=NAME).first()
        if listed is None:
            return None
        asked = Referral.objects.filter(person_id=listed.person_id, sender=house)
        referral = asked.select_related("receiver", "service").order_by("-id").first()
        chapter = _chapter(house, referral)
    return Standing(chapter, listed.person_id, listed.code, listed.short_name, house, referral)


def _chapter(house: Organization, referral: Referral | None) -> Chapter:
    if house.state == Organization.State.CLOSED:
        return Chapter.CLOSED
    if referral is None:
        return Chapter.UNASKED
    if referral.state == SENT:
        return Chapter.ASKED
    if referral.state != ACCEPTED:
        return Chapter.ELSEWHERE
    told = ReferralEvent.objects.filter(referral=referral, kind="contact_sender_told")
    return Chapter.SILENT if told.exists() else Chapter.PROMISED


def holder_of(standing: Standing) -> Organization | None:
    """Who holds her now: her case manager's organization, or the one that its agreement names."""
    agreement = reading.agreement_of(standing.house.pk)
    for house in (standing.house, agreement.escheat_queue.organization if agreement else None):
        if house is not None:
            with _as(house):
                if custody_of(standing.person_id) is not None:
                    return house
    return None


def lead_of_the_holder(standing: Standing) -> str:
    """Who answers for her where her case manager's organization is closed."""
    agreement = reading.agreement_of(standing.house.pk)
    lead = agreement.escheat_queue.lead if agreement else None
    return lead.user.name if lead else ""


@dataclass(frozen=True)
class Asked:
    """The mailbox that was asked about her, and the mail with its link once the mail server has it."""

    address: str
    link_id: int
    mail: mailbox.Mail | None

    @property
    def box(self) -> str:
        return mailbox.code_of(self.address)


def asked(standing: Standing) -> Asked | None:
    if standing.referral is None:
        return None
    receiver = standing.referral.receiver
    with _as(receiver):
        link = AnswerLink.objects.filter(referral=standing.referral).select_related("mailbox").first()
    if link is None:
        return None
    address = link.mailbox.value
    wanted = f"/a/{link.pk}."
    mails = mailbox.received(mailbox=mailbox.code_of(address))
    return Asked(address, link.pk, next((mail for mail in mails if wanted in mail.text), None))


def _as(house: Organization) -> AbstractContextManager[object]:
    """Read as that house reads: the guide sees what its people could see there, and nothing of the others'."""
    return scoping.acting_as(None, organization_id=house.pk, classes=("contact", "needs"))
