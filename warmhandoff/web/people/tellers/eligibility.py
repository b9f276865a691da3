"""That something was shown about somebody's eligibility, and that a condition was passed over; what it was stands on its own page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from warmhandoff.programs.models import Proof
from warmhandoff.web.people.telling import Entry, Known, Said, Teller, entries_of, who_did


def _rows(file: int) -> tuple[QuerySet[Any], ...]:
    return (Proof.objects.filter(file_id=file).order_by("happened_at", "id"),)


def _tells(rows: Sequence[list[Any]], known: Known) -> Iterable[Entry]:
    def tell(proof: Proof) -> Said | None:
        if proof.holds is None:
            return Said("")
        facts = {"who": who_did(proof.by, known, proof), "name": known.card.first}
        return Said(
            _("%(who)s wrote down what was shown about %(name)s’s eligibility.") % facts, "verified_user"
        )

    return entries_of(rows[0], tell, known)


TELLER = Teller(_rows, _tells)
