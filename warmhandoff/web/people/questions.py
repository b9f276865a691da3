"""What is read out to the person at intake, in both languages, side by side: the reader picks the one that is understood.

Sixth-grade words. Spanish speaks to someone as *usted*. What is asked beyond the five questions says what it is for.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import get_language


@dataclass(frozen=True)
class Spoken:
    lang: str
    text: str
    why: str


@dataclass(frozen=True)
class Question:
    """One question, and why we ask it."""

    key: str
    en: str
    es: str
    why_en: str = ""
    why_es: str = ""

    @property
    def first(self) -> Spoken:
        """In the language of whoever reads the page."""
        return self._in(both_languages()[0])

    @property
    def second(self) -> Spoken:
        return self._in(both_languages()[1])

    def _in(self, lang: str) -> Spoken:
        return Spoken(lang, self.es, self.why_es) if lang == "es" else Spoken(lang, self.en, self.why_en)


def both_languages() -> tuple[str, str]:
    """The page's own first."""
    return ("es", "en") if (get_language() or "en").startswith("es") else ("en", "es")


QUESTIONS = {
    question.key: question
    for question in (
        # The five that are always asked.
        Question(
            "adult",
            "Are you 18 or older?",
            "¿Tiene 18 años o más?",
            "We keep files only for adults. If you are younger, we call someone who can help you today.",
            "Solo guardamos expedientes de personas adultas. Si es menor, llamamos a alguien que puede ayudarle hoy.",
        ),
        Question(
            "name",
            "What is your name?",
            "¿Cómo se llama?",
            "So that we know whom to ask for. The name you go by is enough.",
            "Para saber por quién preguntar. Basta el nombre que usa.",
        ),
        Question(
            "language",
            "Which language should we use with you?",
            "¿En qué idioma quiere que le hablemos?",
            "So that whoever calls or writes speaks it.",
            "Para que quien le llame o le escriba lo hable.",
        ),
        Question(
            "reach",
            "How can we reach you safely?",
            "¿Cómo podemos comunicarnos con usted de forma segura?",
            "So that we use a way that nobody else reads or hears, and only that way.",
            "Para usar un medio que nadie más lea ni escuche, y solo ese.",
        ),
        Question(
            "needs",
            "What do you need help with?",
            "¿Con qué necesita ayuda?",
            "So that we look for the right place. You can say more later, or change your mind.",
            "Para buscar el lugar adecuado. Puede decir más después, o cambiar de idea.",
        ),
        # What may be asked as well.
        Question("last_name", "And your last name?", "¿Y su apellido?"),
        Question(
            "birth_date",
            "When were you born?",
            "¿Cuándo nació?",
            "Some places are for people of a certain age. It also helps us not to mix you up with someone else.",
            "Algunos lugares son para personas de cierta edad. También nos ayuda a no confundirle con otra persona.",
        ),
        Question(
            "pronouns",
            "How should we speak of you: she, he, they?",
            "¿Cómo quiere que hablemos de usted: ella, él, elle?",
        ),
        Question("speaks", "Which other languages do you speak?", "¿Qué otros idiomas habla?"),
        Question("number", "Which number should we use?", "¿Qué número usamos?"),
        Question("email", "Which email address?", "¿Qué correo electrónico?"),
        Question(
            "leave_message",
            "May we leave a message there?",
            "¿Podemos dejar un mensaje ahí?",
        ),
        Question("also_call", "May we also call that number?", "¿También podemos llamar a ese número?"),
        Question(
            "quiet",
            "Is there a time when we should not call or write?",
            "¿Hay horas en que no debemos llamar ni escribir?",
        ),
        Question(
            "do_not_contact",
            "Do you want us to stay quiet for now?",
            "¿Quiere que no le contactemos por ahora?",
        ),
        Question(
            "alternate",
            "Is there someone else who can tell you that we called?",
            "¿Hay otra persona que le pueda avisar que llamamos?",
        ),
        Question(
            "may_say_who_calls",
            "May we tell them where we are calling from?",
            "¿Podemos decirle de dónde llamamos?",
        ),
        Question(
            "area",
            "Where do you stay most nights? The part of the county is enough.",
            "¿Dónde pasa la mayoría de las noches? Basta la zona del condado.",
            "So that we look for help near you.",
            "Para buscar ayuda cerca de usted.",
        ),
        Question(
            "street",
            "Is there an address where mail reaches you?",
            "¿Hay una dirección donde le llegue el correo?",
        ),
        Question("zip_code", "What is the ZIP code there?", "¿Cuál es el código postal ahí?"),
        Question("note", "Is there something else we should know?", "¿Hay algo más que debamos saber?"),
        Question(
            "papers",
            "Which of these papers do you have? We never write down a number.",
            "¿Cuáles de estos documentos tiene? Nunca anotamos un número.",
            "Some places ask for them. If one is missing, we can help you get it.",
            "Algunos lugares los piden. Si falta alguno, le ayudamos a conseguirlo.",
        ),
        Question(
            "diploma",
            "Did you finish high school, or get a GED?",
            "¿Terminó la preparatoria o tiene un GED?",
            "Some courses ask for it.",
            "Algunos cursos lo piden.",
        ),
        Question("employment", "Do you work now, or look for work?", "¿Trabaja ahora, o busca trabajo?"),
        Question(
            "housing",
            "Where do you sleep these days?",
            "¿Dónde duerme en estos días?",
            "Some help is only for people without a home of their own.",
            "Alguna ayuda es solo para personas sin casa propia.",
        ),
        Question(
            "justice",
            "Were you ever arrested, in court, or in jail or prison? Only yes or no. Please don’t tell us what for.",
            "¿Alguna vez le arrestaron, tuvo que ir a la corte o estuvo en la cárcel o prisión? Solo sí o no. Por favor, no nos diga por qué.",
            "Some places are meant for people who were. We keep a yes or a no, and nothing else, ever.",
            "Algunos lugares son para personas que sí. Guardamos un sí o un no, y nunca nada más.",
        ),
        Question("gender", "How do you describe your gender?", "¿Cómo describe su género?"),
        Question(
            "races",
            "How do you describe your race or where your family comes from?",
            "¿Cómo describe su raza o el origen de su familia?",
        ),
        Question("veteran", "Did you serve in the military?", "¿Sirvió en las fuerzas armadas?"),
        Question("disability", "Do you have a disability?", "¿Tiene alguna discapacidad?"),
        Question(
            "about_you",
            "May I ask a few more questions about you? You don’t have to answer any of them, and you get the same help.",
            "¿Puedo hacerle algunas preguntas más sobre usted? No tiene que contestar ninguna, y recibe la misma ayuda.",
            "Those who pay for this help ask how many people of each group it reaches. They get numbers, and no names.",
            "Quienes pagan esta ayuda preguntan a cuántas personas de cada grupo llega. Reciben números, y ningún nombre.",
        ),
        Question(
            "share",
            "Nothing about you is shared today. Before we ask a place for you, we show you what it would be told. You say yes or no.",
            "Hoy no se comparte nada sobre usted. Antes de pedir un lugar para usted, le mostramos lo que les diríamos. Usted dice sí o no.",
        ),
        Question(
            "look",
            "May we look whether a partner already knows you, so that you needn’t tell everything again?",
            "¿Podemos ver si otra organización ya le conoce, para que no tenga que contar todo otra vez?",
            "We learn only yes or no. If it is yes, we ask you again before we ask them anything.",
            "Solo sabemos sí o no. Si es sí, le preguntamos otra vez antes de pedirles algo.",
        ),
    )
}

# Read out to somebody under 18, before anybody is called.
YOUNG = Question(
    "young",
    "We keep nothing about you here. Let’s call someone together who can help you today. Is that all right?",
    "Aquí no guardamos nada sobre usted. Llamemos juntos a alguien que puede ayudarle hoy. ¿Está bien?",
)
