"""PostgreSQL, web, worker and mail server as processes; how each is killed and started again."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

from django.conf import settings

from warmhandoff.foundation import postgres

ROOT = Path(__file__).resolve().parents[3]
LOOKS_EVERY = 0.1


class Processes:
    """Inside, they run; whichever ends is started again at once."""

    def __init__(self, home: Path, port: int, mail_port: int) -> None:
        self.home, self.port, self.mail_port = home, port, mail_port
        self.kills: Counter[str] = Counter()
        self.starts: Counter[str] = Counter()
        self._children: dict[str, subprocess.Popen[bytes]] = {}
        self._over = threading.Event()
        self._lock = threading.Lock()
        self._log = open(home / "processes.log", "ab")  # noqa: SIM115  kept open as long as they run
        self.server = postgres.ensure_running(settings.POSTGRES_HOME)

    def __enter__(self) -> Processes:
        return self

    def run_all(self) -> None:
        self._start("sink", "-m", "tests.proofs.crash.sink", str(self.mail_port), str(self.mail_file))
        self._start("web", "-m", "warmhandoff", "web", "--port", str(self.port))
        self._start("worker", "-m", "warmhandoff", "worker")
        self._watcher = threading.Thread(target=self._watch, daemon=True)
        self._watcher.start()

    def __exit__(self, *exc_info: object) -> None:
        self._over.set()
        with self._lock:
            for child in self._children.values():
                child.terminate()
            for child in self._children.values():
                with suppress(subprocess.TimeoutExpired):
                    child.wait(15)
                _kill(child)
        self.server.stop()
        self._log.close()

    @property
    def mail_file(self) -> Path:
        return self.home / "mail.jsonl"

    def kill(self, what: str) -> None:
        self.kills[what] += 1
        if what == "PostgreSQL":
            self.kill_postgres()
        else:
            with self._lock:
                _kill(self._children[what])

    def kill_postgres(self) -> None:
        """The postmaster; its backends end when they notice. Then what the supervisor does: start it again."""
        with suppress(FileNotFoundError, ProcessLookupError, ValueError, IndexError):
            pid = int((self.server.place.data / "postmaster.pid").read_text().split()[0])
            os.kill(pid, signal.SIGKILL)
        time.sleep(random.random() * 0.5)
        for _ in range(20):
            try:
                self.server.start_again()
                return
            except postgres.PostgresTrouble:
                time.sleep(0.5)
        self.server.start_again()

    def _start(self, name: str, *arguments: str) -> None:
        self.starts[name] += 1
        self._children[name] = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=ROOT, stdin=subprocess.DEVNULL, stdout=self._log, stderr=self._log, start_new_session=True,
        )  # fmt: skip

    def _watch(self) -> None:
        while not self._over.wait(LOOKS_EVERY):
            with self._lock:
                for name, child in list(self._children.items()):
                    if child.poll() is not None and not self._over.is_set():
                        _kill(child)  # what it left behind may still hold its port
                        self._start(name, *child.args[1:])  # type: ignore[index]


def _kill(child: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()
