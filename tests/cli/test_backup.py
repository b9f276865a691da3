"""A dump comes back whole, and whatever would be missing is seen."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys

import pytest
from django.conf import settings as django_settings
from django.db import connections

from warmhandoff.cli.backup import contents, dump, programs, restore
from warmhandoff.foundation import logins, postgres
from warmhandoff.network.models import User

BEGIN = ("begin", "--office", "Network Office", "--name", "Ana Ruiz", "--email", "ana@office.example")


# --- What is compared ---------------------------------------------------------------------------------------------


@pytest.fixture
def owner(transactional_db, settings):
    """The clone, as its owner; what is spoiled in it is gone with it."""
    with programs.connect(programs.address_of("owner")) as connection:
        yield connection


owners_too = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


@owners_too
@pytest.mark.parametrize(
    ("spoil", "part", "name"),
    [
        ("UPDATE participants_consenttext SET text = text || '.' WHERE id = (SELECT min(id) FROM participants_consenttext)", "rows", "participants_consenttext"),
        ("DELETE FROM participants_consenttext WHERE id = (SELECT max(id) FROM participants_consenttext)", "rows", "participants_consenttext"),
        ("DROP POLICY wh_read ON participants_need", "policies", "participants_need.wh_read"),
        ("ALTER POLICY wh_read ON participants_need USING (true)", "policies", "participants_need.wh_read"),
        ("ALTER TABLE participants_need DISABLE ROW LEVEL SECURITY", "row security", "participants_need"),
        ("GRANT DELETE ON custody_custody TO wh_app", "grants", "table custody_custody"),
        ("GRANT SELECT (email) ON network_user TO wh_employer", "grants", "column network_user.email"),
        ("REVOKE EXECUTE ON FUNCTION wh_now() FROM wh_app", "grants", "function wh_now()"),
        ("ALTER TABLE custody_custody DISABLE TRIGGER USER", "triggers", None),
        ("ALTER TABLE custody_handover DROP CONSTRAINT handover_state_is_known", "constraints", "custody_handover.handover_state_is_known"),
        ("DROP INDEX referral_once_open", "indexes", "referral_once_open"),
        ("ALTER TABLE network_user ALTER COLUMN name DROP NOT NULL", "columns", "network_user.name"),
        ("ALTER FUNCTION wh_now() SET search_path = pg_temp", "functions", "wh_now()"),
        ("SELECT nextval('procrastinate_jobs_id_seq')", "counters", "procrastinate_jobs_id_seq"),
    ],
)  # fmt: skip
def test_whatever_is_spoiled_is_seen(owner, spoil, part, name):
    before = contents.read(owner)
    owner.execute(spoil)
    found = contents.differences(before, contents.read(owner))
    assert {each.part for each in found} == {part}
    if name:
        assert [each.name for each in found] == [name]


@owners_too
def test_nothing_of_a_row_is_in_what_is_compared(owner):
    User.objects.create_user("marker@eastgate.example", "Rosa Marker", "a long enough password")
    held = contents.read(owner)
    assert held["rows"]["network_user"].startswith("1 rows, ")
    assert "arker" not in json.dumps(held)


def test_two_ways_to_write_the_same_list_of_words_are_one():
    first = "((state)::text = ANY ((ARRAY['sent'::character varying, 'it''s'::character varying])::text[]))"
    again = (
        "((state)::text = ANY (ARRAY[('sent'::character varying)::text, ('it''s'::character varying)::text]))"
    )
    assert contents._in_one_way(first) == again
    assert contents._in_one_way(again) == again


# --- There and back -----------------------------------------------------------------------------------------------


def run(home, *arguments):
    elsewhere = ("DATABASE_URL", "OWNER_DATABASE_URL", "WARMHANDOFF_DEMO", "WARMHANDOFF_DEBUG")
    kept = {name: value for name, value in os.environ.items() if name not in elsewhere}
    command = [sys.executable, "-m", "warmhandoff", *arguments]
    return subprocess.run(
        command, env={**kept, "WARMHANDOFF_VAR": str(home)}, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def begun(short_home_of_module, migrate):
    """A deployment that has just begun."""
    home = short_home_of_module / "here"
    home.mkdir()
    (home / "assets").symlink_to(django_settings.ASSETS_DIR)
    migrate(home)
    said = run(home, *BEGIN)
    assert said.returncode == 0, said.stderr
    return home


@pytest.mark.slow
def test_a_dump_is_its_owners_alone_and_is_remembered(begun, tmp_path):
    said = run(begun, "dump", str(tmp_path))
    assert said.returncode == 0, said.stderr
    (file,) = tmp_path.iterdir()
    assert file.name in said.stdout
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "made_at" in (begun / "last-dump.json").read_text()

    again = run(begun, "dump", str(file))
    assert again.returncode == os.EX_CONFIG
    assert "is there already" in again.stderr


@pytest.mark.slow
def test_nothing_is_restored_over_what_is_there(begun, tmp_path):
    file = tmp_path / "one.dump"
    assert run(begun, "dump", str(file)).returncode == 0
    over = run(begun, "restore", str(file))
    assert over.returncode == os.EX_CONFIG
    assert "is not empty, and nothing in it is overwritten" in over.stderr


@pytest.mark.slow
def test_a_damaged_dump_leaves_nothing_behind(begun, short_home_of_module, tmp_path):
    file, there = tmp_path / "one.dump", short_home_of_module / "there"
    there.mkdir()
    assert run(begun, "dump", str(file)).returncode == 0
    file.write_bytes(file.read_bytes()[:-20_000])
    said = run(there, "restore", str(file))
    assert said.returncode == os.EX_CONFIG
    with (
        postgres.ensure_running(there / "postgres") as server,
        server.connect(logins.OWNER, postgres.DATABASE) as db,
    ):
        assert db.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone() == (0,)
    assert "is not there" in run(there, "restore", str(tmp_path / "none.dump")).stderr


@pytest.mark.slow
def test_the_drill_finds_nothing_missing_and_leaves_nothing(begun):
    said = run(begun, "drill", "--kills", "1")
    assert said.returncode == 0, said.stdout + said.stderr
    for line in (
        "network_organization",
        "policies",
        "grants",
        "check",
        "page of the sign-in",
        "Nothing is missing.",
    ):
        assert line in said.stdout, line
    assert "WRONG" not in said.stdout
    assert list((begun / "drill").iterdir()) == []


def test_a_program_of_another_version_is_refused(monkeypatch):
    monkeypatch.setattr(programs, "_version", lambda address: 11)
    with pytest.raises(programs.BackupTrouble) as refusal:
        programs.run("pg_dump", {}, "--version")
    assert "pg_dump of PostgreSQL 11 is missing" in refusal.value.sentence
    assert "postgresql-client-11" in refusal.value.mend


def test_without_the_owner_nothing_is_dumped(monkeypatch, tmp_path):
    monkeypatch.delitem(connections.settings, "owner")
    for command in (dump, restore):
        with pytest.raises(dump.ImproperlyConfigured, match="OWNER_DATABASE_URL"):
            command.run(dump.argparse.Namespace(file=tmp_path / "one.dump"))
