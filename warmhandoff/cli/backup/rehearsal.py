"""The drill itself, step by step; `warmhandoff drill` starts it."""

from __future__ import annotations

import argparse
import http.client
import json
import os
import secrets
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import psycopg
from django.conf import settings
from django.db import connections
from django.urls import reverse

from warmhandoff.cli import database, demo, lifeline, migrate, port, visit
from warmhandoff.cli.backup import contents, dump, programs
from warmhandoff.cli.backup.contents import Contents, Difference
from warmhandoff.cli.drill import ELSEWHERE
from warmhandoff.cli.supervisor import Supervisor, command
from warmhandoff.foundation import logins, postgres
from warmhandoff.foundation.errors import DomainError
from warmhandoff.foundation.mail_links import address_of
from warmhandoff.network.models import Membership
from warmhandoff.network.roles import Role
from warmhandoff.referrals.models import AnswerLink

WHOLE, KILLED = "whole", "killed"  # databases whose migrations run in peace, and are killed
SECONDS_TO_FIRST_PAGE: Final = 120.0


@dataclass
class Copy:
    """The new server, in a folder of its own, and what it takes to use it as an installation of its own."""

    var: Path
    server: postgres.Server

    def environment(self, name: str = postgres.DATABASE, **more: str) -> dict[str, str]:
        """As the deployment's, with its keys, but this database, and no mail server."""
        addresses = {
            "DATABASE_URL": self.server.url(logins.APP, name),
            "OWNER_DATABASE_URL": self.server.url(logins.OWNER, name),
        }
        return {
            **os.environ,
            **dict.fromkeys(ELSEWHERE, ""),
            **(addresses if name != postgres.DATABASE else {}),
            "WARMHANDOFF_VAR": str(self.var),
            "SECRET_KEY": settings.SECRET_KEY,
            "LINK_KEY": settings.LINK_KEY,
            "SMTP_URL": "smtp://127.0.0.1:9",
            **more,
        }

    def run(self, *arguments: str) -> str:
        done = subprocess.run(
            command(*arguments), env=self.environment(), capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise programs.BackupTrouble(
                f"warmhandoff {arguments[0]} ended with {done.returncode}: {(done.stdout + done.stderr).strip()}"
            )
        return done.stdout

    def make_empty(self, name: str) -> None:
        with self.server.connect() as connection:
            connection.execute(
                f"CREATE DATABASE {name} OWNER {logins.OWNER} ENCODING 'UTF8' TEMPLATE template0"
            )
        with self.server.connect(database=name) as connection:
            connection.execute(logins.database_sql(name))

    def contents(self, name: str = postgres.DATABASE) -> Contents:
        with self.server.connect(logins.OWNER, name) as connection:
            return contents.read(connection)


@dataclass
class Account:
    """What the drill found, line by line."""

    lines: list[str] = field(default_factory=list)
    wrong: int = 0

    def step(self, what: str, came_to: str, *, well: bool = True) -> None:
        self.lines.append(f"{'ok' if well else 'WRONG':6} {what:42} {came_to}")
        self.wrong += not well
        print(self.lines[-1], flush=True)

    def compared(self, what: str, found: list[Difference], things: int) -> None:
        self.step(what, f"{things:,} things, {len(found)} different", well=not found)
        for each in found[:20]:
            print(f"         {each.part}: {each.name}: {each.before}  ->  {each.after}")


def run(options: argparse.Namespace) -> int:
    with Supervisor.until_told_to_stop():  # then too the copy is stopped and removed
        if _rehearsed(options) == 0:
            return 0
    return 1


def _rehearsed(options: argparse.Namespace) -> int:
    account = Account()
    file = options.drill / "drill.dump"
    file.unlink(missing_ok=True)  # kept on purpose, or left by one that was killed
    with ExitStack() as stack:
        stack.enter_context(database.running())
        if options.made_up:
            migrate.bring_up_to_date(quiet=True)
            demo.make_up_a_network()
        dump.refuse_without_owner()
        migrate.refuse_older()
        if not options.keep:
            stack.callback(file.unlink, missing_ok=True)
        before = _dumped(file, account)
        copy = stack.enter_context(_new_server(options, account))
        after = _restored(copy, file, account)
        _print_rows(before, after)
        for part in before:
            account.compared(part, contents.differences(before, after, (part,)), len(before[part]))
        _killed_over_the_rows(copy, after, options.kills, account)
        _killed_from_nothing(copy, options.kills, account)
        _proved(copy, account)
        _served(copy, account)
    print("Nothing is missing." if not account.wrong else f"{account.wrong} lines above are wrong.")
    return 1 if account.wrong else 0


# --- Dump, new server, restore ------------------------------------------------------------------------------------


def _dumped(file: Path, account: Account) -> Contents:
    """The dump, and what the same moment of the database holds: others may go on working meanwhile."""
    address = programs.address_of("owner")
    connections.close_all()
    began = time.monotonic()
    with programs.connect(address) as connection, connection.transaction():
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        row = connection.execute("SELECT pg_export_snapshot()").fetchone()
        size = dump.write(address, file, snapshot=row[0] if row else "")
        held = contents.read(connection)
    tables = len(held[contents.ROWS])
    came_to = (
        f"{tables} tables, {contents.number_of_rows(held):,} rows, {size / 1024:,.0f} KB, {_since(began)}"
    )
    account.step("dumped", came_to)
    return held


@contextmanager
def _new_server(options: argparse.Namespace, account: Account) -> Iterator[Copy]:
    """A cluster with the logins of `warmhandoff roles --sql` and an empty database."""
    var = options.drill / "restored"
    home = postgres.place_for(var / "postgres").home
    _stop_what_was_left(var, home)
    _remove(var, home)
    var.mkdir(parents=True)
    if (options.var / "assets").exists():
        (var / "assets").symlink_to(options.var / "assets")
    began = time.monotonic()
    try:
        with postgres.ensure_running(var / "postgres") as server:
            account.step("made a new server", f"PostgreSQL {_version(server)}, {_since(began)}")
            yield Copy(var, server)
    finally:
        if not options.keep:
            _remove(var, home)


def _stop_what_was_left(var: Path, home: Path) -> None:
    """Of a drill that was killed, the server may still run."""
    if (home / "data").exists():
        with suppress(DomainError, psycopg.Error):
            postgres.ensure_running(var / "postgres").stop()


def _remove(*folders: Path) -> None:
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)


def _version(server: postgres.Server) -> str:
    with server.connect() as connection:
        return str(connection.info.parameter_status("server_version"))


def _restored(copy: Copy, file: Path, account: Account) -> Contents:
    began = time.monotonic()
    copy.run("restore", str(file))
    after = copy.contents()
    account.step("restored", f"{contents.number_of_rows(after):,} rows, {_since(began)}")
    return after


def _print_rows(before: Contents, after: Contents) -> None:
    here, there = before[contents.ROWS], after[contents.ROWS]
    empty = [table for table in here if here[table].startswith("0 ") and here[table] == there.get(table)]
    print(f"\n{'table':44} {'dumped':>9} {'restored':>9}  the same")
    for table in sorted((here.keys() | there.keys()) - set(empty)):
        counts = [each.get(table, "no table").split()[0] for each in (here, there)]
        same = "yes" if here.get(table) == there.get(table) else "NO"
        print(f"{table:44} {counts[0]:>9} {counts[1]:>9}  {same}")
    print(f"and {len(empty)} tables that are empty in both\n")


# --- Cut off ------------------------------------------------------------------------------------------------------


def _killed_over_the_rows(copy: Copy, whole: Contents, kills: int, account: Account) -> None:
    """`migrate` over the restored rows, killed while it renews policies: as before, or as after, never between."""
    with copy.server.connect() as connection:
        asked = (
            "SELECT EXISTS (SELECT FROM pg_stat_activity"
            " WHERE usename = %s AND datname = %s AND query LIKE '%%POLICY%%')"
        )

        def renews_policies() -> bool:
            row = connection.execute(asked, [logins.OWNER, postgres.DATABASE]).fetchone()
            return bool(row and row[0])

        killed = sum(_migrate_and_kill(copy.environment(), renews_policies) for _ in range(kills))
    held = copy.contents()
    account.compared(
        f"migrate over these rows, killed {killed} times",
        contents.differences(whole, held),
        sum(map(len, held.values())),
    )
    copy.run("migrate", "--quiet")


def _killed_from_nothing(copy: Copy, kills: int, account: Account) -> None:
    """All migrations on an empty database, killed at random ones and run again, beside one that was left in peace."""
    for name in (WHOLE, KILLED):
        copy.make_empty(name)
    subprocess.run(command("migrate", "--quiet"), env=copy.environment(WHOLE), check=True)
    whole, environment = copy.contents(WHOLE), copy.environment(KILLED)
    with copy.server.connect(database=KILLED) as connection:

        def ran() -> int:
            with suppress(Exception):  # the table isn't there yet
                row = connection.execute("SELECT count(*) FROM django_migrations").fetchone()
                return int(row[0]) if row else 0
            return 0

        killed = 0
        for _ in range(kills):
            killed += _migrate_and_kill(environment, _further_than(ran, ran() + secrets.randbelow(30)))
        subprocess.run(command("migrate", "--quiet"), env=environment, check=True)
    made = copy.contents(KILLED)
    account.compared(
        f"migrations from nothing, killed {killed} times",
        contents.differences(whole, made, contents.MADE_OF),
        sum(len(made[part]) for part in contents.MADE_OF),
    )


def _further_than(ran: Callable[[], int], far: int) -> Callable[[], bool]:
    return lambda: ran() > far


def _migrate_and_kill(environment: dict[str, str], is_time: Callable[[], bool]) -> bool:
    """True if it was killed; False if it was done before."""
    process = subprocess.Popen(command("migrate", "--quiet"), env=environment)
    while process.poll() is None:
        if is_time():
            process.send_signal(signal.SIGKILL)
            return process.wait() == -signal.SIGKILL
        time.sleep(0.002)
    return False


# --- Proved and served --------------------------------------------------------------------------------------------


def _proved(copy: Copy, account: Account) -> None:
    findings = json.loads(copy.run("check", "--json"))
    broken = sum(each["broken"] for each in findings)
    rows = sum(each["rows"] for each in findings)
    account.step("check", f"{len(findings)} promises, {rows:,} rows, {broken} broken", well=not broken)


def _served(copy: Copy, account: Account) -> None:
    """The application starts on the copy; a page answers to anyone, to a colleague, and to a link in an old mail."""
    _point_at(copy)
    number = port.free()
    with _web(copy, number) as process:
        _wait_for(process, number)
        for what, path, session in _pages():
            status, said = _ask(number, path, session)
            account.step(what, f"{status}, {len(said):,} bytes", well=status == http.client.OK)
    connections.close_all()


def _point_at(copy: Copy) -> None:
    """From here on this process too reads the copy."""
    for alias, (_, login) in settings.LOGINS.items():
        if alias in connections.settings:
            connections[alias].close()
            connections[alias].settings_dict.update(
                NAME=postgres.DATABASE, USER=login, HOST=str(copy.server.place.sockets), PORT="", PASSWORD="", OPTIONS={}
            )  # fmt: skip


def _pages() -> list[tuple[str, str, str]]:
    pages = [("page of the sign-in", "/account/sign-in/", "")]
    colleagues = Membership.objects.filter(role=Role.CASE_MANAGER, state="active", user__is_active=True)
    if (colleague := colleagues.order_by("pk").first()) is not None:
        pages.append(("Today, of a case manager", reverse("today:home"), visit.sign_in(colleague.user)))
    link = AnswerLink.objects.filter(dies_at__isnull=True, revoked_at__isnull=True).order_by("-pk").first()
    if link is not None:
        pages.append(("page of a link in an old mail", address_of(link).removeprefix(settings.ROOT_URL), ""))
    return pages


@contextmanager
def _web(copy: Copy, number: int) -> Iterator[subprocess.Popen[bytes]]:
    reading, writing = os.pipe()  # the page's process ends with this one, however that ends
    environment = copy.environment(WARMHANDOFF_URL=port.address("127.0.0.1", number))
    process = subprocess.Popen(
        command("web", "--port", str(number)),
        env={**environment, lifeline.VARIABLE: str(reading)},
        pass_fds=[reading],
        start_new_session=True,
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait()
        os.close(reading)
        os.close(writing)


def _wait_for(process: subprocess.Popen[bytes], number: int) -> None:
    deadline = time.monotonic() + SECONDS_TO_FIRST_PAGE
    while _ask(number, "/healthz/")[0] != http.client.OK:
        if process.poll() is not None or time.monotonic() > deadline:
            raise programs.BackupTrouble("The application does not start on the restored database.")
        time.sleep(0.1)


def _ask(number: int, path: str, session: str = "") -> tuple[int, bytes]:
    browser = http.client.HTTPConnection("127.0.0.1", number, timeout=60)
    headers: dict[str, Any] = {"Cookie": f"{settings.SESSION_COOKIE_NAME}={session}"} if session else {}
    try:
        browser.request("GET", path, headers=headers)
        response = browser.getresponse()
        return response.status, response.read()
    except OSError:
        return 0, b""
    finally:
        browser.close()


def _since(began: float) -> str:
    return f"{time.monotonic() - began:.1f} s"
