"""Nothing that somebody told is overwritten in silence: with each change a trigger keeps what stood there, in its class."""

from collections.abc import Mapping
from typing import ClassVar

from django.db import migrations

# An answer as its code: yes or no, one of the question's own, several; or why there is none. Not asked yet is nothing said.
ANSWER = """
CREATE FUNCTION wh_guard_answer(answers jsonb, question text) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = public, pg_temp AS $$
    SELECT COALESCE(
        CASE jsonb_typeof(answers -> question)
            WHEN 'boolean' THEN CASE WHEN (answers ->> question)::boolean THEN 'yes' ELSE 'no' END
            WHEN 'array' THEN (SELECT string_agg(said.one, ',' ORDER BY said.place)
                               FROM jsonb_array_elements_text(answers -> question) WITH ORDINALITY AS said(one, place))
            ELSE NULLIF(answers ->> question, '')
        END,
        NULLIF(answers ->> (question || '_unknown'), 'not_asked'),
        '')
$$
"""

CONTACT = ("first_name", "last_name", "birth_date", "area", "availability", "do_not_contact", "language", "pronouns", "speaks",
           "street", "zip_code")  # fmt: skip


def _kept(table: str, data_class: str, questions: Mapping[str, str]) -> migrations.RunSQL:
    """`questions`: what each column is called among the answers, as an SQL expression."""
    values = ", ".join(
        f"({name}, wh_guard_answer(to_jsonb(OLD), '{column}'), wh_guard_answer(to_jsonb(NEW), '{column}'))"
        for column, name in questions.items()
    )
    return migrations.RunSQL(
        f"""
        CREATE FUNCTION wh_guard_{table}_changes() RETURNS trigger
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
        BEGIN
            INSERT INTO participants_filechange (file_id, organization_id, data_class, field, was, became)
            SELECT NEW.file_id, NEW.organization_id, {data_class}, s.field, left(s.was, 160), left(s.became, 160)
            FROM (VALUES {values}) AS s(field, was, became) WHERE s.was <> s.became;
            RETURN NULL;
        END $$;
        CREATE TRIGGER wh_p7_changes AFTER UPDATE ON participants_{table}
            FOR EACH ROW EXECUTE FUNCTION wh_guard_{table}_changes()
        """,
        f"DROP TRIGGER wh_p7_changes ON participants_{table}; DROP FUNCTION wh_guard_{table}_changes()",
    )


def _same(*columns: str) -> dict[str, str]:
    return {column: f"'{column}'" for column in columns}


class Migration(migrations.Migration):
    dependencies: ClassVar = [("participants", "0013_said_before")]
    operations: ClassVar = [
        migrations.RunSQL(
            "DROP TRIGGER wh_p7_contact_changes ON participants_contact; DROP FUNCTION wh_guard_contact_changes();"
            "ALTER TABLE participants_filechange"
            " RENAME CONSTRAINT contactchange_file_and_organization TO filechange_file_and_organization",
            migrations.RunSQL.noop,
        ),
        # Yes and no as the answers say them.
        migrations.RunSQL(
            "UPDATE participants_filechange SET was = CASE was WHEN 'true' THEN 'yes' ELSE 'no' END,"
            " became = CASE became WHEN 'true' THEN 'yes' ELSE 'no' END WHERE field = 'do_not_contact'",
            migrations.RunSQL.noop,
        ),
        migrations.RunSQL(ANSWER, "DROP FUNCTION wh_guard_answer(jsonb, text)"),
        _kept("contact", "'contact'", _same(*CONTACT)),
        _kept("schooling", "'work_education'", _same("diploma", "employment")),
        _kept("housing", "'housing_family'", {"status": "'housing'"}),
        _kept("demographics", "'demographics'", _same("gender", "races", "veteran", "disability")),
        _kept("justiceinvolvement", "'justice'", {"involved": "'justice'", "attested_by": "'attested_by'"}),
        _kept("paper", "'right_to_work'", {"standing": "NEW.kind"}),
        _kept("unanswered", "NEW.data_class", {"why": "'why_' || NEW.question"}),
    ]
