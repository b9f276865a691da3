"""Why a holder says no to handing someone over or to connecting, in two languages."""

from typing import Any, ClassVar

from django.db import migrations

WORDS = (
    ("person_says_no", "The person doesn't want it", "La persona no lo quiere"),
    ("not_the_same", "It isn't the same person", "No es la misma persona"),
    ("goes_on_here", "They go on being helped here", "Se le sigue ayudando aquí"),
    ("not_now", "Not now: something has to be finished first", "Ahora no: primero hay que terminar algo"),
    ("no_room", "Nobody here has room now", "Nadie aquí tiene lugar ahora"),
)


def write(apps: Any, schema_editor: Any) -> None:
    term = apps.get_model("foundation", "Term")
    term.objects.using(schema_editor.connection.alias).bulk_create(
        term(vocabulary="refusal_reason", code=code, en=en, es=es, position=position)
        for position, (code, en, es) in enumerate(WORDS)
    )


def erase(apps: Any, schema_editor: Any) -> None:
    term = apps.get_model("foundation", "Term")
    term.objects.using(schema_editor.connection.alias).filter(vocabulary="refusal_reason").delete()


class Migration(migrations.Migration):
    dependencies: ClassVar = [("custody", "0005_moves_promises")]
    operations: ClassVar = [migrations.RunPython(write, erase)]
