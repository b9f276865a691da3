"""What the environment may say, read in one place, with a sentence for each value that can't be used."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

POSTGRES_SCHEMES = ("postgres", "postgresql")


@dataclass(frozen=True)
class Environment:
    values: Mapping[str, str]

    def text(self, name: str, default: str = "") -> str:
        return self.values.get(name, "").strip() or default

    def flag(self, name: str) -> bool:
        value = self.text(name, "0").lower()
        if value in ("1", "yes", "true", "on"):
            return True
        if value in ("0", "no", "false", "off"):
            return False
        raise ImproperlyConfigured(f"{name} is {value!r}; it must be 1 or 0.")

    def number(self, name: str, default: int, *, lowest: int = 0) -> int:
        value = self.text(name, str(default))
        if not value.isdecimal() or int(value) < lowest:
            raise ImproperlyConfigured(
                f"{name} is {value!r}; it must be a whole number of at least {lowest}."
            )
        return int(value)

    def listed(self, name: str, default: str = "") -> list[str]:
        return [part.strip() for part in self.text(name, default).split(",") if part.strip()]

    def database(self, name: str) -> dict[str, object]:
        """Django's settings for a PostgreSQL address such as postgresql://login:password@host:5432/name?sslmode=require."""
        address = self.text(name)
        try:
            parts = urlsplit(address)
            port = parts.port
        except ValueError:
            raise _unusable(name) from None
        database = unquote(parts.path.lstrip("/"))
        if parts.scheme not in POSTGRES_SCHEMES or not database or not parts.username:
            raise _unusable(name)
        options: dict[str, object] = dict(parse_qsl(parts.query))
        host = options.pop("host", None) or unquote(parts.hostname or "")
        return {
            "NAME": database,
            "USER": unquote(parts.username),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": host,
            "PORT": str(port or options.pop("port", "")),
            "OPTIONS": options,
        }

    def mail_server(self) -> dict[str, object]:
        """SMTP_URL, such as smtp://user:password@mail.example.org:587 (smtps:// for TLS from the first byte)."""
        parts = urlsplit(self.text("SMTP_URL", "smtp://127.0.0.1:2525"))
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
            raise ImproperlyConfigured(
                "SMTP_URL can't be used; it looks like smtp://user:password@mail.example.org:587."
            )
        implicit = parts.scheme == "smtps"
        return {
            "EMAIL_HOST": parts.hostname,
            "EMAIL_PORT": parts.port or (465 if implicit else 587),
            "EMAIL_HOST_USER": unquote(parts.username or ""),
            "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
            "EMAIL_USE_SSL": implicit,
            "EMAIL_USE_TLS": not implicit and parts.username is not None,
        }


def _unusable(name: str) -> ImproperlyConfigured:
    # The value itself isn't repeated: it may hold a password.
    return ImproperlyConfigured(
        f"{name} can't be used; it looks like postgresql://login:password@host:5432/warmhandoff (only PostgreSQL is supported)."
    )


environment = Environment(os.environ)
