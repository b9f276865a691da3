"""The documents name each setting and command, and the pages made from the code are what the code says."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

from tools import reference
from warmhandoff.cli.main import COMMANDS
from warmhandoff.foundation.states import Machine

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"


def headings(page: str) -> set[str]:
    return set(re.findall(r"^## (.+)$", (DOCS / "reference" / page).read_text("utf-8"), re.MULTILINE))


def test_each_setting_has_its_heading():
    code = "\n".join(p.read_text("utf-8") for p in (ROOT / "warmhandoff" / "web" / "site").glob("*.py"))
    read = set(re.findall(r'environment\.\w+\(\s*"([A-Z_]+)"', code)) | set(
        re.findall(r'"([A-Z_]*DATABASE_URL)"', code)
    )
    read |= set(re.findall(r'self\.text\("([A-Z_]+)"', code))
    assert len(read) >= 15
    assert read == headings("settings.md")


def test_each_command_has_its_heading():
    assert set(COMMANDS) == headings("commands.md")


def test_each_state_has_its_heading():
    page = (DOCS / "reference" / "machines.md").read_text("utf-8")
    said = set(re.findall(r"^### ([\w ]+): (\w+)$", page, re.MULTILINE))
    drawn = [machine for machine, _staff, _told in reference.all_machines()]
    assert said == {(reference.titled(each), state) for each in drawn for state in each.states}


def test_no_machine_is_forgotten():
    """Each that a room declares is drawn, with words of staff for each of its states where it has any."""
    declared = {
        each.name
        for room in (ROOT / "warmhandoff").glob("*/states.py")
        if room.parent.name != "foundation"
        for each in vars(import_module(f"warmhandoff.{room.parent.name}.states")).values()
        if isinstance(each, Machine)
    }
    assert declared == {machine.name for machine, _staff, _told in reference.all_machines()}
    for machine, staff, told in reference.all_machines():
        assert not staff or set(staff) == set(machine.states), machine.name
        assert not told or set(told) == set(machine.states), machine.name


def test_pages_made_from_the_code_are_current():
    assert reference.differing() == []


def test_no_link_in_the_documents_leads_nowhere():
    broken = []
    for page in [*DOCS.rglob("*.md"), ROOT / "README.md"]:
        for target in re.findall(r"\]\(([^)#]+)", page.read_text("utf-8")):
            if not target.startswith("http") and not (page.parent / target).exists():
                broken.append(f"{page.relative_to(ROOT)} -> {target}")
    assert broken == []
