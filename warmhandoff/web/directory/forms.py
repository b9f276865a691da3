"""What one looks for, and what a reviewer says."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from warmhandoff.directory.reading import Wanted
from warmhandoff.foundation import terms
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.web.directory.words import LANGUAGES, area_choices
from warmhandoff.web.forms import OneUseKeyForm, PlainForm

ANY = [("", _("Any"))]


class FindForm(PlainForm):
    marks_optional = False

    text = forms.CharField(label=_("Words"), required=False, max_length=100)
    service_code = forms.ChoiceField(label=_("Kind of help"), required=False)
    area = forms.ChoiceField(label=_("Area"), required=False)
    language = forms.ChoiceField(label=_("Language"), required=False)
    has_room = forms.BooleanField(label=_("Has room"), required=False)
    open_now = forms.BooleanField(label=_("Open now"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        spoken = [(code, LANGUAGES.get(code, code)) for code in current_place().languages]
        for name, choices in (
            ("service_code", terms.choices("service_code")),
            ("area", area_choices()),
            ("language", spoken),
        ):
            self.offer(name, [*ANY, *choices])

    def wanted(self) -> Wanted:
        """What was asked for; what can't be read narrows nothing."""
        said = {name: self.cleaned_data.get(name) for name in self.fields}
        return Wanted(**{name: value for name, value in said.items() if value})


class ReviewForm(OneUseKeyForm):
    """Nothing to fill in: the new words stand."""


class SendBackForm(OneUseKeyForm):
    note = forms.CharField(
        label=_("What should they change?"),
        help_text=_("One sentence. They read it, and can change it again."),
        max_length=250,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
