"""The role cards: who one can be in the demo, and what waits for them now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext_lazy as _

from warmhandoff.custody.reading import duties_for
from warmhandoff.demo import mailbox, network
from warmhandoff.foundation import scoping
from warmhandoff.network import access
from warmhandoff.network.models import Membership, User
from warmhandoff.network.reading import memberships_of
from warmhandoff.network.roles import Permission
from warmhandoff.web.site.context import Who
from warmhandoff.web.today.lines import lines_for
from warmhandoff.web.today.views import MOST, grouped

PARTNER, CASE_MANAGER = "partner", "case-manager"
PARTNERS_HOUSE = "sunrow"


@dataclass(frozen=True)
class Role:
    """One card. `staff` are short names of the story's, first who is asked first: where an organization closed, somebody at
    another has the same work. The partner has none, since it has no account."""

    key: str
    title: Any
    says: Any
    staff: tuple[str, ...] = ()
    lands_on: str = "start"


# The four that the opening page shows; the others are one press further.
FIRST = (
    Role(
        CASE_MANAGER,
        _("Case manager"),
        _("Takes people in, holds them, and finds them places."),
        ("denise", "ines"),
    ),
    Role(
        PARTNER,
        _("Partner without an account"),
        _("Gets a mail, and answers from its link. There is nothing to sign in to."),
    ),
    Role(
        "navigator",
        _("Navigator"),
        _("Looks across the network for who waits longest, and holds whom nobody else can."),
        ("luz",),
    ),
    Role(
        "county",
        _("The county"),
        _("Sees numbers and proofs, and no person."),
        ("grace",),
        "demo:check",
    ),
)
MORE = (
    Role(
        "lead",
        _("Lead"),
        _("Answers for the queue: whoever has no case manager yet, and what others ask for."),
        ("marcus", "paul"),
    ),
    Role(
        "peer-mentor",
        _("Peer mentor"),
        _("Sees how to reach the organization’s people, and logs contacts. Nothing else."),
        ("tavo",),
        "people:find",
    ),
    Role(
        "network",
        _("Network administrator"),
        _("Looks after organizations, agreements and accounts. Sees no person."),
        ("adam",),
        "administration:home",
    ),
)
ROLES = (*FIRST, *MORE)


@dataclass(frozen=True)
class Card:
    """A role, who has it, and what waits for them: how much, and the first of it."""

    role: Role
    name: str
    organization: str
    waiting: int = 0
    late: int = 0
    task: str = ""
    is_open: bool = True


def role(key: str) -> Role | None:
    return next((each for each in ROLES if each.key == key), None)


def membership_of(role: Role) -> Membership | None:
    """The work of whoever has this role; None where it ended everywhere, since much can be tried here."""
    for name in role.staff:
        user = User.objects.filter(email=network.address_of(name)).first()
        membership = memberships_of(user).first() if user else None
        if membership is not None:
            return membership
    return None


def cards(roles: Iterable[Role]) -> list[Card]:
    return [_partner(each) if each.key == PARTNER else _member(each) for each in roles]


def newest_mail() -> mailbox.Mail | None:
    """What waits in the partner's mailbox."""
    return next(iter(mailbox.received(mailbox=mailbox.code_of(network.mailbox_of(PARTNERS_HOUSE)))), None)


def _partner(role: Role) -> Card:
    mail = newest_mail()
    return Card(role, network.HOUSES[PARTNERS_HOUSE].name, "", task=mail.subject if mail else "")


def _member(role: Role) -> Card:
    membership = membership_of(role)
    if membership is None:
        staff = network.STAFF[role.staff[0]]
        return Card(role, staff.name, network.HOUSES[staff.house].name, is_open=False)
    member = access.member(membership)
    card = Card(role, membership.user.name, membership.organization.name)
    if not member.may(Permission.SEE_TODAY):
        return card
    with scoping.acting_as(member.actor, classes=member.classes):
        groups = grouped(lines_for(list(duties_for(membership)[:MOST]), Who(member, (membership,))))
    first = next(iter([*groups.late, *groups.soon]), None)
    task = f"{first.name}: {first.why}" if first else ""
    return replace(card, waiting=groups.needing, late=len(groups.late), task=task)
