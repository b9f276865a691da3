"""What each verb costs: statements, time to the commit, and the same statements as raw SQL.

Two whole ways are walked, by the case manager with the largest caseload and another organization's lead: one that is
completed, one that is declined and decided. Every second time the verb is undone after its statements were heard, the
counters are set back, and the statements are sent once more through psycopg alone: the same rows, numbers and codes. What is
undone is done by a connection of its own: with a rollback a connection forgets the plans it has kept.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, field
from statistics import median
from typing import Any

import psycopg
from django.db import connection, connections, transaction

from warmhandoff.cli.benchmark import statements
from warmhandoff.cli.benchmark.figures import milliseconds
from warmhandoff.custody import actions as custody
from warmhandoff.directory.models import Service
from warmhandoff.foundation import postgres, scoping
from warmhandoff.foundation.duties import Owner
from warmhandoff.foundation.models import Actor
from warmhandoff.network import access
from warmhandoff.network.models import Membership
from warmhandoff.participants import actions as participants
from warmhandoff.participants.models import Consent, Need, Participant
from warmhandoff.referrals import actions as referrals
from warmhandoff.referrals.models import Disposition, Referral

WARM_UP = 5


@dataclass
class Way:
    """One person's way: whose turn it is, and what there is so far."""

    sender: access.Member
    receiver: access.Member
    service: Service
    file: Any = None
    need: Any = None
    consent: Any = None
    referral: Any = None


@dataclass
class Timed:
    seconds: list[float] = field(default_factory=list)
    raw: list[float] = field(default_factory=list)
    counts: list[int] = field(default_factory=list)


Act = Callable[[Way, Actor], Any]


def _take_in(way: Way, by: Actor) -> None:
    way.file = custody.take_in(
        told=participants.Told("Rosa", "Mendoza", language="es", area="south"),
        reach=[participants.Way("text", "555-0123")],
        needs=[way.service.service_code],
        holder=Owner(way.sender.organization_id, membership_id=way.sender.membership.pk),
        by=by,
        is_adult=True,
    )


def _consent(way: Way, by: Actor) -> None:
    parts = ("name", "reach", "need")
    way.consent = participants.record_consent(
        file=way.file,
        asked=participants.Asked(
            recipients=[way.service.organization_id],
            parts=parts,
            data_classes=sorted(referrals.classes_shared(way.service.service_code, parts)),
            language="es",
        ),
        by=by,
    )


def _send(way: Way, by: Actor) -> None:
    way.referral = referrals.send(
        file=way.file,
        service=way.service,
        need=way.need,
        consent=way.consent,
        by=by,
        membership=way.sender.membership,
    )


def _accept(way: Way, by: Actor) -> None:
    referrals.accept(referral=way.referral, reply=referrals.Reply("Sam"), by=by)


def _decline(way: Way, by: Actor) -> None:
    referrals.decline(referral=way.referral, reason="full", detail="full_open", by=by)


def _settle(way: Way, by: Actor) -> None:
    referrals.settle(referral=way.referral, outcome=Disposition.Outcome.STAYS, by=by)


def _release(way: Way, by: Actor) -> None:
    custody.release(person_id=way.file.person_id, reason="needs_met", by=by)


# (verb, whose, act); "take in" and the consent stand in both ways and are measured in the first.
COMPLETED: tuple[tuple[str, str, Act], ...] = (
    ("take in", "sender", _take_in),
    ("record consent", "sender", _consent),
    ("send", "sender", _send),
    ("accept", "receiver", _accept),
    (
        "record contact",
        "receiver",
        lambda w, by: referrals.record_contact(referral=w.referral, channel="text", by=by),
    ),
    ("engage", "receiver", lambda w, by: referrals.engage(referral=w.referral, by=by)),
    ("complete", "receiver", lambda w, by: referrals.complete(referral=w.referral, by=by)),
    ("release", "sender", _release),
)
DECLINED: tuple[tuple[str, str, Act], ...] = (
    ("", "sender", _take_in),
    ("", "sender", _consent),
    ("", "sender", _send),
    ("decline", "receiver", _decline),
    ("settle", "sender", _settle),
    ("", "sender", _release),
)


class _Undo(Exception):
    pass


def measure(server: postgres.Server, *, chains: int) -> dict[str, dict[str, float]]:
    print(f"Doing each verb {chains} times, and as raw SQL as often ...", flush=True)
    timed: dict[str, Timed] = {}
    with (
        server.connect(database=postgres.DATABASE) as counters,
        psycopg.connect(**connection.get_connection_params()) as raw,
        ThreadPoolExecutor(1) as aside,
    ):
        raw.autocommit = True
        for number in range(2 * (chains + WARM_UP)):
            walk = _walk_raw(raw, counters, aside) if number % 2 else _walk
            for steps in (COMPLETED, DECLINED):
                way = _begin()
                for verb, side, act in steps:
                    _refresh(way, side)
                    member = way.sender if side == "sender" else way.receiver
                    walk(timed.setdefault(verb, Timed()), way, member, act)
        aside.submit(connections.close_all).result()
    timed.pop("", None)
    return {verb: _told(each) for verb, each in timed.items()}


def _told(timed: Timed) -> dict[str, float]:
    seconds, raw = timed.seconds[WARM_UP:], timed.raw[WARM_UP:]
    return {
        "statements": median(timed.counts),
        **milliseconds(seconds),
        "raw": milliseconds(raw)["p50"],
        "ratio": round(median(seconds) / median(raw), 2),
    }


def _begin() -> Way:
    """The case manager with the largest caseload, and the first service of another organization."""
    service = Service.objects.select_related("organization").get(pk=2)
    return Way(_member(2), _member_leading(service.organization_id), service)


def _member(membership_id: int) -> access.Member:
    return access.member(Membership.objects.select_related("user", "organization").get(pk=membership_id))


def _member_leading(organization_id: int) -> access.Member:
    return _member(Membership.objects.get(leads__organization_id=organization_id).pk)


def _refresh(way: Way, side: str) -> None:
    """What a page has fetched before it acts: not part of the verb."""
    member = way.sender if side == "sender" else way.receiver
    with scoping.acting_as(member.actor, classes=member.classes):
        if way.referral is not None:
            way.referral = Referral.objects.get(pk=way.referral.pk)
        if way.file is not None and side == "sender":
            way.file = Participant.objects.select_related("organization").get(pk=way.file.pk)
            way.need = Need.objects.get(file=way.file, code=way.service.service_code)
        if way.consent is not None and side == "sender":
            way.consent = Consent.objects.get(pk=way.consent.pk)


def _walk(timed: Timed, way: Way, member: access.Member, act: Act) -> None:
    began = time.perf_counter()
    with scoping.acting_as(member.actor, classes=member.classes):
        act(way, member.actor)
    timed.seconds.append(time.perf_counter() - began)


def _walk_raw(
    raw: psycopg.Connection[Any], counters: psycopg.Connection[Any], aside: Executor
) -> Callable[[Timed, Way, access.Member, Act], None]:
    def walk(timed: Timed, way: Way, member: access.Member, act: Act) -> None:
        before = _counters(counters)
        said = aside.submit(_heard_and_undone, way, member, act).result()
        timed.counts.append(statements.counted(said))
        _set_back(counters, before)
        again = [(sql, params) for sql, params in said if not statements.is_transactions(sql)]
        began = time.perf_counter()
        with raw.transaction(), raw.cursor() as cursor:
            for sql, params in again:
                cursor.execute(sql, params)
                if cursor.description:
                    cursor.fetchall()
        timed.raw.append(time.perf_counter() - began)

    return walk


def _heard_and_undone(way: Way, member: access.Member, act: Act) -> list[statements.Statement]:
    with statements.heard() as said:
        try:
            with transaction.atomic(), scoping.acting_as(member.actor, classes=member.classes):
                act(way, member.actor)
                raise _Undo
        except _Undo:
            pass
    return said


def _counters(counters: psycopg.Connection[Any]) -> dict[str, int | None]:
    rows = counters.execute(
        "SELECT quote_ident(schemaname) || '.' || quote_ident(sequencename), last_value FROM pg_sequences WHERE schemaname = 'public'"
    ).fetchall()
    return dict(rows)


def _set_back(counters: psycopg.Connection[Any], before: dict[str, int | None]) -> None:
    for name, now in _counters(counters).items():
        if now != before[name]:
            counters.execute(
                "SELECT setval(%s::regclass, %s, %s)", [name, before[name] or 1, before[name] is not None]
            )
