"""What a training and a credential are called, in two languages; and what stands under a file is of that file's organization."""

from importlib import import_module
from typing import Any, ClassVar

from django.db import migrations

from warmhandoff.participants.under_a_file import same_organization

kept = import_module("warmhandoff.participants.migrations.0012_corrections_kept")

WORDS = (
    # vocabulary, code, English, Spanish
    ("training_kind", "occupational", "Skills for an occupation", "Capacitación para un oficio"),
    ("training_kind", "upgrading", "More skills in one they have", "Más capacitación en el oficio que ya tiene"),
    ("training_kind", "prerequisite", "What another training asks for first", "Lo que otra capacitación pide primero"),
    ("training_kind", "readiness", "Getting ready for work", "Preparación para el trabajo"),
    ("training_kind", "on_the_job", "On the job", "En el trabajo"),
    ("training_kind", "apprenticeship", "Apprenticeship, or before one", "Aprendizaje de oficio, o su preparación"),
    ("training_kind", "school", "School or a diploma", "Escuela o diploma"),
    ("training_end_reason", "job", "Found work", "Encontró trabajo"),
    ("training_end_reason", "health", "Health", "Salud"),
    ("training_end_reason", "family", "Family or childcare", "Familia o cuidado de niños"),
    ("training_end_reason", "money", "Money, or getting there", "Dinero o transporte"),
    ("training_end_reason", "other_training", "Chose another training", "Eligió otra capacitación"),
    ("training_end_reason", "not_for_them", "It was not for them", "No era lo que buscaba"),
    ("training_end_reason", "missed_too_much", "Missed too much of it", "Faltó demasiado"),
    ("training_end_reason", "provider", "The provider called it off", "La escuela la canceló"),
    ("training_end_reason", "away", "Is away for a while", "No está por un tiempo"),
    ("training_end_reason", "no_contact", "Nobody could reach them", "Nadie pudo comunicarse"),
    ("training_end_reason", "other", "Something else", "Otra razón"),
    ("credential_kind", "certificate", "Certificate of completion", "Certificado de finalización"),
    ("credential_kind", "certification", "Industry certification", "Certificación de la industria"),
    ("credential_kind", "license", "Occupational license", "Licencia de oficio"),
    ("credential_kind", "apprenticeship", "Apprenticeship completed", "Aprendizaje de oficio terminado"),
    ("credential_kind", "secondary", "High-school diploma or equivalent", "Diploma de secundaria o equivalente"),
    ("credential_kind", "associate", "Associate degree", "Título de dos años"),
    ("credential_kind", "bachelor", "Bachelor’s degree", "Título universitario"),
    ("credential_kind", "other", "Another one", "Otro"),
    ("credential_evidence", "seen", "We saw the paper", "Vimos el documento"),
    ("credential_evidence", "register", "The issuer’s register says so", "El registro de quien lo da lo dice"),
    ("credential_evidence", "provider", "The training’s provider told us", "La escuela nos lo dijo"),
    ("credential_evidence", "told", "They told us; nothing seen yet", "Nos lo dijo; aún no vimos nada"),
)  # fmt: skip


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
    dependencies: ClassVar = [("programs", "0009_training")]
    operations: ClassVar = [
        same_organization("programs_training"),
        same_organization("programs_trainingevent"),
        same_organization("programs_credential"),
        kept._correction(
            "programs_credential", "by_id", "e.file_id = NEW.file_id AND e.enrollment_id = NEW.enrollment_id"
        ),
        migrations.RunPython(write, erase),
    ]
