"""Asking a service to serve someone; and mail that could not be delivered."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection, transaction
from django.utils.translation import get_language, gettext

from warmhandoff.custody import actions as custody
from warmhandoff.custody.models import Handover
from warmhandoff.directory.models import Service
from warmhandoff.foundation import clock, duties, mail_links, messages
from warmhandoff.foundation.duties import Owner
from warmhandoff.foundation.errors import DomainError, NotYours, WrongState
from warmhandoff.foundation.models import Actor
from warmhandoff.foundation.scoping import current_organization, on_behalf_of
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.network.models import Membership, Organization
from warmhandoff.network.reading import (
    has_active_lead,
    led_queue_of,
    queue_of,
)
from warmhandoff.participants import actions as participants
from warmhandoff.participants.models import Consent, Contact, Need, Participant
from warmhandoff.referrals import notices, pace, reading
from warmhandoff.referrals import protocol as p
from warmhandoff.referrals.actions import ending, steps
from warmhandoff.referrals.models import (
    AnswerLink,
    Disposition,
    Referral,
)
from warmhandoff.referrals.states import OPEN, SENT


class AlreadyAsked(DomainError):
    code = "already_asked"
    sentence = "This person already has an open referral to this service."
    mend = "Open it from their page."


class CannotTransfer(DomainError):
    code = "cannot_transfer"
    sentence = "This organization has no one who answers for its queue, so it can't take someone over."
    mend = "Refer instead: you go on holding the person."


class CannotReceive(DomainError):
    code = "cannot_receive"
    sentence = "This service can't be asked here."
    mend = "Call them, or choose another one."


@transaction.atomic
def send(
    *,
    file: Participant,
    service: Service,
    need: Need,
    consent: Consent,
    by: Actor,
    membership: Membership,
    mode: str = Referral.Mode.REFER,
    note: str = "",
    alternatives: Sequence[int] = (),
    re_referred_from: Referral | None = None,
) -> Referral:
    """Ask a service to serve someone. Custody stays here; with a transfer it moves when, and only when, they accept."""
    held = custody.held(file.person_id)
    if need.file_id != file.pk or membership.organization_id != file.organization_id:
        raise NotYours()
    require_can_receive(service, mode)
    _require_consent(consent, file, service, need)
    _require_not_asked(file, service)
    contact = Contact.objects.get(file=file)
    now = clock.now()
    referral = Referral.objects.create(
        person_id=file.person_id,
        mode=mode,
        sender_id=file.organization_id,
        sender_membership=membership,
        sender_file=file,
        receiver_id=service.organization_id,
        service=service,
        handover=_offer(file, service) if mode == Referral.Mode.TRANSFER else None,
        consent=consent,
        re_referred_from=re_referred_from,
        need_code=need.code,
        language=contact.language,
        area=contact.area,
        availability=contact.availability,
        parts=list(consent.parts),
        alternatives=list(alternatives),
        sent_at=now,
        answer_due_at=pace.of(service).due("answer", now),
    )
    steps.record(referral, steps.Kind.SENT, by=by)
    if "note" in referral.parts:
        participants.write_down(file=file, about=(p.SUBJECT, referral.pk), text=note, by=by)
    custody.close_planning(file.person_id, by=by)
    steps.open_for_holder(referral, p.AWAIT_ANSWER, referral.answer_due_at, by=by, held=held)
    _ask_receiver(referral, by=by)
    steps.set_ladder(referral, p.CLIMBED_IN[SENT], now, is_new=True)
    if re_referred_from is not None:
        ending.settle(referral=re_referred_from, outcome=Disposition.Outcome.RE_REFERRED, by=by)
    return referral


def _require_not_asked(file: Participant, service: Service) -> None:
    """One open referral a person and service, among those that this organization may know of: says which, and how it stands."""
    asked = Referral.objects.filter(person_id=file.person_id, service=service, state__in=OPEN).first()
    if asked is None:
        return
    raise AlreadyAsked(
        gettext("%(receiver)s has a referral of this person to %(service)s already: %(state)s.")
        % {
            "receiver": service.organization.name,
            "service": service.in_language(get_language() or "en"),
            "state": reading.state_words(asked),
        },
        mend=gettext("Go on with that one."),
        referral=asked.code,
    )


def _require_consent(consent: Consent, file: Participant, service: Service, need: Need) -> None:
    """Their own consent, as it stands now, that names the receiver and every class that it would show after a yes."""
    consent = Consent.objects.select_for_update(no_key=True).get(pk=consent.pk)
    covered = steps.classes_shared(need.code, consent.parts) <= set(consent.data_classes)
    if (
        consent.file_id != file.pk
        or not consent.is_live(clock.now())
        or service.organization_id not in consent.recipients
        or not covered
    ):
        raise participants.ConsentMissing()


def require_can_receive(service: Service, mode: str) -> None:
    """A member of the network that can be asked: by mail, or because somebody there answers."""
    organization = service.organization
    _require_stays_open(organization)
    reachable = service.mailbox_id is not None or has_active_lead(organization.pk)
    member = organization.is_active and organization.standing == Organization.Standing.MEMBER
    if not (service.active and member and reachable) or organization.pk == current_organization():
        raise CannotReceive()
    if mode == Referral.Mode.TRANSFER and not has_active_lead(organization.pk):
        raise CannotTransfer()


def _require_stays_open(organization: Organization) -> None:
    """Whoever closes it at this moment is waited for; whoever closes it from now on waits for us, and ends this referral too."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT state FROM network_organization WHERE id = %s FOR SHARE", [organization.pk])
        (state,) = cursor.fetchone()
    if state != Organization.State.ACTIVE:
        raise CannotReceive(
            gettext("%(organization)s has closed.") % {"organization": organization.name},
            mend=gettext("Choose another place."),
        )


def _offer(file: Participant, service: Service) -> Handover:
    return Handover.objects.create(
        person_id=file.person_id,
        kind=Handover.Kind.TRANSFER,
        from_organization_id=file.organization_id,
        to_organization_id=service.organization_id,
        to_queue=queue_of(service.organization_id),
        offered_at=clock.now(),
    )


def _ask_receiver(referral: Referral, *, by: Actor) -> None:
    """The receiver's duty (where someone there signs in) and the mail with the link (where there is a mailbox)."""
    with on_behalf_of(referral.receiver_id, because=steps.because_of(referral)):
        queue = led_queue_of(referral.receiver_id)
        if queue is not None:
            duties.open_duty(
                owner=Owner(referral.receiver_id, queue_id=queue.pk),
                kind=p.ANSWER,
                due_at=referral.answer_due_at,
                by=by,
                subject=steps.subject_of(referral),
            )
    if referral.service.mailbox_id is not None:
        link = AnswerLink.objects.create(
            referral=referral,
            organization_id=referral.receiver_id,
            mailbox_id=referral.service.mailbox_id,
            made_at=clock.now(),
        )
        steps.mail_link(referral, link, notices.ReferralReceived)


@transaction.atomic
def fresh_link(*, link: AnswerLink) -> None:
    """Send a fresh link to the same mailbox: for whoever holds an old one. Dead links stay dead."""
    if link.revoked_at is not None or (link.dies_at is not None and link.dies_at <= clock.now()):
        raise WrongState(
            "This referral is over, so there is no new link for it.", mend="Call whoever sent it to you."
        )
    steps.mail_link(link.referral, mail_links.renew(link), notices.FreshLink)


@transaction.atomic
def send_code(*, link: AnswerLink) -> None:
    """Six digits to the link's own mailbox: with them a browser sees what the consent covers."""
    messages.send(
        notices.CodeMail,
        to=link.mailbox_id,
        organization_id=link.organization_id,
        subject=(p.LINK_CODE, mail_links.new_code(link).pk),
        sender_organization_id=link.referral.sender_id,
    )


@transaction.atomic
def mail_failed(*, referral: Referral, by: Actor) -> None:
    """The mail could not be delivered after every try: whoever holds the person must call."""
    if referral.state not in OPEN:
        return
    with steps.holder_side(referral) as holder_id:
        told_already = duties.open_about(steps.subject_of(referral), p.MAIL_FAILED).exists()
        if holder_id is not None and not told_already:
            steps.open_for_holder(
                referral, p.MAIL_FAILED, current_place().deadline("next_step", clock.now()), by=by
            )


@transaction.atomic
def mailbox_is_wrong(*, link: AnswerLink, by: Actor) -> bool:
    """The mail reached someone it wasn't meant for: the link stops, and whoever holds the person must call. True the first time."""
    if not mail_links.revoke(link):
        return False
    mail_failed(referral=Referral.objects.get(pk=link.referral_id), by=by)
    return True
