"""One request, one transaction, one actor.

`OneTransaction` opens the transaction, finds out who is acting, lets the view answer and its page be rendered inside,
and commits. Anything that goes wrong undoes all of it, and is told on a page of its own after the rollback.
`DeclaredAccess` refuses every view that doesn't say who may enter. `NoNullBytes` refuses addresses that no table can hold.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.core.exceptions import BadRequest
from django.db import DatabaseError, InterfaceError, transaction
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils import timezone

from warmhandoff.foundation import scoping
from warmhandoff.foundation.errors import DomainError
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.web.site import access, errors
from warmhandoff.web.site.context import Who, who_for

log = logging.getLogger(__name__)


class _Undo(Exception):
    """Leaves the transaction by the door that rolls it back."""


class NoNullBytes:
    """An address with a NUL byte can name nothing: PostgreSQL takes none, and no honest browser sends one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if "\x00" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            raise BadRequest("a NUL byte in the address")
        return self.get_response(request)


class OneTransaction:
    """Each request is one transaction, rendering included.

    A streamed answer would be read after the commit: long exports are jobs that write a file instead.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        answer: HttpResponseBase | None = None
        try:
            with timezone.override(current_place().zone), transaction.atomic():
                request.who = who_for(request)  # type: ignore[attr-defined]
                with self._context(request.who):  # type: ignore[attr-defined]
                    answer = self.get_response(request)
                    if hasattr(request, "went_wrong") or answer.status_code >= 500:
                        raise _Undo
        except _Undo:
            pass
        except (DatabaseError, InterfaceError) as error:
            # At commit (deferred promises speak here), or before anything began (no database).
            told = errors.page_about(request, error)
            if told is None:
                raise  # nothing we can put in a sentence: the 500 page, and the log
            return told
        trouble: Exception | None = getattr(request, "went_wrong", None)
        told = errors.page_about(request, trouble) if trouble else None
        return told or answer  # type: ignore[return-value]  # leaving without an answer is leaving by an exception

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Remember what the view raised. Told after the rollback if it can be put in a sentence, else Django tells it."""
        request.went_wrong = exception  # type: ignore[attr-defined]
        if isinstance(exception, DomainError) or errors.sentence_for(exception) is not None:
            return HttpResponse(status=500)  # a stand-in, never sent
        return None

    @staticmethod
    def _context(who: Who | None) -> AbstractContextManager[Any]:
        if who is None:
            return nullcontext()
        return scoping.acting_as(who.actor, classes=who.classes)


class DeclaredAccess:
    """Deny by default."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        rule = access.rule_of(view)
        if isinstance(rule, access.Public):
            return None
        if rule is None:
            log.error("A view declares no access, so it is refused: %s", getattr(view, "__qualname__", view))
            return errors.forbidden(request)
        if not request.user.is_authenticated:
            return access.to_sign_in(request)
        before_second_factor = isinstance(rule, access.SignedIn) and rule.before_second_factor
        if not before_second_factor and self._lacks_second_factor(request):
            return HttpResponseRedirect(reverse("mfa_activate_totp"))
        if isinstance(rule, access.SignedIn):
            return None
        who: Who | None = request.who  # type: ignore[attr-defined]
        if who is None:
            return errors.belongs_nowhere(request)
        if not all(who.may(permission) for permission in rule.permissions):
            return errors.forbidden(request)
        return None

    @staticmethod
    def _lacks_second_factor(request: HttpRequest) -> bool:
        if settings.DEMO:
            return False
        who: Who | None = getattr(request, "who", None)
        return not (who.has_second_step if who else is_mfa_enabled(request.user))
