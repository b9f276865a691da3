"""What somebody tells beyond contact and needs: papers, schooling and work, housing, justice yes or no, and what funders count.

An answer is a code: one of its question's own, "yes" or "no", or why there is none (`Unknown`). Nothing said is "not asked
yet". What is said otherwise later takes the place of what was said before, which the database keeps (`FileChange`). Reading a
class of `LOGGED` writes down who read it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields

from django.db import transaction

from warmhandoff.directory.eligibility import Facts
from warmhandoff.foundation import clock, privacy, terms
from warmhandoff.foundation.errors import BadValue
from warmhandoff.foundation.models import Actor, ContactPoint
from warmhandoff.foundation.scoping import current
from warmhandoff.participants import actions
from warmhandoff.participants.actions import Way
from warmhandoff.participants.models import (
    AlternateContact,
    ClassRow,
    Contact,
    Demographics,
    FileChange,
    FileEvent,
    Housing,
    JusticeInvolvement,
    Paper,
    Participant,
    Schooling,
    Unanswered,
    Unknown,
)

YES, NO = "yes", "no"
LOGGED = frozenset({"right_to_work", "demographics", "justice"})
CLASS_OF_QUESTION = {
    Unanswered.Question.LAST_NAME: "contact",
    Unanswered.Question.REACH: "contact",
    Unanswered.Question.LANGUAGE: "contact",
    Unanswered.Question.NEEDS: "needs",
}


@dataclass(frozen=True)
class Answers:
    """What somebody told: one code a question; empty where it wasn't asked. `papers` by kind; `races` are several, or `races_unknown`."""

    papers: Mapping[str, str] = field(default_factory=dict)
    diploma: str = ""
    employment: str = ""
    housing: str = ""
    justice: str = ""
    attested_by: str = ""
    gender: str = ""
    races: tuple[str, ...] = ()
    races_unknown: str = ""
    veteran: str = ""
    disability: str = ""

    @property
    def is_empty(self) -> bool:
        return not any(getattr(self, each.name) for each in fields(self))


# --- Writing ------------------------------------------------------------------------------------------------------


@transaction.atomic
def learn(*, file: Participant, answers: Answers, by: Actor) -> bool:
    """Keep what they told, instead of what they told before. True where anything changed."""
    _require_known_words(answers)
    answers = _without_what_was_not_asked(answers)
    if answers == _known(file):
        return False
    _write(
        Schooling, file, {"diploma": _yes_or_no(answers.diploma), "employment": answers.employment}, answers
    )
    _write(Housing, file, {"status": answers.housing}, answers)
    _write(
        Demographics,
        file,
        {
            "gender": answers.gender,
            "races": list(answers.races) or answers.races_unknown,
            "veteran": _yes_or_no(answers.veteran),
            "disability": _yes_or_no(answers.disability),
        },
        answers,
    )
    _write(JusticeInvolvement, file, {"involved": _yes_or_no(answers.justice)}, answers)
    _write_papers(file, answers.papers)
    actions.write_event(file, FileEvent.Kind.LEARNED, by=by)
    return True


def told_again(file: Participant, answers: Answers) -> Answers:
    """What is known of somebody who comes back: what they say now, and what they said before where nobody asked again."""
    now, before = _without_what_was_not_asked(answers), _known(file)
    said = {each.name: getattr(now, each.name) or getattr(before, each.name) for each in fields(now)}
    said["papers"] = {**before.papers, **now.papers}
    if now.races_unknown:
        said["races"] = ()
    return Answers(**said)


def _without_what_was_not_asked(answers: Answers) -> Answers:
    """The same, with one way of saying that nobody asked: nothing."""
    said = {each.name: getattr(answers, each.name) for each in fields(answers)}
    said = {name: "" if answer == Unknown.NOT_ASKED else answer for name, answer in said.items()}
    papers = {kind: _asked(standing) for kind, standing in answers.papers.items()}
    said["papers"] = {kind: standing for kind, standing in papers.items() if standing}
    if said["races"]:
        said["races_unknown"] = ""
    if said["justice"] not in (YES, NO):
        said["attested_by"] = ""
    elif not said["attested_by"]:
        said["attested_by"] = str(JusticeInvolvement.Attested.THEMSELVES)
    return Answers(**said)


def _yes_or_no(code: str) -> bool | str:
    """A yes or a no as the table keeps it; why there is none stays a word."""
    return {YES: True, NO: False}.get(code, code)


def _write(model: type[ClassRow], file: Participant, said: Mapping[str, object], answers: Answers) -> None:
    """One row of a class: each answer, or why there is none. No row is begun where nothing was asked, and none is taken away."""
    known = model.objects.filter(file=file)  # type: ignore[attr-defined]
    if not any(said[name] not in ("", Unknown.NOT_ASKED) for name in said) and not known.exists():
        return
    values: dict[str, object] = {"organization_id": file.organization_id}
    for name, answer in said.items():
        why = answer if answer in Unknown.values else "" if answer != "" else Unknown.NOT_ASKED
        values[name] = _nothing(model, name) if why else answer
        values[f"{name}_unknown"] = why
    if model is JusticeInvolvement:
        values["attested_by"] = answers.attested_by
    model.objects.update_or_create(file=file, defaults=values)  # type: ignore[attr-defined]


def _nothing(model: type[ClassRow], name: str) -> object:
    return {"races": [], "gender": "", "employment": "", "status": ""}.get(name)


def _write_papers(file: Participant, papers: Mapping[str, str]) -> None:
    there = set(Paper.objects.filter(file=file).values_list("kind", flat=True))
    for kind in Paper.Kind.values:
        answer = papers.get(kind, "") or Unknown.NOT_ASKED
        if answer == Unknown.NOT_ASKED and kind not in there:
            continue
        why = answer if answer in Unknown.values else ""
        values = {
            "organization_id": file.organization_id,
            "standing": "" if why else answer,
            "standing_unknown": why,
        }
        Paper.objects.update_or_create(file=file, kind=kind, defaults=values)


def _require_known_words(answers: Answers) -> None:
    """Each code is one that its question has, or a reason why there is none."""
    yes_or_no = (YES, NO)
    for name in ("diploma", "justice", "veteran", "disability"):
        _require(name, getattr(answers, name), yes_or_no)
    for name, vocabulary in (
        ("employment", "employment"),
        ("housing", "housing_status"),
        ("gender", "gender"),
    ):
        _require(name, getattr(answers, name), tuple(code for code, _ in terms.choices(vocabulary)))
    races = tuple(code for code, _ in terms.choices("race"))
    for race in answers.races:
        _require("races", race, races, may_be_unknown=False)
    _require("races", answers.races_unknown, ())
    for kind, standing in answers.papers.items():
        if kind not in Paper.Kind.values:
            raise BadValue("papers", "There is no such paper.", mend="Choose one from the list.")
        _require(kind, standing, tuple(Paper.Standing.values))
    if answers.attested_by and answers.attested_by not in JusticeInvolvement.Attested.values:
        raise BadValue("attested_by", "This can't attest it.", mend="Choose one from the list.")


def _require(name: str, code: str, codes: tuple[str, ...], *, may_be_unknown: bool = True) -> None:
    if code and code not in codes and not (may_be_unknown and code in Unknown.values):
        raise BadValue(name, "There is no such answer.", mend="Choose one from the list.")


@transaction.atomic
def say_why_not(*, file: Participant, whys: Mapping[str, str]) -> None:
    """Why these questions have no answer; an empty reason says that it has one now."""
    for question, why in whys.items():
        if not why:
            Unanswered.objects.filter(file=file, question=question).update(why="")
            continue
        if why not in Unknown.values:
            raise BadValue(question, "There is no such reason.", mend="Choose one from the list.")
        values = {
            "organization_id": file.organization_id,
            "data_class": CLASS_OF_QUESTION[Unanswered.Question(question)],
            "why": why,
        }
        Unanswered.objects.update_or_create(file=file, question=question, defaults=values)


@transaction.atomic
def add_alternate(
    *, file: Participant, name: str, relation: str, way: Way, may_say_who_calls: bool, by: Actor
) -> AlternateContact:
    """Someone else who can pass on that we called. They are told no more than the person wants."""
    if not name.strip():
        raise BadValue("alternate_name", "A name is needed.", mend="Or leave this person out.")
    if relation not in AlternateContact.Relation.values:
        raise BadValue("alternate_relation", "Say who that is to them.", mend="Choose one from the list.")
    language = Contact.objects.values_list("language", flat=True).get(file=file)
    point = actions.contact_points(file, [way], language=language)[0]
    alternate = AlternateContact.objects.create(
        file=file,
        organization_id=file.organization_id,
        name=name.strip(),
        relation=relation,
        contact_point=point,
        may_say_who_calls=may_say_who_calls,
    )
    actions.write_event(file, FileEvent.Kind.CONTACT_CHANGED, by=by)
    return alternate


@transaction.atomic
def stop_alternate(*, alternate: AlternateContact, by: Actor, why: str = "not_safe") -> None:
    """They are not to be called any more. The row stays, so that nobody writes them down again by mistake."""
    stopped = ContactPoint.objects.filter(pk=alternate.contact_point_id, stopped_at__isnull=True).update(
        stopped_at=clock.now(), stopped_why=why
    )
    if stopped:
        actions.write_event(alternate.file, FileEvent.Kind.CONTACT_CHANGED, by=by)


def alternates_of(file: Participant) -> list[AlternateContact]:
    """Who else can be reached, as they were named; who may not be called any more is left out."""
    found = AlternateContact.objects.filter(file=file, contact_point__stopped_at__isnull=True)
    return list(found.select_related("contact_point").order_by("id"))


@transaction.atomic
def record_look(*, file: Participant, allowed: bool, by: Actor) -> None:
    """What they said to "may we look whether a partner already knows you?". The latest word holds."""
    kind = FileEvent.Kind.LOOK_ALLOWED if allowed else FileEvent.Kind.LOOK_REFUSED
    if may_look(file) is not allowed:
        actions.write_event(file, kind, by=by)


# --- Reading ------------------------------------------------------------------------------------------------------


def may_look(file: Participant) -> bool | None:
    """Whether they said that we may ask if a partner knows them; None where nobody asked."""
    kinds = (FileEvent.Kind.LOOK_ALLOWED, FileEvent.Kind.LOOK_REFUSED)
    said = FileEvent.objects.filter(file=file, kind__in=kinds).order_by("-happened_at", "-id")
    last = said.values_list("kind", flat=True).first()
    return None if last is None else last == FileEvent.Kind.LOOK_ALLOWED


def known_of(file: Participant, *, by: Actor) -> Answers:
    """What they told, as far as the reader's classes go. What was opened of a logged class is written down."""
    answers = _known(file)
    _write_down_what_was_opened(file, answers, by.pk)
    return answers


def facts_of(file: Participant) -> Facts:
    """What is known of them that services ask about. None is not known, which includes what the reader may not read."""
    contact = Contact.objects.filter(file=file).first()
    answers = _known(file)
    actor_id = current().actor_id
    if actor_id is not None:
        _write_down_what_was_opened(file, answers, actor_id)
    has = {Paper.Standing.HAS: True, Paper.Standing.HASNT: False, Paper.Standing.ON_THE_WAY: False}
    return Facts(
        birth_date=contact.birth_date if contact else None,
        area=(contact.area or None) if contact else None,
        languages=tuple(sorted({contact.language, *contact.speaks})) if contact and contact.speaks else None,
        documents={kind: has[said] for kind, said in answers.papers.items() if said in has},  # type: ignore[index]
        justice_involved=_known_bool(answers.justice),
        diploma=_known_bool(answers.diploma),
        gender=answers.gender if answers.gender and answers.gender not in Unknown.values else None,
    )


def unanswered(file: Participant) -> dict[str, str]:
    """Why a question has no answer, by question."""
    return dict(Unanswered.objects.filter(file=file).exclude(why="").values_list("question", "why"))


def said_before(file: Participant, *, by: Actor) -> list[FileChange]:
    """What they told before, and tell otherwise now; newest first. What was opened of a logged class is written down."""
    changes = list(
        FileChange.objects.filter(file=file).exclude(data_class="contact").order_by("-changed_at", "-id")
    )
    opened = {change.data_class for change in changes} & LOGGED
    if opened:
        privacy.opened(person_id=file.person_id, subject=("file", file.pk), classes=opened, by=by)
    return changes


def _known(file: Participant) -> Answers:
    papers = Paper.objects.filter(file=file).order_by("kind")
    schooling = Schooling.objects.filter(file=file).first()
    housing = Housing.objects.filter(file=file).first()
    about = Demographics.objects.filter(file=file).first()
    justice = JusticeInvolvement.objects.filter(file=file).first()
    return Answers(
        papers={paper.kind: answer for paper in papers if (answer := _code(paper, "standing"))},
        diploma=_code(schooling, "diploma"),
        employment=_code(schooling, "employment"),
        housing=_code(housing, "status"),
        justice=_code(justice, "involved"),
        attested_by=justice.attested_by if justice else "",
        gender=_code(about, "gender"),
        races=tuple(about.races) if about else (),
        races_unknown=_asked(about.races_unknown) if about else "",
        veteran=_code(about, "veteran"),
        disability=_code(about, "disability"),
    )


def _code(row: object, name: str) -> str:
    """An answer as its code: `yes`, `no`, one of the question's own, or why there is none."""
    if row is None:
        return ""
    answer = getattr(row, name)
    if answer in (None, ""):
        return _asked(getattr(row, f"{name}_unknown"))
    return {True: YES, False: NO}.get(answer, str(answer))


def _asked(why: str) -> str:
    """Not asked yet is the same as nothing said."""
    return "" if why == Unknown.NOT_ASKED else why


def _known_bool(code: str) -> bool | None:
    return {YES: True, NO: False}.get(code)


def _write_down_what_was_opened(file: Participant, answers: Answers, actor_id: int) -> None:
    opened = {
        data_class
        for data_class, has in (
            ("right_to_work", answers.papers),
            ("justice", answers.justice),
            (
                "demographics",
                answers.gender
                or answers.races
                or answers.races_unknown
                or answers.veteran
                or answers.disability,
            ),
        )
        if has
    }
    if opened:
        by = Actor.objects.get(pk=actor_id)
        privacy.opened(person_id=file.person_id, subject=("file", file.pk), classes=opened, by=by)
