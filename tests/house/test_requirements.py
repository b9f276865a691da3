"""What is installed is locked by hash, agrees between the lock files, says why it is there, and names no registry."""

import json
import re
import tomllib

import pytest

from tests.database import ROOT

LOCKS = sorted((ROOT / "requirements").glob("*.txt"))
PINNED = re.compile(r"^([a-z0-9][a-z0-9._-]*)==(\S+)(?: ; (.*?))? \\$", re.MULTILINE)


def pins(lock):
    return {(name, marker): version for name, version, marker in PINNED.findall(lock.read_text())}


@pytest.mark.parametrize(
    "file", [*LOCKS, ROOT / "package-lock.json", ROOT / ".npmrc"], ids=lambda file: file.name
)
def test_no_lock_file_names_an_address(file):
    assert "://" not in re.sub(
        r'"url": "https://[^"]*"', "", file.read_text()
    )  # funding pages, downloaded by nobody


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_each_pinned_package_has_a_hash(lock):
    text = lock.read_text()
    assert pins(lock)
    requirements = re.split(r"\n(?=\S)", text)
    assert all("--hash=sha256:" in each for each in requirements if "==" in each.split("\n")[0])


@pytest.mark.parametrize("other", ["dev", "analytics"])
def test_each_set_has_the_versions_of_base(other):
    base = pins(ROOT / "requirements" / "base.txt")
    assert pins(ROOT / "requirements" / f"{other}.txt").items() >= base.items()


def test_npm_packages_are_locked_by_hash_and_without_an_address():
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    locked = [package for name, package in packages.items() if name]
    assert locked
    assert all("integrity" in package and "resolved" not in package for package in locked)


def test_each_dependency_says_why_it_is_there():
    text = (ROOT / "pyproject.toml").read_text()
    project = tomllib.loads(text)["project"]
    wanted = [
        *project["dependencies"],
        *(each for extra in project["optional-dependencies"].values() for each in extra),
    ]
    reasons = [
        line.split("#", 1)[1].strip() for line in text.splitlines() if re.match(r'\s+"[^"]+",\s+#', line)
    ]
    named = [each for each in wanted if re.search(rf'^\s+"{re.escape(each)}",\s+# \S', text, re.MULTILINE)]
    assert named == wanted
    assert all(len(reason) > 10 for reason in reasons)
