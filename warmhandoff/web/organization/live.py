"""What the form of a service's words hears while it is open: that a colleague has it open too, or has changed it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.http import HttpRequest
from django.utils.translation import gettext as _

from warmhandoff.directory.access import own_service_or_404
from warmhandoff.directory.models import Service, ServiceChange
from warmhandoff.foundation.open_forms import Thing
from warmhandoff.network.reading import name_of
from warmhandoff.web.site.context import Who
from warmhandoff.web.site.live import Heard, Line, Source


def one_after_the_other(request: HttpRequest, service: Service) -> Service:
    """Two who save its words come one after the other: the second finds what the first changed."""
    if request.method != "POST":
        return service
    alone = Service.objects.select_for_update(of=("self",), no_key=True)
    return alone.select_related("organization", "mailbox").get(pk=service.pk)


def changed_since(service: Service, at: datetime) -> list[Line]:
    """Who changed it, the newest last."""
    changes = service.changes.filter(made_at__gte=at).exclude(what="confirmed").select_related("by")
    return [_line(each) for each in changes.order_by("made_at", "id")]


def _line(change: ServiceChange) -> Line:
    # Behind the mail's link somebody may have said what they are called.
    who = change.said_by or name_of(change.by)
    return Line(_("%(who)s changed what stands here.") % {"who": who}, change.made_at)


def _of(who: Who, code: str) -> Service:
    return own_service_or_404(code, who.organization.pk)


def _heard(who: Who, since: datetime, code: str) -> list[Heard]:
    changes = (
        _of(who, code).changes.filter(made_at__gte=since).exclude(by=who.actor).exclude(what="confirmed")
    )
    return [Heard(f"change:{each.pk}", each.made_at, each) for each in changes.select_related("by")]


def _told(who: Who, heard: Sequence[Heard], code: str) -> list[Line]:
    return [_line(each.row) for each in heard]


def _opens(who: Who, code: str) -> Thing:
    return Thing("service", _of(who, code).pk)


FORM = Source(_heard, _told, _opens)
