"""What is shown is of the class of its question, whoever writes it down; corrections have the words that all corrections have."""

from typing import Any, ClassVar

from django.db import migrations

OF_ITS_CLASS = migrations.RunSQL(
    """
    CREATE FUNCTION wh_guard_proof_class() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        IF NOT EXISTS (SELECT 1 FROM foundation_term t
            WHERE t.vocabulary = 'eligibility_proof' AND t.code = NEW.shown AND t.data_class = NEW.data_class) THEN
            RAISE EXCEPTION 'of another class than its question' USING ERRCODE = '23514', CONSTRAINT = 'wh_p8_proof';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER wh_p8_proof BEFORE INSERT ON programs_proof FOR EACH ROW EXECUTE FUNCTION wh_guard_proof_class();

    CREATE FUNCTION wh_guard_waiver_class() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        IF NOT EXISTS (SELECT 1 FROM programs_criterion c
            LEFT JOIN foundation_term t ON t.vocabulary = 'eligibility_proof' AND t.code = c.shown_by
            WHERE c.program_id = NEW.program_id AND c.code = NEW.criterion AND COALESCE(t.data_class, 'contact') = NEW.data_class) THEN
            RAISE EXCEPTION 'of another class than its question' USING ERRCODE = '23514', CONSTRAINT = 'wh_p8_proof';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER wh_p8_waiver BEFORE INSERT ON programs_waiver FOR EACH ROW EXECUTE FUNCTION wh_guard_waiver_class()
    """,
    "DROP TRIGGER wh_p8_waiver ON programs_waiver; DROP FUNCTION wh_guard_waiver_class();"
    " DROP TRIGGER wh_p8_proof ON programs_proof; DROP FUNCTION wh_guard_proof_class()",
)


def drop_words(apps: Any, schema_editor: Any) -> None:
    """A correction says why in the codes that every correction uses."""
    term = apps.get_model("foundation", "Term")
    term.objects.using(schema_editor.connection.alias).filter(vocabulary="proof_correction").delete()


class Migration(migrations.Migration):
    dependencies: ClassVar = [("programs", "0020_exit_words"), ("foundation", "0008_timers_say_why")]
    operations: ClassVar = [OF_ITS_CLASS, migrations.RunPython(drop_words, migrations.RunPython.noop)]
