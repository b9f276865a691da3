"""Looking after organizations. Nothing here shows a person: numbers, and who answers for them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from warmhandoff.custody.reading import how_many_held, taken_from
from warmhandoff.foundation.errors import BadValue, NotYours
from warmhandoff.network import actions, reading
from warmhandoff.network.models import Agreement, Organization, Queue
from warmhandoff.network.roles import Permission, Role
from warmhandoff.referrals import actions as referrals
from warmhandoff.web.administration.forms import AgreementForm, FirstLeadForm, OrganizationForm
from warmhandoff.web.directory.words import kinds_of
from warmhandoff.web.forms import OneUseKeyForm
from warmhandoff.web.organization.forms import PressForm
from warmhandoff.web.organization.views import FORM, colleagues, invited_to, who_of
from warmhandoff.web.site.access import requires


@dataclass(frozen=True)
class Line:
    """One organization: who answers for its people today, and who would if it closed."""

    organization: Organization
    kinds: str
    lead: str
    agreement: Agreement | None
    is_office: bool

    @property
    def lacks(self) -> str:
        if self.is_office:
            return "" if self.lead else _("No lead")
        if not self.agreement:
            return _("No agreement")
        return ""


def _line(organization: Organization) -> Line:
    has_lead = reading.has_active_lead(organization.pk)
    lead = reading.queue_of(organization.pk).lead if has_lead else None
    return Line(
        organization,
        kinds_of(organization),
        lead.user.name if lead else "",
        reading.agreement_of(organization.pk),
        Organization.Kind.NETWORK_OFFICE in organization.kinds,
    )


def _page(code: str) -> str:
    return reverse("administration:organization", args=[code])


@require_safe
@requires(Permission.MANAGE_NETWORK)
def home(request: HttpRequest) -> HttpResponse:
    """The members of the network, first those that aren't ready."""
    members = [_line(each) for each in reading.members_of_the_network()]
    members.sort(key=lambda line: not line.lacks)
    return render(
        request,
        "administration/home.html",
        {
            "lines": members,
            "lacking": sum(bool(line.lacks) for line in members),
            "listed": reading.organizations().filter(standing=Organization.Standing.LISTED).count(),
        },
    )


@require_safe
@requires(Permission.MANAGE_NETWORK)
def organization(request: HttpRequest, code: str) -> HttpResponse:
    found = reading.organization_or_404(code)
    return render(
        request,
        "administration/organization.html",
        {
            "line": _line(found),
            "organization": found,
            "is_member": found.standing == Organization.Standing.MEMBER,
            "colleagues": colleagues(found.pk),
            "invited": invited_to(found.pk),
            "press": PressForm(),
            "is_mine": found.pk == who_of(request).organization.pk,
        },
    )


@require_http_methods(FORM)
@requires(Permission.MANAGE_NETWORK)
def add(request: HttpRequest) -> HttpResponse:
    form = OrganizationForm(request.POST or None, organizations=list(reading.members_of_the_network()))

    def act() -> str:
        said = form.cleaned_data
        parent = reading.organization_or_404(said["parent"]) if said["parent"] else None
        made = actions.add_organization(
            name=said["name"],
            kinds=said["kinds"],
            parent=parent,
            phone=said["phone"],
            by=who_of(request).actor,
        )
        messages.success(request, _("%(name)s is a member now. Next: its agreement.") % {"name": made.name})
        return _page(made.code)

    return _form_page(request, form, act, "administration/add.html", {})


@require_POST
@requires(Permission.MANAGE_NETWORK)
def join(request: HttpRequest, code: str) -> HttpResponse:
    """A listed organization becomes a member."""
    who, form = who_of(request), PressForm(request.POST)

    def act() -> str:
        found = reading.organization_or_404(code)
        actions.make_member(organization=found, by=who.actor)
        messages.success(request, _("%(name)s is a member now. Next: its agreement.") % {"name": found.name})
        return _page(code)

    return redirect(form.once(by=who.actor, act=act) if form.is_valid() else _page(code))


@require_http_methods(FORM)
@requires(Permission.MANAGE_NETWORK)
def sign(request: HttpRequest, code: str) -> HttpResponse:
    """Record the agreement that names who takes this organization's people."""
    found = _member_or_404(code)
    queues = [queue for queue in reading.queues() if queue.organization_id != found.pk]
    form = AgreementForm(request.POST or None, queues=queues)

    def act() -> str:
        queue = Queue.objects.get(code=form.cleaned_data["queue"])
        actions.sign_agreement(
            organization=found,
            escheat_queue=queue,
            signed_on=form.cleaned_data["signed_on"],
            by=who_of(request).actor,
        )
        messages.success(request, _("The agreement of %(name)s is recorded.") % {"name": found.name})
        return _page(code)

    before = reading.agreement_of(found.pk)
    context = {"organization": found, "queues": queues, "before": before}
    return _form_page(request, form, act, "administration/sign.html", context)


@require_http_methods(FORM)
@requires(Permission.MANAGE_NETWORK, Permission.MANAGE_STAFF)
def invite(request: HttpRequest, code: str) -> HttpResponse:
    """Invite whoever will lead there; they invite the others."""
    found = _member_or_404(code)
    form = FirstLeadForm(request.POST or None)

    def act() -> str:
        said = {name: form.cleaned_data[name] for name in ("name", "email", "language")}
        invitation = actions.invite(organization=found, role=Role.LEAD, by=who_of(request).actor, **said)
        messages.success(
            request, _("An invitation is on its way to %(email)s.") % {"email": invitation.email}
        )
        return _page(code)

    return _form_page(request, form, act, "administration/invite.html", {"organization": found})


@require_POST
@requires(Permission.MANAGE_NETWORK, Permission.MANAGE_STAFF)
def withdraw(request: HttpRequest, code: str, invitation: str) -> HttpResponse:
    who, form = who_of(request), PressForm(request.POST)

    def act() -> str:
        found = reading.invitation_or_404(invitation, reading.organization_or_404(code).pk)
        actions.withdraw_invitation(invitation=found, by=who.actor)
        messages.success(
            request, _("Taken back. The link sent to %(email)s opens nothing now.") % {"email": found.email}
        )
        return _page(code)

    return redirect(form.once(by=who.actor, act=act) if form.is_valid() else _page(code))


@require_POST
@requires(Permission.MANAGE_NETWORK, Permission.MANAGE_STAFF)
def resend(request: HttpRequest, code: str, invitation: str) -> HttpResponse:
    who, form = who_of(request), PressForm(request.POST)

    def act() -> str:
        found = reading.invitation_or_404(invitation, reading.organization_or_404(code).pk)
        actions.resend_invitation(invitation=found, by=who.actor)
        messages.success(request, _("Sent again to %(email)s, for two more weeks.") % {"email": found.email})
        return _page(code)

    return redirect(form.once(by=who.actor, act=act) if form.is_valid() else _page(code))


# --- Closing ------------------------------------------------------------------------------------------------------


@require_http_methods(FORM)
@requires(Permission.MANAGE_NETWORK)
def close(request: HttpRequest, code: str) -> HttpResponse:
    """How many people it holds, who takes them, and the button."""
    who = who_of(request)
    form = PressForm(request.POST or None)

    def act() -> str:
        referrals.close_organization(organization=_member_or_404(code), by=who.actor)
        return reverse("administration:closed", args=[code])

    if request.method == "POST" and form.is_valid():
        return redirect(form.once(by=who.actor, act=act))
    found = _member_or_404(code)
    agreement = reading.agreement_of(found.pk)
    taker = agreement.escheat_queue if agreement else None
    is_ours = taker is not None and taker.organization_id == who.organization.pk
    return render(
        request,
        "administration/close.html",
        {
            "form": form,
            "organization": found,
            "taker": taker,
            "lead": taker.lead.user.name if taker and taker.lead and taker.lead.is_active else "",
            "is_ours": is_ours,
            "is_mine": found.pk == who.organization.pk,
            "people": how_many_held(found, agreement) if agreement and is_ours else 0,
            "colleagues": reading.staff_of(found.pk).count(),
        },
    )


@require_safe
@requires(Permission.MANAGE_NETWORK)
def closed(request: HttpRequest, code: str) -> HttpResponse:
    """What closing came to, counted now: who took how many, and whether anybody is left behind."""
    found = Organization.objects.filter(code=code, state=Organization.State.CLOSED).first()
    agreement = reading.agreement_of(found.pk) if found else None
    taker = agreement.escheat_queue if agreement else None
    if (
        found is None
        or agreement is None
        or taker is None
        or taker.organization_id != who_of(request).organization.pk
    ):
        raise NotYours()
    return render(
        request,
        "administration/closed.html",
        {
            "organization": found,
            "people": taken_from(found),
            "lost": how_many_held(found, agreement),
            "taker": taker.organization.name,
            "lead": taker.lead.user.name if taker.lead else "",
        },
    )


# --- Shared -------------------------------------------------------------------------------------------------------


def _member_or_404(code: str) -> Organization:
    found = reading.organization_or_404(code)
    if found.standing != Organization.Standing.MEMBER:
        raise NotYours()
    return found


def _form_page(
    request: HttpRequest,
    form: OneUseKeyForm,
    act: Callable[[], str],
    template: str,
    context: dict[str, object],
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            return redirect(form.once(by=who_of(request).actor, act=act))
        except BadValue as error:
            form.refuse(error)
        except actions.AlreadyThere as error:
            form.refuse(BadValue("name", error.sentence, mend=error.mend))
    return render(request, template, {"form": form, **context}, status=422 if form.is_bound else 200)
