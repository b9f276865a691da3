"""The forms about who holds someone: asking, offering, answering, putting two files together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from warmhandoff.custody.models import Handover
from warmhandoff.custody.moves import OFFERED_ELSEWHERE
from warmhandoff.foundation import terms
from warmhandoff.network.models import Membership, Organization
from warmhandoff.network.reading import staff_of
from warmhandoff.participants.actions import Asked
from warmhandoff.participants.models import Consent
from warmhandoff.web.forms import ChoiceLabel, OneUseKeyForm

LONGEST_NOTE = 2000
ASKER, ASKED, EITHER = Handover.Keeper.ASKER, Handover.Keeper.ASKED, Handover.Keeper.EITHER


def _note(label: Any, hint: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=hint,
        required=False,
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class AskForm(OneUseKeyForm):
    """Asking somebody who holds a person."""

    note = _note(
        gettext_lazy("What should they know?"),
        gettext_lazy("Only what they need in order to answer. It goes to nobody else."),
    )


class AskToLinkForm(AskForm):
    """Asking to connect two persons who are one human."""

    proposed = forms.ChoiceField(
        label=gettext_lazy("Who should go on holding them?"), widget=forms.RadioSelect, initial=EITHER
    )
    field_order = ("proposed", "note")

    def __init__(self, *args: Any, other: str, only_us: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        us = (ASKER, _("We do"))
        either = [(EITHER, _("Either of us: they choose")), (ASKED, other), us]
        self.fields["proposed"].choices = [us] if only_us else either  # type: ignore[attr-defined]
        if only_us:
            self.fields["proposed"].initial = ASKER


class ConsentFields(OneUseKeyForm):
    """How the person said yes: written down with what it is for."""

    how = forms.ChoiceField(
        label=gettext_lazy("How did the person agree?"), widget=forms.RadioSelect, choices=Consent.How.choices
    )
    witness = forms.ChoiceField(
        label=gettext_lazy("Who heard it?"),
        help_text=gettext_lazy("Only for a spoken yes."),
        required=False,
    )

    def __init__(self, *args: Any, organization_id: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["how"].choices = [  # type: ignore[attr-defined]
            (Consent.How.SCREEN, _("On screen, with me")),
            (Consent.How.PAPER, _("On paper")),
            (Consent.How.SPOKEN, _("Spoken, with a witness")),
        ]
        self.colleagues: dict[str, Membership] = {each.code: each for each in staff_of(organization_id)}
        self.fields["witness"].choices = [  # type: ignore[attr-defined]
            ("", _("Nobody chosen")),
            *((code, each.user.name) for code, each in self.colleagues.items()),
        ]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("how") == Consent.How.SPOKEN and not cleaned.get("witness"):
            self.add_error("witness", _("Name the colleague who heard it."))
        return cleaned

    def asked(
        self, *, recipient: int, purpose: str, classes: Sequence[str], parts: Sequence[str], language: str
    ) -> Asked:
        """What the person was asked, and that they said yes."""
        return Asked(
            recipients=[recipient],
            parts=parts,
            data_classes=classes,
            purpose=purpose,
            language=language,
            **self.said(),
        )

    def said(self) -> dict[str, Any]:
        """How they said yes, and who heard it."""
        witness = self.colleagues.get(self.cleaned_data.get("witness", ""))
        return {"how": self.cleaned_data["how"], "witness_id": witness.pk if witness else None}


class OfferForm(ConsentFields):
    """To whom someone is offered, as a whole."""

    to = forms.ChoiceField(label=gettext_lazy("To which organization?"))
    note = _note(
        gettext_lazy("What should they know before they answer?"),
        gettext_lazy("No name and nothing that tells who it is: they read it before they say yes."),
    )
    field_order = ("to", "how", "witness", "note")

    def __init__(self, *args: Any, organizations: Sequence[Organization], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.organizations = {each.code: each for each in organizations}
        self.fields["to"].choices = [  # type: ignore[attr-defined]
            ("", _("Choose one")),
            *((code, each.name) for code, each in self.organizations.items()),
        ]

    def chosen(self) -> Organization:
        return self.organizations[self.cleaned_data["to"]]


class AgreeForm(ConsentFields):
    """Yes to a request or a working link."""

    keeps = forms.ChoiceField(label=gettext_lazy("Who goes on holding them?"), widget=forms.RadioSelect)
    field_order = ("keeps", "how", "witness")

    def __init__(self, *args: Any, keepers: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if keepers:
            self.fields["keeps"].choices = keepers  # type: ignore[attr-defined]
        else:
            del self.fields["keeps"]


class RefuseForm(OneUseKeyForm):
    """No, and why."""

    reason = forms.ChoiceField(label=gettext_lazy("Why?"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # That they are offered to somebody else is said by offering them.
        self.fields["reason"].choices = [  # type: ignore[attr-defined]
            each for each in terms.choices("refusal_reason") if each[0] != OFFERED_ELSEWHERE
        ]


class MergeForm(OneUseKeyForm):
    """Which of two files is shown from now on."""

    keep = forms.ChoiceField(label=gettext_lazy("Which file should be shown?"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, files: Sequence[tuple[str, ChoiceLabel]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["keep"].choices = files  # type: ignore[attr-defined]
