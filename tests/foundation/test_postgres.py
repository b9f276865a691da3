"""The embedded server: found when it runs, started when it doesn't, closed to strangers."""

import os
import signal
import stat
import subprocess
import time
from pathlib import Path

import psutil
import psycopg
import pytest

from warmhandoff.foundation import logins, postgres

pytestmark = pytest.mark.slow


@pytest.fixture
def server(short_home):
    with postgres.ensure_running(short_home / "postgres") as running:
        yield running


def postmaster(server):
    return int((server.place.data / "postmaster.pid").read_text().split()[0])


def wait_until_gone(pid):
    deadline = time.monotonic() + 10
    while psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < deadline
        time.sleep(0.05)


def rows(server):
    with server.connect(logins.OWNER, postgres.DATABASE) as connection:
        return connection.execute("SELECT count(*) FROM kept").fetchone()[0]


def test_a_second_start_finds_the_running_server_and_the_last_to_leave_stops_it(server, short_home):
    second = postgres.ensure_running(short_home / "postgres")
    assert postmaster(second) == postmaster(server)
    server.stop()
    assert second.is_running()
    second.stop()
    assert not second.is_running()


def test_after_kill_9_it_starts_again_with_what_was_acknowledged(server):
    with server.connect(logins.OWNER, postgres.DATABASE) as connection:
        connection.execute("CREATE TABLE kept (id int)")
        connection.execute("INSERT INTO kept SELECT generate_series(1, 100)")
    killed = postmaster(server)
    os.kill(killed, signal.SIGKILL)
    wait_until_gone(killed)
    assert not server.is_running()
    server.start_again()
    assert rows(server) == 100


def test_a_pid_file_that_names_another_process_is_no_server(server, short_home):
    home = short_home / "postgres"
    pid_file = server.place.data / "postmaster.pid"
    text = pid_file.read_text()
    server.stop()
    pid_file.write_text(text.replace(text.split()[0], str(os.getpid()), 1))
    os.chown(pid_file, server.place.data.stat().st_uid, -1)
    with postgres.ensure_running(home) as again:
        assert again.is_running()
        assert postmaster(again) != os.getpid()


def test_nobody_else_can_reach_it(server):
    home = server.place.home.stat()
    assert stat.S_IMODE(home.st_mode) == 0o700
    assert stat.S_IMODE(server.place.socket.stat().st_mode) == 0o700
    listening = psutil.Process(postmaster(server)).net_connections("inet")
    assert listening == []
    assert psutil.Process(postmaster(server)).uids().real != 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may become another account")
def test_an_account_that_got_hold_of_the_socket_is_refused(server, short_home):
    server.place.home.chmod(0o755)  # as if the first lock had failed
    server.place.socket.chmod(0o777)
    child = os.fork()
    if child == 0:  # another account of this machine
        try:
            os.setuid(65534)
            psycopg.connect(server.url("postgres", "postgres"))
        except psycopg.OperationalError as error:
            os._exit(0 if "Peer authentication failed" in str(error) else 2)
        os._exit(1)
    assert os.waitpid(child, 0)[1] == 0


def test_it_promises_to_keep_what_it_acknowledged(server):
    with server.connect() as connection:
        logins.assert_durable(connection.cursor())
        connection.execute("ALTER SYSTEM SET synchronous_commit = off")
        connection.execute("SELECT pg_reload_conf()")
    with pytest.raises(logins.UnsafeServer, match="synchronous_commit"):
        _until_it_is_refused(server)


def _until_it_is_refused(server):
    for _ in range(50):
        with server.connect() as connection:
            logins.assert_durable(connection.cursor())
        time.sleep(0.05)


def test_locale_and_time_zone_are_the_same_on_every_machine(server):
    with server.connect(logins.APP, postgres.DATABASE) as connection:
        assert connection.execute("SHOW timezone").fetchone() == ("UTC",)
        asked = "SELECT datlocprovider::text, datlocale FROM pg_database WHERE datname = current_database()"
        assert connection.execute(asked).fetchone() == ("b", "C.UTF-8")


def test_the_log_holds_no_value_of_a_row(server):
    with server.connect(logins.OWNER, postgres.DATABASE) as connection:
        connection.execute("CREATE TABLE unique_names (name text UNIQUE)")
        connection.execute("INSERT INTO unique_names VALUES ('Rosa Marker')")
        with pytest.raises(psycopg.errors.UniqueViolation):
            connection.execute("INSERT INTO unique_names VALUES ('Rosa Marker')")
    assert "unique_names" in server.place.log.read_text()
    assert "Marker" not in server.place.log.read_text()


def test_a_path_too_long_for_a_socket_is_refused_with_its_mend(monkeypatch):
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    place = postgres.place_for(Path("/srv") / ("long" * 30))
    with pytest.raises(postgres.PostgresTrouble) as refusal:
        postgres._refuse_long_path(place)
    assert "107" in refusal.value.sentence
    assert "shorter" in refusal.value.mend


def test_a_long_path_keeps_its_data_and_has_its_socket_in_the_runtime_folder(monkeypatch):
    monkeypatch.setenv("XDG_RUNTIME_DIR", "/run/user/1000")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    home = Path("/srv") / ("long" * 30)
    place = postgres.place_for(home)
    assert place.data == home / "data"
    assert place.sockets.parent == Path("/run/user/1000")
    postgres._refuse_long_path(place)


@pytest.mark.skipif(os.geteuid() != 0, reason="root alone runs the server as another account")
def test_as_root_an_unreachable_folder_is_left_for_one_under_var_lib(tmp_path):
    tmp_path.chmod(0o700)
    place = postgres.place_for(tmp_path / "postgres")
    assert place.home.parent == Path("/var/lib")


def test_data_of_another_major_version_are_refused(server, short_home):
    server.stop()
    (server.place.data / "PG_VERSION").write_text("17\n")
    with pytest.raises(postgres.PostgresTrouble, match="made by PostgreSQL 17"):
        postgres.ensure_running(short_home / "postgres")


def test_programs_that_were_copied_for_another_account_find_their_libraries(short_home):
    account = postgres._account_to_run_as()
    shipped = postgres._programs(postgres.Place(short_home, short_home), account).parent
    copied = postgres._copied(shipped, short_home, account)
    run = subprocess.run([copied / "bin" / "initdb", "--version"], capture_output=True, text=True, check=True)
    assert "PostgreSQL) 18" in run.stdout
