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
from warmhandoff.web.forms import ChoiceLabel, MemorableDateField, OneUseKeyForm


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


CHECK_WORDS = {
    "told": _("The person knows who is there for them now"),
    "appointment": _("The next appointment is passed on"),
    "papers": _("Their papers are handed over"),
    "referrals": _("The open referrals are talked through"),
}


class CaseloadForm(OneUseKeyForm):
    """Who goes where: everybody to one, and whoever is better with somebody else; with a note, and what is seen to already.

    `leaves`: an account is closed, and nobody can stay. Else whoever isn't named stays for now.
    """

    marks_optional = False
    QUEUE, STAYS = "queue", "stays"

    def __init__(
        self,
        *args: Any,
        able: Sequence[Membership],
        lead: str,
        people: Sequence[tuple[str, str]],
        leaves: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.leaves, self.people = leaves, list(people)
        in_queue = _("%(name)s answers for it.") % {"name": lead} if lead else ""
        colleagues = [
            (each.code, ChoiceLabel(each.user.name, capfirst(gettext(each.get_role_display()))))
            for each in able
        ]
        queue = [(self.QUEUE, ChoiceLabel(_("Our people’s queue"), in_queue))] if lead or leaves else []
        nobody = [] if leaves else [("", ChoiceLabel(_("Nobody yet"), _("You choose one by one below.")))]
        self.fields["everyone"] = forms.ChoiceField(
            label=_("Who holds them from now on?"),
            widget=forms.RadioSelect,
            required=False,
            choices=[*nobody, *queue, *colleagues],
            initial=self.QUEUE if leaves else "",
        )
        self.fields["seen_all"] = self._checks(_("True for all of them"))
        stays = [] if leaves else [(self.STAYS, _("stays for now"))]
        one_by_one: list[tuple[str, Any]] = [("", _("as for everybody")), *stays]
        one_by_one += [(code, str(label).lower() if code == self.QUEUE else label) for code, label in queue]
        one_by_one += [(each.code, each.user.name) for each in able]
        for code, name in self.people:
            self.fields[f"person_{code}"] = forms.ChoiceField(
                label=_("%(name)s goes to") % {"name": name}, required=False, choices=one_by_one
            )
            self.fields[f"note_{code}"] = forms.CharField(
                label=_("Note about %(name)s") % {"name": name},
                required=False,
                max_length=2000,
                widget=forms.Textarea(attrs={"rows": 3}),
            )
            self.fields[f"seen_{code}"] = self._checks(_("Seen to for %(name)s") % {"name": name})

    @staticmethod
    def _checks(label: Any) -> forms.MultipleChoiceField:
        return forms.MultipleChoiceField(
            label=label,
            required=False,
            widget=forms.CheckboxSelectMultiple,
            choices=list(CHECK_WORDS.items()),
        )

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.leaves and not self.errors and not self._named(said):
            self.add_error("everyone", _("Choose to whom at least one of them goes."))
        return said

    def _named(self, said: Mapping[str, Any]) -> dict[str, str]:
        """To whom each of those goes who were on the page, by the code of their file; whoever came since isn't asked about."""
        shown = [code for code, _name in self.people if f"person_{code}" in self.data]
        to = {code: said.get(f"person_{code}") or said.get("everyone") or "" for code in shown}
        return {code: where for code, where in to.items() if where not in ("", self.STAYS)}

    def named(self) -> dict[str, str]:
        return self._named(self.cleaned_data)

    def told(self, code: str) -> tuple[str, tuple[str, ...]]:
        """The note about someone, and what is seen to."""
        said = self.cleaned_data
        return said[f"note_{code}"], tuple({*said["seen_all"], *said[f"seen_{code}"]})

    def of(self, code: str) -> dict[str, Any]:
        """The fields about one person."""
        return {"to": self[f"person_{code}"], "note": self[f"note_{code}"], "seen": self[f"seen_{code}"]}


class AwayForm(OneUseKeyForm):
    """From when until when someone is away, and who covers."""

    marks_optional = False
    from_day = MemorableDateField(label=_("First day away"))
    until_day = MemorableDateField(label=_("Last day away"))
    cover = forms.ChoiceField(label=_("Who covers?"), widget=forms.RadioSelect, required=False)

    def __init__(self, *args: Any, able: Sequence[Membership], lead: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer_covers(self, able, lead)


class CoverForm(OneUseKeyForm):
    """Who covers from now on."""

    cover = forms.ChoiceField(label=_("Who covers from now on?"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, able: Sequence[Membership], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer_covers(self, able, "")


def _offer_covers(form: OneUseKeyForm, able: Sequence[Membership], lead: str) -> None:
    nobody = [("", ChoiceLabel(_("Nobody in particular"), _("%(name)s sees to it.") % {"name": lead}))]
    form.fields["cover"].required = not lead
    form.offer(
        "cover",
        [
            *(
                (each.code, ChoiceLabel(each.user.name, capfirst(gettext(each.get_role_display()))))
                for each in able
            ),
            *(nobody if lead else []),
        ],
    )
