"""What employers are sent to: nothing in the address, nor in whom a mail comes from, may say what the network is (P9)."""

from __future__ import annotations

from collections.abc import Iterator
from email.utils import parseaddr
from urllib.parse import urlsplit

from django.conf import settings

from warmhandoff.cli.deployment.findings import Finding, error, ok, warning
from warmhandoff.jurisdictions.place import current_place

# Shorter words than that hint at nothing.
SHORTEST_HINT = 4


def examine() -> Iterator[Finding]:
    address = urlsplit(settings.EMPLOYER_URL)
    host = address.hostname or ""
    if settings.EMPLOYER_URL == settings.ROOT_URL:
        yield warning(
            "employers",
            f"Links to employers begin with {settings.EMPLOYER_URL}, the network's own address.",
            "Give them a host name of their own: set EMPLOYER_URL, and name it in WARMHANDOFF_HOSTS.",
        )
    elif host not in settings.ALLOWED_HOSTS:
        yield error("employers", f"{host} is not answered.", "Name it in WARMHANDOFF_HOSTS.")
    mailbox = parseaddr(settings.EMPLOYER_FROM_EMAIL)[1]
    hinting = [said for said in (host, mailbox) if any(hint in said.casefold() for hint in _hints())]
    for said in hinting:
        yield warning(
            "employers",
            f"Employers would read {said}, which says what the network is.",
            "Choose another name.",
        )
    if settings.EMPLOYER_URL != settings.ROOT_URL and not hinting:
        yield ok("employers", f"Employers read {host} and {mailbox}.")


def _hints() -> set[str]:
    names = current_place().names
    words = f"{names.network} {names.participants}".casefold().split()
    return {word for word in words if len(word) >= SHORTEST_HINT}
