"""Forms that tie each hint and each error to its field.

`renderer` draws every form of the product (allauth's too) with USWDS markup; `base` has the one-use key; `fields` has the
few fields Django lacks (a date in three parts, choices that carry a description); `meanwhile` is for what two people change.
"""

from warmhandoff.web.forms.base import OneUseKeyForm, PlainForm
from warmhandoff.web.forms.fields import ChoiceLabel, MemorableDateField, PhoneField
from warmhandoff.web.forms.meanwhile import Meanwhile, as_typed

__all__ = [
    "ChoiceLabel",
    "Meanwhile",
    "MemorableDateField",
    "OneUseKeyForm",
    "PhoneField",
    "PlainForm",
    "as_typed",
]
