"""Four threads, each with a database connection of its own, that go on statement by statement as they are told."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db import DatabaseError, InterfaceError, OperationalError, connection, connections

from tests.database import TestServer
from tests.proofs.scene import name_of
from warmhandoff.foundation.errors import DomainError
from warmhandoff.web.site.errors import sentence_for

IDLE, RUNNING, PAUSED, ENDING = "idle", "running", "paused", "ending"
TO_THE_END = 10_000
HANGS_AFTER = 30.0
Job = Callable[[], str]  # does the whole transaction; what it came to: "" for done
GO, COMMIT, ROLL_BACK = "go", "commit", "roll back"


class BrokenOff(OperationalError):
    """The connection breaks before the commit reaches the server."""


class Hangs(AssertionError):
    """Nobody goes on, and nobody waits for anybody."""


class Backend:
    def __init__(self, number: int) -> None:
        self.number = number
        self.state = IDLE
        self.pid = 0
        self.what = ""
        self.came_to = ""  # how the last one ended: "" committed, else why not
        self.untold: BaseException | None = None  # an error that no page could put in a sentence
        self.committed = False
        self.overlapped = False
        self.still = threading.Event()
        self.still.set()
        self._leave = 0
        self._really_commit: Callable[[], None] = lambda: None
        self._orders: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._live, daemon=True, name=f"backend-{number}")
        self._thread.start()

    # --- Told by the machine, in its own thread --------------------------------------------------------------------

    def begin(self, what: str, job: Job) -> None:
        self.what, self.came_to, self.untold = what, "", None
        self.committed = self.overlapped = False
        self._order(job)

    def go_on(self, statements: int) -> None:
        self._order((GO, statements))

    def end(self, how: str) -> None:
        self._order((how, 0))

    def leave_database(self) -> None:
        self._order(lambda: (connection.close(), "")[1])
        self.still.wait(HANGS_AFTER)

    def stop(self) -> None:
        self._orders.put(None)
        self._thread.join(HANGS_AFTER)

    def _order(self, order: Any) -> None:
        self.state = RUNNING
        self.still.clear()
        self._orders.put(order)

    # --- The thread ------------------------------------------------------------------------------------------------

    def _live(self) -> None:
        own = connections["default"]
        self._really_commit, own.commit = own.commit, self._commit  # type: ignore[method-assign]
        while (job := self._orders.get()) is not None:
            self._leave = 0
            try:
                self._do(job)
            except BaseException as error:  # noqa: BLE001  (told in the machine's own thread)
                self.untold = error
            self.state = IDLE
            self.still.set()
        connection.close()

    def _do(self, job: Job) -> None:
        try:
            connection.ensure_connection()
            self.pid = connection.connection.info.backend_pid
            with connection.execute_wrapper(self._before_a_statement):
                self.came_to = job()
        except BrokenOff:
            self.came_to = "rolled back"
        except DomainError as refused:
            self.came_to = refused.code
        except ObjectDoesNotExist:
            self.came_to = "not there"
        except (DatabaseError, InterfaceError) as refused:
            self.came_to = name_of(refused)
            self.untold = None if sentence_for(refused) else refused

    def _before_a_statement(self, execute: Any, *statement: Any) -> Any:
        while self._leave <= 0:
            _, self._leave = self._stand(PAUSED)
        self._leave -= 1
        return execute(*statement)

    def _commit(self) -> None:
        how, _ = self._stand(ENDING)
        if how == ROLL_BACK:
            raise BrokenOff
        self._really_commit()
        self.committed = True

    def _stand(self, state: str) -> Any:
        self.state = state
        self.still.set()
        return self._orders.get()


class Backends:
    """The four, and who among them waits for whom."""

    def __init__(self, server: TestServer, count: int = 4) -> None:
        self._looking = server.administer()
        self.all = [Backend(number) for number in range(count)]

    def __enter__(self) -> Backends:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._looking.close()
        for backend in self.all:
            backend.stop()

    @property
    def open(self) -> list[Backend]:
        return [backend for backend in self.all if backend.state != IDLE]

    @property
    def waiting(self) -> list[Backend]:
        return [backend for backend in self.all if backend.state == RUNNING]

    def settle(self) -> None:
        """Until each stands still or waits for the lock of one that stands still. A ring is left to PostgreSQL to break."""
        hangs_at, patience = time.monotonic() + HANGS_AFTER, 0.015
        while running := self.waiting:
            if running[0].still.wait(patience):
                continue
            patience = 0.004
            if self._all_wait(running):
                return
            if time.monotonic() > hangs_at:
                raise Hangs([each.what for each in running])

    def _all_wait(self, running: list[Backend]) -> bool:
        blockers = dict(
            self._looking.execute(
                "SELECT pid, pg_blocking_pids(pid) FROM unnest(%s::int[]) pid", [[b.pid for b in running]]
            ).fetchall()
        )
        if not all(blockers.values()) or any(b.still.is_set() for b in running):
            return False
        ring = set(blockers)
        while free := {pid for pid in ring if not ring & set(blockers[pid])}:
            ring -= free
        return not ring
