"""What was said is of the class of what it is about, and about the same file: the database holds whoever writes it to that."""

from typing import ClassVar

from django.db import migrations

# A row's class is that of the word it names: which vocabulary, which column.
OF_A_WORD = {
    "servicegiven": ("service_given", "code"),
    "rating": ("scale_domain", "domain"),
    "ready": ("ready_item", "item"),
    "goal": ("scale_domain", "domain"),
}
# A row is of the file that what it belongs to is of; and of its class, where that has one.
OF_A_ROW = {
    "coachingsession": ("servicegiven", "service_id", False),
    "planevent": ("plan", "plan_id", False),
    "goal": ("plan", "plan_id", False),
    "hopedoutcome": ("goal", "goal_id", True),
    "score": ("hopedoutcome", "outcome_id", True),
}
FUNCTIONS = """
CREATE FUNCTION wh_guard_class_of_word() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM foundation_term t WHERE t.vocabulary = TG_ARGV[0]
                   AND t.code = to_jsonb(NEW) ->> TG_ARGV[1] AND t.data_class = NEW.data_class) THEN
        RAISE EXCEPTION 'of another class than its word' USING ERRCODE = '23514', CONSTRAINT = 'wh_p8_class';
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION wh_guard_file_of_row() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    above jsonb;
    mine jsonb := to_jsonb(NEW);
BEGIN
    EXECUTE format('SELECT to_jsonb(t) FROM %I t WHERE t.id = $1', TG_ARGV[0])
        INTO above USING (mine ->> TG_ARGV[1])::bigint;
    IF above ->> 'file_id' IS DISTINCT FROM mine ->> 'file_id'
       OR (TG_ARGV[2] = 'true' AND above ->> 'data_class' IS DISTINCT FROM mine ->> 'data_class') THEN
        RAISE EXCEPTION 'of another file than what it belongs to' USING ERRCODE = '23514', CONSTRAINT = 'wh_p8_class';
    END IF;
    RETURN NEW;
END $$
"""


def _guard(name: str, table: str, function: str, *given: str) -> migrations.RunSQL:
    written = ", ".join(f"'{each}'" for each in given)
    return migrations.RunSQL(
        f"CREATE TRIGGER {name} BEFORE INSERT ON casework_{table} FOR EACH ROW EXECUTE FUNCTION {function}({written})",
        f"DROP TRIGGER {name} ON casework_{table}",
    )


class Migration(migrations.Migration):
    dependencies: ClassVar = [("casework", "0006_appointment_words"), ("foundation", "0008_timers_say_why")]
    operations: ClassVar = [
        migrations.RunSQL(
            FUNCTIONS, "DROP FUNCTION wh_guard_file_of_row(); DROP FUNCTION wh_guard_class_of_word()"
        ),
        *(
            _guard("wh_p8_class", table, "wh_guard_class_of_word", vocabulary, column)
            for table, (vocabulary, column) in OF_A_WORD.items()
        ),
        *(
            _guard(
                "wh_p8_file",
                table,
                "wh_guard_file_of_row",
                f"casework_{above}",
                column,
                str(of_class).lower(),
            )
            for table, (above, column, of_class) in OF_A_ROW.items()
        ),
    ]
