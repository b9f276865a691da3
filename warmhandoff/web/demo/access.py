"""The second lock of the demo's pages: even where their addresses exist, they answer only in a database marked as a demo."""

from __future__ import annotations

from functools import wraps
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponseBase

from warmhandoff.demo import clock as demo_clock
from warmhandoff.web.site.access import View, public


def in_the_demo(because: str) -> Any:
    """Open to every visitor of the demo; elsewhere there is no such page."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not (settings.DEMO and demo_clock.is_demo()):
                raise Http404
            return view(request, *args, **kwargs)

        return public(because)(guarded)

    return decorate
