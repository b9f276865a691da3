"""The network's office asks to take somebody over by code, and learns who it is with the holder's yes and not before.

As migration 0005 wrote it, but that whoever asks so has no person in their own row, nor in their duty.
"""

from importlib import import_module
from typing import Any, ClassVar

from django.db import migrations

before = import_module("warmhandoff.custody.migrations.0005_moves_promises")

_PARTIES = before.PARTIES[: before.PARTIES.index("END $$;") + len("END $$;")].replace(
    "CREATE FUNCTION", "CREATE OR REPLACE FUNCTION", 1
)
_KNOWN = "asks_about := COALESCE(NEW.other_person_id, NEW.person_id);"
_BY_CODE = (
    "asks_about := CASE WHEN NEW.unnamed AND NEW.kind = 'request' THEN NULL"
    " ELSE COALESCE(NEW.other_person_id, NEW.person_id) END;"
)
ELSEWHERE = (
    "offered_elsewhere",
    "They are offered to another organization",
    "Se le ofrece a otra organización",
)


def write(apps: Any, schema_editor: Any) -> None:
    code, en, es = ELSEWHERE
    term = apps.get_model("foundation", "Term")
    term.objects.using(schema_editor.connection.alias).create(
        vocabulary="refusal_reason", code=code, en=en, es=es, position=5
    )


def erase(apps: Any, schema_editor: Any) -> None:
    term = apps.get_model("foundation", "Term")
    term.objects.using(schema_editor.connection.alias).filter(
        vocabulary="refusal_reason", code=ELSEWHERE[0]
    ).delete()


class Migration(migrations.Migration):
    dependencies: ClassVar = [("custody", "0009_take_over")]
    operations: ClassVar = [
        migrations.RunSQL(_PARTIES.replace(_KNOWN, _BY_CODE), _PARTIES),
        migrations.RunPython(write, erase),
    ]
