"""Settings: keys, debugging, the address that users open, and what follows from it."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from django.core import checks

from warmhandoff.cli.deployment.findings import Finding, error, ok, warning

SHORTEST_KEY: Final = 50
FEWEST_CHARACTERS: Final = 12  # different ones
LONG_ENOUGH: Final = 180 * 24 * 60 * 60
# Of Django's own, those that say again what is said here with its mend.
SAID_HERE: Final = {f"security.W{number}" for number in ("004", "008", "009", "012", "016", "018", "020")}


def examine() -> Iterator[Finding]:
    for name in ("SECRET_KEY", "LINK_KEY"):
        yield _key(name)
    yield from _keys_apart()
    yield from _debugging()
    yield from _address()
    yield from _behind_https()
    yield from _of_django()


def _key(name: str) -> Finding:
    value = str(getattr(settings, name, ""))
    if len(value) < SHORTEST_KEY or len(set(value)) < FEWEST_CHARACTERS:
        return error(
            "keys",
            f"{name} can be guessed: it has {len(value)} characters, {len(set(value))} different ones.",
            "Make one with: python3 -c 'import secrets; print(secrets.token_urlsafe(48))'",
        )
    file = settings.VAR_DIR / "keys" / name.lower()
    if _from_environment(name):
        return ok("keys", f"{name} comes from the environment.")
    if file.exists() and stat.S_IMODE(file.stat().st_mode) & 0o077:
        return error("keys", f"{file} can be read by other accounts.", f"Run: chmod 600 {file}")
    return ok("keys", f"{name} stands in {file}.")


def _from_environment(name: str) -> bool:
    return bool(os.environ.get(name, "").strip())


def _keys_apart() -> Iterator[Finding]:
    if settings.SECRET_KEY == settings.LINK_KEY:
        yield error(
            "keys", "SECRET_KEY and LINK_KEY are the same.", "Give each its own: one leaks without the other."
        )
    in_files = not (_from_environment("SECRET_KEY") and _from_environment("LINK_KEY"))
    if settings.EMBEDDED_POSTGRES and in_files:
        yield warning(
            "keys",
            f"Keys and database lie in one folder, {settings.VAR_DIR}: whoever copies it can open answer links.",
            "Set SECRET_KEY and LINK_KEY in the service's environment, and remove the key files.",
        )


def _debugging() -> Iterator[Finding]:
    for on, name in ((settings.DEBUG, "WARMHANDOFF_DEBUG"), (settings.DEMO, "WARMHANDOFF_DEMO")):
        if on:
            yield error("settings", f"{name} is on.", "Unset it: it shows what nobody should see.")
        else:
            yield ok("settings", f"{name} is off.")


def _address() -> Iterator[Finding]:
    address = urlsplit(settings.ROOT_URL)
    if address.scheme != "https":
        yield error(
            "address",
            f"Users would open {settings.ROOT_URL}, which anyone on the way can read.",
            "Set WARMHANDOFF_URL to the https address.",
        )
    else:
        yield ok("address", f"Links in mails begin with {settings.ROOT_URL}.")
    host = address.hostname or ""
    if "*" in settings.ALLOWED_HOSTS:
        yield error("address", "Any host name is answered.", "Name them in WARMHANDOFF_HOSTS.")
    elif not any(_matches(host, allowed) for allowed in settings.ALLOWED_HOSTS):
        yield error(
            "address",
            f"{host} is not among the host names that are answered.",
            f"Set WARMHANDOFF_HOSTS to {host}",
        )
    else:
        yield ok("address", f"Answers to {', '.join(settings.ALLOWED_HOSTS)}.")


def _matches(host: str, allowed: str) -> bool:
    return host == allowed.strip("[]") or (allowed.startswith(".") and f".{host}".endswith(allowed))


def _behind_https() -> Iterator[Finding]:
    """What WARMHANDOFF_URL turns on; a settings module of one's own may have turned it off again."""
    mend = "Set WARMHANDOFF_URL to the https address."
    if settings.SESSION_COOKIE_SECURE and settings.CSRF_COOKIE_SECURE:
        yield ok("browser", "Cookies travel by HTTPS alone.")
    else:
        yield error("browser", "Cookies would travel unencrypted.", mend)
    if settings.SECURE_HSTS_SECONDS >= LONG_ENOUGH:
        yield ok("browser", "Browsers are told to stay with HTTPS (strict transport).")
    else:
        yield error("browser", "Browsers are not told to stay with HTTPS (strict transport is off).", mend)
    if settings.SECURE_SSL_REDIRECT and not getattr(settings, "SECURE_PROXY_SSL_HEADER", None):
        yield error(
            "browser",
            "Each page would send its reader to itself for ever: nobody says that HTTPS ended before us.",
            "Put a proxy with TLS before it that sets X-Forwarded-Proto, and set WARMHANDOFF_BEHIND_PROXY=1.",
        )


def _of_django() -> Iterator[Finding]:
    said = [
        message
        for message in checks.run_checks(include_deployment_checks=True)
        if message.id not in SAID_HERE and not message.is_silenced()
    ]
    for message in said:
        what = error if message.is_serious() else warning
        yield what(
            "django",
            f"{message.id}: {str(message.msg).splitlines()[0]}",
            str(message.hint or "Django's documentation of the setting says how."),
        )
    if not said:
        yield ok("django", "Django's own check for deployments finds nothing.")
