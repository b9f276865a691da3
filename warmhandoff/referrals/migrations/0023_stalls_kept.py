"""How it goes is said right by superseding, like whatever else the receiver recorded; what is next, as the network begins with it;
and whoever serves somebody already is asked from the next week on."""

from importlib import import_module
from typing import Any, ClassVar

from django.db import migrations

kept = import_module("warmhandoff.participants.migrations.0012_corrections_kept")

WORDS = (
    # vocabulary, parent, code, English, Spanish
    ("what_next", "", "first_day", "Their first day or session", "Su primer día o primera sesión"),
    ("what_next", "", "next_session", "The next session, as planned", "La próxima sesión, como está previsto"),
    ("what_next", "", "we_call", "We call or visit them", "Llamamos o visitamos a la persona"),
    ("what_next", "", "papers", "Papers or a requirement", "Papeles o un requisito"),
    ("what_next", "", "place_free", "A place becomes free", "Se libera un lugar"),
    ("what_next", "", "last_day", "Their last day, as planned", "Su último día, como está previsto"),
    ("what_next", "", "other", "Something else", "Otra cosa"),
)


def write(apps: Any, schema_editor: Any) -> None:
    term = apps.get_model("foundation", "Term")
    term.objects.using(schema_editor.connection.alias).bulk_create(
        term(vocabulary=vocabulary, parent=parent, code=code, en=en, es=es, position=position)
        for position, (vocabulary, parent, code, en, es) in enumerate(WORDS)
    )


def erase(apps: Any, schema_editor: Any) -> None:
    term = apps.get_model("foundation", "Term")
    term.objects.using(schema_editor.connection.alias).filter(vocabulary="what_next").delete()


BEFORE = (
    "e.referral_id = NEW.referral_id AND NEW.kind IN (e.kind, 'struck') AND e.kind IN"
    " ('declined', 'attempted', 'contacted', 'engaged', 'completed', 'ended_early', 'lost_contact')"
)


def _function(same: str) -> str:
    made = kept._correction("referrals_referralevent", "by_id", same).sql
    return made[: made.index("CREATE TRIGGER")].replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")


# Due at once: the first sweep asks, or waits for the next morning.
ASKED_WEEKLY = """
INSERT INTO foundation_timer (organization_id, subject_kind, subject_id, step, due_at)
SELECT DISTINCT receiver_id, 'stalls', receiver_id, 'ask_stalled', wh_now() FROM referrals_referral
WHERE state IN ('accepted', 'contacted', 'engaged')
"""
NOT_ASKED = "DELETE FROM foundation_timer WHERE subject_kind = 'stalls'"


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("referrals", "0022_stalls"),
        ("participants", "0012_corrections_kept"),
        ("foundation", "0005_mailbox_actor"),
    ]
    operations: ClassVar = [
        migrations.RunPython(write, erase),
        migrations.RunSQL(
            _function(BEFORE.replace("'lost_contact')", "'lost_contact', 'confirmed')")), _function(BEFORE)
        ),
        migrations.RunSQL(ASKED_WEEKLY, NOT_ASKED),
    ]
