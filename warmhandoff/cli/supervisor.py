"""Keeps child processes running and stops them in good order.

Children run in sessions of their own: Ctrl-C and a closed terminal reach the supervisor alone, which then stops
them one after another. A child that ends, with whatever status, is started again, later each time it fails soon
after its start. Only a child that says "what I was told is wrong" (EX_CONFIG) stops everything: starting it again
would say the same again.
"""

from __future__ import annotations

import http.client
import logging
import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from types import FrameType
from typing import Final

from warmhandoff.cli import lifeline
from warmhandoff.foundation import postgres
from warmhandoff.foundation.errors import DomainError

logger = logging.getLogger(__name__)

SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
LOOK_EVERY: Final = 0.25  # seconds
LOOK_AT_DATABASE_EVERY: Final = 2.0
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
STEADY_AFTER: Final = 60.0  # a child that ran this long is thought well; its next pause is the first again
SECONDS_TO_STOP: Final = 12.0
SECONDS_TO_FIRST_PAGE: Final = 90.0


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "warmhandoff", *arguments]


@dataclass
class Child:
    name: str
    arguments: list[str]
    process: subprocess.Popen[bytes]
    started: float = field(default_factory=time.monotonic)
    pause: float = FIRST_PAUSE
    start_at: float | None = None


class Supervisor:
    def __init__(self) -> None:
        self._children: list[Child] = []
        self._server: postgres.Server | None = None
        self._told_to_stop = threading.Event()
        self._interruptible = True  # while still starting
        self._reading_end, self._writing_end = os.pipe()

    @classmethod
    @contextmanager
    def until_told_to_stop(cls) -> Iterator[Supervisor]:
        """Listen for the signals that stop it, and let nothing else be interrupted by them."""
        supervisor = cls()
        before = {number: signal.signal(number, supervisor._on_signal) for number in SIGNALS}
        try:
            yield supervisor
        except KeyboardInterrupt:
            pass  # told to stop while still starting
        finally:
            os.close(supervisor._reading_end)
            os.close(supervisor._writing_end)
            for number, handler in before.items():
                signal.signal(number, handler)

    @contextmanager
    def children(self) -> Iterator[None]:
        """Children run inside; on leaving, each is stopped."""
        self._interruptible = False
        try:
            yield
        finally:
            self._stop_children()

    @property
    def told_to_stop(self) -> bool:
        return self._told_to_stop.is_set()

    def look_after(self, server: postgres.Server | None) -> None:
        self._server = server

    def start(self, name: str, arguments: list[str]) -> None:
        self._children.append(Child(name, arguments, self._spawn(arguments)))

    def wait_for_page(self, host: str, port: int) -> bool:
        """True as soon as the web process answers."""
        deadline = time.monotonic() + SECONDS_TO_FIRST_PAGE
        while time.monotonic() < deadline and not self._told_to_stop.is_set():
            if self._failed_for_good() or _answers(host, port):
                return not self._failed_for_good()
            self._restart_ended()
            time.sleep(0.1)
        return False

    def keep_going(self) -> int:
        """Until told to stop; returns the exit status."""
        next_look = 0.0
        terminal = _Terminal()
        while not self._told_to_stop.wait(LOOK_EVERY) and not terminal.is_closed():
            if self._failed_for_good():
                return os.EX_CONFIG
            if self._server and time.monotonic() >= next_look:
                self._revive(self._server)
                next_look = time.monotonic() + LOOK_AT_DATABASE_EVERY
            self._restart_ended()
        return 0

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self._told_to_stop.set()
        if self._interruptible:
            self._interruptible = False  # the second signal must not interrupt the stopping
            raise KeyboardInterrupt

    def _spawn(self, arguments: list[str]) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            arguments,
            stdin=subprocess.DEVNULL,
            env={**os.environ, lifeline.VARIABLE: str(self._reading_end)},
            pass_fds=[self._reading_end],
            start_new_session=True,
        )

    def _failed_for_good(self) -> bool:
        return any(child.process.poll() == os.EX_CONFIG for child in self._children)

    def _restart_ended(self) -> None:
        for child in self._children:
            status = child.process.poll()
            if status is None:
                continue
            now = time.monotonic()
            if child.start_at is None:
                if now - child.started > STEADY_AFTER:
                    child.pause = FIRST_PAUSE
                logger.warning(
                    "%s ended (%s); it starts again in %.1f s", child.name, _ending(status), child.pause
                )
                child.start_at = now + child.pause
            elif now >= child.start_at:
                _kill_session(child)  # what it left behind may still hold its port
                child.process = self._spawn(child.arguments)
                child.started, child.start_at = now, None
                child.pause = min(child.pause * 2, LONGEST_PAUSE)

    def _revive(self, server: postgres.Server) -> None:
        if server.is_running():
            return
        logger.warning("PostgreSQL ended; it starts again")
        try:
            server.start_again()
        except (
            DomainError
        ) as trouble:  # such as a full disk: it's tried again, the sentence says what to mend
            logger.error("%s", trouble)

    def _stop_children(self) -> None:
        for child in self._children:
            _signal(child, signal.SIGTERM)
        deadline = time.monotonic() + SECONDS_TO_STOP
        for child in self._children:
            with suppress(subprocess.TimeoutExpired):
                child.process.wait(max(0.0, deadline - time.monotonic()))
            _kill_session(child)
        self._children.clear()


class _Terminal:
    """The terminal one was started from, if any.

    Its closing is told by a signal to the first process of its session alone. A shell passes it on; where `make` is that
    process, as in a window opened just for it, it waits for us in silence. So we look for ourselves.
    """

    def __init__(self) -> None:
        self._poll = select.poll()
        if os.isatty(0):
            self._poll.register(0, 0)  # nothing is asked about but what is always told: that it hung up

    def is_closed(self) -> bool:
        return bool(self._poll.poll(0))


def _signal(child: Child, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        child.process.send_signal(number)


def _kill_session(child: Child) -> None:
    """Whatever the child left running in its process group, such as a worker of the web server."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(child.process.pid, signal.SIGKILL)
    child.process.wait()


def _ending(status: int) -> str:
    return f"signal {-status}" if status < 0 else f"status {status}"


def _answers(host: str, port: int) -> bool:
    reachable = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104  recognized, not bound
    connection = http.client.HTTPConnection(reachable, port, timeout=30)
    try:
        connection.request("GET", "/", headers={"Host": "localhost"})
        return bool(connection.getresponse().status < http.client.INTERNAL_SERVER_ERROR)
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
