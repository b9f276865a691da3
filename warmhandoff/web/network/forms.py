"""What a navigator suggests, and asks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from warmhandoff.directory.models import Service
from warmhandoff.referrals.actions.watching import LONGEST_NOTE
from warmhandoff.web.directory.words import room_of, where
from warmhandoff.web.forms import ChoiceLabel, OneUseKeyForm


class SuggestForm(OneUseKeyForm):
    place = forms.ChoiceField(label=_("Which place?"), widget=forms.RadioSelect)
    note = forms.CharField(
        label=_("A word to whoever holds the person"),
        help_text=_("Of the place, and not of the person: you don’t know who it is."),
        required=False,
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, places: Sequence[Service], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.places = {each.code: each for each in places}
        self.offer("place", [(each.code, ChoiceLabel(_called(each), _about(each))) for each in places])

    @property
    def chosen(self) -> Service:
        return self.places[self.cleaned_data["place"]]


class TakeOverForm(OneUseKeyForm):
    note = forms.CharField(
        label=_("Why do you ask?"),
        help_text=_("They read it with your office’s name. You don’t know who it is about."),
        required=False,
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


def _called(service: Service) -> str:
    return f"{service.in_language(get_language() or 'en')}, {service.organization.name}"


def _about(service: Service) -> str:
    room = room_of(service)
    return ". ".join(filter(None, [room.words if room else "", where(service)]))
