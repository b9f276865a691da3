"""What doesn't work, in somebody's words; and the office's word about it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from warmhandoff.network.improvements import LONGEST, LONGEST_SAID, LONGEST_WORDS, Said
from warmhandoff.network.models import Improvement
from warmhandoff.web.forms import ChoiceLabel, OneUseKeyForm, PlainForm

WIDTHS = ("phone", "tablet", "desk")


def _words(label: Any, longest: int, *, rows: int = 3, **more: Any) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=longest, widget=forms.Textarea(attrs={"rows": rows}), **more
    )


class SayForm(OneUseKeyForm):
    """What somebody was trying to do, and what happened. The page's state travels beside it, hidden."""

    trying = _words(_("What were you trying to do?"), LONGEST)
    happened = _words(_("What happened instead?"), LONGEST, required=False)
    may_ask_back = forms.BooleanField(
        label=_("You may ask me about it"),
        required=False,
        help_text=_("Only the network’s office reads what you write here."),
    )
    on = forms.CharField(widget=forms.HiddenInput, required=False, max_length=60)
    width = forms.CharField(
        widget=forms.HiddenInput(attrs={"data-width": "yes"}), required=False, max_length=10
    )

    def __init__(self, *args: Any, member: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not member:  # nobody knows whom to ask
            del self.fields["may_ask_back"]

    @property
    def seen_at(self) -> str:
        width = str(self.cleaned_data["width"])
        return width if width in WIDTHS else ""


class CodeForm(PlainForm):
    """The code that a visitor was given."""

    code = forms.CharField(
        label=_("The code you were given"),
        max_length=20,
        widget=forms.TextInput(
            attrs={"class": "usa-input--medium", "autocomplete": "off", "spellcheck": "false"}
        ),
    )


class SayBackForm(OneUseKeyForm):
    """How it stands, and the words that all members read."""

    state = forms.ChoiceField(label=_("How does it stand?"), widget=forms.RadioSelect)
    said = _words(
        _("One sentence to whoever said it"),
        LONGEST_SAID,
        rows=2,
        required=False,
        help_text=_("They read it on their own page and in the mail. Name nobody."),
    )
    said_es = _words(_("The same in Spanish"), LONGEST_SAID, rows=2, required=False)
    words = _words(
        _("For the list that all members read"),
        LONGEST_WORDS,
        rows=2,
        required=False,
        help_text=_("In your own words, without names and places. Empty: it isn’t on the list."),
    )
    words_es = _words(_("For the list, in Spanish"), LONGEST_WORDS, rows=2, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer(
            "state", [(state, gettext(label).capitalize()) for state, label in Improvement.State.choices]
        )

    def told(self) -> Said:
        return Said(**{name: self.cleaned_data[name] for name in Said.__dataclass_fields__})

    @staticmethod
    def of(improvement: Improvement) -> dict[str, Any]:
        return {name: getattr(improvement, name) for name in Said.__dataclass_fields__}


class MergeForm(OneUseKeyForm):
    """The same as another one on the list."""

    into = forms.ChoiceField(label=_("Which one is the same?"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, others: Iterable[tuple[str, str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("into", [(code, ChoiceLabel(words, light)) for code, words, light in others])
