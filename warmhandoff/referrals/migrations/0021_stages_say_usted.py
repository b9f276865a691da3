"""What a person reads of a stage says usted, as everything else does; what an administrator has worded anew stays as it is."""

from typing import Any, ClassVar

from django.db import migrations

MENDED = (
    ("orientation_booked", "Tu primera reunión tiene fecha.", "Su primera reunión tiene fecha."),
    ("orientation_attended", "Fuiste a la primera reunión.", "Usted fue a la primera reunión."),
    ("papers_complete", "Tus papeles están completos.", "Sus papeles están completos."),
    ("started", "Ya empezaste.", "Usted ya empezó."),
    ("halfway", "Vas a la mitad.", "Usted va a la mitad."),
    ("last_part", "Estás en la última parte.", "Usted está en la última parte."),
)


def mend(apps: Any, schema_editor: Any) -> None:
    term = apps.get_model("foundation", "Term").objects.using(schema_editor.connection.alias)
    for code, was, now in MENDED:
        term.filter(vocabulary="stage_told", code=code, es=was).update(es=now)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("referrals", "0020_papers_left_behind")]
    operations: ClassVar = [migrations.RunPython(mend, migrations.RunPython.noop)]
