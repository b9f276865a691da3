"""Organizations, staff, queues, agreements, invitations. Closing stands in `referrals`, which ends what is open."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from enum import StrEnum

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from warmhandoff.foundation import clock, duties, messages
from warmhandoff.foundation.codes import sort_key
from warmhandoff.foundation.errors import BadValue, DomainError, WrongState
from warmhandoff.foundation.models import Actor, ContactPoint, Duty
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.network import absence
from warmhandoff.network.models import Agreement, Invitation, Membership, Organization, Queue, User
from warmhandoff.network.notices import (
    INVITATION,
    INVITATION_FAILED,
    STAFF,
    STAFF_MAIL_FAILED,
    InvitationMail,
)
from warmhandoff.network.reading import absences_between, open_invitations, taken_back_with, today
from warmhandoff.network.roles import SHEETS, Role

INVITATION_DAYS = 14
# Who works for the whole network works at an organization that answers for it.
FOR_THE_NETWORK = {Role.NAVIGATOR, Role.COUNTY_PROGRAM_MANAGER, Role.NETWORK_ADMINISTRATOR}
ANSWERS_FOR_THE_NETWORK = {Organization.Kind.NETWORK_OFFICE, Organization.Kind.COUNTY}


class Listed(StrEnum):
    """What listing came to."""

    ADDED = "added"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    LEFT_ALONE = "left alone"  # a member: it describes itself


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
def list_organization(
    *, name: str, kinds: Sequence[str], source: str, by: Actor
) -> tuple[Organization, Listed]:
    """List an organization that public documents speak of. One that is there is known by its name; a member is left alone."""
    known = Organization.objects.filter(name_sort=sort_key(name)).first()
    if known is None:
        standing = Organization.Standing.LISTED
        return add_organization(name=name, kinds=kinds, standing=standing, source=source, by=by), Listed.ADDED
    if known.standing == Organization.Standing.MEMBER:
        return known, Listed.LEFT_ALONE
    if set(kinds) <= set(known.kinds):
        return known, Listed.UNCHANGED
    Organization.objects.filter(pk=known.pk).update(kinds=sorted({*known.kinds, *kinds}))
    known.refresh_from_db()
    return known, Listed.CHANGED


@transaction.atomic
def make_member(*, organization: Organization, by: Actor) -> None:
    """An organization that was listed joins the network: from now on it describes itself, and can be asked."""
    if not Organization.objects.filter(
        pk=organization.pk, standing=Organization.Standing.LISTED, state=Organization.State.ACTIVE
    ).update(standing=Organization.Standing.MEMBER):
        raise WrongState(f"{organization.name} is a member already, or has closed.")


def roles_at(organization: Organization) -> list[Role]:
    """The roles that someone can have there: those for the whole network only where someone answers for it."""
    answers = bool(set(organization.kinds) & ANSWERS_FOR_THE_NETWORK)
    return [role for role in Role if answers or role not in FOR_THE_NETWORK]


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
    if Membership.objects.filter(user=user, state=Membership.State.ENDED).exists():
        # Nothing of an earlier time comes back by itself: no sign-in, no link in a mailbox, and what they held is others' now.
        user.opened_again_at = clock.now()
        user.save(update_fields=["opened_again_at"])
    return Membership.objects.create(user=user, organization=organization, role=role, phone=phone, mail=mail)


@transaction.atomic
def end_membership(*, membership: Membership, by: Actor) -> None:
    """Someone's work here ends at this moment: the next page they open knows it. No link that they sent, or that is on its way
    to them, lets anybody in afterwards."""
    absence.end_with(membership, by=by)
    if not Membership.objects.filter(pk=membership.pk, state=Membership.State.ACTIVE).update(
        state=Membership.State.ENDED, ended_at=clock.now()
    ):
        raise WrongState("This account was closed already.")
    for invitation in taken_back_with(membership):
        withdraw_invitation(invitation=invitation, by=by)
    no_mail = duties.open_about((STAFF, membership.pk), STAFF_MAIL_FAILED)
    duties.close(no_mail, how=Duty.Closed.NO_LONGER, by=by)


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
    absence.arrange(organization.pk)
    away = absences_between(organization.pk, today(), date.max).filter(membership=membership)
    if away.filter(cover__isnull=True).exists():
        raise absence.NeedsCover(
            f"{membership.user.name} will be away, and nobody covers.", mend="Say first who covers them."
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
    """Invite a colleague by mail. The mail names no participant and carries a link that works once, for two weeks.

    The address is kept by whoever invites: the network's office, for the first lead of an organization.
    """
    email, name = email.strip().lower(), " ".join(name.split())
    try:
        validate_email(email)
    except ValidationError:
        raise BadValue(
            "email", "This is not a mail address.", mend="It looks like name@organization.org."
        ) from None
    if not name:
        raise BadValue("name", "Who is invited?", mend="Write their first and last name.")
    if role not in roles_at(organization):
        raise BadValue(
            "role",
            f"There is no such role at {organization.name}.",
            mend=f"One of: {', '.join(SHEETS[each].label for each in roles_at(organization))}.",
        )
    _require_can_be_invited(organization, email, role)
    keeper = by.organization_id or organization.pk
    invitation = Invitation.objects.create(
        email=email,
        name=name,
        organization=organization,
        role=role,
        language=language,
        invited_by=by,
        invited_at=clock.now(),
        expires_at=clock.now() + timedelta(days=INVITATION_DAYS),
    )
    _mail_invitation(invitation, keeper)
    return invitation


def _require_can_be_invited(organization: Organization, email: str, role: str) -> None:
    if not organization.is_active or organization.standing != Organization.Standing.MEMBER:
        raise WrongState(
            f"{organization.name} is not a member of the network now.", mend="Add it as a member first."
        )
    if Membership.objects.filter(
        user__email=email, organization=organization, role=role, state=Membership.State.ACTIVE
    ).exists():
        raise BadValue("email", "They work here in this role already.", mend="Choose another role for them.")
    if open_invitations(organization.pk).filter(email=email, role=role).exists():
        raise BadValue(
            "email", "They are invited to this role already.", mend="Send that invitation again instead."
        )


def _mail_invitation(invitation: Invitation, keeper: int) -> None:
    points = ContactPoint.objects.filter(organization_id=keeper, channel=ContactPoint.Channel.EMAIL)
    point = points.filter(value=invitation.email).first() or ContactPoint.objects.create(
        organization_id=keeper,
        channel=ContactPoint.Channel.EMAIL,
        value=invitation.email,
        language=invitation.language,
    )
    messages.send(
        InvitationMail,
        to=point.pk,
        organization_id=keeper,
        subject=(INVITATION, invitation.pk),
        sender_organization_id=keeper,
    )


@transaction.atomic
def withdraw_invitation(*, invitation: Invitation, by: Actor) -> None:
    """Take an invitation back: its link opens nothing from now on."""
    if not Invitation.objects.filter(
        pk=invitation.pk, accepted_at__isnull=True, withdrawn_at__isnull=True
    ).update(withdrawn_at=clock.now()):
        raise WrongState("This invitation was used or taken back already.")
    _close_failed(invitation, by)


@transaction.atomic
def resend_invitation(*, invitation: Invitation, by: Actor) -> None:
    """Send the mail again; the two weeks begin anew."""
    if not Invitation.objects.filter(
        pk=invitation.pk, accepted_at__isnull=True, withdrawn_at__isnull=True
    ).update(expires_at=clock.now() + timedelta(days=INVITATION_DAYS)):
        raise WrongState("This invitation was used or taken back already.")
    _close_failed(invitation, by)
    _mail_invitation(invitation, by.organization_id or invitation.organization_id)


def _close_failed(invitation: Invitation, by: Actor) -> None:
    failed = duties.open_about((INVITATION, invitation.pk), INVITATION_FAILED)
    duties.close(failed, how=Duty.Closed.DONE, by=by)


@transaction.atomic
def accept_invitation(*, invitation: Invitation, user: User) -> Membership:
    """The invited person has an account now: their work here begins. Takes effect once."""
    if not invitation.organization.is_active:
        raise WrongState(f"{invitation.organization.name} has closed.", mend="Ask the network's office.")
    if not Invitation.objects.filter(
        pk=invitation.pk, accepted_at__isnull=True, withdrawn_at__isnull=True, expires_at__gt=clock.now()
    ).update(accepted_at=clock.now()):
        raise AlreadyThere(
            "This invitation was used already, or has ended.", mend="Sign in, or ask for a new one."
        )
    return add_member(user=user, organization=invitation.organization, role=invitation.role)
