"""Actors are made when they first act."""

from __future__ import annotations

from collections.abc import Collection

from warmhandoff.foundation.models import Actor


def member_actor(membership_id: int, organization_id: int) -> Actor:
    return _actor(Actor.Kind.MEMBER, organization_id, membership_id)


def link_actor(link_id: int, organization_id: int) -> Actor:
    return _actor(Actor.Kind.LINK, organization_id, link_id)


def mailbox_actor(contact_point_id: int, organization_id: int) -> Actor:
    """Whoever reads a mailbox of an organization, and proved it."""
    return _actor(Actor.Kind.MAILBOX, organization_id, contact_point_id)


def participant_actor(link_id: int, organization_id: int | None = None) -> Actor:
    """The person themself, by one way to their own page. Of no organization while they look; of one while they act there."""
    return _actor(Actor.Kind.PARTICIPANT, organization_id, link_id)


def system_actor(organization_id: int | None = None) -> Actor:
    """The worker, acting for one organization at a time."""
    return _actor(Actor.Kind.SYSTEM, organization_id, None)


def system_actors(organization_ids: Collection[int]) -> dict[int, Actor]:
    """The worker for each of these organizations, looked up once."""
    found = Actor.objects.filter(
        kind=Actor.Kind.SYSTEM, organization_id__among=organization_ids, subject_id__isnull=True
    )
    acting = {actor.organization_id: actor for actor in found if actor.organization_id is not None}
    return acting | {one: system_actor(one) for one in organization_ids if one not in acting}


def operator_actor(organization_id: int | None = None) -> Actor:
    """Whoever runs the command line on the server."""
    return _actor(Actor.Kind.OPERATOR, organization_id, None)


def _actor(kind: Actor.Kind, organization_id: int | None, subject_id: int | None) -> Actor:
    return Actor.objects.get_or_create(kind=kind, organization_id=organization_id, subject_id=subject_id)[0]
