"""Lists and look-ups of organizations and staff."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.expressions import Combinable

from warmhandoff.foundation import clock, duties
from warmhandoff.foundation.errors import DomainError, NotYours
from warmhandoff.foundation.models import Actor, Duty, Message
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.network.models import Absence, Agreement, Invitation, Membership, Organization, Queue, User
from warmhandoff.network.roles import Permission, Role, may, roles_with


class NoLead(DomainError):
    code = "no_lead"
    sentence = "This organization's queue has no lead."
    mend = "Appoint one under My organization first."


def memberships_of(user: User | int) -> QuerySet[Membership]:
    """The memberships under which someone can work today, oldest first."""
    return (
        Membership.objects.filter(
            user=user, state=Membership.State.ACTIVE, organization__state=Organization.State.ACTIVE
        )
        .select_related("user", "organization")
        .order_by("started_at", "id")
    )


def membership_for(user: User, code: str | None = None) -> Membership | None:
    """The membership with this code, else the first."""
    mine = memberships_of(user)
    return (mine.filter(code=code).first() if code else None) or mine.first()


def queue_of(organization_id: int) -> Queue:
    """The organization's people's queue. Raises where there is none with an active lead."""
    queue = led_queue_of(organization_id)
    if queue is None:
        raise NoLead()
    return queue


def led_queue_of(organization_id: int) -> Queue | None:
    """The same; None where there is none with an active lead."""
    return (
        Queue.objects.filter(organization_id=organization_id, lead__state=Membership.State.ACTIVE)
        .select_related("lead__user", "organization")
        .order_by("id")
        .first()
    )


def has_active_lead(organization_id: int) -> bool:
    return Queue.objects.filter(organization_id=organization_id, lead__state=Membership.State.ACTIVE).exists()


def agreement_of(organization_id: int) -> Agreement | None:
    """The agreement in force: the newest that hasn't ended."""
    return (
        Agreement.objects.filter(organization_id=organization_id, ends_on__isnull=True)
        .select_related("escheat_queue__organization", "escheat_queue__lead__user")
        .order_by("-signed_on", "-id")
        .first()
    )


def navigators() -> QuerySet[Membership]:
    return Membership.objects.filter(
        role__in=[r.value for r in roles_with(Permission.WATCH_NETWORK)], state=Membership.State.ACTIVE
    ).select_related("user", "organization")


def staff_of(organization_id: int) -> QuerySet[Membership]:
    return (
        Membership.objects.filter(organization_id=organization_id, state=Membership.State.ACTIVE)
        .select_related("user", "organization")
        .order_by("user__name", "id")
    )


# --- Who is away, and who sees to what they owe -------------------------------------------------------------------


def today() -> date:
    return clock.today(current_place().zone)


def absences_on(day: date | Combinable) -> QuerySet[Absence]:
    """Who is away on that day, or on one that the database works out."""
    return Absence.objects.filter(ended_at__isnull=True, from_day__lte=day, until_day__gte=day)


def absence_of(membership: Membership, on: date) -> Absence | None:
    return absences_on(on).filter(membership=membership).select_related("cover__user").first()


def who_covers(membership: Membership, on: date) -> Membership | None:
    """Who sees to what `membership` owes on that day, while they are away; None where they are here.

    Where nobody was named it is whoever answers for the queue, or who covers for them. It may be asked for any organization.
    """
    absence = absence_of(membership, on)
    if absence is None:
        return None
    if absence.cover_id is not None:
        return absence.cover
    queue = led_queue_of(membership.organization_id)
    lead = queue.lead if queue else None
    away = absence_of(lead, on) if lead else None
    return away.cover if away else lead


def with_absence(memberships: QuerySet[Membership]) -> QuerySet[Membership]:
    """The same, with whether they are away today: `here_or_cover` then asks no more where they are here."""
    away = absences_on(today()).filter(membership=OuterRef("pk"))
    return memberships.annotate(is_away=Exists(away))


def here_or_cover(membership: Membership) -> Membership:
    """Whom to tell today what is meant for `membership`."""
    if getattr(membership, "is_away", None) is False:  # told by `with_absence`
        return membership
    return who_covers(membership, today()) or membership


def lead_now(organization_id: int) -> Membership | None:
    """Who answers for an organization's queue today: its lead, or who covers for them."""
    queue = led_queue_of(organization_id)
    return here_or_cover(queue.lead) if queue and queue.lead else None


def covered_by(membership: Membership, on: date) -> QuerySet[Absence]:
    """Whose duties `membership` sees to on that day: of those they cover, and where they answer for the queue, or cover for who
    does, of those whom nobody covers."""
    here = absences_on(on).filter(organization_id=membership.organization_id)
    stand_in = here.filter(cover=membership).values("membership_id")
    led = Queue.objects.filter(
        Q(lead=membership) | Q(lead_id__in=stand_in), organization_id=membership.organization_id
    )
    return (
        here.filter(Q(cover=membership) | Q(cover__isnull=True) & Exists(led))
        .exclude(membership=membership)
        .select_related("membership__user", "cover__user")
        .order_by("until_day", "id")
    )


def duties_for(membership: Membership, *, covered: Sequence[int] | None = None) -> QuerySet[Duty]:
    """What one member sees to: what they owe, with the queues they lead, and the same of whoever they cover for today; first what
    is due first. `covered`: for whom, where whoever asks has read it."""
    if covered is None:
        covered = list(covered_by(membership, today()).values_list("membership_id", flat=True))
    people = [membership.pk, *covered]
    led = Queue.objects.filter(organization_id=membership.organization_id, lead_id__among=people).values("id")
    return Duty.objects.filter(
        Q(membership_id__among=people) | Q(queue_id__among=led),
        organization_id=membership.organization_id,
        closed_at__isnull=True,
    ).order_by("due_at", "id")


def seen_by(membership: Membership, *, covered: Sequence[int] | None = None) -> QuerySet[Duty]:
    """The same, as far as their role may see what it is about."""
    owed = duties_for(membership, covered=covered)
    if may(membership.role, Permission.SEE_REFERRALS):
        return owed
    return owed.filter(Q(subject_kind="") | Q(kind__in=duties.kinds_for_all()))


def absences_between(organization_id: int, first: date, last: date) -> QuerySet[Absence]:
    """Who of an organization is away in these days, or will be."""
    return (
        Absence.objects.filter(
            organization_id=organization_id,
            ended_at__isnull=True,
            from_day__lte=last,
            until_day__gte=first,
        )
        .select_related("membership__user", "cover__user")
        .order_by("from_day", "id")
    )


def absence_or_404(code: str, organization_id: int) -> Absence:
    found = (
        Absence.objects.filter(code=code, organization_id=organization_id)
        .select_related("membership__user", "membership__organization", "cover__user")
        .first()
    )
    if found is None:
        raise NotYours()
    return found


def name_of(actor: Actor) -> str:
    """Who an actor is, as staff of the network may know."""
    if actor.kind == Actor.Kind.MEMBER and actor.subject_id is not None:
        membership = Membership.objects.select_related("user").filter(pk=actor.subject_id).first()
        return membership.user.name if membership else ""
    if actor.kind in (Actor.Kind.LINK, Actor.Kind.MAILBOX) and actor.organization_id is not None:
        organization = Organization.objects.filter(pk=actor.organization_id).first()
        return organization.name if organization else ""
    return {"system": "the system", "operator": "the network's operator", "participant": "the person"}[
        actor.kind
    ]


def organizations() -> QuerySet[Organization]:
    return Organization.objects.filter(state=Organization.State.ACTIVE).order_by("name_sort", "id")


def office() -> Organization | None:
    """The network's office."""
    return organizations().filter(kinds__contains=[Organization.Kind.NETWORK_OFFICE]).first()


def colleague_or_404(code: str, organization_id: int) -> Membership:
    """Someone who works at this organization now."""
    found = staff_of(organization_id).filter(code=code).first()
    if found is None:
        raise NotYours()
    return found


def organization_or_404(code: str) -> Organization:
    """An organization of the network: the members among themselves know which there are."""
    found = organizations().filter(code=code).select_related("parent").first()
    if found is None:
        raise NotYours()
    return found


def open_invitations(organization_id: int) -> QuerySet[Invitation]:
    """Neither used nor taken back; those whose two weeks are over too, so that they can be sent again."""
    return (
        Invitation.objects.filter(
            organization_id=organization_id, accepted_at__isnull=True, withdrawn_at__isnull=True
        )
        .select_related("organization", "invited_by")
        .order_by("-invited_at", "-id")
    )


def taken_back_with(membership: Membership) -> QuerySet[Invitation]:
    """The invitations that end with someone's work here: into this organization, sent by them or sent to them."""
    return open_invitations(membership.organization_id).filter(
        Q(invited_by__kind=Actor.Kind.MEMBER, invited_by__subject_id=membership.pk)
        | Q(email=membership.user.email)
    )


def invitation_or_404(code: str, organization_id: int) -> Invitation:
    found = open_invitations(organization_id).filter(code=code).first()
    if found is None:
        raise NotYours()
    return found


def has_expired(invitation: Invitation) -> bool:
    return invitation.expires_at <= clock.now()


def is_undelivered(invitation: Invitation) -> bool:
    """The newest mail with it was given up, or its address takes no more mail."""
    newest = (
        Message.objects.filter(subject_kind="invitation", subject_id=invitation.pk).order_by("-id").first()
    )
    return newest is not None and newest.state in (Message.State.FAILED, Message.State.STOPPED)


def members_of_the_network() -> QuerySet[Organization]:
    return organizations().filter(standing=Organization.Standing.MEMBER)


def queues() -> QuerySet[Queue]:
    """The queues that someone answers for, by organization."""
    return (
        Queue.objects.filter(
            lead__state=Membership.State.ACTIVE, organization__state=Organization.State.ACTIVE
        )
        .select_related("organization", "lead__user")
        .order_by("organization__name_sort", "id")
    )


def can_lead(organization_id: int) -> QuerySet[Membership]:
    """Colleagues whose role lets them answer for a queue."""
    return staff_of(organization_id).filter(role__in=[Role.LEAD, Role.NAVIGATOR])
