"""Organizations, staff, queues, agreements, invitations. Closing stands in `referrals`, which ends what is open."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from warmhandoff.foundation import clock, messages
from warmhandoff.foundation.codes import sort_key
from warmhandoff.foundation.errors import BadValue, DomainError
from warmhandoff.foundation.models import Actor, ContactPoint
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.network.models import Agreement, Invitation, Membership, Organization, Queue, User
from warmhandoff.network.notices import InvitationMail
from warmhandoff.network.roles import Role

INVITATION_DAYS = 14


class AlreadyThere(DomainError):
    code = "already_there"
    sentence = "This is there already."
    mend = "Open it instead."


@transaction.atomic
def add_organization(
    *,
    name: str,
    kinds: Sequence[str],
    by: Actor | None = None,
    parent: Organization | None = None,
    standing: str = Organization.Standing.MEMBER,
    phone: str = "",
    source: str = "",
) -> Organization:
    """Add an organization. `by` is None only for the first one, and for imports by the operator."""
    name = " ".join(name.split())
    if not name:
        raise BadValue("name", "The organization needs a name.")
    unknown = sorted(set(kinds) - set(Organization.Kind.values))
    if unknown or not kinds:
        raise BadValue(
            "kinds", "Choose at least one kind.", mend=f"One of: {', '.join(Organization.Kind.values)}."
        )
    if Organization.objects.filter(name_sort=sort_key(name)).exists():
        raise AlreadyThere(f"There is an organization called {name} already.")
    return Organization.objects.create(
        name=name, kinds=sorted(set(kinds)), parent=parent, standing=standing, phone=phone, source=source
    )


@transaction.atomic
def add_member(
    *, user: User, organization: Organization, role: str, phone: str = "", by: Actor | None = None
) -> Membership:
    """Someone works here from now on, in this role."""
    mail = ContactPoint.objects.filter(
        organization_id=organization.pk, channel="email", value=user.email
    ).first()
    if mail is None:
        mail = ContactPoint.objects.create(
            organization_id=organization.pk,
            channel=ContactPoint.Channel.EMAIL,
            value=user.email,
            language=user.language,
        )
    if Membership.objects.filter(
        user=user, organization=organization, role=role, state=Membership.State.ACTIVE
    ).exists():
        raise AlreadyThere(f"{user.name} works here in this role already.")
    return Membership.objects.create(user=user, organization=organization, role=role, phone=phone, mail=mail)


@transaction.atomic
def appoint_lead(
    *, organization: Organization, membership: Membership, by: Actor | None = None, name: str = ""
) -> Queue:
    """Let someone answer for the organization's people's queue; the queue is made where there is none."""
    if membership.organization_id != organization.pk or not membership.is_active:
        raise BadValue("lead", "The lead must work here.", mend="Choose an active colleague.")
    if membership.role not in (Role.LEAD, Role.NAVIGATOR):
        raise BadValue(
            "lead", "Only a lead or a navigator can answer for a queue.", mend="Give them that role first."
        )
    queue = Queue.objects.filter(organization=organization).order_by("id").first()
    if queue is None:
        return Queue.objects.create(
            organization=organization, name=name or f"{organization.name} queue"[:120], lead=membership
        )
    Queue.objects.filter(pk=queue.pk).update(lead=membership)
    queue.refresh_from_db()
    return queue


@transaction.atomic
def sign_agreement(
    *, organization: Organization, escheat_queue: Queue, signed_on: date, by: Actor | None = None
) -> Agreement:
    """Record the agreement that names who takes this organization's people if it closes. It replaces the one before."""
    if escheat_queue.organization_id == organization.pk:
        raise BadValue(
            "escheat_queue", "It must be another organization's queue.", mend="Usually the network's office."
        )
    if signed_on > clock.today(current_place().zone):
        raise BadValue("signed_on", "This day hasn't come yet.", mend="Give the day on which it was signed.")
    Agreement.objects.filter(organization=organization, ends_on__isnull=True).update(ends_on=signed_on)
    return Agreement.objects.create(
        organization=organization, escheat_queue=escheat_queue, signed_on=signed_on
    )


@transaction.atomic
def invite(
    *, organization: Organization, email: str, name: str, role: str, by: Actor, language: str = "en"
) -> Invitation:
    """Invite a colleague by mail. The mail names no participant and carries a link that works once, for two weeks."""
    email = email.strip().lower()
    try:
        validate_email(email)
    except ValidationError:
        raise BadValue(
            "email", "This is not a mail address.", mend="It looks like name@organization.org."
        ) from None
    if role not in Role.__members__.values():
        raise BadValue("role", "There is no such role.", mend=f"One of: {', '.join(Role)}.")
    point = ContactPoint.objects.filter(organization_id=organization.pk, channel="email", value=email).first()
    if point is None:
        point = ContactPoint.objects.create(
            organization_id=organization.pk,
            channel=ContactPoint.Channel.EMAIL,
            value=email,
            language=language,
        )
    invitation = Invitation.objects.create(
        email=email,
        name=" ".join(name.split()),
        organization=organization,
        role=role,
        language=language,
        invited_by=by,
        invited_at=clock.now(),
        expires_at=clock.now() + timedelta(days=INVITATION_DAYS),
    )
    messages.send(
        InvitationMail,
        to=point.pk,
        organization_id=organization.pk,
        subject=("invitation", invitation.pk),
        sender_organization_id=organization.pk,
    )
    return invitation


@transaction.atomic
def accept_invitation(*, invitation: Invitation, user: User) -> Membership:
    """The invited person has an account now: their work here begins. Takes effect once."""
    if not Invitation.objects.filter(
        pk=invitation.pk, accepted_at__isnull=True, withdrawn_at__isnull=True
    ).update(accepted_at=clock.now()):
        raise AlreadyThere("This invitation was used already.", mend="Sign in.")
    return add_member(user=user, organization=invitation.organization, role=invitation.role)
