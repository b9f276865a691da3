"""One's organization: who works here as what, who answers for its people, who is invited."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from warmhandoff.directory.reading import services_of
from warmhandoff.foundation import clock
from warmhandoff.foundation.errors import BadValue
from warmhandoff.foundation.models import Duty
from warmhandoff.network import actions, reading
from warmhandoff.network.models import Absence, Invitation, Membership, Organization, Queue
from warmhandoff.network.roles import SHEETS, Permission, Role, may
from warmhandoff.referrals import actions as referrals
from warmhandoff.web.directory.words import kinds_of, lines
from warmhandoff.web.organization.caseload import Caseload
from warmhandoff.web.organization.forms import AppointForm, InviteForm, PressForm
from warmhandoff.web.site.access import requires
from warmhandoff.web.site.context import Who

FORM = ("GET", "HEAD", "POST")
HOME = "organization:home"
# How long a colleague's line says that they came back.
BACK_DAYS = 30


@dataclass(frozen=True)
class Colleague:
    """One line of the staff. `away`: now, or next. `back`: they worked here before, and nothing of that came back."""

    membership: Membership
    role: str
    says: str
    is_me: bool
    has_today: bool
    holds: bool
    away: Absence | None
    is_away: bool
    back: bool


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
    today = reading.today()
    away: dict[int, Absence] = {}
    for absence in reading.absences_between(organization_id, today, date.max):
        away.setdefault(absence.membership_id, absence)
    back = _back_since(organization_id, clock.now() - timedelta(days=BACK_DAYS))
    return [
        Colleague(
            each,
            _(SHEETS[Role(each.role)].label),
            _(SHEETS[Role(each.role)].says),
            me is not None and each.pk == me.pk,
            may(each.role, Permission.SEE_TODAY),
            may(each.role, Permission.RELEASE),
            away.get(each.pk),
            each.pk in away and away[each.pk].from_day <= today,
            each.pk in back,
        )
        for each in reading.staff_of(organization_id)
    ]


def _back_since(organization_id: int, moment: datetime) -> set[int]:
    """Whose account was closed here, and opened again since that moment."""
    before = Membership.objects.filter(
        user_id=OuterRef("user_id"),
        organization_id=organization_id,
        state=Membership.State.ENDED,
        ended_at__lte=OuterRef("started_at"),
    )
    again = reading.staff_of(organization_id).filter(Exists(before), started_at__gte=moment)
    return set(again.values_list("pk", flat=True))


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
            "may_assign": who.may(Permission.ASSIGN),
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
    here, held = who.organization.pk, Caseload.of(membership, who)
    form = held.form(leaves=True)
    return render(
        request,
        "organization/close_account.html",
        {
            "form": form,
            "rows": held.rows(form),
            "membership": membership,
            "role": _(SHEETS[Role(membership.role)].label),
            "caseload": held,
            "duties": _owed_by(membership),
            "invitations": [each.name for each in reading.taken_back_with(membership)],
            "leads": membership.leads.exists(),
            "others": [each for each in reading.can_lead(here) if each.pk != membership.pk],
            "queue": reading.led_queue_of(here),
            "is_me": membership.pk == who.membership.pk,
        },
    )


def _owed_by(membership: Membership) -> int:
    """Everything they owe, about people and else."""
    owed = Duty.objects.filter(
        organization_id=membership.organization_id, membership_id=membership.pk, closed_at__isnull=True
    )
    return owed.count()


def _close(request: HttpRequest, code: str, who: Who) -> str:
    """First those on the list, each with its note; then the account, with whoever isn't on it."""
    membership = reading.colleague_or_404(code, who.organization.pk)
    held = Caseload.of(membership, who)
    form = held.form(request.POST, leaves=True)
    if not form.is_valid():
        raise BadValue("everyone", _("Choose who holds them from now on."), mend=_("Open the page again."))
    queue = reading.queue_of(who.organization.pk)
    everyone = form.cleaned_data["everyone"] or form.QUEUE
    to = next((each for each in held.able() if each.code == everyone), None)
    one_by_one = {where for where in form.named().values() if where != everyone}
    people = referrals.close_membership(
        membership=membership, by=who.actor, handed=held.handed(form), others_to=to
    )
    messages.success(request, _closed_words(membership, queue, people, to, bool(one_by_one)))
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
