"""How often a service's link may be pressed, and how often an address may ask for one."""

from __future__ import annotations

from django.core.cache import cache
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from warmhandoff.web.answer.limits import address_of

MINUTES = 10
PRESSES_OF_A_LINK = 40
PRESSES_FROM_AN_ADDRESS = 120
FRESH_LINKS = 3


def too_many(request: HttpRequest, link_id: int) -> bool:
    """Count this press; True where there were too many lately."""
    of_link = _count(f"owner:link:{link_id}")
    from_address = _count(f"owner:from:{_hidden(address_of(request))}")
    return of_link > PRESSES_OF_A_LINK or from_address > PRESSES_FROM_AN_ADDRESS


def too_many_fresh(link_id: int) -> bool:
    return _count(f"owner:fresh:{link_id}") > FRESH_LINKS


def _hidden(address: str) -> str:
    """An address is somebody's: what is counted is a digest under our key."""
    return salted_hmac("warmhandoff.owner", address).hexdigest()


def _count(key: str) -> int:
    if cache.add(key, 1, MINUTES * 60):
        return 1
    try:
        return cache.incr(key)
    except ValueError:  # it ran out between the two
        return 1
