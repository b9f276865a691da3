"""What can happen to somebody in the story: each act is one press of a page, done through the room's own action.

An act is made with what is particular to it, and done later: `refer("denise", "solar")` waits in a list until the clock is
there. Whoever has no account (`by` is empty) presses the link that the mail brought.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from warmhandoff.custody import actions as custody
from warmhandoff.custody.protocol import AFTER_INTAKE, PLAN
from warmhandoff.custody.reading import duties_about
from warmhandoff.demo.days import business_day
from warmhandoff.demo.network import Network
from warmhandoff.directory.models import Service
from warmhandoff.foundation import clock
from warmhandoff.foundation.duties import Owner
from warmhandoff.foundation.models import Actor, Duty
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.network import access
from warmhandoff.participants import actions as participants
from warmhandoff.participants import correcting
from warmhandoff.participants.models import Consent, FileEvent, Need, Participant
from warmhandoff.participants.reading import file_of
from warmhandoff.referrals import actions as referrals
from warmhandoff.referrals import board
from warmhandoff.referrals.models import AnswerLink, Referral, ReferralParty
from warmhandoff.referrals.protocol import ASK_MET

NAME_AND_REACH = ("name", "reach", "need")


@dataclass(frozen=True)
class Life:
    """Somebody made up, and what happened to them."""

    told: participants.Told
    reach: tuple[participants.Way, ...]
    needs: tuple[str, ...]
    beats: tuple[Beat, ...]
    diploma: bool | None = None

    @property
    def name(self) -> str:
        """Nobody in the story shares a name, so it tells lives apart."""
        return f"{self.told.first_name} {self.told.last_name}"

    @property
    def language(self) -> str:
        return self.told.language


@dataclass
class Stage:
    """Where the story is: the network, and of each life who it is in the database."""

    network: Network
    people: dict[str, uuid.UUID] = field(default_factory=dict)
    asked: dict[str, int] = field(default_factory=dict)  # each life's newest referral

    def person(self, life: Life) -> uuid.UUID:
        return self.people[life.name]

    def file(self, life: Life) -> Participant:
        """The file on them of whoever acts."""
        found = file_of(self.person(life))
        if found is None:
            raise LookupError(f"Nobody here has a file on {life.name}.")
        return found

    def referral(self, life: Life) -> Referral:
        return Referral.objects.select_related("service", "sender", "receiver", "sender_membership").get(
            pk=self.asked[life.name]
        )


Act = Callable[[Stage, Life], None]


@dataclass(frozen=True)
class Beat:
    """One thing that happened: how many business days before the story's last, at what time."""

    back: int
    at: str
    act: Act
    # What happens on the last morning is told as it is: its mails are sent, so that somebody finds work in the mailbox.
    is_live: bool = False


def beat(back: int, at: str, act: Act) -> Beat:
    return Beat(back, at, act)


def live(back: int, at: str, act: Act) -> Beat:
    return Beat(back, at, act, is_live=True)


# --- Intake, next steps, release ----------------------------------------------------------------------------------


def comes_in(by: str, *, to_queue: bool = False, next_step: str = "", days: int = 0) -> Act:
    def act(stage: Stage, life: Life) -> None:
        with stage.network.acting(by) as member:
            file = custody.take_in(
                told=life.told,
                reach=life.reach,
                needs=life.needs,
                holder=_holder(stage, member, by, to_queue),
                by=member.actor,
                is_adult=True,
                next_step=next_step,
                due_at=_in_days(days) if days else None,
            )
            participants.learn_schooling(file=file, diploma=life.diploma)
            stage.people[life.name] = file.person_id

    return act


def comes_back(by: str, *needs: str) -> Act:
    """They were released, and are here again."""

    def act(stage: Stage, life: Life) -> None:
        with stage.network.acting(by) as member:
            custody.take_in(
                told=life.told,
                reach=(),
                needs=needs,
                holder=_holder(stage, member, by, to_queue=False),
                by=member.actor,
                is_adult=True,
                again=stage.file(life),
            )

    return act


def plans(by: str, kind: str, days: int, note: str = "") -> Act:
    """They agree on a next step, `days` business days ahead, instead of the one that was planned."""

    def act(stage: Stage, life: Life) -> None:
        with stage.network.acting(by) as member:
            custody.add_step(
                person_id=stage.person(life),
                kind=kind,
                due_at=_in_days(days),
                by=member.actor,
                note=note,
                instead_of=_planned(stage, life, AFTER_INTAKE, PLAN),
            )

    return act


def does(by: str, kind: str) -> Act:
    """The planned step is done."""

    def act(stage: Stage, life: Life) -> None:
        with stage.network.acting(by) as member:
            step = _planned(stage, life, kind)
            if step is not None:
                custody.finish_step(duty=step, by=member.actor)

    return act


def gives_to(by: str, colleague: str) -> Act:
    def act(stage: Stage, life: Life) -> None:
        with stage.network.acting(by) as member:
            custody.assign(person_id=stage.person(life), to=stage.network.staff[colleague], by=member.actor)

    return act


def lets_go(by: str, reason: str) -> Act:
    def act(stage: Stage, life: Life) -> None:
        with stage.network.acting(by) as member:
            custody.release(person_id=stage.person(life), reason=reason, by=member.actor)

    return act


def talks(by: str, how: str, note: str = "", *, reached: bool = True, hours_ago: int = 0) -> Act:
    """A contact, written down at once or some hours later."""

    def act(stage: Stage, life: Life) -> None:
        with stage.network.acting(by) as member:
            participants.log_contact(
                file=stage.file(life),
                how=how,
                by=member.actor,
                note=note,
                reached=reached,
                happened_at=_earlier(hours_ago),
            )

    return act


def says_right(by: str, how: str) -> Act:
    """The last contact was written down wrongly: it was another way."""

    def act(stage: Stage, life: Life) -> None:
        with stage.network.acting(by) as member:
            wrong = FileEvent.objects.filter(file=stage.file(life), kind=FileEvent.Kind.CONTACTED).latest(
                "happened_at", "id"
            )
            correcting.correct_contact_event(
                event=wrong,
                how=how,
                reached=True,
                happened_at=wrong.happened_at,
                reason=correcting.Reason.WRONG_WAY,
                by=member.actor,
            )

    return act


def _holder(stage: Stage, member: access.Member, by: str, to_queue: bool) -> Owner:
    if not to_queue:
        return Owner(member.organization_id, membership_id=member.membership.pk)
    house = stage.network.house_of(by)
    queue = next(queue for queue in stage.network.queues.values() if queue.organization_id == house.pk)
    return Owner(member.organization_id, queue_id=queue.pk)


def _planned(stage: Stage, life: Life, *kinds: str) -> Duty | None:
    return (
        Duty.objects.filter(person_id=stage.person(life), kind__in=kinds, closed_at__isnull=True)
        .order_by("due_at", "id")
        .first()
    )


# --- Consent and referral -----------------------------------------------------------------------------------------


def refer(
    by: str,
    offer: str,
    *,
    parts: tuple[str, ...] = NAME_AND_REACH,
    note: str = "",
    mode: str = Referral.Mode.REFER,
    instead: bool = False,
) -> Act:
    """They agree, and a service is asked. `instead`: after the last one came to nothing."""

    def act(stage: Stage, life: Life) -> None:
        service = Service.objects.select_related("organization").get(pk=stage.network.services[offer].pk)
        shown = (*parts, "note") if note else parts
        with stage.network.acting(by) as member:
            file = stage.file(life)
            need = Need.objects.get(file=file, code=service.service_code, closed_on__isnull=True)
            sent = referrals.send(
                file=file,
                service=service,
                need=need,
                consent=_agrees(file, service, shown, member, life),
                by=member.actor,
                membership=member.membership,
                mode=mode,
                note=note,
                re_referred_from=stage.referral(life) if instead else None,
            )
            stage.asked[life.name] = sent.pk

    return act


def transfer(by: str, offer: str, note: str = "") -> Act:
    """They are to be held by the other organization, when it accepts and not before."""
    return refer(by, offer, note=note, mode=Referral.Mode.TRANSFER)


def refuses(by: str, offer: str) -> Act:
    """They don't want to be told about. That is written down, and changes nothing else."""

    def act(stage: Stage, life: Life) -> None:
        with stage.network.acting(by) as member:
            file = stage.file(life)
            _agrees(file, stage.network.services[offer], NAME_AND_REACH, member, life, refused=True)

    return act


def takes_back_consent(by: str) -> Act:
    def act(stage: Stage, life: Life) -> None:
        with stage.network.acting(by) as member:
            consent = Consent.objects.get(pk=stage.referral(life).consent_id)
            referrals.stop_sharing(consent=consent, by=member.actor)

    return act


def _agrees(
    file: Participant,
    service: Service,
    parts: tuple[str, ...],
    member: access.Member,
    life: Life,
    refused: bool = False,
) -> Consent:
    asked = participants.Asked(
        recipients=[service.organization_id],
        parts=parts,
        data_classes=sorted(referrals.classes_shared(service.service_code, parts)),
        language=life.language,
        refused=refused,
    )
    return participants.record_consent(file=file, asked=asked, by=member.actor)


# --- The answer, and after it -------------------------------------------------------------------------------------


def yes(caller: str, *, by: str = "", days: int = 0) -> Act:
    """They are accepted; `days`: until when they will be called, where that is sooner than it must be."""

    def act(stage: Stage, life: Life) -> None:
        with _receiver(stage, life, by) as (actor, referral):
            contact_by = business_day(clock.today(current_place().zone), days) if days else None
            referrals.accept(referral=referral, reply=referrals.Reply(caller, contact_by), by=actor)

    return act


def no(reason: str, detail: str, *, by: str = "", full_until: Callable[[Network], date] | None = None) -> Act:
    def act(stage: Stage, life: Life) -> None:
        with _receiver(stage, life, by) as (actor, referral):
            referrals.decline(
                referral=referral,
                reason=reason,
                detail=detail,
                full_until=full_until(stage.network) if full_until else None,
                by=actor,
            )

    return act


def wants_a_look(by: str, why: str) -> Act:
    """Whoever holds them asks the network's office to look at the no once more."""

    def act(stage: Stage, life: Life) -> None:
        with stage.network.acting(by) as member:
            referrals.ask_for_look(referral=stage.referral(life), why=why, by=member.actor)

    return act


def sends_back(by: str, note: str) -> Act:
    """The network's office has looked at the no, by its code, and asks once more."""

    def act(stage: Stage, life: Life) -> None:
        with stage.network.acting(by) as member:
            referrals.send_back(party=_office_row(stage, life), note=note, by=member.actor)

    return act


def lets_stand(by: str) -> Act:
    def act(stage: Stage, life: Life) -> None:
        with stage.network.acting(by) as member:
            referrals.let_stand(party=_office_row(stage, life), by=member.actor)

    return act


def _office_row(stage: Stage, life: Life) -> ReferralParty:
    return board.rows().get(referral_id=stage.asked[life.name])


def asks(text: str, *, by: str = "") -> Act:
    def act(stage: Stage, life: Life) -> None:
        with _receiver(stage, life, by) as (actor, referral):
            referrals.ask(referral=referral, text=text, by=actor)

    return act


def answers(by: str, text: str) -> Act:
    def act(stage: Stage, life: Life) -> None:
        with stage.network.acting(by) as member:
            referrals.answer_question(referral=stage.referral(life), text=text, by=member.actor)

    return act


def lists(days: int, *, position: int | None = None, by: str = "") -> Act:
    """On the waitlist; they look again within `days` business days."""

    def act(stage: Stage, life: Life) -> None:
        with _receiver(stage, life, by) as (actor, referral):
            review_on = business_day(clock.today(current_place().zone), days)
            referrals.waitlist(referral=referral, review_on=review_on, position=position, by=actor)

    return act


def stands(stage_code: str, *, by: str = "") -> Act:
    """How it stands, in the network's own words."""

    def act(stage: Stage, life: Life) -> None:
        with _receiver(stage, life, by) as (actor, referral):
            referrals.set_stage(referral=referral, stage=stage_code, by=actor)

    return act


def writes(text: str, *, by: str = "") -> Act:
    """A message to whoever referred them."""

    def act(stage: Stage, life: Life) -> None:
        with _receiver(stage, life, by) as (actor, referral):
            referrals.write(referral=referral, text=text, by=actor)

    return act


def puts_off(by: str, reason: str, days: int) -> Act:
    """The sender asks them to wait; it goes on by itself."""

    def act(stage: Stage, life: Life) -> None:
        with stage.network.acting(by) as member:
            until = business_day(clock.today(current_place().zone), days)
            referrals.hold(referral=stage.referral(life), until=until, reason=reason, by=member.actor)

    return act


def tries(channel: str, *, by: str = "") -> Act:
    def act(stage: Stage, life: Life) -> None:
        with _receiver(stage, life, by) as (actor, referral):
            referrals.attempt(referral=referral, channel=channel, by=actor)

    return act


def meets(channel: str, *, by: str = "", hours_ago: int = 0) -> Act:
    def act(stage: Stage, life: Life) -> None:
        with _receiver(stage, life, by) as (actor, referral):
            referrals.record_contact(
                referral=referral, channel=channel, by=actor, happened_at=_earlier(hours_ago)
            )

    return act


def begins(*, by: str = "", hours_ago: int = 0) -> Act:
    def act(stage: Stage, life: Life) -> None:
        with _receiver(stage, life, by) as (actor, referral):
            referrals.engage(referral=referral, by=actor, happened_at=_earlier(hours_ago))

    return act


def completes(*, by: str = "", hours_ago: int = 0) -> Act:
    def act(stage: Stage, life: Life) -> None:
        with _receiver(stage, life, by) as (actor, referral):
            referrals.complete(referral=referral, by=actor, happened_at=_earlier(hours_ago))

    return act


def ends(reason: str, *, by: str = "") -> Act:
    def act(stage: Stage, life: Life) -> None:
        with _receiver(stage, life, by) as (actor, referral):
            referrals.end_early(referral=referral, reason=reason, by=actor)

    return act


def is_lost(*, by: str = "") -> Act:
    def act(stage: Stage, life: Life) -> None:
        with _receiver(stage, life, by) as (actor, referral):
            referrals.lose_contact(referral=referral, by=actor)

    return act


def withdraws(by: str, reason: str) -> Act:
    def act(stage: Stage, life: Life) -> None:
        with stage.network.acting(by) as member:
            referrals.withdraw(referral=stage.referral(life), reason=reason, by=member.actor)

    return act


def decides(by: str, outcome: str, note: str = "") -> Act:
    """What comes after an end that was none: only a person decides it."""

    def act(stage: Stage, life: Life) -> None:
        with stage.network.acting(by) as member:
            referrals.settle(referral=stage.referral(life), outcome=outcome, by=member.actor, note=note)

    return act


def says_met(by: str) -> Act:
    """After a completed service: it is what they needed. Nothing where nobody asks for the word."""

    def act(stage: Stage, life: Life) -> None:
        with stage.network.acting(by) as member:
            for asked in duties_about(stage.person(life)).filter(kind=ASK_MET):
                done = Referral.objects.get(pk=asked.subject_id or 0)
                referrals.say_met(referral=done, met=True, by=member.actor)

    return act


@contextmanager
def _receiver(stage: Stage, life: Life, by: str) -> Iterator[tuple[Actor, Referral]]:
    """Whoever answers for the service: a member, or the link that its mailbox was sent."""
    if by:
        with stage.network.acting(by) as member:
            yield member.actor, stage.referral(life)
        return
    link = AnswerLink.objects.get(referral_id=stage.asked[life.name])
    with stage.network.pressing(link) as actor:
        yield actor, stage.referral(life)


def _in_days(days: int) -> datetime:
    return current_place().business_days_after(clock.now(), days)


def _earlier(hours: int) -> datetime | None:
    return clock.now() - timedelta(hours=hours) if hours else None
