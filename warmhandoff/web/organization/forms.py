"""Forms about colleagues and services."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from warmhandoff.directory.actions import MOST_SEATS, Told
from warmhandoff.directory.models import Service
from warmhandoff.foundation import clock, terms
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.network.actions import roles_at
from warmhandoff.network.models import Membership, Organization
from warmhandoff.network.roles import SHEETS
from warmhandoff.web.directory.words import LANGUAGES, area_choices
from warmhandoff.web.forms import ChoiceLabel, MemorableDateField, OneUseKeyForm


class PressForm(OneUseKeyForm):
    """A button: nothing to fill in."""


class InviteForm(OneUseKeyForm):
    name = forms.CharField(label=_("Name"), max_length=120)
    email = forms.EmailField(
        label=_("Work email"),
        help_text=_("The invitation goes there. They sign in with it later."),
        max_length=254,
    )
    role = forms.ChoiceField(label=_("Role"), widget=forms.RadioSelect)
    language = forms.ChoiceField(
        label=_("Language of the mail"), choices=settings.LANGUAGES, initial="en", widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, organization: Organization, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer(
            "role",
            [
                (
                    role.value,
                    ChoiceLabel(gettext(SHEETS[role].label).capitalize(), gettext(SHEETS[role].says)),
                )
                for role in roles_at(organization)
            ],
        )


class AppointForm(OneUseKeyForm):
    lead = forms.ChoiceField(label=_("Who answers for the queue?"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, able: list[Membership], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer(
            "lead",
            [(each.code, ChoiceLabel(each.user.name, gettext(each.get_role_display()))) for each in able],
        )


def _tomorrow() -> date:
    return clock.today(current_place().zone) + timedelta(days=1)


def _in_two_years() -> date:
    return clock.today(current_place().zone) + timedelta(days=730)


class ServiceForm(OneUseKeyForm):
    """A service in the organization's own words."""

    name = forms.CharField(
        label=_("Name in English"), help_text=_("As you would say it to a colleague."), max_length=160
    )
    name_es = forms.CharField(label=_("Name in Spanish"), required=False, max_length=160)
    service_code = forms.ChoiceField(label=_("Kind of help"))
    area = forms.ChoiceField(
        label=_("Area"), help_text=_("Where people must be able to get to."), required=False
    )
    languages = forms.MultipleChoiceField(
        label=_("Languages spoken"), required=False, widget=forms.CheckboxSelectMultiple
    )
    mailbox = forms.EmailField(
        label=_("Mailbox for referrals"),
        help_text=_(
            "Referrals are answered from this mailbox, without an account. Empty: only colleagues who sign in can answer."
        ),
        required=False,
        max_length=254,
    )
    seats = forms.IntegerField(
        label=_("Free seats"),
        help_text=_("Empty, if nobody counts them."),
        required=False,
        min_value=0,
        max_value=MOST_SEATS,
        widget=forms.NumberInput(attrs={"class": "usa-input--small"}),
        error_messages={
            "min_value": _("Write a number from 0 to 999."),
            "max_value": _("Write a number from 0 to 999."),
            "invalid": _("Write a number from 0 to 999."),
        },
    )
    full_until = MemorableDateField(
        label=_("Full until"),
        help_text=_("Only if there is no room now. After this day it counts as open again."),
        required=False,
        earliest=_tomorrow,
        latest=_in_two_years,
        error_messages={"too_early": _("This day has passed. Leave it empty if there is room now.")},
    )
    requirement = forms.ChoiceField(label=_("One requirement"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        spoken = [(code, LANGUAGES.get(code, code)) for code in current_place().languages]
        needs = [(value, gettext(str(label)).capitalize()) for value, label in Service.Requirement.choices]
        for name, choices in (
            ("service_code", [("", _("Choose")), *terms.choices("service_code")]),
            ("area", [("", _("Everywhere here")), *area_choices()]),
            ("languages", spoken),
            ("requirement", needs),
        ):
            self.offer(name, choices)

    @staticmethod
    def said_of(service: Service) -> dict[str, Any]:
        """What the form shows of a service that is there."""
        return {
            "name": service.name,
            "name_es": service.name_es,
            "service_code": service.service_code,
            "area": service.area,
            "languages": service.languages,
            "mailbox": service.mailbox.value if service.mailbox else "",
            "seats": service.seats,
            "full_until": service.full_until if (service.full_until or date.min) >= _tomorrow() else None,
            "requirement": service.requirement,
        }

    def told(self) -> Told:
        said = self.cleaned_data
        return Told(**{name: said[name] for name in Told.__dataclass_fields__})
