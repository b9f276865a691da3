"""What was shown, what is passed over, and whether somebody takes part in another program: yes or no, how, until when."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from warmhandoff.foundation import terms
from warmhandoff.network.models import Organization
from warmhandoff.network.reading import organizations
from warmhandoff.participants.correcting import Reason
from warmhandoff.programs.actions.eligibility import HISTORY, LIMB, MOST_DAYS, Said, methods_taken
from warmhandoff.programs.models import CoEnrollment, Method, Proof
from warmhandoff.web.forms import ChoiceLabel, MemorableDateField, OneUseKeyForm
from warmhandoff.web.today import said

YES, NO, NOTHING = "yes", "no", "nothing"
ANSWERS = {YES: True, NO: False, NOTHING: None}
METHODS = {
    Method.DOCUMENT: ChoiceLabel(_("A paper that we saw"), _("Look at it and give it back: keep no copy.")),
    Method.AGENCY: ChoiceLabel(_("An agency’s word"), _("A letter, a mail or a call of somebody who knows.")),
    Method.SELF: ChoiceLabel(_("Their own word"), _("They say so themselves. Nothing else is asked.")),
}


WRONG = [
    (Reason.WRONG_OUTCOME, _("The answer")),
    (Reason.WRONG_DAY, _("The day")),
    (Reason.WRONG_WAY, _("How it was shown")),
    (Reason.WRONG_PERSON, _("It was about somebody else")),
]


def _today() -> date:
    return said.today()


class ProofForm(OneUseKeyForm):
    """One thing that was shown, or told."""

    holds = forms.ChoiceField(
        label=_("Is it so?"), widget=forms.RadioSelect, choices=[(YES, _("Yes")), (NO, _("No"))]
    )
    limb = forms.ChoiceField(
        label=_("Which of these, if they say?"),
        widget=forms.RadioSelect,
        required=False,
        help_text=_("Nothing about what it was for: that is never written down."),
    )
    method = forms.ChoiceField(label=_("How do you know?"), widget=forms.RadioSelect)
    agency = forms.ChoiceField(label=_("Which agency?"), required=False)
    on = MemorableDateField(label=_("On which day were you shown, or told?"), latest=_today)
    lapses_on = MemorableDateField(
        label=_("From which day does it hold no longer?"),
        required=False,
        help_text=_("Only where the paper or the agency says so. Empty: as long as each program takes it."),
    )
    reason = forms.ChoiceField(label=_("What was wrong?"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, shown: str, proof: Proof | None = None, **kwargs: Any) -> None:
        kwargs["initial"] = {
            "on": said.today(),
            **(_initial(proof) if proof else {}),
            **kwargs.get("initial", {}),
        }
        super().__init__(*args, **kwargs)
        taken = methods_taken(shown, said.today())
        self.offer("method", [(each, METHODS[Method(each)]) for each in taken])
        if len(taken) == 1:
            self.initial.setdefault("method", taken[0])
        if Method.AGENCY not in taken:
            del self.fields["agency"]
        else:
            named = [(one.code, one.name) for one in organizations().order_by("name_sort")]
            self.offer("agency", [("", _("None of the directory")), *named])
        if shown != HISTORY:
            del self.fields["limb"]
        else:
            self.offer("limb", [("", _("Not said")), *terms.choices(LIMB)])
        if proof is None:
            del self.fields["reason"]
        else:
            self.offer("holds", [*self.fields["holds"].choices, (NOTHING, _("Nothing is known after all"))])  # type: ignore[attr-defined]
            self.offer("reason", WRONG)

    @property
    def said(self) -> Said:
        data = self.cleaned_data
        holds = ANSWERS[data["holds"]]
        agency = data.get("agency") if data["method"] == Method.AGENCY else ""
        return Said(
            holds=holds,
            method=data["method"],
            on=data["on"],
            lapses_on=data["lapses_on"],
            limb=data.get("limb", "") if holds else "",
            agency=Organization.objects.get(code=agency) if agency else None,
        )


def _initial(proof: Proof) -> dict[str, Any]:
    answer = {holds: code for code, holds in ANSWERS.items()}[proof.holds]
    return {
        "holds": answer, "limb": proof.limb, "method": proof.method, "on": proof.shown_on, "lapses_on": proof.lapses_on,
        "agency": proof.agency.code if proof.agency else "",
    }  # fmt: skip


class WaiverForm(OneUseKeyForm):
    """Why one condition is passed over for one person, and until when."""

    reason = forms.ChoiceField(label=_("Why?"), widget=forms.RadioSelect)
    why = forms.CharField(
        label=_("In a sentence or two"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
        help_text=_("Whoever decides reads it. No offense, no diagnosis."),
    )
    lapses_on = MemorableDateField(
        label=_("Until which day?"),
        earliest=lambda: said.today() + timedelta(days=1),
        latest=lambda: said.today() + timedelta(days=MOST_DAYS),
        help_text=_("A year at most. From this day on it counts no longer."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("reason", terms.choices("waiver_reason"))


SOURCES = [
    (CoEnrollment.Source.THEMSELVES, _("They told us themselves")),
    (CoEnrollment.Source.OTHER_PROGRAM, _("The other program told us")),
    (CoEnrollment.Source.AGENCY, _("The contracting agency told us")),
]


class OtherProgramForm(OneUseKeyForm):
    """Whether they take part in another program too, and who says so."""

    takes_part = forms.ChoiceField(
        label=_("Do they take part in it?"),
        widget=forms.RadioSelect,
        choices=[(YES, _("Yes")), (NO, _("No"))],
    )
    source = forms.ChoiceField(label=_("Who told you?"), widget=forms.RadioSelect, choices=SOURCES)
    on = MemorableDateField(label=_("On which day?"), latest=_today)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"on": said.today()} | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
