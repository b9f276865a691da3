"""Which rows whom: every table says it, the open ones say why, and the database agrees.

`pytest tests/house/test_rows.py -s` prints the open list.
"""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import connections

from warmhandoff.foundation.rows import (
    DELETE,
    LIBRARY_TABLES,
    UPDATE,
    declared_rules,
    rule_of,
    tables_without_their_policy,
)

# Reviewed one by one: none holds anything about a participant. A new one is argued here, and in its model.
OPEN = {
    "directory_capacitystatement", "directory_criterion", "directory_hours", "directory_location", "directory_service",
    "directory_servicechange", "directory_servicelink", "directory_servicelinkcode", "directory_servicelinkgrant",
    "foundation_actor", "foundation_databasemark", "foundation_formkey", "foundation_message",
    "foundation_term", "foundation_timer", "network_absence", "network_accountmail", "network_agreement", "network_digest", "network_invitation", "network_membership",
    "network_improvement", "network_improvementchange", "network_improvementreport", "network_improvementvoice",
    "network_organization", "network_queue", "network_user", "participants_consenttext", "participants_keyrules",
    "participants_owncode", "participants_owngrant", "participants_ownlink",
    "referrals_answerlink",
    "referrals_answertime", "referrals_holdercheck", "foundation_termchange", "foundation_termsversion", "demo_toldlife",
    "referrals_laddernumber", "referrals_linkcode", "referrals_linkgrant", "referrals_slip",
    "referrals_stalllink", "referrals_stalllinkcode", "referrals_stalllinkgrant",
    "programs_curriculum", "programs_curriculumversion", "programs_module", "programs_sessiontemplate",
    "programs_contract", "programs_criterion", "programs_funding", "programs_program", "programs_programterms",
    "labor_market_locality", "labor_market_occupation", "labor_market_targetsector", "labor_market_targetsector_occupations",
    "labor_market_wage", "labor_market_wagefloor", "employers_employer", "employers_site", "programs_worksitelink",
}  # fmt: skip
OURS = {table: rule for table, rule in declared_rules() if table not in LIBRARY_TABLES}
# A key to someone: a table that has one is about a person, whatever else it holds.
ABOUT_SOMEONE = ("person_id", "file_id", "sender_file_id", "contact_point_id")


def models():
    return [model for model in apps.get_models(include_auto_created=True) if model._meta.db_table in OURS]


def test_the_open_list_is_as_reviewed_and_each_says_why(capsys):
    found = {table: rule.open_because for table, rule in OURS.items() if rule.is_open}
    for table, because in sorted({**found, **{t: r.open_because for t, r in LIBRARY_TABLES.items()}}.items()):
        print(f"{table:32} {because}")
    assert found.keys() == OPEN
    assert all(len(because) > 10 for because in found.values())
    assert len(capsys.readouterr().out.splitlines()) == len(OPEN) + len(LIBRARY_TABLES)


def test_no_open_table_has_a_key_to_someone():
    wrong = [
        f"{model._meta.label}.{field.attname}"
        for model in models()
        if rule_of(model).is_open
        for field in model._meta.concrete_fields
        if field.attname in ABOUT_SOMEONE and model._meta.db_table != "foundation_message"
    ]
    assert wrong == []


def test_only_who_writes_for_another_organization_has_an_open_table_with_a_contact_point():
    """A message names a contact point by number: its value stands under its own organization's policy."""
    assert "contact_point_id" in {
        f.attname for f in apps.get_model("foundation", "Message")._meta.concrete_fields
    }
    assert not OURS["foundation_contactpoint"].is_open


def test_each_policied_table_asks_who_acts():
    for table, rule in OURS.items():
        if not rule.is_open:
            assert "wh.organization" in rule.read, table
            assert "wh.organization" in rule.write or rule.write == "false", table


def test_history_and_events_are_only_added_to():
    added_to = [
        model
        for model in models()
        if model.__name__.endswith(("Event", "History", "Log", "Note", "Crossing"))
    ]
    assert len(added_to) >= 8
    for model in added_to:
        assert not {UPDATE, DELETE} & set(rule_of(model).grants), model._meta.label


def test_a_row_may_be_deleted_only_where_forgetting_needs_it():
    deletable = {table for table, rule in OURS.items() if DELETE in rule.grants and not rule.is_open}
    assert deletable == {
        "foundation_contactpoint", "participants_reach", "participants_need", "participants_listing",
        "participants_alternatecontact", "participants_draft", "participants_filekey", "foundation_openform",
    }  # fmt: skip


@pytest.mark.django_db(databases=["default", "owner"])
def test_the_database_agrees_table_by_table_and_word_by_word():
    examined, wrong = tables_without_their_policy()
    assert wrong == []
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT DISTINCT tablename FROM pg_policies WHERE schemaname = 'public'")
        policied = {row[0] for row in cursor.fetchall()}
        cursor.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
        assert cursor.fetchone()[0] == examined
    assert policied == {table for table, rule in OURS.items() if not rule.is_open}


@pytest.mark.django_db(databases=["default", "owner"])
def test_what_runs_as_the_owner_has_its_search_path_and_is_not_everybodys():
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT p.proname, p.proconfig::text, has_function_privilege('public', p.oid, 'EXECUTE')"
            " FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = 'public' AND p.prosecdef"
        )
        found = cursor.fetchall()
        assert len(found) > 15
        assert [
            name for name, config, _ in found if "search_path=public, pg_temp" not in (config or "")
        ] == []
        assert [name for name, _, everybody in found if everybody] == []
        cursor.execute(
            "SELECT p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = 'public'"
            " AND p.prosecdef AND has_function_privilege('wh_app', p.oid, 'EXECUTE') ORDER BY 1"
        )
        # Each of these asks who acts, by itself; the count of holders tells nobody anything, and keeps two numbers.
        assert [row[0] for row in cursor.fetchall()] == [
            "wh_ask_known", "wh_ask_take_over", "wh_carry_disposition", "wh_check_holders", "wh_cross", "wh_decide_look", "wh_end_asking", "wh_follow_to_holder", "wh_known_elsewhere", "wh_last_services", "wh_move_clock", "wh_own_appointments", "wh_own_born", "wh_own_eligibility", "wh_own_groups", "wh_own_page", "wh_own_programs", "wh_own_sessions", "wh_own_work", "wh_reach_value", "wh_referral_holder", "wh_referral_told",
            "wh_remind_for_network", "wh_suggest_for_network",
            "wh_tell_answer_times", "wh_told_of_co_enrollment", "wh_waited_lately",
        ]  # fmt: skip


@pytest.mark.django_db(databases=["default", "owner"])
def test_the_machines_in_the_database_are_those_of_the_states():
    """The ways that the triggers allow are written out in SQL: they are the same as the tables that draw the buttons."""
    import re

    from warmhandoff.custody.states import HANDOVER
    from warmhandoff.referrals.states import REFERRAL, TAKES_BACK

    with connections["owner"].cursor() as cursor:
        for function, machine in (("wh_guard_referral_moved", REFERRAL), ("wh_guard_handover", HANDOVER)):
            cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = %s", [function])
            body = cursor.fetchone()[0]
            ways = re.search(r"\(OLD\.state, NEW\.state\) NOT IN \((.*?)\)\)", body, re.DOTALL)[1] + ")"
            written = set(re.findall(r"\('(\w+)', '(\w+)'\)", ways))
            # The way of the network's office has a clause of its own: it asks for the second look that allows it.
            ours = [t for t in machine.transitions if t.who != ("network",)]
            drawn = {(source, t.target) for t in ours for source in t.sources}
            assert written == drawn, machine.name
            receivers = {t.target for t in machine.transitions if t.who in (("receiver",), ("asked",))}
            named = set(
                re.findall(
                    r"'(\w+)'", re.search(r"NEW\.state IN \(([^)]*)\)\s+AND (?:NULLIF|\(here)", body)[1]
                )
            )
            assert named == receivers, machine.name
            back = re.search(r"\(OLD\.state, NEW\.state\) IN \((.*?)\)\) THEN", body, re.DOTALL)
            if machine is REFERRAL:
                found = set(re.findall(r"\('(\w+)', '(\w+)'\)", back[1] + ")"))
                assert found == {(state, to) for state, before in TAKES_BACK.items() for to in before}


def test_no_login_but_the_apps_has_a_right_yet():
    from warmhandoff.foundation.rows import statements_for

    for table, rule in OURS.items():
        granted = [each for each in statements_for(table, rule) if each.startswith("GRANT")]
        assert all(each.endswith(" TO wh_app") for each in granted), table
