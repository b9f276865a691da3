"""May we ask this place for you? Put on the person's own page instead of aloud: what was prepared waits there for their yes.

The yes is their own act: a consent on screen, in the form's version and their language, recorded by nobody but them. With it
goes the referral, in the same moment. A no is recorded too, and stops no help.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet

from warmhandoff.custody import actions as custody
from warmhandoff.custody.protocol import AFTER_INTAKE
from warmhandoff.directory.models import Service
from warmhandoff.foundation import clock, messages
from warmhandoff.foundation.errors import DomainError, NotYours, WrongState
from warmhandoff.foundation.models import Actor
from warmhandoff.foundation.scoping import current_organization
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.network.models import Membership
from warmhandoff.participants import actions as participants
from warmhandoff.participants import notices, own_links
from warmhandoff.participants.models import Consent, Narrative, Need, Participant
from warmhandoff.participants.own_page import OwnLink, PageQuestion
from warmhandoff.referrals.actions import sending, steps
from warmhandoff.referrals.models import Referral

SUBJECT = "page_question"
WAITS = timedelta(days=14)


@transaction.atomic
def ask(
    *,
    file: Participant,
    service: Service,
    need: Need,
    recipients: Sequence[int],
    parts: Sequence[str],
    days: int,
    by: Actor,
    membership: Membership,
    mode: str = Referral.Mode.REFER,
    note: str = "",
    alternatives: Sequence[int] = (),
) -> PageQuestion:
    """Put the question. A newer one about the same service takes the older one's place."""
    custody.held(file.person_id)
    if need.file_id != file.pk or membership.organization_id != file.organization_id:
        raise NotYours()
    if not own_links.has_page(file):
        raise WrongState(
            "They have no page of their own yet.", mend="Send them their page first, or ask them here."
        )
    for older in waiting_of(file).filter(service=service):
        withdraw(question=older, by=by)
    now = clock.now()
    question = PageQuestion.objects.create(
        file=file,
        organization_id=file.organization_id,
        person_id=file.person_id,
        asked_by=membership,
        service=service,
        need=need,
        mode=mode,
        recipients=list(recipients),
        data_classes=sorted(steps.classes_shared(need.code, parts)),
        parts=list(parts),
        alternatives=list(alternatives),
        days=days,
        asked_at=now,
        expires_at=now + WAITS,
    )
    if "note" in parts:
        participants.write_down(file=file, about=(SUBJECT, question.pk), text=note, by=by)
    for link in own_links.live_links(file).filter(kind=OwnLink.Kind.MAIL, mailbox__stopped_at__isnull=True):
        _tell(link)
    return question


def _tell(link: OwnLink) -> None:
    if link.mailbox_id is not None:
        messages.send(
            notices.PageAsks,
            to=link.mailbox_id,
            organization_id=link.organization_id,
            subject=(own_links.LINK, link.pk),
        )


@transaction.atomic
def withdraw(*, question: PageQuestion, by: Actor) -> None:
    """Asked in another way, or not at all."""
    PageQuestion.objects.filter(pk=question.pk, consent__isnull=True, withdrawn_at__isnull=True).update(
        withdrawn_at=clock.now()
    )


def waiting_of(file: Participant) -> QuerySet[PageQuestion]:
    """What waits for the person's yes or no."""
    return PageQuestion.objects.filter(
        file=file,
        organization_id=current_organization(),
        consent__isnull=True,
        withdrawn_at__isnull=True,
        expires_at__gt=clock.now(),
    ).select_related("service__organization", "need", "file")


@transaction.atomic
def answer(*, question: PageQuestion, yes: bool, language: str, by: Actor) -> Referral | None:
    """The person's own yes or no, as the person. With a yes the place is asked at once; where it can't be any more, the holder
    hears that they said yes, and looks on."""
    held = PageQuestion.objects.select_for_update().get(pk=question.pk)
    if held.consent_id is not None or held.withdrawn_at is not None or held.expires_at <= clock.now():
        raise WrongState()
    if by.kind != Actor.Kind.PARTICIPANT:
        raise NotYours()
    file = question.file
    consent = participants.record_consent(
        file=file,
        asked=participants.Asked(
            recipients=question.recipients,
            parts=question.parts,
            data_classes=question.data_classes,
            how=Consent.How.SCREEN,
            language=language,
            days=question.days,
            refused=not yes,
        ),
        by=by,
    )
    PageQuestion.objects.filter(pk=question.pk).update(consent=consent)
    if not yes:
        _next(file, by=by)
        return None
    try:
        with transaction.atomic():
            return _send(question, consent, by=by)
    except DomainError:
        _next(file, by=by)
        return None


def _send(question: PageQuestion, consent: Consent, *, by: Actor) -> Referral:
    note = Narrative.standing.filter(
        file_id=question.file_id, about_kind=SUBJECT, about_id=question.pk
    ).values_list("text", flat=True)
    return sending.send(
        file=question.file,
        service=question.service,
        need=question.need,
        consent=consent,
        by=by,
        membership=question.asked_by,
        mode=question.mode,
        note=note.first() or "",
        alternatives=question.alternatives,
    )


def _next(file: Participant, *, by: Actor) -> None:
    """They said no, or the place can't be asked any more: whoever holds them hears of it, and looks for another place."""
    if custody.holds(file.person_id):
        due_at = current_place().deadline("next_step", clock.now())
        custody.add_step(person_id=file.person_id, kind=AFTER_INTAKE, due_at=due_at, by=by)
