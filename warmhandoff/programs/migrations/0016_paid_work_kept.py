"""Words of paid work, and what holds of its rows: of their file's organization, a day has 24 hours, nobody approves their own."""

from typing import Any, ClassVar

from django.db import migrations

from warmhandoff.participants.under_a_file import recorded_now, same_organization

UNDER_A_FILE = ("paidwork", "paidworkevent", "workwage", "introduction", "timesheet", "timesheetanswer")
EVENTS = UNDER_A_FILE[1:]

WORDS = (
    # vocabulary, code, English, Spanish
    ("work_kind", "pwe", "Paid work experience", "Experiencia de trabajo pagada"),
    ("work_kind", "tse", "Transitional subsidized employment", "Empleo de transición subsidiado"),
    ("work_end_reason", "job", "Found other work", "Encontró otro trabajo"),
    ("work_end_reason", "health", "Health", "Salud"),
    ("work_end_reason", "family", "Family or childcare", "Familia o cuidado de niños"),
    ("work_end_reason", "money", "Money, or getting there", "Dinero o transporte"),
    ("work_end_reason", "not_for_them", "It was not for them", "No era lo que buscaba"),
    ("work_end_reason", "missed_too_much", "Missed too much of it", "Faltó demasiado"),
    ("work_end_reason", "worksite", "The worksite ended it", "El lugar de trabajo lo terminó"),
    ("work_end_reason", "away", "Is away for a while", "No está por un tiempo"),
    ("work_end_reason", "no_contact", "Nobody could reach them", "Nadie pudo comunicarse"),
    ("work_end_reason", "other", "Something else", "Otra razón"),
    ("said_how", "spoken", "They said so to us", "Nos lo dijo"),
    ("said_how", "signed", "They signed it", "Lo firmó"),
    ("hours_back_reason", "hours", "The hours of a day differ", "Las horas de un día son otras"),
    ("hours_back_reason", "days", "It was on other days", "Fue en otros días"),
    ("hours_back_reason", "not_here", "Did not work here that week", "No trabajó aquí esa semana"),
    ("hours_back_reason", "call", "Something else: please call me", "Otra cosa: llámeme, por favor"),
    ("hours_reason", "sent_back", "The worksite sent it back", "El lugar de trabajo la devolvió"),
    ("hours_reason", "wrong", "Written down wrong", "Se anotó mal"),
    ("hours_reason", "more", "More came to light", "Después se supo más"),
)  # fmt: skip


def write(apps: Any, schema_editor: Any) -> None:
    term = apps.get_model("foundation", "Term")
    term.objects.using(schema_editor.connection.alias).bulk_create(
        term(vocabulary=vocabulary, code=code, en=en, es=es, position=position)
        for position, (vocabulary, code, en, es) in enumerate(WORDS)
    )


def erase(apps: Any, schema_editor: Any) -> None:
    term = apps.get_model("foundation", "Term")
    vocabularies = {row[0] for row in WORDS}
    term.objects.using(schema_editor.connection.alias).filter(vocabulary__in=vocabularies).delete()


# What supersedes is of the same week of the same work; and all that stands for a day of somebody's is at most a day. Whoever
# writes waits for who else writes for the same person.
HOURS = """
CREATE FUNCTION wh_guard_timesheet() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM 1 FROM participants_participant f WHERE f.id = NEW.file_id FOR NO KEY UPDATE;
    IF NEW.supersedes_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM programs_timesheet t WHERE t.id = NEW.supersedes_id AND t.work_id = NEW.work_id AND t.week = NEW.week
           AND t.organization_id = NEW.organization_id) THEN
        RAISE EXCEPTION 'nothing here that may be corrected' USING ERRCODE = '23514', CONSTRAINT = 'wh_p7_correction';
    END IF;
    IF NOT EXISTS (SELECT 1 FROM programs_paidwork w WHERE w.id = NEW.work_id AND w.file_id = NEW.file_id
                      AND w.state IN ('under_way', 'completed', 'left')) THEN
        RAISE EXCEPTION 'nothing has begun that hours could be of' USING ERRCODE = '23514', CONSTRAINT = 'wh_hours_of_work';
    END IF;
    IF EXISTS (
        SELECT 1 FROM generate_series(1, 7) AS d
        WHERE NEW.hours[d] + (
            SELECT COALESCE(sum(t.hours[d]), 0) FROM programs_timesheet t
            WHERE t.file_id = NEW.file_id AND t.week = NEW.week AND t.work_id <> NEW.work_id
              AND NOT EXISTS (SELECT 1 FROM programs_timesheet s WHERE s.supersedes_id = t.id)) > 24) THEN
        RAISE EXCEPTION 'a day has 24 hours' USING ERRCODE = '23514', CONSTRAINT = 'wh_day_has_24_hours';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER wh_p7_timesheet BEFORE INSERT ON programs_timesheet FOR EACH ROW EXECUTE FUNCTION wh_guard_timesheet();
"""
# Money follows an approval: it is never by who wrote the hours down, nor by the person who worked them.
APPROVAL = """
CREATE FUNCTION wh_guard_timesheet_answer() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM programs_timesheet t JOIN foundation_actor a ON a.id = NEW.by_id
        WHERE t.id = NEW.timesheet_id AND t.file_id = NEW.file_id AND t.by_id <> NEW.by_id AND a.kind IN ('member', 'link')
          AND NOT EXISTS (SELECT 1 FROM programs_timesheet s WHERE s.supersedes_id = t.id)) THEN
        RAISE EXCEPTION 'hours are approved by somebody else than who wrote them down'
            USING ERRCODE = '23514', CONSTRAINT = 'wh_own_timesheet';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER wh_p7_timesheet_answer BEFORE INSERT ON programs_timesheetanswer
    FOR EACH ROW EXECUTE FUNCTION wh_guard_timesheet_answer();
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("programs", "0015_paid_work")]
    operations: ClassVar = [
        *(same_organization(f"programs_{name}") for name in UNDER_A_FILE),
        *(recorded_now(f"programs_{name}") for name in EVENTS),
        migrations.RunSQL(
            HOURS, "DROP TRIGGER wh_p7_timesheet ON programs_timesheet; DROP FUNCTION wh_guard_timesheet()"
        ),
        migrations.RunSQL(
            APPROVAL,
            "DROP TRIGGER wh_p7_timesheet_answer ON programs_timesheetanswer; DROP FUNCTION wh_guard_timesheet_answer()",
        ),
        migrations.RunPython(write, erase),
    ]
