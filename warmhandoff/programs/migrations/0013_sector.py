"""What programs ask to be shown, how, and why a condition may be passed over; two programs of this county, and one of other places."""

from datetime import date
from typing import Any, ClassVar

from django.db import migrations

WORDS = (
    # vocabulary, code, data class, English, Spanish
    ("eligibility_proof", "of_age", "contact", "Their age", "Su edad"),
    ("eligibility_proof", "justice_history", "justice", "Arrested, charged or convicted at some time", "Arresto, cargo o condena alguna vez"),
    ("eligibility_proof", "behavioral_health", "substance_use", "Mental health or substance use, now or before (which of them is not asked)", "Salud mental o consumo de sustancias, ahora o antes (no se pregunta cuál)"),
    ("eligibility_proof", "gun_violence", "violence_prevention", "At risk of gun violence", "En riesgo de violencia con armas de fuego"),
    ("eligibility_proof", "system_impacted", "justice", "Affected by the justice system", "Afectada o afectado por el sistema de justicia"),
    ("eligibility_proof", "lives_in_compton", "contact", "Lives in the Compton area", "Vive en la zona de Compton"),
    ("eligibility_proof", "came_home", "justice", "Came home from a state prison", "Salió de una prisión estatal"),
    ("proof_method", "document", "", "a paper that we saw", "un documento que vimos"),
    ("proof_method", "agency", "", "an agency's word", "la palabra de una agencia"),
    ("proof_method", "self", "", "their own word", "su propia palabra"),
    ("justice_limb", "arrested", "justice", "Arrested", "Arresto"),
    ("justice_limb", "charged", "justice", "Charged", "Cargos"),
    ("justice_limb", "convicted", "justice", "Convicted", "Condena"),
    ("waiver_reason", "paper_delayed", "", "The paper is on its way", "El documento está en camino"),
    ("waiver_reason", "agency_silent", "", "The agency does not answer", "La agencia no responde"),
    ("waiver_reason", "agency_agrees", "", "The contracting agency agrees", "La agencia que contrata está de acuerdo"),
    ("waiver_reason", "safety", "", "Showing it would not be safe for them", "Comprobarlo no sería seguro para la persona"),
    ("waiver_reason", "close_enough", "", "They nearly meet it, and the program is right for them", "Casi lo cumple, y el programa le conviene"),
    ("proof_correction", "wrong_answer", "", "The answer was wrong", "La respuesta era incorrecta"),
    ("proof_correction", "wrong_day", "", "The day was wrong", "El día era incorrecto"),
    ("proof_correction", "wrong_way", "", "How it was shown was wrong", "La forma de comprobarlo era incorrecta"),
    ("proof_correction", "wrong_person", "", "It was about somebody else", "Era de otra persona"),
    ("other_program", "trauma_prevention", "violence_prevention", "Trauma Prevention Initiative", "Trauma Prevention Initiative"),
)  # fmt: skip

SEEN = date(2026, 11, 21)  # when somebody last held these against their sources
ODR = "The county's announcement of SECTOR (Office of Diversion and Reentry, 2021)"
AWARD = "The award summary of SECTOR (Justice, Care and Opportunities Department, 2025)"
ARP = "The county's public page of the project SECTOR Expansion (ARP, 1.3 Care First, Jails Last); it gives no days"
MDRC = "MDRC, Transitional Jobs Reentry Demonstration: report of the first year, p. 12, as quoted elsewhere"
OURS = " How it is shown, and how long that holds, is the network's own practice."
ANY = ["document", "agency", "self"]

PROGRAMS = {
    "sector": "",
    "sector-expansion": "",
    "transitional-jobs": "Chicago, Detroit, Milwaukee and St. Paul",
}
TERMS = (
    # program, from, to, name, Spanish name, about, Spanish about, source, verified on
    (
        "sector", date(2021, 1, 1), None,
        "SECTOR: Skills and Experience for the Careers of Tomorrow",
        "SECTOR: habilidades y experiencia para las carreras del mañana",
        "Skills training or paid work in growing fields, with a case manager, a peer mentor, groups, and help with whatever else stands in the way.",
        "Formación o trabajo pagado en sectores que crecen, con responsable de caso, mentoría de pares, grupos y ayuda con lo demás.",
        f"{ODR}; {AWARD}", SEEN,
    ),
    (
        "sector-expansion", date(2022, 1, 1), None,
        "SECTOR Expansion",
        "SECTOR Expansion",
        "SECTOR with trauma-informed support, with a focus on the Compton area, together with the Trauma Prevention Initiative.",
        "SECTOR con apoyo informado sobre el trauma, con atención a la zona de Compton, junto con la Trauma Prevention Initiative.",
        ARP, None,
    ),
    (
        "transitional-jobs", date(2007, 1, 1), date(2008, 9, 30),
        "Transitional Jobs Reentry Demonstration",
        "Demostración de empleos de transición para el regreso",
        "Paid transitional jobs for men who had just come home from a state prison, in four cities of the Midwest.",
        "Empleos de transición pagados para hombres que acababan de salir de una prisión estatal, en cuatro ciudades del Medio Oeste.",
        MDRC, None,
    ),
)  # fmt: skip
FUNDING = (
    # program, grant, tranche, from, to, source
    ("sector", "Proposition 47, cohort 2", "", date(2021, 1, 1), date(2023, 5, 15), f"{ODR}; the cohort ended in May 2023"),
    ("sector", "Proposition 47, cohort 3", "", date(2023, 5, 16), None, "The county's evaluation plans name the cohort; its days are to be confirmed"),
    ("sector-expansion", "American Rescue Plan", "I", date(2022, 1, 1), date(2023, 12, 31), ARP),
    ("sector-expansion", "American Rescue Plan", "II", date(2024, 1, 1), date(2026, 12, 31), ARP),
    ("transitional-jobs", "Joyce Foundation", "", date(2007, 1, 1), date(2008, 9, 30), MDRC),
)  # fmt: skip
CRITERIA = (
    # program, from, to, and what the row says
    ("sector", date(2021, 1, 1), None, {
        "code": "adult", "kind": "age", "at_least": 18, "can_be_waived": False, "shown_by": "of_age", "methods": ANY,
        "source": ODR + "." + OURS, "verified_on": SEEN,
    }),
    ("sector", date(2021, 1, 1), None, {
        "code": "justice", "kind": "answer", "values": ["justice_history"], "shown_by": "justice_history", "methods": ANY,
        "self_holds_days": 180, "source": ODR + "." + OURS, "verified_on": SEEN,
        "words_en": "For people who were arrested, charged or convicted",
        "words_es": "Para personas que tuvieron un arresto, un cargo o una condena",
    }),
    # Asked of the person alone: an answer of a program of care would be a record that the law protects further.
    ("sector", date(2021, 1, 1), None, {
        "code": "health", "kind": "answer", "values": ["behavioral_health"], "shown_by": "behavioral_health", "methods": ["self"],
        "source": ODR + "." + OURS, "verified_on": SEEN,
        "words_en": "For people who live, or lived, with mental health or substance use challenges",
        "words_es": "Para personas que viven o vivieron con retos de salud mental o de consumo",
    }),
    ("sector-expansion", date(2022, 1, 1), date(2023, 12, 31), {
        "code": "adult", "kind": "age", "at_least": 16, "can_be_waived": False, "shown_by": "of_age", "methods": ANY,
        "source": ARP + ". Opportunity youth read as 16 and older.", "verified_on": None,
        "words_en": "For adults and opportunity youth", "words_es": "Para personas adultas y jóvenes en busca de oportunidades",
    }),
    ("sector-expansion", date(2024, 1, 1), None, {
        "code": "adult", "kind": "age", "at_least": 18, "can_be_waived": False, "shown_by": "of_age", "methods": ANY,
        "source": ARP, "verified_on": SEEN,
    }),
    ("sector-expansion", date(2022, 1, 1), None, {
        "code": "gun_violence", "kind": "answer", "values": ["gun_violence"], "shown_by": "gun_violence", "methods": ["agency", "self"],
        "either": "involved", "holds_days": 365, "self_holds_days": 180, "source": ARP + "." + OURS, "verified_on": SEEN,
        "words_en": "For people at risk of gun violence", "words_es": "Para personas en riesgo de violencia con armas de fuego",
    }),
    ("sector-expansion", date(2022, 1, 1), None, {
        "code": "impacted", "kind": "answer", "values": ["system_impacted"], "shown_by": "system_impacted", "methods": ANY,
        "either": "involved", "self_holds_days": 180, "source": ARP + "." + OURS, "verified_on": SEEN,
        "words_en": "For people whom the justice system affected",
        "words_es": "Para personas a quienes afectó el sistema de justicia",
    }),
    ("sector-expansion", date(2022, 1, 1), None, {
        "code": "compton", "kind": "answer", "values": ["lives_in_compton"], "shown_by": "lives_in_compton", "methods": ANY,
        "is_focus": True, "holds_days": 365, "source": ARP, "verified_on": SEEN,
        "words_en": "Above all for people of the Compton area", "words_es": "Sobre todo para personas de la zona de Compton",
    }),
    ("transitional-jobs", date(2007, 1, 1), date(2008, 9, 30), {
        "code": "adult", "kind": "age", "at_least": 18, "can_be_waived": False, "shown_by": "of_age", "methods": ["document"],
        "source": MDRC, "verified_on": None,
    }),
    ("transitional-jobs", date(2007, 1, 1), date(2008, 9, 30), {
        "code": "men", "kind": "gender", "values": ["man"], "source": MDRC, "verified_on": None,
    }),
    ("transitional-jobs", date(2007, 1, 1), date(2008, 9, 30), {
        "code": "came_home", "kind": "answer", "values": ["came_home"], "shown_by": "came_home", "methods": ["document", "agency"],
        "holds_days": 90, "source": MDRC, "verified_on": None,
        "words_en": "For people who came home from a state prison within 90 days",
        "words_es": "Para personas que salieron de una prisión estatal hace 90 días o menos",
    }),
)  # fmt: skip


def write(apps: Any, schema_editor: Any) -> None:
    using = schema_editor.connection.alias
    table = {name: apps.get_model("programs", name).objects.using(using) for name in ("Program", "ProgramTerms", "Funding", "Criterion")}
    term = apps.get_model("foundation", "Term")
    term.objects.using(using).bulk_create(
        term(vocabulary=vocabulary, code=code, data_class=data_class, en=en, es=es, position=position)
        for position, (vocabulary, code, data_class, en, es) in enumerate(WORDS)
    )
    programs = {slug: table["Program"].create(slug=slug, elsewhere=place) for slug, place in PROGRAMS.items()}
    for slug, begins, ends, name, name_es, about, about_es, source, verified in TERMS:
        table["ProgramTerms"].create(
            program=programs[slug], valid_from=begins, valid_to=ends, name=name, name_es=name_es, about=about,
            about_es=about_es, source=source, verified_on=verified,
        )  # fmt: skip
    for slug, grant, tranche, begins, ends, source in FUNDING:
        table["Funding"].create(
            program=programs[slug], grant=grant, tranche=tranche, valid_from=begins, valid_to=ends, source=source
        )
    for position, (slug, begins, ends, says) in enumerate(CRITERIA):
        table["Criterion"].create(
            program=programs[slug], position=position, valid_from=begins, valid_to=ends, **says
        )


def erase(apps: Any, schema_editor: Any) -> None:
    using = schema_editor.connection.alias
    for name in ("Criterion", "Funding", "ProgramTerms"):
        apps.get_model("programs", name).objects.using(using).filter(program__slug__in=PROGRAMS).delete()
    apps.get_model("programs", "Program").objects.using(using).filter(slug__in=PROGRAMS).delete()
    vocabularies = {row[0] for row in WORDS}
    apps.get_model("foundation", "Term").objects.using(using).filter(vocabulary__in=vocabularies).delete()


class Migration(migrations.Migration):
    dependencies: ClassVar = [("programs", "0012_eligibility_kept"), ("foundation", "0008_timers_say_why")]
    operations: ClassVar = [migrations.RunPython(write, erase)]
