"""The real thing: database, web and worker, in a folder of their own."""

import http.client
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress

import psutil
import pytest

from warmhandoff.cli import port

pytestmark = pytest.mark.slow


class Served:
    def __init__(self, home, number, *, process):
        self.home, self.port, self.process = home, number, process

    def status(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", "/")
            return connection.getresponse().status
        except OSError:
            return None
        finally:
            connection.close()

    def child(self, name):
        for each in psutil.Process(self.process.pid).children():
            with suppress(psutil.Error):  # it ended a moment ago
                if name in each.cmdline():
                    return each
        return None

    def postmaster(self):
        return int((self.home / "postgres" / "data" / "postmaster.pid").read_text().split()[0])

    def wait_for(self, said):
        deadline = time.monotonic() + 120  # with other tests beside it
        while not said():
            assert self.process.poll() is None, self.process.stdout.read()
            assert time.monotonic() < deadline
            time.sleep(0.1)


def environment(home):
    unset = ("DATABASE_URL", "WARMHANDOFF_URL")
    kept = {name: value for name, value in os.environ.items() if name not in unset}
    return {**kept, "WARMHANDOFF_VAR": str(home)}


@pytest.fixture
def served(short_home, migrate):
    migrate(short_home)
    number = port.free()
    command = [sys.executable, "-m", "warmhandoff", "serve", "--port", str(number)]
    process = subprocess.Popen(
        command, env=environment(short_home), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    running = Served(short_home, number, process=process)
    try:
        running.wait_for(lambda: running.status() is not None)
        yield running
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
        process.stdout.close()


def test_whatever_is_killed_comes_back_and_all_of_it_stops(served):
    assert served.status() < 500
    web, worker, postmaster = served.child("web"), served.child("worker"), served.postmaster()
    for pid in (web.pid, worker.pid, postmaster):
        os.kill(pid, signal.SIGKILL)
    served.wait_for(lambda: served.child("worker") not in (None, worker))
    served.wait_for(lambda: served.child("web") not in (None, web) and (served.status() or 500) < 500)
    assert served.postmaster() != postmaster

    everything = [
        *psutil.Process(served.process.pid).children(recursive=True),
        psutil.Process(served.postmaster()),
    ]
    served.process.send_signal(signal.SIGHUP)  # the terminal was closed
    assert served.process.wait(30) == 0
    assert [each for each in everything if each.is_running() and each.status() != psutil.STATUS_ZOMBIE] == []


def test_a_taken_port_is_said_before_anything_starts(short_home):
    with port._listen("127.0.0.1", 0) as taken:
        number = str(taken.getsockname()[1])
        command = [sys.executable, "-m", "warmhandoff", "serve", "--port", number]
        said = subprocess.run(
            command, env=environment(short_home), capture_output=True, text=True, check=False
        )
    assert said.returncode == os.EX_CONFIG
    assert "PORT=8765" in said.stderr
    assert not (short_home / "postgres").exists()


def test_the_demo_leaves_a_database_of_ones_own_alone(short_home):
    command = [sys.executable, "-m", "warmhandoff", "demo", "--port", str(port.free())]
    own = {**environment(short_home), "DATABASE_URL": "postgresql://someone@db.example.org/theirs"}
    said = subprocess.run(command, env=own, capture_output=True, text=True, check=False)
    assert said.returncode == os.EX_CONFIG
    assert "Unset DATABASE_URL" in said.stderr
