"""`make test-server`: on a server that isn't ours, or one line that says how to get it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tools import test_server

ROOT = Path(__file__).resolve().parents[2]


def run(*arguments, **environment):
    command = [sys.executable, str(ROOT / "tools" / "test_server.py"), *arguments]
    return subprocess.run(
        command, env={**os.environ, **environment}, capture_output=True, text=True, check=False
    )


def test_where_it_is_not_installed_one_line_says_how(tmp_path):
    said = run(TEST_SERVER_PROGRAMS=str(tmp_path))
    assert said.returncode == 1
    assert said.stderr.count("\n") == 1
    assert "apt-get install postgresql-15" in said.stderr


@pytest.mark.slow
@pytest.mark.skipif(not test_server.PROGRAMS.exists(), reason="PostgreSQL 15 is not installed here")
def test_it_runs_what_is_named_with_an_owner_that_is_no_superuser(short_home):
    said = run("tests/foundation/test_rows.py", WARMHANDOFF_VAR=str(short_home))
    assert said.returncode == 0, said.stdout + said.stderr
    assert said.stdout.startswith("PostgreSQL 15")
    assert "owner warmhandoff_owner is no superuser" in said.stdout
    assert " passed" in said.stdout
    assert not list(short_home.glob("postgres-15-*"))
