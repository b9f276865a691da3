"""What a declaration comes to in the database, and that nobody is read by silence."""

import pytest
from django.db import connections, models

from warmhandoff.foundation.rows import (
    APPENDING,
    SELECT,
    RowsMissing,
    Rule,
    condition,
    declared_rules,
    of_class,
    open_table,
    own,
    policies_for,
    rule_of,
    statements_for,
    sync,
    tables_without_their_policy,
)


def test_a_model_that_says_nothing_stops_the_migration():
    class Silent(models.Model):
        class Meta:
            app_label = "foundation"
            managed = False

    with pytest.raises(RowsMissing, match="Silent does not say who may read"):
        rule_of(Silent)


def test_an_open_table_has_no_policy_and_a_reason():
    rule = open_table("words alone", grants=(SELECT,))
    assert rule.is_open and not list(policies_for("x", rule))
    assert 'ALTER TABLE "x" DISABLE ROW LEVEL SECURITY' in list(statements_for("x", rule))


def test_what_may_not_be_changed_has_no_policy_to_change_it():
    named = [statement.split()[2] for statement in policies_for("x", own(grants=APPENDING))]
    assert named == ["wh_read", "wh_insert"]
    assert 'GRANT SELECT, INSERT ON "x" TO wh_app' in list(statements_for("x", own(grants=APPENDING)))


def test_a_class_is_read_by_who_reads_it_and_written_by_whose_it_is():
    rule = of_class("contact")
    assert "'contact'::text = ANY" in rule.read and "participants_share" in rule.read
    assert "participants_share" not in rule.write and "organization_id" in rule.write
    assert "'needs'::text = ANY" in own("needs").read and "needs" not in own("needs").write


def test_a_new_row_may_be_asked_for_more_than_an_old_one():
    rule = condition("a = {me} OR b = {me}", begin="a = {me}")
    insert = next(each for each in policies_for("x", rule) if "wh_insert" in each)
    update = next(each for each in policies_for("x", rule) if "wh_update" in each)
    assert " OR b" not in insert and " OR b" in update


def test_history_is_as_visible_as_what_it_is_of_and_only_added_to():
    rules = dict(declared_rules())
    of_consent, of_history = rules["participants_consent"], rules["participants_consenthistory"]
    assert of_history == Rule(of_consent.read, of_consent.write, APPENDING)


@pytest.mark.django_db(databases=["default", "owner"])
def test_the_database_is_as_declared_and_a_second_time_too():
    examined, wrong = tables_without_their_policy()
    assert wrong == [] and examined >= len(dict(declared_rules())) - 5
    sync()
    assert tables_without_their_policy() == (examined, [])


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_syncing_takes_away_what_somebody_added():
    with connections["owner"].cursor() as cursor:
        cursor.execute("CREATE POLICY more ON participants_need TO wh_app USING (true)")
        cursor.execute("ALTER POLICY wh_read ON participants_contact USING (true)")
        cursor.execute("GRANT DELETE ON participants_consent TO wh_app")
        cursor.execute("GRANT SELECT ON participants_consent TO PUBLIC")
        assert len(tables_without_their_policy()[1]) == 3
        sync()
        assert tables_without_their_policy()[1] == []
        cursor.execute("CREATE TABLE notes_of_mine (name text)")
    with pytest.raises(RowsMissing, match="notes_of_mine"):
        sync()
