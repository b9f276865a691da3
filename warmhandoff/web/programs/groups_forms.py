"""What is asked about a group: when it meets and where, who leads it, who belongs to it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from warmhandoff.directory.words import WEEKDAYS
from warmhandoff.foundation import terms
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.network.models import Membership
from warmhandoff.programs.actions.curricula import Meant, Titles
from warmhandoff.programs.actions.groups import Sizes
from warmhandoff.programs.models import SessionTemplate
from warmhandoff.programs.scheduling import Slot
from warmhandoff.web.forms import MemorableDateField, OneUseKeyForm
from warmhandoff.web.today import said

MOST_SLOTS = 4
HOUR_WRONG = gettext_lazy("Write the hour like 09:00 or 17:30.")
MINUTES_WRONG = gettext_lazy("Write a number of minutes from 15 to 480.")
FILL_IN = gettext_lazy("Fill this in.")
SIZE_WRONG = gettext_lazy("Write a number from 1 to 60.")


def a_year_ago() -> date:
    return said.today() - timedelta(days=366)


def last_known_day() -> date:
    """Until when the place knows its holidays."""
    return current_place().calendar_until


def _hour(label: Any, **more: Any) -> forms.TimeField:
    widget = forms.TimeInput(format="%H:%M", attrs={"type": "time", "class": "usa-input--small"})
    wrong = {"invalid": HOUR_WRONG, "required": FILL_IN}
    return forms.TimeField(label=label, widget=widget, error_messages=wrong, **more)


def _number(label: Any, least: int, most: int, wrong: Any, **more: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        min_value=least,
        max_value=most,
        widget=forms.NumberInput(attrs={"class": "usa-input--small"}),
        error_messages={"min_value": wrong, "max_value": wrong, "invalid": wrong},
        **more,
    )


def _day_to_come(label: Any, **more: Any) -> MemorableDateField:
    return MemorableDateField(label=label, earliest=said.today, latest=last_known_day, **more)


def _why() -> forms.ChoiceField:
    return forms.ChoiceField(label=gettext_lazy("Why?"), widget=forms.RadioSelect)


class HoursFields(OneUseKeyForm):
    """Up to four times in the week; the first is needed."""

    minutes = _number(gettext_lazy("How many minutes?"), 15, 480, MINUTES_WRONG, initial=90)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        days = [("", _("Choose a day")), *((str(n), capfirst(str(day))) for n, day in enumerate(WEEKDAYS))]
        for number in range(1, MOST_SLOTS + 1):
            needed = number == 1
            self.fields[f"weekday_{number}"] = forms.ChoiceField(
                label=_("Day %(number)s") % {"number": number},
                choices=days,
                required=needed,
                error_messages={"required": _("Choose one.")},
            )
            self.fields[f"begins_{number}"] = _hour(
                _("Day %(number)s begins at") % {"number": number}, required=needed
            )

    def slot_fields(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        return [(self[f"weekday_{n}"], self[f"begins_{n}"]) for n in range(1, MOST_SLOTS + 1)]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for n in range(1, MOST_SLOTS + 1):
            day, begins = data.get(f"weekday_{n}"), data.get(f"begins_{n}")
            for name, alone in (
                (f"begins_{n}", day and begins is None),
                (f"weekday_{n}", begins is not None and not day),
            ):
                if alone and not self.has_error(name):
                    self.add_error(name, _("A day needs its hour, and an hour its day."))
        return data

    def slots(self) -> list[Slot]:
        data = self.cleaned_data
        return [
            Slot(int(data[f"weekday_{n}"]), data[f"begins_{n}"], data["minutes"])
            for n in range(1, MOST_SLOTS + 1)
            if data.get(f"weekday_{n}")
        ]

    @staticmethod
    def said_of(slots: Sequence[Slot]) -> dict[str, Any]:
        found: dict[str, Any] = {"minutes": slots[0].minutes} if slots else {}
        for n, slot in enumerate(slots[:MOST_SLOTS], start=1):
            found |= {f"weekday_{n}": str(slot.weekday), f"begins_{n}": slot.begins}
        return found


class StaffFields(OneUseKeyForm):
    """Who leads it, and who stands in."""

    facilitators = forms.MultipleChoiceField(
        label=gettext_lazy("Who leads it?"), widget=forms.CheckboxSelectMultiple
    )
    covers = forms.MultipleChoiceField(
        label=gettext_lazy("Who stands in when they can’t?"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def __init__(self, *args: Any, colleagues: Sequence[Membership], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.colleagues = {each.code: each for each in colleagues}
        names = [(each.code, each.user.name) for each in colleagues]
        self.offer("facilitators", names)
        self.offer("covers", names)

    def chosen(self, name: str) -> list[Membership]:
        return [self.colleagues[code] for code in self.cleaned_data[name]]


class NewGroupForm(HoursFields, StaffFields):
    """A group, with everything that its plan is made from."""

    name = forms.CharField(
        label=gettext_lazy("What is it called?"),
        help_text=gettext_lazy("Like Mornings, or Group 7. People read it on their own page."),
        max_length=80,
    )
    contract = forms.ChoiceField(label=gettext_lazy("For which program?"), widget=forms.RadioSelect)
    curriculum = forms.ChoiceField(label=gettext_lazy("What does it go through?"), widget=forms.RadioSelect)
    optional = forms.BooleanField(
        label=gettext_lazy("Plan the optional sessions too"), required=False, initial=True
    )
    starts_on = MemorableDateField(
        label=gettext_lazy("First day"),
        help_text=gettext_lazy("It meets for the first time on this day, or on the next of its days."),
        earliest=a_year_ago,
        latest=last_known_day,
    )
    room = forms.CharField(
        label=gettext_lazy("Where does it meet?"),
        help_text=gettext_lazy("Room and address, as somebody finds it."),
        max_length=120,
    )
    least = _number(gettext_lazy("How many people at least?"), 1, 60, SIZE_WRONG, initial=4)
    most = _number(gettext_lazy("How many at most?"), 1, 60, SIZE_WRONG, initial=12)

    FIRST = ("name", "contract", "curriculum", "optional", "starts_on", "room")

    def first_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.FIRST]

    @property
    def sizes(self) -> Sizes:
        return Sizes(self.cleaned_data["least"], self.cleaned_data["most"])


class ChangeGroupForm(OneUseKeyForm):
    name = forms.CharField(label=gettext_lazy("What is it called?"), max_length=80)
    room = forms.CharField(label=gettext_lazy("Where does it meet?"), max_length=120)
    least = _number(gettext_lazy("How many people at least?"), 1, 60, SIZE_WRONG)
    most = _number(gettext_lazy("How many at most?"), 1, 60, SIZE_WRONG)

    @property
    def sizes(self) -> Sizes:
        return Sizes(self.cleaned_data["least"], self.cleaned_data["most"])


class HoursForm(HoursFields):
    """Other hours, from a day on."""

    since = _day_to_come(gettext_lazy("From which day on?"))


class StaffForm(StaffFields):
    """Who leads it from today on."""


class JoinForm(OneUseKeyForm):
    """Who joins, of those who take part in the group's program."""

    people = forms.MultipleChoiceField(label=gettext_lazy("Who joins?"), widget=forms.CheckboxSelectMultiple)
    on = MemorableDateField(
        label=gettext_lazy("From which day on?"), earliest=a_year_ago, latest=last_known_day
    )


class LeaveGroupForm(OneUseKeyForm):
    why = _why()
    on = MemorableDateField(label=gettext_lazy("When?"), earliest=a_year_ago, latest=said.today)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("why", terms.choices("left_group_why"))


class ApartForm(OneUseKeyForm):
    """Two people; no word of why."""

    one = forms.ChoiceField(label=gettext_lazy("This person"))
    other = forms.ChoiceField(label=gettext_lazy("And this one"))

    def __init__(self, *args: Any, people: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = [("", _("Choose somebody")), *people]
        self.offer("one", names)
        self.offer("other", names)


class WhyMovedForm(OneUseKeyForm):
    """A meeting is called off."""

    why = _why()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("why", [one for one in terms.choices("meeting_moved_why") if one[0] != "other_hours"])


ONE, ALL = "one", "all"


class MoveForm(WhyMovedForm):
    """Only this meeting to another time, or this and all that follow one place on."""

    marks_optional = False  # what is needed goes by what moves

    which = forms.ChoiceField(label=gettext_lazy("What moves?"), widget=forms.RadioSelect, initial=ONE)
    on = _day_to_come(gettext_lazy("To which day?"), required=False)
    begins = _hour(gettext_lazy("At what time?"), required=False)
    room = forms.CharField(label=gettext_lazy("Where?"), max_length=120, required=False)
    field_order = ("which", "on", "begins", "room", "why")

    def __init__(self, *args: Any, whole: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ways = [(ONE, _("Only this one, to another day or hour"))]
        if whole:
            ways.append((ALL, _("This and all that follow, each to the next time of the group")))
        self.offer("which", ways)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("which") == ONE:
            for name in ("on", "begins"):
                if data.get(name) is None and not self.has_error(name):
                    self.add_error(name, _("Fill this in."))
        return data


class PlanForm(OneUseKeyForm):
    """One meeting on a day of one's own choice."""

    session = forms.ChoiceField(label=gettext_lazy("Which session?"))
    on = _day_to_come(gettext_lazy("On which day?"))
    begins = _hour(gettext_lazy("At what time?"))
    room = forms.CharField(label=gettext_lazy("Where?"), max_length=120, required=False)

    def __init__(self, *args: Any, sessions: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("session", sessions)


class CoverForm(OneUseKeyForm):
    who = forms.ChoiceField(
        label=gettext_lazy("Who leads this one?"), widget=forms.RadioSelect, required=False
    )

    def __init__(self, *args: Any, colleagues: Sequence[Membership], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.colleagues = {each.code: each for each in colleagues}
        self.offer(
            "who",
            [("", _("The group’s own facilitators")), *((one.code, one.user.name) for one in colleagues)],
        )

    @property
    def chosen(self) -> Membership | None:
        return self.colleagues.get(self.cleaned_data["who"])


class MakeUpForm(OneUseKeyForm):
    """Who comes to a make-up, and for what."""

    missed = forms.MultipleChoiceField(
        label=gettext_lazy("Who comes, and for which session?"), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, choices: Iterable[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("missed", choices)


class VersionForm(OneUseKeyForm):
    """The next version of a curriculum, from a day on."""

    valid_from = MemorableDateField(
        label=gettext_lazy("From which day on?"),
        help_text=gettext_lazy("Groups that begin from this day on go by it. Those that run keep theirs."),
        earliest=a_year_ago,
        latest=last_known_day,
    )


KINDS = {
    SessionTemplate.Kind.SKILL: gettext_lazy("Skill"),
    SessionTemplate.Kind.APPLICATION: gettext_lazy("Application"),
    SessionTemplate.Kind.OPTIONAL: gettext_lazy("Optional"),
}
# What a session is for and whether it is required, as one choice.
MEANT = {
    "skill": (Meant("skill", True), gettext_lazy("Skill, required")),
    "application": (Meant("application", True), gettext_lazy("Application, required")),
    "skill-free": (Meant("skill", False), gettext_lazy("Skill, not required")),
    "application-free": (Meant("application", False), gettext_lazy("Application, not required")),
    "optional": (Meant("optional", False), gettext_lazy("Optional")),
}


class SessionsForm(OneUseKeyForm):
    """The titles of a version's sessions, and while no group goes by it, what each is for."""

    marks_optional = False  # every title is

    def __init__(self, *args: Any, sessions: Sequence[SessionTemplate], is_used: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sessions, self.is_used = list(sessions), is_used
        kinds = [(key, words) for key, (_meant, words) in MEANT.items()]
        for one in self.sessions:
            number = {"number": one.number}
            self.fields[f"en_{one.number}"] = forms.CharField(
                label=_("Session %(number)s") % number, required=False, max_length=120, initial=one.title
            )
            self.fields[f"es_{one.number}"] = forms.CharField(
                label=_("Session %(number)s in Spanish") % number,
                required=False,
                max_length=120,
                initial=one.title_es,
                widget=forms.TextInput(attrs={"lang": "es"}),
            )
            if not is_used:
                self.fields[f"kind_{one.number}"] = forms.ChoiceField(
                    label=_("Session %(number)s is for") % number,
                    choices=kinds,
                    initial=next(
                        key for key, (meant, _w) in MEANT.items() if meant == Meant(one.kind, one.required)
                    ),
                )

    def rows(self) -> list[tuple[forms.BoundField | None, list[forms.BoundField]]]:
        """Of each session: what it is for, where that may be changed, and its titles."""
        return [
            (
                None if self.is_used else self[f"kind_{one.number}"],
                [self[f"en_{one.number}"], self[f"es_{one.number}"]],
            )
            for one in self.sessions
        ]

    def titles(self) -> dict[int, Titles]:
        data = self.cleaned_data
        return {
            one.number: Titles(data[f"en_{one.number}"], data[f"es_{one.number}"]) for one in self.sessions
        }

    def meant(self) -> dict[int, Meant]:
        data = self.cleaned_data
        return (
            {}
            if self.is_used
            else {one.number: MEANT[data[f"kind_{one.number}"]][0] for one in self.sessions}
        )
