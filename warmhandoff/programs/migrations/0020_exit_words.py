"""Why somebody left is read by the agency and by peer mentors: it says nothing of health, and nothing of justice."""

from typing import Any, ClassVar

from django.db import migrations

TOLD_TOO_MUCH = ("health", "held")
INSTEAD = ("could_not_come", "They can’t come any more", "Ya no puede venir")


def write(apps: Any, schema_editor: Any) -> None:
    terms = apps.get_model("foundation", "Term").objects.using(schema_editor.connection.alias)
    position = terms.get(vocabulary="exit_reason", code="health").position
    terms.filter(vocabulary="exit_reason", code__in=TOLD_TOO_MUCH).delete()
    code, en, es = INSTEAD
    terms.create(vocabulary="exit_reason", parent="", code=code, en=en, es=es, position=position)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("programs", "0019_co_enrollment_told")]
    operations: ClassVar = [migrations.RunPython(write, migrations.RunPython.noop)]
