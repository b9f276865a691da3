"""In the demo alone: a visitor's page reads the demo's clock, as a member's does, and begins at the role cards."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from warmhandoff.foundation import scoping


class VisitorsOfTheDemo:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.user.is_authenticated:
            return self.get_response(request)
        if request.path_info == "/":
            return redirect("demo:start")
        # For no organization, so that nothing about a person is there; entered for its clock.
        with scoping.acting_as(None):
            return self.get_response(request)
