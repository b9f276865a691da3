"""What the receiver says: the same forms behind the mail's link and behind the sign-in."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from warmhandoff.custody.protocol import LONGEST_WAIT_DAYS
from warmhandoff.foundation import clock, terms
from warmhandoff.jurisdictions.dates import short_day
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.referrals import pace
from warmhandoff.referrals.models import Referral
from warmhandoff.referrals.reading import stages_for, stages_of
from warmhandoff.referrals.states import ACCEPTED, CHANNEL_WORDS, CONTACTED, ENGAGED
from warmhandoff.web.forms import MemorableDateField, OneUseKeyForm


def today() -> date:
    return clock.today(current_place().zone)


class AnswerForm(OneUseKeyForm):
    """A form about one referral. `knows_you`: the name of whoever answers is known; else it is asked, once."""

    def __init__(
        self, *args: Any, referral: Referral, you: str = "", knows_you: bool = True, **kwargs: Any
    ) -> None:
        self.referral, self.you = referral, you
        super().__init__(*args, **kwargs)
        if not knows_you:
            self._ask_your_name()

    def _ask_your_name(self) -> None:
        self.fields["your_name"] = forms.CharField(
            label=_("Your name"),
            required=False,
            max_length=120,
            help_text=_("So that they know whom to ask for. We ask this once."),
            widget=forms.TextInput(attrs={"autocomplete": "name"}),
        )

    @property
    def said_name(self) -> str:
        return str(self.cleaned_data.get("your_name", "")).strip()


class YesForm(AnswerForm):
    caller_name = forms.CharField(
        label=_("Who will call them?"),
        max_length=120,
        help_text=_("A first name is enough."),
        error_messages={"required": _("Say who will call. A first name is enough.")},
    )
    contact_by = forms.ChoiceField(label=_("By when?"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        days = days_to_call(pace.of(self.referral.service).due("first_contact", clock.now()))
        self.fields["contact_by"].choices = [(day.isoformat(), day_words(day)) for day in days]  # type: ignore[attr-defined]
        if self.you:
            self.initial.setdefault("caller_name", self.you)
        self.initial.setdefault("contact_by", days[-1].isoformat())

    def _ask_your_name(self) -> None:
        """Who will call is who answers, unless they say otherwise: nothing is asked twice."""

    @property
    def said_name(self) -> str:
        return str(self.cleaned_data["caller_name"]).strip()

    @property
    def day(self) -> date:
        return date.fromisoformat(self.cleaned_data["contact_by"])


def days_to_call(promised: datetime) -> list[date]:
    """The business days from today to the end of the network's promise."""
    place, now = current_place(), clock.now()
    last = place.day_of(promised)
    days = [today() + timedelta(days=n) for n in range((last - today()).days + 1)]
    return [day for day in days if place.is_business_day(day) and place.end_of(day) > now]


def day_words(day: date) -> str:
    if day == today():
        return gettext("Today")
    if day == today() + timedelta(days=1):
        return gettext("Tomorrow, %(day)s") % {"day": short_day(day)}
    return short_day(day)


class NoForm(AnswerForm):
    why = forms.ChoiceField(
        label=_("Why not?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Say why in one tap: choose the reason that is nearest.")},
    )
    full_until = MemorableDateField(
        label=_("Full until when?"),
        required=False,
        help_text=_("Only if you are full until a date."),
        earliest=today,
    )
    tell_person = forms.BooleanField(
        label=_("The person may be told this reason"), required=False, initial=True
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.groups = decline_reasons()
        self.fields["why"].choices = [choice for _name, choices in self.groups for choice in choices]  # type: ignore[attr-defined]
        self.fields["why"].template_name = "answer/reasons.html"  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("why", "").endswith(":full_until") and not cleaned.get("full_until"):
            if "full_until" not in self.errors:
                self.add_error(
                    "full_until", gettext("Say until when you are full, or choose “Full, no date yet”.")
                )
        elif not cleaned.get("why", "").startswith("full:"):
            cleaned["full_until"] = None
        return cleaned

    @property
    def reason(self) -> tuple[str, str]:
        reason, _colon, detail = self.cleaned_data["why"].partition(":")
        return reason, detail

    def reason_groups(self) -> list[tuple[str, list[Any]]]:
        """The radio buttons under their headings: one tap says both levels."""
        buttons = iter(list(self["why"]))
        return [(name, [next(buttons) for _choice in choices]) for name, choices in self.groups]


def decline_reasons() -> list[tuple[str, list[tuple[str, str]]]]:
    found = terms.in_force("decline_reason")
    words = dict(terms.choices("decline_reason"))
    return [
        (words[top.code], [(f"{top.code}:{t.code}", words[t.code]) for t in found if t.parent == top.code])
        for top in found
        if not top.parent
    ]


class QuestionForm(AnswerForm):
    question = forms.CharField(
        label=_("Your question"),
        max_length=2000,
        widget=forms.Textarea,
        help_text=_("Please without a name or anything about the person: they answer here."),
        error_messages={"required": _("Write your question. One sentence is enough.")},
    )


class MessageForm(AnswerForm):
    message = forms.CharField(
        label=_("Your message"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Write your message. One sentence is enough.")},
    )


ANOTHER_DAY = "other"


class DayAheadForm(AnswerForm):
    """A day ahead, in one tap or as a date; `what` names the place's limit."""

    what = "hold"
    after_days: tuple[int, ...] = ()
    when = forms.ChoiceField(
        label=_("Until when?"), widget=forms.RadioSelect, error_messages={"required": _("Choose a day.")}
    )
    other_day = MemorableDateField(label=_("Another day"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        place, now = current_place(), clock.now()
        self.latest = place.latest_day(self.what, now)
        days = [business_day_from(today() + timedelta(days=n)) for n in self.after_days]
        offered = [(day.isoformat(), short_day(day)) for day in days if day <= self.latest]
        self.offer("when", [*offered, (ANOTHER_DAY, _("Another day"))])
        self.fields["other_day"].earliest = lambda: today() + timedelta(days=1)  # type: ignore[attr-defined]
        self.fields["other_day"].latest = lambda: self.latest  # type: ignore[attr-defined]
        self.fields["other_day"].error_messages["too_late"] = gettext(
            "Choose a day up to %(day)s, and look again then."
        ) % {"day": short_day(self.latest)}
        self.fields["other_day"].error_messages["too_early"] = gettext("Choose a day after today.")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("when") == ANOTHER_DAY:
            if not cleaned.get("other_day") and "other_day" not in self.errors:
                self.add_error("other_day", gettext("Give the day."))
        else:
            self.errors.pop("other_day", None)
        return cleaned

    @property
    def day(self) -> date:
        chosen = self.cleaned_data["when"]
        if chosen == ANOTHER_DAY:
            other: date = self.cleaned_data["other_day"]
            return other
        return date.fromisoformat(chosen)


def business_day_from(day: date) -> date:
    while not current_place().is_business_day(day):
        day += timedelta(days=1)
    return day


class ListForm(DayAheadForm):
    what = "waitlist"
    after_days = (14, 30, 60)
    position = forms.IntegerField(
        label=_("Their place on your list"),
        required=False,
        min_value=1,
        max_value=999,
        help_text=_("If you count. The person hears it."),
        widget=forms.NumberInput(attrs={"class": "usa-input--small"}),
    )
    field_order = ("when", "other_day", "position", "your_name")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["when"].label = _("When do you look again?")
        if self.referral.list_position:
            self.initial.setdefault("position", self.referral.list_position)


class HoldForm(DayAheadForm):
    what = "hold"
    after_days = (7, 14, 30)
    reason = forms.ChoiceField(
        label=_("Why?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Say why it is put off: choose the reason that is nearest.")},
    )
    field_order = ("reason", "when", "other_day", "your_name")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("reason", terms.choices("hold_reason"))


class WhenForm(AnswerForm):
    """Something that happened on a day."""

    happened_on = MemorableDateField(
        label=_("When was it?"),
        latest=today,
        error_messages={"too_late": _("This can't have happened yet. Give a day up to today.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("happened_on", today())
        sent = current_place().day_of(self.referral.sent_at)
        self.fields["happened_on"].earliest = lambda: sent  # type: ignore[attr-defined]

    @property
    def happened_at(self) -> datetime | None:
        """The end of that day; None for now."""
        day: date = self.cleaned_data["happened_on"]
        return None if day == today() else current_place().end_of(day)


class ContactForm(WhenForm):
    reached = forms.ChoiceField(
        label=_("Did you talk with each other?"),
        widget=forms.RadioSelect,
        choices=[("yes", _("Yes, we talked")), ("no", _("Not yet: we tried"))],
    )
    channel = forms.ChoiceField(label=_("How?"), widget=forms.RadioSelect, choices=[])
    stage = forms.ChoiceField(
        label=_("How does it stand now?"),
        required=False,
        widget=forms.RadioSelect,
        help_text=_("Only if you talked with each other."),
    )
    field_order = ("reached", "channel", "stage", "happened_on", "your_name")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ways = [(code, capfirst(words)) for code, words in CHANNEL_WORDS.items()]
        self.fields["channel"].choices = ways  # type: ignore[attr-defined]
        stages = stages_of(CONTACTED)
        self.offer("stage", [("", _("You talked, and no more yet")), *stages])
        # A network that has none of its own is asked nothing more; one who was reached before says it on a page of its own.
        if not stages or self.referral.state != ACCEPTED:
            del self.fields["stage"]


class EndForm(WhenForm):
    reason = forms.ChoiceField(
        label=_("Why did it end?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Say why it ended: choose the reason that is nearest.")},
    )
    field_order = ("reason", "happened_on", "your_name")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].choices = terms.choices("end_reason")  # type: ignore[attr-defined]


def last_day_of_next() -> date:
    """Nobody waits for longer without another word (P2)."""
    return today() + timedelta(days=LONGEST_WAIT_DAYS)


class StillForm(AnswerForm):
    """How it goes with one of them: the row of the weekly sheet, on a page of its own."""

    last_seen_on = MemorableDateField(
        label=_("When did you last see them?"),
        latest=today,
        error_messages={"too_late": _("This day is still to come. Give a day up to today.")},
    )
    what_next = forms.ChoiceField(
        label=_("What is next?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Say what is next.")},
    )
    next_by = MemorableDateField(
        label=_("By when?"),
        earliest=today,
        latest=last_day_of_next,
        error_messages={
            "too_early": _("This day has passed. Choose today or a later day."),
            "too_late": _("That is too far ahead. Choose a day within thirty days."),
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("what_next", terms.choices("what_next"))
        began = current_place().day_of(self.referral.answered_at or self.referral.sent_at)
        seen: Any = self.fields["last_seen_on"]
        seen.earliest = lambda: began
        seen.error_messages["too_early"] = gettext("You hadn’t said yes by then. Check the day.")
        if self.referral.state != ENGAGED:
            seen.required, seen.help_text = False, _("Leave it empty if you haven’t met yet.")


class StageForm(WhenForm):
    stage = forms.ChoiceField(
        label=_("Where do they stand?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose how it stands.")},
    )
    field_order = ("stage", "happened_on", "your_name")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("stage", stages_for(self.referral))
        if self.referral.stage:
            self.initial.setdefault("stage", self.referral.stage)
