"""What the sender says: consent and referral in one form, taking back, and what comes next."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from warmhandoff.custody.protocol import LONGEST_WAIT_DAYS, NEXT_STEP_KINDS
from warmhandoff.foundation import clock, terms
from warmhandoff.jurisdictions.dates import short_day
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.network.models import Membership
from warmhandoff.participants.actions import CONSENT_DAYS
from warmhandoff.participants.models import Consent
from warmhandoff.referrals import reading
from warmhandoff.referrals.models import Disposition, Referral
from warmhandoff.referrals.states import STAFF_WORDS
from warmhandoff.web.answer.forms import today
from warmhandoff.web.forms import ChoiceLabel, MemorableDateField, OneUseKeyForm, PlainForm

ENDED_TOO = "all"
SHORTER_DAYS = (90, 30)
HOW_WORDS = {
    Consent.How.SCREEN: _("On this screen"),
    Consent.How.PAPER: _("On paper, signed"),
    Consent.How.SPOKEN: _("Spoken, with a witness"),
}
NOT_PICKED = ("", _("Choose a colleague"))


class ReferForm(OneUseKeyForm):
    """The last part of referring. `agreed_already`: the person agreed to this place at the start, so nothing is asked anew."""

    parts = forms.MultipleChoiceField(
        label=_("Shown too, unless the person leaves it out"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    note = forms.CharField(
        label=_("A note for them"),
        required=False,
        max_length=2000,
        widget=forms.Textarea,
        help_text=_("Read it to the person. Empty: no note."),
    )
    mode = forms.ChoiceField(label=_("Who holds the person afterwards?"), widget=forms.RadioSelect)
    alternatives = forms.MultipleChoiceField(
        label=_("If they can't: may we ask these too, the same way?"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("Then nobody needs to ask the person again."),
    )
    how = forms.ChoiceField(
        label=_("How did they agree?"),
        widget=forms.RadioSelect,
        choices=list(HOW_WORDS.items()),
        initial=Consent.How.SCREEN,
    )
    witness = forms.ChoiceField(
        label=_("Who heard it?"),
        required=False,
        help_text=_("Only for a spoken yes: a colleague who was there."),
    )
    days = forms.ChoiceField(label=_("Until when?"), widget=forms.RadioSelect)
    agreed = forms.BooleanField(
        label=_("They said yes to exactly this"),
        error_messages={
            "required": _("Tick this when they have said yes. If they say no, press “They say no”.")
        },
    )

    answered_elsewhere = False

    def __init__(
        self,
        *args: Any,
        optional_parts: list[tuple[str, Any]],
        modes: list[tuple[str, Any]],
        alternatives: list[tuple[str, Any]],
        colleagues: list[tuple[str, str]],
        agreed_already: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._offer("parts", optional_parts)
        self._offer("mode", modes)
        self._offer("alternatives", alternatives)
        self._offer("witness", [NOT_PICKED, *colleagues])
        self._offer("days", [(str(n), until_words(n)) for n in (CONSENT_DAYS, *SHORTER_DAYS)])
        self.initial.setdefault("mode", Referral.Mode.REFER)
        self.initial.setdefault("days", str(CONSENT_DAYS))
        if len(modes) == 1:
            del self.fields["mode"]
        if agreed_already:
            for name in ("parts", "note", "alternatives", "how", "witness", "days", "agreed"):
                del self.fields[name]

    def _offer(self, name: str, choices: list[Any]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("how") == Consent.How.SPOKEN and not cleaned.get("witness"):
            self.add_error("witness", gettext("Name the colleague who heard it."))
        return cleaned

    def is_answered_elsewhere(self) -> None:
        """They say yes or no on their own page: nobody here says that they did, or how."""
        self.answered_elsewhere = True
        for name in ("how", "witness", "agreed"):
            del self.fields[name]

    @property
    def chosen_mode(self) -> str:
        return str(self.cleaned_data.get("mode") or Referral.Mode.REFER)

    @property
    def chosen_parts(self) -> list[str]:
        chosen = ["name", "need", *self.cleaned_data["parts"]]
        return [*chosen, "note"] if self.cleaned_data["note"].strip() else chosen


def until_words(days: int) -> str:
    until = today() + timedelta(days=days)
    return gettext("%(day)s (%(n)s days)") % {"day": short_day(until), "n": days}


class WithdrawForm(OneUseKeyForm):
    reason = forms.ChoiceField(
        label=_("Why?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Say why it is taken back: choose the reason that is nearest.")},
    )
    # How it stood when the page was opened: a yes that came meanwhile isn't taken back unseen.
    stood = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, stands: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stands = stands
        self.initial.setdefault("stood", stands)
        self.fields["reason"].choices = terms.choices("withdraw_reason")  # type: ignore[attr-defined]

    @property
    def moved_on(self) -> bool:
        return self.is_bound and self.data.get("stood", self.stands) != self.stands


class FilterForm(PlainForm):
    """Which of the referrals: by how they stand, by service, by the other side."""

    marks_optional = False
    stands = forms.ChoiceField(label=_("How it stands"), required=False)
    service = forms.ChoiceField(label=_("Service"), required=False)
    other = forms.ChoiceField(label=_("Organization"), required=False)

    def __init__(self, *args: Any, direction: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        services, others = reading.to_filter_by(direction)
        language = get_language() or "en"
        states = [(state, capfirst(str(words))) for state, words in STAFF_WORDS.items()]
        self.offer("stands", [("", _("Open")), (ENDED_TOO, _("All, the ended ones too")), *states])
        self.offer(
            "service", [("", _("All services")), *((s.code, s.in_language(language)) for s in services)]
        )
        self.offer("other", [("", _("All organizations")), *((o.code, o.name) for o in others)])
        # What is asked for in an address is checked at once: a list has no page of errors.
        self.full_clean()

    def _said(self, name: str) -> str:
        return str(getattr(self, "cleaned_data", {}).get(name) or "")

    @property
    def everything(self) -> bool:
        return bool(self._said("stands"))

    @property
    def chosen(self) -> dict[str, str]:
        state = self._said("stands")
        return {
            "state": "" if state == ENDED_TOO else state,
            "service": self._said("service"),
            "other": self._said("other"),
        }


class AssignForm(OneUseKeyForm):
    to = forms.ChoiceField(
        label=_("Who does it?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a colleague.")},
    )

    def __init__(
        self,
        *args: Any,
        colleagues: Sequence[Membership],
        has_it: Membership | None,
        me: Membership,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.colleagues = {one.code: one for one in colleagues}
        self.offer("to", [(code, _named(one, has_it, me)) for code, one in self.colleagues.items()])
        if len(colleagues) == 1:
            self.initial.setdefault("to", colleagues[0].code)

    @property
    def chosen(self) -> Membership:
        return self.colleagues[self.cleaned_data["to"]]


def _named(one: Membership, has_it: Membership | None, me: Membership) -> ChoiceLabel:
    label = gettext("You, %(name)s") % {"name": one.user.name} if one.pk == me.pk else one.user.name
    return ChoiceLabel(label, gettext("Has it now") if has_it is not None and has_it.pk == one.pk else "")


class ReplyForm(OneUseKeyForm):
    reply = forms.CharField(
        label=_("Your reply"),
        max_length=2000,
        widget=forms.Textarea,
        help_text=_("Without a name: they see no name before they say yes."),
        error_messages={"required": _("Write your reply. One sentence is enough.")},
    )

    def __init__(self, *args: Any, after_yes: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if after_yes:
            self.fields["reply"].help_text = ""


# What can be decided here; asking another place is a page of its own.
OUTCOMES = (
    Disposition.Outcome.STAYS,
    Disposition.Outcome.PERSON_STOPPED,
    Disposition.Outcome.MET_ELSEWHERE,
    Disposition.Outcome.NOT_ELIGIBLE,
    Disposition.Outcome.DECEASED,
)


class SettleForm(OneUseKeyForm):
    outcome = forms.ChoiceField(
        label=_("What is next?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what comes next.")},
    )
    next_step = forms.ChoiceField(label=_("Next step"))
    due = MemorableDateField(label=_("By when"), earliest=today)
    note = forms.CharField(label=_("A note"), required=False, max_length=2000, widget=forms.Textarea)

    def __init__(self, *args: Any, signs_off: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["outcome"].choices = outcome_choices(signs_off=signs_off)  # type: ignore[attr-defined]
        steps = [(code, words) for code, words in terms.choices("next_step") if code in NEXT_STEP_KINDS]
        self.fields["next_step"].choices = steps  # type: ignore[attr-defined]
        place = current_place()
        self.initial.setdefault("next_step", "find_place")
        self.initial.setdefault("due", place.day_of(place.deadline("next_step", clock.now())))
        self.fields["due"].latest = lambda: today() + timedelta(days=LONGEST_WAIT_DAYS)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("outcome") not in (None, Disposition.Outcome.STAYS):
            # Only asked of those who stay.
            for name in ("next_step", "due"):
                self.errors.pop(name, None)
        return cleaned

    @property
    def day(self) -> date:
        day: date = self.cleaned_data["due"]
        return day


def outcome_choices(*, signs_off: bool) -> list[tuple[str, ChoiceLabel]]:
    words = {
        Disposition.Outcome.STAYS: ChoiceLabel(
            _("They stay with us, the need stays open"), _("Choose the next step and its date below.")
        ),
        Disposition.Outcome.PERSON_STOPPED: ChoiceLabel(
            _("The person chose to stop"), _("The need is closed. They stay with you, with a next step.")
        ),
        Disposition.Outcome.MET_ELSEWHERE: ChoiceLabel(
            _("It is met elsewhere"), _("The need is closed as met outside the network.")
        ),
        Disposition.Outcome.NOT_ELIGIBLE: ChoiceLabel(
            _("Not eligible anywhere in the network"), _("You sign this off as a navigator.")
        ),
        Disposition.Outcome.DECEASED: ChoiceLabel(
            _("The person died"), _("Release them from their page afterwards.")
        ),
    }
    return [(o.value, words[o]) for o in OUTCOMES if signs_off or o != Disposition.Outcome.NOT_ELIGIBLE]
