"""How it goes with one referral, as a row among others: each is answered by itself, and one that isn't touched stays as it is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from warmhandoff.foundation import terms
from warmhandoff.foundation.errors import BadValue, DomainError
from warmhandoff.foundation.models import Actor
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.referrals import actions
from warmhandoff.referrals.models import Referral, ReferralEvent
from warmhandoff.referrals.states import ACCEPTED, ENGAGED
from warmhandoff.web.answer.forms import last_day_of_next, today
from warmhandoff.web.answer.views import words_of
from warmhandoff.web.forms import PlainForm

# "No", because nobody can reach them: no end of its own kind, but the machine's, with its own conditions.
LOST = "lost_contact"


class DayInput(forms.DateInput):
    """A day near today, in one field: with forty rows, three fields a day would be a wall."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(attrs={"class": "usa-input--medium"}, format="%Y-%m-%d")


# Where a browser has no calendar of its own, people type.
TYPED = ("%Y-%m-%d", "%m/%d/%Y", "%d.%m.%Y")
NO_DAY = _("Give the day as month, day and year, like 11/24/2026.")


def is_touched(data: Mapping[str, Any], referral: Referral) -> bool:
    """Whether anything was said in this row."""
    return any(str(data.get(f"{referral.code}-{name}", "")).strip() for name in RowForm.base_fields)


class RowForm(PlainForm):
    """Fields of one row; its prefix is the referral's code. What an answer needs is asked once it is given."""

    marks_optional = False

    going = forms.ChoiceField(
        label=_("Still with you?"),
        required=False,
        widget=forms.RadioSelect,
        choices=[("yes", _("Yes")), ("no", _("No"))],
    )
    last_seen_on = forms.DateField(
        label=_("Last seen on"),
        required=False,
        widget=DayInput,
        input_formats=TYPED,
        error_messages={"invalid": NO_DAY},
    )
    what_next = forms.ChoiceField(label=_("What is next?"), required=False)
    next_by = forms.DateField(
        label=_("By when?"),
        required=False,
        widget=DayInput,
        input_formats=TYPED,
        error_messages={"invalid": NO_DAY},
    )
    why = forms.ChoiceField(label=_("Why did it end?"), required=False)

    def __init__(
        self, *args: Any, referral: Referral, said: ReferralEvent | None = None, **kwargs: Any
    ) -> None:
        self.referral = referral
        super().__init__(*args, prefix=referral.code, use_required_attribute=False, **kwargs)
        self.offer("what_next", [("", _("Choose")), *terms.choices("what_next")])
        self.offer("why", [("", _("Choose")), *_reasons(referral)])
        seen_from = current_place().day_of(referral.answered_at or referral.sent_at)
        self._between("last_seen_on", seen_from, today())
        self._between("next_by", today(), last_day_of_next())
        if referral.state != ENGAGED:
            self.fields["going"].label = _("Does it go on?")
            self.fields["last_seen_on"].help_text = _("Leave it empty if you haven’t met yet.")
        if said is not None:
            self.initial = {
                "going": "yes", "last_seen_on": said.last_seen_on, "what_next": said.detail,
                "next_by": said.due_at and current_place().day_of(said.due_at),
            }  # fmt: skip

    def _between(self, name: str, first: date, last: date) -> None:
        self.fields[name].widget.attrs |= {"min": first.isoformat(), "max": last.isoformat()}

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        going = said.get("going")
        missing = {
            "": [("going", gettext("Say yes or no."))],
            "yes": [
                ("what_next", gettext("Say what is next.")),
                ("next_by", gettext("Say by when.")),
                *([("last_seen_on", gettext("Say when you last saw them."))] if self._must_have_met else []),
            ],
            "no": [("why", gettext("Say why it ended: choose the reason that is nearest."))],
        }
        for name, sentence in missing.get(going or "", []):
            if not said.get(name) and name not in self.errors:
                self.add_error(name, sentence)
        return said

    @property
    def _must_have_met(self) -> bool:
        return self.referral.state == ENGAGED

    def save(self, by: Actor) -> bool:
        """Do what was said. False where it is refused: the row then says why."""
        said = self.cleaned_data
        try:
            if said["going"] == "yes":
                actions.confirm(
                    referral=self.referral,
                    what_next=said["what_next"],
                    next_by=said["next_by"],
                    last_seen_on=said["last_seen_on"],
                    by=by,
                )
            elif said["why"] == LOST:
                actions.lose_contact(referral=self.referral, last_seen_on=said["last_seen_on"], by=by)
            else:
                actions.end_early(
                    referral=self.referral, reason=said["why"], last_seen_on=said["last_seen_on"], by=by
                )
        except BadValue as error:
            self.refuse(error)
            return False
        except DomainError as error:
            self.add_error(None, " ".join(filter(None, words_of(error))))
            return False
        return True


def _reasons(referral: Referral) -> list[tuple[str, str]]:
    """Why it ended. That they can't be reached is an end only before the first contact, and only after enough tries."""
    reasons = terms.choices("end_reason")
    return [(LOST, gettext("We can’t reach them")), *reasons] if referral.state == ACCEPTED else reasons
