"""One's organization: who works here as what, who answers for its people, who is invited."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from warmhandoff.custody import actions as custody
from warmhandoff.custody.reading import held_by_member
from warmhandoff.directory.reading import services_of
from warmhandoff.foundation.errors import BadValue
from warmhandoff.foundation.models import Duty
from warmhandoff.network import actions, reading
from warmhandoff.network.models import Invitation, Membership, Organization, Queue
from warmhandoff.network.roles import SHEETS, Permission, Role, roles_with
from warmhandoff.participants.models import Listing
from warmhandoff.participants.reading import names_of
from warmhandoff.referrals import actions as referrals
from warmhandoff.web.directory.words import kinds_of, lines
from warmhandoff.web.organization.forms import AppointForm, HandoverForm, InviteForm, PressForm
from warmhandoff.web.site.access import requires
from warmhandoff.web.site.context import Who

FORM = ("GET", "HEAD", "POST")
HOME = "organization:home"
MOST_NAMES = 100


@dataclass(frozen=True)
class Colleague:
    membership: Membership
    role: str
    says: str
    leads: bool
    is_me: bool


@dataclass(frozen=True)
class Invited:
    """An invitation that nobody used yet, with a one-use form for each of its two buttons."""

    invitation: Invitation
    role: str
    has_expired: bool
    undelivered: bool
    again: PressForm
    back: PressForm


def who_of(request: HttpRequest) -> Who:
    who: Who = request.who  # type: ignore[attr-defined]
    return who


def invited_to(organization_id: int) -> list[Invited]:
    return [
        Invited(
            each,
            _(SHEETS[Role(each.role)].label),
            reading.has_expired(each),
            reading.is_undelivered(each),
            PressForm(),
            PressForm(),
        )
        for each in reading.open_invitations(organization_id)
    ]


def colleagues(organization_id: int, me: Membership | None = None) -> list[Colleague]:
    led = set(Queue.objects.filter(organization_id=organization_id).values_list("lead_id", flat=True))
    return [
        Colleague(
            each,
            _(SHEETS[Role(each.role)].label),
            _(SHEETS[Role(each.role)].says),
            each.pk in led,
            me is not None and each.pk == me.pk,
        )
        for each in reading.staff_of(organization_id)
    ]


@require_safe
@requires(Permission.SEE_DIRECTORY)
def home(request: HttpRequest) -> HttpResponse:
    """Who works here, who answers for the queue, and what we offer."""
    who = who_of(request)
    here = who.organization.pk
    may_invite = who.may(Permission.MANAGE_STAFF)
    queue = reading.led_queue_of(here)
    offered = lines(services_of(here))
    return render(
        request,
        "organization/home.html",
        {
            "organization": who.organization,
            "kinds": kinds_of(who.organization),
            "colleagues": colleagues(here, who.membership),
            "queue": queue,
            "agreement": reading.agreement_of(here),
            "is_office": Organization.Kind.NETWORK_OFFICE in who.organization.kinds,
            "next": _next(who, has_lead=queue is not None, offers=bool(offered)),
            "invited": invited_to(here) if may_invite else [],
            "may_manage_staff": may_invite,
            "may_edit_services": who.may(Permission.EDIT_SERVICES),
            "lines": offered,
        },
    )


def _next(who: Who, *, has_lead: bool, offers: bool) -> str:
    """What this organization lacks most: the page's one filled button."""
    if not has_lead and who.may(Permission.MANAGE_STAFF):
        return "appoint"
    if not offers and who.may(Permission.EDIT_SERVICES) and not who.may(Permission.MANAGE_NETWORK):
        return "service"
    return "invite"


@require_safe
@requires(Permission.SEE_DIRECTORY)
def roles(request: HttpRequest) -> HttpResponse:
    """What each role may do: the table that every check asks."""
    sheets = [
        {
            "code": role.value,
            "label": _(sheet.label),
            "says": _(sheet.says),
            "may": [_(permission.value) for permission in Permission if permission in sheet.permissions],
            "sees_people": bool(sheet.classes),
        }
        for role, sheet in SHEETS.items()
    ]
    return render(request, "organization/roles.html", {"sheets": sheets})


# --- Invitations --------------------------------------------------------------------------------------------------


@require_http_methods(FORM)
@requires(Permission.MANAGE_STAFF)
def invite(request: HttpRequest) -> HttpResponse:
    who = who_of(request)
    form = InviteForm(request.POST or None, organization=who.organization)

    def act() -> str:
        said = {name: form.cleaned_data[name] for name in ("name", "email", "role", "language")}
        invitation = actions.invite(organization=who.organization, by=who.actor, **said)
        messages.success(
            request, _("An invitation is on its way to %(email)s.") % {"email": invitation.email}
        )
        return reverse(HOME)

    if request.method == "POST" and form.is_valid():
        try:
            return redirect(form.once(by=who.actor, act=act))
        except BadValue as error:
            form.refuse(error)
    return render(request, "organization/invite.html", {"form": form}, status=422 if form.is_bound else 200)


@require_POST
@requires(Permission.MANAGE_STAFF)
def withdraw(request: HttpRequest, code: str) -> HttpResponse:
    who, form = who_of(request), PressForm(request.POST)

    def act() -> str:
        invitation = reading.invitation_or_404(code, who.organization.pk)
        actions.withdraw_invitation(invitation=invitation, by=who.actor)
        messages.success(
            request,
            _("Taken back. The link sent to %(email)s opens nothing now.") % {"email": invitation.email},
        )
        return reverse(HOME)

    return redirect(form.once(by=who.actor, act=act) if form.is_valid() else HOME)


@require_POST
@requires(Permission.MANAGE_STAFF)
def resend(request: HttpRequest, code: str) -> HttpResponse:
    who, form = who_of(request), PressForm(request.POST)

    def act() -> str:
        invitation = reading.invitation_or_404(code, who.organization.pk)
        actions.resend_invitation(invitation=invitation, by=who.actor)
        messages.success(
            request, _("Sent again to %(email)s, for two more weeks.") % {"email": invitation.email}
        )
        return reverse(HOME)

    return redirect(form.once(by=who.actor, act=act) if form.is_valid() else HOME)


# --- The queue and its lead ---------------------------------------------------------------------------------------


@require_http_methods(FORM)
@requires(Permission.MANAGE_STAFF)
def appoint(request: HttpRequest) -> HttpResponse:
    """Choose who answers for the organization's people's queue."""
    who = who_of(request)
    able = list(reading.can_lead(who.organization.pk))
    form = AppointForm(request.POST or None, able=able)

    def act() -> str:
        chosen = reading.colleague_or_404(form.cleaned_data["lead"], who.organization.pk)
        actions.appoint_lead(organization=who.organization, membership=chosen, by=who.actor)
        messages.success(request, _("%(name)s answers for the queue now.") % {"name": chosen.user.name})
        return reverse(HOME)

    if request.method == "POST" and form.is_valid():
        try:
            return redirect(form.once(by=who.actor, act=act))
        except BadValue as error:
            form.refuse(error)
    return render(
        request,
        "organization/appoint.html",
        {"form": form, "able": able},
        status=422 if form.is_bound else 200,
    )


# --- Closing an account -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Handover:
    """What closing an account would move: people, by name for whoever reads contact, and everything else they owe."""

    people: int
    names: list[Listing]
    duties: int

    @property
    def unnamed(self) -> int:
        return self.people - len(self.names)


def handover_of(membership: Membership) -> Handover:
    held = list(held_by_member(membership).values_list("person_id", flat=True))
    names = names_of(held[:MOST_NAMES])
    owed = Duty.objects.filter(
        organization_id=membership.organization_id, membership_id=membership.pk, closed_at__isnull=True
    )
    return Handover(len(held), sorted(names.values(), key=lambda row: (row.last_sort, row.pk)), owed.count())


@require_http_methods(FORM)
@requires(Permission.MANAGE_STAFF)
def close_account(request: HttpRequest, code: str) -> HttpResponse:
    """Whom they hold, who holds them afterwards, and the button."""
    who = who_of(request)
    # A second press shows the first's result, and the account is closed by then: the choices are read inside.
    press = PressForm(request.POST or None)
    if request.method == "POST" and press.is_valid():
        return redirect(press.once(by=who.actor, act=lambda: _close(request, code, who)))
    membership = reading.colleague_or_404(code, who.organization.pk)
    here = who.organization.pk
    handover = handover_of(membership)
    return render(
        request,
        "organization/close_account.html",
        {
            "form": _handover_form(membership, handover),
            "membership": membership,
            "role": _(SHEETS[Role(membership.role)].label),
            "handover": handover,
            "invitations": [each.name for each in reading.taken_back_with(membership)],
            "leads": membership.leads.exists(),
            "others": [each for each in reading.can_lead(here) if each.pk != membership.pk],
            "queue": reading.led_queue_of(here),
            "is_me": membership.pk == who.membership.pk,
        },
    )


def _handover_form(membership: Membership, handover: Handover, *given: Any) -> HandoverForm:
    queue = reading.led_queue_of(membership.organization_id)
    return HandoverForm(
        *given,
        able=_able_to_hold(membership),
        lead=queue.lead.user.name if queue and queue.lead else "",
        people=[(row.code, row.name) for row in handover.names],
    )


def _able_to_hold(membership: Membership) -> list[Membership]:
    """The colleagues who may hold people, but for whoever leaves."""
    able = [role.value for role in roles_with(Permission.RELEASE)]
    return list(reading.staff_of(membership.organization_id).filter(role__in=able).exclude(pk=membership.pk))


def _close(request: HttpRequest, code: str, who: Who) -> str:
    membership = reading.colleague_or_404(code, who.organization.pk)
    handover = handover_of(membership)
    form = _handover_form(membership, handover, request.POST)
    if not form.is_valid():
        raise BadValue("everyone", _("Choose who holds them from now on."), mend=_("Open the page again."))
    everyone, instead = form.chosen()
    able = {each.code: each for each in _able_to_hold(membership)}
    queue = reading.queue_of(who.organization.pk)
    queued = {code for code, to in instead.items() if to == form.QUEUE}
    if queued and everyone != form.QUEUE:
        # Named one by one, so that the rest can go to a colleague.
        for row in handover.names:
            if row.code in queued:
                custody.assign(person_id=row.person_id, to=queue, by=who.actor)
    people = referrals.close_membership(
        membership=membership,
        by=who.actor,
        handed_to={
            row.person_id: able[instead[row.code]] for row in handover.names if instead.get(row.code) in able
        },
        others_to=able.get(everyone),
    )
    people += len(queued) if everyone != form.QUEUE else 0
    messages.success(request, _closed_words(membership, queue, people, able.get(everyone), bool(instead)))
    return reverse(HOME)


def _closed_words(
    membership: Membership, queue: Queue, people: int, to: Membership | None, one_by_one: bool
) -> str:
    facts = {
        "number": people,
        "name": membership.user.name,
        "lead": queue.lead.user.name if queue.lead else "",
        "to": to.user.name if to else "",
    }
    if one_by_one:
        told = ngettext(
            "Closed. The %(number)s person %(name)s held is with whom you chose: 0 lost.",
            "Closed. The %(number)s people %(name)s held are with whom you chose: 0 lost.",
            people,
        )
    elif to is not None:
        told = ngettext(
            "Closed. The %(number)s person %(name)s held is with %(to)s now: 0 lost.",
            "Closed. The %(number)s people %(name)s held are with %(to)s now: 0 lost.",
            people,
        )
    else:
        told = ngettext(
            "Closed. The %(number)s person %(name)s held is in the queue now, %(lead)s answering: 0 lost.",
            "Closed. The %(number)s people %(name)s held are in the queue now, %(lead)s answering: 0 lost.",
            people,
        )
    return told % facts
