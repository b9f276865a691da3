"""`warmhandoff check --deploy`: each thing that can be wrong is found and said with its mend."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tomllib
from datetime import timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError

from tests.mailbox import mail_server, no_mail_server
from warmhandoff.cli import check
from warmhandoff.cli.assets import FONTS
from warmhandoff.cli.deployment import (
    backups,
    configuration,
    examination,
    letters,
    mail,
    roles,
    server,
    tables,
    time,
)
from warmhandoff.cli.deployment.findings import ERROR, OK, WARNING
from warmhandoff.foundation import clock, logins, postgres
from warmhandoff.foundation.models import DatabaseMark

KEYS = ("qzJ3w8Vd5mXc2Rk9Yt6Bn4Lp7Hs1Gf0Ae" * 2, "Pk4mT9xW2vC7bN5jR8sD1fG6hL3qZ0yUe" * 2)


@pytest.fixture
def deployed(settings, monkeypatch, tmp_path):
    """Settings as a deployment should have them; each test spoils one thing."""
    settings.SECRET_KEY, settings.LINK_KEY = KEYS
    for name, key in zip(("SECRET_KEY", "LINK_KEY"), KEYS, strict=True):
        monkeypatch.setenv(name, key)
    settings.DEBUG = settings.DEMO = False
    settings.ROOT_URL = "https://handoff.example.org"
    settings.EMPLOYER_URL = "https://work.example.org"
    settings.EMPLOYER_FROM_EMAIL = "hours@work.example.org"
    settings.ALLOWED_HOSTS = ["handoff.example.org", "work.example.org"]
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = settings.SECURE_HSTS_PRELOAD = True
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    settings.DEFAULT_FROM_EMAIL = "Warm Handoff <handoff@example.org>"
    settings.VAR_DIR = tmp_path
    settings.EMBEDDED_POSTGRES = False
    return settings


def wrong(findings):
    return [f"{each.level} {each.says}" for each in findings if each.level != OK]


def the_one(findings):
    (found,) = [each for each in findings if each.level != OK]
    assert found.mend
    return f"{found.level} {found.says}"


# --- Settings -----------------------------------------------------------------------------------------------------


def test_a_deployment_as_it_should_be_has_nothing_to_mend(deployed):
    assert wrong(configuration.examine()) == []


@pytest.mark.parametrize(
    ("setting", "value", "said"),
    [
        ("SECRET_KEY", "change me", "SECRET_KEY can be guessed: it has 9 characters"),
        ("LINK_KEY", "a" * 80, "LINK_KEY can be guessed: it has 80 characters, 1 different"),
        ("LINK_KEY", KEYS[0], "SECRET_KEY and LINK_KEY are the same"),
        ("DEBUG", True, "WARMHANDOFF_DEBUG is on"),
        ("DEMO", True, "WARMHANDOFF_DEMO is on"),
        ("ROOT_URL", "http://handoff.example.org", "Users would open http://"),
        ("ALLOWED_HOSTS", ["*"], "Any host name is answered"),
        ("ALLOWED_HOSTS", ["127.0.0.1"], "handoff.example.org is not among the host names"),
        ("SESSION_COOKIE_SECURE", False, "Cookies would travel unencrypted"),
        ("CSRF_COOKIE_SECURE", False, "Cookies would travel unencrypted"),
        ("SECURE_HSTS_SECONDS", 3600, "strict transport is off"),
        ("SECURE_PROXY_SSL_HEADER", None, "Each page would send its reader to itself"),
    ],
)
def test_a_setting_that_is_wrong(deployed, setting, value, said):
    setattr(deployed, setting, value)
    found = [each for each in configuration.examine() if each.level == ERROR and each.about != "django"]
    assert [said in each.says for each in found] == [True]
    assert found[0].mend


def test_what_django_itself_finds_is_passed_on(deployed):
    deployed.SECURE_CONTENT_TYPE_NOSNIFF = False
    assert "security.W006" in the_one(configuration.examine())


def test_key_files(deployed, monkeypatch, tmp_path):
    monkeypatch.delenv("LINK_KEY")
    (tmp_path / "keys").mkdir()
    file = tmp_path / "keys" / "link_key"
    file.touch(mode=0o600)
    assert wrong(configuration.examine()) == []
    file.chmod(0o644)
    assert "can be read by other accounts" in the_one(configuration.examine())


def test_keys_beside_the_database_they_guard(deployed, monkeypatch):
    monkeypatch.delenv("LINK_KEY")
    deployed.EMBEDDED_POSTGRES = True
    assert "Keys and database lie in one folder" in the_one(configuration.examine())


def test_a_subdomain_may_be_allowed_by_its_dot(deployed):
    deployed.ALLOWED_HOSTS = [".example.org"]
    assert wrong(configuration.examine()) == []


# --- Mail ---------------------------------------------------------------------------------------------------------


def test_mail(deployed):
    with mail_server(deployed):
        assert wrong(mail.examine()) == []
        deployed.DEFAULT_FROM_EMAIL = "handoff@localhost"
        assert "Mails would come from handoff@localhost" in the_one(mail.examine())
        deployed.DEFAULT_FROM_EMAIL = "nobody"
        assert "MAIL_FROM is no mail address" in the_one(mail.examine())


def test_a_mail_server_that_is_not_there(deployed):
    with no_mail_server(deployed):
        assert "does not answer (ConnectionRefusedError)" in the_one(mail.examine())


def test_a_mail_server_that_refuses_the_login(deployed, monkeypatch):
    def refuse():
        raise mail.smtplib.SMTPAuthenticationError(535, b"no")

    monkeypatch.setattr(mail, "_say_hello", refuse)
    assert "refuses the login" in the_one(mail.examine())


def test_mail_in_the_clear_to_elsewhere(deployed, monkeypatch):
    monkeypatch.setattr(mail, "_say_hello", lambda: None)
    deployed.EMAIL_HOST = "mail.example.org"
    assert the_one(mail.examine()).startswith(f"{WARNING} Mails go to mail.example.org")


# --- Letters ------------------------------------------------------------------------------------------------------


def test_fonts_that_are_missing_are_named(deployed, tmp_path):
    deployed.FONTS_DIR = tmp_path / "fonts"
    said = the_one(letters.examine())
    assert said.startswith(f"{WARNING} 3 of 3 fonts are missing") and "Gowun Dodum" in said
    deployed.FONTS_DIR.mkdir()
    for font in tomllib.loads(FONTS.read_text("utf-8"))["font"]:
        (deployed.FONTS_DIR / font["file"].rsplit("/", 1)[1]).touch()
    assert wrong(letters.examine()) == []


# --- Backups ------------------------------------------------------------------------------------------------------


def test_backups_only_where_there_is_a_record(deployed):
    assert list(backups.examine()) == []
    backups.remember()
    assert wrong(backups.examine()) == []
    record = deployed.VAR_DIR / backups.RECORD
    record.write_text(json.dumps({"made_at": (clock.now() - timedelta(days=3, hours=5)).isoformat()}))
    assert "made 3 days and 5 hours ago" in the_one(backups.examine())


# --- By the database ----------------------------------------------------------------------------------------------


@pytest.mark.django_db(databases=["default", "owner", "reader", "employer", "eraser"])
def test_a_database_as_it_should_be(deployed):
    with server.connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = on")  # off for the tests' own login
    assert wrong(roles.examine()) == []
    assert [each for each in tables.examine() if each.level == ERROR and each.about != "files"] == []
    assert [each for each in server.examine() if each.level == ERROR] == []


@pytest.mark.django_db(databases=["default", "owner", "reader", "employer", "eraser"])
def test_without_the_owners_address_it_says_what_was_not_examined(deployed, monkeypatch):
    monkeypatch.delitem(roles.connections.settings, "owner")
    assert "OWNER_DATABASE_URL is not set here" in the_one(roles.examine())
    assert "policies" not in {each.about for each in tables.examine()}


@pytest.mark.django_db
def test_a_demo_or_test_database_is_no_deployment(deployed):
    assert "This is a test database" in the_one(time.examine())


@pytest.mark.django_db(databases=["default", "owner"])
def test_clocks_that_differ(deployed, monkeypatch):
    DatabaseMark.objects.using("owner").all().delete()
    monkeypatch.setattr(time.clock, "now", lambda: clock.datetime.now(clock.UTC) + timedelta(seconds=8))
    assert the_one([time._clocks()]) == f"{WARNING} This machine and the database are 8 s apart."
    monkeypatch.setattr(time.clock, "now", lambda: clock.datetime.now(clock.UTC) - timedelta(hours=1))
    assert the_one([time._clocks()]) == f"{ERROR} This machine and the database are 3,600 s apart."


def test_a_place_whose_file_is_wrong_or_whose_calendar_ends(deployed, monkeypatch):
    later = time.current_place().calendar_until - timedelta(days=30)
    monkeypatch.setattr(
        time.clock, "now", lambda: clock.datetime(later.year, later.month, later.day, 12, tzinfo=clock.UTC)
    )
    assert "Its closed days are listed until" in the_one(time._place())

    def broken():
        raise time.PlaceError("nowhere.toml: zone is missing")

    monkeypatch.setattr(time, "current_place", broken)
    assert the_one(time._place()) == f"{ERROR} nowhere.toml: zone is missing"


@pytest.mark.django_db
def test_an_unencrypted_way_to_a_server_elsewhere(deployed, monkeypatch):
    monkeypatch.setitem(server.connection.settings_dict, "HOST", "db.example.org")
    monkeypatch.setattr(server, "_asked", lambda question, *values: False)
    assert "The connection to db.example.org is not encrypted" in the_one(server._encrypted())
    monkeypatch.setattr(server, "_asked", lambda question, *values: True)
    assert wrong(server._encrypted()) == []


@pytest.mark.django_db
def test_an_old_server_and_one_that_checks_no_pages(deployed, monkeypatch):
    said = {"server_version_num": "140012", "server_version": "14.12", "data_checksums": "off"}
    monkeypatch.setattr(server, "_shown", lambda setting: said.get(setting, "on"))
    assert the_one([server._version()]) == f"{ERROR} PostgreSQL is 14.12."
    assert "data_checksums is off" in the_one(server._durable())


def test_a_database_that_does_not_answer_is_one_finding_and_the_rest_is_still_examined(deployed, monkeypatch):
    class Gone:
        settings = {"default": {}}

        def __getitem__(self, alias):
            raise OperationalError("connection refused\nIs the server running?")

    class Connection:
        settings_dict = {"USER": "warmhandoff_app"}

        def ensure_connection(self):
            raise OperationalError("connection refused\nIs the server running?")

    Gone.__getitem__ = lambda self, alias: Connection()
    monkeypatch.setattr(examination, "connections", Gone())
    monkeypatch.setattr(mail, "_say_hello", lambda: None)
    found = examination.examine()
    assert "The login warmhandoff_app can't connect: connection refused" in the_one(found)
    assert found[-1].about == "mail"


# --- The command, on a server that is spoiled in every way --------------------------------------------------------

SPOILED = {
    f"ALTER ROLE {logins.APP} CREATEROLE": "DATABASE_URL: warmhandoff_app may make roles.",
    f"ALTER ROLE {logins.OWNER} SUPERUSER": "OWNER_DATABASE_URL: warmhandoff_owner is a superuser.",
    f"ALTER ROLE {logins.READER} BYPASSRLS": "READER_DATABASE_URL: warmhandoff_reader has BYPASSRLS.",
    f"GRANT wh_eraser TO {logins.EMPLOYER}": "EMPLOYER_DATABASE_URL: warmhandoff_employer is also a member of wh_eraser.",
    f"REVOKE wh_eraser FROM {logins.ERASER}": "The login warmhandoff_eraser can't connect:",
    f"CREATE TABLE stray (); ALTER TABLE stray OWNER TO {logins.READER}": (
        "READER_DATABASE_URL: warmhandoff_reader owns 1 tables or views."
    ),
    "ALTER ROLE wh_app LOGIN": "The role wh_app may log in itself or passes row policies by.",
    "ALTER DATABASE warmhandoff SET log_statement TO 'all'": "log_statement is all",
    "ALTER DATABASE warmhandoff SET synchronous_commit TO off": (
        "synchronous_commit is off: what was acknowledged could be lost."
    ),
    "INSERT INTO foundation_databasemark (kind, clock_offset, marked_at) VALUES ('demo', '3 days', now())": (
        "This is a demo database: its people are made up and its clock can be moved."
    ),
    "DROP POLICY wh_read ON participants_contact": "participants_contact: policies other than declared.",
    "GRANT SELECT ON participants_need TO wh_employer": "participants_need: grants other than declared.",
}  # fmt: skip


@pytest.fixture(scope="module")
def own_server(short_home_of_module, migrate):
    migrate(short_home_of_module)
    with postgres.ensure_running(short_home_of_module / "postgres") as running:
        yield running


def run(home, *arguments, program=("-m", "warmhandoff"), **more):
    elsewhere = ("DATABASE_URL", "OWNER_DATABASE_URL", "WARMHANDOFF_DEMO", "WARMHANDOFF_DEBUG")
    kept = {name: value for name, value in os.environ.items() if name not in elsewhere}
    environment = {**kept, "WARMHANDOFF_VAR": str(home), "WARMHANDOFF_URL": "https://handoff.example.org"}
    command = [sys.executable, *program, *arguments]
    return subprocess.run(command, env={**environment, **more}, capture_output=True, text=True, check=False)


def as_the_documents_say(mail_port):
    return {
        "SECRET_KEY": KEYS[0],
        "LINK_KEY": KEYS[1],
        "WARMHANDOFF_HOSTS": "handoff.example.org,work.example.org",
        "EMPLOYER_URL": "https://work.example.org",
        "WARMHANDOFF_BEHIND_PROXY": "1",
        "SMTP_URL": f"smtp://127.0.0.1:{mail_port}",
        "MAIL_FROM": "handoff@example.org",
        "EMPLOYER_MAIL_FROM": "hours@work.example.org",
    }


@pytest.mark.slow
def test_a_deployment_as_the_documents_say_is_well(own_server, short_home_of_module, settings):
    (short_home_of_module / "assets").symlink_to(settings.ASSETS_DIR)
    (short_home_of_module / "fonts").symlink_to(settings.FONTS_DIR)
    with mail_server(settings):
        well = run(short_home_of_module, "check", "--deploy", **as_the_documents_say(settings.EMAIL_PORT))
    assert well.returncode == 0, well.stdout + well.stderr
    assert {line.split()[0] for line in well.stdout.splitlines()} == {"ok"}
    assert len(well.stdout.splitlines()) >= 20
    assert not any(secret in well.stdout for secret in KEYS)

    said = run(
        short_home_of_module, "check", "--deploy", "--fail-level", "WARNING", program=("manage.py",),
        **as_the_documents_say(25),
    )  # fmt: skip
    assert (said.returncode, "no issues" in said.stdout) == (0, True), said.stdout + said.stderr


def errors(said):
    assert said.returncode == 1, said.stderr
    return [each["says"] for each in json.loads(said.stdout) if each["level"] != OK]


@pytest.mark.slow
def test_everything_that_is_spoiled_is_found(own_server, short_home_of_module):
    before = errors(run(short_home_of_module, "check", "--deploy", "--json"))
    with own_server.connect(database=postgres.DATABASE) as connection:
        for statement in SPOILED:
            connection.execute(statement)
    found = errors(run(short_home_of_module, "check", "--deploy", "--json"))
    missing = [said for said in SPOILED.values() if not any(each.startswith(said) for each in found)]
    assert missing == []
    assert [said for said in SPOILED.values() if any(each.startswith(said) for each in before)] == []


@pytest.mark.slow
def test_migrations_behind_and_ahead(own_server, short_home_of_module):
    with own_server.connect(database=postgres.DATABASE) as connection:
        connection.execute(
            "UPDATE django_migrations SET name = '0099_tomorrow' WHERE app = 'custody' AND name = '0003_words'"
        )
    said = run(short_home_of_module, "check", "--deploy")
    assert said.returncode == 1
    assert "migrations have not run, the first is custody 0003_words. Run: warmhandoff migrate" in said.stdout
    assert "The database is newer than this version: it has custody 0099_tomorrow." in said.stdout


def test_the_promises_are_not_examined_without_the_owner(monkeypatch):
    monkeypatch.delitem(check.connections.settings, "owner")
    with pytest.raises(ImproperlyConfigured, match="OWNER_DATABASE_URL"):
        check.run(argparse.Namespace(deploy=False, json=False))
