"""What is asked about paid work: its plan, the person's word on being introduced, a wage, the hours of a week."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from warmhandoff.employers.models import EmployerContact, Site
from warmhandoff.foundation import terms
from warmhandoff.jurisdictions.dates import short_day
from warmhandoff.programs.actions.work import LONGEST, Place, Planned
from warmhandoff.web.forms import ChoiceLabel, MemorableDateField, OneUseKeyForm
from warmhandoff.web.people.training import CourseForm
from warmhandoff.web.today import said

LONG_AGO = timedelta(days=365)
SELECT = forms.Select()


def _past(label: Any, **more: Any) -> MemorableDateField:
    return MemorableDateField(
        label=label, earliest=lambda: said.today() - LONG_AGO, latest=said.today, **more
    )


def _around(label: Any, **more: Any) -> MemorableDateField:
    return MemorableDateField(
        label=label,
        earliest=lambda: said.today() - LONG_AGO,
        latest=lambda: said.today() + LONGEST,
        **more,
    )


def _wage() -> forms.DecimalField:
    return forms.DecimalField(
        label=_("What does an hour pay?"),
        help_text=_("In dollars, like 19.50. The least wage of the place and its day is looked up."),
        max_digits=6,
        decimal_places=2,
        widget=forms.TextInput(attrs={"class": "usa-input--small", "inputmode": "decimal"}),
    )


class PlanForm(OneUseKeyForm):
    """Where, for whom, for what, and when."""

    site = forms.ChoiceField(label=_("Where do they work?"), widget=SELECT)
    supervisor = forms.ChoiceField(
        label=_("Who says there that the hours are right?"),
        help_text=_("A mail with a link goes to them, once the person has agreed to be introduced."),
        widget=SELECT,
    )
    kind = forms.ChoiceField(label=_("What kind of paid work is it?"), widget=forms.RadioSelect)
    employer_of_record = forms.ChoiceField(
        label=_("Who pays the wage?"),
        help_text=_("Empty: whoever they work for."),
        required=False,
        widget=SELECT,
    )
    wage = _wage()
    planned_hours = forms.IntegerField(
        label=_("How many hours are planned, together?"),
        min_value=1,
        widget=forms.TextInput(attrs={"class": "usa-input--small", "inputmode": "numeric"}),
    )
    occupation = forms.CharField(
        label=_("In which occupation?"),
        help_text=_("A part of its name, like print, or its number. Empty: in none of its own."),
        required=False,
        max_length=160,
    )
    planned_from = _around(_("When is it to begin?"))
    planned_to = _around(_("When is it to end?"))

    clean_occupation = CourseForm.clean_occupation

    def __init__(
        self, *args: Any, sites: Sequence[Site], contacts: Sequence[EmployerContact], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.sites = {one.code: one for one in sites}
        self.contacts = {one.code: one for one in contacts}
        employers = {one.employer.code: one.employer for one in sites}
        self.employers = employers
        self.offer(
            "site", [("", ""), *((code, f"{one.employer.name}: {one}") for code, one in self.sites.items())]
        )
        self.offer(
            "supervisor",
            [("", ""), *((code, f"{one.name} ({one.employer.name})") for code, one in self.contacts.items())],
        )
        self.offer("kind", terms.choices("work_kind"))
        self.offer("employer_of_record", [("", ""), *((code, one.name) for code, one in employers.items())])

    @property
    def place(self) -> Place:
        data = self.cleaned_data
        site = self.sites[data["site"]]
        return Place(
            site=site,
            employer_of_record=self.employers.get(data["employer_of_record"], site.employer),
            supervisor=self.contacts[data["supervisor"]],
            kind=data["kind"],
            occupation=data["occupation"],
        )

    @property
    def planned(self) -> Planned:
        data = self.cleaned_data
        return Planned(data["planned_from"], data["planned_to"], data["planned_hours"])


class IntroduceForm(OneUseKeyForm):
    """Asked beside the person, with what the introduction gives away."""

    agrees = forms.ChoiceField(
        label=_("May we introduce them to this worksite?"),
        choices=[("yes", _("Yes, they agree")), ("no", _("No, or no longer"))],
        widget=forms.RadioSelect,
    )
    name = forms.CharField(
        label=_("By which name do they want to be known there?"),
        help_text=_(
            "A first name and a letter is enough. It is all that the worksite reads about them, besides days and hours."
        ),
        required=False,
        max_length=120,
    )
    how = forms.ChoiceField(label=_("How do we know?"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("how", terms.choices("said_how"))

    @property
    def values(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {"agrees": data["agrees"] == "yes", "name": data["name"], "how": data["how"]}


class SupervisorForm(OneUseKeyForm):
    """Somebody else of the employer's."""

    supervisor = forms.ChoiceField(
        label=_("Who says there from now on that the hours are right?"),
        help_text=_(
            "The person is asked again before anything goes to them; the link of who did it before stops showing it."
        ),
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, contacts: Sequence[EmployerContact], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.contacts = {one.code: one for one in contacts}
        self.offer(
            "supervisor",
            [
                (
                    code,
                    ChoiceLabel(
                        one.name,
                        one.mailbox.value if one.mailbox else _("No mail address: no link reaches them."),
                    ),
                )
                for code, one in self.contacts.items()
            ],
        )

    @property
    def values(self) -> dict[str, Any]:
        return {"supervisor": self.contacts[self.cleaned_data["supervisor"]]}


class DayForm(OneUseKeyForm):
    on = _past(_("On which day?"))


class EndedForm(DayForm):
    reason = forms.ChoiceField(label=_("Why?"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("reason", terms.choices("work_end_reason"))


class CallOffForm(EndedForm):
    on = None  # type: ignore[assignment]


class WageForm(OneUseKeyForm):
    wage = _wage()
    valid_from = _around(_("From which day on?"))

    @property
    def values(self) -> dict[str, Any]:
        return {"hourly": self.cleaned_data["wage"], "valid_from": self.cleaned_data["valid_from"]}


class HoursForm(OneUseKeyForm):
    """Seven days. What is left empty is a day without work."""

    def __init__(self, *args: Any, week: date, corrects: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for n in range(7):
            on = week + timedelta(days=n)
            self.fields[f"day_{n}"] = forms.DecimalField(
                label=short_day(on),
                required=False,
                max_digits=5,
                decimal_places=2,
                widget=forms.TextInput(
                    attrs={"class": "usa-input--2xs", "inputmode": "decimal", "maxlength": 5}
                ),
            )
        if corrects:
            self.fields["reason"] = forms.ChoiceField(label=_("What was wrong?"), widget=forms.RadioSelect)
            self.offer("reason", terms.choices("hours_reason"))

    @property
    def hours(self) -> list[Decimal]:
        return [self.cleaned_data[f"day_{n}"] or Decimal(0) for n in range(7)]


class PaperForm(OneUseKeyForm):
    """Somebody here saw the worksite's signed paper."""
