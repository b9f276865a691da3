"""What people say themselves, on their own page or asked at a desk: a yes or no, that a need is met, that something is wrong."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from tests.proofs.interleavings.careless import NOTHING
from warmhandoff.custody import said_wrong
from warmhandoff.custody.said_wrong import SaidWrong
from warmhandoff.directory.models import Service
from warmhandoff.foundation import clock, scoping
from warmhandoff.foundation.actors import participant_actor
from warmhandoff.foundation.models import Actor, Duty
from warmhandoff.network.access import Member
from warmhandoff.participants import own_links
from warmhandoff.participants.models import Consent, Need, Participant
from warmhandoff.participants.own_page import OwnAccess, OwnLink
from warmhandoff.referrals import actions as referrals
from warmhandoff.referrals import page_questions
from warmhandoff.referrals.models import Referral
from warmhandoff.referrals.page_questions import PageQuestion
from warmhandoff.referrals.protocol import ASK_MET

CLASSES = ("contact", "needs", "narrative")


def _page_of(file: Participant, member: Member) -> OwnLink:
    """Their way in: the one they have, else a card."""
    found = own_links.live_links(file).order_by("id").first()
    if found is not None:
        return found
    link = OwnLink.objects.create(
        kind=OwnLink.Kind.CARD,
        organization_id=file.organization_id,
        dies_at=clock.now() + own_links.CARD_LIVES,
    )
    OwnAccess.objects.create(
        link=link,
        file=file,
        organization_id=file.organization_id,
        person_id=file.person_id,
        given_by=member.actor,
    )
    return link


def _themself(file: Participant, member: Member, act: Callable[[Actor], Any]) -> Any:
    """The same transaction goes on as the person, within the organization whose file it is."""
    actor = participant_actor(_page_of(file, member).pk, file.organization_id)
    with scoping.acting_as(actor, classes=CLASSES):
        return act(actor)


def ask_on_the_page(w: Any, r: random.Random, member: Member) -> Any:
    file = w.file(r, organization_id=member.organization_id)
    needs = list(Need.objects.filter(file=file, closed_on=None).order_by("id")) if file else []
    if file is None or not needs:
        return NOTHING
    _page_of(file, member)
    need = r.choice(needs)
    found = Service.objects.filter(service_code=need.code, active=True).order_by("id")
    services = list(found.exclude(organization_id=member.organization_id))
    if not services:
        return NOTHING
    service = r.choice(services)
    parts = ["name", "need"]
    return page_questions.ask(
        file=file, service=service, need=need, recipients=[service.organization_id], parts=parts, days=90,
        by=member.actor, membership=member.membership,
    )  # fmt: skip


def answer_on_the_page(w: Any, r: random.Random, member: Member) -> Any:
    waiting = PageQuestion.objects.filter(
        organization_id=member.organization_id, consent=None, withdrawn_at=None
    ).select_related("service__organization", "need", "file", "asked_by")
    asked = list(waiting.order_by("id"))
    if not asked:
        return NOTHING
    question = r.choice(asked)
    return _themself(
        question.file,
        member,
        lambda actor: page_questions.answer(question=question, yes=r.random() < 0.7, language="es", by=actor),
    )


def stop_themself(w: Any, r: random.Random, member: Member) -> Any:
    given = list(Consent.objects.filter(revoked_at=None, refused=False).select_related("file").order_by("id"))
    given = [each for each in given if each.file.organization_id == member.organization_id]
    if not given:
        return NOTHING
    consent = r.choice(given)
    return _themself(consent.file, member, lambda actor: referrals.stop_sharing(consent=consent, by=actor))


def say_wrong(w: Any, r: random.Random, member: Member) -> Any:
    file = w.file(r, organization_id=member.organization_id)
    if file is None:
        return NOTHING
    about = r.choice(SaidWrong.About.values)
    return _themself(file, member, lambda actor: said_wrong.say(file=file, about=about, words="?", by=actor))


def answer_wrong(w: Any, r: random.Random, member: Member) -> Any:
    said = list(SaidWrong.objects.filter(organization_id=member.organization_id).order_by("id"))
    if not said:
        return NOTHING
    outcome = r.choice(SaidWrong.Outcome.values)
    return said_wrong.answer(said=r.choice(said), outcome=outcome, words="!", by=member.actor)


def say_met(w: Any, r: random.Random, member: Member) -> Any:
    asked = Duty.objects.filter(kind=ASK_MET, closed_at=None, organization_id=member.organization_id)
    ids = list(asked.order_by("id").values_list("subject_id", flat=True))
    if not ids:
        return NOTHING
    referral = Referral.objects.get(pk=r.choice(ids))
    return referrals.say_met(referral=referral, met=r.random() < 0.6, by=member.actor)


VERBS = {
    "ask on their page": (ask_on_the_page, 5), "answer on their page": (answer_on_the_page, 5), "stop themself": (stop_themself, 2),
    "say wrong": (say_wrong, 3), "answer wrong": (answer_wrong, 2), "say met": (say_met, 4),
}  # fmt: skip
