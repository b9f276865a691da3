"""Letting time pass: a press without fields, but for how much."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from warmhandoff.web.forms import OneUseKeyForm

CHOICES: tuple[tuple[str, Any], ...] = (
    ("1", _("Let one business day pass")),
    ("6", _("Let six working days pass")),
)


class LetPass(OneUseKeyForm):
    days = forms.TypedChoiceField(choices=CHOICES, coerce=int, widget=forms.HiddenInput)
