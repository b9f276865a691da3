"""Why a referral is put on hold, and the stages between a yes and its end, as the network begins with them; in two languages.

A stage's parent is the state that it belongs to. `stage_told` says the same stage to the person.
"""

from typing import Any, ClassVar

from django.db import migrations

WORDS = (
    # vocabulary, parent, code, English, Spanish
    ("hold_reason", "", "papers", "Waiting for papers", "Esperamos papeles"),
    ("hold_reason", "", "starts_later", "It starts later", "Empieza más tarde"),
    ("hold_reason", "", "person_asked", "The person asked to wait", "La persona pidió esperar"),
    ("hold_reason", "", "other", "Something else", "Otra razón"),
    ("stage", "accepted", "orientation_booked", "Orientation booked", "Orientación con fecha"),
    ("stage", "contacted", "orientation_attended", "Attended orientation", "Asistió a la orientación"),
    ("stage", "contacted", "papers_complete", "Papers complete", "Papeles completos"),
    ("stage", "contacted", "start_agreed", "Start agreed", "Comienzo acordado"),
    ("stage", "engaged", "started", "Started", "Comenzó"),
    ("stage", "engaged", "halfway", "Halfway through", "A la mitad"),
    ("stage", "engaged", "last_part", "In the last part", "En la última parte"),
    ("stage_told", "", "orientation_booked", "Your first meeting has a date.", "Tu primera reunión tiene fecha."),
    ("stage_told", "", "orientation_attended", "You went to the first meeting.", "Fuiste a la primera reunión."),
    ("stage_told", "", "papers_complete", "Your papers are complete.", "Tus papeles están completos."),
    ("stage_told", "", "start_agreed", "You agreed on when it starts.", "Acordaron cuándo empieza."),
    ("stage_told", "", "started", "You have started.", "Ya empezaste."),
    ("stage_told", "", "halfway", "You are halfway through.", "Vas a la mitad."),
    ("stage_told", "", "last_part", "You are in the last part.", "Estás en la última parte."),
)


def write(apps: Any, schema_editor: Any) -> None:
    term = apps.get_model("foundation", "Term")
    term.objects.using(schema_editor.connection.alias).bulk_create(
        term(vocabulary=vocabulary, parent=parent, code=code, en=en, es=es, position=position)
        for position, (vocabulary, parent, code, en, es) in enumerate(WORDS)
    )


def erase(apps: Any, schema_editor: Any) -> None:
    term = apps.get_model("foundation", "Term")
    vocabularies = {row[0] for row in WORDS}
    term.objects.using(schema_editor.connection.alias).filter(vocabulary__in=vocabularies).delete()


class Migration(migrations.Migration):
    dependencies: ClassVar = [("referrals", "0008_waiting_promises")]
    operations: ClassVar = [migrations.RunPython(write, erase)]
