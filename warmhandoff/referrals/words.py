"""Which of the texts that are data the network shapes by itself, and what the machine needs of each.

The collaborative names its own stages between a yes and its end, and its own reasons. What a stage means to the machine is the
state that it belongs to: everything else is words. What the machine itself writes may be reworded, and goes on without an end.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from warmhandoff.foundation import terms, vocabularies
from warmhandoff.foundation.errors import BadValue, NotYours, WrongState
from warmhandoff.foundation.models import Actor, Term
from warmhandoff.referrals.states import STAFF_WORDS, UNDER_WAY


@dataclass(frozen=True)
class Shaped:
    """One list. `told`: the vocabulary in which the person is told the same; `needed`: codes that the machine writes itself."""

    vocabulary: str
    title: str | Promise
    says: str | Promise
    told: str = ""
    two_levels: bool = False
    of_states: bool = False
    needed: frozenset[str] = frozenset()

    def parents(self) -> list[tuple[str, str]]:
        """Under what a term of this list stands: a state of the machine, or a reason of the first level."""
        if self.of_states:
            return [(state, str(STAFF_WORDS[state])) for state in UNDER_WAY]
        if self.two_levels:
            tops = [term for term in terms.in_force(self.vocabulary) if not term.parent]
            return [
                ("", str(_("It is a heading itself"))),
                *((t.code, terms.word(self.vocabulary, t.code)) for t in tops),
            ]
        return []


SHAPED = (
    Shaped(
        "stage", _("Stages between the yes and the end"), _("Whoever serves a person says with them how it stands."),
        told="stage_told", of_states=True,
    ),
    Shaped("decline_reason", _("Why not"), _("What a receiver says with a no, under headings."), two_levels=True),
    Shaped("hold_reason", _("Why it is put off"), _("What either side says when it puts a referral off.")),
    Shaped(
        "withdraw_reason", _("Why it is taken back"), _("What a sender says when it takes a referral back."),
        needed=frozenset({"person_changed"}),
    ),
    Shaped("what_next", _("What is next"), _("What a receiver says when asked how it goes.")),
    Shaped("end_reason", _("Why it ended early"), _("What a receiver says when service ends before its end.")),
    Shaped("release_reason", _("Why somebody is released"), _("What a holder says when custody ends.")),
    Shaped("refusal_reason", _("Why a request is refused"), _("What a holder says when asked for somebody.")),
)  # fmt: skip


def shaped_or_404(vocabulary: str) -> Shaped:
    found = next((one for one in SHAPED if one.vocabulary == vocabulary), None)
    if found is None:
        raise NotYours()
    return found


@dataclass(frozen=True)
class Wording:
    """What a term says: to staff, and to the person where its list has words for them."""

    en: str
    es: str
    told_en: str = ""
    told_es: str = ""
    parent: str = ""
    valid_from: date | None = None
    valid_to: date | None = None


def wording_of(shaped: Shaped, term: Term) -> Wording:
    told = terms.known().get((shaped.told, term.code)) if shaped.told else None
    return Wording(
        term.en,
        term.es,
        told.en if told else "",
        told.es if told else "",
        term.parent,
        term.valid_from,
        term.valid_to,
    )


@transaction.atomic
def add(*, shaped: Shaped, wording: Wording, by: Actor) -> Term:
    """A new term at the end of the list."""
    _require_parent(shaped, wording.parent)
    term = vocabularies.add(
        vocabulary=shaped.vocabulary, parent=wording.parent, en=wording.en, es=wording.es,
        valid_from=wording.valid_from, by=by,
    )  # fmt: skip
    if wording.valid_to is not None:
        vocabularies.end(term=term, on=wording.valid_to, by=by, may_be_last=True)
    _tell(shaped, term, wording, by=by)
    return term


@transaction.atomic
def change(*, shaped: Shaped, term: Term, wording: Wording, by: Actor) -> Term:
    """Reword it, date it, or place it elsewhere. What was chosen before shows the new words."""
    _require_parent(shaped, wording.parent, of=term)
    if wording.valid_to is not None and term.code in shaped.needed:
        raise WrongState("The system itself writes this reason.", mend="Reword it instead of ending it.")
    term = vocabularies.change(
        term=term, by=by, en=wording.en, es=wording.es, parent=wording.parent, valid_from=wording.valid_from
    )
    if wording.valid_to != term.valid_to:
        # Nobody must say a stage: a network may do without. A reason is always asked.
        term = vocabularies.end(term=term, on=wording.valid_to, by=by, may_be_last=shaped.of_states)
    _tell(shaped, term, wording, by=by)
    return term


def _require_parent(shaped: Shaped, parent: str, of: Term | None = None) -> None:
    known = [code for code, _words in shaped.parents()] or [""]
    if parent not in known or (of is not None and parent == of.code):
        raise BadValue("parent", "This isn't where it can stand.", mend="Choose one from the list.")
    heads = of is not None and Term.objects.filter(vocabulary=shaped.vocabulary, parent=of.code).exists()
    if heads and shaped.two_levels and parent:
        raise BadValue("parent", "Other reasons stand under this heading.", mend="Move them first.")


def _tell(shaped: Shaped, term: Term, wording: Wording, *, by: Actor) -> None:
    """The same, in words for the person: one term of the same code."""
    if not shaped.told:
        return
    told = Term.objects.filter(vocabulary=shaped.told, code=term.code).first()
    if told is None:
        told = vocabularies.add(
            vocabulary=shaped.told, en=wording.told_en, es=wording.told_es, by=by, code=term.code
        )
    else:
        vocabularies.change(term=told, en=wording.told_en, es=wording.told_es, by=by)
