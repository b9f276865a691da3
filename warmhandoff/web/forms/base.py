"""What every form of the product has in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from warmhandoff.foundation import once
from warmhandoff.foundation.errors import BadValue
from warmhandoff.foundation.models import Actor


class PlainForm(forms.Form):
    """A form that reads (search, filters): it changes nothing, so it needs no key."""

    label_suffix = ""

    def refuse(self, error: BadValue) -> None:
        """Show an action's refusal of one value at its field, or above the form where it has no field of that name."""
        sentence = " ".join(filter(None, [error.sentence, error.mend]))
        self.add_error(error.field if error.field in self.fields else None, sentence)


class OneUseKeyForm(PlainForm):
    """A form that changes something: its hidden key lets it take effect once.

    A second post of the same form shows the first one's result. After errors the same key is shown again, since nothing
    has used it.
    """

    form_key = forms.CharField(
        widget=forms.HiddenInput,
        max_length=64,
        error_messages={"required": _("This form is incomplete. Open the page again and repeat what you wrote.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.is_bound:
            self.initial.setdefault("form_key", once.new_key())

    def once(self, *, by: Actor | None, act: Callable[[], str]) -> str:
        """Let `act` happen once for this form; it returns the path that shows what it did. Returns that path, also the second time."""
        key = self.cleaned_data["form_key"]
        shown_already = once.claim(key, by=by)
        if shown_already is not None:
            return shown_already
        result = act()
        once.settle(key, result)
        return result
