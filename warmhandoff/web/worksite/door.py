"""What a visit behind a supervisor's link may do, and what every answer of this desk carries: the employer-facing name alone.

A look acts as nobody; a press acts as the link. Whatever goes wrong is told on a page of this desk too (`Employers`): the usual
pages carry the network's name.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import wraps
from typing import TypeAlias
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string

from warmhandoff.employers.models import EmployerContact
from warmhandoff.foundation.actors import link_actor
from warmhandoff.foundation.mail_links import Standing
from warmhandoff.foundation.scoping import acting_as
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.programs import worksite
from warmhandoff.programs.models import WorksiteLink
from warmhandoff.web.site import mail_door
from warmhandoff.web.site.access import View

CLASSES = ("contact", "program")
BEGINS = f"/{WorksiteLink.begins}/"
DOOR = mail_door.Door(
    desk="worksite",
    because="says from a mail, without an account, whether somebody's hours are right",
    open_token=worksite.open_token,
    renewable=(Standing.REPLACED, Standing.DEAD),
)
WorksiteView: TypeAlias = Callable[..., HttpResponseBase]


@dataclass(frozen=True, kw_only=True)
class Visit(mail_door.Visit[WorksiteLink]):
    supervisor: EmployerContact


def behind_the_link(
    *, methods: tuple[str, ...] = mail_door.ANY, standings: tuple[Standing, ...] = (Standing.LIVE,)
) -> Callable[[WorksiteView], View]:
    """Enter a view as the link."""

    def decorate(view: WorksiteView) -> View:
        def enter(
            request: HttpRequest, found: mail_door.Visit[WorksiteLink], **more: str
        ) -> HttpResponseBase:
            link = found.link
            with acting_as(None, organization_id=link.organization_id, classes=CLASSES):
                link = WorksiteLink.objects.select_related("supervisor__employer", "organization").get(
                    pk=link.pk
                )
                visit = Visit(**vars(found) | {"link": link}, supervisor=link.supervisor)
                if not worksite.still_theirs(link):
                    return DOOR.gone(request, Standing.REVOKED, visit)
                if request.method != "POST":
                    return view(request, visit, **more)
            actor = link_actor(link.pk, link.organization_id)
            with acting_as(actor, classes=CLASSES):
                return view(request, replace(visit, actor=actor), **more)

        return _for_employers(DOOR.leads_to(enter, methods=methods, standings=standings))

    return decorate


def _for_employers(view: View) -> View:
    """Its answers are this desk's own: `Employers` lets them pass."""

    @wraps(view)
    def marked(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        response.for_employers = True  # type: ignore[attr-defined]
        return response

    return marked


class Employers:
    """On the employers' own address there is this desk and nothing else; and what goes wrong at this desk is told in its own frame."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        is_theirs = request.path_info.startswith(BEGINS)
        if not is_theirs and _is_at_their_address(request):
            return trouble(404)
        response = self.get_response(request)
        if is_theirs and not getattr(response, "for_employers", False):
            return trouble(response.status_code if response.status_code >= 400 else 404)
        return response


def _is_at_their_address(request: HttpRequest) -> bool:
    theirs = urlsplit(settings.EMPLOYER_URL).netloc
    return theirs != urlsplit(settings.ROOT_URL).netloc and request.META.get("HTTP_HOST", "") == theirs


def trouble(status: int) -> HttpResponse:
    """A page that needs nothing but its template, and tells nothing."""
    said = {"status": status, "us": current_place().names.employers}
    return HttpResponse(render_to_string("worksite/trouble.html", said), status=status)
