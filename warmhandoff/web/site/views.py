"""The few pages that belong to no desk: where one starts, and for which organization one works."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from warmhandoff.foundation.models import Actor
from warmhandoff.network.invitations import open_token
from warmhandoff.network.models import Invitation, User
from warmhandoff.network.reading import name_of
from warmhandoff.network.roles import SHEETS, Role
from warmhandoff.web.site import accounts, errors
from warmhandoff.web.site.access import public, signed_in, to_sign_in
from warmhandoff.web.site.context import MEMBERSHIP_IN_SESSION, menu_for
from warmhandoff.web.site.csp import link_page_with_form


@require_safe
@public("sends each visitor on to where they start")
def start(request: HttpRequest) -> HttpResponse:
    """The first entry of one's menu; the sign-in page for visitors."""
    if not request.user.is_authenticated:
        return to_sign_in(request)
    if accounts.invitation_waiting(request):
        return redirect("accept_invitation")
    if request.who is None:  # type: ignore[attr-defined]
        return errors.belongs_nowhere(request)
    menu = menu_for(request)
    return redirect(menu[0]["url"] if menu else "choose_organization")


@require_safe
@public("tells whoever balances the load that this process answers, and nothing else")
def healthz(request: HttpRequest) -> HttpResponse:
    """The bare page: through every middleware, and nothing shown."""
    return HttpResponse("ok\n", content_type="text/plain")


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
        messages.success(
            request, _("You now work for %(organization)s.") % {"organization": chosen.organization.name}
        )
        return redirect("start")
    return render(request, "web/choose_organization.html", {"memberships": who.memberships})


@require_http_methods(["GET", "HEAD", "POST"])
@public("opens an invitation from its mail; the address it was sent to is the key")
@link_page_with_form
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """What the invitation offers. Opening changes nothing; going on makes an account, or signs in where there is one."""
    found = open_token(token)
    if found is None:
        return render(request, "web/invitation_ended.html", status=410)
    if request.method == "POST":
        request.session[accounts.INVITATION_IN_SESSION] = token
        if request.user.is_authenticated:
            return redirect("accept_invitation")
        if User.objects.filter(email=found.email).exists():
            return redirect("account_login")
        # The link reached this mailbox: that is the proof that the address is theirs.
        accounts.AccountAdapter(request).stash_verified_email(request, found.email)
        return redirect("account_signup")
    return render(request, "web/invitation.html", _offered(found))


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in("begins work at a further organization, by invitation", before_second_factor=True)
def accept_invitation(request: HttpRequest) -> HttpResponse:
    """For whoever has an account already."""
    found = accounts.invitation_waiting(request)
    if found is None:
        return redirect("start")
    mine = found.email == request.user.email  # type: ignore[union-attr]
    if request.method == "POST" and mine:
        membership = accounts.accept(request, found, request.user)  # type: ignore[arg-type]
        if request.user.is_authenticated:
            request.session[MEMBERSHIP_IN_SESSION] = membership.code
        return redirect("start")
    if request.method == "POST":
        request.session.pop(accounts.INVITATION_IN_SESSION, None)
        return redirect("start")
    return render(
        request,
        "web/accept_invitation.html",
        {**_offered(found), "mine": mine},
    )


def _offered(found: Invitation) -> dict[str, object]:
    """What an invitation says: where, as what, and who asks."""
    sheet = SHEETS[Role(found.role)]
    by_a_colleague = found.invited_by.kind == Actor.Kind.MEMBER
    return {
        "invitation": found,
        "role": _(sheet.label),
        "role_says": _(sheet.says),
        "inviter": name_of(found.invited_by) if by_a_colleague else "",
    }
