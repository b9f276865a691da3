"""Who may act as what: a membership, its actor, and the refusal that says why."""

from __future__ import annotations

from dataclasses import dataclass

from warmhandoff.foundation import actors
from warmhandoff.foundation.errors import NotAllowed
from warmhandoff.foundation.models import Actor
from warmhandoff.network.models import Membership
from warmhandoff.network.roles import SHEETS, Permission, Role, classes_of, may, roles_with

ACTOR_FIELDS = ("id", "kind", "organization_id", "subject_id")


@dataclass(frozen=True)
class Member:
    """A signed-in person at work: the membership they act under, and the actor that their actions carry."""

    membership: Membership
    actor: Actor

    @property
    def classes(self) -> frozenset[str]:
        return classes_of(self.membership.role)

    @property
    def organization_id(self) -> int:
        return self.membership.organization_id

    def may(self, permission: Permission) -> bool:
        return (
            self.membership.is_active
            and self.membership.organization.is_active
            and may(self.membership.role, permission)
        )

    def require(self, permission: Permission) -> None:
        if not self.may(permission):
            able = " or ".join(SHEETS[role].label for role in roles_with(permission))
            raise NotAllowed(
                f"A {SHEETS[Role(self.membership.role)].label} can't {permission.value}.",
                mend=f"Ask a {able}.",
            )


def member(membership: Membership) -> Member:
    actor_id = getattr(membership, "actor_id", None)  # where it was read with the membership
    if actor_id is not None:
        made = (actor_id, Actor.Kind.MEMBER.value, membership.organization_id, membership.pk)
        return Member(membership, Actor.from_db(membership._state.db, ACTOR_FIELDS, made))
    return Member(membership, actors.member_actor(membership.pk, membership.organization_id))
