"""The kinds of service and need, in the network's own words. A need has the data class of its code."""

from typing import Any, ClassVar

from django.db import migrations

CODES = (
    # code, English, Spanish, data class of a need of this kind
    ("ID", "ID and documents", "Identificación y documentos", "needs"),
    ("RCL", "Record clearance", "Limpieza de antecedentes", "justice"),
    ("CIV", "Civil legal help", "Ayuda legal civil", "justice"),
    ("HSG", "Housing", "Vivienda", "needs"),
    ("FOD", "Food and basic needs", "Comida y necesidades básicas", "needs"),
    ("TRN", "Getting around", "Transporte", "needs"),
    ("MH", "Mental health", "Salud mental", "health"),
    ("SUD", "Substance use care", "Atención por consumo de sustancias", "substance_use"),
    ("HLT", "Health and benefits", "Salud y beneficios", "health"),
    ("FAM", "Family and child care", "Familia y cuidado de niños", "needs"),
    ("FIN", "Money and banking", "Dinero y banco", "needs"),
    ("DIG", "Phone and internet", "Teléfono e internet", "needs"),
    ("EDU", "School and English", "Escuela e inglés", "needs"),
    ("CBI", "Skills group", "Grupo de habilidades", "needs"),
    ("PEER", "Peer support", "Apoyo de pares", "needs"),
    ("ICM", "Case management", "Manejo de caso", "needs"),
    ("WRK-RDY", "Getting ready for work", "Prepararse para trabajar", "needs"),
    ("WRK-TRN", "Job training", "Capacitación laboral", "needs"),
    ("WRK-TSE", "Transitional job", "Trabajo de transición", "needs"),
    ("WRK-OJT", "On-the-job training", "Capacitación en el trabajo", "needs"),
    ("WRK-APP", "Apprenticeship", "Aprendizaje de oficio", "needs"),
    ("WRK-PLC", "Finding a job", "Encontrar trabajo", "needs"),
    ("WRK-RET", "Keeping a job", "Conservar el trabajo", "needs"),
    ("VIO", "Safety from violence", "Protección de la violencia", "violence_prevention"),
    ("SUPV", "Help with supervision", "Ayuda con la supervisión", "supervision"),
)


def write(apps: Any, schema_editor: Any) -> None:
    term = apps.get_model("foundation", "Term")
    term.objects.using(schema_editor.connection.alias).bulk_create(
        term(vocabulary="service_code", code=code, en=en, es=es, data_class=data_class, position=position)
        for position, (code, en, es, data_class) in enumerate(CODES)
    )


def erase(apps: Any, schema_editor: Any) -> None:
    term = apps.get_model("foundation", "Term")
    term.objects.using(schema_editor.connection.alias).filter(vocabulary="service_code").delete()


class Migration(migrations.Migration):
    dependencies: ClassVar = [("directory", "0001_initial"), ("foundation", "0003_crossing")]
    operations: ClassVar = [migrations.RunPython(write, erase)]
