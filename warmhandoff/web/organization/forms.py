"""Forms about colleagues."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from warmhandoff.network.actions import roles_at
from warmhandoff.network.models import Membership, Organization
from warmhandoff.network.roles import SHEETS
from warmhandoff.web.forms import ChoiceLabel, OneUseKeyForm


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
