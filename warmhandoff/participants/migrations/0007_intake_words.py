"""The words of intake as data: what needs are grouped by, and the answers to what may be told about oneself."""

from typing import Any, ClassVar

from django.db import migrations

WORDS = {
    # How the list of needs is grouped; each kind of need names its group as its parent.
    "need_domain": (
        ("work", "Work and training", "Trabajo y capacitación"),
        ("basics", "To get by", "Para el día a día"),
        ("health", "Health and safety", "Salud y seguridad"),
        ("law", "Law", "Asuntos legales"),
        ("support", "Family, school and support", "Familia, escuela y apoyo"),
    ),
    "gender": (
        ("woman", "Woman", "Mujer"),
        ("man", "Man", "Hombre"),
        ("nonbinary", "Nonbinary", "No binario"),
        ("another", "Another word", "Otra palabra"),
    ),
    # Several may be chosen, as the person says it.
    "race": (
        ("black", "Black or African American", "Negro o afroamericano"),
        ("hispanic", "Hispanic or Latino", "Hispano o latino"),
        ("white", "White", "Blanco"),
        ("asian", "Asian", "Asiático"),
        ("american_indian", "American Indian or Alaska Native", "Indígena americano o nativo de Alaska"),
        ("pacific", "Native Hawaiian or Pacific Islander", "Nativo de Hawái o de las islas del Pacífico"),
        ("middle_eastern", "Middle Eastern or North African", "De Medio Oriente o el norte de África"),
        ("another", "Another word", "Otra palabra"),
    ),
    "housing_status": (
        ("own", "A home of their own, rented or owned", "Casa propia o rentada"),
        ("with_others", "With family or friends", "Con familia o amigos"),
        ("interim", "A shelter or interim housing", "Un albergue o vivienda temporal"),
        ("outside", "Outside, in a car, or moving around", "En la calle, en un carro o sin lugar fijo"),
        ("facility", "A treatment or care facility", "Un centro de tratamiento o de cuidado"),
    ),
    "employment": (
        ("full_time", "Works full time", "Trabaja tiempo completo"),
        ("part_time", "Works part time or now and then", "Trabaja medio tiempo o a ratos"),
        ("looking", "Looks for work", "Busca trabajo"),
        ("not_looking", "Does not look for work now", "No busca trabajo por ahora"),
    ),
}
DOMAINS = {
    "work": ("WRK-PLC", "WRK-TRN", "WRK-RDY", "WRK-TSE", "WRK-OJT", "WRK-APP", "WRK-RET"),
    "basics": ("HSG", "ID", "FOD", "TRN", "DIG", "FIN"),
    "health": ("HLT", "MH", "SUD", "VIO"),
    "law": ("RCL", "CIV", "SUPV"),
    "support": ("FAM", "EDU", "PEER", "CBI", "ICM"),
}


def write(apps: Any, schema_editor: Any) -> None:
    terms = apps.get_model("foundation", "Term").objects.using(schema_editor.connection.alias)
    terms.bulk_create(
        terms.model(vocabulary=vocabulary, code=code, en=en, es=es, position=position)
        for vocabulary, rows in WORDS.items()
        for position, (code, en, es) in enumerate(rows)
    )
    for domain, codes in DOMAINS.items():
        terms.filter(vocabulary="service_code", code__in=codes).update(parent=domain)


def erase(apps: Any, schema_editor: Any) -> None:
    terms = apps.get_model("foundation", "Term").objects.using(schema_editor.connection.alias)
    terms.filter(vocabulary__in=WORDS).delete()
    terms.filter(vocabulary="service_code").update(parent="")


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("participants", "0006_intake_of_a_file"),
        ("directory", "0002_service_codes"),
        ("foundation", "0003_crossing"),
    ]
    operations: ClassVar = [migrations.RunPython(write, erase)]
