"""What an organization says of a service: its room, its words, its places. The same forms at its desk and behind the mailed link."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any, ClassVar

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from warmhandoff.directory.actions import MOST_SEATS, Open, Told, ToldPlace
from warmhandoff.directory.eligibility import DOCUMENTS, GENDERS, YES, Kind, Rule
from warmhandoff.directory.models import Location, Room, Service
from warmhandoff.directory.words import ACCESS, WEEKDAYS
from warmhandoff.foundation import clock, terms
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.web.directory.words import LANGUAGES, area_choices
from warmhandoff.web.forms import Meanwhile, MemorableDateField, OneUseKeyForm, PhoneField

SEATS_WRONG = _("Write a number from 1 to 999, or leave it empty.")
AGE_WRONG = _("Write an age from 0 to 120.")


def _tomorrow() -> date:
    return clock.today(current_place().zone) + timedelta(days=1)


def _in_two_years() -> date:
    return clock.today(current_place().zone) + timedelta(days=730)


class SaysForm(OneUseKeyForm):
    """A form about a service. `ask_name`: whoever reads the mailbox is asked what they are called, once."""

    def __init__(self, *args: Any, ask_name: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if ask_name:
            self.fields["your_name"] = forms.CharField(
                label=_("Your name"),
                required=False,
                max_length=120,
                help_text=_("It stands beside what you say. We ask this once."),
                widget=forms.TextInput(attrs={"autocomplete": "name"}),
            )

    @property
    def said_name(self) -> str:
        return str(self.cleaned_data.get("your_name", "")).strip()


class RoomForm(SaysForm):
    """Is there room? The three answers are its buttons; seats and a day are for who wants to say more."""

    room = forms.ChoiceField(
        choices=Room.choices,
        label=_("Is there room?"),
        error_messages={"required": _("Press one of the three answers.")},
    )
    seats = forms.IntegerField(
        label=_("Free seats"),
        help_text=_("Empty, if nobody counts them."),
        required=False,
        min_value=1,
        max_value=MOST_SEATS,
        widget=forms.NumberInput(attrs={"class": "usa-input--small"}),
        error_messages={"min_value": SEATS_WRONG, "max_value": SEATS_WRONG, "invalid": SEATS_WRONG},
    )
    full_until = MemorableDateField(
        label=_("Full until"),
        help_text=_("Only if there is no room now. On this day we ask again."),
        required=False,
        earliest=_tomorrow,
        latest=_in_two_years,
        error_messages={"too_early": _("This day has passed. Leave it empty if there is room now.")},
    )

    @staticmethod
    def said_of(service: Service) -> dict[str, Any]:
        until = service.full_until
        return {"seats": service.seats, "full_until": until if until and until >= _tomorrow() else None}

    def said(self) -> dict[str, Any]:
        """What is said of the room: seats where it is open, a day where it is full."""
        data = self.cleaned_data
        room = data["room"]
        return {
            "room": room,
            "seats": data["seats"] if room == Room.OPEN else None,
            "full_until": data["full_until"] if room == Room.FULL else None,
        }


def _age(label: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        required=False,
        min_value=0,
        max_value=120,
        widget=forms.NumberInput(attrs={"class": "usa-input--small"}),
        error_messages={"min_value": AGE_WRONG, "max_value": AGE_WRONG, "invalid": AGE_WRONG},
    )


def _several(label: Any, **more: Any) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(label=label, required=False, widget=forms.CheckboxSelectMultiple, **more)


def _line(label: Any, longest: int, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=longest, **more)


def _text(label: Any, longest: int, **more: Any) -> forms.CharField:
    rows = {"rows": 3}
    return _line(label, longest, required=False, widget=forms.Textarea(attrs=rows), **more)


class WordsForm(Meanwhile, SaysForm):
    """What a service is, whom it is for, and where its referrals go."""

    marks_optional = False  # nearly everything is: the page says what is needed

    name = _line(_("Name in English"), 160, help_text=_("As you would say it to a colleague."))
    name_es = _line(_("Name in Spanish"), 160, required=False)
    about = _text(_("What it is, in a few sentences"), 600)
    about_es = _text(_("The same in Spanish"), 600, help_text=_("It is read out to people."))
    service_code = forms.ChoiceField(label=_("Kind of help"))
    area = forms.ChoiceField(label=_("Where it stands"), required=False)
    serves = _several(_("Whose areas it serves"), help_text=_("None ticked: people from everywhere here."))
    languages = _several(_("Languages spoken"))
    cost = forms.ChoiceField(
        label=_("What it costs"),
        required=False,
        choices=[
            ("", _("Not said")),
            (Service.Cost.FREE, _("Free")),
            (Service.Cost.FEE, _("There is a fee")),
        ],
        widget=forms.RadioSelect,
    )
    cost_note = _line(_("About the fee"), 160, required=False)
    mailbox = forms.EmailField(
        label=_("Mailbox for referrals"),
        help_text=_(
            "Referrals are answered from this mailbox, without an account. Empty: only colleagues who sign in can answer."
        ),
        required=False,
        max_length=254,
    )
    age_from = _age(_("From which age"))
    age_to = _age(_("Up to which age"))
    live_in = _several(_("Only for people who live in"))
    must_speak = _several(_("People need to speak"), help_text=_("Any one of them is enough."))
    papers = _several(_("Papers they need before they can begin"))
    papers_later = _several(_("Papers they can bring later"))
    genders = _several(_("Only for"), help_text=_("As people call themselves."))
    more = _several(_("And"))

    WHAT: ClassVar = ("name", "name_es", "about", "about_es", "service_code")
    WHERE: ClassVar = ("area", "serves", "languages", "cost", "cost_note")
    WHOM: ClassVar = (
        "age_from", "age_to", "live_in", "must_speak", "papers", "papers_later", "genders", "more",
    )  # fmt: skip
    MAIL: ClassVar = ("mailbox",)

    def __init__(self, *args: Any, kept: Iterable[Rule] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kept = list(kept)
        spoken = [(code, LANGUAGES.get(code, code)) for code in current_place().languages]
        papers = [(code, _capital(words)) for code, words in DOCUMENTS.items()]
        for name, choices in (
            ("service_code", [("", _("Choose")), *terms.choices("service_code")]),
            ("area", [("", _("Not said")), *area_choices()]),
            ("serves", area_choices()),
            ("languages", spoken),
            ("live_in", area_choices()),
            ("must_speak", spoken),
            ("papers", papers),
            ("papers_later", papers),
            ("genders", [(code, _capital(words)) for code, words in GENDERS.items()]),
            (
                "more",
                [
                    (Kind.DIPLOMA, _("A high-school diploma or its equivalent")),
                    (Kind.JUSTICE, _("Only for people who were in the justice system")),
                ],
            ),
        ):
            self.offer(name, choices)

    def parts(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The form in its four parts, each under its heading."""
        headings = (
            (_("What it is"), self.WHAT),
            (_("Where, in which language, at what cost"), self.WHERE),
            (_("Whom it is for"), self.WHOM),
            (_("Where referrals go"), (*self.MAIL, *(["your_name"] if "your_name" in self.fields else []))),
        )
        return [(str(heading), [self[name] for name in names]) for heading, names in headings]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        low, high = data.get("age_from"), data.get("age_to")
        if low is not None and high is not None and low > high:
            self.add_error("age_to", gettext("The youngest age is above the oldest. Exchange the two."))
        return data

    @classmethod
    def of(cls, told: Told, *args: Any, **kwargs: Any) -> WordsForm:
        """The form as it stands for what was said last. What it can't show of the criteria it keeps as it is."""
        shown, kept = _asked(told.criteria)
        said = {name: getattr(told, name) for name in (*cls.WHAT, *cls.WHERE, *cls.MAIL)}
        return cls(*args, initial={**said, **shown}, kept=kept, **kwargs)

    def told(self) -> Told:
        said = {name: self.cleaned_data[name] for name in (*self.WHAT, *self.WHERE, *self.MAIL)}
        return Told(**said, criteria=[*_rules(self.cleaned_data), *self.kept])


def _capital(words: object) -> str:
    text = str(words)
    return text[:1].upper() + text[1:]


def _rules(data: dict[str, Any]) -> list[Rule]:
    """The criteria that the form asks for, in the order of its fields."""
    found: list[Rule] = []
    if data.get("age_from") is not None or data.get("age_to") is not None:
        found.append(Rule(Kind.AGE, at_least=data.get("age_from"), at_most=data.get("age_to")))
    for name, kind in (("live_in", Kind.AREA), ("must_speak", Kind.LANGUAGE)):
        if data.get(name):
            found.append(Rule(kind, tuple(data[name])))
    found += [Rule(Kind.DOCUMENT, (code,)) for code in data.get("papers", ())]
    later = [code for code in data.get("papers_later", ()) if code not in data.get("papers", ())]
    found += [Rule(Kind.DOCUMENT, (code,), can_follow=True) for code in later]
    if data.get("genders"):
        found.append(Rule(Kind.GENDER, tuple(data["genders"])))
    if Kind.DIPLOMA in data.get("more", ()):
        found.append(Rule(Kind.DIPLOMA))
    if Kind.JUSTICE in data.get("more", ()):
        found.append(Rule(Kind.JUSTICE, (YES,)))
    return found


_FIELD = {Kind.AREA: "live_in", Kind.LANGUAGE: "must_speak", Kind.GENDER: "genders"}


def _asked(criteria: Iterable[Rule]) -> tuple[dict[str, Any], list[Rule]]:
    """The fields that say these criteria, and the criteria that no field can say."""
    shown: dict[str, Any] = {"papers": [], "papers_later": [], "more": []}
    kept: list[Rule] = []
    for rule in criteria:
        fields = _fields_of(rule)
        if _rules(fields) != [rule] or any(shown.get(name) and name in _ONCE for name in fields):
            kept.append(rule)
            continue
        for name, value in fields.items():
            shown[name] = [*shown[name], *value] if name in ("papers", "papers_later", "more") else value
    return shown, kept


_ONCE = ("age_from", "age_to", "live_in", "must_speak", "genders")


def _fields_of(rule: Rule) -> dict[str, Any]:
    if rule.kind == Kind.AGE:
        return {"age_from": rule.at_least, "age_to": rule.at_most}
    if rule.kind == Kind.DOCUMENT:
        return {"papers_later" if rule.can_follow else "papers": list(rule.values)}
    if rule.kind in (Kind.DIPLOMA, Kind.JUSTICE):
        return {"more": [rule.kind]}
    name = _FIELD.get(Kind(rule.kind)) if rule.kind in set(Kind) else None
    return {name: list(rule.values)} if name else {}


# --- Places -------------------------------------------------------------------------------------------------------


WEEK, WORK_DAYS = "week", range(5)


class PlaceForm(SaysForm):
    """One place of a service: where, how to get there and in, and when it is open."""

    marks_optional = False  # all but the address is

    address = _line(_("Address"), 200, help_text=_("Street and city, or “by phone”."))
    name = _line(
        _("Name of the place"), 120, required=False, help_text=_("Such as “Back door, second floor”.")
    )
    area = forms.ChoiceField(label=_("Area"), required=False)
    phone = PhoneField(label=_("Phone there"), required=False)
    getting_there = _line(
        _("How to get there"), 250, required=False, help_text=_("Bus lines, where to park, which door.")
    )
    getting_there_es = _line(_("The same in Spanish"), 250, required=False)
    access = _several(_("Getting in"))

    BEFORE: ClassVar = (
        "address", "name", "area", "phone", "getting_there", "getting_there_es", "access",
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("area", [("", _("Not said")), *area_choices()])
        self.offer("access", list(ACCESS.items()))
        for key, day in self._rows():
            for part, label in (("opens", _("%(day)s, opens")), ("closes", _("%(day)s, closes"))):
                self.fields[f"{part}_{key}"] = forms.TimeField(
                    label=label % {"day": capfirst(str(day))},
                    required=False,
                    widget=forms.TimeInput(
                        format="%H:%M", attrs={"type": "time", "class": "usa-input--small"}
                    ),
                    error_messages={"invalid": _("Write the hour like 09:00 or 17:30.")},
                )

    @staticmethod
    def _rows() -> list[tuple[str, Any]]:
        """The whole week's work days in one, then each day."""
        return [(WEEK, _("Monday to Friday")), *((str(number), day) for number, day in enumerate(WEEKDAYS))]

    def days(self) -> list[tuple[str, forms.BoundField, forms.BoundField]]:
        """A line a weekday: its name, when it opens, when it closes."""
        return [
            (capfirst(str(day)), self[f"opens_{number}"], self[f"closes_{number}"])
            for number, day in enumerate(WEEKDAYS)
        ]

    def first_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.BEFORE]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for key, day in self._rows():
            opens, closes = data.get(f"opens_{key}"), data.get(f"closes_{key}")
            if (opens is None) != (closes is None) and not self.has_error(f"closes_{key}"):
                missing = "closes" if closes is None else "opens"
                words = gettext("%(day)s needs both hours, or none.") % {"day": capfirst(str(day))}
                self.add_error(f"{missing}_{key}", words)
        return data

    @staticmethod
    def said_of(location: Location) -> dict[str, Any]:
        said = {name: getattr(location, name) for name in PlaceForm.BEFORE}
        for each in location.hours.all():
            said[f"opens_{each.weekday}"] = each.opens
            said[f"closes_{each.weekday}"] = each.closes
        return said

    def told(self) -> ToldPlace:
        data = self.cleaned_data
        hours = []
        for number in range(len(WEEKDAYS)):
            is_empty = data.get(f"opens_{number}") is None
            key = WEEK if is_empty and number in WORK_DAYS else number
            if data.get(f"opens_{key}") is not None:
                hours.append(Open(number, data[f"opens_{key}"], data[f"closes_{key}"]))
        return ToldPlace(**{name: data[name] for name in self.BEFORE}, hours=hours)
