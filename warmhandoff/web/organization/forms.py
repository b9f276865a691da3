"""Forms about colleagues."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from warmhandoff.exchange.csv.table import MOST_BYTES
from warmhandoff.network.actions import roles_at
from warmhandoff.network.models import Membership, Organization
from warmhandoff.network.roles import SHEETS
from warmhandoff.web.forms import ChoiceLabel, OneUseKeyForm


class PressForm(OneUseKeyForm):
    """A button: nothing to fill in."""


class InviteForm(OneUseKeyForm):
    name = forms.CharField(label=_("Name"), max_length=120)
    email = forms.EmailField(
        label=_("Work email"),
        help_text=_("The invitation goes there. They sign in with it later."),
        max_length=254,
    )
    role = forms.ChoiceField(label=_("Role"), widget=forms.RadioSelect)
    language = forms.ChoiceField(
        label=_("Language of the mail"), choices=settings.LANGUAGES, initial="en", widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, organization: Organization, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer(
            "role",
            [
                (
                    role.value,
                    ChoiceLabel(gettext(SHEETS[role].label).capitalize(), gettext(SHEETS[role].says)),
                )
                for role in roles_at(organization)
            ],
        )


class AppointForm(OneUseKeyForm):
    lead = forms.ChoiceField(label=_("Who answers for the queue?"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, able: list[Membership], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer(
            "lead",
            [
                (each.code, ChoiceLabel(each.user.name, capfirst(gettext(each.get_role_display()))))
                for each in able
            ],
        )


class UploadForm(OneUseKeyForm):
    file = forms.FileField(
        label=_("CSV file"),
        help_text=_("In your spreadsheet: save as “CSV UTF-8”. At most 32 MB."),
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
    )

    def clean_file(self) -> Any:
        chosen = self.cleaned_data["file"]
        if not chosen.name.casefold().endswith((".csv", ".txt")):
            raise forms.ValidationError(
                _("This is no CSV file. Save it again as “CSV UTF-8” in your spreadsheet.")
            )
        if chosen.size > MOST_BYTES:
            raise forms.ValidationError(_("It is larger than 32 MB. Split it into several files."))
        return chosen


# What stands in each of our columns, for whoever looks for the same in theirs.
COLUMN_WORDS = {
    "organization": _("The organization’s name"),
    "kind": _("The kind of organization: a code"),
    "service": _("What the service is called"),
    "service_es": _("The same in Spanish"),
    "service_code": _("The kind of service: a code"),
    "place": _("Where it is offered"),
    "source": _("Which document says so"),
    "area": _("The part of town it serves"),
    "languages": _("Codes of languages: en es"),
    "mailbox": _("Where referrals go"),
    "about": _("What it does, in a few sentences"),
}


class MatchForm(OneUseKeyForm):
    """Which of the file's columns is which of ours, and what becomes of the good rows where others are bad."""

    def __init__(
        self,
        *args: Any,
        columns: Sequence[str],
        optional: Sequence[str],
        heading: Sequence[str],
        guessed: Mapping[str, str],
        keep_good: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.columns = columns
        theirs = [(name, name) for name in heading if name]
        for column in columns:
            nothing = _("Not in this file") if column in optional else _("Choose a column")
            self.fields[f"column_{column}"] = forms.ChoiceField(
                label=column,
                help_text=COLUMN_WORDS[column],
                choices=[("", nothing), *theirs],
                required=column not in optional,
                initial=guessed.get(column, ""),
                error_messages={"required": _("Choose which column of your file this is.")},
            )
        self.fields["keep"] = forms.ChoiceField(
            label=_("If some rows are wrong"),
            widget=forms.RadioSelect,
            choices=[
                (
                    "none",
                    ChoiceLabel(_("Bring in nothing"), _("Mend the file first, and bring it in whole.")),
                ),
                (
                    "good",
                    ChoiceLabel(
                        _("Bring in the good rows"),
                        _("You get the others as a file, to mend and bring in later."),
                    ),
                ),
            ],
            initial="good" if keep_good else "none",
        )

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or self.cleaned_data
        chosen = [said.get(f"column_{column}") for column in self.columns]
        for column in self.columns:
            name = said.get(f"column_{column}")
            if name and chosen.count(name) > 1:
                self.add_error(f"column_{column}", _("This column was chosen twice. Choose another one."))
        return said

    def places(self) -> dict[str, str]:
        return {column: self.cleaned_data[f"column_{column}"] for column in self.columns}


class HandoverForm(OneUseKeyForm):
    """Who goes where before an account is closed: everybody to one, and whoever is better with somebody else."""

    marks_optional = False
    QUEUE = "queue"

    def __init__(
        self,
        *args: Any,
        able: Sequence[Membership],
        lead: str,
        people: Sequence[tuple[str, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        colleagues = [
            (each.code, ChoiceLabel(each.user.name, capfirst(gettext(each.get_role_display()))))
            for each in able
        ]
        in_queue = _("%(name)s answers for it.") % {"name": lead} if lead else ""
        self.fields["everyone"] = forms.ChoiceField(
            label=_("Who holds them from now on?"),
            widget=forms.RadioSelect,
            required=False,
            choices=[(self.QUEUE, ChoiceLabel(_("Our people’s queue"), in_queue)), *colleagues],
            initial=self.QUEUE,
        )
        one_by_one: list[tuple[str, Any]] = [
            ("", _("as for everybody")),
            (self.QUEUE, _("our people’s queue")),
        ]
        one_by_one += [(each.code, each.user.name) for each in able]
        self.people = [code for code, _name in people]
        for code, name in people:
            self.fields[f"person_{code}"] = forms.ChoiceField(label=name, required=False, choices=one_by_one)

    def chosen(self) -> tuple[str, dict[str, str]]:
        """(who takes everybody, who takes whom instead, by the code of their file)"""
        said = self.cleaned_data
        instead = {code: said[f"person_{code}"] for code in self.people if said.get(f"person_{code}")}
        return said.get("everyone") or self.QUEUE, instead

    def one_by_one(self) -> list[Any]:
        return [self[f"person_{code}"] for code in self.people]
