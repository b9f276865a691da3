"""Your mails: how somebody wants their daily digest. Theirs alone to see and to choose."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from warmhandoff.jurisdictions.dates import hour
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.network import digests
from warmhandoff.network.roles import Permission
from warmhandoff.web.forms import ChoiceLabel, OneUseKeyForm
from warmhandoff.web.site.access import requires
from warmhandoff.web.today.said import inside

Choice = digests.Choice
CHOICES: dict[str, tuple[Any, Any]] = {
    Choice.DAILY: (
        gettext_lazy("Each day on which something needs you or is new"),
        gettext_lazy("With news: answers about your referrals, messages to read."),
    ),
    Choice.PRESSING: (
        gettext_lazy("Only on days with something late or due"),
        gettext_lazy("With the news of that day. Other days’ news is on Today."),
    ),
    Choice.DUTIES: (
        gettext_lazy("Only what is late or due, and no news"),
        gettext_lazy("News is on Today."),
    ),
}


class DigestForm(OneUseKeyForm):
    digest = forms.ChoiceField(
        label=gettext_lazy("When do you want the daily mail?"),
        choices=[(code, ChoiceLabel(label, says)) for code, (label, says) in CHOICES.items()],
        widget=forms.RadioSelect,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.SEE_TODAY)
def own_mails(request: HttpRequest) -> HttpResponse:
    who = request.who  # type: ignore[attr-defined]
    form = DigestForm(request.POST or None, initial={"digest": digests.choice_of(who.membership)})

    def act() -> str:
        chosen = form.cleaned_data["digest"]
        if digests.choose(membership=who.membership, digest=chosen, by=who.actor):
            messages.success(
                request, _("From tomorrow on: %(choice)s.") % {"choice": inside(str(CHOICES[chosen][0]))}
            )
        return reverse("own_mails")

    if request.method == "POST" and form.is_valid():
        return redirect(form.once(by=who.actor, act=act))
    hours = current_place().mail_hours
    context = {
        "form": form,
        "address": who.membership.mail.value if who.membership.mail else "",
        "begin": hour(hours.begin),
        "end": hour(hours.end),
        "history": [
            (each.chosen_at, CHOICES[each.digest][0]) for each in digests.choices_of(who.membership)[:20]
        ],
    }
    return render(request, "web/own_mails.html", context, status=422 if form.is_bound else 200)
