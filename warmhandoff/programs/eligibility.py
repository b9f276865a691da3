"""Who is eligible for what: reads the rows that `spans` judges, for one person or for thousands at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date

from django.db.models import Exists, OuterRef, QuerySet

from warmhandoff.directory.eligibility import Facts, Kind
from warmhandoff.foundation import privacy, terms
from warmhandoff.foundation.models import Actor
from warmhandoff.foundation.scoping import current
from warmhandoff.participants.models import Contact, Participant
from warmhandoff.participants.profile import facts_of
from warmhandoff.programs.models import Criterion, Program, Proof, Waiver
from warmhandoff.programs.spans import Condition, Known, Passed, Shown, Verdict, classes_of, judge

PROOF = "eligibility_proof"
# What an opened class is written down with.
SUBJECT = "file"
# What the file says of somebody that more than the birth date and the area is needed for.
OF_THE_CONTACT = (Kind.AGE, Kind.AREA, Kind.ANSWER)


def standing(file: Participant, program: Program, on: date) -> Verdict:
    """Whether the program is for them on that day, with reasons, as far as whoever asks may read.

    `.is_met`; `.why_not` in sentences; `.spans` and each finding's own say since when and until when.
    """
    conditions = conditions_of(program)
    return judge(conditions, known_of(file, program, conditions), on)


def shown_to(file: Participant, program: Program, on: date, *, by: Actor) -> Verdict:
    """The same for a page: what was opened of a class that is logged is written down."""
    verdict = standing(file, program, on)
    opened = {found.condition.data_class for found in verdict.findings if found.proof or found.waiver}
    if opened := opened - {"", "contact"}:
        privacy.opened(person_id=file.person_id, subject=(SUBJECT, file.pk), classes=opened, by=by)
    return verdict


def conditions_of(program: Program) -> tuple[Condition, ...]:
    """Everything that a program asks or asked, in its order; which of it is in force goes by the day."""
    return tuple(map(condition_of, Criterion.objects.filter(program=program)))


def condition_of(row: Criterion) -> Condition:
    return Condition(
        code=row.code,
        rule=row.rule,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        either=row.either,
        is_focus=row.is_focus,
        can_be_waived=row.can_be_waived,
        shown_by=row.shown_by,
        data_class=class_of(row.shown_by),
        methods=tuple(row.methods),
        holds_days=row.holds_days,
        self_holds_days=row.self_holds_days,
        source=row.source,
        verified_on=row.verified_on,
    )


def class_of(shown_by: str) -> str:
    """The data class of what a proof is of: its term says it."""
    term = terms.known().get((PROOF, shown_by))
    return term.data_class if term else ""


def known_of(file: Participant, program: Program, conditions: Iterable[Condition]) -> Known:
    kinds = {each.rule.kind for each in conditions}
    facts = facts_of(file) if kinds - set(OF_THE_CONTACT) else _facts([file.pk]).get(file.pk, Facts())
    return _known([file.pk], program, conditions, {file.pk: facts})[file.pk]


def standings(
    file_ids: Collection[int], program: Program, on: date, *, conditions: tuple[Condition, ...] | None = None
) -> dict[int, Verdict]:
    """The same for many files, in four statements: for lists, and where a rule changes for everybody.

    Of the file it reads the birth date and the area. A condition on anything else that isn't shown (a language, say) is missing.
    """
    conditions = conditions_of(program) if conditions is None else conditions
    known = _known(file_ids, program, conditions, _facts(file_ids))
    return {pk: judge(conditions, known[pk], on) for pk in file_ids}


def standing_proofs() -> QuerySet[Proof]:
    """What is said now: without what was corrected, and without corrections that say that nothing is known."""
    corrected = Proof.objects.filter(supersedes_id=OuterRef("pk"))
    return Proof.objects.filter(~Exists(corrected), holds__isnull=False)


def _known(
    file_ids: Collection[int], program: Program, conditions: Iterable[Condition], facts: Mapping[int, Facts]
) -> dict[int, Known]:
    conditions = tuple(conditions)
    proofs, waivers = _proofs(file_ids, {each.shown_by for each in conditions}), _waivers(file_ids, program)
    hidden = frozenset(classes_of(conditions) - current().classes)
    nothing = Facts()
    return {
        pk: Known(facts.get(pk, nothing), tuple(proofs[pk]), tuple(waivers[pk]), hidden) for pk in file_ids
    }


def _facts(file_ids: Collection[int]) -> dict[int, Facts]:
    rows = Contact.objects.filter(file_id__among=file_ids).values_list("file_id", "birth_date", "area")
    return {pk: Facts(birth_date=born, area=area or None) for pk, born, area in rows}


def _proofs(file_ids: Collection[int], shown: set[str]) -> defaultdict[int, list[Shown]]:
    found: defaultdict[int, list[Shown]] = defaultdict(list)
    rows = standing_proofs().filter(file_id__among=file_ids, shown__in=shown).order_by("shown_on", "id")
    named = rows.values_list(
        "file_id",
        "shown",
        "holds",
        "method",
        "shown_on",
        "lapses_on",
        "limb",
        "by_id",
        "agency__name",
        "code",
    )
    for pk, what, holds, method, on, lapses_on, limb, by, agency, code in named:
        found[pk].append(Shown(what, holds, method, on, lapses_on, limb, by, agency or "", code))
    return found


def _waivers(file_ids: Collection[int], program: Program) -> defaultdict[int, list[Passed]]:
    found: defaultdict[int, list[Passed]] = defaultdict(list)
    rows = Waiver.objects.filter(file_id__among=file_ids, program=program, granted=True).order_by("id")
    named = rows.values_list("file_id", "criterion", "valid_from", "lapses_on")
    for pk, criterion, begins, ends in named:
        found[pk].append(Passed(criterion, begins, ends))
    return found
