"""What is asked about employers and least wages."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import get_language, get_language_info
from django.utils.translation import gettext_lazy as _

from warmhandoff.employers.actions import Address, Asked
from warmhandoff.foundation import terms
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.labor_market.models import Locality
from warmhandoff.labor_market.reading import addresses
from warmhandoff.web.forms import MemorableDateField, OneUseKeyForm, PlainForm
from warmhandoff.web.today import said

SELECT = forms.Select()


class SearchForm(PlainForm):
    q = forms.CharField(label=_("Search"), required=False, max_length=80)


class EmployerForm(OneUseKeyForm):
    name = forms.CharField(label=_("What are they called?"), max_length=160)


def _industries() -> list[tuple[str, str]]:
    return [("", str(_("Any other"))), *terms.choices("industry")]


class SiteForm(OneUseKeyForm):
    address = forms.CharField(
        label=_("Address of the worksite"), help_text=_("Street and city."), max_length=200
    )
    name = forms.CharField(label=_("What is it called?"), required=False, max_length=120)
    locality = forms.ChoiceField(
        label=_("In which city does the address lie?"),
        help_text=_("The least wage goes by it. Look it up; a ZIP code or a mailing address can mislead."),
        widget=SELECT,
    )
    locality_source = forms.CharField(
        label=_("Where did you look it up?"),
        required=False,
        max_length=160,
        help_text=_("Such as the county’s district locator, and the day."),
    )
    industry = forms.ChoiceField(
        label=_("What kind of place is it?"),
        help_text=_("Some have a least wage of their own."),
        required=False,
        widget=SELECT,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = get_language() or "en"
        self.localities = {one.code: one for one in addresses()}
        self.offer(
            "locality",
            [("", ""), *((code, one.in_language(language)) for code, one in self.localities.items())],
        )
        self.offer("industry", _industries())

    @property
    def says(self) -> Address:
        data = self.cleaned_data
        return Address(
            address=data["address"],
            locality=self.localities[data["locality"]],
            name=data["name"],
            locality_source=data["locality_source"],
            industry=data["industry"],
        )


class ContactForm(OneUseKeyForm):
    name = forms.CharField(label=_("Whom do you ask there?"), max_length=120)
    title = forms.CharField(label=_("What do they do there?"), required=False, max_length=80)
    email = forms.EmailField(
        label=_("Mail address"),
        required=False,
        max_length=254,
        help_text=_(
            "Mails about hours go here, under the name %(us)s. They say nothing of a program or of us."
        ),
    )
    language = forms.ChoiceField(label=_("In which language do we write to them?"), widget=forms.RadioSelect)
    phone = forms.CharField(label=_("Phone"), required=False, max_length=40)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        place = current_place()
        self.offer(
            "language",
            [(code, get_language_info(code)["name_local"].capitalize()) for code in place.languages],
        )
        self.fields["email"].help_text = str(self.fields["email"].help_text) % {"us": place.names.employers}

    @property
    def says(self) -> Asked:
        return Asked(
            **{name: self.cleaned_data[name] for name in ("name", "title", "phone", "email", "language")}
        )


def _a_year_ahead() -> date:
    return said.today() + timedelta(days=730)


class FloorForm(OneUseKeyForm):
    locality = forms.ChoiceField(label=_("Where does it hold?"), widget=SELECT)
    industry = forms.ChoiceField(label=_("For which kind of place?"), required=False, widget=SELECT)
    rate = forms.DecimalField(
        label=_("What does an hour pay at least?"),
        help_text=_("In dollars, like 17.87."),
        max_digits=6,
        decimal_places=2,
        widget=forms.TextInput(attrs={"class": "usa-input--small", "inputmode": "decimal"}),
    )
    valid_from = MemorableDateField(
        label=_("From which day on?"),
        help_text=_("From today on: hours were paid by what held before."),
        latest=_a_year_ahead,
    )
    source = forms.CharField(label=_("Where can it be read?"), max_length=250)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = get_language() or "en"
        self.localities = {one.code: one for one in Locality.objects.all()}
        self.offer(
            "locality",
            [("", ""), *((code, one.in_language(language)) for code, one in self.localities.items())],
        )
        self.offer("industry", [("", str(_("Every one"))), *terms.choices("industry")])
