"""The role cards: who one can be in the demo, and what waits for them now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from warmhandoff.custody.reading import duties_for
from warmhandoff.demo import mailbox, network
from warmhandoff.foundation import clock, scoping
from warmhandoff.network import access
from warmhandoff.network.models import Membership, Organization, User
from warmhandoff.network.reading import memberships_of
from warmhandoff.network.roles import Permission

PARTNER = "partner"


@dataclass(frozen=True)
class Role:
    """One card. `staff` is a short name of the story's; the partner has none, since it has no account."""

    key: str
    title: Any
    says: Any
    staff: str = ""
    lands_on: str = "start"


ROLES = (
    Role(
        "case-manager",
        _("Case manager"),
        _("Takes people in, holds them and refers them. Rosa M. wants solar training: find her a place."),
        "denise",
    ),
    Role(
        PARTNER,
        _("Partner without an account"),
        _(
            "Runs a training course and gets a mail. Answer the referral from its link: there is nothing to sign in to."
        ),
    ),
    Role(
        "lead",
        _("Lead"),
        _("Answers for the queue: whoever has no case manager yet, and what other organizations ask for."),
        "marcus",
    ),
    Role(
        "navigator",
        _("Navigator"),
        _(
            "Sees across organizations who waits longest, by code and never by name. Holds whom nobody else can."
        ),
        "luz",
    ),
    Role(
        "peer-mentor",
        _("Peer mentor"),
        _("Sees how to reach the organization's people, and logs contacts. Nothing else about them."),
        "tavo",
        "people:find",
    ),
    Role(
        "county",
        _("County program manager"),
        _("Sees numbers and proofs, and no person. Read how each promise is proved over all rows."),
        "grace",
        "demo:check",
    ),
    Role(
        "network",
        _("Network administrator"),
        _("Looks after organizations, agreements and accounts. Sees no person."),
        "adam",
        "organization:home",
    ),
)


@dataclass(frozen=True)
class Card:
    """A role, who has it, and how much waits for them."""

    role: Role
    name: str
    organization: str
    waiting: int | None = None
    late: int = 0
    is_open: bool = True


def role(key: str) -> Role | None:
    return next((each for each in ROLES if each.key == key), None)


def membership_of(role: Role) -> Membership | None:
    """The work of whoever has this role; None where it ended, since much can be tried here."""
    user = User.objects.filter(email=network.address_of(role.staff)).first()
    return memberships_of(user).first() if user else None


def cards() -> Iterator[Card]:
    for each in ROLES:
        yield _partner(each) if each.key == PARTNER else _member(each)


def _partner(role: Role) -> Card:
    address = network.mailbox_of("sunrow")
    mails = mailbox.received(mailbox=mailbox.code_of(address))
    return Card(role, network.HOUSES["sunrow"].name, address, waiting=len(mails))


def _member(role: Role) -> Card:
    staff = network.STAFF[role.staff]
    membership = membership_of(role)
    if membership is None:
        house = Organization.objects.filter(name=network.HOUSES[staff.house].name).first()
        return Card(role, staff.name, house.name if house else "", is_open=False)
    member = access.member(membership)
    if not member.may(Permission.SEE_TODAY):
        return Card(role, staff.name, membership.organization.name)
    with scoping.acting_as(member.actor, classes=member.classes):
        due = list(duties_for(membership).values_list("due_at", flat=True))
        late = sum(moment < clock.now() for moment in due)
    return Card(role, staff.name, membership.organization.name, waiting=len(due), late=late)
