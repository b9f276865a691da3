"""What is asked for an enrollment: little, each thing once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from warmhandoff.foundation import clock
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.participants.correcting import Reason
from warmhandoff.programs.models import Contract
from warmhandoff.referrals.models import Referral
from warmhandoff.web.forms import ChoiceLabel, MemorableDateField, OneUseKeyForm
from warmhandoff.web.people.moves_forms import ConsentFields
from warmhandoff.web.people.noted import words_of_reason
from warmhandoff.web.today import said


def _last_year() -> date:
    return said.today() - timedelta(days=366)


def _day(label: Any, help_text: Any = "") -> MemorableDateField:
    return MemorableDateField(
        label=label, help_text=help_text, initial=said.today, earliest=_last_year, latest=said.today
    )


class ApplyForm(OneUseKeyForm):
    """In what somebody wants to take part, and since when they have asked."""

    contract = forms.ChoiceField(label=gettext_lazy("In which program?"), widget=forms.RadioSelect)
    referral = forms.ChoiceField(
        label=gettext_lazy("Did a referral lead here?"),
        help_text=gettext_lazy(
            "When they get a place, it is closed as completed, and its sender hears of it."
        ),
        widget=forms.RadioSelect,
        required=False,
    )
    on = _day(gettext_lazy("When did they ask?"))
    field_order = ("contract", "referral", "on")

    def __init__(
        self,
        *args: Any,
        contracts: Sequence[tuple[Contract, ChoiceLabel]],
        referrals: Sequence[Referral],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.contracts = {one.code: one for one, _label in contracts}
        self.referrals = {one.code: one for one in referrals}
        self.fields["contract"].choices = [(one.code, label) for one, label in contracts]  # type: ignore[attr-defined]
        if len(contracts) == 1:
            self.fields["contract"].initial = contracts[0][0].code
        if referrals:
            self.fields["referral"].choices = [  # type: ignore[attr-defined]
                *((one.code, _referral_label(one)) for one in referrals),
                ("", _("None of these")),
            ]
            self.fields["referral"].initial = referrals[0].code
        else:
            del self.fields["referral"]

    def chosen(self) -> dict[str, Any]:
        return {
            "contract": self.contracts[self.cleaned_data["contract"]],
            "referral": self.referrals.get(self.cleaned_data.get("referral", "")),
            "on": self.cleaned_data["on"],
        }


def _referral_label(referral: Referral) -> ChoiceLabel:
    return ChoiceLabel(referral.service.name, _("from %(sender)s") % {"sender": referral.sender.name})


class EnrollForm(ConsentFields):
    """Their yes to what the agency learns, and the day."""

    on = _day(
        gettext_lazy("From which day do they have a place?"),
        gettext_lazy("The day of enrollment. Training and work have days of their own."),
    )
    also = forms.BooleanField(
        label=gettext_lazy(
            "They also agree that the agency learns whether they take part in another program"
        ),
        help_text=gettext_lazy(
            "The Trauma Prevention Initiative, say. Without it the agency learns nothing of that."
        ),
        required=False,
    )
    field_order = ("how", "witness", "also", "on")

    def __init__(self, *args: Any, asks_of_others: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not asks_of_others:
            del self.fields["also"]


class AgreeAgainForm(ConsentFields):
    """What they say now that they are asked once more."""

    answer = forms.ChoiceField(
        label=gettext_lazy("What do they say?"),
        widget=forms.RadioSelect,
        choices=[
            ("yes", gettext_lazy("Yes, the agency may go on learning that they take part")),
            ("no", gettext_lazy("No")),
        ],
    )
    also = EnrollForm.base_fields["also"]
    field_order = ("answer", "how", "witness", "also")

    def __init__(self, *args: Any, asks_of_others: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["how"].label = _("How did they say it?")
        if not asks_of_others:
            del self.fields["also"]


class ListForm(OneUseKeyForm):
    """When somebody looks again whether there is a place."""

    review_on = MemorableDateField(label=gettext_lazy("When do you look again?"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        latest = current_place().latest_day("waitlist", clock.now())
        self.fields["review_on"].help_text = _("At most until %(day)s. You can put it off again.") % {
            "day": said.full_day(latest)
        }
        self.fields["review_on"].initial = said.today() + timedelta(days=30)


class DayForm(OneUseKeyForm):
    """On which day it was."""

    on = _day(gettext_lazy("On which day?"))


class LeaveForm(OneUseKeyForm):
    """Why somebody leaves, and since when."""

    reason = forms.ChoiceField(label=gettext_lazy("Why?"), widget=forms.RadioSelect)
    on = _day(gettext_lazy("On which day?"))

    def __init__(self, *args: Any, reasons: Sequence[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].choices = list(reasons)  # type: ignore[attr-defined]


class TakeBackForm(OneUseKeyForm):
    """What was wrong with what was said last."""

    reason = forms.ChoiceField(label=gettext_lazy("What was wrong?"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].choices = [  # type: ignore[attr-defined]
            (reason.value, _first_upper(words_of_reason(reason)))
            for reason in (Reason.MISTAKE, Reason.WRONG_PERSON, Reason.WRONG_DAY, Reason.WRONG_OUTCOME)
        ]


def _first_upper(words: str) -> str:
    return words[:1].upper() + words[1:]
