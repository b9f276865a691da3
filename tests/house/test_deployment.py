"""What deploy/ holds names only commands and settings that exist, and is what the code says.

No image is built here, and no compose file started: that takes a container engine. Everything short of it is tested.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from warmhandoff.cli.main import COMMANDS, _parser
from warmhandoff.foundation import logins, postgres

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
CONTAINERFILE = (DEPLOY / "Containerfile").read_text("utf-8")
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
# Read by compose, by PostgreSQL's image or by Python alone.
NOT_OURS = {
    "POSTGRES_PASSWORD", "POSTGRES_INITDB_ARGS", "OWNER_PASSWORD", "APP_PASSWORD", "PYTHONDONTWRITEBYTECODE",
}  # fmt: skip


def settings():
    page = (ROOT / "docs" / "reference" / "settings.md").read_text("utf-8")
    return set(re.findall(r"^## (.+)$", page, re.MULTILINE))


def understood(arguments):
    """The command's own parser reads it; argparse exits where it can't."""
    assert arguments[0] in COMMANDS
    return _parser().parse_args(arguments)


def assignments(text):
    return re.findall(r"^#? ?([A-Z_]+)=", text, re.MULTILINE)


# --- Container ----------------------------------------------------------------------------------------------------


def stages():
    return re.split(r"^(?=FROM )", CONTAINERFILE, flags=re.MULTILINE)[1:]


def test_the_image_is_made_in_stages_and_runs_as_nobody_in_particular():
    final = stages()[-1]
    assert len(stages()) >= 3
    user = re.search(r"^USER (\S+)$", final, re.MULTILINE)[1]
    assert user not in ("root", "0")
    assert final.index("USER ") < final.index("ENTRYPOINT")
    assert "HEALTHCHECK" in final
    assert "dev.txt" not in CONTAINERFILE and "node" not in final
    assert not re.search(r"^(ENV|ARG)\b.*\b(SECRET_KEY|LINK_KEY)\b", CONTAINERFILE, re.MULTILINE)


def test_whatever_is_copied_into_the_image_is_there_and_not_left_out():
    kept = {
        line[1:] for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines() if line.startswith("!")
    }
    copied = [
        source
        for line in re.findall(r"^COPY (?!--from)(.+)$", CONTAINERFILE, re.MULTILINE)
        for source in line.split()[:-1]
    ]
    assert len(copied) > 8
    assert [each for each in copied if not (ROOT / each).exists()] == []
    assert [each for each in copied if each.split("/")[0] not in kept] == []


def test_the_images_commands_exist():
    for words in re.findall(r"^(?:HEALTHCHECK .*)?CMD \[(.+)\]", CONTAINERFILE, re.MULTILINE):
        said = [each.strip(' "') for each in words.split(",")]
        understood(said[3:] if said[:3] == ["python", "-m", "warmhandoff"] else said)
    assert re.search(r'^ENTRYPOINT \["python", "-m", "warmhandoff"\]$', CONTAINERFILE, re.MULTILINE)
    assert '"healthy"' in CONTAINERFILE
    for program in re.findall(r"-m warmhandoff (\w+)", CONTAINERFILE):
        assert program in COMMANDS
    for script in re.findall(r"python (tools/\S+)", CONTAINERFILE):
        assert (ROOT / script).exists()


# --- Compose ------------------------------------------------------------------------------------------------------


def ours():
    return {name: each for name, each in COMPOSE["services"].items() if each["image"] == "warmhandoff"}


def test_compose_runs_what_exists_with_settings_that_exist():
    assert ours().keys() == {"migrate", "web", "worker", "operator"}
    for service in ours().values():
        understood(service["command"])
        test = service.get("healthcheck", {}).get("test")
        if test:
            assert test[:4] == ["CMD", "python", "-m", "warmhandoff"]
            understood(test[4:])
        assert set(service["environment"]) <= settings()
        assert service["read_only"] and service["cap_drop"] == ["ALL"]
        assert (DEPLOY / service["build"]["context"] / service["build"]["dockerfile"]).exists()
        assert set(service.get("depends_on", {})) <= COMPOSE["services"].keys()


def test_only_who_must_has_the_owners_password():
    with_owner = {name for name, each in ours().items() if "OWNER_DATABASE_URL" in each["environment"]}
    assert with_owner == {"migrate", "operator"}


def test_nothing_but_web_listens_and_only_on_this_machine():
    ports = {name: each["ports"] for name, each in COMPOSE["services"].items() if "ports" in each}
    assert ports == {"web": ["127.0.0.1:8000:8000"]}


def test_each_value_that_compose_asks_for_is_in_the_example():
    text = (DEPLOY / "compose.yaml").read_text("utf-8")
    asked = set(re.findall(r"\$\{([A-Z_]+)", text))
    example = (DEPLOY / "environment.example").read_text("utf-8")
    assert asked <= set(assignments(example))
    assert set(assignments(example)) <= settings() | NOT_OURS


def test_an_example_holds_no_secret():
    example = (DEPLOY / "environment.example").read_text("utf-8")
    for name in ("SECRET_KEY", "LINK_KEY", "POSTGRES_PASSWORD", "OWNER_PASSWORD", "APP_PASSWORD"):
        assert re.search(rf"^{name}=$", example, re.MULTILINE), name


# --- Roles --------------------------------------------------------------------------------------------------------


def test_the_roles_are_those_that_the_command_prints():
    assert (DEPLOY / "postgres" / "10-roles.sql").read_text("utf-8") == logins.printed_sql(), (
        "Write it anew: warmhandoff roles --sql > deploy/postgres/10-roles.sql"
    )


@pytest.mark.slow
def test_psql_takes_both_scripts_and_the_logins_have_their_passwords(short_home):
    with postgres.ensure_running(short_home / "postgres") as server:
        for script in ("10-roles.sql", "20-passwords.sql"):
            subprocess.run(
                [postgres.shipped_programs() / "psql", "-v", "ON_ERROR_STOP=1", "-X", "-q",
                 "-d", server.url("postgres", "postgres"), "-f", DEPLOY / "postgres" / script],
                env={"PATH": "/usr/bin:/bin", "OWNER_PASSWORD": "one", "APP_PASSWORD": "two"},
                check=True, capture_output=True,
            )  # fmt: skip
        with server.connect() as connection:
            rows = connection.execute("SELECT rolname FROM pg_authid WHERE rolpassword LIKE 'SCRAM-%'")
            assert {row[0] for row in rows} == {logins.OWNER, logins.APP}


# --- systemd ------------------------------------------------------------------------------------------------------

HARDENED = (
    "NoNewPrivileges=yes", "ProtectSystem=strict", "ProtectHome=yes", "PrivateTmp=yes", "PrivateDevices=yes",
    "CapabilityBoundingSet=", "RestrictNamespaces=yes", "UMask=0077", "User=warmhandoff", "SystemCallFilter=@system-service",
)  # fmt: skip


@pytest.mark.parametrize("unit", UNITS, ids=lambda each: each.stem)
def test_a_unit_runs_what_exists_hardened_with_settings_that_exist(unit):
    text = unit.read_text("utf-8")
    lines = text.splitlines()
    assert [line for line in HARDENED if line not in lines] == []
    (said,) = re.findall(r"^ExecStart=.*?-m warmhandoff ([^\n']+)", text, re.MULTILINE)
    understood(said.split())
    named = [name for line in re.findall(r"^Environment=(.+)$", text, re.MULTILINE) for name in line.split()]
    assert {each.partition("=")[0] for each in named} <= settings() | NOT_OURS
    for guide in re.findall(r"^Documentation=file:///opt/warmhandoff/(.+)$", text, re.MULTILINE):
        assert (ROOT / guide).exists()


def test_only_who_must_reads_the_owners_address():
    readers = {unit.stem for unit in UNITS if "/etc/warmhandoff/owner" in unit.read_text("utf-8")}
    assert readers == {"warmhandoff-migrate", "warmhandoff-check", "warmhandoff-dump"}


def test_what_ends_with_a_wrong_setting_is_not_started_again():
    import os

    for name in ("warmhandoff", "warmhandoff-web", "warmhandoff-worker"):
        text = (DEPLOY / "systemd" / f"{name}.service").read_text("utf-8")
        assert "Restart=always" in text
        assert f"RestartPreventExitStatus={os.EX_CONFIG}" in text


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not on this machine")
def test_systemd_itself_finds_nothing(tmp_path):
    for unit in (DEPLOY / "systemd").iterdir():
        text = unit.read_text("utf-8").replace("/opt/warmhandoff", str(ROOT))
        (tmp_path / unit.name).write_text(text)
    units = sorted(tmp_path.iterdir())
    said = subprocess.run(["systemd-analyze", "verify", *units], capture_output=True, text=True, check=False)
    assert [line for line in said.stderr.splitlines() if "warmhandoff" in line] == []
    assert said.returncode == 0
