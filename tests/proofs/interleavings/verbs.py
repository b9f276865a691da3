"""What can be done, by whom and to whom: chosen by a seed among what there is. Whoever may not is told so."""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.test import Client

from tests import cast
from tests.proofs.interleavings import (
    careless,
    coming,
    eligible,
    enrolling,
    gathering,
    learning,
    meeting,
    moving,
    planning,
    themselves,
    working,
)
from tests.proofs.interleavings.careless import NOTHING
from tests.proofs.interleavings.ledger import Known, Ledger
from tests.proofs.scene import Scene
from warmhandoff.custody import actions as custody
from warmhandoff.directory.models import Service
from warmhandoff.foundation import clock, scoping, timers
from warmhandoff.foundation.actors import link_actor
from warmhandoff.foundation.duties import Owner
from warmhandoff.foundation.mail_links import token_of
from warmhandoff.foundation.models import Actor, Duty
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.network.access import Member
from warmhandoff.participants.models import Consent, Need, Participant
from warmhandoff.referrals import actions as referrals
from warmhandoff.referrals.models import AnswerLink, Disposition, Referral, ReferralEvent, ReferralParty
from warmhandoff.referrals.states import OPEN, REFERRAL, TAKES_BACK
from warmhandoff.web.answer.forms import days_to_call

CARELESSNESS = 8.0  # of about a hundred transactions
EVERYBODY = ("denise", "marcus", "ines", "paul", "vera", "luz", "tavo", "adam")
CASE_WORKERS = ("denise", "denise", "marcus", "ines", "vera", "luz")
WORKS_AT = {"eastgate": "denise", "harbor": "ines", "valley": "vera", "office": "luz"}
LINK_CLASSES = ("contact", "needs", "narrative")
OUTCOMES = ("stays", "person_stopped", "met_elsewhere", "deceased", "not_eligible", "late_yes")
SAID = {
    "accept": {"reply": referrals.Reply("Jo")}, "decline": {"reason": "full", "detail": "full_open"}, "ask": {"text": "?"},
    "attempt": {"channel": "text"}, "record_contact": {"channel": "text"}, "end_early": {"reason": "moved_away"},
    "withdraw": {"reason": "mistake"}, "answer_question": {"text": "!"},
}  # fmt: skip
CORRECTABLE = ("attempted", *TAKES_BACK)
# What leaves the state as it is.
BESIDES = ("ask", "waitlist", "hold", "resume", "set_stage", "confirm", "write")
RECEIVERS = (
    *BESIDES, "see", "accept", "decline", "ask", "attempt", "record_contact", "engage", "complete", "end_early", "lose_contact",
)  # fmt: skip
PAGES = {
    "accept": "yes", "decline": "no", "ask": "question", "record_contact": "contact", "engage": "begin", "complete": "complete",
    "end_early": "end", "lose_contact": "lost", "waitlist": "list", "hold": "hold", "resume": "resume", "set_stage": "stage",
    "write": "message", "confirm": "still",
}  # fmt: skip


@dataclass
class Deed:
    """One transaction to be: what it is, how it is done, and the form's key if it is a press."""

    what: str
    who: str
    do: Callable[[], str]
    key: str = ""


@dataclass
class World:
    """Where a history stands."""

    scene: Scene
    ledger: Ledger
    carelessness: float
    half_verbs: tuple[str, ...] = tuple(careless.ATTEMPTS)
    now: datetime = cast.MONDAY
    hot: int = 0  # whom most of them act on, so that they meet
    presses: list[Any] = field(default_factory=list)  # what was pressed, to be pressed again
    doubled: list[Any] = field(default_factory=list)  # and what by an impatient hand, at once
    at_worksites: list[Any] = field(default_factory=list)  # what supervisors pressed

    def deed(self, r: random.Random) -> Deed:
        if self.doubled:
            return _press(self, *self.doubled.pop())
        if r.random() < 0.15:
            self.hot = r.randrange(8)
        is_late = self.ledger.timers and self.ledger.timers[0][1] <= self.now
        makers = [*_MAKERS, (timer, 45 if is_late else 1), (careless_hand, self.carelessness)]
        return r.choices([make for make, _ in makers], [weight for _, weight in makers])[0](self, r)

    def act(self, what: str, who: str, verb: Callable[[Member], Any]) -> Deed:
        moment = self.now

        def do() -> str:
            with self.scene.cast.acting(who, moment) as member:
                return NOTHING if verb(member) is NOTHING else ""

        return Deed(what, who, do)

    def file(self, r: random.Random, **which: Any) -> Participant | None:
        found = list(Participant.objects.filter(**which).order_by("id"))
        return (
            found[self.hot % len(found) if r.random() < 0.6 else r.randrange(len(found))] if found else None
        )

    def someone(self, r: random.Random) -> str:
        return r.choice(EVERYBODY if r.random() < 0.2 else CASE_WORKERS)

    def referral(self, r: random.Random) -> Known:
        known = list(self.ledger.referrals.values())
        if r.random() < 0.75:
            known = [each for each in known if each.state in OPEN] or known
        if r.random() < 0.5:
            return known[-1 - self.hot % min(3, len(known))]
        return r.choice(known)

    def key_of(self, organization_id: int) -> str:
        return next(k for k, each in self.scene.cast.organizations.items() if each.pk == organization_id)


# --- Custody ------------------------------------------------------------------------------------------------------


def _takes_in(r: random.Random, member: Member, again: Participant | None = None) -> Participant:
    queue = member.membership.organization.queues.first() if r.random() < 0.3 else None
    holder = Owner(
        member.organization_id,
        membership_id=None if queue else member.membership.pk,
        queue_id=queue.pk if queue else None,
    )
    return custody.take_in(
        told=cast.told(), reach=[cast.PHONE], needs=("WRK-TRN", "HSG"), by=member.actor, is_adult=r.random() < 0.95,
        again=again, holder=holder,
    )  # fmt: skip


def take_in(w: World, r: random.Random) -> Deed:
    return w.act("take in", w.someone(r), lambda m: _takes_in(r, m))


def _about_someone(what: str, verb: Callable[[World, random.Random, Member, Participant], Any]) -> Any:
    def make(w: World, r: random.Random) -> Deed:
        def act(member: Member) -> Any:
            file = w.file(r)
            return verb(w, r, member, file) if file else NOTHING

        return w.act(what, w.someone(r), act)

    return make


def _as_anybody(what: str, verb: Callable[[World, random.Random, Member], Any]) -> Any:
    def make(w: World, r: random.Random) -> Deed:
        return w.act(what, w.someone(r), lambda member: verb(w, r, member))

    return make


def _again(w: World, r: random.Random, member: Member, file: Participant) -> Any:
    released = w.file(r, person__closed_at__isnull=False)
    return _takes_in(r, member, again=released or file)


def _assign(w: World, r: random.Random, member: Member, file: Participant) -> Any:
    at_home = [
        each for each in w.scene.cast.members.values() if each.organization_id == member.organization_id
    ]
    queues = [each for each in w.scene.cast.queues.values() if each.organization_id == member.organization_id]
    anybody = [*w.scene.cast.members.values(), *w.scene.cast.queues.values()]
    to = r.choice(anybody if r.random() < 0.15 else [*at_home, *queues])
    return custody.assign(person_id=file.person_id, by=member.actor, to=to)


def _add_step(w: World, r: random.Random, member: Member, file: Participant) -> Any:
    kind, days = r.choice(["call", "meet", "plan", "settle"]), r.randint(-1, 33)
    return custody.add_step(
        person_id=file.person_id, by=member.actor, kind=kind, due_at=clock.now() + timedelta(days=days)
    )


def _release(w: World, r: random.Random, member: Member, file: Participant) -> Any:
    return custody.release(
        person_id=file.person_id, reason=r.choice(["needs_met", "moved_away"]), by=member.actor
    )


def finish_step(w: World, r: random.Random) -> Deed:
    def verb(member: Member) -> Any:
        found = list(Duty.objects.filter(closed_at=None).order_by("id"))
        return custody.finish_step(duty=r.choice(found), by=member.actor) if found else NOTHING

    return w.act("finish step", w.someone(r), verb)


# --- Referrals, signed in -----------------------------------------------------------------------------------------


def refer(w: World, r: random.Random) -> Deed:
    chosen = r.choice([*w.scene.cast.services.values()])

    def verb(member: Member) -> Any:
        service = Service.objects.select_related("organization").get(pk=chosen.pk)
        file = w.file(r)
        need = file and Need.objects.filter(file=file, code=service.service_code, closed_on=None).first()
        if not need:
            return NOTHING
        waits = Disposition.objects.filter(person_id=file.person_id, settled_at=None).first()
        return referrals.send(
            file=file, service=service, need=need, by=member.actor, membership=member.membership,
            consent=cast.consent(file, service, member, refused=r.random() < 0.1),
            mode="transfer" if r.random() < 0.5 else "refer",
            re_referred_from=waits.referral if waits and r.random() < 0.7 else None,
        )  # fmt: skip

    return w.act("refer", w.someone(r), verb)


def _on(w: World, what: str, who: str, known: Known, **said: Any) -> Deed:
    def verb(member: Member) -> Any:
        found = Referral.objects.filter(pk=known.pk).first()
        return getattr(referrals, what)(referral=found, by=member.actor, **said) if found else NOTHING

    return w.act(what, who, verb)


def _next(r: random.Random, known: Known) -> str:
    """Mostly what may be done next or meanwhile, sometimes anything."""
    may = REFERRAL.verbs(known.state, "receiver") + [
        verb for verb in REFERRAL.besides(known.state, "receiver") if verb in BESIDES and r.random() < 0.5
    ]
    fitting = may if r.random() < 0.8 else []
    return str(r.choice(fitting or RECEIVERS))


def receiver(w: World, r: random.Random) -> Deed:
    known = w.referral(r)
    what, where = _next(r, known), WORKS_AT.get(w.key_of(known.receiver_id))
    if where is None:
        return link_verb(w, r)
    return _on(w, what, where if r.random() < 0.85 else r.choice(EVERYBODY), known, **_said(w, r, what))


def _said(w: World, r: random.Random, what: str) -> dict[str, Any]:
    """What a verb is told: mostly what it may be, now and then a day too far or a stage of another state."""
    day = current_place().day_of(w.now) + timedelta(days=r.choice((1, 9, 30, 55, 89, 120)))
    return {
        "waitlist": {"review_on": day, "position": r.choice((None, 1, 7))},
        "hold": {"until": day, "reason": r.choice(("papers", "other"))},
        "set_stage": {"stage": r.choice(("orientation_booked", "papers_complete", "started", "halfway"))},
        "write": {"text": "."},
        # Seen today, by a day that is near enough or too far.
        "confirm": {
            "what_next": "next_session",
            "next_by": day,
            "last_seen_on": current_place().day_of(w.now),
        },
        # Every other no is looked at once more.
        "decline": SAID["decline"] if r.random() < 0.5 else {"reason": "not_met", "detail": "area"},
    }.get(what) or SAID.get(what, {})


def correct_referral(w: World, r: random.Random) -> Deed:
    """What the receiver recorded, said right or taken back: mostly the newest of it, by the link or by somebody there."""
    known, moment = w.referral(r), w.now
    if r.random() < 0.6:
        known = next((each for each in w.ledger.referrals.values() if each.state in TAKES_BACK), known)
    takes_back, nth = r.random() < 0.7, 0 if r.random() < 0.8 else r.randrange(4)

    def say(by: Actor) -> Any:
        found = list(ReferralEvent.objects.filter(referral_id=known.pk, kind__in=CORRECTABLE).order_by("-id"))
        if not found:
            return NOTHING
        event = found[nth % len(found)]
        if takes_back:
            return referrals.take_back(event=event, reason="mistake", by=by)
        return referrals.correct(
            event=event,
            happened_at=moment - timedelta(days=1),
            detail=event.detail,
            reason="wrong_day",
            by=by,
        )

    where = WORKS_AT.get(w.key_of(known.receiver_id))
    if where is not None:
        return w.act(
            "correct referral", where if r.random() < 0.85 else r.choice(EVERYBODY), lambda m: say(m.actor)
        )

    def do() -> str:
        link = AnswerLink.objects.filter(pk=known.link_id).first()
        if link is None:
            return NOTHING
        actor = link_actor(link.pk, link.organization_id)
        with clock.at(moment), scoping.acting_as(actor, classes=LINK_CLASSES):
            return NOTHING if say(actor) is NOTHING else ""

    return Deed("correct referral", "link", do)


def suggest(w: World, r: random.Random) -> Deed:
    known, chosen = w.referral(r), r.choice([*w.scene.cast.services.values()])

    def verb(member: Member) -> Any:
        row = ReferralParty.objects.filter(referral_id=known.pk, side="network").first()
        return referrals.suggest(party=row, service=chosen, note=".", by=member.actor) if row else NOTHING

    return w.act("suggest", "luz" if r.random() < 0.9 else r.choice(EVERYBODY), verb)


def ask_for_look(w: World, r: random.Random) -> Deed:
    """Whoever holds the person wants a no looked at once more, also one that is, or was decided."""
    known = _declined(w, r)
    where = WORKS_AT.get(w.key_of(known.sender_id)) if r.random() < 0.85 else None
    return _on(w, "ask_for_look", where or r.choice(EVERYBODY), known, why=r.choice(("meets", "room")))


def second_look(w: World, r: random.Random) -> Deed:
    """The office lets a no stand, sends it back, or names another place; sometimes somebody else tries."""
    known, what = _declined(w, r), r.choice(("let_stand", "send_back", "send_back", "reroute"))
    chosen = r.choice([*w.scene.cast.services.values()])
    said: dict[str, Any] = {"send_back": {"note": "."}, "reroute": {"service": chosen}}.get(what, {})

    def verb(member: Member) -> Any:
        row = ReferralParty.objects.filter(referral_id=known.pk, side="network").first()
        return getattr(referrals, what)(party=row, by=member.actor, **said) if row else NOTHING

    return w.act(what, "luz" if r.random() < 0.9 else r.choice(EVERYBODY), verb)


def _declined(w: World, r: random.Random) -> Known:
    """Mostly a no, the newest first."""
    noes = [each for each in w.ledger.referrals.values() if each.state == "declined"]
    return noes[-1 - w.hot % len(noes)] if noes and r.random() < 0.9 else w.referral(r)


def ask_to_take_over(w: World, r: random.Random) -> Deed:
    """By code, also of what isn't late, twice, or of whom the office holds."""
    known = w.referral(r)

    def verb(member: Member) -> Any:
        row = ReferralParty.objects.filter(referral_id=known.pk, side="network").first()
        if row is None:
            return NOTHING
        return referrals.ask_to_take_over(party=row, note=".", by=member.actor, membership=member.membership)

    return w.act("ask to take over", "luz" if r.random() < 0.9 else r.choice(EVERYBODY), verb)


def assign_referral(w: World, r: random.Random) -> Deed:
    """Given to a colleague at the receiver, or to anybody."""
    known = w.referral(r)
    here = [m for m in w.scene.cast.members.values() if m.organization_id == known.receiver_id]
    to = r.choice(here if here and r.random() < 0.85 else [*w.scene.cast.members.values()])
    who = WORKS_AT.get(w.key_of(known.receiver_id)) or r.choice(EVERYBODY)
    deed = _on(w, "assign", who, known, to=to)
    return Deed("assign referral", deed.who, deed.do)


def sender(w: World, r: random.Random) -> Deed:
    known = w.referral(r)
    what = r.choice(
        ["withdraw", "answer_question", "answer_question", "settle", "settle", "hold", "resume", "write"]
    )
    where = r.choice([w.key_of(known.sender_id)] * 4 + [w.key_of(known.receiver_id), "office", ""])
    said = _said(w, r, what) or ({"outcome": r.choice(OUTCOMES)} if what == "settle" else {})
    return _on(w, what, WORKS_AT.get(where) or r.choice(EVERYBODY), known, **said)


def stop_sharing(w: World, r: random.Random) -> Deed:
    def verb(member: Member) -> Any:
        given = list(Consent.objects.filter(revoked_at=None, refused=False).order_by("id"))
        return referrals.stop_sharing(consent=r.choice(given), by=member.actor) if given else NOTHING

    return w.act("stop sharing", w.someone(r), verb)


# --- The answer link ----------------------------------------------------------------------------------------------


def link_verb(w: World, r: random.Random) -> Deed:
    """A verb as the link, without the page before it."""
    known, moment = w.referral(r), w.now
    what = _next(r, known)

    def do() -> str:
        link = AnswerLink.objects.filter(pk=known.link_id).first()
        if link is None:
            return NOTHING
        with (
            clock.at(moment),
            scoping.acting_as(link_actor(link.pk, link.organization_id), classes=LINK_CLASSES),
        ):
            actor = link_actor(link.pk, link.organization_id)
            found = Referral.objects.get(pk=known.pk)
            getattr(referrals, what)(referral=found, by=actor, **_said(w, r, what))
        return ""

    return Deed(what, "link", do)


def press(w: World, r: random.Random) -> Deed:
    """A button behind the link, through the page's own view; now and then one that was pressed before, or an old link."""
    if w.presses and r.random() < 0.3:
        kept = w.presses[-1 - r.randrange(min(6, len(w.presses)))]
        known, what, generation, key = kept
        if r.random() < 0.3:  # an old form's key on another page of the same link
            what = _next(r, known)
    else:
        known, key = w.referral(r), str(uuid.UUID(int=r.getrandbits(128), version=4))
        what = r.choice([*UNBOUND, *UNBOUND, *ASTRAY, *[""] * 8]) or _next(r, known)
        generation = (known.generation or 1) - (1 if r.random() < 0.1 else 0)
        w.presses.append((known, what, generation, key))
    pressed = (known, what, generation, key, f"127.0.{r.randrange(200)}.{r.randrange(250)}")
    if r.random() < 0.5:
        w.doubled.append(pressed)
    return _press(w, *pressed)


# Not moved by the machine, so that twice would be twice.
UNBOUND = ("ask", "ask", "ask", "attempt", "seen", "send code")
ASTRAY = ("wrong mailbox", "fresh")
ADDRESSES = {
    "seen": "seen/",
    "send code": "code/send/",
    "wrong mailbox": "wrong-mailbox/",
    "fresh": "fresh/",
    "see": "seen/",
}


def _press(w: World, known: Known, what: str, generation: int, key: str, address: str) -> Deed:
    moment = w.now
    page = ADDRESSES.get(what) or f"{PAGES.get(what, 'contact')}/"

    def do() -> str:
        if known.link_id is None:
            return NOTHING
        token = token_of(AnswerLink(pk=known.link_id, generation=generation))
        with clock.at(moment):
            client = Client(raise_request_exception=False, REMOTE_ADDR=address)
            answer = client.post(f"/a/{token}/{page}", {"form_key": key, **_fields(what)})
        if answer.status_code == 500:
            raise answer.exc_info[1] if answer.exc_info else AssertionError(answer.content[:300])
        if answer.status_code == 503:
            return "rolled back"
        return "" if answer.status_code == 302 else f"page {answer.status_code}"

    return Deed(f"press {what}", "link", do, key="" if what == "fresh" else key)


def _fields(what: str) -> dict[str, Any]:
    today = current_place().day_of(clock.now())
    when = {"happened_on_month": today.month, "happened_on_day": today.day, "happened_on_year": today.year}
    when |= {f"happened_on_{n}": part for n, part in enumerate((today.month, today.day, today.year))}
    days = days_to_call(current_place().deadline("first_contact", clock.now()))
    return {
        "accept": {"caller_name": "Jo", "contact_by": days[-1].isoformat() if days else ""},
        "decline": {"why": "full:full_open", "your_name": "Jo"},
        "ask": {"question": "?"},
        "record_contact": {"reached": "yes", "channel": "text", **when},
        "attempt": {"reached": "no", "channel": "text", **when},
        "engage": when,
        "complete": when,
        "set_stage": {"stage": "started", **when},
        "waitlist": {"when": (today + timedelta(days=30)).isoformat()},
        "hold": {"when": "other", "reason": "papers"},
        "write": {"message": "."},
        "confirm": {
            "what_next": "we_call",
            **{
                f"{name}_{part}": getattr(today, part)
                for name in ("last_seen_on", "next_by")
                for part in ("month", "day", "year")
            },
            **{
                f"{name}_{n}": p
                for name in ("last_seen_on", "next_by")
                for n, p in enumerate((today.month, today.day, today.year))
            },
        },
        "end_early": {"reason": "moved_away", **when},
    }.get(what, {})


# --- The network, and time ----------------------------------------------------------------------------------------


def close_membership(w: World, r: random.Random) -> Deed:
    leaves = w.scene.cast.members[r.choice(["denise", "ines", "tavo", *EVERYBODY])]
    return w.act(
        "close membership", r.choice(["marcus", "paul", "luz"]),
        lambda m: referrals.close_membership(membership=leaves, by=m.actor),
    )  # fmt: skip


def close_organization(w: World, r: random.Random) -> Deed:
    closes = w.scene.cast.organizations[r.choice(["valley", "harbor", "eastgate", "sunrow"])]
    return w.act(
        "close organization", "adam", lambda m: referrals.close_organization(organization=closes, by=m.actor)
    )


def timer(w: World, r: random.Random) -> Deed:
    """The worker does what fell due; now and then one that another is doing, or has done."""
    late = [pk for pk, due_at in w.ledger.timers if due_at <= w.now]
    chosen = r.choice(late[:3] if late else [pk for pk, _ in w.ledger.timers[:3]] or [0])
    moment = w.now

    def do() -> str:
        with clock.at(moment):
            return "" if timers.fire(chosen) else NOTHING

    return Deed("timer", "system", do)


def press_at_worksite(w: World, r: random.Random) -> Deed:
    """A supervisor says whether hours are right; now and then twice, or another one's button by the same form."""
    what, which, key = working.pressed(w, r)
    return Deed(f"press {what} hours", "worksite", lambda: working.press(w, what, which, key), key=key)


def careless_hand(w: World, r: random.Random) -> Deed:
    """A program that does half of what a verb does, as the app's own login: the database alone is left to refuse it."""
    name = r.choice(w.half_verbs)
    usual = careless.USUALLY_BY.get(name, "denise")
    who = usual if r.random() < 0.7 else r.choice(("denise", "ines", "vera", "luz"))
    return w.act(f"careless: {name}", who, lambda m: careless.ATTEMPTS[name](w, r, m))


_MAKERS: list[tuple[Callable[[World, random.Random], Deed], float]] = [
    (take_in, 5), (_about_someone("take in again", _again), 4), (_about_someone("assign", _assign), 8),
    (_about_someone("add step", _add_step), 4), (_about_someone("release", _release), 6), (finish_step, 4), (refer, 14),
    (receiver, 18), (link_verb, 9), (press, 16), (sender, 14), (assign_referral, 3), (correct_referral, 6), (suggest, 1), (ask_for_look, 2), (second_look, 5), (ask_to_take_over, 4), (stop_sharing, 3), (close_membership, 1.2),
    (close_organization, 0.7), (press_at_worksite, 3),
]  # fmt: skip
_MAKERS += [
    (_as_anybody(name, verb), weight)
    for name, (verb, weight) in {
        **moving.VERBS,
        **coming.VERBS,
        **themselves.VERBS,
        **eligible.VERBS,
        **enrolling.VERBS,
        **gathering.VERBS,
        **learning.VERBS,
        **meeting.VERBS,
        **planning.VERBS,
        **working.VERBS,
    }.items()
]
