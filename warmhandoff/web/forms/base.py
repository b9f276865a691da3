"""What every form of the product has in common."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, ClassVar

from django import forms
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from warmhandoff.foundation import once
from warmhandoff.foundation.errors import BadValue
from warmhandoff.foundation.models import Actor

# What to do, instead of Django's "This field is required."; a field's own sentence is left alone.
MISSING: tuple[tuple[type[forms.Field], Any], ...] = (
    (forms.MultipleChoiceField, _("Choose at least one.")),
    (forms.ChoiceField, _("Choose one.")),
    (forms.BooleanField, _("Tick the box to go on.")),
    (forms.FileField, _("Choose a file.")),
    (forms.Field, _("Fill this in.")),
)
DJANGOS_WORDS = forms.Field.default_error_messages["required"]


class PlainForm(forms.Form):
    """A form that reads (search, filters): it changes nothing, so it needs no key."""

    # A search says no: of a filter everybody knows that it may stay empty.
    marks_optional: ClassVar[bool] = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if field.error_messages.get("required") == DJANGOS_WORDS:
                field.error_messages["required"] = next(
                    words for kind, words in MISSING if isinstance(field, kind)
                )

    def offer(self, name: str, choices: Iterable[tuple[Any, Any]]) -> None:
        """What can be chosen at a field, where only the moment knows."""
        self.fields[name].choices = list(choices)  # type: ignore[attr-defined]

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
        error_messages={
            "required": _("This form is incomplete. Open the page again and repeat what you wrote.")
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.is_bound:
            self.initial.setdefault("form_key", once.new_key())

    def once(self, *, by: Actor | None, act: Callable[[], str]) -> str:
        """Let `act` happen once for this form; it returns the path that shows what it did. Returns that path, also the second time."""
        key = self.cleaned_data["form_key"]
        # A refusal undoes the claim too: the form is shown again with this key, and must still be able to act.
        with transaction.atomic():
            shown_already = once.claim(key, by=by)
            if shown_already is not None:
                return shown_already
            result = act()
            once.settle(key, result)
        return result
