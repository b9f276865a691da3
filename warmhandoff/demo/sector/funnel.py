"""What was told of SECTOR, counted beside the figures it was drawn by: `warmhandoff demo --funnel`.

Read as the owner, over all organizations; each number is a count of people. Whoever was enrolled lately is still under way, so
shares are of those who were enrolled long enough ago.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.db import connections

from warmhandoff.demo import earlier
from warmhandoff.demo.network import SECTOR

LONG_ENOUGH: Final = timedelta(weeks=30)
_IN = """programs_enrollment e JOIN programs_program p ON p.id = e.program_id AND p.slug = %(program)s
WHERE e.enrolled_on <= %(until)s"""
_STANDS = "NOT EXISTS (SELECT 1 FROM programs_attendance n WHERE n.supersedes_id = a.id)"
_CAME = f"""SELECT 1 FROM programs_cohortmember m JOIN programs_attendance a ON a.member_id = m.id
WHERE m.enrollment_id = e.id AND a.mark IN ('present', 'late') AND {_STANDS}"""
# What is counted, in which rows, and what the design says of it: a share of a hundred, of whom, from where.
_ASKED = "SELECT count(*) FROM programs_enrollment e JOIN programs_program p ON p.id = e.program_id AND p.slug = %(program)s WHERE e.applied_on <= %(until)s"
COUNTED: Final = (
    ("asked to take part", _ASKED, "", ""),
    ("were eligible, and enrolled", f"SELECT count(*) FROM {_IN}", "92", "asked"),
    (
        "had intensive case management",
        f"SELECT count(*) FROM {_IN} AND EXISTS (SELECT 1 FROM casework_servicegiven s WHERE s.file_id = e.file_id AND s.code = 'case_management')",
        "90",
        "enrolled",
    ),
    ("began the groups", f"SELECT count(*) FROM {_IN} AND EXISTS ({_CAME})", "80", "enrolled"),
    (
        "had every required session",
        f"""SELECT count(*) FROM {_IN} AND EXISTS (
            SELECT 1 FROM programs_cohortmember m JOIN programs_cohort c ON c.id = m.cohort_id WHERE m.enrollment_id = e.id
            AND NOT EXISTS (SELECT 1 FROM programs_sessiontemplate t WHERE t.version_id = c.version_id AND t.required
                AND NOT EXISTS (SELECT 1 FROM programs_attendance a WHERE a.member_id = m.id AND a.template_id = t.id
                                AND a.mark IN ('present', 'late') AND {_STANDS})))""",
        "55 to 70",
        "enrolled",
    ),
    (
        "began training or paid work",
        f"""SELECT count(*) FROM {_IN} AND (
            EXISTS (SELECT 1 FROM programs_training t WHERE t.enrollment_id = e.id AND t.started_on IS NOT NULL)
            OR EXISTS (SELECT 1 FROM programs_paidwork w WHERE w.enrollment_id = e.id AND w.started_on IS NOT NULL))""",
        "75",
        "enrolled",
    ),
    (
        "completed it",
        f"""SELECT count(*) FROM {_IN} AND (
            EXISTS (SELECT 1 FROM programs_training t WHERE t.enrollment_id = e.id AND t.state = 'completed')
            OR EXISTS (SELECT 1 FROM programs_paidwork w WHERE w.enrollment_id = e.id AND w.state = 'completed'))""",
        "50",
        "enrolled",
    ),
    (
        "earned a credential",
        f"SELECT count(*) FROM {_IN} AND EXISTS (SELECT 1 FROM programs_credential r WHERE r.enrollment_id = e.id)",
        "40",
        "enrolled",
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Line:
    what: str
    people: int
    share: float | None  # of a hundred
    says: str  # what the design says, of a hundred


def counted(until: date) -> Iterator[Line]:
    """People enrolled by `until`, step by step."""
    found: dict[str, int] = {}
    with connections["owner"].cursor() as cursor:
        for what, sql, says, of in COUNTED:
            cursor.execute(sql, {"program": SECTOR, "until": until})
            people = found[what.split()[0]] = int(cursor.fetchone()[0])
            base = found["asked"] if of == "asked" else found.get("were", 0)
            yield Line(what, people, 100 * people / base if of and base else None, says)


def printed(today: date) -> Iterator[str]:
    until, told = today - LONG_ENOUGH, earlier.progress()
    yield f"SECTOR in this demo: those who asked by {until:%B %-d, %Y}, {LONG_ENOUGH.days // 7} weeks before its last day."
    if not told.is_done:
        yield f"Still being told behind the page: {told.told:,} of {told.of:,} people. The counts are of what is told so far."
    yield f"{'':34}{'people':>8}{'of 100':>8}   {'the design: of 100'}"
    for line in counted(until):
        share = "" if line.share is None else f"{line.share:.0f}"
        yield f"{line.what:34}{line.people:>8,}{share:>8}   {line.says}"
    yield "Jobs, wages and retention (36 placed, 24 dollars, 60 after a year) aren't told yet."
