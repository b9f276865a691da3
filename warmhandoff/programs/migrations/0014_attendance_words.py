"""Why somebody didn't come, in two languages, excused (`parent`) or not.

Peer mentors and the contracting agency read who came: so no word here tells of a court, of supervision, of a jail or of treatment.
All of these are an appointment that somebody had to keep, or that they were away.
"""

from typing import Any, ClassVar

from django.db import migrations

from warmhandoff.participants.under_a_file import recorded_now

WORDS = (
    # excused or not, code, English, Spanish
    ("excused", "sick", "Sick", "Enfermedad"),
    ("excused", "family_sick", "Somebody in the family is sick", "Alguien de la familia está enfermo"),
    ("excused", "childcare", "Nobody to look after the children", "No había quien cuidara a los niños"),
    ("excused", "death", "A death in the family", "Una muerte en la familia"),
    ("excused", "appointment", "An appointment they had to keep", "Una cita que no podía mover"),
    ("excused", "work", "Had to work, or an interview", "Trabajo o una entrevista"),
    ("excused", "school", "School or training", "Escuela o capacitación"),
    ("excused", "religious", "A religious day", "Un día religioso"),
    ("excused", "transport", "Couldn’t get there", "No pudo llegar"),
    ("excused", "housing", "Moving, or trouble with housing", "Mudanza o problemas de vivienda"),
    ("excused", "not_safe", "It wasn’t safe to come", "No era seguro venir"),
    ("excused", "away", "Away, and told us before", "No estaba, y avisó antes"),
    ("excused", "we_asked", "We asked them not to come", "Le pedimos que no viniera"),
    ("excused", "other_excused", "Another reason, excused", "Otra razón, justificada"),
    ("unexcused", "no_word", "Didn’t come, and sent no word", "No vino ni avisó"),
    ("unexcused", "forgot", "Forgot, or got up too late", "Se le olvidó o se levantó tarde"),
    ("unexcused", "chose_not", "Chose not to come", "Decidió no venir"),
    ("unexcused", "away_no_word", "Away, and sent no word before", "No estaba, y no avisó antes"),
    ("unexcused", "sent_home", "Came, and was sent home", "Vino, y se le pidió que se fuera"),
    ("unexcused", "other_unexcused", "Another reason, not excused", "Otra razón, no justificada"),
)  # fmt: skip


def write(apps: Any, schema_editor: Any) -> None:
    term = apps.get_model("foundation", "Term")
    term.objects.using(schema_editor.connection.alias).bulk_create(
        term(vocabulary="absence_why", parent=parent, code=code, en=en, es=es, position=position)
        for position, (parent, code, en, es) in enumerate(WORDS)
    )


def erase(apps: Any, schema_editor: Any) -> None:
    term = apps.get_model("foundation", "Term")
    term.objects.using(schema_editor.connection.alias).filter(vocabulary="absence_why").delete()


class Migration(migrations.Migration):
    dependencies: ClassVar = [("programs", "0013_sector")]
    operations: ClassVar = [
        recorded_now("programs_trainingevent"),
        recorded_now("programs_credential"),
        migrations.RunPython(write, erase),
    ]
