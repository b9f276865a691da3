"""What was shown about whether programs are for the person: yes or no, how, until when; and what they need not show."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from warmhandoff.foundation import terms
from warmhandoff.programs.eligibility import PROOF
from warmhandoff.programs.models import Criterion, Method, ProgramTerms, Proof, Waiver
from warmhandoff.programs.reading.terms import name_of
from warmhandoff.web.people.letter import Part, Section, Wording, as_it_stands, on_paper
from warmhandoff.web.today import said

WAIVER = "waiver"
HOW = {
    Method.DOCUMENT: gettext_lazy("We saw a paper, and kept no copy."),
    Method.AGENCY: gettext_lazy("An agency said so."),
    Method.SELF: gettext_lazy("You said so."),
}
ASKED = gettext_lazy("We asked whether %(program)s may take you without this: %(what)s.")
GRANTED = gettext_lazy("%(program)s takes you without this until %(until)s: %(what)s.")
REFUSED = gettext_lazy("%(program)s does not take you without this: %(what)s.")


def _rows(file: int) -> tuple[QuerySet[Any], ...]:
    waivers = on_paper(Waiver.objects.filter(file_id=file))
    programs = waivers.order_by().values("program_id")
    return (
        on_paper(Proof.objects.filter(file_id=file)).order_by("shown_on", "id"),
        waivers.order_by("asked_at", "id"),
        Criterion.objects.filter(program_id__in=programs),
        ProgramTerms.objects.filter(program_id__in=programs),
    )


def _tells(rows: Sequence[list[Any]], wording: Wording) -> Iterable[Section]:
    proofs, waivers, criteria, all_terms = rows
    shown_by = {(one.program_id, one.code): one.shown_by for one in criteria}
    section = Section(_("What programs ask for"))
    for proof in as_it_stands(proofs):
        if proof.holds is not None:
            section.tell(proof.shown_on, _proof(proof))
    for one in waivers:
        on = said.day_of(one.asked_at)
        facts = {
            "program": name_of(one.program_id, all_terms, on, wording.language),
            "what": said.inside(terms.word(PROOF, shown_by.get((one.program_id, one.criterion), ""))),
            "until": said.full_day(one.lapses_on),
        }
        says = {None: ASKED, True: GRANTED, False: REFUSED}[one.granted]
        section.tell(on, str(says) % facts, wording.words(WAIVER, one.pk))
    if section.items:
        yield section


def _proof(proof: Proof) -> str:
    what = terms.word("justice_limb", proof.limb) if proof.limb else terms.word(PROOF, proof.shown)
    says = _("%(what)s: yes.") if proof.holds else _("%(what)s: no.")
    parts = [says % {"what": what}, str(HOW[Method(proof.method)])]
    if proof.lapses_on:
        parts.append(_("It holds until %(day)s.") % {"day": said.full_day(proof.lapses_on)})
    return " ".join(parts)


PART = Part(_rows, _tells, notes=(WAIVER,))
