"""Runs the database tests on a server that isn't ours: Debian's PostgreSQL 15, over TCP, with passwords.

    .venv/bin/python tools/test_server.py [arguments for pytest]

The embedded server is one version with one way to sign in. Here everything is as an administrator would have it:
another version, another configuration, `warmhandoff roles --sql` run by psql, an owner that is no superuser. The
cluster is made for one run and thrown away.
"""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from warmhandoff.foundation import logins, postgres  # noqa: E402  found by the line above

VERSION: Final = "15"
PROGRAMS: Final = Path(os.environ.get("TEST_SERVER_PROGRAMS") or f"/usr/lib/postgresql/{VERSION}/bin")
MISSING: Final = f"PostgreSQL {VERSION} is not installed here. Install it, then try again: apt-get install postgresql-{VERSION}"
# pytest looks for tests by name: this is none of them.
__test__ = False

TESTED: Final = (
    "foundation", "jurisdictions", "network", "directory", "participants", "custody", "referrals", "labor_market",
    "employers", "casework", "programs", "demo",
    "exchange", "cli", "proofs", "house/test_rows.py",
)  # fmt: skip
NEEDED: Final = ("initdb", "pg_ctl", "postgres", "psql")


@dataclass(frozen=True)
class Account:
    """Who the server runs as: PostgreSQL refuses root."""

    uid: int
    gid: int

    def becoming(self) -> dict[str, Any]:
        if self.uid == os.geteuid():
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


@dataclass(frozen=True)
class Cluster:
    home: Path
    port: int
    password: str
    account: Account

    def address(self, database: str = "postgres") -> str:
        return f"postgresql://postgres:{self.password}@127.0.0.1:{self.port}/{database}"

    def run(self, program: str, *arguments: str, told: str = "") -> str:
        done: subprocess.CompletedProcess[str] = subprocess.run(
            [PROGRAMS / program, *arguments],
            cwd=self.home,
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
            input=told,
            capture_output=True,
            text=True,
            start_new_session=True,
            check=False,
            **self.account.becoming(),
        )
        if done.returncode:
            sys.exit(f"{program} failed: {(done.stderr or done.stdout).strip()}")
        return done.stdout


def main() -> int:
    if not all((PROGRAMS / each).exists() for each in NEEDED):
        print(MISSING, file=sys.stderr)
        return 1
    with throw_away_cluster() as cluster:
        set_up_by_the_printed_script(cluster)
        print(_what_it_is(cluster), flush=True)
        return subprocess.run(
            [sys.executable, "-m", "pytest", *_chosen(sys.argv[1:])],
            cwd=ROOT,
            env={**os.environ, "TEST_DATABASE_URL": cluster.address()},
            check=False,
        ).returncode


def _chosen(arguments: list[str]) -> list[str]:
    """What the caller names, else every test that needs a database and no browser or server of its own."""
    named = any(not each.startswith("-") and (ROOT / each.partition("::")[0]).exists() for each in arguments)
    paths = [] if named else [f"tests/{each}" for each in TESTED]
    return ["-q", "-m", "not slow and not browser", *arguments, *paths]


@contextmanager
def throw_away_cluster() -> Iterator[Cluster]:
    var = Path(os.environ.get("WARMHANDOFF_VAR") or ROOT / "var").absolute()
    var.mkdir(parents=True, exist_ok=True)
    home = postgres.place_for(var / f"postgres-{VERSION}-{os.getpid()}").home
    cluster = Cluster(home, _free_port(), secrets.token_hex(16), _account())
    home.mkdir(mode=0o700, parents=True)
    try:
        if os.geteuid() == 0:
            os.chown(home, cluster.account.uid, cluster.account.gid)
        _make(cluster)
        data = str(home / "data")
        cluster.run("pg_ctl", "start", "-D", data, "-l", str(home / "log"), "-s", "-w", "-t", "60")
        try:
            yield cluster
        finally:
            cluster.run("pg_ctl", "stop", "-D", data, "-m", "immediate", "-s", "-w")
    finally:
        shutil.rmtree(home)


def _make(cluster: Cluster) -> None:
    """Passwords for everyone, as on a server of one's own; the default configuration but for address and port."""
    key = cluster.home / "password"
    key.touch(mode=0o600)
    key.write_text(cluster.password)
    if os.geteuid() == 0:
        os.chown(key, cluster.account.uid, cluster.account.gid)
    data = cluster.home / "data"
    cluster.run(
        "initdb", "-D", str(data), "-U", "postgres", "-A", "scram-sha-256", f"--pwfile={key}",
        "--encoding=UTF8", "--locale=C.UTF-8",
    )  # fmt: skip
    with open(data / "postgresql.conf", "a") as file:
        file.write(
            f"listen_addresses = '127.0.0.1'\nport = {cluster.port}\nunix_socket_directories = ''\n"
            "max_connections = 100\n"
        )


def set_up_by_the_printed_script(cluster: Cluster) -> None:
    """As docs/guides/operations.md says: the printed script through psql, as the server's administrator."""
    cluster.run("psql", "-v", "ON_ERROR_STOP=1", "-q", "-d", cluster.address(), told=logins.printed_sql())


def _what_it_is(cluster: Cluster) -> str:
    asked = """
        SELECT 'PostgreSQL ' || current_setting('server_version') || ', owner ' || rolname
               || CASE WHEN rolsuper THEN ' IS A SUPERUSER' ELSE ' is no superuser' END
          FROM pg_roles WHERE rolname = :'owner';
    """
    options = ("-X", "-A", "-t", "-v", f"owner={logins.OWNER}")
    return cluster.run("psql", *options, "-d", cluster.address(), told=asked).strip()


def _account() -> Account:
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid())
    entry = pwd.getpwnam("postgres")  # Debian's package makes it
    return Account(entry.pw_uid, entry.pw_gid)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        return port


if __name__ == "__main__":
    sys.exit(main())
