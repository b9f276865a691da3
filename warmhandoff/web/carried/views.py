"""A code was carried here. Looking changes nothing; a press says that they came, once."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from warmhandoff.foundation.actors import link_actor
from warmhandoff.foundation.errors import WrongState
from warmhandoff.foundation.scoping import acting_as
from warmhandoff.referrals import carried
from warmhandoff.referrals.carried import Outcome
from warmhandoff.referrals.slips import Slip
from warmhandoff.web.forms import PlainForm
from warmhandoff.web.site import limits
from warmhandoff.web.site.access import public
from warmhandoff.web.site.csp import link_page_with_form

TRIES = 30
# What closing a referral asks of the holder's rows: their list shows names, so that its date can be brought up to date.
CLASSES = ("contact", "needs")
BECAUSE = "a code that stands for a service and names nobody; typed where it was carried to"


class CodeForm(PlainForm):
    """The code from the paper."""

    code = forms.CharField(
        label=gettext_lazy("The code on the paper"),
        max_length=20,
        widget=forms.TextInput(
            attrs={
                "class": "usa-input--medium",
                "autocomplete": "off",
                "spellcheck": "false",
                "autocapitalize": "characters",
            }
        ),
    )


@link_page_with_form
@public(BECAUSE)
@require_http_methods(["GET", "HEAD", "POST"])
def type_code(request: HttpRequest) -> HttpResponse:
    """Type the code; a right one leads on to its page."""
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        _require_patience(request)
        with acting_as(None):
            slip = carried.slip_with(form.cleaned_data["code"])
        if slip is not None:
            return redirect("carried:page", carried.code_of(slip))
        form.add_error("code", _("We know no such code, or it is too old. Check each letter and number."))
    return render(request, "carried/type.html", {"form": form}, status=422 if form.is_bound else 200)


@link_page_with_form
@public(BECAUSE)
@require_http_methods(["GET", "HEAD", "POST"])
def arrived(request: HttpRequest, code: str) -> HttpResponse:
    """What the code stands for, and the two answers. A second answer changes nothing."""
    _require_patience(request)
    with acting_as(None):
        slip = carried.slip_with(code)
    if slip is None:
        return render(request, "carried/gone.html", status=404)
    if request.method == "POST" and request.POST.get("outcome") in carried.RECEIVER_SAYS:
        actor = link_actor(slip.pk, slip.organization_id)
        with acting_as(actor, classes=CLASSES):
            carried.tell(slip=slip, outcome=request.POST["outcome"], by=actor)
        return redirect("carried:page", carried.code_of(slip))
    return _page(request, slip)


def _page(request: HttpRequest, slip: Slip) -> HttpResponse:
    with acting_as(None, organization_id=slip.organization_id):
        closed_by = carried.closed_by(slip)
    context = {
        "code": carried.code_of(slip),
        "service": slip.service.in_language(get_language() or "en"),
        "receiver": slip.service.organization.name,
        "holder": slip.organization,
        "closed_by": closed_by,
        "answers": [
            (Outcome.ARRIVED, _("Yes, they came and we help them")),
            (Outcome.TURNED_AWAY, _("They came, and we can’t help them")),
        ],
    }
    return render(request, "carried/page.html", context)


def _require_patience(request: HttpRequest) -> None:
    """Nobody tries out codes."""
    if limits.times_from_there(request, "carried") > TRIES:
        raise TooManyTries()


class TooManyTries(WrongState):
    code = "too_many_tries"
    sentence = gettext_lazy("Many codes were tried from here just now.")  # type: ignore[assignment]
    mend = gettext_lazy("Wait ten minutes, or call whoever gave out the paper.")  # type: ignore[assignment]
    status = 429
