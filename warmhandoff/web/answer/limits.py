"""How often a link may be pressed. Counted in the cache, which is the database: it holds for all web processes."""

from __future__ import annotations

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

MINUTES = 10
PRESSES_OF_A_LINK = 40
PRESSES_FROM_AN_ADDRESS = 120
FRESH_LINKS = 3


def too_many(request: HttpRequest, link_id: int) -> bool:
    """Count this press; True where there were too many lately. Always in this order, so that two presses can't wait for each other."""
    of_link = _count(f"answer:link:{link_id}")
    from_address = _count(f"answer:from:{_hidden(address_of(request))}")
    return of_link > PRESSES_OF_A_LINK or from_address > PRESSES_FROM_AN_ADDRESS


def too_many_fresh(link_id: int) -> bool:
    return _count(f"answer:fresh:{link_id}") > FRESH_LINKS


def _hidden(address: str) -> str:
    """An address is somebody's: what is counted is a digest under our key."""
    return salted_hmac("warmhandoff.answer", address).hexdigest()


def _count(key: str) -> int:
    if cache.add(key, 1, MINUTES * 60):
        return 1
    try:
        return cache.incr(key)
    except ValueError:  # it ran out between the two
        return 1


def address_of(request: HttpRequest) -> str:
    """Who presses; behind a proxy of ours, the last address it names."""
    if getattr(settings, "SECURE_PROXY_SSL_HEADER", None):
        return request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    return str(request.META.get("REMOTE_ADDR", ""))
