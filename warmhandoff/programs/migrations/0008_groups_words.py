"""Why a meeting is moved or called off, why somebody leaves a group; and a curriculum of 31 sessions whose titles are each site's
own to enter."""

from datetime import date
from typing import Any, ClassVar

from django.db import migrations

WORDS = (
    # vocabulary, code, English, Spanish
    ("meeting_moved_why", "closed_day", "The place is closed that day", "Ese día está cerrado"),
    (
        "meeting_moved_why",
        "facilitator_away",
        "The facilitator can't come",
        "Quien dirige el grupo no puede venir",
    ),
    ("meeting_moved_why", "room_taken", "The room isn't free", "La sala no está libre"),
    ("meeting_moved_why", "too_few", "Too few could come", "Muy pocos podían venir"),
    ("meeting_moved_why", "weather", "Weather or an emergency", "El tiempo o una emergencia"),
    ("meeting_moved_why", "other", "Something else", "Otra razón"),
    ("left_group_why", "finished", "Finished the group", "Terminó el grupo"),
    ("left_group_why", "another_group", "Moved to another group", "Pasó a otro grupo"),
    ("left_group_why", "work", "Started work or school", "Empezó a trabajar o a estudiar"),
    ("left_group_why", "own_choice", "Chose to stop", "Decidió dejarlo"),
    ("left_group_why", "no_contact", "Can't be reached", "No se le puede localizar"),
    ("left_group_why", "left_program", "Left the program", "Salió del programa"),
    ("left_group_why", "other", "Something else", "Otra razón"),
)
SOURCE = (
    "Pathways to Work Evidence Clearinghouse, intervention 1165 (CBI-Emp): 31 group sessions of 60 to 90 minutes;"
    " 14 skill and 6 application sessions required, 11 optional"
)
# number, English, Spanish, kind, required, how many
PARTS = (
    (1, "Skills", "Habilidades", "skill", True, 14),
    (2, "Using the skills", "Poner en práctica", "application", True, 6),
    (3, "Further sessions", "Sesiones adicionales", "optional", False, 11),
)


def write(apps: Any, schema_editor: Any) -> None:
    using = schema_editor.connection.alias
    term, curriculum, version, module, session = (
        apps.get_model(*name)
        for name in (
            ("foundation", "Term"),
            ("programs", "Curriculum"),
            ("programs", "CurriculumVersion"),
            ("programs", "Module"),
            ("programs", "SessionTemplate"),
        )
    )
    term.objects.using(using).bulk_create(
        term(vocabulary=vocabulary, code=code, en=en, es=es, position=position)
        for position, (vocabulary, code, en, es) in enumerate(WORDS)
    )
    shipped = curriculum.objects.using(using).create(
        slug="cbi", name="Cognitive-behavioral group", name_es="Grupo cognitivo-conductual"
    )
    first = version.objects.using(using).create(
        curriculum=shipped, number=1, valid_from=date(2021, 1, 1), minutes=90, source=SOURCE
    )
    after = 0
    for number, en, es, kind, required, many in PARTS:
        part = module.objects.using(using).create(version=first, number=number, title=en, title_es=es)
        session.objects.using(using).bulk_create(
            session(version=first, module=part, number=after + n, kind=kind, required=required)
            for n in range(1, many + 1)
        )
        after += many


def erase(apps: Any, schema_editor: Any) -> None:
    using = schema_editor.connection.alias
    apps.get_model("foundation", "Term").objects.using(using).filter(
        vocabulary__in={row[0] for row in WORDS}
    ).delete()
    shipped = (
        apps.get_model("programs", "Curriculum").objects.using(using).filter(organization=None, slug="cbi")
    )
    for of_it in (
        apps.get_model("programs", "CurriculumVersion").objects.using(using).filter(curriculum__in=shipped)
    ):
        of_it.sessions.all().delete()
        of_it.modules.all().delete()
        of_it.delete()
    shipped.delete()


class Migration(migrations.Migration):
    dependencies: ClassVar = [("programs", "0007_groups_kept"), ("foundation", "0008_timers_say_why")]
    operations: ClassVar = [migrations.RunPython(write, erase)]
