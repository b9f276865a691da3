"""What the browser may do with our pages, told in headers.

Scripts, styles and frames come from us alone, none of them inline; pages about people stay in no cache and no history;
the address of a link page is told to nobody.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from warmhandoff.web.site.access import View

CONTENT_SECURITY_POLICY = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
# The check-in camera will be the first exception, on its own page.
PERMISSIONS_POLICY = "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()"


class BrowserRules:
    """The headers that are the same on every answer; a view's own Cache-Control or Referrer-Policy wins."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
        response.headers["Permissions-Policy"] = PERMISSIONS_POLICY
        response.headers.setdefault("Cache-Control", "no-store")
        return response


def link_page(view: View) -> View:
    """For views whose address holds a token: it must not travel on in a Referer header, a cache or a search engine."""
    return _careful(view, "no-referrer")


def link_page_with_form(view: View) -> View:
    """The same for pages whose forms carry a CSRF token: under `no-referrer` a browser names no origin with a post, and the
    check refuses it. Here a Referer names the site, never the address with its token."""
    return _careful(view, "strict-origin")


def _careful(view: View, referrer_policy: str) -> View:
    @wraps(view)
    def careful(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        response.headers["Referrer-Policy"] = referrer_policy
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        response.headers["Cache-Control"] = "no-store"
        return response

    return careful
