"""After a completed service: is the need met that it was for? The person's word, with one press."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from warmhandoff.custody.reading import duties_about
from warmhandoff.foundation import terms
from warmhandoff.foundation.errors import NotYours
from warmhandoff.network.roles import Permission
from warmhandoff.participants.models import Participant
from warmhandoff.participants.reading import file_of
from warmhandoff.referrals import actions, reading
from warmhandoff.referrals.models import Referral
from warmhandoff.referrals.protocol import ASK_MET, SUBJECT
from warmhandoff.web.forms import OneUseKeyForm
from warmhandoff.web.people.acts import shows_the_first_result
from warmhandoff.web.people.questions import both_languages
from warmhandoff.web.site.access import requires
from warmhandoff.web.today import said

MET, NOT_YET = "met", "not_yet"


class MetForm(OneUseKeyForm):
    """Which of the two buttons was pressed."""

    said = forms.ChoiceField(choices=[(MET, MET), (NOT_YET, NOT_YET)])


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.REFER)
@shows_the_first_result
def met(request: HttpRequest, code: str) -> HttpResponse:
    who = request.who  # type: ignore[attr-defined]
    found = reading.referral_or_404(code)
    file = file_of(found.person_id)
    if file is None:
        raise NotYours()
    asked = duties_about(found.person_id).filter(kind=ASK_MET, subject_kind=SUBJECT, subject_id=found.pk)
    form = MetForm(request.POST or None)
    if form.is_bound and form.is_valid():
        return redirect(
            form.once(by=who.actor, act=lambda: _say(request, found, file, form.cleaned_data["said"]))
        )
    if not asked.exists():
        return redirect("referrals:referral", code)
    context = {
        "referral": found,
        "file": file,
        "form": form,
        "service": found.service.in_language(get_language() or "en"),
        "need": said.inside(terms.word("service_code", found.need_code)),
        "languages": [(lang, _word_in(found.need_code, lang)) for lang in both_languages()],
    }
    return render(request, "referrals/met.html", context, status=422 if form.is_bound else 200)


def _word_in(need_code: str, language: str) -> str:
    return said.inside(terms.known()["service_code", need_code].in_language(language))


def _say(request: HttpRequest, found: Referral, file: Participant, answer: str) -> str:
    actions.say_met(referral=found, met=answer == MET, by=request.who.actor)  # type: ignore[attr-defined]
    need = terms.word("service_code", found.need_code)
    if answer == MET:
        messages.success(request, _("%(need)s: met, and closed.") % {"need": need})
    else:
        messages.success(request, _("%(need)s stays open. Decide with them what is next.") % {"need": need})
    return reverse("people:person", args=[file.code])
