"""Why a referral was declined, withdrawn or ended: in two levels and two languages."""

from typing import Any, ClassVar

from django.db import migrations

WORDS = (
    # vocabulary, parent, code, English, Spanish
    ("decline_reason", "", "full", "No room now", "No hay lugar ahora"),
    ("decline_reason", "full", "full_until", "Full until a date", "Lleno hasta una fecha"),
    ("decline_reason", "full", "full_open", "Full, no date yet", "Lleno, sin fecha"),
    ("decline_reason", "", "not_met", "Doesn't meet a requirement", "No cumple un requisito"),
    ("decline_reason", "not_met", "requirement", "The service's own requirement", "El requisito del servicio"),
    ("decline_reason", "not_met", "area", "Lives outside our area", "Vive fuera de nuestra zona"),
    ("decline_reason", "not_met", "language", "We don't speak their language", "No hablamos su idioma"),
    ("decline_reason", "", "wrong_service", "Not what we do", "No es lo que hacemos"),
    ("decline_reason", "wrong_service", "need_differs", "They need something else", "Necesita otra cosa"),
    ("decline_reason", "wrong_service", "service_ended", "We no longer offer this", "Ya no ofrecemos esto"),
    ("decline_reason", "", "other", "Something else", "Otra razón"),
    ("decline_reason", "other", "known_here", "Already with us", "Ya está con nosotros"),
    ("decline_reason", "other", "no_staff", "No staff to do it", "Sin personal para hacerlo"),
    ("withdraw_reason", "", "person_changed", "The person changed their mind", "La persona cambió de idea"),
    ("withdraw_reason", "", "found_other", "Another place was found", "Se encontró otro lugar"),
    ("withdraw_reason", "", "mistake", "It was sent by mistake", "Se envió por error"),
    ("end_reason", "", "person_stopped", "The person chose to stop", "La persona decidió parar"),
    ("end_reason", "", "missed_too_much", "They missed too many times", "Faltó demasiadas veces"),
    ("end_reason", "", "work_or_family", "Work or family came first", "El trabajo o la familia"),
    ("end_reason", "", "moved_away", "They moved away", "Se mudó"),
    ("end_reason", "", "not_right", "It wasn't the right service", "No era el servicio correcto"),
    ("end_reason", "", "we_stopped", "We stopped the service", "Dejamos de dar el servicio"),
    ("availability", "", "weekdays", "Weekdays", "Entre semana"),
    ("availability", "", "evenings", "Evenings", "Por la tarde"),
    ("availability", "", "weekends", "Weekends", "Fines de semana"),
    ("availability", "", "any", "Any time", "A cualquier hora"),
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
    dependencies: ClassVar = [("referrals", "0002_promises")]
    operations: ClassVar = [migrations.RunPython(write, erase)]
