"""The few pages that belong to no desk: where one starts, and for which organization one works."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from warmhandoff.web.site import errors
from warmhandoff.web.site.access import public, signed_in, to_sign_in
from warmhandoff.web.site.context import MEMBERSHIP_IN_SESSION, menu_for


@require_safe
@public("sends each visitor on to where they start")
def start(request: HttpRequest) -> HttpResponse:
    """The first entry of one's menu; the sign-in page for visitors."""
    if not request.user.is_authenticated:
        return to_sign_in(request)
    if request.who is None:  # type: ignore[attr-defined]
        return errors.belongs_nowhere(request)
    menu = menu_for(request)
    return redirect(menu[0]["url"] if menu else "choose_organization")


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in("chooses among one's own organizations")
def choose_organization(request: HttpRequest) -> HttpResponse:
    """Whoever works for several organizations works for one at a time."""
    who = request.who  # type: ignore[attr-defined]
    if who is None:
        return errors.belongs_nowhere(request)
    if request.method == "POST":
        chosen = next((one for one in who.memberships if one.code == request.POST.get("membership")), None)
        if chosen is None:
            return errors.not_found(request)
        request.session[MEMBERSHIP_IN_SESSION] = chosen.code
        messages.success(request, _("You now work for %(organization)s.") % {"organization": chosen.organization.name})
        return redirect("start")
    return render(request, "web/choose_organization.html", {"memberships": who.memberships})
