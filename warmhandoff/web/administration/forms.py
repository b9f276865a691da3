"""Forms about organizations and agreements."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from warmhandoff.foundation import clock
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.network.models import Organization, Queue
from warmhandoff.web.forms import ChoiceLabel, MemorableDateField, OneUseKeyForm, PhoneField


def _today() -> date:
    return clock.today(current_place().zone)


class OrganizationForm(OneUseKeyForm):
    name = forms.CharField(label=_("Name"), help_text=_("As it calls itself."), max_length=200)
    kinds = forms.MultipleChoiceField(
        label=_("What it is"),
        help_text=_("All that are true: one that trains and hires is both."),
        widget=forms.CheckboxSelectMultiple,
    )
    parent = forms.ChoiceField(label=_("Part of"), required=False)
    phone = PhoneField(
        label=_("Phone"),
        help_text=_("Mails to those it refers people to name this number for questions."),
        required=False,
    )

    def __init__(self, *args: Any, organizations: Sequence[Organization], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [(value, gettext(str(label)).capitalize()) for value, label in Organization.Kind.choices]
        self.offer("kinds", kinds)
        self.offer(
            "parent", [("", _("No other organization")), *((each.code, each.name) for each in organizations)]
        )


class AgreementForm(OneUseKeyForm):
    queue = forms.ChoiceField(
        label=_("If it closes, who holds its people?"),
        help_text=_("The queue named here has accepted them with this agreement."),
        widget=forms.RadioSelect,
    )
    signed_on = MemorableDateField(
        label=_("Signed on"),
        latest=_today,
        error_messages={"too_late": _("This day hasn't come yet. Give the day on which it was signed.")},
    )

    def __init__(self, *args: Any, queues: Sequence[Queue], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer(
            "queue",
            [
                (
                    each.code,
                    ChoiceLabel(
                        each.organization.name,
                        _("%(name)s answers for the queue.")
                        % {"name": each.lead.user.name if each.lead else ""},
                    ),
                )
                for each in queues
            ],
        )


class FirstLeadForm(OneUseKeyForm):
    name = forms.CharField(label=_("Name"), max_length=120)
    email = forms.EmailField(
        label=_("Work email"),
        help_text=_("The invitation goes there. They sign in with it later."),
        max_length=254,
    )
    language = forms.ChoiceField(
        label=_("Language of the mail"), choices=settings.LANGUAGES, initial="en", widget=forms.RadioSelect
    )
