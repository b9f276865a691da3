"""One attack, or one control: builds a network, lets it work, kills, waits until what waits has gone out, and judges."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import django
from django.db import DatabaseError, InterfaceError, connections

TARGETS = ("web", "worker", "PostgreSQL")
PAUSES = (1.5, 5.0)  # seconds between two kills, at least and at most
CALM = 420.0  # seconds at most until everything that waits has gone out
DRIVERS, PRESSERS = 2, 4
# What the product does each two minutes to jobs of a worker that died, and after a minute to a mail that failed.
HURRY = (
    """UPDATE procrastinate_jobs j SET status = 'todo', worker_id = NULL WHERE status = 'doing' AND NOT EXISTS
       (SELECT FROM procrastinate_workers w WHERE w.id = j.worker_id AND w.last_heartbeat > now() - interval '25 s')""",
    "UPDATE procrastinate_jobs SET scheduled_at = NULL WHERE status = 'todo' AND queue_name = 'messages'",
)


def main(what: str, home: str, port: str, mail_port: str, seconds: str, seed: str, patient: str) -> int:
    django.setup()
    from tests.proofs.crash.processes import Processes

    r = random.Random(int(seed))
    with Processes(Path(home), int(port), int(mail_port)) as processes:
        network = _build()
        if what == "control":
            return _control(processes, network, float(seconds), r)
        return _attack(processes, network, float(seconds), r, patient=patient == "1")


def _build():
    from tests import cast
    from warmhandoff.cli import migrate, static
    from warmhandoff.demo import clock as demo_clock

    migrate.bring_up_to_date(quiet=True)
    static.collect()
    network = cast.network()
    cast.program(network, slots=10_000)
    # A working day's morning, whenever this runs: at night nothing would be mailed that could be lost.
    demo_clock.open_here()
    connections.close_all()
    return network


def _attack(processes, network, seconds: float, r: random.Random, *, patient: bool) -> int:
    from tests.proofs.crash import verdict
    from tests.proofs.crash.load import Load, Told

    processes.run_all()
    told = Told()
    load = Load(network, told, processes.mail_file, processes.port)
    load.start(load.drive, DRIVERS, r.randrange(10**6))
    load.start(load.press, PRESSERS, r.randrange(10**6))
    load.start(load.owe, 1, r.randrange(10**6))
    load.start(load.work, 1, r.randrange(10**6))
    until = time.monotonic() + seconds
    targets: list[str] = []
    while time.monotonic() < until:
        time.sleep(r.uniform(*PAUSES))
        targets = targets or r.sample(TARGETS, 3)
        processes.kill(targets.pop())
    load.stop()
    began = time.monotonic()
    _calm_down(told, patient=patient)
    calmed = time.monotonic() - began
    found = verdict.reach(told, processes.mail_file)
    clean, said = _check()
    kills = ", ".join(f"{what} {n}" for what, n in sorted(processes.kills.items()))
    print(
        f"Crash: kill -9 {processes.kills.total()} times in {seconds:.0f} s ({kills}); {DRIVERS} drivers, {PRESSERS} pressers over HTTP"
    )
    print(
        f"  acknowledged {told.count():,}: people {len(told.people):,}, referrals {len(told.referrals):,}, questions "
        f"{len(told.questions):,}, answers {len(told.answers):,}, members {len(told.owed):,}, weeks of hours {len(told.weeks):,}, "
        f"approvals {len(told.approved):,}; without an answer {len(told.unsure):,}"
    )
    print(f"  lost {len(found.lost)} of {told.count():,} acknowledged")
    print(
        f"  messages {found.messages:,}, missing {len(found.missing)}; mails received {found.mails:,}, repeated under "
        f"one Message-ID {found.repeats}, of no message {len(found.stray)}; all out {calmed:.0f} s after the load ended"
    )
    print(f"  digests {found.digests:,} of {len(told.owed):,} members with something due today")
    print(
        f"  forms pressed {len(told.keys):,}, again after their answer {len(told.repeated):,}, acting twice {len(found.twice)}"
    )
    print(f"  warmhandoff check: {'clean' if clean else 'BROKEN'}")
    if not clean:
        print(said)
    faults = Counter(told.faults)
    for fault in [*found.faults[:20], *(f"{n} x {each}" for each, n in faults.most_common(5))]:
        print(f"  BREAK {fault}")
    enough = (
        told.referrals and told.answers and told.approved and all(processes.kills[each] for each in TARGETS)
    )
    if not enough:
        print("  BREAK too little happened to prove anything")
    sys.stdout.flush()
    return 0 if clean and enough and not found.faults and not told.faults else 1


def _calm_down(told, *, patient: bool) -> None:
    """Until no message waits, and nobody's day is undecided."""
    from tests.proofs.crash import verdict

    until = time.monotonic() + CALM
    while time.monotonic() < until:
        try:
            if not verdict.waiting_messages() and not verdict.undecided(told):
                return
            if not patient:
                with connections["owner"].cursor() as cursor:
                    for statement in HURRY:
                        cursor.execute(statement)
        except (DatabaseError, InterfaceError):
            connections["owner"].close()
        time.sleep(2)


def _check() -> tuple[bool, str]:
    done = subprocess.run(
        [sys.executable, "-m", "warmhandoff", "check"], capture_output=True, text=True, check=False
    )
    return done.returncode == 0, done.stdout + done.stderr


def _control(processes, network, seconds: float, r: random.Random) -> int:
    """The same changes where a commit does not wait for the disk: some that were acknowledged must be found lost."""
    from tests.proofs.crash import verdict
    from tests.proofs.crash.load import Load, Told

    told = Told()
    load = Load(network, told, processes.mail_file, processes.port)
    load.start(load.take_in, 3, r.randrange(10**6))
    until = time.monotonic() + max(12.0, seconds / 3)
    while time.monotonic() < until:
        time.sleep(r.uniform(1.0, 3.0))
        processes.kill("PostgreSQL")
    load.stop()
    lost = verdict.lost_people(told)
    refused = _refuses_to_serve(processes)
    print(
        f"Control, synchronous_commit = off: kill -9 of PostgreSQL {processes.kills['PostgreSQL']} times, "
        f"lost {len(lost)} of {len(told.people):,} acknowledged ({'found, as it must be' if lost else 'NOT FOUND: the proof proves nothing'}); "
        f"web {'refuses to start there' if refused else 'STARTS there'}",
        flush=True,
    )
    for fault, n in Counter(told.faults).most_common(3):
        print(f"  {n} x {fault}")
    return 0 if lost and refused else 1


def _refuses_to_serve(processes) -> bool:
    with processes.server.connect() as connection:
        connection.execute("ALTER ROLE warmhandoff_app SET synchronous_commit = off")
    done = subprocess.run(
        [sys.executable, "-m", "warmhandoff", "web", "--port", str(processes.port)],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    return done.returncode != 0 and "synchronous_commit" in done.stderr


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
