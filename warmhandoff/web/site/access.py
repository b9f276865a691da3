"""Who may enter a view. Nothing opens by forgetting: a view that declares nothing is refused.

    @requires(Permission.REFER)                 a member whose role has the permission (several: all of them)
    @signed_in("chooses among their own organizations")     anybody signed in, with the reason
    @public("answers a referral from a mail, without an account")   everybody, with the reason

This is the outer door only. Which rows a member may see is decided where they are fetched, and by the database.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeAlias

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse

from warmhandoff.network.roles import Permission

View: TypeAlias = Callable[..., HttpResponseBase]


@dataclass(frozen=True)
class Public:
    because: str


@dataclass(frozen=True)
class SignedIn:
    because: str
    before_second_factor: bool = False


@dataclass(frozen=True)
class Requires:
    permissions: tuple[Permission, ...]


Rule: TypeAlias = Public | SignedIn | Requires


def requires(*permissions: Permission) -> Callable[[View], View]:
    """Only members whose role has every one of `permissions`."""
    if not permissions:
        raise TypeError("requires() needs at least one permission.")
    return _declare(Requires(permissions))


def signed_in(because: str, *, before_second_factor: bool = False) -> Callable[[View], View]:
    """Anybody signed in. `before_second_factor` is for the pages that set the second factor up."""
    return _declare(SignedIn(because, before_second_factor))


def public(because: str) -> Callable[[View], View]:
    """Everybody, without signing in."""
    return _declare(Public(because))


def rule_of(view: Any) -> Rule | None:
    """What `view` declares: on the function, or as `access = Requires(...)` on its class."""
    rule = getattr(view, "access", None) or getattr(getattr(view, "view_class", None), "access", None)
    return rule if isinstance(rule, Public | SignedIn | Requires) else None


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """On to the sign-in page, and back here afterwards if this was a page rather than a press."""
    if getattr(request, "htmx", False):
        # A fragment must not swallow the sign-in page: the whole browser goes there.
        response = HttpResponse(status=200)
        response["HX-Redirect"] = reverse("account_login")
        return response
    where = request.get_full_path() if request.method in ("GET", "HEAD") else "/"
    return redirect_to_login(where, reverse("account_login"))


def _declare(rule: Rule) -> Callable[[View], View]:
    def decorate(view: View) -> View:
        # A wrapper, so that a third party's function isn't changed for others who use it.
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> HttpResponseBase:
            return view(*args, **kwargs)

        guarded.access = rule  # type: ignore[attr-defined]
        return guarded

    return decorate
