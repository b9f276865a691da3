"""The words of casework as data: services given and their units, the needs scale with its anchors, what is ready, outcomes, the coach's guide.

The scale is the network's own: 1 is urgent, 5 needs nobody. Its anchors say what is so, never what somebody is like.
"""

from typing import Any, ClassVar

from django.db import migrations

SERVICE_UNITS = (
    ("hour", "hours", "horas"),
    ("time", "times", "veces"),
    ("item", "pieces", "piezas"),
)
# code, what it is counted in, data class, English, Spanish. A service that tells of health or law is of that class.
SERVICES = (
    ("case_management", "hour", "program", "Case management", "Manejo de caso"),
    ("coaching", "hour", "program", "Career coaching", "Orientación laboral"),
    ("peer_support", "hour", "program", "Peer support", "Apoyo de pares"),
    ("job_search", "hour", "program", "Help with finding work", "Ayuda para encontrar trabajo"),
    ("resume", "hour", "program", "Resume or interview practice", "Práctica de currículum o entrevista"),
    ("referral", "time", "program", "Referral to another service", "Referencia a otro servicio"),
    ("covid_referral", "time", "health", "COVID-19 referral", "Referencia por COVID-19"),
    ("papers", "time", "program", "Help with ID and papers", "Ayuda con identificación y documentos"),
    ("transport", "time", "program", "Ride or fare", "Traslado o pasaje"),
    ("housing", "time", "program", "Help with housing", "Ayuda con vivienda"),
    ("food", "time", "program", "Food and basic needs", "Comida y necesidades básicas"),
    ("clothing", "item", "program", "Work clothes or tools", "Ropa o herramientas de trabajo"),
    ("money_skills", "hour", "program", "Help with money and banking", "Ayuda con dinero y banco"),
    ("digital", "time", "program", "Help with phone and internet", "Ayuda con teléfono e internet"),
    ("family", "time", "program", "Help for family or child care", "Ayuda con la familia o el cuidado de niños"),
    ("benefits", "time", "program", "Help with benefits", "Ayuda con beneficios"),
    ("health_link", "time", "health", "Link to health care", "Enlace con atención médica"),
    ("mental_health_link", "time", "health", "Link to mental-health care", "Enlace con atención de salud mental"),
    ("substance_use_link", "time", "substance_use", "Link to substance use care",
     "Enlace con atención por consumo de sustancias"),
    ("legal", "time", "justice", "Help with a record or in court", "Ayuda con antecedentes o en la corte"),
    ("safety", "time", "violence_prevention", "Help to stay safe from violence",
     "Ayuda para protegerse de la violencia"),
)  # fmt: skip
LEVELS = (
    ("1", "Urgent", "Urgente"),
    ("2", "Hard", "Difícil"),
    ("3", "Holding", "Se sostiene"),
    ("4", "Steady", "Estable"),
    ("5", "Strong", "Firme"),
)
# domain: (data class, English, Spanish, the five anchors from 1 to 5, in both)
SCALE = {
    "work": ("needs", "Work", "Trabajo", (
        ("No work, and nothing in sight", "Sin trabajo y sin nada a la vista"),
        ("Odd jobs, a day here and there", "Trabajos sueltos, un día aquí y otro allá"),
        ("Part-time or temporary work", "Trabajo de medio tiempo o temporal"),
        ("Steady work, below what is aimed for", "Trabajo fijo, por debajo de lo que se busca"),
        ("Steady work with pay and hours that fit", "Trabajo fijo, con paga y horario que convienen"),
    )),
    "money": ("needs", "Money and bills", "Dinero y cuentas", (
        ("No money for this week", "Sin dinero para esta semana"),
        ("Runs out before the month ends", "No alcanza hasta fin de mes"),
        ("Bills are paid, nothing is left over", "Se pagan las cuentas, no sobra nada"),
        ("Bills are paid, a little is put by", "Se pagan las cuentas y se ahorra un poco"),
        ("Savings for a bad month, debts under control", "Ahorros para un mal mes, deudas bajo control"),
    )),
    "housing": ("needs", "Housing", "Vivienda", (
        ("No place to sleep this week", "Sin dónde dormir esta semana"),
        ("A place that ends within a month, or isn’t safe", "Un lugar que se acaba en un mes o no es seguro"),
        ("A place to stay for now, such as a program or relatives", "Un lugar por ahora, como un programa o con familiares"),
        ("A lease or room, the rent is tight", "Casa o cuarto propio, la renta cuesta trabajo"),
        ("A safe home that can be kept", "Un hogar seguro que se puede conservar"),
    )),
    "basics": ("needs", "Food and clothes", "Comida y ropa", (
        ("Goes without food now", "Pasa hambre ahora"),
        ("Lives on what is given out, and it isn’t enough", "Vive de lo que reparten y no alcanza"),
        ("Enough with food stamps or pantries", "Alcanza con estampillas o despensas"),
        ("Enough, and chooses most of it", "Alcanza y escoge casi todo"),
        ("Enough for everyone at home, without help", "Alcanza para todos en casa, sin ayuda"),
    )),
    "transport": ("needs", "Getting around", "Transporte", (
        ("No way to get to places", "Sin manera de llegar a los lugares"),
        ("Gets rides by luck", "Consigue que le lleven por suerte"),
        ("Bus or train, not at all hours that are needed", "Autobús o tren, no a todas las horas que hace falta"),
        ("Gets to most places on time", "Llega a tiempo a casi todos los lugares"),
        ("Gets anywhere on time, with a second way", "Llega a tiempo a todas partes y tiene otra opción"),
    )),
    "papers": ("right_to_work", "Papers", "Documentos", (
        ("No papers at all", "Sin ningún documento"),
        ("Something important is missing, nothing asked for yet", "Falta algo importante y aún no se pidió"),
        ("What is missing has been asked for", "Ya se pidió lo que falta"),
        ("What work asks for is there", "Está lo que pide un trabajo"),
        ("All papers are there, safe and up to date", "Todos los documentos, seguros y al día"),
    )),
    "learning": ("work_education", "School and skills", "Escuela y oficio", (
        ("Reading or counting stands in the way", "Leer o hacer cuentas es un obstáculo"),
        ("No diploma and no trade yet", "Sin diploma ni oficio todavía"),
        ("In class or in training", "Está en clase o en capacitación"),
        ("A diploma or a first certificate", "Un diploma o un primer certificado"),
        ("The certificate that the work asks for", "El certificado que pide el trabajo"),
    )),
    "family": ("housing_family", "Family and children", "Familia e hijos", (
        ("Children or family are at risk, or cut off", "Hijos o familia en riesgo o sin contacto"),
        ("Little contact, or care that falls through", "Poco contacto, o el cuidado falla"),
        ("Contact and care work most weeks", "Contacto y cuidado funcionan casi siempre"),
        ("Contact is good, care is arranged", "Buen contacto, el cuidado está resuelto"),
        ("Family life carries, also in bad weeks", "La familia sostiene, también en semanas malas"),
    )),
    "support": ("needs", "People to count on", "Personas con quienes contar", (
        ("Nobody to call", "Nadie a quien llamar"),
        ("Only people who pull the wrong way", "Solo personas que llevan por mal camino"),
        ("One person to call", "Una persona a quien llamar"),
        ("A few people who help", "Algunas personas que ayudan"),
        ("People to count on, and gives help back", "Personas con quienes contar, y también ayuda a otras"),
    )),
    "health": ("health", "Health", "Salud", (
        ("Needs care now and has none", "Necesita atención ahora y no la tiene"),
        ("Puts care off, or has no coverage", "Deja pasar la atención o no tiene cobertura"),
        ("Covered, and sees someone when it is bad", "Tiene cobertura y se atiende cuando se pone mal"),
        ("Looked after, seldom misses work for it", "Se atiende y rara vez falta al trabajo por eso"),
        ("Well, with a doctor who knows them", "Bien, con un médico que le conoce"),
    )),
    "mind": ("health", "Peace of mind", "Tranquilidad", (
        ("In danger, or can’t get through the day", "En peligro, o no logra pasar el día"),
        ("Most days are bad, without help", "La mayoría de los días son malos, sin ayuda"),
        ("Some bad days, has someone to talk to", "Algunos días malos, tiene con quién hablar"),
        ("Copes, and knows what helps", "Lo maneja y sabe qué le ayuda"),
        ("Well, also under strain", "Bien, también bajo presión"),
    )),
    "substances": ("substance_use", "Alcohol and drugs", "Alcohol y drogas", (
        ("Use puts life or freedom at risk now", "El consumo pone en riesgo la vida o la libertad ahora"),
        ("Use gets in the way of most plans", "El consumo estorba la mayoría de los planes"),
        ("In care, or cutting down", "En atención o consumiendo menos"),
        ("Steady for months, with support", "Estable desde hace meses, con apoyo"),
        ("No trouble with it", "No causa problemas"),
    )),
    "law": ("justice", "Legal matters", "Asuntos legales", (
        ("A warrant, or a court date missed", "Una orden pendiente o una cita de corte perdida"),
        ("Open matters, and nobody helps with them", "Asuntos abiertos y nadie ayuda con ellos"),
        ("Open matters, with a lawyer or a plan", "Asuntos abiertos, con abogado o con un plan"),
        ("Terms are kept, the end is in sight", "Cumple las condiciones, se ve el final"),
        ("Nothing is open", "No hay nada abierto"),
    )),
    "safety": ("violence_prevention", "Safety", "Seguridad", (
        ("In danger of violence now", "En peligro de violencia ahora"),
        ("Avoids places or hours out of fear", "Evita lugares u horas por miedo"),
        ("Safe at home, careful elsewhere", "En casa hay seguridad, afuera con cuidado"),
        ("Safe in most places", "Seguridad en casi todos los lugares"),
        ("Safe, and nobody is looking for them", "Seguridad, y nadie le busca"),
    )),
}  # fmt: skip
# domain: code, English, Spanish of what will tell that a goal was reached
OUTCOMES = {
    "work": (
        ("job_started", "Started a job", "Empezó un trabajo"),
        ("job_ninety_days", "Kept a job for 90 days", "Conservó un trabajo 90 días"),
        ("better_pay", "Earns more than at the start", "Gana más que al principio"),
        ("paid_experience", "Completed paid work experience", "Completó experiencia laboral pagada"),
    ),
    "money": (
        ("account_opened", "Has a bank account", "Tiene cuenta de banco"),
        ("budget_kept", "Kept a budget for three months", "Llevó un presupuesto tres meses"),
        ("debt_plan", "Has a plan for debts or fines", "Tiene un plan para deudas o multas"),
    ),
    "housing": (
        ("place_found", "Has a safe place to live", "Tiene un lugar seguro donde vivir"),
        ("place_kept", "Kept the place for 90 days", "Conservó el lugar 90 días"),
    ),
    "basics": (
        ("benefits_received", "Gets the benefits they are entitled to", "Recibe los beneficios que le tocan"),
        ("enough_food", "Has enough food each week", "Tiene suficiente comida cada semana"),
    ),
    "transport": (
        ("way_to_work", "Has a way to get to work", "Tiene cómo llegar al trabajo"),
        ("license", "Has a driver license", "Tiene licencia de manejar"),
    ),
    "papers": (
        ("id_received", "Has a photo ID", "Tiene identificación con foto"),
        ("work_papers", "Has what a job asks for", "Tiene lo que pide un trabajo"),
    ),
    "learning": (
        ("training_completed", "Completed training", "Completó una capacitación"),
        ("credential_earned", "Earned a credential", "Obtuvo un certificado"),
        ("diploma_earned", "Earned a diploma or GED", "Obtuvo un diploma o GED"),
        ("group_completed", "Completed the skills group", "Completó el grupo de habilidades"),
    ),
    "family": (
        ("care_arranged", "Child care is arranged", "El cuidado de los niños está resuelto"),
        ("contact_regular", "Regular contact with family", "Contacto regular con la familia"),
    ),
    "support": (
        ("someone_to_call", "Has someone to call", "Tiene a quién llamar"),
        ("peer_met", "Meets a peer mentor regularly", "Se reúne seguido con un mentor"),
    ),
    "health": (
        ("covered", "Has health coverage", "Tiene cobertura de salud"),
        ("doctor_found", "Has a doctor", "Tiene médico"),
    ),
    "mind": (("care_begun", "Sees someone they trust", "Se atiende con alguien de confianza"),),
    "substances": (("in_care", "Is in care, or needs none", "Está en atención o no la necesita"),),
    "law": (
        ("record_petition", "A petition to clear the record is filed", "Se presentó una petición para limpiar antecedentes"),
        ("fines_settled", "Fines are settled", "Las multas están resueltas"),
        ("terms_kept", "Terms were kept to the end", "Cumplió las condiciones hasta el final"),
    ),
    "safety": (("safety_plan", "Has a safety plan", "Tiene un plan de seguridad"),),
}  # fmt: skip
READY = (
    ("photo_id", "right_to_work", "Photo ID", "Identificación con foto"),
    ("right_to_work", "right_to_work", "Papers that show the right to work", "Documentos que muestran el derecho a trabajar"),
    ("bank_account", "work_education", "Bank account", "Cuenta de banco"),
    ("phone", "contact", "Phone", "Teléfono"),
    ("email", "contact", "E-mail", "Correo electrónico"),
    ("resume", "work_education", "Resume", "Currículum"),
    ("disclosure_letter", "justice", "Letter about their past, in their own words", "Carta sobre su pasado, en sus propias palabras"),
    ("housing", "housing_family", "Place to live", "Lugar donde vivir"),
    ("clothing", "work_education", "Clothes for interviews and work", "Ropa para entrevistas y trabajo"),
)  # fmt: skip
# part: English, Spanish, what a coach asks
GUIDE = {
    "clarify_goals": ("Clarify goals", "Aclarar las metas", (
        ("What would a good working day look like, a year from now?", "¿Cómo sería un buen día de trabajo dentro de un año?"),
        ("What have you done, paid or not, that you want to do more of?", "¿Qué ha hecho, con paga o sin ella, que quiere seguir haciendo?"),
        ("What must a job leave room for: family, health, appointments?", "¿Para qué debe dejar tiempo un trabajo: familia, salud, citas?"),
        ("Which one step could be done before we meet again?", "¿Qué paso se puede dar antes de la próxima reunión?"),
    )),
    "navigate_systems": ("Navigate systems", "Moverse entre trámites", (
        ("Which office, letter, or date worries you most right now?", "¿Qué oficina, carta o fecha le preocupa más ahora?"),
        ("What have they asked you for, and what is still missing?", "¿Qué le pidieron y qué falta todavía?"),
        ("Who could go with you, or call together with you?", "¿Quién podría acompañarle, o llamar junto con usted?"),
        ("Which rights do you have there, and whom can you ask?", "¿Qué derechos tiene ahí y a quién puede preguntar?"),
    )),
    "connect_work": ("Connect with work", "Conectar con el trabajo", (
        ("Which work near you fits what you want and what you can do?", "¿Qué trabajo cerca de usted va con lo que quiere y lo que sabe hacer?"),
        ("What do you want to tell an employer about yourself, and what not?", "¿Qué quiere contarle de usted a un empleador y qué no?"),
        ("Shall we practice the first call or the interview now?", "¿Practicamos ahora la primera llamada o la entrevista?"),
        ("Which of the next openings do you want to try for?", "¿Cuál de las próximas vacantes quiere intentar?"),
    )),
}  # fmt: skip


def rows() -> list[dict[str, Any]]:
    """Every term, in the order of its vocabulary."""
    found = [
        *({"vocabulary": "service_unit", "code": code, "en": en, "es": es} for code, en, es in SERVICE_UNITS),
        *(
            {"vocabulary": "service_given", "code": code, "parent": unit, "data_class": data_class, "en": en, "es": es}
            for code, unit, data_class, en, es in SERVICES
        ),
        *({"vocabulary": "scale_level", "code": code, "en": en, "es": es} for code, en, es in LEVELS),
        *(
            {"vocabulary": "ready_item", "code": code, "data_class": data_class, "en": en, "es": es}
            for code, data_class, en, es in READY
        ),
    ]  # fmt: skip
    for domain, (data_class, en, es, anchors) in SCALE.items():
        found.append({"vocabulary": "scale_domain", "code": domain, "data_class": data_class, "en": en, "es": es})
        found += [
            {"vocabulary": "scale_anchor", "code": f"{domain}_{level}", "parent": domain, "en": anchor_en, "es": anchor_es}
            for level, (anchor_en, anchor_es) in enumerate(anchors, start=1)
        ]  # fmt: skip
    for domain, outcomes in OUTCOMES.items():
        found += [
            {"vocabulary": "plan_outcome", "code": code, "parent": domain, "en": en, "es": es} for code, en, es in outcomes
        ]  # fmt: skip
    for part, (en, es, questions) in GUIDE.items():
        found.append({"vocabulary": "coach_guide", "code": part, "en": en, "es": es})
        found += [
            {"vocabulary": "coach_question", "code": f"{part}_{number}", "parent": part, "en": ask_en, "es": ask_es}
            for number, (ask_en, ask_es) in enumerate(questions, start=1)
        ]  # fmt: skip
    places: dict[str, int] = {}
    for row in found:
        row["position"] = places[row["vocabulary"]] = places.get(row["vocabulary"], -1) + 1
    return found


def write(apps: Any, schema_editor: Any) -> None:
    term = apps.get_model("foundation", "Term")
    term.objects.using(schema_editor.connection.alias).bulk_create(term(**row) for row in rows())


def erase(apps: Any, schema_editor: Any) -> None:
    term = apps.get_model("foundation", "Term")
    ours = {row["vocabulary"] for row in rows()}
    term.objects.using(schema_editor.connection.alias).filter(vocabulary__in=ours).delete()


class Migration(migrations.Migration):
    dependencies: ClassVar = [("casework", "0002_casework_of_a_file"), ("foundation", "0008_timers_say_why")]
    operations: ClassVar = [migrations.RunPython(write, erase)]
