"""All that has stalled as one sheet of rows: the same behind the mail's link and behind the sign-in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language, gettext

from warmhandoff.foundation.models import Actor
from warmhandoff.referrals import stalls
from warmhandoff.referrals.actions.stalling import hold_still
from warmhandoff.referrals.models import Referral, ReferralEvent, Stall, StallLink
from warmhandoff.referrals.states import UNDER_WAY
from warmhandoff.web.referrals.story import sentence
from warmhandoff.web.stalled.forms import RowForm, is_touched


@dataclass(frozen=True)
class Row:
    """One referral: whom it is about where that is shown, since when nobody has said a word, and its form."""

    stall: Stall
    name: str
    form: RowForm | None = None
    says: str = ""

    @property
    def referral(self) -> Referral:
        return self.stall.referral

    @property
    def called(self) -> str:
        return self.name or gettext("Case %(code)s") % {"code": self.referral.code}

    @property
    def service(self) -> str:
        return str(self.referral.service.in_language(get_language() or "en"))

    @property
    def may_be_said_right(self) -> bool:
        return self.referral.state in UNDER_WAY


@dataclass(frozen=True)
class Sheet:
    """What is asked, and what was answered lately. Of a press, only the rows that it touched are bound."""

    asked: list[Row]
    answered: list[Row]

    @property
    def touched(self) -> list[RowForm]:
        return [row.form for row in self.asked if row.form is not None and row.form.is_bound]

    @property
    def wrong(self) -> list[Row]:
        return [row for row in self.asked if row.form is not None and row.form.is_bound and row.form.errors]


def sheet_of(
    link: StallLink | None = None,
    *,
    data: Mapping[str, Any] | None = None,
    again: str = "",
    names: bool = True,
) -> Sheet:
    """The rows as they stand. `data` is what was posted; `again` the code of an answer that is said right; `names`: may be shown."""
    asked = list(stalls.asked_here(link))
    answered = list(stalls.answered_lately(link))
    listed = stalls.shown_names([row.referral for row in (*asked, *answered)]) if names else {}
    called = {pk: each.short_name for pk, each in listed.items()}
    words = stalls.last_words([row.referral_id for row in answered])
    once_more = [row for row in answered if _is_said_again(row, data, again)]
    return Sheet(
        asked=[
            Row(row, called.get(row.referral_id, ""), _form(row, data, words.get(row.referral_id)))
            for row in (*once_more, *asked)
        ],
        answered=[
            Row(row, called.get(row.referral_id, ""), says=_says(row.referral, words.get(row.referral_id)))
            for row in answered
            if row not in once_more
        ],
    )


def _is_said_again(row: Stall, data: Mapping[str, Any] | None, again: str) -> bool:
    code = row.referral.code
    if row.referral.state not in UNDER_WAY:
        return False
    return code == again if data is None else is_touched(data, row.referral)


def _form(row: Stall, data: Mapping[str, Any] | None, said: ReferralEvent | None) -> RowForm:
    if data is not None and is_touched(data, row.referral):
        return RowForm(data, referral=row.referral)
    confirmed = said is not None and said.kind == ReferralEvent.Kind.CONFIRMED
    return RowForm(referral=row.referral, said=said if confirmed else None)


def _says(referral: Referral, event: ReferralEvent | None) -> str:
    return sentence(referral, event) if event else ""


def save(sheet: Sheet, by: Actor) -> int:
    """Each row that was answered and is right, by itself: what is wrong in one keeps no other from being kept. How many were."""
    right = [form for form in sheet.touched if form.is_valid()]
    hold_still([form.referral for form in right])
    return sum(form.save(by) for form in right)


def still_wrong(sheet: Sheet, now: Sheet) -> Sheet:
    """The sheet as it stands `now`, with the rows that are still to be mended as they were typed."""
    wrong = {row.referral.code: row for row in sheet.wrong}
    others = [row for row in now.asked if row.referral.code not in wrong]
    answered = [row for row in now.answered if row.referral.code not in wrong]
    return Sheet(asked=[*wrong.values(), *others], answered=answered)
