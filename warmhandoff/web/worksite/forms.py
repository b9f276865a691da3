"""What a supervisor is asked."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from warmhandoff.foundation import terms
from warmhandoff.web.forms import OneUseKeyForm


class NotRightForm(OneUseKeyForm):
    reason = forms.ChoiceField(
        label=_("What is not right?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Say what is not right: choose what is nearest.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].choices = terms.choices("hours_back_reason")  # type: ignore[attr-defined]
