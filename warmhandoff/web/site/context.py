"""Who is at the page: read once, at the start of the request, and then only looked at.

`request.who` is None for a visitor and for somebody signed in who belongs nowhere (yet, or any more).
Everything that page frames need (name, organization, menu) stands in it, so that an error page needs no query.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from warmhandoff.foundation import together
from warmhandoff.foundation.models import Actor
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.network.access import Member, member
from warmhandoff.network.models import Membership, Organization, User
from warmhandoff.network.reading import memberships_of
from warmhandoff.network.roles import SHEETS, Permission, Role

MEMBERSHIP_IN_SESSION = "membership"


@dataclass(frozen=True)
class Who:
    """A member at work: one user, in one organization, in one role."""

    member: Member
    memberships: tuple[Membership, ...]

    @property
    def membership(self) -> Membership:
        return self.member.membership

    @property
    def actor(self) -> Actor:
        return self.member.actor

    @property
    def classes(self) -> frozenset[str]:
        return self.member.classes

    @property
    def name(self) -> str:
        return self.membership.user.name

    @property
    def role_name(self) -> str:
        return gettext(SHEETS[Role(self.membership.role)].label)

    @property
    def organization(self) -> Organization:
        return self.membership.organization

    @property
    def has_second_step(self) -> bool:
        return bool(self.membership.has_second_step)  # type: ignore[attr-defined]  # read with the memberships

    @property
    def has_other_memberships(self) -> bool:
        return len(self.memberships) > 1

    @property
    def gets_digests(self) -> bool:
        return self.may(Permission.SEE_TODAY)

    @property
    def hears_improvements(self) -> bool:
        return self.may(Permission.HEAR_IMPROVEMENTS)

    def may(self, permission: Permission) -> bool:
        return self.member.may(permission)


@dataclass(frozen=True)
class MenuItem:
    """One entry of the main menu. `section` is the URL namespace under which it counts as the current page."""

    label: Any
    url_name: str
    section: str
    permission: Permission | None = None


MENU = (
    MenuItem(_("Today"), "today:home", "today", Permission.SEE_TODAY),
    MenuItem(_("Board"), "network:home", "network", Permission.WATCH_NETWORK),
    MenuItem(_("People"), "people:find", "people", Permission.SEE_PEOPLE),
    MenuItem(_("Referrals"), "referrals:list", "referrals", Permission.SEE_REFERRALS),
    MenuItem(_("Programs"), "programs:home", "programs", Permission.SEE_PEOPLE),
    MenuItem(_("Directory"), "directory:list", "directory", Permission.SEE_DIRECTORY),
    MenuItem(_("My organization"), "organization:home", "organization"),
    MenuItem(_("Administration"), "administration:home", "administration", Permission.MANAGE_NETWORK),
)


def who_for(request: HttpRequest) -> Who | None:
    """The signed-in member, or None. The membership is the one chosen in this session, else their first."""
    if not request.user.is_authenticated:
        return None
    mine = _memberships(request.user)
    if not mine:
        return None
    chosen = request.session.get(MEMBERSHIP_IN_SESSION)
    return Who(member(next((one for one in mine if one.code == chosen), mine[0])), mine)


# Each page begins with this: in one statement, which is worked out once.
_AT_WORK = together.Prepared(
    lambda user: (
        memberships_of(user),
        Organization.objects.filter(pk__in=memberships_of(user).values("organization_id")),
        Actor.objects.filter(
            kind=Actor.Kind.MEMBER,
            organization_id__in=memberships_of(user).values("organization_id"),
            subject_id__in=memberships_of(user).values("pk"),
        ),
        Authenticator.objects.filter(user_id=user),
        User.objects.filter(pk=user),
    )
)


def user_at_work(pk: int) -> User | None:
    """The account, with what `who_for` asks of it next."""
    *at_work, users = _AT_WORK.read(user=pk)
    if not users:
        return None
    user: User = users[0]
    user.at_work = at_work  # type: ignore[attr-defined]  # until `who_for` takes it
    return user


def _memberships(user: User) -> tuple[Membership, ...]:
    """Under which they can work today, oldest first; each with all that `member` and `Who` ask of it."""
    at_work = getattr(user, "at_work", None)
    if at_work is None:
        at_work = _AT_WORK.read(user=user.pk)[:-1]
    else:
        del user.at_work  # type: ignore[attr-defined]  # its memberships know the account: they don't keep each other
    mine, organizations, actors, second_steps = at_work
    by_id = {one.pk: one for one in organizations}
    acted = {actor.subject_id: actor.pk for actor in actors}
    for one in mine:
        one.user, one.organization = user, by_id[one.organization_id]
        one.actor_id, one.has_second_step = acted.get(one.pk), bool(second_steps)
    return tuple(mine)


def actor_for(request: HttpRequest) -> Actor | None:
    """Who acts in this request: the member's actor, or None for a visitor."""
    who: Who | None = getattr(request, "who", None)
    return who.actor if who else None


def menu_for(request: HttpRequest) -> list[dict[str, Any]]:
    """The entries this member's role has, with the current one marked."""
    who: Who | None = getattr(request, "who", None)
    if who is None:
        return []
    match = request.resolver_match
    here = match.namespace if match else ""
    return [
        {"label": item.label, "url": url, "current": item.section == here}
        for item in MENU
        if (item.permission is None or who.may(item.permission)) and (url := _address(item.url_name))
    ]


def _address(url_name: str) -> str:
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return ""


def page(request: HttpRequest) -> dict[str, Any]:
    """Template context processor: what every page's frame shows."""
    return {
        "who": getattr(request, "who", None),
        "nav": menu_for(request),
        "network_name": current_place().names.network,
        "us": current_place().names.employers,
        "demo": settings.DEMO,
    }
