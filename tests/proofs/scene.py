"""A committed network with people in every situation, and what an attack on it comes to.

An attack is a function of (scene, member) that runs in one transaction as a member, through the app's own login. It comes to
the name of the constraint that refused it (or the SQL state where that has no name), or to DONE.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import DatabaseError, connection

from tests import cast
from tests.cast import MONDAY, Cast
from warmhandoff.custody import actions as custody
from warmhandoff.custody.correcting import undo_finish
from warmhandoff.custody.models import Custody, CustodyEvent
from warmhandoff.foundation import clock, duties, scoping
from warmhandoff.foundation.actors import link_actor
from warmhandoff.foundation.duties import Owner
from warmhandoff.foundation.models import Duty
from warmhandoff.foundation.scoping import Because
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.network.access import Member
from warmhandoff.participants import actions as participants
from warmhandoff.participants import correcting
from warmhandoff.participants.models import Participant
from warmhandoff.referrals import actions as referrals
from warmhandoff.referrals.models import AnswerLink, Referral

DONE = "done"
DENIED = "42501"
MISSING = "23502"
LINK_CLASSES = ("contact", "needs", "narrative")


@dataclass
class Scene:
    """Who stands where. Eastgate holds all but Lee; Denise holds them, but for Sam, who is in the queue."""

    cast: Cast
    rosa: Participant  # referred to Sunrow, which has not answered
    sam: Participant  # in Eastgate's queue
    tom: Participant  # referred to Valley, which declined: a decision waits
    una: Participant  # offered to Valley, which has not answered
    rey: Participant  # released
    lee: Participant  # held by Inés of Harbor
    asked: Referral  # Rosa's
    declined: Referral  # Tom's
    offered: Referral  # Una's

    @property
    def eastgate(self) -> int:
        return self.cast.organizations["eastgate"].pk

    @property
    def valley(self) -> int:
        return self.cast.organizations["valley"].pk

    @property
    def harbor(self) -> int:
        return self.cast.organizations["harbor"].pk


def scene() -> Scene:
    c = cast.network()
    with c.acting("denise") as denise:
        rosa, sam, tom, una, rey = (
            cast.take_in(denise, cast.told(name)) for name in ("Rosa", "Sam", "Tom", "Una", "Rey")
        )
        asked = cast.refer(rosa, c.services["solar"], denise)
        declined = cast.refer(tom, c.services["carpentry"], denise)
        offered = cast.refer(una, c.services["carpentry"], denise, mode="transfer")
        custody.assign(person_id=sam.person_id, to=c.queues["eastgate"], by=denise.actor)
        custody.release(person_id=rey.person_id, reason="needs_met", by=denise.actor)
    with c.acting("ines") as ines:
        lee = cast.take_in(ines, cast.told("Lee", "Park"), needs=("HSG",))
    with c.acting("vera") as vera:
        referrals.decline(
            referral=Referral.objects.get(pk=declined.pk), reason="full", detail="full_open", by=vera.actor
        )
    return Scene(c, rosa, sam, tom, una, rey, lee, asked, declined, offered)


def correct(here: Scene) -> None:
    """Denise strikes a contact with Rosa, says a note better, and takes back a finished step of Ada's; Vera a try to reach Ada."""
    with here.cast.acting("denise") as denise:
        called = participants.log_contact(file=here.rosa, how="voice", by=denise.actor)
        correcting.strike(event=called, reason="wrong_person", by=denise.actor)
        note = participants.write_down(
            file=here.rosa, about=("file", here.rosa.pk), text="Prefers morning.", by=denise.actor
        )
        correcting.correct_note(note=note, text="Prefers mornings.", reason="mistyped", by=denise.actor)
        ada = cast.take_in(denise, cast.told("Ada"))
        custody.finish_step(duty=Custody.objects.get(person_id=ada.person_id).next_step, by=denise.actor)
        done = CustodyEvent.objects.get(person_id=ada.person_id, kind="next_step_done")
        undo_finish(event=done, by=denise.actor)
        served = cast.refer(ada, here.cast.services["carpentry"], denise)
    with here.cast.acting("vera") as vera:
        served = referrals.accept(
            referral=Referral.objects.get(pk=served.pk), reply=referrals.Reply("Vera"), by=vera.actor
        )
        tried = referrals.attempt(referral=served, channel="voice", by=vera.actor)
        referrals.take_back(event=tried, reason="mistake", by=vera.actor)


Act = Callable[[Scene, Member], object]
Attack = tuple[str, str, str, Act]  # what it tries, as whom, what refuses it, how


def outcome(scene: Scene, who: str, act: Act) -> str:
    """What refused it, or DONE."""
    try:
        with scene.cast.acting(who) as member:
            act(scene, member)
    except DatabaseError as error:
        return name_of(error)
    return DONE


def name_of(error: BaseException) -> str:
    diagnosis = getattr(error.__cause__, "diag", None)
    return (
        getattr(diagnosis, "constraint_name", None)
        or getattr(error.__cause__, "sqlstate", None)
        or str(error)
    )


def refused(scene: Scene, attacks: Iterable[Attack]) -> None:
    """Each attack is refused by what it names; all are tried before the test says which were not."""
    wrong = [
        f"{tries} (as {who}): {came_to}, not {expected}"
        for tries, who, expected, act in attacks
        if (came_to := outcome(scene, who, act)) != expected
    ]
    if wrong:
        pytest.fail("\n".join(wrong), pytrace=False)


# --- What attacks are made of -------------------------------------------------------------------------------------


def sql(statement: str, *values: Any) -> int:
    """Run a statement as the app's login; how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.rowcount


def value(statement: str, *values: Any) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        row = cursor.fetchone()
        return row[0] if row else None


def run(statement: str) -> Act:
    """An attack of one statement; `{rosa}` and the like stand for people, `{eastgate}` for organizations, `{denise}` for members."""

    def act(scene: Scene, member: Member) -> None:
        names: dict[str, Any] = {key: f"'{file.person_id}'" for key, file in people(scene).items()}
        names |= {key: each.pk for key, each in scene.cast.organizations.items()}
        names |= {key: each.pk for key, each in scene.cast.members.items()}
        names |= {f"{key}_queue": each.pk for key, each in scene.cast.queues.items()}
        names |= {key: getattr(scene, key).pk for key in ("asked", "declined", "offered")}
        names["actor"] = member.actor.pk
        sql(statement.format(**names))

    return act


def people(scene: Scene) -> dict[str, Participant]:
    return {name: getattr(scene, name) for name in ("rosa", "sam", "tom", "una", "rey", "lee")}


def step(member: Member, person_id: Any, **more: Any) -> Duty:
    """A duty that could be someone's next step."""
    owner = more.pop("owner", Owner(member.organization_id, membership_id=member.membership.pk))
    due_at = more.pop("due_at", current_place().deadline("next_step", clock.now()))
    return duties.open_duty(
        owner=owner, kind="call", due_at=due_at, by=member.actor, person_id=person_id, **more
    )


def hold(member: Member, person_id: Any, next_step: Duty, **more: Any) -> Custody:
    """An open custody, written without asking anyone."""
    values = {
        "organization_id": member.organization_id,
        "membership_id": member.membership.pk,
        "basis": "assignment",
        "opened_by": member.actor,
    }
    return Custody.objects.create(person_id=person_id, next_step=next_step, **values | more)


def let_go(person_id: Any) -> None:
    sql("UPDATE custody_custody SET until = wh_now() WHERE person_id = %s AND until IS NULL", person_id)


def because(referral: Referral) -> Because:
    return Because("referral", referral.pk)


def pressing(referral: Referral, moment: Any = MONDAY) -> Any:
    """Act as whoever holds the answer link of a referral."""
    from contextlib import contextmanager

    @contextmanager
    def acting() -> Any:
        link = AnswerLink.objects.get(referral_id=referral.pk)
        actor = link_actor(link.pk, link.organization_id)
        with clock.at(moment), scoping.acting_as(actor, classes=LINK_CLASSES):
            yield actor, Referral.objects.get(pk=referral.pk)

    return acting()
