"""What runs keeps running, and stops in good order when told."""

import os
import signal
import subprocess
import sys
import textwrap
import time

import psutil
import pytest

from warmhandoff.cli import supervisor as under_test
from warmhandoff.cli.supervisor import Supervisor

pytestmark = pytest.mark.slow

FOR_EVER = [sys.executable, "-c", "import time; time.sleep(600)"]


@pytest.fixture
def supervisor(monkeypatch):
    monkeypatch.setattr(under_test, "FIRST_PAUSE", 0.05)
    with Supervisor.until_told_to_stop() as running, running.children():
        yield running


def only_child(supervisor):
    (child,) = supervisor._children
    return child


def eventually(said):
    deadline = time.monotonic() + 10
    while not said():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def is_alive(process):
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGTERM])
def test_a_child_that_was_killed_is_started_again(supervisor, ending):
    supervisor.start("worker", FOR_EVER)
    first = only_child(supervisor).process.pid
    os.kill(first, ending)

    def started_again():
        supervisor._restart_ended()
        child = only_child(supervisor)
        return child.process.pid != first and child.process.poll() is None

    eventually(started_again)
    assert not psutil.pid_exists(first)


def test_a_child_that_ends_with_status_0_is_started_again(supervisor):
    supervisor.start("worker", [sys.executable, "-c", "pass"])
    first = only_child(supervisor).process.pid

    def started_again():
        supervisor._restart_ended()
        return only_child(supervisor).process.pid != first

    eventually(started_again)


def test_a_child_that_fails_at_once_is_started_later_each_time(supervisor):
    supervisor.start("web", [sys.executable, "-c", "raise SystemExit(1)"])

    def failed_thrice():
        supervisor._restart_ended()
        return only_child(supervisor).pause >= 4 * under_test.FIRST_PAUSE

    eventually(failed_thrice)


def test_a_child_that_was_told_something_wrong_stops_everything(supervisor):
    supervisor.start("web", [sys.executable, "-c", f"raise SystemExit({os.EX_CONFIG})"])
    supervisor.start("worker", FOR_EVER)
    assert supervisor.keep_going() == os.EX_CONFIG


def test_a_child_that_ignores_the_signal_is_killed_with_its_own_children(monkeypatch):
    monkeypatch.setattr(under_test, "SECONDS_TO_STOP", 0.3)
    stubborn = (
        "import signal, subprocess, sys, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        "print('ready', flush=True); time.sleep(600)\n"
    )
    with Supervisor.until_told_to_stop() as running, running.children():
        running.start("web", [sys.executable, "-c", stubborn])
        process = psutil.Process(only_child(running).process.pid)
        eventually(process.children)
        family = [process, *process.children(recursive=True)]
    # A killed process may be seen for a moment more.
    eventually(lambda: not any(is_alive(each) for each in family))


@pytest.mark.parametrize("told", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_no_child_outlives_its_supervisor(told, tmp_path):
    """A signal, a closed terminal, or its own death by kill -9: the lifeline tells the children."""
    child = "from warmhandoff.cli import lifeline; lifeline.hold(); import time; time.sleep(600)"
    script = f"""
        import sys
        from warmhandoff.cli.supervisor import Supervisor
        with Supervisor.until_told_to_stop() as supervisor, supervisor.children():
            supervisor.start("worker", [sys.executable, "-c", {child!r}])
            print(supervisor._children[0].process.pid, flush=True)
            supervisor.keep_going()
    """
    running = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(script)], stdout=subprocess.PIPE, text=True
    )
    assert running.stdout is not None
    worker = psutil.Process(int(running.stdout.readline()))
    eventually(lambda: len(worker.threads()) > 1)  # it holds the lifeline
    running.send_signal(told)
    assert running.wait(10) == (-signal.SIGKILL if told == signal.SIGKILL else 0)
    running.stdout.close()
    eventually(lambda: not is_alive(worker))
