"""The forms about one person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import formats
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from warmhandoff.custody.protocol import LONGEST_WAIT_DAYS, NEXT_STEP_KINDS
from warmhandoff.foundation import clock, terms
from warmhandoff.foundation.models import ContactPoint, Term
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.network.models import Membership, Queue
from warmhandoff.network.reading import staff_of
from warmhandoff.network.roles import SHEETS, Permission, Role, may
from warmhandoff.participants import telling
from warmhandoff.participants.actions import Told, Way
from warmhandoff.participants.correcting import Reason
from warmhandoff.participants.models import Contact, Need, Unknown
from warmhandoff.web.forms import ChoiceLabel, Meanwhile, MemorableDateField, OneUseKeyForm, PhoneField
from warmhandoff.web.today import said

LANGUAGES = {"en": gettext_lazy("English"), "es": gettext_lazy("Spanish")}
TEXT, VOICE, EMAIL, LETTER, NONE = "text", "voice", "email", "letter", "none"
WAYS = (
    (TEXT, gettext_lazy("Text message")),
    (VOICE, gettext_lazy("Phone call")),
    (EMAIL, gettext_lazy("Email")),
)
HOW = (*WAYS, ("in_person", gettext_lazy("In person")), (LETTER, gettext_lazy("Letter")))
OUTCOME = (
    ("reached", gettext_lazy("Yes, we talked with each other")),
    ("tried", gettext_lazy("No, I tried")),
)
TEXT_LONGEST = 2000
# On the form of a contact, until somebody needs it.
FOLDED = ("tell", "next_kind", "next_due")


def language_choices() -> list[tuple[str, Any]]:
    return [(code, LANGUAGES.get(code, code)) for code in current_place().languages]


def area_choices(*, or_why: bool = False) -> list[tuple[str, str]]:
    spanish = (get_language() or "en").startswith("es")
    areas = [(area.code, area.es if spanish else area.en) for area in current_place().areas]
    whys = [(one.value, _unknown_words()[one]) for one in (Unknown.DOESNT_KNOW, Unknown.PREFERS_NOT)]
    return [("", _("Not asked yet")), *areas, *(whys if or_why else [])]


def zip_code_field() -> forms.RegexField:
    return forms.RegexField(
        r"^\s*[0-9]{5}(-[0-9]{4})?\s*$",
        label=gettext_lazy("ZIP code"),
        required=False,
        max_length=12,
        widget=forms.TextInput(attrs={"class": "usa-input--small", "inputmode": "numeric"}),
        error_messages={"invalid": gettext_lazy("A ZIP code has five digits. Check it, or leave it out.")},
    )


def both_languages(term: Term) -> ChoiceLabel:
    """In the language of the page, with the other one beside it: the list is read out to the person."""
    spanish = (get_language() or "en").startswith("es")
    return ChoiceLabel(term.es, term.en) if spanish else ChoiceLabel(term.en, term.es)


def step_choices(*, without: Sequence[str] = ()) -> list[tuple[str, str]]:
    return [
        (code, words)
        for code, words in terms.choices("next_step")
        if code in NEXT_STEP_KINDS and code not in without
    ]


def next_step_day() -> date:
    """The day by which the place wants a next step to be done."""
    return said.day_of(current_place().deadline("next_step", clock.now()))


def furthest_day() -> date:
    return said.today() + timedelta(days=LONGEST_WAIT_DAYS)


def due_field() -> MemorableDateField:
    return MemorableDateField(
        label=gettext_lazy("By when?"),
        earliest=said.today,
        latest=furthest_day,
        error_messages={
            "too_early": gettext_lazy("This day has passed. Choose today or a later day."),
            "too_late": gettext_lazy("A next step is at most 30 days ahead. Choose an earlier day."),
        },
    )


def due_moment(day: date) -> datetime:
    return current_place().end_of(day)


def note_field(label: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=False,
        max_length=TEXT_LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


def diploma_field() -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=gettext_lazy("A high-school diploma or its equivalent?"),
        choices=[
            ("", gettext_lazy("Not asked yet")),
            ("yes", gettext_lazy("They have one")),
            ("no", gettext_lazy("Not yet")),
        ],
        required=False,
        coerce=lambda chosen: chosen == "yes",
        empty_value=None,
        help_text=gettext_lazy("Some courses need one. Nobody else is told."),
    )


def hours() -> list[tuple[str, str]]:
    return [
        ("", _("No quiet hours")),
        *((f"{hour:02}:00", formats.time_format(time(hour))) for hour in range(24)),
    ]


class QuietHours(forms.Form):
    """Between these two nobody calls or writes, also over midnight."""

    quiet_from = forms.ChoiceField(label=gettext_lazy("Quiet from"), choices=hours, required=False)
    quiet_to = forms.ChoiceField(label=gettext_lazy("Quiet until"), choices=hours, required=False)

    def check_quiet_hours(self) -> None:
        begins, ends = self.cleaned_data.get("quiet_from"), self.cleaned_data.get("quiet_to")
        if bool(begins) != bool(ends):
            self.add_error("quiet_to" if begins else "quiet_from", _("Give both hours, or neither."))
        elif begins and begins == ends:
            self.add_error("quiet_to", _("Quiet all day? Then say “do not contact” instead."))

    def quiet(self) -> tuple[time | None, time | None]:
        begins, ends = (self.cleaned_data[name] for name in ("quiet_from", "quiet_to"))
        return (
            time.fromisoformat(begins) if begins else None,
            time.fromisoformat(ends) if ends else None,
        )


class WayFields(forms.Form):
    """One way to reach someone; the phone or the address is asked for by the way that was chosen."""

    phone = PhoneField(label=gettext_lazy("Phone number, for a text or a call"), required=False)
    email = forms.EmailField(
        label=gettext_lazy("Email address, for an email"), required=False, max_length=254
    )
    leave_message = forms.BooleanField(
        label=gettext_lazy("We may leave a message"),
        required=False,
        help_text=gettext_lazy(
            "On voice mail, or with whoever answers. Without this we say nothing to anybody else."
        ),
    )

    def say_what_is_asked_for(self) -> None:
        """The chosen way decides which of the two is needed, so neither is called optional."""
        for name in ("phone", "email"):
            self.fields[name].asked_for_by = "way"  # type: ignore[attr-defined]

    def check_way(self, chosen: str) -> None:
        if chosen in (TEXT, VOICE) and not self.cleaned_data.get("phone") and "phone" not in self.errors:
            self.add_error("phone", _("Write the phone number, or choose another way."))
        if chosen == EMAIL and not self.cleaned_data.get("email") and "email" not in self.errors:
            self.add_error("email", _("Write the email address, or choose another way."))

    def chosen_way(self, chosen: str) -> Way | None:
        if chosen == NONE:
            return None
        value = self.cleaned_data["email" if chosen == EMAIL else "phone"]
        return Way(chosen, value, leave_message=self.cleaned_data["leave_message"])


class WhomToTell(forms.Form):
    """Colleagues who read it now; without any, it stands in the story for whoever opens it."""

    tell = forms.MultipleChoiceField(
        label=gettext_lazy("Whom to tell?"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("They find it on Today. Peer mentors don’t read notes."),
    )

    def choose_among(self, me: Membership) -> None:
        """Choose among those who read notes; nobody to choose, no question."""
        self.colleagues = {one.code: one for one in telling.colleagues(me.organization_id, but=me)}
        if self.colleagues:
            self.fields["tell"].choices = [  # type: ignore[attr-defined]
                (code, ChoiceLabel(one.user.name, _(SHEETS[Role(one.role)].label)))
                for code, one in self.colleagues.items()
            ]
        else:
            del self.fields["tell"]

    def chosen(self) -> list[Membership]:
        return [self.colleagues[code] for code in self.cleaned_data.get("tell", ())]


class RecordForm(WhomToTell, OneUseKeyForm):
    """A contact with someone: one tap where what is chosen already is right."""

    how = forms.ChoiceField(label=gettext_lazy("How?"), choices=HOW, widget=forms.RadioSelect)
    outcome = forms.ChoiceField(
        label=gettext_lazy("Did you reach them?"), choices=OUTCOME, widget=forms.RadioSelect
    )
    happened_on = MemorableDateField(
        label=gettext_lazy("When?"),
        latest=said.today,
        earliest=lambda: said.today() - timedelta(days=365),
        error_messages={"too_late": gettext_lazy("This can’t have happened yet. Give a day up to today.")},
    )
    note = note_field(gettext_lazy("What should colleagues know?"))
    finishes = forms.BooleanField(required=False)
    next_kind = forms.ChoiceField(label=gettext_lazy("What is next?"), required=False)
    next_due = due_field()
    order = ("how", "outcome", "happened_on", "note", "finishes", "tell", "next_kind", "next_due")

    def __init__(
        self, *args: Any, step: str = "", me: Membership, agrees: bool = False, **kwargs: Any
    ) -> None:
        """`agrees`: whoever records it may agree on a next step."""
        super().__init__(*args, **kwargs)
        self.order_fields(self.order)
        self.choose_among(me)
        if agrees:
            nothing_new = [("", _("Nothing new"))]
            self.fields["next_kind"].choices = [*nothing_new, *step_choices(without=("plan",))]  # type: ignore[attr-defined]
            self.fields["next_due"].required = False
        else:
            del self.fields["next_kind"], self.fields["next_due"]
        if step:
            self.fields["finishes"].label = _("This finishes the next step: %(step)s") % {
                "step": said.inside(step)
            }
        else:
            del self.fields["finishes"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("tell") and not data.get("note"):
            self.add_error("note", _("Write what they should read, or tell nobody."))
        if data.get("next_kind") and not data.get("next_due") and "next_due" not in self.errors:
            self.add_error("next_due", _("Give the day by which it is done."))
        return data

    @property
    def main(self) -> list[Any]:
        """What is always asked."""
        return [each for each in self.visible_fields() if each.name not in FOLDED]

    @property
    def more(self) -> list[Any]:
        """What is folded away until somebody needs it."""
        return [self[name] for name in FOLDED if name in self.fields]

    @property
    def more_is_open(self) -> bool:
        return any(each.errors or each.value() for each in self.more if each.name != "next_due")

    def moment(self) -> datetime | None:
        """None for today (now); closing time of an earlier day, whose hour nobody asked."""
        day: date = self.cleaned_data["happened_on"]
        return None if day == said.today() else current_place().end_of(day)


class StepForm(OneUseKeyForm):
    """A next step with its date."""

    kind = forms.ChoiceField(label=gettext_lazy("What is the next step?"), widget=forms.RadioSelect)
    due = due_field()
    note = note_field(gettext_lazy("What about?"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = step_choices()  # type: ignore[attr-defined]


class ContactForm(Meanwhile, OneUseKeyForm):
    """What someone is called, speaks, and where they live."""

    first_name = forms.CharField(label=gettext_lazy("First name, or the name they go by"), max_length=80)
    last_name = forms.CharField(label=gettext_lazy("Last name"), max_length=80, required=False)
    pronouns = forms.CharField(label=gettext_lazy("Pronouns"), max_length=40, required=False)
    language = forms.ChoiceField(
        label=gettext_lazy("Language"), choices=language_choices, widget=forms.RadioSelect
    )
    birth_date = MemorableDateField(
        label=gettext_lazy("Birth date"), required=False, earliest=lambda: date(1900, 1, 1), latest=said.today
    )
    birth_date_unknown = forms.ChoiceField(
        label=gettext_lazy("If there is no birth date, why?"), required=False
    )
    area = forms.ChoiceField(
        label=gettext_lazy("Where do they stay mostly?"),
        choices=lambda: area_choices(or_why=True),
        required=False,
    )
    speaks = forms.MultipleChoiceField(
        label=gettext_lazy("Also speaks"),
        choices=language_choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    street = forms.CharField(label=gettext_lazy("Address for letters"), max_length=160, required=False)
    zip_code = zip_code_field()
    availability = forms.ChoiceField(label=gettext_lazy("When are they free?"), required=False)
    diploma = diploma_field()
    do_not_contact = forms.BooleanField(
        label=gettext_lazy("Do not contact them for now"),
        required=False,
        help_text=gettext_lazy("They asked for quiet. Everybody who opens this page sees it."),
    )
    was_wrong = forms.BooleanField(
        label=gettext_lazy("It was written down wrong before"),
        required=False,
        help_text=gettext_lazy("Then the story says so: a correction, and not a change in their life."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["availability"].choices = [("", _("Not asked yet")), *terms.choices("availability")]  # type: ignore[attr-defined]
        self.fields["birth_date_unknown"].choices = [(one.value, _unknown_words()[one]) for one in Unknown]  # type: ignore[attr-defined]

    def told(self) -> Told:
        data = {
            name: self.cleaned_data[name] for name in Told.__dataclass_fields__ if name in self.cleaned_data
        }
        data["speaks"] = tuple(sorted({data["language"], *data["speaks"]})) if data["speaks"] else ()
        if data["area"] in Unknown.values:
            data |= {"area": "", "area_unknown": data["area"]}
        return Told(**data)

    @staticmethod
    def initial_of(contact: Contact, *, diploma: bool | None) -> dict[str, Any]:
        known = {name: getattr(contact, name) for name in ContactForm.base_fields if hasattr(contact, name)}
        if contact.area_unknown not in ("", Unknown.NOT_ASKED):
            known["area"] = contact.area_unknown
        return known | {"diploma": {True: "yes", False: "no", None: ""}[diploma]}


def _unknown_words() -> dict[str, str]:
    return {
        Unknown.NOT_ASKED: _("Not asked yet"),
        Unknown.DOESNT_KNOW: _("They don’t know"),
        Unknown.PREFERS_NOT: _("They prefer not to say"),
    }


class WayForm(QuietHours, WayFields, OneUseKeyForm):
    """One more way to reach someone."""

    way = forms.ChoiceField(label=gettext_lazy("Which way?"), choices=WAYS, widget=forms.RadioSelect)
    order = ("way", "phone", "email", "leave_message", "quiet_from", "quiet_to")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields(self.order)
        self.say_what_is_asked_for()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        self.check_way(data.get("way", ""))
        self.check_quiet_hours()
        return data

    def chosen_way(self, chosen: str) -> Way | None:
        way = super().chosen_way(chosen)
        begins, ends = self.quiet()
        return replace(way, quiet_from=begins, quiet_to=ends) if way else None


class NeedForm(OneUseKeyForm):
    """One more thing that someone needs."""

    code = forms.ChoiceField(label=gettext_lazy("What do they need?"))

    def __init__(self, *args: Any, open_codes: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].choices = [  # type: ignore[attr-defined]
            ("", _("Choose")),
            *((code, words) for code, words in terms.choices("service_code") if code not in open_codes),
        ]


class HandOutForm(OneUseKeyForm):
    """A person's own copy of their file: in which language, and without which notes."""

    language = forms.ChoiceField(
        label=gettext_lazy("In which language?"), choices=language_choices, widget=forms.RadioSelect
    )
    left_out = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Notes to leave out"),
        help_text=gettext_lazy(
            "Only those that tell about somebody else. The paper says how many are left out."
        ),
        required=False,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, notes: Sequence[tuple[int, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if notes:
            self.fields["left_out"].choices = notes  # type: ignore[attr-defined]
        else:
            del self.fields["left_out"]


class CorrectContactForm(OneUseKeyForm):
    """What was wrong with a contact, and how it was."""

    GONE = (Reason.WRONG_PERSON, Reason.MISTAKE)

    reason = forms.ChoiceField(
        label=gettext_lazy("What was wrong?"),
        widget=forms.RadioSelect,
        choices=[
            (Reason.WRONG_DAY, gettext_lazy("It was another day")),
            (Reason.WRONG_WAY, gettext_lazy("It was another way")),
            (Reason.WRONG_OUTCOME, gettext_lazy("It ended otherwise")),
            (Reason.WRONG_PERSON, gettext_lazy("It was with somebody else: it goes from this file")),
            (Reason.MISTAKE, gettext_lazy("It never was: it goes from this file")),
        ],
    )
    how = forms.ChoiceField(label=gettext_lazy("How?"), choices=HOW, widget=forms.RadioSelect)
    outcome = forms.ChoiceField(
        label=gettext_lazy("Did you reach them?"), choices=OUTCOME, widget=forms.RadioSelect
    )
    happened_on = MemorableDateField(
        label=gettext_lazy("When?"),
        latest=said.today,
        earliest=lambda: said.today() - timedelta(days=365),
        error_messages={"too_late": gettext_lazy("This can’t have happened yet. Give a day up to today.")},
    )

    @property
    def goes(self) -> bool:
        return self.cleaned_data["reason"] in self.GONE


class CorrectNoteForm(OneUseKeyForm):
    """A note said better, or gone from this file."""

    reason = forms.ChoiceField(
        label=gettext_lazy("What was wrong?"),
        widget=forms.RadioSelect,
        choices=[
            (Reason.MISTYPED, gettext_lazy("Something in it: I write it again")),
            (Reason.WRONG_PERSON, gettext_lazy("It is about somebody else: it goes from this file")),
            (Reason.MISTAKE, gettext_lazy("It should never have been written: it goes from this file")),
        ],
    )
    text = forms.CharField(
        label=gettext_lazy("The note"),
        required=False,
        max_length=TEXT_LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("reason") == Reason.MISTYPED and not data.get("text", "").strip():
            self.add_error("text", _("Write the note, or say that it goes from this file."))
        return data

    @property
    def words(self) -> str:
        return str(self.cleaned_data["text"]) if self.cleaned_data["reason"] == Reason.MISTYPED else ""


class CloseNeedForm(OneUseKeyForm):
    """How a need came to its end."""

    need = forms.IntegerField(widget=forms.HiddenInput)
    outcome = forms.ChoiceField(
        label=gettext_lazy("How did it end?"),
        widget=forms.RadioSelect,
        choices=[
            (Need.Outcome.MET, gettext_lazy("It is met")),
            (Need.Outcome.MET_ELSEWHERE, gettext_lazy("It was met elsewhere")),
            (Need.Outcome.NO_LONGER, gettext_lazy("They no longer need it")),
            (Need.Outcome.MISTAKE, gettext_lazy("It was never one: written down by mistake")),
        ],
    )


class AssignForm(OneUseKeyForm):
    """Whom to give someone to: a colleague who does case work, or the queue."""

    to = forms.ChoiceField(label=gettext_lazy("Who holds them from now on?"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, organization_id: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.colleagues = {
            colleague.code: colleague
            for colleague in staff_of(organization_id)
            if may(colleague.role, Permission.REFER)
        }
        self.queues = {
            queue.code: queue
            for queue in Queue.objects.filter(
                organization_id=organization_id, lead__state=Membership.State.ACTIVE
            ).select_related("lead__user")
        }
        self.fields["to"].choices = [  # type: ignore[attr-defined]
            *((code, colleague.user.name) for code, colleague in self.colleagues.items()),
            *(
                (code, ChoiceLabel(queue.name, _("%(name)s answers for it") % {"name": queue.lead.user.name}))  # type: ignore[union-attr]
                for code, queue in self.queues.items()
            ),
        ]

    def chosen(self) -> Membership | Queue:
        code = self.cleaned_data["to"]
        return self.colleagues.get(code) or self.queues[code]


class ReleaseForm(OneUseKeyForm):
    """Why someone is no longer held."""

    reason = forms.ChoiceField(label=gettext_lazy("Why?"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].choices = terms.choices("release_reason")  # type: ignore[attr-defined]


class PressForm(OneUseKeyForm):
    """A press without fields: it carries the key alone."""


def channel_words(channel: str) -> str:
    words: dict[str, str] = {
        ContactPoint.Channel.TEXT: _("Text"),
        ContactPoint.Channel.VOICE: _("Call"),
        ContactPoint.Channel.EMAIL: _("Email"),
        ContactPoint.Channel.LETTER: _("Letter"),
    }
    return words.get(channel, channel)
