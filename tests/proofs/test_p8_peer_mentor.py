"""P8, attacked as a peer mentor: SQL in their scope returns how to reach people and how they take part, and no row of justice or health.

Each class is filled first with a person who has all of it, and a case manager's scope returns every one of those rows: where a
table were empty, this would prove nothing.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.apps import apps
from django.db import connection

from tests import cast
from tests.cast import MONDAY
from warmhandoff.casework.actions import appointments, clearance
from warmhandoff.casework.actions.appointments import When
from warmhandoff.foundation.rows import LIBRARY_TABLES, declared_rules
from warmhandoff.network.roles import Role, classes_of
from warmhandoff.participants import actions as participants
from warmhandoff.participants import profile

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])

# What tells a justice history or a sickness; a mentor reads none of it, nor what colleagues wrote.
NEVER = {"justice", "supervision", "health", "substance_use", "violence_prevention", "narrative"}
POLICIED = sorted(
    table for table, rule in declared_rules() if not rule.is_open and table not in LIBRARY_TABLES
)
NOTE = "A marker-note on the hearing"


@pytest.fixture(scope="module")
def words_of_classes() -> dict[str, str]:
    return {
        "RCL": "justice",
        "SUPV": "supervision",
        "MH": "health",
        "SUD": "substance_use",
        "VIO": "violence_prevention",
    }


@pytest.fixture
def c(words_of_classes: dict[str, str], the_cast) -> cast.Cast:
    """Rosa, of whom everything is known that may be: needs of each class, justice yes, a clearance, a note, a program."""
    made = the_cast
    cast.program(made)
    with made.acting("denise") as denise:
        file = cast.take_in(denise, needs=("WRK-TRN",))
        for code in words_of_classes:
            participants.open_need(file=file, code=code, by=denise.actor)
        answers = profile.Answers(
            papers={"photo_id": "has"}, housing="interim", justice="yes", attested_by="agency"
        )
        profile.learn(file=file, answers=answers, by=denise.actor)
        participants.log_contact(file=file, how="voice", by=denise.actor, note=NOTE)
        begun = clearance.begin(file=file, relief="dismissal", by=denise.actor)
        clearance.step(clearance=begun, verb="obtain_records", by=denise.actor)
        cast.enrolled(made, denise, file=file)
        appointments.make(
            file=file, when=When(MONDAY + timedelta(days=2), timedelta(minutes=30), how="phone"), about="plan",
            with_=made.members["tavo"], by=denise.actor,
        )  # fmt: skip
    return made


def rows_by_class() -> dict[tuple[str, str], int]:
    """How many rows each table returns here, by the class that the row or its table is of."""
    found: dict[tuple[str, str], int] = {}
    for model in apps.get_models(include_auto_created=True):
        table = model._meta.db_table
        said = getattr(getattr(model, "Privacy", None), "data_class", "")
        if table not in POLICIED or not said:
            continue
        columns = {field.column for field in model._meta.concrete_fields}
        of = "data_class" if "data_class" in columns else f"'{said}'"
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT {of}, count(*) FROM "{table}" GROUP BY 1')
            found |= {(table, data_class): number for data_class, number in cursor.fetchall()}
    return found


def test_the_roles_table_says_so() -> None:
    assert not classes_of(Role.PEER_MENTOR) & NEVER
    assert {"contact", "program"} == classes_of(Role.PEER_MENTOR)


def test_sql_in_their_scope_returns_no_justice_and_no_clinical_row(c: cast.Cast) -> None:
    with c.acting("denise"):
        by_case_manager = rows_by_class()
    filled = {data_class for (_table, data_class), number in by_case_manager.items() if number}
    assert filled >= NEVER, "each of these classes has rows to be seen"
    with c.acting("tavo"):
        by_mentor = rows_by_class()
    classes = {data_class for (_table, data_class), number in by_mentor.items() if number}
    assert not classes & NEVER
    assert classes <= {"contact", "program", "key"}
    assert (
        by_mentor["casework_appointment", "program"] == 1 and by_mentor["programs_enrollment", "program"] == 1
    )
    assert by_mentor["participants_contact", "contact"] == 1


def test_no_text_of_any_row_in_their_scope_says_it(c: cast.Cast, words_of_classes: dict[str, str]) -> None:
    """Every row of every policied table, as text: neither a code of such a need, nor a word of relief, nor the note."""
    markers = [*words_of_classes, "dismissal", "records_obtained", "marker-note", "obtain_records"]
    with c.acting("denise"):
        seen = _said(markers)
        assert {marker for found in seen.values() for marker in found} >= set(markers), (
            "there is something to find"
        )
    with c.acting("tavo"):
        assert _said(markers) == {}


def _said(markers: list[str]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    with connection.cursor() as cursor:
        for table in POLICIED:
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            text = " ".join(row[0] for row in cursor.fetchall())
            if said := {marker for marker in markers if marker in text}:
                found[table] = said
    return found
