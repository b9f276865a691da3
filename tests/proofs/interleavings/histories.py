"""The machine: hypothesis says which backend goes on and how far; what it finds is kept, with the way that led there."""

from __future__ import annotations

import logging
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import ClassVar

import psycopg
from django.conf import settings as django_settings
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from tests.database import TestServer
from tests.proofs.interleavings.backends import COMMIT, ENDING, IDLE, ROLL_BACK, TO_THE_END, Backend, Backends
from tests.proofs.interleavings.careless import ATTEMPTS
from tests.proofs.interleavings.ground import Ground
from tests.proofs.interleavings.ledger import Done, Ledger
from tests.proofs.interleavings.verbs import CARELESSNESS, NOTHING, Deed, World
from tests.proofs.scene import DENIED
from warmhandoff.foundation import promises

STEPS = 300  # of a history
JUMPS = (1, 5, 24, 72, 24 * 7, 24 * 16)  # hours
WHO_READS_LITTLE = ("tavo", "adam")
# A role that reads no class is stopped by the policies; half a verb by what it lacks.
STOPPED_BY_POLICIES = (DENIED, "Contact matching query does not exist.", "23502")


@dataclass
class Figures:
    histories: int = 0
    steps: int = 0
    transactions: int = 0
    interleavings: int = 0
    commits: int = 0
    waits: int = 0
    most_open: int = 0
    deeds: Counter[str] = field(default_factory=Counter)
    conflicts: Counter[str] = field(default_factory=Counter)
    stopped: Counter[str] = field(default_factory=Counter)  # half verbs, by what stopped them
    breaks: list[str] = field(default_factory=list)
    way: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def lines(self) -> list[str]:
        return [
            (
                f"Interleavings: {self.interleavings:,} (transactions into which another one's step fell), "
                f"in {self.seconds:.0f} s, {self.histories} histories, four backends"
            ),
            (
                f"  transactions {self.transactions:,}, committed {self.commits:,}, steps {self.steps:,}, "
                f"waits for a lock {self.waits:,}, open at once at most {self.most_open}"
            ),
            f"  actions by kind: {_listed(self.deeds)}",
            f"  conflicts {self.conflicts.total():,}: {_listed(self.conflicts)}",
            f"  half verbs {self.stopped.total():,}: {_listed(self.stopped)}",
            f"  breaks {len(self.breaks)}",
        ]

    def told(self) -> str:
        """What was found, and the steps that led there."""
        return "\n".join([*self.breaks, "the way there (backend, what, how many statements):", *self.way])


def _listed(tally: Counter[str]) -> str:
    return ", ".join(f"{what} {times}" for what, times in tally.most_common()) or "none"


class Histories(RuleBasedStateMachine):
    """One history: a network of its own, in a database of its own."""

    ground: ClassVar[Ground]
    backends: ClassVar[Backends]
    figures: ClassVar[Figures]
    without: ClassVar[tuple[str, ...]]
    carelessness: ClassVar[float]
    half_verbs: ClassVar[tuple[str, ...]]
    ends: ClassVar[float]
    enough: ClassVar[int]

    @classmethod
    def is_over(cls) -> bool:
        return (
            bool(cls.figures.breaks or cls.figures.interleavings >= cls.enough) or time.monotonic() > cls.ends
        )

    @initialize()
    def begin(self) -> None:
        if self.is_over():
            return
        for backend in self.backends.all:
            backend.leave_database()
        self.ground.renew(self.without)
        self.owner = _as_owner()
        self.world = World(self.ground.scene, Ledger(self.owner), self.carelessness, self.half_verbs)
        self.deeds: dict[int, Deed] = {}
        self.way: list[str] = []
        self.steps = self.figures.histories << 10
        self.figures.histories += 1

    @rule(
        turn=st.integers(0, 3),
        statements=st.sampled_from([1, 3, 8, 20, TO_THE_END, TO_THE_END]),
        chance=st.integers(0, 2**32),
    )
    def goes_on(self, turn: int, statements: int, chance: int) -> None:
        """Backend `turn` (or the next one that doesn't wait) begins, goes on or ends."""
        if self.is_over():
            return
        movable = [each for each in self.backends.all if each not in self.backends.waiting]
        # With the step's number in it, so that the plainest of histories is one too.
        self.steps += 1
        r = random.Random(chance + (self.steps << 32))
        self._move(movable[(turn + r.randrange(3)) % len(movable)], statements, r)

    def teardown(self) -> None:
        """What is open goes on to its end."""
        if not hasattr(self, "owner"):
            return
        while self.backends.open:
            backend = next(each for each in self.backends.open if each not in self.backends.waiting)
            self._move(backend, TO_THE_END, random.Random(1), only_on=True)
        if self.is_over() and not self.figures.breaks:
            # By the command's own way once; the policies too, which no history changes.
            broken = [f"{each.promise} {each.examples}" for each in promises.run() if each.broken]
            self._keep(broken)
        self.owner.close()

    # --- One step --------------------------------------------------------------------------------------------------

    def _move(self, backend: Backend, statements: int, r: random.Random, only_on: bool = False) -> None:
        waited = set(map(id, self.backends.waiting))
        if backend.state == IDLE:
            self._begin(backend, r)
            backend.go_on(statements)
        elif backend.state == ENDING:
            backend.end(ROLL_BACK if r.random() < 0.1 and not only_on else COMMIT)
        else:
            backend.go_on(statements)
        self.figures.steps += 1
        self.figures.most_open = max(self.figures.most_open, len(self.backends.open))
        for other in self.backends.open:
            other.overlapped = other.overlapped or other is not backend
        self.way.append(f"{backend.number} {backend.what} {statements}")
        self.backends.settle()
        self.figures.waits += sum(id(each) not in waited for each in self.backends.waiting)
        self._prove()

    def _begin(self, backend: Backend, r: random.Random) -> None:
        if not self.backends.open and r.random() < 0.3:
            self.world.now += timedelta(hours=r.choice(JUMPS))
        self.world.now += timedelta(seconds=r.randint(1, 20))
        deed = self.deeds[backend.number] = self.world.deed(r)
        backend.begin(f"{deed.what} as {deed.who}", deed.do)
        backend.still.wait(20)
        self.figures.transactions += 1
        self.figures.deeds[deed.what] += 1

    def _prove(self) -> None:
        """Whoever committed, was refused or was rolled back by this step; one that had waited may have been refused by it too."""
        ledger, begun = self.world.ledger, [each for each in self.backends.all if each.number in self.deeds]
        ended = [each for each in begun if each.state == IDLE]
        broken: list[str] = []
        # Mostly whoever moved; or one whose commit had waited for it: what is proved at the end of a transaction takes locks too.
        committed = [each for each in begun if each.committed]
        done = []
        for backend in committed:
            backend.committed = False
            deed = self.deeds[backend.number]
            done.append(Done(deed.what, backend.came_to == "" and backend.state == IDLE, deed.key))
        if done:
            broken += ledger.after_commit(*done)
            self.figures.commits += len(done)
        for backend in ended:
            deed = self.deeds.pop(backend.number)
            self.figures.interleavings += backend.overlapped
            broken += self._tally(backend, deed)
            if backend.came_to not in ("", NOTHING):
                broken += ledger.after_refusal(deed.what)
        self._keep(broken)

    def _tally(self, backend: Backend, deed: Deed) -> list[str]:
        if deed.what.startswith("careless"):
            self.figures.stopped[f"{deed.what[10:]}: {backend.came_to or 'done'}"] += 1
            return []
        if backend.came_to not in ("", NOTHING):
            self.figures.conflicts[backend.came_to] += 1
        if backend.untold is None:
            return []
        if deed.who in WHO_READS_LITTLE and backend.came_to in STOPPED_BY_POLICIES:
            return []
        return [f"no sentence for it: {deed.what} as {deed.who}: {backend.came_to} {backend.untold!r}"]

    def _keep(self, broken: list[str]) -> None:
        if broken and not self.figures.breaks:
            self.figures.breaks, self.figures.way = broken, self.way


def _as_owner() -> psycopg.Connection:
    address = django_settings.DATABASES["owner"]
    return psycopg.connect(
        host=address["HOST"], port=address["PORT"] or None, user=address["USER"], dbname=address["NAME"],
        password=address["PASSWORD"] or None, autocommit=True,
    )  # fmt: skip


@contextmanager
def _quiet() -> Iterator[None]:
    """Refusals are logged by the web; here they are counted."""
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)


class Explorer:
    """Ground and backends, to go through histories on."""

    def __init__(self, server: TestServer) -> None:
        self._ground, self._backends = Ground(server), Backends(server)

    def __enter__(self) -> Explorer:
        return self

    def __exit__(self, *exc_info: object) -> None:
        with self._backends, self._ground:
            for backend in self._backends.all:
                backend.leave_database()

    def explore(
        self,
        *,
        seconds: float,
        enough: int = sys.maxsize,
        first_seed: int = 1,
        without: tuple[str, ...] = (),
        carelessness: float = CARELESSNESS,
        half_verbs: tuple[str, ...] = tuple(ATTEMPTS),
    ) -> Figures:
        """Histories for so many seconds or so many interleavings, or until a break is found.

        The controls leave out triggers (`without`), and let more than the usual be half done: what these triggers refuse.
        """
        began = time.monotonic()
        h = Histories
        h.ground, h.backends, h.figures = self._ground, self._backends, Figures()
        h.without, h.carelessness, h.ends, h.enough = without, carelessness, began + seconds, enough
        h.half_verbs = half_verbs
        begins = first_seed
        with _quiet():
            while not h.is_over():
                seed(begins)(h)
                run_state_machine_as_test(h, settings=_SETTINGS)
                begins += 1
        h.figures.seconds = time.monotonic() - began
        return h.figures


_SETTINGS = settings(
    max_examples=50, stateful_step_count=STEPS, deadline=None, database=None, phases=[Phase.generate],
    suppress_health_check=list(HealthCheck), print_blob=False,
)  # fmt: skip
