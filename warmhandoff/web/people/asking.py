"""The form of an intake, and the form by which the same facts are changed later.

A choice that may stay open has the reasons for it among its own answers (`Unknown`): two taps, open and choose. What is
typed has its reasons in a field beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from warmhandoff.custody import actions as custody
from warmhandoff.foundation import terms
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.participants.actions import Told, Way
from warmhandoff.participants.identity import Alike
from warmhandoff.participants.models import AlternateContact, JusticeInvolvement, Paper, Unknown
from warmhandoff.participants.profile import NO, YES, Answers
from warmhandoff.web.forms import Meanwhile, MemorableDateField, OneUseKeyForm, PhoneField
from warmhandoff.web.people import forms as people
from warmhandoff.web.people.forms import EMAIL, NONE, TEXT, TEXT_LONGEST, VOICE, WAYS, QuietHours, WayFields
from warmhandoff.web.today import said

WHYS = (
    (Unknown.NOT_ASKED.value, gettext_lazy("Not asked yet")),
    (Unknown.DOESNT_KNOW.value, gettext_lazy("They don’t know")),
    (Unknown.PREFERS_NOT.value, gettext_lazy("They prefer not to say")),
)
REASONS = tuple(code for code, _words in WHYS)
YES_OR_NO = ((YES, gettext_lazy("Yes")), (NO, gettext_lazy("No")))
PAPERS = {
    Paper.Kind.PHOTO_ID: gettext_lazy("Photo ID"),
    Paper.Kind.DRIVER_LICENSE: gettext_lazy("Driver’s license"),
    Paper.Kind.SOCIAL_SECURITY: gettext_lazy("Social Security card"),
    Paper.Kind.BIRTH_CERTIFICATE: gettext_lazy("Birth certificate"),
    Paper.Kind.RIGHT_TO_WORK: gettext_lazy("Papers that show the right to work"),
}
PAPER_STANDS = (
    (Paper.Standing.HAS.value, gettext_lazy("They have it")),
    (Paper.Standing.HASNT.value, gettext_lazy("They don’t have it")),
    (Paper.Standing.ON_THE_WAY.value, gettext_lazy("It is on the way")),
)
ATTESTED = (
    (JusticeInvolvement.Attested.THEMSELVES.value, gettext_lazy("They say so themselves")),
    (JusticeInvolvement.Attested.AGENCY.value, gettext_lazy("A letter of an agency")),
)
RELATIONS = {
    AlternateContact.Relation.FAMILY: gettext_lazy("Family"),
    AlternateContact.Relation.PARTNER: gettext_lazy("Partner"),
    AlternateContact.Relation.FRIEND: gettext_lazy("Friend"),
    AlternateContact.Relation.STAFF: gettext_lazy("Someone who helps them elsewhere"),
    AlternateContact.Relation.OTHER: gettext_lazy("Someone else"),
}
LONGEST_STREET = 160


def or_why(answers: Iterable[tuple[str, Any]]) -> list[tuple[str, Any]]:
    """These answers, then why there is none; nothing chosen is not asked yet."""
    return [("", _("Not asked yet")), *answers, *WHYS[1:]]


def why_field(label: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=WHYS, required=False, widget=forms.RadioSelect)


def look_field() -> forms.ChoiceField:
    return forms.ChoiceField(
        label=gettext_lazy("May we look whether a partner knows them?"),
        choices=[*YES_OR_NO, ("", gettext_lazy("Not asked yet"))],
        required=False,
        widget=forms.RadioSelect,
    )


class FactsFields(forms.Form):
    """Papers, schooling and work, housing, justice yes or no, and what funders count: each by its class."""

    diploma = forms.ChoiceField(
        label=gettext_lazy("A high-school diploma or its equivalent?"),
        required=False,
        choices=lambda: or_why(((YES, _("They have one")), (NO, _("Not yet")))),
    )
    employment = forms.ChoiceField(
        label=gettext_lazy("Work"), required=False, choices=lambda: or_why(terms.choices("employment"))
    )
    housing = forms.ChoiceField(
        label=gettext_lazy("Where do they sleep?"),
        required=False,
        choices=lambda: or_why(terms.choices("housing_status")),
    )
    justice = forms.ChoiceField(
        label=gettext_lazy("Involved with the justice system?"),
        required=False,
        choices=lambda: or_why(YES_OR_NO),
        help_text=gettext_lazy("Yes or no. There is no place for what it was about, here or anywhere."),
    )
    attested_by = forms.ChoiceField(label=gettext_lazy("Who says so?"), required=False, choices=ATTESTED)
    gender = forms.ChoiceField(
        label=gettext_lazy("Gender"), required=False, choices=lambda: or_why(terms.choices("gender"))
    )
    races = forms.MultipleChoiceField(
        label=gettext_lazy("Race and ethnicity, as many as they name"),
        required=False,
        choices=lambda: terms.choices("race"),
        widget=forms.CheckboxSelectMultiple,
    )
    races_unknown = why_field(gettext_lazy("Race and ethnicity: why is there no answer?"))
    veteran = forms.ChoiceField(
        label=gettext_lazy("Veteran"), required=False, choices=lambda: or_why(YES_OR_NO)
    )
    disability = forms.ChoiceField(
        label=gettext_lazy("Disability"), required=False, choices=lambda: or_why(YES_OR_NO)
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind, words in PAPERS.items():
            self.fields[f"paper_{kind}"] = forms.ChoiceField(
                label=words, required=False, choices=or_why(PAPER_STANDS)
            )

    @property
    def papers(self) -> list[Any]:
        """The fields of papers, in order."""
        return [self[f"paper_{kind}"] for kind in PAPERS]

    def answers(self) -> Answers:
        data = self.cleaned_data
        return Answers(
            papers={str(kind): data[f"paper_{kind}"] for kind in PAPERS},
            races=tuple(data["races"]),
            races_unknown=""
            if data["races"] or data["races_unknown"] == Unknown.NOT_ASKED
            else data["races_unknown"],
            **{
                name: data[name]
                for name in (
                    "diploma",
                    "employment",
                    "housing",
                    "justice",
                    "attested_by",
                    "gender",
                    "veteran",
                    "disability",
                )
            },
        )

    @staticmethod
    def initial_of(known: Answers) -> dict[str, Any]:
        papers = {f"paper_{kind}": standing for kind, standing in known.papers.items()}
        return {
            name: getattr(known, name) for name in known.__dataclass_fields__ if name != "papers"
        } | papers


class AlternateForm(OneUseKeyForm):
    """Someone else who can pass on that we called."""

    alternate_name = forms.CharField(label=gettext_lazy("Their name"), max_length=80)
    alternate_relation = forms.ChoiceField(
        label=gettext_lazy("Who is that to them?"), choices=[("", gettext_lazy("Choose")), *RELATIONS.items()]
    )
    alternate_phone = PhoneField(label=gettext_lazy("Their phone number"))
    alternate_may_say = forms.BooleanField(
        label=gettext_lazy("They may be told where we call from"),
        required=False,
        help_text=gettext_lazy("Without this we ask for a call back, and say nothing else."),
    )

    def alternate(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "name": data["alternate_name"],
            "relation": data["alternate_relation"],
            "way": Way(VOICE, data["alternate_phone"]),
            "may_say_who_calls": data["alternate_may_say"],
        }


class FactsForm(Meanwhile, FactsFields, OneUseKeyForm):
    """The same, asked or corrected later."""

    marks_optional = False

    look = look_field()


class IntakeForm(FactsFields, QuietHours, WayFields, OneUseKeyForm):
    """One page, five short parts. Five questions are always asked; the rest is folded away until somebody needs it."""

    # Most of it may stay open, and the page says so once: behind each field it would be noise.
    marks_optional = False

    adult = forms.ChoiceField(
        label=gettext_lazy("18 or older?"),
        choices=[(YES, gettext_lazy("Yes, 18 or older")), (NO, gettext_lazy("No, younger"))],
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy(
                "Ask this first: of people under 18 we keep nothing, and someone else helps them."
            )
        },
    )
    first_name = forms.CharField(label=gettext_lazy("First name, or the name they go by"), max_length=80)
    last_name = forms.CharField(label=gettext_lazy("Last name"), max_length=80, required=False)
    last_name_unknown = why_field(gettext_lazy("Last name: why is there no answer?"))
    known = forms.ChoiceField(
        label=gettext_lazy("Is it one of them?"), required=False, widget=forms.RadioSelect
    )
    birth_date = MemorableDateField(
        label=gettext_lazy("Birth date"),
        required=False,
        earliest=lambda: date(1900, 1, 1),
        latest=said.today,
        error_messages={"too_late": gettext_lazy("This day is still to come. Check the year.")},
    )
    birth_date_unknown = why_field(gettext_lazy("Birth date: why is there no answer?"))
    language = forms.ChoiceField(
        label=gettext_lazy("Language"),
        choices=lambda: [*people.language_choices(), *WHYS],
        widget=forms.RadioSelect,
    )
    speaks = forms.MultipleChoiceField(
        label=gettext_lazy("Also speaks"),
        choices=people.language_choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    pronouns = forms.CharField(label=gettext_lazy("Pronouns"), max_length=40, required=False)
    way = forms.ChoiceField(
        label=gettext_lazy("The best way"),
        choices=[*WAYS, (NONE, gettext_lazy("There is no safe way yet")), *WHYS],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose one. “No safe way yet” is an answer too.")},
    )
    also_call = forms.BooleanField(label=gettext_lazy("We may also call that number"), required=False)
    do_not_contact = forms.BooleanField(
        label=gettext_lazy("Do not contact them for now"),
        required=False,
        help_text=gettext_lazy("They asked for quiet. Everybody who opens their page sees it."),
    )
    alternate_name = forms.CharField(
        label=gettext_lazy("Someone else who can be reached"), max_length=80, required=False
    )
    alternate_relation = forms.ChoiceField(
        label=gettext_lazy("Who is that to them?"),
        choices=[("", gettext_lazy("Choose")), *RELATIONS.items()],
        required=False,
    )
    alternate_phone = PhoneField(label=gettext_lazy("Their phone number"), required=False)
    alternate_may_say = forms.BooleanField(
        label=gettext_lazy("They may be told where we call from"),
        required=False,
        help_text=gettext_lazy("Without this we ask for a call back, and say nothing else."),
    )
    area = forms.ChoiceField(
        label=gettext_lazy("Where do they stay mostly?"),
        choices=lambda: [*people.area_choices(), *WHYS[1:]],
        required=False,
        help_text=gettext_lazy(
            "Only the part of the county, so that we look nearby. Left open, we guess it from the ZIP code."
        ),
    )
    street = forms.CharField(
        label=gettext_lazy("Address for letters"), max_length=LONGEST_STREET, required=False
    )
    zip_code = people.zip_code_field()
    needs = forms.MultipleChoiceField(
        label=gettext_lazy("What they need"), required=False, widget=forms.CheckboxSelectMultiple
    )
    needs_unknown = why_field(gettext_lazy("What they need: why is there no answer?"))
    note = forms.CharField(
        label=gettext_lazy("What else should colleagues know?"),
        required=False,
        max_length=TEXT_LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    look = look_field()
    next_step = forms.ChoiceField(label=gettext_lazy("What happens next?"), widget=forms.RadioSelect)
    due = people.due_field()

    # The order in which an error summary names them, and in which they are asked.
    order = (
        "adult", "first_name", "last_name", "last_name_unknown", "known", "birth_date", "birth_date_unknown", "language",
        "speaks", "pronouns", "way", "phone", "email", "leave_message", "also_call", "quiet_from", "quiet_to",
        "do_not_contact", "alternate_name", "alternate_relation", "alternate_phone", "alternate_may_say", "area",
        "zip_code", "street", "needs", "needs_unknown", "note", *(f"paper_{kind}" for kind in PAPERS), "diploma",
        "employment", "housing", "justice", "attested_by", "gender", "races", "races_unknown", "veteran", "disability",
        "look", "next_step", "due",
    )  # fmt: skip

    def __init__(
        self, *args: Any, candidates: Sequence[Alike] = (), is_restored: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields(self.order)
        self.say_what_is_asked_for()
        self.candidates, self.is_restored = list(candidates), is_restored
        self.offer("next_step", people.step_choices())
        self.offer(
            "needs", [(term.code, people.both_languages(term)) for term in terms.in_force("service_code")]
        )
        self.offer(
            "known",
            [
                *((alike.listing.code, alike.listing.name) for alike in self.candidates),
                ("new", _("No, this is someone new")),
            ],
        )

    def full_clean(self) -> None:
        """What was kept half-way is shown as it was typed: nobody is scolded for not having finished."""
        super().full_clean()
        if self.is_restored:
            self._errors = forms.utils.ErrorDict(renderer=self.renderer)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        self.check_way(data.get("way", ""))
        self.check_quiet_hours()
        self._check_alternate(data)
        if self.candidates and not data.get("known") and "known" not in self.errors:
            self.add_error("known", _("Somebody like them is in your list. Say whether it is one of them."))
        return data

    def _check_alternate(self, data: dict[str, Any]) -> None:
        said_so = [
            name for name in ("alternate_name", "alternate_relation", "alternate_phone") if data.get(name)
        ]
        if not said_so or "alternate_phone" in self.errors:
            return
        for name, words in (
            ("alternate_name", _("Write their name, or leave this person out.")),
            ("alternate_relation", _("Say who that is to them.")),
            ("alternate_phone", _("Write their phone number, or leave this person out.")),
        ):
            if not data.get(name):
                self.add_error(name, words)

    # --- What was said, for the verbs -----------------------------------------------------------------------------

    def told(self) -> Told:
        data = self.cleaned_data
        speaks = {data["language"], *data["speaks"]} if data["speaks"] else set()
        return Told(
            first_name=data["first_name"],
            last_name=data["last_name"],
            language=current_place().languages[0] if data["language"] in REASONS else data["language"],
            speaks=tuple(sorted(speaks - set(REASONS))),
            pronouns=data["pronouns"],
            birth_date=data["birth_date"],
            birth_date_unknown=data["birth_date_unknown"],
            area="" if data["area"] in REASONS else data["area"],
            area_unknown=data["area"] if data["area"] in REASONS else "",
            street=data["street"],
            zip_code=data["zip_code"],
            do_not_contact=data["do_not_contact"],
        )

    def ways(self) -> list[Way]:
        """The chosen way first, then the others that were named. Where no way is safe, nothing typed before counts."""
        chosen, phone, email = (self.cleaned_data[name] for name in ("way", "phone", "email"))
        if chosen not in (TEXT, VOICE, EMAIL):
            return []
        found = [Way(chosen, email if chosen == EMAIL else phone)]
        if phone and chosen == EMAIL:
            found.append(Way(TEXT, phone))
        if phone and self.cleaned_data["also_call"] and chosen != VOICE:
            found.append(Way(VOICE, phone))
        if email and chosen != EMAIL:
            found.append(Way(EMAIL, email))
        leave_message, (begins, ends) = self.cleaned_data["leave_message"], self.quiet()
        return [replace(way, leave_message=leave_message, quiet_from=begins, quiet_to=ends) for way in found]

    def whys(self) -> dict[str, str]:
        """Why a question has no answer, by question; empty where it has one."""
        data = self.cleaned_data
        return {
            "last_name": "" if data["last_name"] else data["last_name_unknown"],
            "language": data["language"] if data["language"] in REASONS else "",
            "reach": data["way"] if data["way"] in REASONS else "",
            "needs": "" if data["needs"] else data["needs_unknown"],
        }

    def alternate(self) -> dict[str, Any] | None:
        data = self.cleaned_data
        if not data["alternate_name"]:
            return None
        return {
            "name": data["alternate_name"],
            "relation": data["alternate_relation"],
            "way": Way(VOICE, data["alternate_phone"]),
            "may_say_who_calls": data["alternate_may_say"],
        }

    def step(self) -> str:
        """Nothing to find a place for: then decide what is next."""
        chosen: str = self.cleaned_data["next_step"]
        return "plan" if chosen == "find_place" and not self.cleaned_data["needs"] else chosen

    # --- For the page ---------------------------------------------------------------------------------------------

    @property
    def usual_needs(self) -> list[Any]:
        """The checkboxes that most people need."""
        return self._boxes(current_place().intake.usual_needs)

    @property
    def other_needs(self) -> list[tuple[str, list[Any]]]:
        """The others, under the headings that the network gave them."""
        usual = current_place().intake.usual_needs
        by_domain: dict[str, list[str]] = {code: [] for code, _words in terms.choices("need_domain")}
        for term in terms.in_force("service_code"):
            if term.code not in usual:
                by_domain.setdefault(term.parent, []).append(term.code)
        return [
            (terms.word("need_domain", domain) if domain else _("More"), self._boxes(codes))
            for domain, codes in by_domain.items()
            if codes
        ]

    def _boxes(self, codes: Iterable[str]) -> list[Any]:
        by_code = {choice.data["value"]: choice for choice in self["needs"]}
        return [by_code[code] for code in codes if code in by_code]

    def names_any(self, *names: str) -> bool:
        """Whether something was said there: then the fold that holds it stands open."""
        return any(self[name].value() or self[name].errors for name in names)

    @property
    def has_more_who(self) -> bool:
        return self.names_any("speaks", "pronouns")

    @property
    def has_more_reach(self) -> bool:
        return self.names_any(
            "also_call",
            "quiet_from",
            "quiet_to",
            "do_not_contact",
            "alternate_name",
            "alternate_phone",
            "street",
        )

    @property
    def has_other_needs(self) -> bool:
        return bool(set(self["needs"].value() or ()) - set(current_place().intake.usual_needs))

    @property
    def has_facts(self) -> bool:
        return self.names_any(
            "diploma", "employment", "housing", "justice", *(f"paper_{kind}" for kind in PAPERS)
        )

    @property
    def has_about(self) -> bool:
        return self.names_any("gender", "races", "races_unknown", "veteran", "disability")


def says_under_18(sent: Any) -> bool:
    """Whether what was sent says that they are under 18: by the first question, or by the birth date."""
    if sent.get("adult") == NO:
        return True
    field = MemorableDateField(required=False)
    try:
        born = field.clean([sent.get(f"birth_date_{part}", "") for part in ("month", "day", "year")])
    except ValidationError:
        return False
    return bool(born and born <= said.today() and custody.is_under_18(Told(first_name="", birth_date=born)))


# What stands in the form before anybody said anything.
ALREADY_THERE = frozenset(
    {
        "csrfmiddlewaretoken",
        "form_key",
        "language",
        "next_step",
        "due_month",
        "due_day",
        "due_year",
        "adult",
        "look",
        "attested_by",
    }
)


def typed_in(sent: Any) -> dict[str, list[str]]:
    """What was typed or chosen, by the name of its field; nothing where that is no more than what stood there already."""
    names = {"birth_date_month", "birth_date_day", "birth_date_year", "due_month", "due_day", "due_year"}
    names |= set(IntakeForm.base_fields) | {f"paper_{kind}" for kind in PAPERS}
    typed = {name: sent.getlist(name) for name in sent if name in names - {"form_key", "known"}}
    return typed if any(any(values) for name, values in typed.items() if name not in ALREADY_THERE) else {}
