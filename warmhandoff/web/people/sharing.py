"""Who can see what of someone, and why; and stopping it when the person says so."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from warmhandoff.foundation import clock
from warmhandoff.foundation.errors import NotYours
from warmhandoff.network.models import Organization
from warmhandoff.network.roles import Permission
from warmhandoff.participants.models import Consent
from warmhandoff.referrals import actions as referrals
from warmhandoff.web.people.acts import shows_the_first_result
from warmhandoff.web.people.card import card_for
from warmhandoff.web.people.forms import PressForm
from warmhandoff.web.people.person import frame
from warmhandoff.web.site.access import requires
from warmhandoff.web.site.context import Who
from warmhandoff.web.today import said


@require_safe
@requires(Permission.SEE_PEOPLE, Permission.CHANGE_FILE)
def who_can_see(request: HttpRequest, code: str) -> HttpResponse:
    """Our own part: what we let others see, on what ground, since when, until when."""
    who: Who = request.who  # type: ignore[attr-defined]
    card = card_for(code, who)
    return render(request, "people/who_can_see.html", frame(card, "who_can_see", who))


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.CHANGE_FILE, Permission.REFER)
@shows_the_first_result
def stop(request: HttpRequest, code: str, consent: str) -> HttpResponse:
    """The person takes a consent back: asked once more, then nothing flows from that second."""
    who: Who = request.who  # type: ignore[attr-defined]
    card = card_for(code, who)
    found = Consent.objects.filter(code=consent, file=card.file, refused=False).select_related("file").first()
    if found is None:
        raise NotYours()
    to = reverse("people:who_can_see", args=[code])
    if found.revoked_at is not None:
        return redirect(to)
    form = PressForm(request.POST or None)
    if form.is_bound and form.is_valid():
        return redirect(form.once(by=who.actor, act=lambda: _stop(request, found, who, to)))
    names = Organization.objects.filter(pk__in=found.recipients).order_by("name_sort")
    context = {
        "card": card,
        "code": code,
        "consent": found,
        "form": form,
        "recipients": said.together([one.name for one in names]),
        "over": not found.is_live(clock.now()),
    }
    return render(request, "people/stop_sharing.html", context, status=422 if form.is_bound else 200)


def _stop(request: HttpRequest, consent: Consent, who: Who, to: str) -> str:
    ended = referrals.stop_sharing(consent=consent, by=who.actor)
    said_so = ngettext("%(number)s share has ended.", "%(number)s shares have ended.", ended) % {
        "number": ended
    }
    messages.success(request, _("Stopped. Nothing more is shared.") + (f" {said_so}" if ended else ""))
    return to
