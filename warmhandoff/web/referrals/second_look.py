"""A no that is looked at once more, as both sides see it: whoever holds the person asks for it, whoever said it is asked again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from warmhandoff.foundation import terms
from warmhandoff.network.roles import Permission
from warmhandoff.referrals import actions, declines, reading
from warmhandoff.referrals.models import Referral, ReferralNote
from warmhandoff.web.forms import OneUseKeyForm
from warmhandoff.web.referrals.story import times_said
from warmhandoff.web.site.access import requires


class LookForm(OneUseKeyForm):
    why = forms.ChoiceField(
        label=gettext_lazy("Why should they look again?"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Say why they should look again.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("why", terms.choices("look_reason"))


@dataclass(frozen=True)
class AskedAgain:
    """`second time`, and what the network's office wrote."""

    times: str
    note: str


def asked_again(referral: Referral) -> AskedAgain | None:
    """Where they are asked once more, and have not answered yet."""
    if referral.asked_times == 1 or not reading.may_still_say_yes(referral):
        return None
    return AskedAgain(times_said(referral.asked_times), declines.asked_to_look_again(referral))


def notes_beside(referral: Referral, again: AskedAgain | None) -> list[ReferralNote]:
    """What was written, without the note that stands on the page already."""
    shown = again.note if again else None
    return [
        note
        for note in reading.notes_of(referral)
        if note.kind != ReferralNote.Kind.LOOK or note.text != shown
    ]


def looking(referral: Referral) -> dict[str, Any]:
    """For whoever decides what is next: how it stands with a second look, and where they ask for one."""
    look = declines.look_at(referral)
    return {
        "look": look,
        "look_form": LookForm(auto_id="look_%s") if declines.may_look(referral) else None,
        "look_at": reverse("referrals:second_look", args=[referral.code]),
    }


@require_POST
@requires(Permission.REFER)
def ask_for_look(request: HttpRequest, code: str) -> HttpResponse:
    """Ask the network's office to look at the no once more; nothing waits for it."""
    found = reading.referral_or_404(code)
    who, form = request.who, LookForm(request.POST)  # type: ignore[attr-defined]
    decide = reverse("referrals:settle", args=[found.code])

    def act() -> str:
        actions.ask_for_look(referral=found, why=form.cleaned_data["why"], by=who.actor)
        messages.success(
            request, _("The network’s office looks at it. You needn’t wait: decide when you want to.")
        )
        return decide

    if form.is_valid():
        return redirect(form.once(by=who.actor, act=act))
    messages.warning(request, _("Say why they should look again."))
    return redirect(decide)
