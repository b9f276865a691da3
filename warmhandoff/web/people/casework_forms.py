"""The forms of casework: services given, how somebody stands, the plan, coaching."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from warmhandoff.casework.actions.services import COACHING, Gave, hours
from warmhandoff.casework.models import Ready, Score, ServiceGiven
from warmhandoff.casework.protocol import LONGEST_UNTIL_REVIEW
from warmhandoff.casework.reading.services import offered, unit_of
from warmhandoff.foundation import terms
from warmhandoff.foundation.models import Term
from warmhandoff.network.models import Membership
from warmhandoff.network.reading import staff_of
from warmhandoff.participants.correcting import Reason
from warmhandoff.participants.models import Paper, Participant, Unknown
from warmhandoff.web.forms import ChoiceLabel, MemorableDateField, OneUseKeyForm
from warmhandoff.web.people.forms import TEXT_LONGEST, both_languages, note_field
from warmhandoff.web.today import said

MINUTES = (15, 30, 45, 60, 90, 120)


def spoken_minutes(minutes: int) -> str:
    whole, rest = divmod(minutes, 60)
    if not whole:
        return _("%(minutes)s min") % {"minutes": rest}
    if not rest:
        return _("%(hours)s h") % {"hours": whole}
    return _("%(hours)s h %(minutes)s min") % {"hours": whole, "minutes": rest}


def amount(code: str, units: Decimal) -> str:
    """`30 min`, `2 times`, `3 pieces`: how much of it there was."""
    unit = unit_of(code)
    if unit == "hour":
        return spoken_minutes(round(units * 60))
    number = f"{units.normalize():f}"
    if unit == "item":
        return ngettext("%(number)s piece", "%(number)s pieces", round(units)) % {"number": number}
    return ngettext("%(number)s time", "%(number)s times", round(units)) % {"number": number}


def says(service: ServiceGiven) -> str:
    return f"{terms.word('service_given', service.code)}, {amount(service.code, service.units)}"


def minutes_field(label: Any) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label,
        choices=lambda: [(minutes, spoken_minutes(minutes)) for minutes in MINUTES],
        coerce=int,
        initial=30,
    )


def day_field(label: Any) -> MemorableDateField:
    return MemorableDateField(
        label=label,
        latest=said.today,
        earliest=lambda: said.today() - timedelta(days=365),
        error_messages={"too_late": gettext_lazy("This can’t have happened yet. Give a day up to today.")},
    )


class ByWhom(OneUseKeyForm):
    """When something was given, and which colleague gave it."""

    def __init__(self, *args: Any, organization_id: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.colleagues = {colleague.code: colleague for colleague in staff_of(organization_id)}
        self.offer("staff", [(code, colleague.user.name) for code, colleague in self.colleagues.items()])

    def giver(self) -> Membership:
        return self.colleagues[self.cleaned_data["staff"]]


class GiveForm(ByWhom):
    """A service given: one tap where what is chosen already is right."""

    code = forms.ChoiceField(label=gettext_lazy("What was it?"), widget=forms.HiddenInput)
    minutes = minutes_field(gettext_lazy("How long, where it is counted in hours"))
    number = forms.IntegerField(
        label=gettext_lazy("How many, where it is counted"),
        min_value=1,
        max_value=99,
        initial=1,
        widget=forms.NumberInput(attrs={"class": "usa-input--small"}),
    )
    on = day_field(gettext_lazy("When?"))
    staff = forms.ChoiceField(label=gettext_lazy("Who gave it?"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.services = [term for term in offered() if term.code != COACHING]
        self.offer("code", [(term.code, said_of(term)) for term in self.services])

    def gave(self) -> Gave:
        data = self.cleaned_data
        units = hours(data["minutes"]) if unit_of(data["code"]) == "hour" else Decimal(data["number"])
        return Gave(data["code"], self.giver(), data["on"], units)


class GiveManyForm(GiveForm):
    """The same to many at once."""

    code = forms.ChoiceField(label=gettext_lazy("What was it?"))
    people = forms.MultipleChoiceField(label=gettext_lazy("To whom?"), widget=forms.CheckboxSelectMultiple)
    order = ("code", "minutes", "number", "on", "staff", "people")

    def __init__(self, *args: Any, people: Iterable[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("code", [("", _("Choose")), *((term.code, said_of(term)) for term in self.services)])
        self.offer("people", people)
        self.order_fields(self.order)


class CorrectServiceForm(GiveForm):
    """What was wrong with a service that was recorded, and how it was."""

    GONE = (Reason.WRONG_PERSON, Reason.MISTAKE)

    reason = forms.ChoiceField(
        label=gettext_lazy("What was wrong?"),
        widget=forms.RadioSelect,
        choices=[
            (Reason.MISTYPED, gettext_lazy("It was something else, or more or less of it")),
            (Reason.WRONG_DAY, gettext_lazy("It was another day")),
            (Reason.WRONG_PERSON, gettext_lazy("It was with somebody else: it goes from this file")),
            (Reason.MISTAKE, gettext_lazy("It never was: it goes from this file")),
        ],
    )
    code = forms.ChoiceField(label=gettext_lazy("What was it?"))
    order = ("reason", "code", "minutes", "number", "on", "staff")

    def __init__(self, *args: Any, also: str = "", minutes: int = 30, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if also == COACHING:
            self.offer("code", [(also, terms.word("service_given", also))])
        if minutes not in MINUTES:
            lengths = sorted({*MINUTES, minutes})
            self.offer("minutes", [(each, spoken_minutes(each)) for each in lengths])
        self.order_fields(self.order)

    @property
    def goes(self) -> bool:
        return self.cleaned_data["reason"] in self.GONE


def said_of(term: Term) -> str:
    return terms.word(term.vocabulary, term.code)


# --- How somebody stands ------------------------------------------------------------------------------------------

WHY_NOT = (
    (Unknown.DOESNT_KNOW, gettext_lazy("They don’t know")),
    (Unknown.PREFERS_NOT, gettext_lazy("They prefer not to say")),
)


def level_said(level: int) -> str:
    """`2, hard`."""
    return _("%(level)s, %(words)s") % {
        "level": level,
        "words": said.inside(terms.word("scale_level", str(level))),
    }


def anchors_of(domain: str) -> list[tuple[str, ChoiceLabel | str]]:
    """The five levels of a domain, each with its anchor in both languages, and why there may be none."""
    found = [term for term in terms.in_force("scale_anchor") if term.parent == domain]
    levels: list[tuple[str, ChoiceLabel | str]] = []
    for number, term in enumerate(found, start=1):
        both = both_languages(term)
        levels.append((str(number), ChoiceLabel(f"{number}. {both.label}", both.description)))
    return [*levels, *((str(code), str(words)) for code, words in WHY_NOT)]


def level_of(chosen: str) -> int | str:
    return int(chosen) if chosen.isdigit() else chosen


class ScaleForm(OneUseKeyForm):
    """Where somebody stands: whatever is chosen is written down, the rest stays as it was."""

    marks_optional = False

    def __init__(self, *args: Any, domains: Sequence[Term], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for domain in domains:
            self.fields[domain.code] = forms.ChoiceField(
                label=said_of(domain),
                choices=anchors_of(domain.code),
                required=False,
                widget=forms.RadioSelect,
            )
        self.domains = [domain.code for domain in domains]

    def levels(self) -> dict[str, int | str]:
        chosen = {code: self.cleaned_data[code] for code in self.domains if self.cleaned_data.get(code)}
        return {code: level_of(value) for code, value in chosen.items()}


class CorrectRatingForm(OneUseKeyForm):
    """It was mistyped."""

    level = forms.ChoiceField(label=gettext_lazy("Where do they stand?"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, domain: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("level", anchors_of(domain))


STANDING = {
    Ready.Standing.HAS: gettext_lazy("It’s there"),
    Ready.Standing.ON_THE_WAY: gettext_lazy("On the way"),
    Ready.Standing.HASNT: gettext_lazy("Missing"),
    Ready.Standing.NOT_NEEDED: gettext_lazy("Not needed"),
}


class ReadyForm(OneUseKeyForm):
    """What is there and what is missing."""

    marks_optional = False

    def __init__(self, *args: Any, items: Sequence[Term], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for item in items:
            known = Paper.Standing.values if item.code in Paper.Kind.values else Ready.Standing.values
            self.fields[item.code] = forms.ChoiceField(
                label=said_of(item),
                choices=[
                    ("", gettext_lazy("Not asked yet")),
                    *((code, words) for code, words in STANDING.items() if code in known),
                ],
                required=False,
            )
        self.items = [item.code for item in items]

    def standings(self) -> dict[str, str]:
        return {code: self.cleaned_data[code] for code in self.items if self.cleaned_data.get(code)}


# --- The plan -----------------------------------------------------------------------------------------------------


def review_field(label: Any) -> MemorableDateField:
    return MemorableDateField(
        label=label,
        earliest=lambda: said.today() + timedelta(days=1),
        latest=lambda: said.today() + timedelta(days=LONGEST_UNTIL_REVIEW),
        error_messages={
            "too_early": gettext_lazy("Choose a day from tomorrow on."),
            "too_late": gettext_lazy("A plan is looked at again within 90 days. Choose an earlier day."),
        },
    )


def in_a_month() -> date:
    return said.today() + timedelta(days=30)


class ReviewForm(OneUseKeyForm):
    """When the plan is looked at again."""

    review_on = review_field(gettext_lazy("When do you look at it again?"))


class GoalForm(OneUseKeyForm):
    """What somebody wants, and what will tell that they got there."""

    words = forms.CharField(
        label=gettext_lazy("What do they want, in their own words?"),
        max_length=TEXT_LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    outcomes = forms.MultipleChoiceField(
        label=gettext_lazy("What will tell that they got there?"),
        help_text=gettext_lazy("Chosen now, and scored at the end: achieved, partly, or not."),
        widget=forms.CheckboxSelectMultiple,
    )
    by_when = MemorableDateField(
        label=gettext_lazy("By when, if they want a day"), required=False, earliest=said.today
    )
    review_on = review_field(gettext_lazy("When do you look at the plan again?"))

    def __init__(self, *args: Any, domain: str, begins: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = [term for term in terms.in_force("plan_outcome") if term.parent == domain]
        self.offer("outcomes", [(term.code, both_languages(term)) for term in found])
        if not begins:
            del self.fields["review_on"]


RESULTS = {
    Score.Result.ACHIEVED: gettext_lazy("Achieved"),
    Score.Result.PARTLY: gettext_lazy("Partly"),
    Score.Result.NOT: gettext_lazy("Not"),
}


def result_field(label: str) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=list(RESULTS.items()), widget=forms.RadioSelect)


class EndPlanForm(OneUseKeyForm):
    """How each outcome came out; `outcomes`: (number, what it says)."""

    def __init__(self, *args: Any, outcomes: Iterable[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.name_of: dict[int, str] = {}
        for place, (number, words) in enumerate(outcomes, start=1):
            self.name_of[number] = f"outcome_{place}"
            self.fields[f"outcome_{place}"] = result_field(words)

    def scores(self) -> dict[int, str]:
        return {number: self.cleaned_data[name] for number, name in self.name_of.items()}


class CorrectScoreForm(OneUseKeyForm):
    """It came out otherwise."""

    result = result_field(gettext_lazy("How did it come out?"))  # type: ignore[arg-type]


# --- Coaching -----------------------------------------------------------------------------------------------------


class CoachForm(ByWhom):
    """A session: what was worked on, how long, what was agreed."""

    parts = forms.MultipleChoiceField(
        label=gettext_lazy("What did you work on?"), widget=forms.CheckboxSelectMultiple
    )
    minutes = minutes_field(gettext_lazy("How long?"))
    on = day_field(gettext_lazy("When?"))
    staff = forms.ChoiceField(label=gettext_lazy("Who coached?"))
    note = note_field(gettext_lazy("What did you agree?"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("parts", [(term.code, both_languages(term)) for term in terms.in_force("coach_guide")])


def chosen(files: Iterable[Participant], codes: Sequence[str]) -> list[Participant]:
    """Those of these people who were ticked."""
    return [file for file in files if file.code in codes]
