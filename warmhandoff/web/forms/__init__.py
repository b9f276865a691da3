"""Forms that tie each hint and each error to its field.

`renderer` draws every form of the product (allauth's too) with USWDS markup; `base` has the one-use key; `fields` has the
few fields Django lacks (a date in three parts, choices that carry a description).
"""

from warmhandoff.web.forms.base import OneUseKeyForm, PlainForm
from warmhandoff.web.forms.fields import ChoiceLabel, MemorableDateField, PhoneField

__all__ = ["ChoiceLabel", "MemorableDateField", "OneUseKeyForm", "PhoneField", "PlainForm"]
