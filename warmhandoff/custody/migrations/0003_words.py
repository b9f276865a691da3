"""Next steps and reasons for a release, in two languages."""

from typing import Any, ClassVar

from django.db import migrations

WORDS = {
    "next_step": (
        ("find_place", "Find a place for what they asked for", "Buscar un lugar para lo que pidió"),
        ("call", "Call them", "Llamar"),
        ("meet", "Meet them", "Reunirse"),
        ("documents", "Get papers in order", "Poner los papeles en orden"),
        ("check_in", "Check in with them", "Preguntar cómo va"),
        ("plan", "Decide what's next", "Decidir qué sigue"),
    ),
    "release_reason": (
        ("needs_met", "What they came for is done", "Lo que pidió está hecho"),
        ("person_stopped", "They chose to stop", "Decidió parar"),
        ("moved_away", "They moved away", "Se mudó"),
        ("unreachable", "Nobody could reach them, by every way they allow", "No fue posible encontrarle por ningún medio"),
        ("in_custody", "They are in custody", "Está detenida o detenido"),
        ("deceased", "They died", "Falleció"),
        ("mistake", "The file was opened by mistake", "El expediente se abrió por error"),
    ),
}


def write(apps: Any, schema_editor: Any) -> None:
    term = apps.get_model("foundation", "Term")
    for vocabulary, rows in WORDS.items():
        term.objects.using(schema_editor.connection.alias).bulk_create(
            term(vocabulary=vocabulary, code=code, en=en, es=es, position=position)
            for position, (code, en, es) in enumerate(rows)
        )


def erase(apps: Any, schema_editor: Any) -> None:
    term = apps.get_model("foundation", "Term")
    term.objects.using(schema_editor.connection.alias).filter(vocabulary__in=WORDS).delete()


class Migration(migrations.Migration):
    dependencies: ClassVar = [("custody", "0002_promises")]
    operations: ClassVar = [migrations.RunPython(write, erase)]
