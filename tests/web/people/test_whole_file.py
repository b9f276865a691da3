"""A person's own copy tells all that the rooms above the referrals keep of them, and nothing that is told in person alone."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from itertools import chain

import pytest
from django.apps import apps

from tests import cast
from tests.proofs import sector
from tests.web.people.test_handout import given, letter, words
from warmhandoff.casework.actions import plan, services, standing
from warmhandoff.foundation import terms
from warmhandoff.foundation.models import AccessLog
from warmhandoff.participants.models import FileRow, Narrative
from warmhandoff.programs.actions import co_enrollment, eligibility
from warmhandoff.programs.models import CoEnrollment, KeptApart, PaidWork, Program
from warmhandoff.web.people.copies import PARTS
from warmhandoff.web.people.copies import enrollment as enrollment_copy
from warmhandoff.web.people.copies import paid_work as work_copy
from warmhandoff.web.people.copies import training as training_copy
from warmhandoff.web.people.tellers import enrollment, paid_work, training

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])

# What is kept of somebody and not told on paper, each for a reason that docs/adr/0008 gives.
LEFT_OUT = {KeptApart, CoEnrollment}
TOLD = {
    "en": (
        "You got a place in Pathways to Work.",
        "Charged: yes. We saw a paper, and kept no copy.",
        "Work: 2. Odd jobs",
        "Bank account",
        "It is there.",
        "You set a goal: Work. This tells that you reached it: ",
        "A steady job.",
        "you did a part of it.",
        "You joined the group",
        "you have had 0 of 20 sessions that count. Missing: session 1.",
        "you were not there. We wrote down why: “Sick”. It is excused.",
        "We planned a training with you: Solar Installer at Sunrow Solar School.",
        "OSHA 10, from OSHA (industry certification). How we know: “We saw the paper”.",
        "Plan and goals, by phone, at ",
        "Help with ID and papers, 1 time.",
        "Career coaching, 45 min. It was about: clarify goals.",
        "Dismissal: we began with it.",
    ),
    "es": (
        "Obtuvo un lugar en Camino al trabajo.",
        "Cargos: sí. Vimos un documento y no guardamos copia.",
        "Ya está.",
        "A steady job.",
        "Entró al grupo",
        "«Enfermedad». Está justificado.",
        "Desestimación: empezamos con eso.",
    ),
}


@pytest.fixture
def c(the_cast):
    return the_cast


@pytest.fixture
def rosa(c):
    return sector.fill(c)


def test_each_table_under_a_file_is_told_or_left_out_for_a_reason():
    told = {rows.model for rows in chain.from_iterable(part.rows(0) for part in PARTS)}
    kept = {
        model
        for room in ("casework", "programs")
        for model in apps.get_app_config(room).get_models()
        if issubclass(model, FileRow)
    }
    assert kept - told == LEFT_OUT


@pytest.mark.parametrize(
    ("copy", "story"),
    [
        (enrollment_copy.SAYS.keys() | enrollment_copy.UNTOLD, enrollment.SAYS.keys() | {"taken_back"}),
        (training_copy.SAYS.keys(), training.SAYS.keys()),
        (work_copy.SAYS.keys() | work_copy.TOLD_BELOW, paid_work.SAYS.keys()),
    ],
)
def test_each_kind_of_event_that_the_story_tells_is_told_to_the_person(copy, story):
    assert set(copy) == set(story)


@pytest.mark.parametrize("language", ["en", "es"])
def test_it_tells_all_of_it_in_their_language_and_names_nobody(c, rosa, language):
    says = words(letter(c, rosa, name="marcus", language=language))
    for part in TOLD[language]:
        assert part in says, part
    for name in ("Denise", "Marcus", "Peña", "Webb", "%("):
        assert name not in says


def test_paid_work_is_told_with_wage_hours_and_what_they_said(c, rosa):
    with c.acting("denise"):
        file = PaidWork.objects.select_related("file").get().file
    says = words(letter(c, file, name="marcus"))
    for part in (
        "pays your wage. Planned: ",
        "You said that we may name you to Ocampo Print Works, as “Rosa M.”.",
        " an hour from this day on.",
        " hours, approved.",
    ):
        assert part in says, part  # fmt: skip


def test_what_is_of_no_program_has_no_section(c):
    with c.acting("denise") as denise:
        file = cast.take_in(denise)
    headings = [section["heading"] for section in letter(c, file)["sections"]]
    assert headings[-4:] == [
        "Where you were referred", "What you said yes or no to", "Who could see what", "What you can do",
    ]  # fmt: skip


SAFETY = re.compile(
    r"\b(gun|armas|trauma|safety|seguridad|stay safe|protegerse|asked around|quiet street|violencia)\b", re.I
)


def test_what_is_told_in_person_alone_stands_on_no_paper_and_in_no_export(c):
    """Also where the reader reads the class: another one may find the paper."""
    with c.acting("denise") as denise:
        file = cast.take_in(denise)
        said = eligibility.Said(True, "agency")
        eligibility.verify(file=file, shown="gun_violence", said=said, by=denise.actor)
        eligibility.ask_waiver(
            file=file, program=Program.objects.get(slug="sector-expansion"), criterion="gun_violence", reason="safety",
            lapses_on=cast.MONDAY.date().replace(year=2027), why="We asked around about the gun.", by=denise.actor,
        )  # fmt: skip
        co_enrollment.say(
            file=file, other_program="trauma_prevention", takes_part=True, source="agency", by=denise.actor
        )
        standing.rate(file=file, levels={"safety": 1}, by=denise.actor)
        gave = services.Gave("safety", denise.membership, cast.MONDAY.date(), Decimal(1))
        services.give(file=file, gave=gave, by=denise.actor)
        made = plan.begin_plan(file=file, review_on=cast.MONDAY.date().replace(month=12), by=denise.actor)
        plan.set_goal(
            plan=made,
            domain="safety",
            words="A quiet street.",
            outcomes=[_outcome("safety")],
            by=denise.actor,
        )
    for language in ("en", "es"):
        told = letter(c, file, name="marcus", language=language)
        says = json.dumps({**told, "lead": []}, ensure_ascii=False)
        assert SAFETY.findall(says) == []
        # That there may be such a thing, everybody's copy says alike.
        assert len(told["lead"]) == 3


def _outcome(domain: str) -> str:
    return next(
        code for (vocabulary, code), term in terms.known().items()
        if vocabulary == "plan_outcome" and term.parent == domain
    )  # fmt: skip


def test_their_goal_stands_with_the_plan_once_and_can_be_left_out(c, rosa):
    with c.acting("marcus"):
        note = Narrative.objects.get(text="A steady job.")
    told = letter(c, rosa, name="marcus")
    assert words(told).count("A steady job.") == 1
    left = words(letter(c, rosa, name="marcus", left_out=frozenset({note.pk})))
    assert "A steady job." not in left and "left out: 1" in left


def test_giving_it_is_logged_with_the_classes_that_it_may_tell(c, rosa):
    answer, _key = given(c, rosa, name="marcus")
    assert answer.content.startswith(b"%PDF")
    with c.acting("marcus"):
        logged = AccessLog.objects.get(subject_kind="handed_out")
    assert {"justice", "substance_use", "program"} <= set(logged.data_classes)
