"""One table says what each role may do, in words that a manager can read; this is that table, reviewed."""

from __future__ import annotations

import pytest

from warmhandoff.foundation.privacy import ALL_CLASSES
from warmhandoff.network.roles import SHEETS, Permission, Role, classes_of, may, roles_with
from warmhandoff.programs.models import KeptApart

P = Permission


def test_each_role_has_its_sheet_and_says_what_it_is_in_a_sentence():
    assert set(SHEETS) == set(Role)
    for role, sheet in SHEETS.items():
        assert str(sheet.label).islower() and str(sheet.says).endswith("."), role
        assert sheet.classes <= set(ALL_CLASSES) and sheet.permissions


def test_a_peer_mentor_reaches_people_logs_contacts_and_leads_groups_and_nothing_else():
    sheet = SHEETS[Role.PEER_MENTOR]
    assert sheet.classes == {"contact", "program"}
    assert sheet.permissions == {P.SEE_TODAY, P.SEE_PEOPLE, P.RECORD_CONTACT, P.SEE_DIRECTORY, P.RUN_GROUPS}


def test_only_a_lead_puts_people_into_groups():
    """Whoever does sees who is kept apart: the table that says so names that role too."""
    assert [role for role in SHEETS if P.PLAN_GROUPS in SHEETS[role].permissions] == [Role.LEAD]
    assert "m.role = 'lead'" in KeptApart.Rows.rule.read


@pytest.mark.parametrize("role", [Role.COUNTY_PROGRAM_MANAGER, Role.NETWORK_ADMINISTRATOR])
def test_who_looks_after_numbers_or_organizations_sees_no_person(role):
    assert classes_of(role) == frozenset()
    about_people = {
        P.SEE_PEOPLE,
        P.TAKE_IN,
        P.RECORD_CONTACT,
        P.CHANGE_FILE,
        P.REFER,
        P.ANSWER,
        P.ASSIGN,
        P.RELEASE,
        P.SEE_REFERRALS,
    }
    assert not SHEETS[role].permissions & about_people


def test_each_thing_can_be_done_by_someone_and_nobody_can_do_everything():
    for permission in Permission:
        assert roles_with(permission), permission
    assert all(sheet.permissions != set(Permission) for sheet in SHEETS.values())


def test_what_is_dear_is_in_few_hands():
    assert roles_with(P.MANAGE_NETWORK) == [Role.NETWORK_ADMINISTRATOR]
    assert roles_with(P.WATCH_NETWORK) == [Role.NAVIGATOR]
    assert set(roles_with(P.ASSIGN)) == {Role.LEAD, Role.NAVIGATOR}
    assert set(roles_with(P.RELEASE)) == {Role.CASE_MANAGER, Role.LEAD, Role.NAVIGATOR}


def test_who_watches_the_network_sees_it_by_code():
    """Nothing of other organizations follows from a role: rows are the organization's own, whatever the role."""
    assert may(Role.NAVIGATOR, P.WATCH_NETWORK)
    assert classes_of(Role.NAVIGATOR) == classes_of(Role.CASE_MANAGER)


def test_a_role_that_is_none_may_nothing():
    with pytest.raises(ValueError, match="admin"):
        may("admin", P.SEE_PEOPLE)
    with pytest.raises(ValueError, match="''"):
        classes_of("")


def test_no_role_reads_a_class_that_no_table_has_but_by_a_needs_code():
    in_use = set().union(*(sheet.classes for sheet in SHEETS.values()))
    assert in_use == {
        "contact", "needs", "narrative", "work_education", "justice", "supervision", "health", "substance_use", "violence_prevention",
        "right_to_work", "demographics", "housing_family", "program",
    }  # fmt: skip
