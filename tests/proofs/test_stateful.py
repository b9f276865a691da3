"""Anybody does anything at any time, and what must hold holds after each commit; and nobody is refused by a bare constraint.

PROOF_SECONDS says for how long (20 by default), PROOF_SEED where to begin. Each history has a network of its own.
"""

from __future__ import annotations

import os
import random
import time
from datetime import timedelta

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.db import DatabaseError, connections
from django.test import TransactionTestCase
from hypothesis import HealthCheck, Phase, note, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from tests import cast
from tests.cast import MONDAY
from tests.proofs.scene import DENIED, name_of, pressing
from warmhandoff.custody import actions as custody
from warmhandoff.directory.models import Service
from warmhandoff.foundation import clock, promises, timers
from warmhandoff.foundation.duties import Owner
from warmhandoff.foundation.errors import DomainError
from warmhandoff.foundation.models import Duty
from warmhandoff.participants.models import Consent, Need, Participant
from warmhandoff.referrals import actions as referrals
from warmhandoff.referrals.models import Disposition, Referral
from warmhandoff.referrals.states import REFERRAL

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])

SECONDS = float(os.environ.get("PROOF_SECONDS", "20"))
FIRST_SEED = int(os.environ.get("PROOF_SEED", "1"))
EVERYBODY = ["denise", "marcus", "ines", "paul", "vera", "luz", "tavo", "adam"]
WHO_READS_LITTLE = ("tavo", "adam")
WORKS_AT = {"eastgate": "denise", "harbor": "ines", "valley": "vera", "office": "luz"}
NOTHING = object()  # there was nothing to do it to

SAYS = {
    "accept": {"reply": referrals.Reply("Jo")}, "decline": {"reason": "full", "detail": "full_open"}, "ask": {"text": "?"},
    "attempt": {"channel": "text"}, "record_contact": {"channel": "text"}, "end_early": {"reason": "moved_away"},
    "withdraw": {"reason": "mistake"}, "answer_question": {"text": "!"},
}  # fmt: skip
RECEIVERS = (
    "see",
    "accept",
    "decline",
    "ask",
    "attempt",
    "record_contact",
    "engage",
    "complete",
    "end_early",
    "lose_contact",
)
OUTCOMES = ("stays", "person_stopped", "met_elsewhere", "deceased", "not_eligible", "late_yes")


class Histories(RuleBasedStateMachine):
    """What is done, to whom and by whom is chosen among what there is; whoever may not do it is told so."""

    tally: dict[str, int] = {}
    ends = 0.0

    @initialize()
    def network(self):
        if time.monotonic() > self.ends:
            return
        TransactionTestCase._fixture_teardown(None)  # a database of its own
        self.c, self.now, self.asked, self.closed = cast.network(), MONDAY, [], 0
        for who in ("denise", "denise", "ines"):
            self.act("take in", who, lambda member: self.takes_in(member))

    @rule(r=st.randoms(use_true_random=True))
    def step(self, r: random.Random):
        if time.monotonic() > self.ends:
            return
        verb = r.choices([each for each, _ in self.VERBS], [weight for _, weight in self.VERBS])[0]
        verb(self, r)
        with connections["owner"].cursor() as cursor:
            for proof in promises._proofs:
                cursor.execute(proof.broken)
                assert cursor.fetchall() == [], f"{proof.promise} is broken after: {self.what}"

    def act(self, what, who, verb):
        """One transaction. What the domain refuses is refused; anything else is an error of ours."""
        self.what = f"{what} as {who}"
        note(self.what)
        came_to = what
        try:
            with self.c.acting(who, self.now) as member:
                if verb(member) is NOTHING:
                    came_to = f"{what}: nothing there"
        except DomainError as refused:
            came_to = f"{what}: {refused.code}"
        except (DatabaseError, ObjectDoesNotExist) as denied:
            # Doors ask the role first; behind them, who reads no class is still stopped by the policies.
            if who not in WHO_READS_LITTLE or name_of(denied) not in (DENIED, str(denied)):
                raise
            came_to = f"{what}: denied"
        self.tally[came_to] = self.tally.get(came_to, 0) + 1

    def a_file(self, r):
        found = list(Participant.objects.order_by("id"))
        return r.choice(found) if found else None

    def someone(self, r):
        return r.choice(EVERYBODY if r.random() < 0.3 else ["denise", "denise", "ines", "vera", "luz"])

    # --- Custody ---

    def takes_in(self, member, to_queue=False, adult=True, again=None):
        queue = member.membership.organization.queues.first() if to_queue else None
        membership = None if queue else member.membership.pk
        return custody.take_in(
            told=cast.told(), reach=[cast.PHONE], needs=("WRK-TRN", "HSG"), by=member.actor, is_adult=adult, again=again,
            holder=Owner(member.organization_id, membership_id=membership, queue_id=queue.pk if queue else None),
        )  # fmt: skip

    def take_in(self, r):
        self.act("take in", self.someone(r), lambda m: self.takes_in(m, r.random() < 0.3, r.random() < 0.9))

    def about_someone(what, verb):
        def method(self, r):
            def act(member):
                file = self.a_file(r)
                return verb(self, r, member, file) if file else NOTHING

            self.act(what, self.someone(r), act)

        return method

    take_in_again = about_someone("take in again", lambda self, r, m, file: self.takes_in(m, again=file))
    assign = about_someone("assign", lambda self, r, m, file: custody.assign(
        person_id=file.person_id, by=m.actor,
        to=r.choice([*self.c.members.values(), *self.c.queues.values(), m.membership])))  # fmt: skip
    add_step = about_someone("add step", lambda self, r, m, file: custody.add_step(
        person_id=file.person_id, by=m.actor, kind=r.choice(["call", "meet", "plan", "settle"]),
        due_at=clock.now() + timedelta(days=r.randint(-1, 33))))  # fmt: skip
    release = about_someone("release", lambda self, r, m, file: custody.release(
        person_id=file.person_id, reason=r.choice(["needs_met", "moved_away"]), by=m.actor))  # fmt: skip

    def finish_step(self, r):
        def verb(member):
            found = list(Duty.objects.filter(closed_at=None))
            return custody.finish_step(duty=r.choice(found), by=member.actor) if found else NOTHING

        self.act("finish step", self.someone(r), verb)

    # --- Referrals ---

    def refer(self, r):
        service = Service.objects.select_related("organization").get(
            pk=r.choice([*self.c.services.values()]).pk
        )

        def verb(member):
            file = self.a_file(r)
            need = file and Need.objects.filter(file=file, code=service.service_code, closed_on=None).first()
            if not need:
                return NOTHING
            waits = Disposition.objects.filter(person_id=file.person_id, settled_at=None).first()
            sent = referrals.send(
                file=file, service=service, need=need, by=member.actor, membership=member.membership,
                consent=cast.consent(file, service, member, refused=r.random() < 0.1),
                mode="transfer" if r.random() < 0.4 else "refer",
                re_referred_from=waits.referral if waits and r.random() < 0.7 else None,
            )  # fmt: skip
            self.asked.append(sent.pk)
            return sent

        self.act("refer", self.someone(r), verb)

    def chosen(self, r):
        """A referral, mostly a late one, as the owner sees it, with the names of both sides."""
        pk = r.choice(self.asked[-4:] if r.random() < 0.7 else self.asked)
        found = Referral.objects.using("owner").get(pk=pk)
        keys = {each.pk: key for key, each in self.c.organizations.items()}
        return found, keys[found.sender_id], keys[found.receiver_id]

    def receiver(self, r):
        """Mostly what may be done next, mostly by the mailbox or whoever works there; sometimes anything by anybody."""
        if not self.asked:
            return
        referral, _, where = self.chosen(r)
        fitting = REFERRAL.verbs(referral.state, "receiver") if r.random() < 0.8 else []
        what = r.choice(fitting or RECEIVERS)

        def verb(actor):
            found = Referral.objects.filter(pk=referral.pk).first()
            return (
                getattr(referrals, what)(referral=found, by=actor, **SAYS.get(what, {})) if found else NOTHING
            )

        by = r.random()
        if by < 0.15 or where not in WORKS_AT or by > 0.6:
            if by < 0.15:
                self.act(what, r.choice(EVERYBODY), lambda member: verb(member.actor))
                return
            self.press(what, referral, verb)
            return
        self.act(what, WORKS_AT[where], lambda member: verb(member.actor))

    def press(self, what, referral, verb):
        self.what = came_to = f"{what} by link"
        note(self.what)
        try:
            with pressing(referral, self.now) as (link, _):
                verb(link)
        except DomainError as refused:
            came_to += f": {refused.code}"
        self.tally[came_to] = self.tally.get(came_to, 0) + 1

    def sender(self, r):
        """Whoever sent it, or whoever holds the person now, or anybody."""
        if not self.asked:
            return
        referral, sender, receiver = self.chosen(r)
        what = r.choice(["withdraw", "answer_question", "settle", "settle"])
        said = SAYS.get(what) or {"outcome": r.choice(OUTCOMES)}
        where = r.choice([sender, sender, sender, receiver, "office", ""])

        def verb(member):
            found = Referral.objects.filter(pk=referral.pk).first()
            return getattr(referrals, what)(referral=found, by=member.actor, **said) if found else NOTHING

        self.act(what, WORKS_AT.get(where) or r.choice(EVERYBODY), verb)

    def take_back_consent(self, r):
        def verb(member):
            given = list(Consent.objects.filter(revoked_at=None, refused=False))
            return referrals.stop_sharing(consent=r.choice(given), by=member.actor) if given else NOTHING

        self.act("stop sharing", self.someone(r), verb)

    # --- The network, and time ---

    def close_membership(self, r):
        leaves = self.c.members[r.choice(["denise", "ines", "tavo", *EVERYBODY])]
        self.act("close membership", r.choice(["marcus", "paul", "luz"]), lambda member: referrals.close_membership(
            membership=leaves, by=member.actor))  # fmt: skip

    def close_organization(self, r):
        closes = self.c.organizations[r.choice(["valley", "harbor", "eastgate", "sunrow"])]
        self.act("close organization", "adam", lambda adam: referrals.close_organization(
            organization=closes, by=adam.actor))  # fmt: skip

    def time_passes(self, r):
        """And the worker, who slept, does what fell due."""
        self.what = "time passes"
        self.now += timedelta(hours=r.choice([1, 5, 24, 72, 24 * 7, 24 * 16]))
        note(f"it is {self.now}")
        with clock.at(self.now):
            for timer_id in timers.due(self.now):
                fired = timers.fire(timer_id)
                self.tally["timers"] = self.tally.get("timers", 0) + fired

    VERBS = [
        (take_in, 8), (take_in_again, 3), (assign, 4), (add_step, 3), (finish_step, 4), (release, 4), (refer, 16),
        (receiver, 32), (sender, 10), (take_back_consent, 1.5), (close_membership, 0.7), (close_organization, 0.5),
        (time_passes, 8),
    ]  # fmt: skip


def test_whatever_anybody_does_the_promises_hold():
    Histories.ends = time.monotonic() + SECONDS
    Histories.tally = {}
    begins = FIRST_SEED
    while time.monotonic() < Histories.ends:
        seed(begins)(Histories)
        run_state_machine_as_test(
            Histories,
            settings=settings(
                max_examples=6, stateful_step_count=70, deadline=None, database=None, phases=[Phase.generate],
                suppress_health_check=list(HealthCheck), print_blob=False,
            ),
        )  # fmt: skip
        begins += 1
    print(*(f"{times:6} {what}" for what, times in sorted(Histories.tally.items())), sep="\n")
    assert not [each for each in promises.run() if each.broken]
    assert {"take in", "refer"} <= Histories.tally.keys()
