"""What is read out to the person at intake, in both languages, side by side: the reader picks the one that is understood."""

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
    number: int
    en: str
    es: str
    why_en: str
    why_es: str

    @property
    def first(self) -> Spoken:
        """In the language of whoever reads the page."""
        return self._in("es" if _page_is_spanish() else "en")

    @property
    def second(self) -> Spoken:
        return self._in("en" if _page_is_spanish() else "es")

    def _in(self, lang: str) -> Spoken:
        return Spoken(lang, self.es, self.why_es) if lang == "es" else Spoken(lang, self.en, self.why_en)


def _page_is_spanish() -> bool:
    return (get_language() or "en").startswith("es")


QUESTIONS = {
    question.key: question
    for question in (
        Question(
            "adult",
            1,
            "Are you 18 or older?",
            "¿Tiene 18 años o más?",
            "We keep files only for adults. If you are younger, we call someone who can help you today.",
            "Solo guardamos expedientes de personas adultas. Si es menor, llamamos a alguien que puede ayudarle hoy.",
        ),
        Question(
            "name",
            2,
            "What is your name?",
            "¿Cómo se llama?",
            "So that we know whom to ask for. The name you go by is enough.",
            "Para saber por quién preguntar. Basta el nombre que usa.",
        ),
        Question(
            "reach",
            3,
            "How can we reach you safely?",
            "¿Cómo podemos comunicarnos con usted de forma segura?",
            "So that we use a way that nobody else reads or hears, and only that way.",
            "Para usar un medio que nadie más lea ni escuche, y solo ese.",
        ),
        Question(
            "language",
            4,
            "Which language should we use with you?",
            "¿En qué idioma quiere que le hablemos?",
            "So that whoever calls or writes speaks it.",
            "Para que quien le llame o le escriba lo hable.",
        ),
        Question(
            "needs",
            5,
            "What do you need help with?",
            "¿Con qué necesita ayuda?",
            "So that we look for the right place. You can say more later, or change your mind.",
            "Para buscar el lugar adecuado. Puede decir más después, o cambiar de idea.",
        ),
    )
}
