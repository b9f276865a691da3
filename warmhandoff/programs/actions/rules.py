"""What a program is called and asks, from a day on: a new row follows the one before it, and no day that has passed is changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from warmhandoff.foundation import clock
from warmhandoff.foundation.errors import BadValue, WrongState
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.network.models import Organization
from warmhandoff.programs import eligibility_tasks
from warmhandoff.programs.models import Contract, Criterion, Funding, Program, ProgramTerms
from warmhandoff.programs.reading.terms import in_force

# What a condition goes on asking, whatever its next row says.
KEPT = (
    "program", "code", "position", "kind", "values", "either", "is_focus", "shown_by", "can_be_waived", "can_follow",
    "at_least", "at_most", "methods", "holds_days", "self_holds_days", "words_en", "words_es", "source",
)  # fmt: skip


@dataclass(frozen=True)
class Called:
    """What a program is called and goes by."""

    name: str
    name_es: str
    about: str = ""
    about_es: str = ""
    exit_after_days: int = 90


@transaction.atomic
def call(*, program: Program, called: Called, valid_from: date, source: str) -> ProgramTerms:
    """From that day on the program is called so, and goes by so many days."""
    before = ProgramTerms.objects.select_for_update().filter(program=program).order_by("-valid_from").first()
    _require_to_come(valid_from, before.valid_from if before else None)
    _require_source(source)
    if before is not None and before.valid_to is None:
        ProgramTerms.objects.filter(pk=before.pk).update(valid_to=valid_from - timedelta(days=1))
    return ProgramTerms.objects.create(
        program=program, valid_from=valid_from, source=source.strip(), **vars(called)
    )


@transaction.atomic
def change(*, criterion: Criterion, valid_from: date, source: str, **says: Any) -> Criterion:
    """From that day on the condition asks otherwise; for the days before it stays as it was."""
    now = _in_its_last_row(criterion)
    _require_to_come(valid_from, now.valid_from)
    _require_source(source)
    Criterion.objects.filter(pk=now.pk).update(valid_to=valid_from - timedelta(days=1))
    values = {name: getattr(now, name) for name in KEPT} | says | {"source": source.strip()}
    changed = Criterion.objects.create(valid_from=valid_from, **values)
    eligibility_tasks.look_everywhere(now.program)
    return changed


@transaction.atomic
def end(*, criterion: Criterion, last_day: date) -> Criterion:
    """After that day the program doesn't ask it any more."""
    now = _in_its_last_row(criterion)
    _require_to_come(last_day + timedelta(days=1), now.valid_from)
    Criterion.objects.filter(pk=now.pk).update(valid_to=last_day)
    eligibility_tasks.look_everywhere(now.program)
    now.refresh_from_db()
    return now


def held_against_its_source(*, row: Criterion | ProgramTerms) -> None:
    """Somebody has read the source today, and the row says what it says."""
    type(row).objects.filter(pk=row.pk).update(verified_on=_today())


@transaction.atomic
def sign_contract(
    *,
    program: Program,
    provider: Organization,
    agency: Organization,
    funding: Funding,
    slots: int,
    valid_from: date,
    valid_to: date | None = None,
    areas: Sequence[str] = (),
) -> Contract:
    """An organization delivers a program for an agency, from a day on, for so many at once, where (everywhere), with whose money."""
    if provider.pk == agency.pk:
        raise BadValue("agency", _("An agency contracts somebody else."), mend=_("Choose another one."))
    if funding.program_id != program.pk:
        raise BadValue("funding", _("That money is for another program."), mend=_("Choose again."))
    if program.elsewhere:
        raise WrongState(_("This is a program of another place."), mend=_("Nobody delivers it here."))
    if any(current_place().area(code) is None for code in areas):
        raise BadValue("areas", _("There is no such area here."), mend=_("Choose again."))
    if valid_to is not None and valid_to < valid_from:
        raise BadValue("valid_to", _("It would end before it begins."), mend=_("Check both days."))
    same = Contract.objects.filter(program=program, provider=provider, funding=funding)
    if same.filter(in_force(valid_from)).exists():
        raise WrongState(
            _("They have a contract for this from that day already."),
            mend=_("Open it, or choose another day."),
        )
    return Contract.objects.create(
        program=program, provider=provider, agency=agency, funding=funding, slots=slots, valid_from=valid_from, valid_to=valid_to,
        areas=list(areas),
    )  # fmt: skip


def _in_its_last_row(criterion: Criterion) -> Criterion:
    """The row that is to be changed, locked; what was changed for later already is changed there."""
    rows = Criterion.objects.select_for_update().filter(program_id=criterion.program_id, code=criterion.code)
    last = rows.order_by("-valid_from").first()
    if last is None or last.pk != criterion.pk or (last.valid_to is not None and last.valid_to < _today()):
        raise WrongState()
    return last


def _require_to_come(day: date, after: date | None) -> None:
    if day <= _today():
        raise BadValue(
            "valid_from", _("What was in force stays as it was."), mend=_("Give tomorrow or a later day.")
        )
    if after is not None and day <= after:
        raise BadValue(
            "valid_from", _("Something else begins on that day, or later."), mend=_("Give a later day.")
        )


def _require_source(source: str) -> None:
    if not source.strip():
        raise BadValue("source", _("Say where this comes from."))


def _today() -> date:
    return clock.today(current_place().zone)
