"""How often somebody without an account may press. Counted in the cache, which is the database: it holds for all web processes."""

from __future__ import annotations

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

MINUTES = 10
PRESSES_OF_A_LINK = 40
PRESSES_FROM_AN_ADDRESS = 120
FRESH_LINKS = 3


def too_many_presses(request: HttpRequest, desk: str, link_id: int) -> bool:
    """Count this press; True where there were too many lately. Always in this order, so that two presses can't wait for each other."""
    of_link = times(f"{desk}:link:{link_id}")
    from_there = times_from_there(request, desk)
    return of_link > PRESSES_OF_A_LINK or from_there > PRESSES_FROM_AN_ADDRESS


def too_many_fresh_links(desk: str, link_id: int) -> bool:
    return times(f"{desk}:fresh:{link_id}") > FRESH_LINKS


def times_from_there(request: HttpRequest, desk: str) -> int:
    """How often within these minutes the same address came to this desk, now included. An address is somebody's: a digest is counted."""
    return times(f"{desk}:from:{salted_hmac(f'warmhandoff.{desk}', _address_of(request)).hexdigest()}")


def times(key: str) -> int:
    if cache.add(key, 1, MINUTES * 60):
        return 1
    try:
        return cache.incr(key)
    except ValueError:  # it ran out between the two
        return 1


def _address_of(request: HttpRequest) -> str:
    """Who presses; behind a proxy of ours, the last address it names."""
    if getattr(settings, "SECURE_PROXY_SSL_HEADER", None):
        return request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    return str(request.META.get("REMOTE_ADDR", ""))
