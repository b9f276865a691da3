"""Two at once, on connections of their own: one wins, the other is told so, and what must hold still holds.

Each pair starts together behind a barrier, and is also forced into the worst order: the first has done its work and not yet
committed when the second begins.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection

from tests import cast
from tests.cast import MONDAY
from tests.proofs.scene import name_of, pressing, scene
from warmhandoff.custody import actions as custody
from warmhandoff.foundation import promises
from warmhandoff.foundation.actors import system_actor
from warmhandoff.foundation.duties import Owner
from warmhandoff.foundation.errors import DomainError
from warmhandoff.participants.models import Consent, Share
from warmhandoff.referrals import actions as referrals
from warmhandoff.referrals.models import Referral, ReferralEvent
from warmhandoff.referrals.states import ACCEPTED, EXPIRED

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])

DONE = "done"
Act = Callable[[], object]


def at_once(first: Act, second: Act) -> tuple[str, str]:
    """Both start together."""
    barrier = threading.Barrier(2)
    return _run((first, barrier.wait, None), (second, barrier.wait, None))


def overlapping(first: Act, second: Act) -> tuple[str, str]:
    """The second begins when the first has done all but commit, and the first commits a little later."""
    done, begun = threading.Event(), threading.Event()

    def hold_back() -> None:
        done.set()
        begun.wait(5)
        threading.Event().wait(
            0.3
        )  # until the second waits for a lock, or has looked at what is about to change

    def start() -> None:
        done.wait(5)
        begun.set()

    return _run((first, lambda: None, hold_back), (second, start, None))


_before_commit = threading.local()


def _run(*parts) -> tuple[str, str]:
    came_to = ["", ""]

    def work(number: int, act: Act, begin, before_commit) -> None:
        try:
            begin()
            _before_commit.hook = before_commit
            act()
            came_to[number] = DONE
        except DomainError as error:
            came_to[number] = error.code
        except DatabaseError as error:
            came_to[number] = name_of(error)
        finally:
            if before_commit:
                before_commit()
            connection.close()

    threads = [threading.Thread(target=work, args=(n, *part)) for n, part in enumerate(parts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return came_to[0], came_to[1]


def act_as(here, who, verb) -> Act:
    """An act of a member, whose last moment before the commit can be held back."""

    def act():
        with here.cast.acting(who) as member:
            verb(member)
            hook = getattr(_before_commit, "hook", None)
            if hook:
                hook()

    return act


def act_by_link(referral, verb) -> Act:
    def act():
        with pressing(referral) as (link, found):
            verb(link, found)
            hook = getattr(_before_commit, "hook", None)
            if hook:
                hook()

    return act


def on(here, referral, verb, who="vera", **more) -> Act:
    return act_as(
        here, who, lambda member: verb(referral=Referral.objects.get(pk=referral.pk), by=member.actor, **more)
    )


def yes(here, referral, who="vera") -> Act:
    return on(here, referral, referrals.accept, who, reply=referrals.Reply("Vera"))


def no(here, referral, who="vera") -> Act:
    return on(here, referral, referrals.decline, who, reason="full", detail="full_open")


def back(here, referral) -> Act:
    return on(here, referral, referrals.withdraw, "denise", reason="mistake")


def given(here, person, to="denise") -> Act:
    return act_as(
        here, "marcus",
        lambda marcus: custody.assign(person_id=person.person_id, to=here.cast.members[to], by=marcus.actor),
    )  # fmt: skip


def released(here, person) -> Act:
    return act_as(
        here,
        "marcus",
        lambda marcus: custody.release(person_id=person.person_id, reason="needs_met", by=marcus.actor),
    )


def left(here, who="denise") -> Act:
    return act_as(
        here,
        "marcus",
        lambda marcus: referrals.close_membership(membership=here.cast.members[who], by=marcus.actor),
    )


def closed(here, which="eastgate") -> Act:
    return act_as(
        here, "adam",
        lambda adam: referrals.close_organization(organization=here.cast.organizations[which], by=adam.actor),
    )  # fmt: skip


def expired(here, referral) -> Act:
    def act():
        from warmhandoff.foundation import clock, scoping

        actor = system_actor(here.eastgate)
        with clock.at(MONDAY), scoping.acting_as(actor, classes=("contact", "needs")):
            referrals.expire(referral=Referral.objects.get(pk=referral.pk), by=actor)
            hook = getattr(_before_commit, "hook", None)
            if hook:
                hook()

    return act


def sent(here, person, service="housing") -> Act:
    def send(denise):
        service_asked = here.cast.services[service]
        from warmhandoff.participants import actions as participants

        participants.open_need(file=person, code=service_asked.service_code, by=denise.actor)
        cast.refer(person, service_asked, denise)

    return act_as(here, "denise", send)


def taken_in(here, queue="eastgate", who="denise") -> Act:
    return act_as(here, who, lambda member: custody.take_in(
        told=cast.told("New"), reach=[cast.PHONE], needs=("WRK-TRN",), by=member.actor, is_adult=True,
        holder=Owner(member.organization_id, queue_id=here.cast.queues[queue].pk)))  # fmt: skip


def stopped(here, referral) -> Act:
    return act_as(here, "denise", lambda denise: referrals.stop_sharing(
        consent=Consent.objects.get(pk=referral.consent_id), by=denise.actor))  # fmt: skip


def settled(here, referral) -> Act:
    return on(here, referral, referrals.settle, "denise", outcome="stays")


# What the loser may be told. Nothing else: no bare constraint, no deadlock, no half.
TOLD = {DONE, "wrong_state", "not_held", "cannot_hold", "not_found", "consent_missing", "something_open", "last_lead",
        "already_asked", "already_held", "no_agreement", "not_allowed", "cannot_receive"}  # fmt: skip


def proved(pair: tuple[str, str], wins: tuple[int, ...] = (1,)) -> None:
    assert set(pair) <= TOLD, pair
    assert pair.count(DONE) in wins, pair
    broken = [(each.promise, each.examples) for each in promises.run() if each.broken]
    assert not broken, broken


BOTH = pytest.mark.parametrize("together", [at_once, overlapping])


@BOTH
def test_one_answer_is_heard(together):
    """Two answers to three questions; each pair is a referral of its own."""
    here = scene()
    proved(together(yes(here, here.offered), back(here, here.offered)))
    here = again(here)
    proved(together(back(here, here.offered), yes(here, here.offered)))
    here = again(here)
    proved(together(yes(here, here.offered), no(here, here.offered)))
    here = again(here)
    for first, second in ((yes, expired), (expired, yes)):
        pair = together(first(here, here.offered), second(here, here.offered))
        # A yes that is said after the waiting ended counts as a late one: then both were heard, and the yes stands.
        proved(pair, wins=(1, 2))
        said = pair[0 if first is yes else 1]
        assert state_of(here.offered) == (ACCEPTED if said == DONE else EXPIRED)
        here = again(here)
    pressed = act_by_link(here.asked, lambda link, found: referrals.accept(
        referral=found, reply=referrals.Reply("Jo"), by=link))  # fmt: skip
    proved(together(pressed, pressed))


def state_of(referral: Referral) -> str:
    return Referral.objects.using("owner").get(pk=referral.pk).state


def again(here):
    """The same people, with a new offer of someone new to Valley."""
    with here.cast.acting("denise") as denise:
        una = cast.take_in(denise, cast.told("Una"))
        here.una, here.offered = (
            una,
            cast.refer(una, here.cast.services["carpentry"], denise, mode="transfer"),
        )
    return here


@BOTH
def test_one_decision_is_made(together):
    here = scene()
    proved(together(settled(here, here.declined), settled(here, here.declined)))
    proved(together(released(here, here.sam), released(here, here.sam)))
    proved(together(stopped(here, here.asked), back(here, here.asked)), wins=(1, 2))
    proved(together(released(here, here.tom), sent(here, here.tom)))


@BOTH
def test_a_late_yes_and_a_decision(together):
    here = scene()
    expired(here, here.asked)()
    pressed = act_by_link(here.asked, lambda link, found: referrals.accept(
        referral=found, reply=referrals.Reply("Jo"), by=link))  # fmt: skip
    proved(together(settled(here, here.asked), pressed))
    expired(here, here.offered)()
    proved(together(yes(here, here.offered), settled(here, here.offered)))


@BOTH
def test_whoever_leaves_is_given_nobody(together):
    here = scene()
    proved(together(given(here, here.sam), left(here)), wins=(1, 2))
    here = scene_after(here)
    proved(together(left(here, "ruth"), given(here, here.sam, "ruth")), wins=(1, 2))


def scene_after(here):
    """A new case manager at Eastgate, Ruth, who holds Una's successor."""
    from warmhandoff.foundation import clock, scoping
    from warmhandoff.foundation.actors import operator_actor
    from warmhandoff.network import actions
    from warmhandoff.network.models import User

    with clock.at(MONDAY), scoping.acting_as(operator_actor(here.eastgate)):
        user = User.objects.create_user("ruth@eastgate.example", "Ruth Diaz", cast.PASSWORD)
        here.cast.members["ruth"] = actions.add_member(
            user=user, organization=here.cast.organizations["eastgate"], role="case_manager"
        )
    with here.cast.acting("ruth") as ruth:
        cast.take_in(ruth, cast.told("Held"))
    return here


def test_a_handover_and_a_decision_do_not_pass_each_other():
    """One organization declines one referral while another accepts a transfer of the same person."""
    here = scene()
    with here.cast.acting("denise") as denise:
        other = cast.refer(here.una, here.cast.services["solar"], denise)
    declined = act_by_link(other, lambda link, found: referrals.decline(
        referral=found, reason="full", detail="full_open", by=link))  # fmt: skip
    proved(overlapping(declined, yes(here, here.offered)), wins=(2,))
    here = again(here)
    with here.cast.acting("denise") as denise:
        other = cast.refer(here.una, here.cast.services["solar"], denise)
    declined = act_by_link(other, lambda link, found: referrals.decline(
        referral=found, reason="full", detail="full_open", by=link))  # fmt: skip
    proved(overlapping(yes(here, here.offered), declined), wins=(2,))


@pytest.mark.parametrize("what", ["taken_in", "given", "sent", "yes", "released", "no"])
@pytest.mark.parametrize("first", ["closing", "other"])
def test_an_organization_closes_while_someone_works_there(what, first):
    here = scene()
    other = {
        "taken_in": lambda: taken_in(here),
        "given": lambda: given(here, here.sam),
        "sent": lambda: sent(here, here.sam),
        "yes": lambda: yes(here, here.offered),
        "released": lambda: released(here, here.sam),
        "no": lambda: no(here, here.offered),
    }[what]()
    pair = (closed(here), other) if first == "closing" else (other, closed(here))
    came_to = overlapping(*pair)
    assert came_to[0 if first == "closing" else 1] == DONE, came_to
    proved(came_to, wins=(1, 2))


@pytest.mark.parametrize("first", ["sharing", "taking back"])
def test_what_is_shared_and_the_taking_back_of_its_consent(first):
    """Whatever comes first waits for nobody; the other one sees what it did: no share outlives its consent."""
    from warmhandoff.participants import actions as participants

    here = scene()
    consent = Consent.objects.using("owner").get(pk=here.offered.consent_id)

    def shares(denise):
        participants.share(
            consent=Consent.objects.get(pk=consent.pk), recipient_id=consent.recipients[0], classes=["contact"],
            about=("referral", here.offered.pk),
        )  # fmt: skip

    def takes_back(denise):
        participants.revoke_consent(consent=Consent.objects.get(pk=consent.pk), by=denise.actor)

    one, other = act_as(here, "denise", shares), act_as(here, "denise", takes_back)
    came_to = overlapping(one, other) if first == "sharing" else overlapping(other, one)
    if first == "sharing":
        assert came_to == (DONE, DONE)
        written = Share.objects.using("owner").filter(consent=consent)
        assert written.exists() and not written.filter(revoked_at__isnull=True).exists()
    else:
        assert came_to == (DONE, "wh_p8_share")
        assert not Share.objects.using("owner").filter(consent=consent, revoked_at__isnull=True).exists()
    assert [each.examples for each in promises.run() if each.broken] == []


@BOTH
def test_two_colleagues_ask_one_place_for_one_person(together):
    here = scene()

    def asks(who):
        return act_as(here, who, lambda member: cast.refer(here.sam, here.cast.services["it"], member))

    pair = together(asks("denise"), asks("marcus"))
    proved(pair)
    assert set(pair) == {DONE, "already_asked"}


@pytest.mark.parametrize("first", ["closing", "asking"])
def test_an_organization_closes_while_somebody_asks_it(first):
    """Whoever asks hears that it has closed; or it is asked a moment before, and then that ends with the closing, with a decision."""
    here = scene()
    pair = (closed(here, "harbor"), sent(here, here.sam))
    came_to = overlapping(*(pair if first == "closing" else pair[::-1]))
    proved(came_to, wins=(1, 2))
    found = Referral.objects.using("owner").filter(receiver=here.harbor)
    if first == "closing":
        assert came_to == (DONE, "cannot_receive") and not found.exists()
    else:
        assert came_to == (DONE, DONE) and found.get().state == "receiver_closed"


@BOTH
def test_what_is_taken_back_and_what_is_decided_on_it(together):
    """The receiver takes its no back while the sender decides what is next: one of the two, and the other hears so."""
    here = scene()

    def taken_back():
        def act(vera):
            event = ReferralEvent.objects.get(referral=here.declined, kind="declined")
            referrals.take_back(event=event, reason="mistake", by=vera.actor)

        return act_as(here, "vera", act)

    proved(together(taken_back(), settled(here, here.declined)))
    here = scene_with_a_no(here)
    proved(together(settled(here, here.declined), taken_back()))
    here = scene_with_a_no(here)
    proved(together(taken_back(), taken_back()))


def scene_with_a_no(here):
    """Someone new, whom Valley has declined."""
    with here.cast.acting("denise") as denise:
        person = cast.take_in(denise, cast.told("Tim"))
        here.declined = cast.refer(person, here.cast.services["carpentry"], denise)
    no(here, here.declined)()
    return here


def climbed_up_to(step, referral, moment):
    """The timer of this step, when those before it have fired."""
    from warmhandoff.foundation import clock, timers
    from warmhandoff.foundation.models import Timer

    about = Timer.objects.filter(
        subject_kind="referral", subject_id=referral.pk, fired_at=None, called_off_at=None
    )
    with clock.at(moment):
        for timer in about.exclude(step=step).order_by("due_at", "id"):
            timers.fire(timer.pk)
    return about.get(step=step)


def test_a_timer_fires_once():
    from warmhandoff.foundation import clock, timers

    here = scene()
    later = MONDAY + timedelta(days=20)
    waiting = climbed_up_to("answer_expires", here.asked, later)

    def fire():
        with clock.at(later):
            timers.fire(waiting.pk)

    assert at_once(fire, fire) == (DONE, DONE)
    with here.cast.acting("denise", later):
        assert ReferralEvent.objects.filter(referral=here.asked, kind="expired").count() == 1
    assert not [each for each in promises.run() if each.broken]


def test_an_answer_and_its_last_timer_do_not_wait_for_one_another(monkeypatch):
    """The answer has moved the referral on, the timer has claimed itself; each would now want what the other has."""
    from warmhandoff.foundation import clock, timers

    here = scene()
    later = MONDAY + timedelta(days=20)
    waiting = climbed_up_to("answer_expires", here.offered, later)
    moved_on, call_off = threading.Event(), timers.call_off

    def calls_off(*args):
        if not moved_on.is_set():
            moved_on.set()
            threading.Event().wait(0.5)
        return call_off(*args)

    monkeypatch.setattr(timers, "call_off", calls_off)

    def fire():
        with clock.at(later):
            timers.fire(waiting.pk)

    proved(
        _run((yes(here, here.offered), lambda: None, None), (fire, lambda: moved_on.wait(5), None)), wins=(2,)
    )
    with here.cast.acting("vera"):
        assert Referral.objects.get(pk=here.offered.pk).state == "accepted"
