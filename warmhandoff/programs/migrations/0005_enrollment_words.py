"""Why somebody leaves a program, or never began."""

from typing import Any, ClassVar

from django.db import migrations

WORDS = (
    # "No service for ..." is worked out by the program's own rule, and never chosen.
    ("exit_reason", "work", "They found work", "Encontró trabajo"),
    ("exit_reason", "school", "They went on to school or training", "Siguió con estudios o formación"),
    ("exit_reason", "chose_to_stop", "They chose to stop", "Decidió parar"),
    ("exit_reason", "family", "Family or care came first", "La familia o el cuidado de alguien"),
    ("exit_reason", "health", "Their health", "La salud"),
    ("exit_reason", "moved_away", "They moved away", "Se mudó"),
    ("exit_reason", "lost_contact", "We could not reach them any more", "Ya no pudimos comunicarnos"),
    ("exit_reason", "held", "They are in custody", "Está detenida o detenido"),
    ("exit_reason", "other_program", "They take part in another program", "Participa en otro programa"),
    ("exit_reason", "not_eligible", "They were not eligible after all", "No cumplía los requisitos"),
    ("exit_reason", "asked_to_leave", "We asked them to leave", "Le pedimos que dejara el programa"),
    ("exit_reason", "contract_ended", "Our contract ended", "Terminó nuestro contrato"),
    ("exit_reason", "died", "They died", "Falleció"),
    ("exit_reason", "no_service", "No service for as long as the program allows", "Sin servicios durante el plazo del programa"),
    ("not_enrolled_reason", "changed_mind", "They no longer want it", "Ya no lo quiere"),
    ("not_enrolled_reason", "not_eligible", "They are not eligible", "No cumple los requisitos"),
    ("not_enrolled_reason", "no_place", "No place came free", "No hubo lugar"),
    ("not_enrolled_reason", "elsewhere", "They take part elsewhere", "Participa en otro lugar"),
    ("not_enrolled_reason", "lost_contact", "We could not reach them any more", "Ya no pudimos comunicarnos"),
    ("not_enrolled_reason", "no_consent", "They did not agree to what the agency learns", "No aceptó lo que se comparte con la agencia"),
    ("not_enrolled_reason", "mistake", "It was written down by mistake", "Se anotó por error"),
)  # fmt: skip


def write(apps: Any, schema_editor: Any) -> None:
    term = apps.get_model("foundation", "Term")
    term.objects.using(schema_editor.connection.alias).bulk_create(
        term(vocabulary=vocabulary, parent="", code=code, en=en, es=es, position=position)
        for position, (vocabulary, code, en, es) in enumerate(WORDS)
    )


def erase(apps: Any, schema_editor: Any) -> None:
    term = apps.get_model("foundation", "Term")
    vocabularies = {row[0] for row in WORDS}
    term.objects.using(schema_editor.connection.alias).filter(vocabulary__in=vocabularies).delete()


class Migration(migrations.Migration):
    dependencies: ClassVar = [("programs", "0004_enrollment_kept"), ("foundation", "0008_timers_say_why")]
    operations: ClassVar = [migrations.RunPython(write, erase)]
