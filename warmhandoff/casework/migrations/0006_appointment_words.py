"""What an appointment may be about, how one meets, why it is called off; and kinds of relief: in two languages.

What an appointment is about is read by peer mentors too: no word of it tells of a court or of health.
"""

from typing import Any, ClassVar

from django.db import migrations

WORDS = (
    # vocabulary, code, English, Spanish
    ("appointment_about", "first_meeting", "First meeting", "Primera reunión"),
    ("appointment_about", "plan", "Plan and goals", "Plan y metas"),
    ("appointment_about", "coaching", "Career coaching", "Orientación laboral"),
    ("appointment_about", "check_in", "Check-in", "Cómo va todo"),
    ("appointment_about", "papers", "ID and papers", "Identificación y papeles"),
    ("appointment_about", "employer", "Visit to a place of work", "Visita a un lugar de trabajo"),
    ("appointment_about", "other", "Something else", "Otra cosa"),
    ("appointment_how", "in_person", "In person", "En persona"),
    ("appointment_how", "phone", "By phone", "Por teléfono"),
    ("appointment_how", "video", "By video", "Por video"),
    ("appointment_cancelled", "person_asked", "They asked for it", "La persona lo pidió"),
    ("appointment_cancelled", "we_cannot", "We can’t make it", "Nosotros no podemos"),
    ("appointment_cancelled", "not_needed", "It is not needed any more", "Ya no hace falta"),
    ("appointment_cancelled", "mistake", "It was made by mistake", "Se hizo por error"),
    ("relief", "dismissal", "Dismissal", "Desestimación"),
    ("relief", "sealing", "Sealing of the record", "Sellado del expediente"),
    ("relief", "automatic", "Automatic relief, without a petition", "Alivio automático, sin petición"),
    ("relief", "certificate", "Certificate of rehabilitation", "Certificado de rehabilitación"),
    ("relief", "other", "Another kind of relief", "Otro tipo de alivio"),
)


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


class Migration(migrations.Migration):
    dependencies: ClassVar = [("casework", "0005_appointments_of_a_file")]
    operations: ClassVar = [migrations.RunPython(write, erase)]
